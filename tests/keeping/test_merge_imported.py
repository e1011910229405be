"""An archive that was written to WACZ, imported into a new one, and merged with it: what both have is the same, and nothing comes twice."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.intake.files import find
from archive.intake.run import Asked, Telling, bring
from archive.merge import merge
from archive.reclean import clean_again
from tests.archive.parts import NOW
from tests.export.exchanges import build
from tests.export.test_warc import run as run_export
from tests.keeping.parts import of, text_of
from tests.keeping.test_merge import Crawl, content, dump, settled

LATER = NOW + timedelta(days=9)


def imported(original: Path, kind: str = "wacz", *, clean: bool = False) -> Path:
    """The archive once more, by way of a file."""
    out = original.with_name(f"{original.stem}.{'wacz' if kind == 'wacz' else 'warc.gz'}")
    run_export(kind, out, "-a", original)
    path = original.with_name(f"{original.stem}-{kind}.db")
    bring(path, find([out], "auto"), Asked(), jobs=1, telling=Telling(), clean=clean)
    return path


@pytest.mark.parametrize("kind", ["wacz", "warc"])
def test_it_changes_nothing_in_either_direction(tmp_path: Path, kind: str) -> None:
    original = tmp_path / "a.db"
    build(original)
    asyncio.run(clean_again(original, everything=True, jobs=1, tell=lambda *_: None))
    new = imported(original, kind, clean=True)
    for into, other in ((original, new), (new, original), (original, new)):
        before = dump(into)
        done = merge(into, other, now=LATER)
        assert not done.changed and not done.to_read_again and dump(into) == before, done.counts


def test_what_only_one_of_both_has_comes_and_no_more(tmp_path: Path) -> None:
    original = tmp_path / "a.db"
    Crawl(original).at(0, {"n/1": text_of(1), "n/2": text_of(2)})
    new = imported(original)
    Crawl(original).at(5, {"n/1": text_of(1) + "\n\nMore of it.", "n/3": text_of(3)})
    whole = content(settled(original))
    done = merge(new, original, now=LATER)
    assert (done.counts["captures"], done.counts["polls"], done.counts["runs"], done.counts["pages"]) == (3, 1, 1, 1)
    assert {name: rows for name, rows in content(settled(new)).items() if name in SAME} == {name: whole[name] for name in SAME}
    assert not merge(new, original, now=LATER).changed and not merge(original, new, now=LATER).changed


SAME = ("bodies", "articles", "entries", "polls", "readings", "stories", "search")


def test_times_to_the_second_are_enough_and_another_payload_is_another_visit(tmp_path: Path) -> None:
    original = tmp_path / "a.db"
    Crawl(original).at(0, {"n/1": text_of(1)})
    for change, captures in (
        ("UPDATE captures SET fetched_at = substr(fetched_at, 1, 19) || '.777Z'", 0),
        ("UPDATE captures SET fetched_at = '2031' || substr(fetched_at, 5) WHERE role = 'page'", 1),
        ("UPDATE captures SET status = 203 WHERE role = 'page'", 1),
        ("UPDATE captures SET body_id = (SELECT body_id FROM captures WHERE role = 'feed') WHERE role = 'page'", 1),
    ):
        other, into = tmp_path / "b.db", tmp_path / "c.db"
        shutil.copy(original, other)
        shutil.copy(original, into)
        of_changed(other, change)
        assert merge(into, other, now=LATER).counts.get("captures", 0) == captures, change


def of_changed(path: Path, sql: str) -> None:
    conn = sqlite3.connect(path)
    with conn:
        conn.execute(sql)
    conn.close()


PAGES = st.dictionaries(st.sampled_from(["n/1", "n/2", "n/3"]), st.integers(1, 3).map(text_of), min_size=1)
RUNS = st.lists(st.tuples(st.sampled_from(["both", "ours"]), PAGES), min_size=1, max_size=3)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(RUNS)
@example([("both", {"n/1": text_of(1), "n/2": text_of(1)}), ("ours", {"n/1": text_of(1)})])
def test_whatever_was_crawled_before_and_after_merging_twice_adds_what_was_missing(runs: list[tuple[str, dict[str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder, "a.db")
        runs.sort(key=lambda run: run[0])  # what both have was crawled first
        for hour, (_, texts) in enumerate(run for run in runs if run[0] == "both"):
            Crawl(original).at(hour, texts)
        if not original.exists():
            return
        new = imported(original)
        for hour, (_, texts) in enumerate([run for run in runs if run[0] == "ours"], 9):
            Crawl(original).at(hour, texts)
        before = dump(original)
        assert not merge(original, new, now=LATER).changed and dump(original) == before
        merge(new, original, now=LATER)
        count = "SELECT role, url, fetched_at, status FROM captures ORDER BY 1, 2, 3"
        assert of(new, count) == of(original, count)
        assert not merge(new, original, now=LATER).changed
        assert {name: content(settled(new))[name] for name in SAME} == {name: content(settled(original))[name] for name in SAME}
