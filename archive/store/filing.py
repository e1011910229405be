"""Where an exchange that a file brings belongs: its outlet, its feed, its page, the exchange that it repeats."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.domains import registrable
from archive.keys import fetch_url, host_of, key_hash, url_key
from archive.model import Capture
from archive.store import pages
from archive.store.connect import Store
from archive.times import from_iso, iso

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")  # as sources.toml has it
_OTHER = re.compile(r"[^a-z0-9]+")
_KINDS = ("auto", "rss", "atom", "json", "sitemap", "html")


@dataclass(frozen=True, slots=True)
class Filed:
    """The rows that an exchange belongs to."""

    outlet_id: int | None  # None: of no outlet, as robots.txt is
    feed_id: int | None
    page_id: int | None
    is_ours: bool = False  # the page: nothing but imports has brought it so far


def place(store: Store, code: str | None, capture: Capture, said: dict[str, Any], first_url: str, now: datetime) -> Filed:
    """Looked up, and made where there is none. Call inside a transaction."""
    if capture.role == "robots":
        return Filed(None, None, None)
    outlet_id = outlet(store, code or _known_code(said), host_of(capture.url), now)
    feed_id = feed(store, said.get("feed"), outlet_id, now)
    about = said.get("page")
    if capture.role != "page" or (said and not isinstance(about, dict)) or _is_lone_hop(capture, said):
        return Filed(outlet_id, feed_id, None)
    stated = about if isinstance(about, dict) else {}
    known = capture.url if pages.find(store, url_key(capture.url)) is not None else first_url
    url = fetch_url(str(stated.get("url") or known)) or capture.url
    named = feed(store, stated.get("feed"), outlet_id, now)
    page_id = page(store, url, outlet_id=outlet_id, feed_id=named, seen=_seen(stated, capture))
    page_id = page_id if said and "read_of" not in said else _fetched_as(store, page_id)
    if not said and first_url != capture.url:  # what redirects led to is asked for by its own address as well
        pages.alias(store, capture.url, of=page_id, fetched=True)
    return Filed(outlet_id, feed_id, page_id, _is_ours(store, page_id))


def outlet(store: Store, code: str | None, host: str, now: datetime) -> int:
    """The outlet with this code, else the one of this host or its domain; made, and not polled, where there is none."""
    if code is not None:
        row = store.conn.execute("SELECT id FROM outlets WHERE code = ?", (code,)).fetchone()
        return int(row[0]) if row else _new_outlet(store, code, code, host, now)
    domain = registrable(host) or host
    row = store.conn.execute(
        "SELECT id FROM outlets WHERE host IN (?1, ?2, 'www.' || ?2) ORDER BY host = ?1 DESC, active DESC, id LIMIT 1", (host, domain)
    ).fetchone()
    if row:
        return int(row[0])
    return _new_outlet(store, _free_code(store, domain), domain, domain, now)


def _new_outlet(store: Store, code: str, name: str, host: str, now: datetime) -> int:
    row = store.conn.execute(
        "INSERT INTO outlets (code, name, host, active, added_at) VALUES (?, ?, ?, 0, ?) RETURNING id", (code, name, host or None, iso(now))
    ).fetchone()
    return int(row[0])


def _free_code(store: Store, domain: str) -> str:
    """`example-com` for example.com; with a number where another outlet has that."""
    base = _OTHER.sub("-", domain.lower()).strip("-")[:56] or "unknown"
    taken = {row[0] for row in store.conn.execute("SELECT code FROM outlets WHERE code = ?1 OR code GLOB ?1 || '-[0-9]*'", (base,))}
    return next(code for number in range(1, len(taken) + 2) if (code := base if number == 1 else f"{base}-{number}") not in taken)


def _known_code(said: dict[str, Any]) -> str | None:
    code = said.get("outlet")
    return code if isinstance(code, str) and _CODE.match(code) else None


def feed(store: Store, url: object, outlet_id: int, now: datetime, *, kind: object = "auto", title: object = None) -> int | None:
    """The feed with this URL; made, and never polled, where there is none."""
    if not isinstance(url, str) or fetch_url(url) is None:
        return None
    row = store.conn.execute("SELECT id FROM feeds WHERE url = ?", (url,)).fetchone()
    if row is None:
        host = host_of(url)
        row = store.conn.execute(
            "INSERT INTO feeds (outlet_id, url, kind, title, active, domain, next_poll_at, next_poll_reason)"
            " VALUES (?, ?, ?, ?, 0, ?, ?, 'imported: it is not in sources.toml') RETURNING id",
            (
                outlet_id, url, kind if kind in _KINDS else "auto", title if isinstance(title, str) else None,
                registrable(host) or host, iso(now),
            ),
        ).fetchone()  # fmt: skip
    return int(row[0])


def page(store: Store, url: str, *, outlet_id: int, feed_id: int | None, seen: str) -> int:
    """The page of this URL; made, and not queued for fetching, where it was not known."""
    key = url_key(url)
    known = pages.find(store, key)
    if known is not None:
        # An address that only another page's canonical link has named so far is a page of its own now.
        store.conn.execute(
            "UPDATE pages SET first_seen_at = ?, feed_id = ? WHERE id = ? AND state = 'queued' AND next_try_at IS NULL"
            " AND capture_id IS NULL AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.page_id = pages.id)",
            (seen, feed_id, known),
        )
        return known
    row = store.conn.execute(
        "INSERT INTO pages (key, key_hash, url, outlet_id, feed_id, state, first_seen_at) VALUES (?, ?, ?, ?, ?, 'queued', ?) RETURNING id",
        (key, key_hash(key), url, outlet_id, feed_id, seen),
    ).fetchone()
    return int(row[0])


def _fetched_as(store: Store, page_id: int) -> int:
    """The page that an address was led to or came from, where it has no exchange of its own."""
    row = store.conn.execute(
        "SELECT coalesce(same_as, id) FROM pages WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM captures WHERE page_id = ?1)", (page_id,)
    ).fetchone()
    return int(row[0]) if row else page_id


def first_page(store: Store, said: dict[str, Any], page_id: int | None) -> int | None:
    """The capture of a story's first page, for one of its further pages."""
    record_id = said.get("part_of")
    if not isinstance(record_id, str) or page_id is None:
        return None
    row = store.conn.execute(
        "SELECT i.capture_id FROM captures c JOIN imported i ON i.capture_id = c.id WHERE c.page_id = ? AND i.record_id = ?"
        " ORDER BY c.id DESC LIMIT 1",
        (page_id, record_id),
    ).fetchone()
    return int(row[0]) if row else None


def payload(store: Store, capture: Capture, digest: str | None, url: str | None, date: str | None) -> int | None:
    """The body that a revisit repeats: by its digest, else by the exchange that it names; None where the archive has neither."""
    name, _, text = (digest or "").partition(":")
    if name.lower() in ("sha256", "sha-256") and (hexadecimal := _sha256(text)):
        row = store.conn.execute("SELECT id FROM bodies WHERE sha256 = ?", (hexadecimal,)).fetchone()
        if row:
            return int(row[0])
    page_id = pages.find(store, url_key(url or capture.url))
    if page_id is None:
        return None
    row = store.conn.execute(
        "SELECT body_id FROM captures WHERE page_id IN (?1, (SELECT same_as FROM pages WHERE id = ?1)) AND body_id IS NOT NULL"
        " AND (wire_sha1 = ?2 OR fetched_at = ?3) ORDER BY wire_sha1 IS ?2 DESC, id DESC LIMIT 1",
        (page_id, text.upper(), date),
    ).fetchone()
    return int(row[0]) if row else None


def _sha256(text: str) -> str | None:
    for decode in (bytes.fromhex, lambda text: base64.b32decode(text.upper().ljust(-(-len(text) // 8) * 8, "="))):
        try:
            found = decode(text)
        except ValueError:
            continue
        if len(found) == 32:
            return found.hex()
    return None


def _is_lone_hop(capture: Capture, said: dict[str, Any]) -> bool:
    """A redirect whose end is not beside it: a fact, and no page."""
    return not said and capture.status is not None and 300 <= capture.status < 400 and capture.status != 304


def _seen(stated: dict[str, Any], capture: Capture) -> str:
    try:
        return iso(from_iso(str(stated["first_seen_at"])))
    except (KeyError, ValueError):
        return iso(capture.fetched_at)


def _is_ours(store: Store, page_id: int) -> bool:
    row = store.conn.execute(
        "SELECT next_try_at IS NULL AND recheck_at IS NULL AND NOT EXISTS (SELECT 1 FROM captures c LEFT JOIN imported i"
        " ON i.capture_id = c.id WHERE c.page_id = pages.id AND i.capture_id IS NULL) FROM pages WHERE id = ?",
        (page_id,),
    ).fetchone()
    return bool(row[0])
