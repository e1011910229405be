"""Rules 21 to 23, 25 and 26: sizes, time, addresses, certificates, encodings, documents that mean harm."""

from __future__ import annotations

import gzip

from benchmarks.behaviour.asked import Behaviour, Reply, Said, Says
from benchmarks.behaviour.say import HOUR, RSS, always, item, moved, news, rss, tagged

MAX_SIZE = 300_000  # bytes, as configured
_ONE = rss(item("one", "{origin}/s/1", "A story"), said=Said(("one",)))
_PACKED = gzip.compress(_ONE.body + b" " * 30 * MAX_SIZE)


def _encoded(text: str, codec: str, declared: str | None, charset: str | None, bom: bytes = b"") -> Says:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = f"{declaration}<rss version='2.0'><channel><title>t</title>{item('one', '{origin}/s/1', text)}</channel></rss>"
    mime = f"application/rss+xml; charset={charset}" if charset else "application/rss+xml"
    return always(Reply(200, (("Content-Type", mime),), bom + body.encode(codec), Said(("one",))))


TITLES = {  # path -> the title that its bytes mean
    "/bom": "Café Łódź",
    "/http": "Café Łódź",
    "/xml": "Café Łódź",
    "/utf8": "Café Łódź",
    "/cp1252": "Café – “quoted”",
}
_ENCODED = {
    "/bom": _encoded(TITLES["/bom"], "utf-8", "iso-8859-1", "iso-8859-1", b"\xef\xbb\xbf"),
    "/http": _encoded(TITLES["/http"], "iso-8859-2", "iso-8859-1", "iso-8859-2"),
    "/xml": _encoded(TITLES["/xml"], "iso-8859-2", "iso-8859-2", None),
    "/utf8": _encoded(TITLES["/utf8"], "utf-8", None, None),
    "/cp1252": _encoded(TITLES["/cp1252"], "cp1252", None, None),
}
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HARMFUL = {
    "/unclosed": b"<rss><channel>" + b"<item><title>&#x" * 15_000,
    "/nested": b"<rss>" + b"<a>" * 80_000,
    "/entities": f'<!DOCTYPE rss [<!ENTITY l0 "ha">{_LAUGHS}]><rss><channel><item><title>&l9;</title></item></channel></rss>'.encode(),
    "/attributes": b"<rss><channel " + b"".join(b"a%d='' " % n for n in range(25_000)) + b"/></rss>",
    "/json": b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 200_000,
}
ALL = (
    Behaviour("oversize", "a body of twice the size that is allowed", {"/feed": always(Reply(200, RSS, _ONE.body + b" " * 2 * MAX_SIZE))}),
    Behaviour(
        "bomb",
        "a small body that unpacks to thirty times that",
        {"/feed": always(Reply(200, (*RSS, ("Content-Encoding", "gzip")), _PACKED))},
    ),
    Behaviour("endless", "a body that never ends", {"/feed": always(Reply(200, RSS, endless=True))}, timeout=1),
    Behaviour("encodings", "bytes that are not what they are said to be", _ENCODED, tuple(_ENCODED)),
    Behaviour(
        "harmful", "documents that mean harm", {path: always(Reply(200, RSS, body)) for path, body in HARMFUL.items()}, tuple(HARMFUL)
    ),
    Behaviour(
        "private",
        "links and redirects to an address that is not public",
        {"/feed": always(rss(item("one", "{private}/s/1", "A story"), said=Said(("one",)))), "/away": moved(302, "{private}/feed")},
        ("/feed", "/away"),
        pages=True,
    ),
    Behaviour("tls", "a certificate that nobody vouches for", {"/feed": tagged(news(9 * HOUR))}, scheme="https"),
    Behaviour("tls-exempt", "the same, exempted in sources.toml", {"/feed": tagged(news(9 * HOUR))}, scheme="https", verify_tls=False),
)
