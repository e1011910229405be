"""`wirecopy doctor`: the installation and its surroundings, each finding in words with what to do about it. Asks no web site anything.

It looks, and changes nothing. What the archive itself says is read by `scheduler.record`, what the machine says by `scheduler.machine`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import sysconfig
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from archive.errors import ArchiveMissing, SourcesError, WirecopyError
from archive.store.connect import open_reader
from archive.terminal import plain
from crawler.guard import Guard
from crawler.sources import Sources, load
from scheduler import machine, record
from scheduler.health import size, span
from scheduler.vitals import disk_free

Mark = Literal["ok", "warn", "fail"]
OLDEST_PYTHON = (3, 11)
LEAST_FREE = 500_000_000  # bytes: `wirecopy health` calls less critical
SHORT = timedelta(days=30)  # a disk that is full within that time is warned of
DNS_SECONDS = 10.0  # for all names together
DNS_HOSTS = 200  # names that are asked for at most
CLOCK_OFF, CLOCK_WRONG = timedelta(minutes=1), timedelta(hours=1)
WIDTH = 100  # columns
_NAMED = 3  # of many things of one kind, so many are named


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do where the mark is not ok."""

    mark: Mark
    name: str
    text: str
    remedy: str | None = None


def examine(archive: Path, sources: Path, *, now: datetime, ask: machine.Resolve = machine.resolve) -> list[Finding]:
    """All findings, in order."""
    found = [python(sys.version_info[:3]), packages(), sqlite(sqlite3.sqlite_version_info), full_text(), plugin()]
    known, told = _sources(sources)
    found += told
    found += names(known, ask) if known else []
    record_of, told = _archive(archive, now)
    found += told
    found += [file_system(archive, machine.mounts()), disk(archive, record_of)]
    found += [clock(record_of, now), *jumps(record_of), timer(record_of, now)] if record_of else []
    return [*found, *lock(archive)]


# --- what it runs on --------------------------------------------------------------------------------------------------------


def python(version: tuple[int, ...]) -> Finding:
    text = f"Python {'.'.join(map(str, version))}"
    if version[:2] >= OLDEST_PYTHON:
        return Finding("ok", "python", text)
    return Finding("fail", "python", text, "wirecopy needs Python 3.11 or newer")


def packages(needs: Iterable[str] | None = None) -> Finding:
    """wirecopy and what it needs: what its metadata says, or `needs`."""
    try:
        needs = (metadata.requires("wirecopy") or []) if needs is None else needs
        found = [f"wirecopy {metadata.version('wirecopy')}"]
    except metadata.PackageNotFoundError:
        return Finding("fail", "packages", "wirecopy is not installed in this Python", "`pip install` it from its folder")
    missing = []
    for name in (_name(need) for need in needs if "extra ==" not in need and not _for_another_python(need)):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("fail", "packages", f"not installed: {', '.join(missing)}", "install wirecopy again: `pip install` brings them")
    return Finding("ok", "packages", ", ".join(found))


def _name(requirement: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "._-" else " " for letter in requirement).split()[0]


def _for_another_python(requirement: str) -> bool:
    """Whether a marker of the one form that we use (`python_version < "3.14"`) leaves this Python out."""
    _, less, version = requirement.partition("python_version <")
    limit = version.strip().strip("'\"").split(".")
    return bool(less) and len(limit) == 2 and all(part.isdigit() for part in limit) and sys.version_info[:2] >= tuple(map(int, limit))


def sqlite(version: tuple[int, ...]) -> Finding:
    text = f"SQLite {'.'.join(map(str, version))}"
    if version < (3, 37, 0):
        return Finding("fail", "sqlite", text, "the archive needs 3.37 or newer (STRICT tables): use a newer Python or system")
    if not machine.wal_reset_bug(version):
        return Finding("ok", "sqlite", f"{text}: without the WAL-reset bug")
    return Finding(
        "warn", "sqlite", f"{text} has the WAL-reset bug: two programs that write at one moment may lose a commit."
        " wirecopy lets one process write at a time, under a lock, and `wirecopy verify` checks what was stored.",
        "do not write to the archive with other programs while a run is at work; 3.51.3, 3.50.7 and 3.44.6 are without it",
    )  # fmt: skip


def full_text() -> Finding:
    try:
        with sqlite3.connect(":memory:") as conn:
            conn.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
    except sqlite3.Error:
        return Finding("fail", "fts5", "this SQLite has no FTS5: the archive cannot be written", "use a Python whose SQLite has FTS5")
    finally:
        conn.close()
    return Finding("ok", "fts5", "full-text search (FTS5) is there")


def plugin(found: str | None = None, scripts: str | None = None) -> Finding:
    """Whether `sqlite-utils` knows wirecopy's functions (wire_html and others)."""
    found = found or shutil.which("sqlite-utils")
    own = Path(scripts or sysconfig.get_path("scripts")) / "sqlite-utils"
    if not any(point.value == "archive.plugin" for point in metadata.entry_points(group="sqlite_utils")):
        return Finding(
            "fail", "plugin", "sqlite-utils does not see wirecopy's plugin", "install wirecopy again: `pip install` announces it"
        )
    if found is None or Path(found).absolute() == own.absolute():
        return Finding("ok", "plugin", "sqlite-utils sees wirecopy's functions" + ("" if found else f" (it is not on the PATH: {own})"))
    return Finding(
        "warn", "plugin", f"the `sqlite-utils` on the PATH is another one ({found}): it has none of our functions", f"call {own}"
    )


# --- sources ----------------------------------------------------------------------------------------------------------------


def _sources(path: Path) -> tuple[Sources | None, list[Finding]]:
    try:
        known = load(path)
    except SourcesError as problem:
        return None, [Finding("fail", "sources", str(problem), problem.hint)]
    count = sum(len(outlet.feeds) for outlet in known.outlets)
    found = [Finding("ok", "sources", f"{path}: {_of(len(known.outlets), 'outlet')}, {_of(count, 'feed')}")]
    found += [Finding("warn", "sources", text, "see docs/sources.md") for text in known.warnings]
    if known.alert is not None and shutil.which(known.alert.command[0]) is None:
        text = f"the alert command {known.alert.command[0]} is not there, or may not be run by this user"
        found.append(Finding("warn", "alert", text, "correct `command` in [alert]"))
    return known, found


def names(known: Sources, ask: machine.Resolve) -> list[Finding]:
    """Whether the hosts of all sources can be found; addresses that are not public are refused by the crawl."""
    urls = [feed.url for outlet in known.outlets for feed in outlet.feeds]
    hosts = list(dict.fromkeys(urlsplit(url).hostname or "" for url in urls))[:DNS_HOSTS]
    if not hosts:
        return []
    answers = machine.look_up(hosts, seconds=DNS_SECONDS, ask=ask)
    guard = Guard(known.fetch.allow_private)
    silent = [host for host, answer in answers.items() if answer is None]
    failed = [f"{host} ({answer})" for host, answer in answers.items() if isinstance(answer, str)]
    private = [
        f"{host} ({', '.join(bad)})" for host, answer in answers.items() if isinstance(answer, list) and (bad := _refused(guard, answer))
    ]
    found = []
    if silent:
        text = f"no answer within {DNS_SECONDS:g} s for {_some(silent)}"
        found.append(_unresolved(text, len(silent) == len(hosts)))
    if failed:
        found.append(_unresolved(f"not found: {_some(failed)}", len(failed) == len(hosts)))
    if private:
        remedy = "if that is meant, allow the network in [fetch] allow_private; else ask who answers for these names (a filter, a VPN)"
        found.append(Finding("warn", "dns", f"not a public address, and never dialled: {_some(private)}", remedy))
    return found or [Finding("ok", "dns", f"{_of(len(hosts), 'host')} of the sources found")]


def _unresolved(text: str, all_of_them: bool) -> Finding:
    remedy = "is the network up? `getent hosts NAME` asks the same resolver" if all_of_them else "`wirecopy check` says whether they moved"
    return Finding("fail" if all_of_them else "warn", "dns", text, remedy)


def _refused(guard: Guard, addresses: Iterable[str]) -> list[str]:
    return [address for address in addresses if not guard.permits(address)]


# --- the archive and its place ------------------------------------------------------------------------------------------------


def _archive(path: Path, now: datetime) -> tuple[record.Record | None, list[Finding]]:
    try:
        with open_reader(path) as store:
            known = record.read(store, now=now)
    except ArchiveMissing as problem:
        return None, [Finding("warn", "archive", str(problem), problem.hint)]
    except WirecopyError as problem:
        return None, [Finding("fail", "archive", str(problem), problem.hint)]
    last = f"last run {span(now - known.last_run_at)} ago: {known.last_run_status}" if known.last_run_at else "no run yet"
    text = f"{path}: {size(known.bytes)}, {_of(known.pages, 'page')}, {_of(known.articles, 'article')}, {last}"
    return known, [Finding("ok", "archive", text)]


def disk(archive: Path, known: record.Record | None, free: int | None = None) -> Finding:
    """Free space, and how long it lasts at the growth of the last week."""
    try:
        free = disk_free(archive) if free is None else free
    except OSError as problem:
        return Finding("fail", "disk", f"{archive.absolute().parent}: {problem.strerror}", "the archive's folder must exist")
    text = f"{size(free)} free beside the archive"
    if free < LEAST_FREE:
        return Finding("fail", "disk", text, "free some space: a run that meets a full disk stores nothing")
    if known is None or not known.growth:
        return Finding("ok", "disk", text + (": too early to say how long that lasts" if known else ""))
    lasts = free / known.growth
    text += f"; it grows by {size(known.growth)} a day, so that this lasts {_days(lasts)}"
    if lasts < SHORT.days:
        return Finding("warn", "disk", text, "make room, or move the archive to a larger disk while no run is at work")
    return Finding("ok", "disk", text)


def file_system(archive: Path, mounts: str) -> Finding:
    kind = machine.file_system(archive.absolute().parent.resolve(), mounts)
    if kind is None:
        return Finding("ok", "file system", "this system does not tell its type")
    if machine.is_network(kind):
        remedy = "keep the archive on a local disk: SQLite's WAL needs shared memory and locks that hold between all who open it"
        return Finding("warn", "file system", f"{kind}, a network file system", remedy)
    if machine.is_passing(kind):
        remedy = "put the archive where it outlives a restart: a disk, or a volume of the container"
        return Finding("warn", "file system", f"{kind}: what is stored there may be gone after a restart", remedy)
    return Finding("ok", "file system", kind)


def clock(known: record.Record, now: datetime) -> Finding:
    """Against the Date of what servers answered lately; and whether the newest record lies in the future."""
    if known.newest_at is not None and known.newest_at - now > CLOCK_OFF:
        text = f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the newest record is of {known.newest_at:%Y-%m-%d %H:%M}: it was set back"
        return Finding("fail", "clock", text, "set the clock, and let NTP keep it (`timedatectl set-ntp true`)")
    if known.offset is None:
        return Finding("ok", "clock", "no answers of other machines on record yet to compare it with")
    text = f"{_seconds(known.offset)} the clocks of {_of(known.servers, 'server')}, as of the newest answers on record"
    if abs(known.offset) <= CLOCK_OFF:
        return Finding("ok", "clock", text)
    mark: Mark = "fail" if abs(known.offset) > CLOCK_WRONG else "warn"
    return Finding(mark, "clock", text, "set the clock, and let NTP keep it (`timedatectl set-ntp true`)")


def jumps(known: record.Record) -> list[Finding]:
    """Where a run began before the one that it followed."""
    if known.jumped_at is None:
        return []
    text = f"the clock was set back at some time before {known.jumped_at:%Y-%m-%d %H:%M} UTC: a run began before the one that it followed"
    return [Finding("warn", "clock", text, "times on record around then may be wrong; let NTP keep the clock")]


def timer(known: record.Record, now: datetime) -> Finding:
    """Whether something starts runs by itself."""
    if known.timer_at is not None and now - known.timer_at < timedelta(days=1):
        return Finding("ok", "timer", f"{known.timer} started a run {span(now - known.timer_at)} ago")
    ago = f"the last one by {known.timer} began {span(now - known.timer_at)} ago" if known.timer_at else "all were started by hand"
    remedy = "`wirecopy schedule systemd`, `wirecopy schedule cron`, or `wirecopy daemon`: docs/scheduling.md"
    return Finding("warn", "timer", f"nothing starts runs by itself: {ago}", remedy)


def lock(archive: Path) -> Iterator[Finding]:
    try:
        held = machine.lock_held(archive)
    except OSError as problem:
        yield Finding("warn", "lock", f"{archive}.lock: {problem.strerror}", "runs of another user? They need the same group")
        return
    if held:
        yield Finding(
            "ok", "lock", f"held by {machine.lock_holder(archive) or 'a process that this system does not tell'}: a run is at work"
        )
    elif not os.access(archive if archive.exists() else archive.absolute().parent, os.W_OK):
        yield Finding("warn", "lock", "free; this user may not write to the archive", "run crawls as the user that owns it")
    else:
        yield Finding("ok", "lock", "free: no run is at work")


# --- in words -----------------------------------------------------------------------------------------------------------------


def lines(found: Iterable[Finding]) -> list[str]:
    """A line a finding, its remedy below, and the sum."""
    found = list(found)
    told: list[str] = []
    for one in found:
        told += _wrapped(f"{one.mark:<5} {one.name:<12} ", plain(one.text))
        told += _wrapped(f"{'':<19}-> ", plain(one.remedy)) if one.remedy and one.mark != "ok" else []
    counts = {mark: sum(one.mark == mark for one in found) for mark in ("ok", "warn", "fail")}
    return [*told, "", f"{counts['ok']} ok, {_of(counts['warn'], 'warning')}, {counts['fail']} to mend"]


def as_json(found: Iterable[Finding]) -> list[dict[str, Any]]:
    return [asdict(one) for one in found]


def failed(found: Iterable[Finding]) -> bool:
    return any(one.mark == "fail" for one in found)


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head)) or [head.rstrip()]


def _some(things: list[str]) -> str:
    return ", ".join(things[:_NAMED]) + (f" and {len(things) - _NAMED} more" if len(things) > _NAMED else "")


def _of(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _days(days: float) -> str:
    return f"{days:.0f} days" if days < 730 else f"{days / 365.25:.0f} years"


def _seconds(offset: timedelta) -> str:
    seconds = offset.total_seconds()
    if abs(seconds) < 2:
        return "together with"
    return f"{span(abs(offset))} {'ahead of' if seconds > 0 else 'behind'}"
