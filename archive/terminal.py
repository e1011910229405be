"""Text from the web on its way to a terminal. Pure."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


def plain(text: object, *, width: int | None = None) -> str:
    """One line without control characters, escape sequences and direction overrides; cut to `width` characters."""
    line = _CONTROL.sub(" ", str(text)).strip()
    return line if width is None or len(line) <= width else line[: max(1, width - 1)] + "…"


def plain_block(text: str) -> str:
    """Several lines, each plain."""
    return "\n".join(plain(line) if _CONTROL.search(line) else line for line in text.split("\n"))


def percent(share: float) -> str:
    """`99%` for .999: only what is whole is 100%."""
    return f"{min(share, 0.99) if share < 1 else share:.0%}"


_IN_JSON = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain_json(text: str) -> str:
    """JSON with what `json.dumps(..., ensure_ascii=False)` leaves of control characters (DEL, C1) and direction overrides escaped.

    RFC 8259 section 7 demands an escape only for C0, and allows one for any character: the value stays the same.
    """
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
