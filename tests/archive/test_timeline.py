"""The timeline: articles counted by day, outlet and agency, and drawn."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.model import Article, Outlet
from archive.plots import bar, spark
from archive.search import Filters
from archive.store.connect import Store
from archive.timeline import WIDTH, Count, count, lines
from archive.words import match_of
from tests.archive import parts
from tests.archive.parts import NOW, Page
from tests.conftest import Run

DAY = date(2026, 11, 22)  # of parts.NOW


@pytest.fixture
def week(store: Store) -> Store:
    """Three articles on two days: two of the harbour, of which one is corrected later, and one of the valley without a time of its own."""
    run = parts.begin(store)
    page = Page(store, "https://harbour.example/a", run_id=run, outlet=Outlet("harbour", "Harbour"))
    page.say(Article(headline="Ships", text="Nine ships lay in port.", agency="pti", published_at=NOW - timedelta(days=2)))
    page.say(Article(headline="Ships", text="Ten ships lay in port.", agency="pti", published_at=NOW - timedelta(days=2)))
    Page(store, "https://harbour.example/b", run_id=run, outlet=Outlet("harbour", "Harbour")).say(
        Article(headline="Rain", text="It rained.")
    )
    Page(store, "https://valley.example/c", run_id=run, outlet=Outlet("valley", "Valley")).say(
        Article(headline="Port", text="A port wine fair.", agency="ians", published_at=NOW - timedelta(days=2))
    )
    return store


def test_articles_count_once_on_the_day_of_publication_else_of_first_sight(week: Store) -> None:
    assert count(week, None, Filters()) == [
        Count("2026-11-20", "harbour", "pti", 1),
        Count("2026-11-20", "valley", "ians", 1),
        Count("2026-11-22", "harbour", None, 1),
    ]


@pytest.mark.parametrize(
    ("filters", "words", "days"),
    [
        (Filters(outlet="harbour"), None, ["2026-11-20", "2026-11-22"]),
        (Filters(agency="ians"), None, ["2026-11-20"]),
        (Filters(since="2026-11-21"), None, ["2026-11-22"]),
        (Filters(until="2026-11-21"), None, ["2026-11-20", "2026-11-20"]),
        (Filters(), "port", ["2026-11-20", "2026-11-20"]),
        (Filters(), "headline:port", ["2026-11-20"]),
        (Filters(), "nine", []),
        (Filters(all_revisions=True), "nine", ["2026-11-20"]),
        (Filters(story=1), None, ["2026-11-20"]),
        (Filters(story=99), None, []),
    ],
)
def test_what_counts_can_be_narrowed(week: Store, filters: Filters, words: str | None, days: list[str]) -> None:
    assert [one.day for one in count(week, match_of(words) if words else None, filters)] == days


def test_an_outlet_that_is_not_there_is_told_of(week: Store) -> None:
    with pytest.raises(UsageError, match="no outlet 'vally'"):
        count(week, None, Filters(outlet="vally"))


def test_days_without_articles_are_shown_and_long_silences_put_together() -> None:
    counts = [Count("2026-11-02", "a", None, 4), Count("2026-11-04", "b", "pti", 2)]
    assert list(lines(counts, by="agency", first=date(2026, 11, 1), last=date(2026, 11, 10))) == [
        "Articles per day: 6",
        "2026-11-01  0",
        "2026-11-02  4  " + "█" * 83,
        "2026-11-03  0",
        "2026-11-04  2  " + "█" * 41 + "▌",
        "2026-11-05  0  … none up to 2026-11-10",
        "",
        "AGENCY     ARTICLES  PER DAY",
        "no agency         4  ·█········",
        "pti               2  ···█······",
    ]


@pytest.mark.parametrize(("days", "unit"), [(31, "day"), (32, "week"), (217, "week"), (218, "month"), (930, "month"), (931, "year")])
def test_many_days_are_put_together(days: int, unit: str) -> None:
    (first, *_) = lines([Count(str(DAY), "a", None, 1)], by="outlet", first=DAY - timedelta(days=days - 1), last=DAY)
    assert first.startswith(f"Articles per {unit}")


def test_of_many_outlets_the_rest_is_summed_up() -> None:
    counts = [Count(str(DAY), f"o{number:02d}", None, 30 - number) for number in range(25)]
    assert list(lines(counts, by="outlet"))[-1].split() == ["5", "more", "40"]


days = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(lambda day: f"{day:%Y-%m-%d}".rjust(10, "0"))


@given(st.lists(st.builds(Count, days, st.text(max_size=40), st.none() | st.text(max_size=9), st.integers(1, 10**9)), max_size=5))
def test_any_counts_can_be_drawn_and_none_is_lost(counts: list[Count]) -> None:
    counts = sorted(counts, key=lambda one: one.day)
    drawn = list(lines(counts, by="outlet"))
    assert all(len(line) <= WIDTH or "·" in line or "█" in line for line in drawn)
    assert not counts or drawn[0].endswith(f": {sum(one.articles for one in counts):,}")


@given(st.lists(st.integers(0, 10**12)), st.integers(1, 200))
def test_whatever_is_there_can_be_seen(counts: list[int], width: int) -> None:
    assert [mark != "·" for mark in spark(counts)] == [bool(one) for one in counts]
    longest = max(counts, default=0)
    assert all(len(bar(one, longest, width)) in range(1, width + 1) if one else not bar(one, longest, width) for one in counts)


def test_the_command_draws_and_gives_data(week: Store, tmp_path: Path, wirecopy: Run) -> None:
    week.close()
    drawn = wirecopy("timeline", "-a", week.path, "--since", "2026-11-20", "--until", "2026-11-22")
    assert drawn.returncode == 0 and drawn.stdout.startswith("Articles per day: 3\n2026-11-20  2  ")
    data = wirecopy("timeline", "port", "-a", week.path, "--since", "2026", "--json")
    assert [json.loads(line)["outlet"] for line in data.stdout.splitlines()] == ["harbour", "valley"]
    assert wirecopy("timeline", "!!!", "-a", week.path).returncode == 64
    nothing = wirecopy("timeline", "-a", week.path, "--until", "2020")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "No articles in that time.\n")


def test_without_a_time_the_last_thirty_days_are_drawn(week: Store, wirecopy: Run) -> None:
    week.close()
    late = datetime.now(UTC).date()
    with sqlite3.connect(week.path) as db:
        db.execute("UPDATE articles SET published_at = ? WHERE id = 1", (f"{late - timedelta(days=29)}T00:00:00Z",))
        db.execute("UPDATE articles SET is_latest = 1 WHERE id = 1")
        db.execute("UPDATE articles SET published_at = ? WHERE id = 3", (f"{late - timedelta(days=31)}T00:00:00Z",))
    drawn = wirecopy("timeline", "-a", week.path, "--outlet", "harbour").stdout.splitlines()
    assert drawn[1].startswith(f"{late - timedelta(days=29)}  1")
