"""The facts in Prometheus' text exposition format 0.0.4, as node_exporter's textfile collector takes it: no timestamps, HELP and TYPE once
a metric. Names carry base units (seconds, bytes); what happened in the last day goes down again, so that it is a gauge.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive.errors import UsageError
from scheduler.health import Facts, Verdict

Sample = tuple[dict[str, str], float]


def exposition(facts: Facts, verdict: Verdict, version: str) -> str:
    """All metrics, ending in a line feed. Pure."""
    return "".join([*_whole(facts, verdict, version), *_feeds(facts, verdict)])


def _whole(facts: Facts, verdict: Verdict, version: str) -> list[str]:
    found = [
        _metric("build_info", "The version of wirecopy that wrote this; always 1.", [({"version": version}, 1)]),
        _metric(
            "check_level",
            "What `wirecopy health` finds: 0 ok, 1 warning, 2 critical.",
            [({"check": check.name}, check.level) for check in verdict.checks],
        ),
        _metric(
            "last_run_success_timestamp_seconds", "End of the last run that went well, at least in part.", _times([({}, facts.last_run_at)])
        ),
        _metric(
            "pages", "Pages by state: dead, gone and blocked ones are given up, refused ones not allowed.", _counts("state", facts.pages)
        ),
        _metric("polls_last_day", "Polls of the last 24 hours by outcome.", _counts("outcome", facts.polls)),
    ]
    single = (
        ("pages_due", "Pages whose fetch is due.", facts.pages_due),
        ("page_fetches_last_day", "Fetches of pages in the last 24 hours.", facts.fetches),
        ("page_fetches_failed_last_day", "Fetches of pages in the last 24 hours that failed.", facts.fetches_failed),
        ("gaps_last_day", "Polls of the last 24 hours that knew none of the feed's entries: some may have been missed.", facts.gaps),
        ("clean_queue_captures", "Captures that wait for the cleaner.", facts.cleaning),
        ("archive_bytes", "Size of the archive's file.", facts.archive_bytes),
        ("archive_wal_bytes", "Size of the archive's write-ahead log.", facts.wal_bytes),
        ("disk_free_bytes", "Free space beside the archive.", facts.disk_free),
    )
    return found + [_metric(name, about, [({}, value)]) for name, about, value in single]


def _feeds(facts: Facts, verdict: Verdict) -> list[str]:
    bad = {feed.url for feed, _ in verdict.feeds}
    named = [({"outlet": feed.outlet, "feed": feed.url}, feed) for feed in facts.feeds]
    return [
        _metric(
            "feed_last_success_timestamp_seconds",
            "The feed's last poll that could be read; absent where there was none.",
            _times((labels, feed.last_success_at) for labels, feed in named),
        ),
        _metric("feed_next_poll_timestamp_seconds", "When the feed is due.", _times((labels, feed.next_poll_at) for labels, feed in named)),
        _metric(
            "feed_failures",
            "Weight of the feed's failures in a row: hard 1, soft 0.5, passing 0.25.",
            [(labels, feed.failures) for labels, feed in named],
        ),
        _metric("feed_troubled", "1: the feed is failing or stale.", [(labels, int(feed.url in bad)) for labels, feed in named]),
    ]


def _times(given: Iterable[tuple[dict[str, str], datetime | None]]) -> list[Sample]:
    return [(labels, moment.timestamp()) for labels, moment in given if moment is not None]


def _counts(label: str, counts: dict[str, int]) -> list[Sample]:
    return [({label: name}, count) for name, count in counts.items()]


def _metric(name: str, about: str, samples: list[Sample]) -> str:
    """HELP, TYPE and samples of one gauge; nothing where there is no sample."""
    if not samples:
        return ""
    lines = [f"# HELP wirecopy_{name} {_escaped(about)}", f"# TYPE wirecopy_{name} gauge"]
    lines += [f"wirecopy_{name}{_labels(labels)} {_number(value)}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    pairs = ",".join(f'{key}="{_quoted(value)}"' for key, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    """A label's value: backslash, quote and line feed are escaped; what UTF-8 cannot hold is replaced."""
    return _escaped(text.encode("utf-8", "replace").decode("utf-8")).replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def write(path: Path, text: str) -> None:
    """The file appears whole or not at all, readable by all that the umask allows. Raises UsageError where it cannot be written.

    The name it is written under does not end in .prom: the collector must not read it half.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(path)
    except OSError as problem:
        with suppress(OSError):
            fresh.unlink()
        raise UsageError(f"cannot write {path}: {problem.strerror}", hint="the folder must exist and be writable by this user") from problem
