"""What a capture's metadata record says: facts that no HTTP head carries, what feeds said of its page, and the text that was read of it."""

from __future__ import annotations

from typing import Any

from archive.errors import ArchiveDamaged
from archive.export.warc.records import FORMAT, answer_id
from archive.model import TEXT_RECORD
from archive.store import exchanges
from archive.store.connect import Store
from archive.store.exchanges import Exchange

_FACTS = (
    "role",
    "verdict",
    "outlet",
    "feed",
    "status",
    "ip",
    "elapsed_ms",
    "content_encoding",
    "wire_length",
    "wire_sha1",
    "truncated",
    "error",
)


def said(store: Store, exchange: Exchange) -> dict[str, Any]:
    """The record's JSON, without what is not known. docs/warc.md says what each name means."""
    found: dict[str, Any] = {"format": FORMAT, "url": exchange.mark.url, "fetched_at": exchange.mark.fetched_at}
    found |= {name: value for name in _FACTS if (value := getattr(exchange, name)) is not None}
    found["heads"] = exchange.heads or "exact"
    found |= {"payload": f"sha256:{exchange.mark.sha256}"} if exchange.mark.sha256 else {}
    found |= {"payload_type": exchange.mime} if exchange.mime == TEXT_RECORD else {}
    for name, mark in (("redirected_from", exchange.before), ("part_of", exchange.part_of)):
        found |= {name: answer_id(mark)} if mark else {}
    if exchange.page is not None:
        found["page"] = {name: value for name, value in exchange.page.items() if value is not None}
    if exchange.verdict != "hop" and exchange.part_of is None:
        found |= _of_page(store, exchange)
    return found


def _of_page(store: Store, exchange: Exchange) -> dict[str, Any]:
    if exchange.role != "page":
        poll = exchanges.poll(store, exchange)
        return {"poll": poll} if poll else {}
    entries = [_with_content(store, entry) for entry in exchanges.entries(store, exchange.id)]
    article = exchanges.article(store, exchange.id)
    return ({"entries": entries} if entries else {}) | ({"article": article} if article else {})


def _with_content(store: Store, entry: dict[str, Any]) -> dict[str, Any]:
    content_id = entry.pop("content_id", None)
    if content_id is None:
        return entry
    try:
        return entry | {"content": exchanges.content(store, content_id)}
    except ArchiveDamaged:  # `wirecopy verify` tells of it; the page itself is there
        return entry
