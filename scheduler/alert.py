"""The alert hook: a command of yours is told what is wrong, once a state changes. At the end of a run, while the run lock is held.

What changed is decided purely (`changes`); the archive remembers what was told. A command that fails is told again by the next run; one
that hangs is ended after 30 seconds, with all that it started. Nothing here fails a run.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from archive.errors import WirecopyError
from archive.store import alerts
from archive.store.alerts import Alert
from archive.store.connect import Store
from archive.times import iso
from crawler.sources import AlertSpec
from scheduler.health import LEVELS, OK, WARNING, Verdict, judge, line
from scheduler.vitals import gather

PATIENCE = 30.0  # seconds that the command may take
_log = logging.getLogger("wirecopy.alert")


def look(store: Store, spec: AlertSpec | None, *, now: datetime, patience: float = PATIENCE) -> bool:
    """Judges the archive, tells the command what changed, and remembers that: whether something was told. Never raises WirecopyError."""
    if spec is None:
        return False
    try:
        return _look(store, spec, now, patience)
    except WirecopyError as problem:
        _log.warning("nobody could be alerted: %s", problem)
        return False


def _look(store: Store, spec: AlertSpec, now: datetime, patience: float) -> bool:
    verdict = judge(gather(store, now=now))
    state = merged(alerts.known(store), verdict, now)
    alerts.replace(store, state)
    news = changes(state, now, spec.after)
    if not news or not run_command(spec.command, message(store, verdict, state, news, now), patience):
        return False
    alerts.told(store, news, now)
    return True


# --- what changed: pure ---------------------------------------------------------------------------------------------------


def merged(known: Mapping[str, Alert], verdict: Verdict, now: datetime) -> dict[str, Alert]:
    """What is on record from now on: all that is wrong, and what is well again but was told. A level that stays keeps its `since`."""
    found = {check.name: (LEVELS[check.level], check.reason) for check in verdict.checks}
    found |= {feed.url: (LEVELS[WARNING], f"{feed.outlet}: {why}") for feed, why in verdict.feeds}
    state = {}
    for subject in sorted(found.keys() | known.keys()):
        level, reason = found.get(subject, (LEVELS[OK], "well again, or no longer polled"))
        before = known.get(subject)
        if before is None and level != LEVELS[OK]:
            state[subject] = Alert(subject, level, reason, now)
        elif before is not None and (level != LEVELS[OK] or before.told_level not in (None, LEVELS[OK])):
            since = before.since if before.level == level else now
            state[subject] = replace(before, level=level, reason=reason, since=since)
    return state


def changes(state: Mapping[str, Alert], now: datetime, after: timedelta) -> list[Alert]:
    """What has another level than was told, and has had it for `after`; the worst first. What is well again is told at once."""
    order = {name: -number for number, name in enumerate(LEVELS)}
    due = [one for one in state.values() if one.level != (one.told_level or LEVELS[OK])]
    return sorted(
        (one for one in due if one.level == LEVELS[OK] or now - one.since >= after),
        key=lambda one: (order[one.level], one.subject),
    )


def message(store: Store, verdict: Verdict, state: Mapping[str, Alert], news: list[Alert], now: datetime) -> dict[str, Any]:
    """What the command reads: the verdict in a line, what changed, and all that is wrong."""
    return {
        "at": iso(now),
        "machine": socket.gethostname(),
        "archive": str(store.path.absolute()),
        "level": LEVELS[verdict.level],
        "line": line(verdict),
        "changed": [_told(one) for one in news],
        "wrong": [_told(one) for one in state.values() if one.level != LEVELS[OK]],
    }


def _told(one: Alert) -> dict[str, Any]:
    return {"subject": one.subject, "level": one.level, "was": one.told_level or LEVELS[OK], "reason": one.reason, "since": iso(one.since)}


# --- the command ------------------------------------------------------------------------------------------------------------


def run_command(command: tuple[str, ...], what: Mapping[str, Any], patience: float = PATIENCE) -> bool:
    """Runs it with `what` as JSON on its standard input: whether it ended well. What it prints goes to standard error.

    It gets a file, not a pipe: a command that never reads holds up nobody. It is a session of its own, so that what it started ends with
    it when its time is up.
    """
    with tempfile.TemporaryFile() as given:
        given.write(json.dumps(what, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        given.seek(0)
        try:
            child = subprocess.Popen(command, stdin=given, stdout=_stderr(), start_new_session=True)  # noqa: S603 - the operator's own
        except (OSError, ValueError) as problem:
            _log.warning("the alert command %s cannot be run: %s", command[0], problem)
            return False
        return _ended_well(child, command[0], patience)


def _stderr() -> int:
    """Standard error's descriptor: a run's standard output may be JSON for somebody else."""
    try:
        return sys.stderr.fileno()
    except (OSError, ValueError):  # replaced by something that is no file
        return subprocess.DEVNULL


def _ended_well(child: subprocess.Popen[bytes], name: str, patience: float) -> bool:
    try:
        code = child.wait(patience)
    except subprocess.TimeoutExpired:
        _log.warning("the alert command %s was ended after %g s", name, patience)
        return False
    finally:
        with suppress(ProcessLookupError, PermissionError):
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    if code:
        _log.warning("the alert command %s ended with %d; it is told again by the next run", name, code)
    return code == 0
