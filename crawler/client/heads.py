"""Heads of requests and answers: written, read, and blanked of secrets. Pure.

Names come first-come, in order, repeats kept: a head is a row of pairs, never a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from archive.secrets import blanked as blanked

Pairs = Sequence[tuple[str, str]]

_UNSAFE = re.compile(r"[\r\n\0]")
_BLANK = " \t"
_SHORT = 4096  # bytes of a head that is remembered: bounds what all those remembered take


def request_head(url: str, pairs: Iterable[tuple[str, str]]) -> bytes:
    """The head of a GET for `url` (already percent-encoded). A value with a line break in it is left out, never sent."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {target} HTTP/1.1", f"Host: {_authority(parts.netloc, parts.scheme)}"]
    lines += [f"{name}: {value}" for name, value in pairs if not _UNSAFE.search(name + value)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def response_pairs(head: bytes) -> Pairs:
    """Names (lower case) and values of an answer's head, in order; folded lines joined, lines without a colon passed over."""
    return _of_short(head) if len(head) <= _SHORT else _pairs(head)


def _pairs(head: bytes) -> Pairs:
    pairs: list[tuple[str, str]] = []
    # One character a byte: what goes back (validators) goes back byte for byte.
    for line in head.decode("latin-1").replace("\r\n", "\n").split("\n")[1:]:
        if line[:1] in (" ", "\t") and pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {line.strip(_BLANK)}".strip())
        elif ":" in line:
            name, _, value = line.partition(":")
            pairs.append((name.strip(_BLANK).lower(), value.strip(_BLANK)))
    return tuple(pairs)


_of_short = lru_cache(64)(_pairs)  # an answer's are asked for three times, one soon after the other


def first(pairs: Pairs, name: str) -> str | None:
    """The first value under `name` (lower case), None where there is none."""
    return next((value for key, value in pairs if key == name), None)


def media_type(pairs: Pairs) -> tuple[str | None, str | None]:
    """(media type in lower case, charset as given) of Content-Type."""
    value = first(pairs, "content-type")
    if not value:
        return None, None
    mime, _, parameters = value.partition(";")
    found = re.search(r"charset\s*=\s*[\"']?([^\s\"';,]{1,40})", parameters, re.IGNORECASE)
    return mime.strip().lower()[:100] or None, found[1] if found else None


def _authority(netloc: str, scheme: str) -> str:
    host = netloc.rpartition("@")[2]
    default = ":443" if scheme == "https" else ":80"
    return host.removesuffix(default)
