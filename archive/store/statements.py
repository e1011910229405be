"""What a wirecopy archive says beside its exchanges, taken over: outlets and their furniture, polls, what feeds said of a page."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from archive.keys import host_of
from archive.store import bodies, filing
from archive.store.connect import Store
from archive.times import from_iso, iso

_ENTRY_TEXTS = ("guid", "title", "published_at", "published_raw", "updated_at", "updated_raw", "summary")
_ENTRY_TIMES = ("published_at", "updated_at")
_POLL_TEXTS = ("etag_sent", "last_modified_sent", "reason", "error")
_POLL_NUMBERS = ("bytes", "entries", "new_entries")
_STATUS = ("usable", "canceled", "expired")


def outlet(store: Store, said: dict[str, Any], now: datetime) -> None:
    """An outlet that is new here, or that an import made, is as it was there; one of sources.toml stays as it is. In a transaction."""
    outlet_id = filing.outlet(store, str(said["code"]), "", now)
    store.conn.execute(
        "UPDATE outlets SET name = ?, homepage = ?, host = ?, language = ?, timezone = ?, agency = ? WHERE id = ? AND NOT active"
        " AND NOT EXISTS (SELECT 1 FROM feeds WHERE outlet_id = ?7 AND last_polled_at IS NOT NULL)",
        (_text(said, "name") or said["code"], _text(said, "homepage"), _host(said), *(_text(said, n) for n in ("language",)),
         _zone(said), _text(said, "agency"), outlet_id),
    )  # fmt: skip
    for one in _list(said, "feeds"):
        filing.feed(store, one.get("url"), outlet_id, now, kind=one.get("kind"), title=one.get("title"))
    _furniture(store, outlet_id, said.get("furniture"))


def keep(store: Store, run_id: int, capture_id: int, place: filing.Filed, said: dict[str, Any], now: datetime) -> None:
    """The poll that an exchange was, and what feeds said of its page. Call inside a transaction, after the capture is in."""
    poll = said.get("poll")
    if isinstance(poll, dict) and place.feed_id is not None and (at := _time(poll, "polled_at")):
        _poll(store, run_id, place.feed_id, at, poll, capture_id)
    entries(store, run_id, place, said, now)


def entries(store: Store, run_id: int, place: filing.Filed, said: dict[str, Any], now: datetime) -> None:
    """What feeds said of a page, as far as it is not known. Call inside a transaction."""
    for entry in _list(said, "entries"):
        _entry(store, run_id, place, entry, now)


def _poll(store: Store, run_id: int, feed_id: int, at: str, poll: dict[str, Any], capture_id: int | None) -> int:
    newest_first = "SELECT id, capture_id FROM polls WHERE feed_id = ? AND polled_at = ? ORDER BY id DESC LIMIT 1"
    row = store.conn.execute(newest_first, (feed_id, at)).fetchone()
    if row is None:  # what an entry says of the poll that brought it, which may come behind it
        row = store.conn.execute(
            "INSERT INTO polls (run_id, feed_id, polled_at, outcome) VALUES (?, ?, ?, 'new') RETURNING id, capture_id",
            (run_id, feed_id, at),
        ).fetchone()
    if row[1] is None:
        _tell(store, int(row[0]), run_id, poll, capture_id)
    return int(row[0])


def _tell(store: Store, poll_id: int, run_id: int, poll: dict[str, Any], capture_id: int | None) -> None:
    """What is known of a poll that an import brought; one of this archive's own stays as it is."""
    status = store.conn.execute("SELECT status FROM captures WHERE id = ?", (capture_id,)).fetchone()
    names = ("capture_id", "status", "outcome", "gap", *_POLL_TEXTS, *_POLL_NUMBERS)
    values = (
        capture_id, status[0] if status else None, _text(poll, "outcome") or "new", int(poll.get("gap") == 1),
        *(_text(poll, name) for name in _POLL_TEXTS), *(_number(poll, name) for name in _POLL_NUMBERS),
    )  # fmt: skip
    sets = ", ".join(f"{name} = ?" for name in names)
    imported = "run_id IN (SELECT id FROM runs WHERE trigger = 'import')"
    store.conn.execute(f"UPDATE polls SET run_id = ?, {sets} WHERE id = ? AND {imported}", (run_id, *values, poll_id))  # noqa: S608


def _entry(store: Store, run_id: int, place: filing.Filed, entry: dict[str, Any], now: datetime) -> None:
    feed_id = None if place.outlet_id is None else filing.feed(store, entry.get("feed"), place.outlet_id, now)
    identity, digest, seen = _number(entry, "identity"), _number(entry, "digest"), _time(entry, "first_seen_at")
    if feed_id is None or identity is None or digest is None or seen is None:
        return
    if store.conn.execute(
        "SELECT 1 FROM entries WHERE feed_id = ? AND identity = ? AND digest = ? AND page_id IS ?",
        (feed_id, identity, digest, place.page_id),
    ).fetchone():
        return
    reason = {"outcome": "new", "reason": "imported: an entry was first seen then"}
    content = _text(entry, "content")
    values = [_time(entry, name) if name in _ENTRY_TIMES else _text(entry, name) for name in _ENTRY_TEXTS]
    columns, holes = ", ".join(_ENTRY_TEXTS), ", ?" * len(_ENTRY_TEXTS)
    store.conn.execute(
        "INSERT INTO entries (feed_id, page_id, poll_id, identity, digest, url, content_id, authors, categories, status, first_seen_at,"  # noqa: S608
        f" {columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?{holes})",
        (
            feed_id, place.page_id, _poll(store, run_id, feed_id, seen, reason, None), identity, digest, _text(entry, "url") or "",
            bodies.put(store, content.encode("utf-8", "replace")) if content else None, _texts(entry, "authors"),
            _texts(entry, "categories"), entry.get("status") if entry.get("status") in _STATUS else "usable", seen, *values,
        ),
    )  # fmt: skip


def _furniture(store: Store, outlet_id: int, said: object) -> None:
    """Lines that were learned of the outlet's pages; only where nothing was learned of them here."""
    known = store.conn.execute("SELECT 1 FROM furnishings WHERE outlet_id = ? AND version > 0", (outlet_id,)).fetchone()
    if known or not isinstance(said, dict) or not (version := _number(said, "version")):
        return
    store.conn.execute(
        "INSERT INTO furnishings (outlet_id, articles, learned_after, learned_at, version) VALUES (?, 0, ?, ?, ?)"
        " ON CONFLICT (outlet_id) DO UPDATE SET learned_after = excluded.learned_after, learned_at = excluded.learned_at,"
        " version = excluded.version",
        (outlet_id, _number(said, "learned_after") or 0, _time(said, "learned_at"), version),
    )
    for line in _list(said, "lines"):
        numbers = [_number(line, name) for name in ("key", "pages", "looked_at", "version")]
        host, text = _text(line, "host"), _text(line, "line")
        if host and text is not None and None not in numbers:
            store.conn.execute(
                "INSERT OR IGNORE INTO furniture (outlet_id, host, line, key, pages, looked_at, version, is_text)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (outlet_id, host, text[:300], *numbers, int(line.get("is_text") == 1)),
            )


# --- values of a file that anybody may have written -----------------------------------------------------------------------


def _text(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _number(said: dict[str, Any], name: str) -> int | None:
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63 else None


def _time(said: dict[str, Any], name: str) -> str | None:
    try:
        return iso(from_iso(str(said[name])))
    except (KeyError, ValueError, OverflowError):
        return None


def _texts(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    texts = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    return json.dumps(texts, ensure_ascii=False).encode("utf-8", "replace").decode() if texts else None


def _list(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = said.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _host(said: dict[str, Any]) -> str | None:
    return host_of(_text(said, "homepage") or f"http://{_text(said, 'host') or ''}/") or None


def _zone(said: dict[str, Any]) -> str | None:
    """An IANA name that this machine knows: the cleaner opens it."""
    name = _text(said, "timezone")
    return name if name in available_timezones() else None
