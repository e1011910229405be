"""`wirecopy daemon`: one tick > is anything due? > a run, as a process of its own > one line in the log. For years, in a few megabytes.

It polls nothing and writes nothing itself: each run is the `wirecopy crawl` that a timer would start. What it keeps between two ticks is
the text of sources.toml as last found good.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from archive.errors import ArchiveLocked, WirecopyError
from archive.lock import run_lock
from archive.times import iso
from scheduler.child import Child, Ended
from scheduler.kept import Kept, Mark, mark
from scheduler.notify import Notifier
from scheduler.outlook import busy, look, told
from scheduler.run import ALL_FAILED

OVERRUN = 60.0  # seconds beyond its deadline after which a run is ended by force: it stops by itself within ten
PULSE = 5.0  # seconds between two looks at a run under way, and at the clock
LONGEST_REST = 900.0  # seconds without a new attempt, at most, while runs fail for a reason that a person has to mend
LOCKED = ArchiveLocked.exit_code
_log = logging.getLogger("wirecopy.daemon")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a daemon is asked to do."""

    archive: Path
    sources: Path
    tick: float = 30.0  # seconds between two looks at what is due
    deadline: float = 900.0  # seconds; then a run is stopped gracefully, and the next tick goes on with what came due meanwhile


def serve(settings: Settings, notify: Notifier) -> None:
    """Runs until SIGTERM or SIGINT. Raises WirecopyError: another daemon is there, sources.toml is broken, the archive is not one."""
    _log_to_stderr()
    twin = settings.archive.with_name(settings.archive.name + ".daemon")  # not the run lock: runs take that one themselves
    with ExitStack() as held:
        try:
            held.enter_context(run_lock(twin, wait=0))
        except ArchiveLocked as problem:
            raise ArchiveLocked(f"another daemon is at work on {settings.archive}", hint="one is enough for an archive") from problem
        asyncio.run(Daemon(settings, notify).run())


class Daemon:
    """One daemon on one archive; its lock is held by the caller."""

    def __init__(self, settings: Settings, notify: Notifier) -> None:
        self._settings, self._notify = settings, notify
        self._sources = Kept(settings.sources.absolute(), settings.archive.absolute())
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._stop = asyncio.Event()
        self._ticking = asyncio.Lock()
        self._child: Child | None = None
        self._unknown = True  # the archive may not know yet what sources.toml says: one run makes it known, due or not
        self._failures = 0  # runs in a row that failed for a reason of ours
        self._rest_until = 0.0  # by the event loop's clock
        self._gave_way = False
        self._fruitless = 0  # runs in a row that found nothing to do: what is due lies with hosts that hold us off (Retry-After)
        self._stuck, self._stuck_until = 0, 0.0  # how much of that, and when it is tried again

    async def run(self) -> None:
        """From READY to STOPPING."""
        for name, call in ((signal.SIGTERM, self._stop.set), (signal.SIGINT, self._stop.set), (signal.SIGHUP, self._reload)):
            asyncio.get_running_loop().add_signal_handler(name, call)
        self._sources.read()
        look(self._settings.archive, _now())
        self._scheduler.add_job(
            self._tick, "interval", seconds=self._settings.tick, id="tick", next_run_time=_now(), misfire_grace_time=None, coalesce=True,
            max_instances=1,
        )  # fmt: skip
        self._scheduler.start()
        self._notify.ready()
        _log.info("at work on %s: %s; a look every %g s", self._settings.archive, self._sources, self._settings.tick)
        pulse = asyncio.create_task(self._pulse())
        try:
            await self._stop.wait()
        finally:
            await self._drain()
            pulse.cancel()

    async def _drain(self) -> None:
        self._notify.stopping()
        _log.info("asked to stop%s", "; so is the run under way" if self._child else "")
        self._scheduler.pause()
        if self._child:
            self._child.ask()
        async with self._ticking:  # the scheduler's own shutdown would cancel the tick, and the run with it
            self._scheduler.shutdown(wait=False)
        self._sources.forget()
        _log.info("stopped")

    # --- a tick ---------------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        if self._sources.changed():
            self._reload()
        if self._stop.is_set() or asyncio.get_running_loop().time() < self._rest_until:
            return
        async with self._ticking:
            try:
                await self._look_and_run()
            except (WirecopyError, OSError) as problem:
                self._rest(str(problem))
        self._notify.progress()

    async def _look_and_run(self) -> None:
        outlook = await asyncio.to_thread(look, self._settings.archive, _now())
        if self._stop.is_set():
            return
        stuck = self._stuck if asyncio.get_running_loop().time() < self._stuck_until else 0
        if self._unknown or outlook.waiting > stuck:
            if at_work(self._settings.archive):
                self._give_way()
                return
            await self._one_run()
            outlook = await asyncio.to_thread(look, self._settings.archive, _now())
            self._leave(outlook.waiting)
        else:
            self._failures = 0
        if not self._failures:
            self._notify.status(f"Waiting; next poll due {outlook.next_due}" if outlook.next_due else "Waiting; no feed is configured")

    async def _one_run(self) -> None:
        self._notify.status(f"A run is under way since {iso(_now())}")
        child = Child(self._command(), limit=self._settings.deadline + OVERRUN)
        known, self._unknown = False, False  # set again by a reload during the run: that asks for one more
        self._child = child
        try:
            ended = await child.run()
            known = ended.code in (0, ALL_FAILED)
        finally:
            self._child = None
            self._unknown |= not known
        self._take(ended)

    def _command(self) -> list[str]:
        settings = self._settings
        return [
            sys.executable, "-m", "scheduler.cli", "crawl", "--archive", str(settings.archive.absolute()), "--sources",
            str(self._sources.copy()), "--trigger", "daemon", "--deadline", f"{settings.deadline:g}", "--wait", "0", "--json",
        ]  # fmt: skip

    def _take(self, ended: Ended) -> None:
        if ended.code == LOCKED:  # somebody else was faster
            self._give_way()
        elif ended.code in (0, ALL_FAILED) and ended.summary is not None:
            self._gave_way = False
            self._fruitless = 0 if busy(ended.summary) else self._fruitless + 1
            _log.info(told(ended))
        elif not self._stop.is_set():
            self._rest(told(ended))
            return
        self._failures, self._rest_until = 0, 0.0

    def _give_way(self) -> None:
        if not self._gave_way:
            _log.info("another run is at work on the archive: its turn first")
        self._gave_way = True
        self._notify.status("Another run is at work on the archive")

    def _leave(self, waiting: int) -> None:
        """What a fruitless run left is tried again later and later; what comes due besides is not kept waiting by it."""
        self._stuck = waiting if self._fruitless else 0
        self._stuck_until = asyncio.get_running_loop().time() + min(LONGEST_REST, self._settings.tick * 2 ** min(self._fruitless, 16))

    def _rest(self, problem: str) -> None:
        """After a failure the next attempt comes later and later: a full disk does not fill the log as well."""
        self._failures += 1
        wait = min(LONGEST_REST, self._settings.tick * 2 ** min(self._failures, 16))
        self._rest_until = asyncio.get_running_loop().time() + wait
        _log.error("%s; next attempt in %g s", problem, wait)
        self._notify.status(f"Failing ({self._failures} in a row): {problem}")

    # --- beside the ticks -----------------------------------------------------------------------------------------

    def _reload(self) -> None:
        """sources.toml anew, where it is good; a broken one changes nothing. Never raises."""
        self._notify.reloading()
        try:
            self._sources.read()
        except WirecopyError as problem:
            _log.error("%s; going on with the sources as they were. %s", problem, problem.hint or "")
        else:
            _log.info("read again: %s", self._sources)
            self._unknown, self._rest_until = True, 0.0
            self._wake()
        self._notify.ready()

    async def _pulse(self) -> None:
        """Tells of progress while a run writes, and puts the tick right after the clock was set back."""
        before = _marks(self._settings.archive)
        while True:
            await asyncio.sleep(min(PULSE, self._settings.tick))
            after = _marks(self._settings.archive)
            if self._child and after != before:
                self._notify.progress()
            before = after
            if stranded(self._scheduler.get_job("tick").next_run_time, _now(), self._settings.tick):
                _log.warning("the clock was set back: the next look is now")
                self._unknown = True  # a run puts right what was planned by the wrong time
                self._wake()

    def _wake(self) -> None:
        self._scheduler.modify_job("tick", next_run_time=_now())


def stranded(next_tick: datetime, now: datetime, tick: float) -> bool:
    """Whether a tick lies further ahead than ticks do: APScheduler plans by the wall clock, and set back by a year it would wait a year."""
    return next_tick - now > timedelta(seconds=2 * tick)


def at_work(archive: Path) -> bool:
    """Whether a run holds the archive. Asks by taking the lock for a moment: a run that comes just then waits that long for it."""
    try:
        with run_lock(archive, wait=0):
            return False
    except ArchiveLocked:
        return True


def _marks(archive: Path) -> tuple[Mark, Mark]:
    """Changes whenever somebody commits to the archive."""
    return (mark(archive), mark(Path(f"{archive}-wal")))


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S"))
    handler.formatter.converter = time.gmtime  # type: ignore[union-attr]  # it has just been set
    logging.getLogger().addHandler(handler)
    _log.setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it tells of each tick that falls into a run


def _now() -> datetime:
    return datetime.now(UTC)
