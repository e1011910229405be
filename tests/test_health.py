"""`wirecopy health`: what is judged and how, the line for monitoring, and metrics that Prometheus can read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.model import Feed, Outlet
from archive.store import feeds, pages, runs
from archive.store.connect import Store
from scheduler.health import CRITICAL, OK, WARNING, Check, Facts, FeedFacts, Limits, as_json_object, judge, line, size, span, trouble
from scheduler.monitor import health
from scheduler.prometheus import exposition, write
from scheduler.vitals import gather
from tests.archive import parts
from tests.archive.parts import FEED, HARBOUR, NOW
from tests.conftest import Run

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COAST = Outlet("coast", "The Coast")
COAST_FEED = "https://coast.example/feed"
FINE = FeedFacts("harbour", FEED, NOW - HOUR, NOW + HOUR, 2 * HOUR, 0.0, "new")
WELL = Facts(now=NOW, feeds=(FINE,), last_run_at=NOW - HOUR, last_run_status="ok", disk_free=10**12)


def check(facts: Facts, name: str, limits: Limits | None = None) -> Check:
    return next(one for one in judge(facts, limits).checks if one.name == name)


# --- the judgement --------------------------------------------------------------------------------------------------------


def test_what_is_well_is_ok_and_the_line_says_what_was_looked_at() -> None:
    verdict = judge(WELL)
    assert (verdict.level, verdict.feeds) == (OK, ())
    assert line(verdict).startswith("WIRECOPY OK: last good run 1 h ago; 0 of 1 feed failing or stale; ")


@pytest.mark.parametrize(("hours", "level"), [(1.9, OK), (2, WARNING), (7.9, WARNING), (8, CRITICAL)])
def test_a_good_run_that_is_long_ago_counts_from_when_something_was_due(hours: float, level: int) -> None:
    due = replace(FINE, next_poll_at=NOW - timedelta(hours=hours), interval=10 * DAY)
    assert check(replace(WELL, feeds=(due,), last_run_at=NOW - 10 * DAY), "runs").level == level


def test_while_nothing_is_due_no_run_is_late() -> None:
    weekly = replace(FINE, last_success_at=NOW - 3 * DAY, next_poll_at=NOW + 4 * DAY, interval=7 * DAY)
    assert judge(replace(WELL, feeds=(weekly,), last_run_at=NOW - 3 * DAY)).level == OK


@pytest.mark.parametrize(("status", "reason"), [(None, "no run yet"), ("failed", "no run has gone well yet")])
def test_an_archive_without_a_good_run_is_critical(status: str | None, reason: str) -> None:
    found = check(replace(WELL, last_run_at=None, last_run_status=status), "runs")
    assert (found.level, found.reason, found.value) == (CRITICAL, reason, None)


@pytest.mark.parametrize(("after", "stale"), [(6 * HOUR, False), (6 * HOUR + timedelta(seconds=1), True)])
def test_a_feed_is_stale_after_three_of_its_own_intervals(after: timedelta, stale: bool) -> None:
    why = trouble(replace(FINE, last_success_at=NOW - after), NOW, 3)
    assert (why is not None and why.startswith("stale: no success for 6 h")) == stale


def test_a_feed_that_is_polled_every_five_minutes_is_not_stale_within_a_timers_tick_or_two() -> None:
    assert trouble(replace(FINE, last_success_at=NOW - timedelta(minutes=25), interval=timedelta(minutes=5)), NOW, 3) is None


def test_a_feed_that_was_never_polled_is_stale_once_it_has_waited_for_long() -> None:
    new = FeedFacts("harbour", FEED, None, NOW - timedelta(minutes=5), None, 0.0, None)
    assert trouble(new, NOW, 3) is None
    assert trouble(replace(new, next_poll_at=NOW - DAY), NOW, 3) == "never polled, due for 24 h"


@pytest.mark.parametrize(("weight", "failing"), [(0.25, False), (0.5, False), (1.0, True)])
def test_one_passing_failure_is_not_yet_a_failing_feed(weight: float, failing: bool) -> None:
    assert (trouble(replace(FINE, failures=weight, last_outcome="http-error", error="HTTP 503"), NOW, 3) == "failing: HTTP 503") == failing


def test_a_feed_that_is_gone_is_named_so_however_late_it_is() -> None:
    gone = replace(FINE, last_outcome="gone", error="HTTP 410.", last_success_at=NOW - 90 * DAY, failures=9)
    assert trouble(gone, NOW, 3) == "gone: HTTP 410"


@pytest.mark.parametrize(("bad", "level"), [(1, OK), (2, WARNING), (5, CRITICAL)])
def test_the_share_of_feeds_that_fail_decides_how_bad_it_is(bad: int, level: int) -> None:
    failing = replace(FINE, outlet="coast", failures=2.0, last_outcome="http-error", error="HTTP 404")
    found = check(replace(WELL, feeds=(failing,) * bad + (FINE,) * (10 - bad)), "feeds")
    assert (found.level, found.value) == (level, bad * 10)
    assert found.reason.startswith(f"{bad} of 10 feeds failing or stale (coast")


def test_an_archive_without_feeds_is_warned_of() -> None:
    assert check(replace(WELL, feeds=()), "feeds").level == WARNING


def test_a_share_of_few_fetches_says_nothing() -> None:
    assert check(replace(WELL, fetches=9, fetches_failed=9), "page_failures").level == OK
    assert check(replace(WELL, fetches=10, fetches_failed=5), "page_failures").level == CRITICAL


def test_pages_wait_too_long_by_the_oldest_of_them() -> None:
    found = check(replace(WELL, pages_due=3, oldest_due_at=NOW - 7 * HOUR), "pages_late")
    assert (found.level, found.reason) == (WARNING, "3 pages due, the oldest for 7 h")


@pytest.mark.parametrize(("free", "level"), [(2 * 10**9, OK), (2 * 10**9 - 1, WARNING), (5 * 10**8 - 1, CRITICAL)])
def test_less_free_disk_is_worse(free: int, level: int) -> None:
    assert check(replace(WELL, disk_free=free), "disk").level == level


@pytest.mark.parametrize(
    ("name", "facts", "level"),
    [("gaps", {"gaps": 1}, WARNING), ("cleaning", {"cleaning": 20_000}, CRITICAL), ("wal", {"wal_bytes": 256_000_000}, WARNING)],
)
def test_a_limit_that_is_reached_counts(name: str, facts: dict[str, Any], level: int) -> None:
    assert check(replace(WELL, **facts), name).level == level


def test_limits_can_be_set() -> None:
    assert check(replace(WELL, gaps=3), "gaps", Limits(gaps=(4, 10))).level == OK


def test_the_line_names_the_worst_first_and_nothing_that_is_well() -> None:
    told = line(judge(replace(WELL, gaps=2, disk_free=0))).partition(" | ")[0]
    assert told == "WIRECOPY CRITICAL: 0 B of disk free; 2 polls of the last day may have missed entries"


def test_performance_data_follow_the_convention_of_monitoring_plugins() -> None:
    data = line(judge(WELL)).partition(" | ")[2].split()
    assert all(re.fullmatch(r"[a-z_]+=(U|[0-9.]+(s|B|%)?);[0-9.]+:?;[0-9.]+:?", one) for one in data), data
    assert "disk=1000000000000B;2000000000:;500000000:" in data


@given(
    outlet=st.text(), error=st.text(), failures=st.floats(0, 1e6), minutes=st.integers(-(10**6), 10**6), free=st.integers(0, 10**16),
    outcome=st.sampled_from([None, "new", "gone", "http-error", "held"]), runs=st.booleans(),
)  # fmt: skip
def test_whatever_the_facts_the_line_is_one_line_with_one_bar(
    outlet: str, error: str, failures: float, minutes: int, free: int, outcome: str | None, runs: bool
) -> None:
    moment = NOW + timedelta(minutes=minutes)
    feed = FeedFacts(outlet, FEED, moment, moment, timedelta(minutes=minutes), failures, outcome, error)
    verdict = judge(Facts(NOW, (feed, FINE), moment if runs else None, disk_free=free))
    assert len(line(verdict).splitlines()) == 1
    assert line(verdict).count("|") == 1
    assert json.loads(json.dumps(as_json_object(verdict)))["level"] in ("ok", "warning", "critical")


def test_sizes_and_spans_are_told_in_few_figures() -> None:
    assert [size(n) for n in (0, 999, 12_345, 79_400_000_000, 2.5e12)] == ["0 B", "999 B", "12.3 kB", "79.4 GB", "2.5 TB"]
    assert [span(timedelta(seconds=s)) for s in (-5, 45, 720, 18_000, 260_000)] == ["0 s", "45 s", "12 min", "5 h", "3 d"]


# --- gathered from an archive ---------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        feeds.sync(made, [HARBOUR, COAST], [Feed(HARBOUR.code, FEED), Feed(COAST.code, COAST_FEED)], NOW - 10 * DAY)
        yield made


def polled(store: Store, *links: str, ago: timedelta = timedelta(0), **more: Any) -> int:
    """The Harbour's feed is polled by a run of its own, which ends well."""
    when = NOW - ago
    run_id = parts.begin(store, now=when)
    leased = next(one for one in feeds.claim(store, run_id, when, every=True) if one.url == FEED)
    parts.poll(store, run_id, replace(parts.said(links, leased, now=when), **more))
    runs.finish(store, run_id, status="ok", now=when)
    return run_id


def failed(store: Store, *, ago: timedelta = timedelta(0), error: str = "HTTP 503") -> None:
    polled(store, ago=ago, outcome="http-error", error=error, document=None, failure_weight=0.5, next_poll_at=NOW - ago + DAY)


def harbour(facts: Facts) -> FeedFacts:
    return next(feed for feed in facts.feeds if feed.outlet == "harbour")


def test_a_feeds_interval_is_what_was_planned_after_its_last_success(store: Store) -> None:
    polled(store, "https://harbour.example/a", ago=2 * HOUR)
    assert harbour(gather(store, now=NOW)).interval == timedelta(minutes=15)
    failed(store, ago=HOUR)
    feed = harbour(gather(store, now=NOW))
    assert (feed.interval, feed.error, feed.next_poll_at) == (timedelta(minutes=15), "HTTP 503", NOW - HOUR + DAY)


def test_an_error_of_the_past_is_forgotten_after_a_success(store: Store) -> None:
    failed(store, ago=2 * HOUR)
    polled(store, "https://harbour.example/a", ago=HOUR)
    assert harbour(gather(store, now=NOW)).error is None


def test_polls_and_gaps_of_the_last_day_are_counted_and_older_ones_are_not(store: Store) -> None:
    polled(store, "https://harbour.example/a", ago=3 * DAY)
    polled(store, "https://harbour.example/b", ago=2 * DAY)
    assert (gather(store, now=NOW).polls, gather(store, now=NOW).gaps) == ({}, 0)
    polled(store, "https://harbour.example/c", ago=2 * HOUR)
    failed(store)
    facts = gather(store, now=NOW)
    assert (facts.polls, facts.gaps) == ({"http-error": 1, "new": 1}, 1)


def test_pages_are_counted_by_state_and_those_due_by_how_long_they_wait(store: Store) -> None:
    polled(store, "https://harbour.example/a", "https://harbour.example/b", ago=5 * HOUR)
    facts = gather(store, now=NOW)
    assert (facts.pages, facts.pages_due, facts.oldest_due_at) == ({"queued": 2}, 2, NOW - 5 * HOUR)


def test_page_fetches_of_the_last_day_are_counted_and_what_was_refused_is_no_failure(store: Store) -> None:
    run_id = polled(store, *(f"https://harbour.example/{n}" for n in range(3)), ago=HOUR)
    for task, state in zip(pages.due(store, NOW), ("stored", "failed", "refused"), strict=True):
        parts.visit(store, run_id, task, parts.answer(task.url, b"<p>text", now=NOW - HOUR), now=NOW - HOUR, state=state)
    facts = gather(store, now=NOW)
    assert (facts.fetches, facts.fetches_failed, facts.cleaning) == (3, 1, 1)


def test_the_last_good_run_is_not_the_one_that_failed_or_is_under_way(store: Store) -> None:
    polled(store, ago=3 * HOUR)
    runs.finish(store, parts.begin(store, now=NOW - HOUR), status="failed", now=NOW - HOUR)
    parts.begin(store)
    facts = gather(store, now=NOW)
    assert (facts.last_run_at, facts.last_run_status) == (NOW - 3 * HOUR, "running")


def test_a_feed_that_was_removed_is_not_judged(store: Store) -> None:
    feeds.sync(store, [HARBOUR], [Feed(HARBOUR.code, FEED)], NOW)
    assert [feed.outlet for feed in gather(store, now=NOW).feeds] == ["harbour"]


def test_sizes_are_those_of_the_files(store: Store) -> None:
    polled(store, "https://harbour.example/a")
    facts = gather(store, now=NOW)
    assert facts.archive_bytes == store.path.stat().st_size
    assert facts.wal_bytes == Path(f"{store.path}-wal").stat().st_size > 0
    assert facts.disk_free > 0


# --- the command ------------------------------------------------------------------------------------------------------------


def ask(store: Store | Path, *arguments: object) -> Result:
    path = store.path if isinstance(store, Store) else store
    return CliRunner().invoke(health, ["--archive", str(path), *map(str, arguments)], standalone_mode=False)


def test_the_exit_code_is_the_level_and_the_json_says_why(store: Store) -> None:
    polled(store)
    done = ask(store, "--json")
    told = json.loads(done.stdout)
    assert done.return_value == CRITICAL
    assert told["level"] == "critical"
    assert {"outlet": "coast", "feed": COAST_FEED} in [{key: one[key] for key in ("outlet", "feed")} for one in told["feeds"]]


def test_the_limits_of_the_command_line_are_taken_in_their_units(store: Store) -> None:
    found = {
        one["name"]: one for one in json.loads(ask(store, "--json", "--run-age", 1, 2, "--disk", 3, 1, "--wal", 5, 6).stdout)["checks"]
    }
    assert [(found[name]["warning"], found[name]["critical"]) for name in ("runs", "disk", "wal")] == [
        (3600, 7200), (3_000_000, 1_000_000), (5_000_000, 6_000_000),
    ]  # fmt: skip


def test_without_an_archive_the_state_is_unknown(wirecopy: Run) -> None:
    done = wirecopy("health")
    assert (done.returncode, done.stdout) == (3, "WIRECOPY UNKNOWN: no archive at wirecopy.db\n")


def test_an_emptied_archive_is_critical(tmp_path: Path) -> None:
    (tmp_path / "wirecopy.db").touch()
    done = ask(tmp_path / "wirecopy.db")
    assert (done.return_value, done.stdout[:18]) == (CRITICAL, "WIRECOPY CRITICAL:")


# --- metrics ------------------------------------------------------------------------------------------------------------------

Metrics = dict[str, dict[tuple[tuple[str, str], ...], float]]
_SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)+)\})? (-?[0-9.e+-]+)')
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\[\\n"])*)"')


def read_metrics(text: str) -> Metrics:
    """The samples by metric; each line has to be one of the format, each metric to stand together behind its HELP and TYPE."""
    assert text.endswith("\n")
    found: Metrics = {}
    about, kind = "", ""
    for one in text.removesuffix("\n").split("\n"):
        if help_line := re.fullmatch(r"# HELP (wirecopy_[a-z_]+) ((?:[^\\]|\\[\\n])+)", one):
            about = help_line[1]
        elif type_line := re.fullmatch(r"# TYPE (wirecopy_[a-z_]+) gauge", one):
            kind = type_line[1]
            assert kind == about
            assert kind not in found
            found[kind] = {}
        else:
            sample = _SAMPLE.fullmatch(one)
            assert sample is not None, one
            assert sample[1] == kind
            labels = tuple(
                (key, re.sub(r"\\(.)", lambda c: {"n": "\n"}.get(c[1], c[1]), value)) for key, value in _LABEL.findall(sample[2] or "")
            )
            assert labels not in found[kind]
            found[kind][labels] = float(sample[3])
    return found


def metrics(facts: Facts) -> Metrics:
    return read_metrics(exposition(facts, judge(facts), "0.1.0"))


def test_every_line_is_one_of_the_format_and_the_values_are_the_facts(store: Store) -> None:
    polled(store, "https://harbour.example/a", ago=HOUR)
    failed(store)
    found = metrics(gather(store, now=NOW))
    feed = (("outlet", "harbour"), ("feed", FEED))
    assert found["wirecopy_feed_last_success_timestamp_seconds"] == {feed: (NOW - HOUR).timestamp()}
    assert found["wirecopy_feed_next_poll_timestamp_seconds"][feed] == (NOW + DAY).timestamp()
    assert found["wirecopy_feed_failures"][feed] == 0.5
    assert found["wirecopy_polls_last_day"] == {(("outcome", "http-error"),): 1, (("outcome", "new"),): 1}
    assert found["wirecopy_pages"] == {(("state", "queued"),): 1}
    assert found["wirecopy_archive_bytes"][()] == store.path.stat().st_size


def test_a_time_that_never_was_is_absent_and_not_zero(store: Store) -> None:
    found = metrics(gather(store, now=NOW))
    assert "wirecopy_feed_last_success_timestamp_seconds" not in found
    assert "wirecopy_last_run_success_timestamp_seconds" not in found


@given(outlet=st.text(), url=st.text(), failures=st.floats(0, 1e9))
def test_labels_come_back_as_they_were_whatever_stands_in_them(outlet: str, url: str, failures: float) -> None:
    found = metrics(replace(WELL, feeds=(replace(FINE, outlet=outlet, url=url, failures=failures),)))
    assert found["wirecopy_feed_failures"] == {(("outlet", outlet), ("feed", url)): failures}


def test_names_end_in_base_units_and_none_claims_to_be_a_counter() -> None:
    found = metrics(replace(WELL, polls={"new": 1}, pages={"stored": 1}))
    assert not [name for name in found if re.search(r"(_total|_count|_sum|_bucket|_ms|_minutes|_mb|_percent)$", name)]
    assert all(name.endswith("_timestamp_seconds") for name in found if "timestamp" in name)


def test_the_file_appears_whole_and_readable_and_nothing_stays_beside_it(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "textfile"
    folder.mkdir()
    out = folder / "wirecopy.prom"
    out.write_text("an older one")
    assert ask(store, "--prometheus", "--out", out).return_value == 0
    assert read_metrics(out.read_text(encoding="utf-8"))["wirecopy_check_level"][(("check", "runs"),)] == CRITICAL
    assert parts.names(folder) == ["wirecopy.prom"]
    assert out.stat().st_mode & 0o400


def test_a_file_that_cannot_be_written_is_said_and_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "wirecopy.prom").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        write(tmp_path / "wirecopy.prom", "x 1\n")
    assert parts.names(tmp_path) == ["wirecopy.prom"]


def test_metrics_are_not_written_where_the_archive_cannot_be_read(wirecopy: Run, tmp_path: Path) -> None:
    done = wirecopy("health", "--prometheus", "--out", "w.prom")
    assert (done.returncode, done.stdout, parts.names(tmp_path)) == (74, "", [])


def test_a_file_is_for_metrics_alone(wirecopy: Run) -> None:
    assert wirecopy("health", "--out", "w.prom").returncode == 64
