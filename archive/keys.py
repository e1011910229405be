"""Identities: when are two URLs one page, two payloads one body, two texts one text? Pure and versioned.

Three things are kept apart: the URL as given (in the feed), the URL to fetch (`fetch_url`), and the key to match (`url_key`).
A key is for matching only; it is never fetched. What changes an identity raises its version, and the archive is re-keyed.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit, urlunsplit

from w3lib.url import safe_url_string

URL_KEY_VERSION = 1
TEXT_DIGEST_VERSION = 1

# Query parameters that say how a reader came, never what is shown. Only names that are unambiguous across the web:
# `sid`, `id`, `p`, `ref`-like names that pages do use to select content are not here.
_TRACKING = re.compile(
    r"(utm_\w+|at_(?:medium|campaign|custom\d?|link_\w+|ptr_\w+|bbc_team|format)|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|ysclid"
    r"|twclid|ttclid|igshid|igsh|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|__hs\w+|oly_(?:anon|enc)_id|vero_(?:conv|id)|s_cid|cmpid|ito|xtor"
    r"|ns_(?:campaign|mchannel|source|linkname|fee)|pk_(?:campaign|kwd|source|medium)|mtm_\w+|matomo_\w+|wt_?mc\w*|icid|ncid"
    r"|guce_referr\w+|guccounter|_ga|_gl|srsltid|taid|trk_?\w*|rss_?(?:id)?|wpisrc|wpmm|smid|smtyp|soc_(?:src|trk)|feedtype|feedname)\Z",
    re.IGNORECASE,
)
_HEX = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORT = {"http": 80, "https": 443}
# What a host may be made of (RFC 3986, 3.2.2), and its port. Names in other scripts are in ASCII by then; what is not was no name.
_HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d*)?\Z")
MAX_URL = 4096  # characters; longer links are no article's address and cost index space


def fetch_url(url: str) -> str | None:
    """The URL to dial for a URL as given: percent-encoded, without fragment; None if it is not a usable http(s) URL.

    Source: RFC 3986 and the WHATWG URL Standard, as far as `w3lib.url.safe_url_string` carries them.
    """
    if len(url) > MAX_URL:
        return None
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORT or not host or not _HOST.match(parts.netloc.rpartition("@")[2]):
        return None
    dialled = urlunsplit(parts._replace(path=parts.path or "/", fragment=""))
    return dialled if len(dialled) <= MAX_URL else None


def url_key(url: str) -> str:
    """The key under which a page is known: `host[:port]/path[?query]`, after conservative normalisation.

    Dropped: scheme, default port, user info, fragment, tracking parameters, trailing slashes. Folded: case of the host,
    percent-encoding, order of the parameters. Kept: case and all of path and query else, other ports, `www.`.
    """
    try:
        parts = urlsplit(url.strip())
        netloc = _netloc(parts)
    except ValueError:
        return url
    if not netloc:
        return url
    path = _decode_unreserved(parts.path).rstrip("/") or "/"
    parameters = (_decode_unreserved(p) for p in parts.query.split("&"))
    query = "&".join(sorted(p for p in parameters if p and not _tracks(p)))
    return f"{netloc}{path}{'?' + query if query else ''}"


def key_hash(key: str) -> int:
    """A signed 64-bit hash of a key, for an index of 15 bytes a row; the key itself is compared after a hit."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


def host_of(url: str) -> str:
    """The host of a URL, lower case; "" where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def payload_digest(payload: bytes) -> str:
    """SHA-256 of the decoded payload, as 64 hex digits: the name of a body."""
    return hashlib.sha256(payload).hexdigest()


def wire_digest(entity: bytes) -> str:
    """SHA-1 in base32 of the entity body on the wire, as WARC files and CDX indexes carry it."""
    return base64.b32encode(hashlib.sha1(entity, usedforsecurity=False).digest()).decode("ascii")


_QUOTES = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "‛": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "…": "...",
}
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def quiet_text(text: str) -> str:
    """The text as it is compared: white space, quotes, dashes, ligatures and invisible characters make no difference."""
    if not text.isascii():
        text = _plain_quotes(unicodedata.normalize("NFKC", _INVISIBLE.sub("", _plain_quotes(text))))
    return " ".join(text.split())


def _plain_quotes(text: str) -> str:
    for mark, plain in _QUOTES.items():  # six times as fast as a table: most of them are in no text
        text = text.replace(mark, plain)
    return text


def text_digest(text: str) -> str:
    """SHA-256 of `quiet_text`, as 64 hex digits: equal for equal cleaned text."""
    return hashlib.sha256(quiet_text(text).encode("utf-8", "surrogatepass")).hexdigest()


def _netloc(parts: SplitResult) -> str:
    host = parts.hostname or ""
    with suppress(UnicodeError):
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    host = host.rstrip(".")
    port = parts.port
    if ":" in host:
        host = f"[{host}]"
    return host if port is None or port in _DEFAULT_PORT.values() else f"{host}:{port}"


def _tracks(parameter: str) -> bool:
    return _TRACKING.match(parameter.partition("=")[0]) is not None


def _decode_unreserved(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        byte = int(match[1], 16)
        return chr(byte) if byte in _UNRESERVED else match[0].upper()

    return _HEX.sub(one, text)
