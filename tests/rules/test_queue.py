"""Rules 19 and 20: due times live in the archive; claims have a lease, and a crash loses no poll and doubles none."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from archive.store import hosts
from archive.times import iso
from scheduler.units import here
from tests.archive import parts
from tests.rules.documents import feed, page
from tests.rules.person import Person
from tests.rules.server import Site, serving
from tests.rules.simulated_days import HOUR, OUTAGE, Days


def _until_asked(site: Site, path: str, crawl: subprocess.Popen[bytes]) -> None:
    while not site.begun(path):
        assert crawl.poll() is None
        time.sleep(0.01)


def test_rule_20_a_killed_run_loses_no_poll_and_doubles_none(tmp_path: Path) -> None:
    """Two feeds; the run is killed when the first one and its page are stored, and the second one is being asked for."""
    with serving() as quick, serving("127.0.0.2") as hanging:
        person = Person(tmp_path, ("127.0.0.1/32", "127.0.0.2/32"))
        done = quick.says("/feed", feed("/1", fields=(("ETag", '"v1"'),)))
        quick.says("/1", page("One"))
        lost = hanging.says("/feed", feed("/2", wait=30.0), feed("/2"))
        hanging.says("/2", page("Two"))
        person.takes("quick", done)
        person.takes("hanging", lost)
        crawl = subprocess.Popen([*here().command, "crawl"], cwd=tmp_path, start_new_session=True, stderr=subprocess.DEVNULL)
        _until_asked(hanging, "/feed", crawl)
        while not person.archive.exists() or person.column("SELECT count(*) FROM pages WHERE state = 'stored'") != [1]:
            assert crawl.poll() is None
            time.sleep(0.02)
        os.killpg(crawl.pid, signal.SIGKILL)
        crawl.wait()
        claimed = "SELECT url FROM feeds WHERE lease_run_id IS NOT NULL"
        assert person.column(claimed) == [lost]

        result = person.crawl(every=False)
        assert result.summary["polled"] == 1
        assert (person.outcomes(done), person.outcomes(lost), person.column(claimed)) == (["new"], ["new"], [])
        assert [len(site.requests(path)) for site, path in ((quick, "/feed"), (quick, "/1"), (hanging, "/2"))] == [1, 1, 1]
        assert person.column("SELECT status FROM runs ORDER BY id") == ["crashed", "ok"]

        assert person.crawl(every=False).summary["polled"] == 0
        assert len(quick.requests("/feed")) == 1


def test_rule_19_nothing_is_asked_before_its_due_time_in_the_archive_whoever_looks(days: Days) -> None:
    """Each run is a process that knows nothing but the archive."""
    for url in days.feeds.values():
        polls = days.person.polls(url)
        assert all(later["polled_at"] >= one["next_poll_at"] for one, later in pairwise(polls))
    requests = [days.when(one) for site in (days.main, days.wary, days.weary, days.spaced, days.closing) for one in site.asked]
    assert len(requests) > 500
    assert not [at for at in requests if 745.05 * HOUR < at < 746 * HOUR]  # a run just after another one


def test_rule_19_a_due_time_is_rounded_up_to_the_second_never_down(tmp_path: Path) -> None:
    """A floor of an hour is a whole one, and so is what Retry-After asks for."""
    hour = parts.NOW + HOUR
    for length, stored in ((timedelta(0), hour), (timedelta(microseconds=1), hour + timedelta(seconds=1))):
        (folder := tmp_path / str(length.microseconds)).mkdir()
        with parts.new_store(folder) as store:
            run = parts.begin(store)
            polled = replace(parts.said([], parts.lease(store, run)), next_poll_at=hour + length, not_before=hour + length)
            parts.poll(store, run, polled)
            with store.transaction():
                hosts.hold(store, "harbour.example", until=hour + length, reason="429")
            for column, table in (("next_poll_at", "feeds"), ("not_before", "feeds"), ("next_poll_at", "polls"), ("not_before", "hosts")):
                assert parts.one(store, f"SELECT {column} FROM {table}") == iso(stored), (column, table)  # noqa: S608 - names of ours


def test_rule_19_catching_up_after_a_month_is_one_poll_a_feed(days: Days) -> None:
    first = Counter(one.path for one in days.main.asked if OUTAGE[1] <= days.when(one) < OUTAGE[1] + HOUR)
    assert len(first) > 20
    assert set(first.values()) == {1}


def test_rule_19_what_was_caught_up_with_in_one_run_is_spread_again(days: Days) -> None:
    busiest = "SELECT run_id FROM polls GROUP BY run_id ORDER BY count(*) DESC LIMIT 1"
    due = days.person.column(f"SELECT next_poll_at FROM polls WHERE run_id = ({busiest})")  # noqa: S608 - a constant
    assert len(due) > 20
    assert len(set(due)) > 0.8 * len(due)
