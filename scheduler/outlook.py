"""What the daemon sees of its archive between two runs, and what it says of a run: pure words and short reads, nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.errors import ArchiveMissing
from archive.store import clean_queue, feeds, pages
from archive.store.connect import open_reader, telling
from scheduler.child import Ended
from scheduler.run import ALL_FAILED


@dataclass(frozen=True, slots=True)
class Outlook:
    """What waits now, and when the next feed is due."""

    waiting: int  # feeds and pages that are due, and pages to be cleaned
    next_due: str | None = None  # ISO 8601; None: no feed is configured, or none is known yet


def look(archive: Path, now: datetime) -> Outlook:
    """What a run would find to do: short reads along indexes. Raises ArchiveError, but for an archive that is not there yet."""
    try:
        with open_reader(archive) as store, telling(archive, reading=True):
            waiting = feeds.count_due(store, now) + pages.count_due(store, now) + clean_queue.waiting(store, again=False)
            return Outlook(waiting, feeds.due_at(store))
    except ArchiveMissing:
        return Outlook(waiting=1)


def busy(summary: dict[str, Any]) -> bool:
    """Whether a run did anything."""
    return any(summary[name] for name in ("polled", "fetched", "failed", "cleaned"))


def told(ended: Ended) -> str:
    """A run in one line."""
    if ended.overran:
        return "a run did not end in its time, and was ended by force"
    if ended.summary is None or ended.code not in (0, ALL_FAILED):
        return f"a run failed ({f'exit code {ended.code}' if ended.code >= 0 else f'signal {-ended.code}'})"
    counts = ended.summary
    if not busy(counts):
        return f"run {counts['run']} in {counts['seconds']:g} s: nothing to do now"
    in_vain = ", all in vain" if ended.code else ""
    return (
        f"run {counts['run']} in {counts['seconds']:g} s{in_vain}: {counts['polled']} polled ({counts['not_modified']} not modified),"
        f" {counts['stored']} pages stored, {counts['revisits']} unchanged, {counts['failed']} failed, {counts['cleaned']} cleaned"
    )
