"""A whole simulation: sources.toml, the web, the driver; what comes back is the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from benchmarks.behaviour.asked import Behaviour
from benchmarks.behaviour.behaviours.hostile import MAX_SIZE
from benchmarks.behaviour.clock import Clock, next_monday
from benchmarks.behaviour.drive import Driver, Progress
from benchmarks.behaviour.evidence import Evidence, Feed
from benchmarks.behaviour.web import ALLOWED, PRIVATE, Web, serving
from crawler.sources import load
from scheduler.cli import wirecopy
from tests.certificates import Authority

CONTACT = "https://crawl.example.org/about"
SETTINGS = {"delay": 0.02, "timeout": 5.0, "max_size": float(MAX_SIZE)}


def simulate(behaviours: Sequence[Behaviour], folder: Path, *, days: float, tick: timedelta, progress: Progress) -> Evidence:
    clock = Clock(next_monday(datetime.now(UTC)))
    with serving(behaviours, clock, Authority.made(folder).server_context()) as web:
        (folder / "sources.toml").write_text(sources_toml(web), encoding="utf-8")
        driver = Driver(web, clock, folder, days, tick, progress)
        driver.go()
        evidence = driver.evidence()
        evidence.feeds = [feed for behaviour in behaviours for feed in _feeds(web, behaviour)]
    evidence.private, evidence.settings, evidence.contact = PRIVATE, SETTINGS, CONTACT
    evidence.warnings = load(folder / "sources.toml").exemptions
    evidence.status = CliRunner().invoke(wirecopy, ["status", "--archive", str(evidence.archive)]).output
    return evidence


def _feeds(web: Web, behaviour: Behaviour) -> list[Feed]:
    onward = behaviour.moves_to
    if onward is not None:
        onward = onward.replace("{elsewhere}", web.elsewhere(behaviour)).replace("{origin}", web.origin(behaviour))
    return [Feed(web.origin(behaviour) + path, behaviour, onward) for path in behaviour.feeds]


def sources_toml(web: Web) -> str:
    head = f'[fetch]\ncontact = "{CONTACT}"\ndelay = {SETTINGS["delay"]}\ntimeout = {SETTINGS["timeout"]}\nmax_size = {MAX_SIZE}\n'
    return head + f'allow_private = ["{ALLOWED}"]\n' + "".join(_outlet(web, behaviour) for behaviour in web.behaviours)


def _outlet(web: Web, behaviour: Behaviour) -> str:
    given = {
        "id": f'"{behaviour.id}"', "recheck": "[]", "delay": behaviour.delay, "timeout": behaviour.timeout,
        "timezone": _text(behaviour.timezone), "schedule": _text(behaviour.schedule), "keep": None if behaviour.pages else '"/none/"',
        "robots": None if behaviour.robots else "false", "trust_304": "true" if behaviour.trust_304 else None,
        "verify_tls": None if behaviour.verify_tls else "false",
    }  # fmt: skip
    lines = "".join(f"{key} = {value}\n" for key, value in given.items() if value is not None)
    origin = web.origin(behaviour)
    if behaviour.credentials:
        origin = origin.replace("://", f"://{behaviour.credentials}@")
    return f"\n[[outlet]]\n{lines}" + "".join(f'[[outlet.feed]]\nurl = "{origin}{path}"\n' for path in behaviour.feeds)


def _text(value: str | None) -> str | None:
    return None if value is None else f'"{value}"'
