"""READ FIRST. One run, on one screen: what is due > crawl (a process of its own) > clean what is left > summary.

Holds the run lock throughout, so that one process at a time writes the archive. The crawl inherits it: a killed run's children end, and
only then can the next run begin.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.errors import WirecopyError
from archive.lock import run_lock
from archive.store import backfill, clean_queue, feeds, pages, runs, soundness
from archive.store.connect import Store, open_reader, open_store
from crawler.enrol import begin
from crawler.sources import Sources, load

BUG = 1  # exit code: the crawl's process ended as it should not
ALL_FAILED = 69  # exit code (EX_UNAVAILABLE): every poll of the run failed
Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do."""

    archive: Path
    sources: Path
    known: Sources | None = None  # what stands in it, where the caller has read it
    outlets: frozenset[str] | None = None  # None: all
    every: bool = False  # polls what is not due as well
    recheck: bool = False  # looks at every stored page again
    jobs: int = 1  # cleaning workers
    trigger: str = "manual"
    deadline: float | None = None  # seconds; then the crawl is stopped gracefully
    wait: float = 1.0  # seconds to wait for a run that is under way
    log_level: str = "WARNING"
    backfill: frozenset[str] = frozenset()  # outlets whose past is read as well
    most_pages: int = 0  # of backfill
    ahead: timedelta = timedelta(0)  # of the run's clock before this machine's: for simulations

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(slots=True)
class Result:
    """What a run came to."""

    summary: runs.Summary = field(default_factory=dict)
    status: str = "ok"  # ok, partial, failed or stopped
    exit_code: int = 0
    error: str | None = None  # what broke it off
    next_due: str | None = None
    cleaning_left: int = 0


def run(options: Options, tell: Tell) -> Result:
    """Runs once. Raises WirecopyError: locked, configuration, archive."""
    with run_lock(options.archive, wait=options.wait) as lock:
        sources = options.known or load(options.sources)
        with open_store(options.archive, create=True) as store:
            now = options.now()
            run_id = begin(store, sources, trigger=options.trigger, now=now)
            work = _is_due(store, options, now) or clean_queue.waiting(store, again=False) > 0 or _past_waits(store, options)
        ended = _work(options, run_id, lock, tell) if work else "ok"
        with open_store(options.archive) as store:
            result = _finish(store, run_id, ended, options.now())
            if sources.alert is not None and not _asked_to_stop(options, result):
                from scheduler.alert import look  # late: most runs alert nobody

                look(store, sources.alert, now=options.now())
            return result


def _asked_to_stop(options: Options, result: Result) -> bool:
    """Whether somebody ended it, not its own deadline: then nobody waits for an alert command."""
    in_time = options.deadline is None or result.summary["seconds"] < options.deadline
    return result.status == "stopped" and in_time


def _work(options: Options, run_id: int, lock: int, tell: Tell) -> str:
    from scheduler.crawl import crawl_and_clean  # late: a run with nothing due costs no event loop

    try:
        with open_reader(options.archive, cache=soundness.CACHE) as store:
            soundness.look(store, run_id)
        return crawl_and_clean(options, run_id, lock, tell)
    except WirecopyError as problem:
        _note_failure(options, run_id, problem)
        raise


def _is_due(store: Store, options: Options, now: datetime) -> bool:
    return feeds.is_due(store, now, every=options.every, outlets=options.outlets) or bool(
        pages.due(store, now, limit=1, all_failed=options.every, all_stored=options.recheck)
    )


def _past_waits(store: Store, options: Options) -> bool:
    return bool(options.backfill and backfill.waiting(store, options.backfill))


def _finish(store: Store, run_id: int, ended: str, now: datetime) -> Result:
    summary = runs.count(store, run_id, now)
    status = ended if ended != "ok" else _status(summary)
    error = "the crawl broke off: killed from outside, or a bug that the log tells of" if ended == "failed" else None
    summary = runs.finish(store, run_id, status=status, now=now, error=error)
    store.checkpoint()
    return Result(
        summary=summary,
        status=status,
        error=error,
        exit_code=BUG if error else ALL_FAILED if status == "failed" else 0,
        next_due=feeds.due_at(store),
        cleaning_left=clean_queue.waiting(store, again=False),
    )


def _status(summary: runs.Summary) -> str:
    """`failed` when all that was asked of the web failed; a run with nothing due is `ok`."""
    if not summary["failed"]:
        return "ok"
    went_well = summary["stored"] or summary["revisits"] or summary["not_modified"] or summary["entries"]
    return "partial" if went_well else "failed"


def _note_failure(options: Options, run_id: int, problem: WirecopyError) -> None:
    """The run's row says what ended it, where the archive still lets us write."""
    with suppress(WirecopyError), open_store(options.archive) as store:
        runs.finish(store, run_id, status="failed", now=options.now(), error=str(problem))


def named(sources: Sources, names: tuple[str, ...]) -> frozenset[str] | None:
    """The outlets that a person named: ids or feed URLs; None for none named. Raises WirecopyError for a name that is none."""
    from archive.errors import UsageError

    if not names:
        return None
    chosen = set()
    for name in names:
        found = [one.id for one in sources.outlets if name == one.id or any(feed.url == name for feed in one.feeds)]
        if not found:
            raise UsageError(f"no source {name!r} in {sources.path}", hint="`wirecopy sources` lists them")
        chosen.update(found)
    return frozenset(chosen)
