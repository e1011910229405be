"""What each copy kept, added and credits: rows that follow the articles, whatever becomes of them and in whichever order they are made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.model import Article, Outlet
from archive.store import feeds, stories
from archive.store.connect import Store, open_store
from archive.store.stories import copies as module
from archive.stories import facts as of_texts
from archive.stories import timeline
from archive.story_check import check
from tests.archive import parts
from tests.archive.parts import NOW, Page
from tests.archive.story_parts import OUTLETS, TEXTS, Wire, replay
from tests.grouping.texts import FERRY, HARBOUR, MARKET

NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WIRE = Outlet("wire", "The Wire", homepage="https://wire.example/", language="en", agency="pti")
END = "The mayor will speak about it in the town hall tonight."
HALF = "\n\n".join(HARBOUR.split("\n\n")[:2])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made


def compare(store: Store, portion: int = 400) -> int:
    """All that waits; gives back the steps."""
    steps = 0
    while True:
        with store.transaction():
            done = stories.compare(store, portion=portion)
        if not done:
            return steps
        steps += done


def own_page(wire: Wire, text: str, **said: object) -> int | None:
    url = f"https://wire.example/{len(wire.pages)}"
    page = wire.pages[url] = Page(wire.store, url, run_id=wire.run_id, outlet=WIRE)
    return page.say(Article(headline="Harbour closed", text=text, agency="pti", **said))  # type: ignore[arg-type]


def facts(store: Store, columns: str) -> list[tuple[object, ...]]:
    return parts.rows(store, f"SELECT {columns} FROM copies ORDER BY article_id")  # noqa: S608


def test_copies_are_held_against_the_agency_s_own_text(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR + "\n\n" + END, outlet=0, headline="Port shut", published_at=NINE.replace(hour=10))
    wire.say(HALF, outlet=1, headline="HARBOUR closed", published_at=NINE.replace(minute=30), agency="pti")
    own_page(wire, HARBOUR, published_at=NINE)
    assert facts(store, "*") == []
    compare(store)
    columns = "article_id, outlet, agency, is_wire, delay_seconds, delay_by, reference_id, headline_changed, credited"
    assert facts(store, columns) == [
        (1, "harbour", "pti", 0, 3600, "printed", 3, 1, 0),
        (2, "valley", "pti", 0, 1800, "printed", 3, 0, 1),
        (3, "wire", "pti", 1, 0, "printed", 3, 0, 1),
    ]
    assert facts(store, "paragraphs_cut, paragraphs_added, kept_percent = 100, added_percent = 0") == [
        (0, 1, 1, 0),
        (HARBOUR.count("\n\n") - 1, 0, 0, 1),
        (0, 0, 1, 1),
    ]


def test_a_wire_text_that_comes_after_its_copies_takes_their_place_as_reference(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR + "\n\n" + END, outlet=0, agency="pti")
    wire.say(HARBOUR, outlet=1)
    compare(store)
    assert facts(store, "reference_id, added_percent > 0") == [(1, 0), (1, 0)]
    own_page(wire, HARBOUR)
    compare(store)
    assert facts(store, "reference_id, added_percent > 0") == [(3, 1), (3, 0), (3, 0)]


def test_how_late_a_page_was_is_told_of_its_first_text(store: Store) -> None:
    wire = Wire(store)
    own = own_page(wire, HARBOUR, published_at=NINE)
    first = wire.say(HARBOUR, url="https://harbour.example/a", published_at=NINE.replace(hour=10))
    newest = wire.say(HARBOUR + "\n\n" + END, url="https://harbour.example/a", published_at=NINE.replace(hour=10))
    compare(store)
    found = of_texts(store, timeline(store, 1))
    assert [(number, one.is_wire, one.delay_seconds) for number, one in sorted(found.items())] == [
        (own, True, 0), (first, False, 3600), (newest, False, None),
    ]  # fmt: skip


def test_texts_that_nobody_else_ran_and_that_credit_nobody_cost_nothing(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR)
    wire.say(FERRY, outlet=1, url="https://valley.example/a")
    wire.say(FERRY + "\n\n" + END, outlet=1, url="https://valley.example/a")
    assert parts.one(store, "SELECT count(*) FROM copies_due WHERE story_id = 1") == 0
    compare(store)
    assert facts(store, "*") == []


def test_an_agency_s_text_that_nobody_else_ran_is_counted_and_beside_nothing(store: Store) -> None:
    Wire(store).say(HARBOUR, agency="ians")
    assert compare(store) == 1
    assert facts(store, "outlet, agency, reference_id, kept_percent, delay_seconds, credited, by_house") == [
        ("harbour", "ians", None, None, None, 1, 0)
    ]


def test_the_house_s_byline_over_an_agency_s_text_is_told(store: Store) -> None:
    wire = Wire(store)
    own_page(wire, HARBOUR)
    wire.say(HARBOUR, outlet=0, by_house="By Our Correspondent")
    wire.say(HARBOUR, outlet=1, by_house="By Our Correspondent", agency="pti")
    wire.say(HALF + "\n\n" + "\n\n".join([MARKET, FERRY]), outlet=2, by_house="Staff Reporter")
    wire.say(HARBOUR, outlet=3, byline="Asha Rao")
    compare(store)
    assert facts(store, "outlet, by_house") == [("wire", 0), ("harbour", 1), ("valley", 0), ("coast", 0)]  # metro's is a round-up


def test_a_disclaimer_is_told(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR, agency="pti", disclaimer="This story is from a syndicated feed.")
    compare(store)
    assert facts(store, "disclaimer") == [(1,)]


def test_what_was_compared_is_not_compared_again(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR)
    wire.say(HALF, outlet=1)
    assert compare(store) == 2  # the story, and two texts once
    wire.say(HARBOUR, outlet=2)
    assert compare(store) == 1  # word for word: nothing to compare
    wire.say(HARBOUR + "\n\n" + END, outlet=3, published_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert compare(store) <= 4


def test_a_story_with_more_copies_than_a_portion_is_done_piece_by_piece(store: Store) -> None:
    wire = Wire(store)
    for number in range(9):
        wire.say(f"{HARBOUR}\n\n{END} {number}", outlet=number % 4)
    with store.transaction():
        assert stories.compare(store, portion=3) >= 3
    assert stories.due(store) == 1
    compare(store, portion=3)
    assert (parts.one(store, "SELECT count(*) FROM copies"), stories.due(store)) == (9, 0)


def test_a_copy_that_is_taken_back_leaves_its_row_and_a_page_s_newest_text_stands_for_it(store: Store) -> None:
    wire = Wire(store)
    page = Page(store, run_id=wire.run_id)
    capture = page.fetch()
    parts.read(store, capture, Article(headline="H", text=HARBOUR))
    wire.say(HARBOUR, outlet=1, url="https://valley.example/a")
    latest = wire.say(HARBOUR + "\n\n" + END, outlet=1, url="https://valley.example/a")
    compare(store)
    assert facts(store, "article_id") == [(1,), (latest,)]
    parts.read(store, capture, Article(reason="a login page"), version=2)
    compare(store)
    assert facts(store, "article_id") == []  # one page is left of it


def test_an_outlet_that_is_said_to_be_an_agency_s_own_makes_its_text_the_reference(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR + "\n\n" + END, outlet=0)
    wire.say(HARBOUR, outlet=1)
    compare(store)
    valley = Outlet("valley", "Valley", agency="pti")
    feeds.sync(store, [valley], [], NOW)
    compare(store)
    assert facts(store, "outlet, is_wire, reference_id") == [("harbour", 0, 2), ("valley", 1, 2)]


def test_the_view_joins_each_copy_with_its_reference(store: Store) -> None:
    wire = Wire(store)
    own_page(wire, HARBOUR, published_at=NINE)
    wire.say(HALF, outlet=1, headline="Port shut", published_at=NINE.replace(minute=6))
    compare(store)
    found = parts.rows(
        store, "SELECT outlet, delay_minutes, headline, reference_outlet, reference_headline FROM copy_facts WHERE NOT is_wire"
    )
    assert found == [("valley", 6.0, "Port shut", "wire", "Harbour closed")]


def test_a_page_that_comes_back_to_an_agency_s_story_without_its_credit_is_a_copy_of_it(store: Store) -> None:
    wire = Wire(store)
    for text, credit in ((HARBOUR, "pti"), (FERRY, "pti"), (HARBOUR, None)):
        wire.say(text, url="https://harbour.example/a", agency=credit)
        compare(store)
    assert facts(store, "article_id, agency, credited") == [(3, "pti", 0)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(TEXTS), st.integers(0, 3), st.integers(0, 2), st.booleans()), min_size=1, max_size=8),
    st.integers(1, 5),
)
def test_it_does_not_matter_when_rows_are_made(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, int, int, bool]], portion: int
) -> None:
    """Made after each text, made in the end, made again after a rebuild: the same rows."""
    found = []
    for each in (True, False):
        with parts.new_store(tmp_path_factory.mktemp("archive")) as made:
            wire = Wire(made)
            for text, outlet, page, credits in said:
                agency = {"agency": "pti"} if credits else {}
                wire.say(text, outlet=outlet, url=f"https://{OUTLETS[outlet].code}.example/{page}", **agency)
                if each:
                    compare(made, portion)
            compare(made)
            found.append(facts(made, "*"))
            replay(made)
            compare(made, portion)
            found.append(facts(made, "*"))
    assert all(one == found[0] for one in found)


def test_an_archive_of_before_has_its_copies_and_revisions_compared_by_the_pass(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.db"
    with open_store(path, create=True) as made:
        wire = Wire(made)
        wire.say(HARBOUR, agency="pti")
        wire.say(HALF, outlet=1, url="https://valley.example/a")
        wire.say(HALF + "\n\n" + END, outlet=1, url="https://valley.example/a")
        compare(made)
        before = facts(made, "*"), parts.rows(made, "SELECT * FROM changes")
        parts.as_before_copies_were_compared(made.conn)
    with open_store(path) as made:
        assert (facts(made, "*"), parts.rows(made, "SELECT kind FROM revisions")) == ([], [(None,), (None,)])
        compare(made)
        from archive.store import changes

        with made.transaction():
            assert changes.catch_up(made) == 1
        assert (facts(made, "*"), parts.rows(made, "SELECT * FROM changes")) == before


def test_of_a_template_that_thousands_of_pages_share_the_first_ones_have_rows(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAGES", 3)
    wire = Wire(store)
    for number in range(5):
        wire.say(HARBOUR + f"\n\n{END}" * (number == 4), outlet=number % 2, url=f"https://valley.example/{number}")
    compare(store)
    assert facts(store, "article_id, reference_id") == [(1, 1), (2, 1), (3, 1)]
    assert list(check(store)) == []
    found = stories.beside_reference(store, 1, {1, 5})  # shown all the same
    assert (
        found is not None
        and found[0] == 1
        and [(one, (row.added_percent or 0) > 0) for one, row in found[1].items()] == [(1, False), (5, True)]
    )
