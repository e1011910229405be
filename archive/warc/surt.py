"""The key under which an index sorts a URL: its host turned round, so that what belongs together stands together.

Source: SURT as `pywb` and `cdxj-indexer` use it (the canonicaliser of the Internet Archive): `www.` and default ports are left out,
all is lower case, parameters are sorted, session ids are dropped.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_WWW = re.compile(r"www\d*\.")
_HEX = re.compile(r"%([0-9a-f]{2})")
_PORTS = {"http": 80, "https": 443}
# Session ids, as that canonicaliser knows them: in a query, and in a path.
_QUERY_SESSION = re.compile(
    r"(?:^|(?<=&))(?:jsessionid=[0-9a-z$]{10,}|phpsessid=[0-9a-z]{16,}|sid=[0-9a-z]{16,}|aspsessionid[a-z]{8}=[a-z]{24}"
    r"|cfid=[^&]+&cftoken=[^&]+)(?:&|\Z)"
)
_PATH_SESSION = re.compile(r";jsessionid=[0-9a-z]{32}\Z")


def surt(url: str) -> str:
    """`org,example)/path?a=1&b=2`. What is no http(s) URL is its own key (a URN, say)."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    if parts.scheme not in _PORTS or not host:
        return url
    host = _ascii(host)
    host = _turned(host[found.end() :] if (found := _WWW.match(host)) else host)
    place = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    query = _sorted(_QUERY_SESSION.sub("", _plain(parts.query.lower())))
    return f"{place}){_path(_plain(parts.path.lower()))}{'?' + query if query else ''}"


def _path(path: str) -> str:
    """Without empty and dotted segments, and without a slash at its end."""
    kept: list[str] = []
    for segment in _PATH_SESSION.sub("", path).split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept)


def _sorted(query: str) -> str:
    return "&".join("=".join(pair) for pair in sorted(one.split("=", 1) for one in query.split("&")))


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _turned(host: str) -> str:
    return host if ":" in host else ",".join(reversed(host.split(".")))


def _plain(text: str) -> str:
    """Percent-encodings of visible characters undone, but for those of which a URL would then say something else."""
    return _HEX.sub(lambda found: chr(int(found[1], 16)) if _is_plain(int(found[1], 16)) else found[0], text)


def _is_plain(code: int) -> bool:
    return 0x20 < code < 0x7F and chr(code) not in "%#"
