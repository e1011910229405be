"""A stored page -> an answer that shows it while nothing of it runs and nothing is fetched, in a frame or opened by itself. Pure.

Two locks, and each holds alone against scripts:

- `sandbox` without a token (HTML standard, 7.1.5 sandboxing): an origin of its own, no scripts, no forms, no popups, no plugins, no `<meta
  http-equiv=refresh>` ("automatic features"), also where the snapshot is opened at top level;
- `default-src 'none'`: no image, style sheet, font, frame, object or prefetch from anywhere but from the page itself.

What neither covers is a browser that warms up connections. `<link rel=preconnect>` and `dns-prefetch` are outside of CSP: as no `<link>`
can do anything here, each becomes a `<basefont>`, which stands for nothing any more and which parsers treat alike. And Chromium connects to
where a frame, an object or an embed would lead before it finds them forbidden: these are given attributes that lead nowhere in front of
their own, since of two with one name the first counts (HTML standard, 13.2.5.33; for links it does not, as Chromium's preload scanner looks
at all of them). The bytes as they were received are the download.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.clean.decode import decode
from archive.model import TEXT_RECORD

if TYPE_CHECKING:
    from archive.store.visits import Payload

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src 'none'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'self'"
)
# A tag's name ends at white space, `/` or `>` (13.2.5.8). What looks like a tag in a comment is changed too: that does no harm.
_LINK = re.compile(r"<link(?=[\t\n\f\r />])", re.IGNORECASE)
_LEADS_ON = re.compile(r"<(?:i?frame|object|embed|applet)(?=[\t\n\f\r />])", re.IGNORECASE)
_NOWHERE = r'\g<0> src="" srcdoc="" data="" code="" archive="" type="x"'
_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    headers: dict[str, str]


def is_page(mime: str | None) -> bool:
    """Whether a browser would have shown it as a page; what said nothing of itself is looked at."""
    return mime is None or mime in _PAGES


def shown(payload: Payload) -> Answer | None:
    """The page in its own charset's letters, as UTF-8, its first 16 MB; None where it is no HTML: then there is the download."""
    if not is_page(payload.mime):
        return None
    text, _ = decode(payload.body, {"content-type": f"text/html; charset={payload.charset}"} if payload.charset else None)
    if not text:
        return None
    body = _LEADS_ON.sub(_NOWHERE, _LINK.sub("<basefont", text)).encode("utf-8", "replace")
    return Answer(body, {"content-type": "text/html; charset=utf-8", **_inert()})


def download(payload: Payload) -> Answer:
    """The bytes as they were received, their content coding undone: never shown by a browser, only saved."""
    ending = ".html" if is_page(payload.mime) else ".json" if payload.mime == TEXT_RECORD else ".bin"
    name = f"capture-{payload.capture_id}{ending}"
    headers = {"content-type": "application/octet-stream", "content-disposition": f'attachment; filename="{name}"', **_inert()}
    return Answer(payload.body, headers)


def _inert() -> dict[str, str]:
    return {
        "content-security-policy": POLICY,
        "x-dns-prefetch-control": "off",
        "x-frame-options": "SAMEORIGIN",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }
