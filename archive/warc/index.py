"""A record's line in a CDXJ index: SURT, time to the second, and where the record stands, as JSON.

Source: CDXJ of specs.webrecorder.net, as `cdxj-indexer` writes it.
"""

from __future__ import annotations

import json
import re

from archive.warc import heads
from archive.warc.reading import Found
from archive.warc.surt import surt

_INDEXED = ("response", "revisit", "resource")
_DIGIT = re.compile(r"\D")


def line(found: Found, filename: str) -> str | None:
    """The line of a record, without its end; None where it has none: what is shown is indexed, not what is said about it."""
    if found.type not in _INDEXED or not found.url.startswith(("http://", "https://")) or not found.length:
        return None
    message = heads.parse(found.block) if found.type != "resource" else None
    key = "%20".join(surt(found.url).split())  # old crawlers left spaces in URLs; in a line they part its fields
    return f"{key} {timestamp(found.get('warc-date') or '')} {json.dumps(_values(found, message, filename))}"


def timestamp(date: str) -> str:
    """`20261122100000` for a WARC-Date."""
    return _DIGIT.sub("", date)[:14].ljust(14, "0")


def _values(found: Found, message: heads.Message | None, filename: str) -> dict[str, str]:
    mime = heads.media_type(message.head)[0] if message else (found.get("content-type") or "").partition(";")[0].strip()
    values = {
        "url": found.url,
        "mime": "warc/revisit" if found.type == "revisit" else mime,
        "status": str(message.status) if message and message.status else None,  # none was sent for a resource, and none is made up
        "digest": found.get("warc-payload-digest"),
        "length": str(found.length),
        "offset": str(found.offset),
        "filename": filename,
    }
    return {name: value for name, value in values.items() if value}
