"""Pure: from what lies at a path and what a client sent to what goes over the wire (RFC 9110)."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from scheduler.demo.records import Answer

_RETRY_SECONDS = 1
_COMPRESSED = (
    "text/",
    "application/xml",
    "application/rss",
    "application/rdf",
    "application/atom",
    "application/feed",
    "image/svg",
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One response: what is sent, and the body it stands for."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes  # as sent, with its content encoding; empty for 304
    plain: bytes  # the same without content encoding
    slow: bool = False


def at_visit(body: bytes, visit: int) -> bytes:
    """The body with advertisement, nonce and clock as they stand at the visit of this number."""
    nonce = hashlib.sha256(b"%d" % visit).hexdigest()[:16].encode()
    clock = b"%02d:%02d" % (visit // 60 % 24, visit % 60)
    return body.replace(b"@@NONCE@@", nonce).replace(b"@@CLOCK@@", clock).replace(b"@@AD@@", b"house-ad-%d" % (visit % 97))


def reply(answer: Answer, sent: Mapping[str, str], *, modified: datetime, now: datetime) -> Reply:
    """The response to a client that sent these headers (names in lower case).

    `modified`: since when the body is as it is. `now`: the world's time, which the Date header shows.
    """
    zipped = _wants_gzip(sent) and answer.content_type.startswith(_COMPRESSED) and bool(answer.body)
    headers = {"Date": _http_date(now), **_validators(answer, zipped, modified)}
    if answer.content_type.startswith(_COMPRESSED):
        headers["Vary"] = "Accept-Encoding"
    if answer.status == 200 and _unchanged(headers, sent):
        return Reply(304, tuple(headers.items()), b"", b"")
    body = gzip.compress(answer.body, mtime=0) if zipped else answer.body
    headers |= {"Content-Type": answer.content_type, "Content-Length": str(len(body)), **answer.headers}
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return Reply(answer.status, tuple(headers.items()), body, answer.body, slow=answer.slow)


def unavailable(answer: Answer) -> Answer:
    """503 for once, in the place of `answer`."""
    return replace(
        answer,
        status=503,
        body=b"<html><body><h1>Service unavailable</h1><p>Please come back in a moment.</p></body></html>\n",
        content_type="text/html",
        headers={"Retry-After": str(_RETRY_SECONDS)},
        validators="none",
    )


def _validators(answer: Answer, zipped: bool, modified: datetime) -> dict[str, str]:
    """Outlets with one validator only have a weak ETag or a bare date; a strong ETag differs by content encoding."""
    digest = hashlib.sha256(answer.body).hexdigest()[:20]
    found: dict[str, str] = {}
    if answer.validators == "both":
        found["ETag"] = f'"{digest}-gzip"' if zipped else f'"{digest}"'
    if answer.validators == "etag":
        found["ETag"] = f'W/"{digest}"'
    if answer.validators in ("both", "date"):
        found["Last-Modified"] = _http_date(modified)
    return found


def _unchanged(headers: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    """If-None-Match decides where it is sent; If-Modified-Since only without it (RFC 9110, 13.1.3)."""
    if "if-none-match" in sent and "ETag" in headers:
        tags = [tag.strip().removeprefix("W/") for tag in sent["if-none-match"].split(",")]
        return "*" in tags or headers["ETag"].removeprefix("W/") in tags
    if "if-none-match" not in sent and "if-modified-since" in sent and "Last-Modified" in headers:
        return _not_after(headers["Last-Modified"], sent["if-modified-since"])
    return False


def _not_after(modified: str, since: str) -> bool:
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def _wants_gzip(sent: Mapping[str, str]) -> bool:
    offers = [offer.replace(" ", "").lower() for offer in sent.get("accept-encoding", "").split(",")]
    return any(offer.split(";")[0] == "gzip" and not offer.endswith(";q=0") for offer in offers)


def _http_date(when: datetime) -> str:
    return format_datetime(when, usegmt=True)
