"""`wirecopy recover` on one screen: lay out, fill, mend, try. The damaged file is read page by page and never changed."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.errors import ArchiveDamaged, ArchiveError, ArchiveLocked, OutputError
from archive.lock import run_lock
from archive.migrations import APPLICATION_ID
from archive.salvage.btree import HIGHEST, LOWEST, Hole, Reader
from archive.salvage.pages import PageFile
from archive.salvage.survey import Survey, TableFound
from archive.store.connect import open_store, suppress_leftovers, sync_folder, telling
from archive.store.salvaging import mending
from archive.store.salvaging.filling import Filling
from archive.store.salvaging.layout import Layout, layout

OURS = ("captures", "pages", "bodies", "feeds", "articles", "outlets")  # a file with rows of none of these is no archive
_RANGES = 20  # ranges of lost rows that are named a table
_IDS = 100  # lost bodies that are named

Tell = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is


@dataclass(frozen=True, slots=True)
class Table:
    """How a table came out. `lost`: ranges of ids of which rows may be missing, in words; `damaged`: pages and rows that were not whole."""

    name: str
    saved: int
    damaged: int = 0
    strays: int = 0  # of the saved: from pages that no tree led to any more
    refused: int = 0  # rows that break the rules of the table, or whose key another row has
    lost: tuple[str, ...] = ()
    made_again: bool = False  # nothing is lost with it: it can be made from other tables


@dataclass(slots=True)
class Report:
    """What was found in a damaged file, and what became of it."""

    notes: list[str] = field(default_factory=list)  # about the file as a whole
    tables: list[Table] = field(default_factory=list)
    unknown: int = 0  # pages with rows of which it cannot be told whose they are
    bodies_lost: int = 0
    bodies: list[int] = field(default_factory=list)  # ids of these, the first ones
    articles: int = 0  # whose text was not what was written
    stand_ins: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    pages: int = 0
    to_clean: int = 0
    left: list[str] = field(default_factory=list)  # what is wrong with the new file all the same: empty, or a bug of ours

    @property
    def whole(self) -> bool:
        """Whether nothing is lost that cannot be made again."""
        rows = not any((table.damaged or table.refused) and not table.made_again for table in self.tables)
        return rows and not (self.unknown or self.bodies_lost or self.articles or self.dropped or self.cut or self.left or self._incomplete)

    _incomplete: bool = False  # the file is cut, or its schema is: nobody knows what was there

    def as_json(self) -> dict[str, Any]:
        found = asdict(self)
        del found["_incomplete"]
        return {"whole": self.whole, **found}


def diagnose(path: Path, tell: Tell = lambda *_: None) -> Report:
    """Reads a file as `recover` would, and writes nothing: what is damaged, table by table. Bodies are not read back."""
    with PageFile(path) as pages:
        plan = layout(pages)
        survey = Survey(Reader(pages), plan.plan)
        seen = Counter[str]()
        for shape, row in survey.rows():
            seen[shape.name] += 1
            tell("Reading pages", row.page, pages.count)
        return _report(pages, plan, survey, seen, Counter())


def recover(path: Path, target: Path, *, now: datetime | None = None, tell: Tell = lambda *_: None) -> Report:
    """Saves all that can be read of the archive at `path` into a new one at `target`, which appears when it is complete.

    Raises OutputError where something is there, ArchiveLocked while a run writes to the damaged archive, ArchiveDamaged where nothing of
    an archive can be found in it, ArchiveError where a file cannot be read or written.
    """
    now = now or datetime.now(UTC)
    if os.path.lexists(target):
        raise OutputError(f"{target} is there already", hint="name a file that is not there: nothing is overwritten")
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    with _no_run(path), PageFile(path) as pages, suppress_leftovers(fresh), telling(target):
        before = pages.state()
        report = _fill(pages, fresh, tell)
        _mend(fresh, path, report, now, tell)
        if pages.state() != before:
            raise ArchiveLocked(f"{path} was written to meanwhile", hint="end what writes to it, and recover again")
        _appear(fresh, target)
    return report


@contextmanager
def _no_run(path: Path) -> Iterator[None]:
    """Holds the run lock of the damaged archive; where its folder cannot be written to, no run can be at work there."""
    if not path.exists():
        raise ArchiveError(f"no file at {path}", hint="name the damaged archive")
    lock = run_lock(path)
    try:
        lock.__enter__()
    except ArchiveLocked:
        raise
    except ArchiveError:
        yield
        return
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _fill(pages: PageFile, fresh: Path, tell: Tell) -> Report:
    plan = layout(pages)
    survey = Survey(Reader(pages), plan.plan)
    with closing(_new(fresh)) as conn:
        filling = Filling(conn, plan)
        filling.prepare()
        filling.take(survey.rows(), lambda page: tell("Reading pages", page, pages.count))
        if not any(filling.kept[name] for name in OURS):
            raise ArchiveDamaged(f"nothing of an archive was found in {pages.path}", hint="restore it from a backup, if there is one")
        filling.finish()
    report = _report(pages, plan, survey, filling.kept, filling.refused)
    report.notes += filling.notes
    return report


def _new(fresh: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(fresh, isolation_level=None)
    conn.execute("PRAGMA page_size=4096")
    conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
    conn.execute("PRAGMA synchronous=OFF")  # it is synced as a whole, before it appears
    conn.execute("PRAGMA foreign_keys=OFF")  # children may come before their parents
    conn.execute("PRAGMA cache_size=-65536")
    return conn


def _mend(fresh: Path, path: Path, report: Report, now: datetime, tell: Tell) -> None:
    """The steps that are newer than the damaged file, and then whatever does not hold together."""
    damaged = frozenset(table.name for table in report.tables if table.damaged or table.refused)
    with open_store(fresh, upgrade_loosely=True) as store:
        total = int(store.conn.execute("SELECT count(*) FROM bodies").fetchone()[0])
        read = iter(range(1, total + 1))
        done = mending.mend(store, damaged=damaged, now=now, tell=lambda: tell("Reading back", next(read, total), total))
        report.bodies_lost, report.bodies = len(done.bodies), done.bodies[:_IDS]
        report.articles, report.pages, report.to_clean = done.articles, done.pages, done.to_clean
        report.stand_ins = dict(sorted(done.stand_ins.items()))
        report.cut = {name: count for name, count in sorted(done.cut.items()) if count}
        report.dropped = {name: count for name, count in sorted(done.dropped.items()) if count and name not in mending.MADE_AGAIN}
        report.left = [str(row) for row in store.conn.execute("PRAGMA foreign_key_check").fetchmany(_RANGES)]
        report.left += [line for (line,) in store.conn.execute("PRAGMA integrity_check") if line != "ok"]
        mending.note(store, str(path.absolute()), report.as_json(), now)
        store.checkpoint()


def _appear(fresh: Path, target: Path) -> None:
    try:
        with fresh.open("rb") as handle:
            os.fsync(handle.fileno())
        os.link(fresh, target)  # fails where something has come there meanwhile
        sync_folder(target.parent)
    except FileExistsError:
        raise OutputError(f"{target} is there already", hint="name a file that is not there: nothing is overwritten") from None
    except OSError as problem:
        raise ArchiveError(f"cannot make {target}: {problem.strerror}", hint="the folder must exist and be writable") from problem


def _report(pages: PageFile, plan: Layout, survey: Survey, kept: Counter[str], refused: Counter[str]) -> Report:
    report = Report(notes=list(pages.notes), unknown=survey.unknown)
    report._incomplete = bool(pages.missing) or not plan.whole
    if not plan.whole:
        report.notes.append("the schema is damaged: tables are told by their rows")
    for name, found in survey.tables.items():
        table = _table(name, found, kept[name], refused[name], whole=plan.whole)
        if table.saved or table.damaged or table.refused:
            report.tables.append(table)
    return report


def _table(name: str, found: TableFound, saved: int, refused: int, *, whole: bool) -> Table:
    lost = list(dict.fromkeys(_range(hole) for hole in found.holes))
    if found.rootless and not whole:
        lost.append("where it began is lost: rows may be missing anywhere")
    more = len(lost) - _RANGES
    shown = (*lost[:_RANGES], *([f"and {more:,} more places"] if more > 0 else []))
    damaged = len(found.holes) + found.foreign + bool(found.rootless and not whole)
    return Table(name, saved, damaged, found.strays, refused, shown, name in mending.MADE_AGAIN)


def _range(hole: Hole) -> str:
    if hole.low == LOWEST and hole.high == HIGHEST:
        return hole.why
    low = "up to" if hole.low == LOWEST else f"{hole.low + 1:,} to"
    high = "the end" if hole.high == HIGHEST else f"{hole.high:,}"
    return f"{low} {high}: {hole.why}"
