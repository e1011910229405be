"""What the archive tells `wirecopy doctor` about itself and about this machine's clock. Reads; judges nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise

from archive.store.connect import Store, telling
from archive.times import from_iso, from_iso_or_none, iso

WINDOW = timedelta(days=7)  # over which growth is measured
_LEAST = timedelta(hours=12)  # an archive that is younger tells no growth
_ANSWERS = 300  # newest answers whose Date is looked at
_RUNS = 1000  # newest runs that are looked at for jumps of the clock
_DATE = re.compile(rb"^date:[ \t]*([^\r\n]{1,64})", re.IGNORECASE | re.MULTILINE)
_AGE = re.compile(rb"^age:[ \t]*[1-9]", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Record:
    """Facts of one archive."""

    bytes: int
    pages: int
    articles: int
    last_run_at: datetime | None = None  # start of the newest run
    last_run_status: str | None = None
    newest_at: datetime | None = None  # of all that is on record
    growth: float | None = None  # bytes a day, over the last week; None: too young to tell
    offset: timedelta | None = None  # our clock less that of the servers, their median; None: none to compare
    servers: int = 0  # that were compared
    jumped_at: datetime | None = None  # start of the newest run that began before the one it followed
    timer: str | None = None  # what started the newest run that was not started by hand
    timer_at: datetime | None = None


def read(store: Store, *, now: datetime) -> Record:
    """Raises ArchiveError where the archive cannot be read."""
    with telling(store.path, reading=True):
        ask = store.conn.execute
        run = ask("SELECT started_at, status FROM runs WHERE trigger <> 'import' ORDER BY id DESC LIMIT 1").fetchone() or (None, None)
        timer = ask("SELECT trigger, started_at FROM runs WHERE trigger IN ('cron', 'timer', 'daemon') ORDER BY id DESC LIMIT 1").fetchone()
        newest = ask("SELECT max(at) FROM (SELECT max(started_at) AS at FROM runs UNION ALL SELECT max(polled_at) FROM polls)").fetchone()
        size = ask("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
        offsets = sorted(_offsets(store))
        return Record(
            bytes=size,
            pages=ask("SELECT count(*) FROM pages").fetchone()[0],
            articles=ask("SELECT count(*) FROM articles WHERE is_latest").fetchone()[0],
            last_run_at=from_iso_or_none(run[0]),
            last_run_status=run[1],
            newest_at=from_iso_or_none(newest[0]),
            growth=_growth(store, size, now),
            offset=offsets[len(offsets) // 2] if offsets else None,
            servers=len(offsets),
            jumped_at=_jump(store),
            timer=timer[0] if timer else None,
            timer_at=from_iso(timer[1]) if timer else None,
        )


def _growth(store: Store, size: int, now: datetime) -> float | None:
    """Bytes a day: the archive's size by the share of its captures that the last week brought."""
    ask = store.conn.execute
    first = ask("SELECT started_at FROM runs ORDER BY id LIMIT 1").fetchone()
    age = now - from_iso(first[0]) if first else timedelta(0)
    if age < _LEAST:
        return None
    captures = ask("SELECT coalesce(max(id), 0) FROM captures").fetchone()[0]
    recent = ask(
        "SELECT count(*) FROM captures WHERE run_id >= (SELECT min(id) FROM runs WHERE started_at >= ?)"
        " AND run_id NOT IN (SELECT id FROM runs WHERE trigger = 'import')",  # once, and then no more
        (iso(now - WINDOW),),
    ).fetchone()[0]
    return float(size * recent / captures / (min(age, WINDOW) / timedelta(days=1))) if captures else None


def _offsets(store: Store) -> list[timedelta]:
    """Our clock less the Date of the newest answer of each server lately. One on this machine has the same clock, and tells nothing."""
    rows = store.conn.execute(
        "SELECT c.ip, c.fetched_at, c.elapsed_ms, h.response FROM (SELECT * FROM captures ORDER BY id DESC LIMIT ?) c"
        " JOIN capture_heads h ON h.capture_id = c.id WHERE h.response IS NOT NULL AND c.ip NOT LIKE '127.%' AND c.ip <> '::1'"
        " ORDER BY c.id DESC",
        (_ANSWERS,),
    )
    found: dict[str, timedelta] = {}
    for ip, fetched, elapsed, head in rows:
        if ip not in found and (offset := offset_of(from_iso(fetched), elapsed or 0, head)) is not None:
            found[ip] = offset
    return list(found.values())


def offset_of(fetched_at: datetime, elapsed_ms: int, head: bytes) -> timedelta | None:
    """Our clock less the server's, by its Date (RFC 9110, 6.6.1): 0 while that lies between request and answer. None: not to be told.

    Date has whole seconds, so that up to one is taken for none; an answer with an Age was made before.
    """
    found = _DATE.search(head)
    if found is None or _AGE.search(head):
        return None
    try:
        theirs = parsedate_to_datetime(found[1].decode("ascii", "replace").strip())
        theirs = theirs.replace(tzinfo=UTC) if theirs.tzinfo is None else theirs.astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    first, last = fetched_at - timedelta(seconds=1), fetched_at + timedelta(milliseconds=elapsed_ms)
    return first - theirs if theirs < first else last - theirs if theirs > last else timedelta(0)


def _jump(store: Store) -> datetime | None:
    rows = store.conn.execute("SELECT started_at FROM runs ORDER BY id DESC LIMIT ?", (_RUNS,)).fetchall()
    for (later,), (earlier,) in pairwise(rows):
        if later < earlier:
            return from_iso(later)
    return None
