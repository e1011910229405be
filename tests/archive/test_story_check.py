"""`wirecopy verify` on the tables of stories: what does not fit is named, with its remedy, and a rebuild mends it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.cli import verify
from archive.errors import ArchiveDamaged
from archive.model import Article
from archive.regroup import group_again
from archive.store import stories
from archive.store.connect import Store, open_reader, open_store
from archive.verify import audit, remedy
from tests.archive import parts
from tests.archive.parts import Page
from tests.archive.story_parts import TEXTS, Wire
from tests.archive.test_copies import END, HALF, compare
from tests.grouping.texts import FERRY, HARBOUR, MARKET


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Copies, a round-up, a page with two revisions; all compared."""
    with parts.new_store(tmp_path) as made:
        wire = Wire(made)
        wire.say(HARBOUR, agency="pti")
        wire.say(HALF, outlet=1, url="https://valley.example/a")
        wire.say(HALF + "\n\n" + END, outlet=1, url="https://valley.example/a")
        wire.say(FERRY, outlet=2)
        wire.say("\n\n".join("\n\n".join(text.split("\n\n")[:3]) for text in (HARBOUR, FERRY, MARKET)), outlet=3)
        compare(made)
        yield made


DAMAGE = {
    "UPDATE articles SET story_id = NULL WHERE id = 4": "article 4 of metro has a text and no story",
    "DELETE FROM story_texts WHERE id = 4": "the text of article 4 of metro is not known to story 4",
    "UPDATE story_texts SET story_id = 1 WHERE id = 4": "article 4 of metro is in story 4, its text in story 1",
    "UPDATE story_texts SET digest = 7 WHERE id = 4": "text 4 of story 4 is no article's",
    "UPDATE OR REPLACE story_links SET of_text_id = 99": "points at text 99, which is not there",
    "INSERT INTO stories (id, first_seen_at) VALUES (99, '2026-11-22T10:00:00Z')": "story 99 has no article",
    "UPDATE stories SET first_article_id = 4 WHERE id = 1": "story 1 names article 4 as its first one",
    "DELETE FROM copies WHERE article_id = 3": "article 3 of valley is missing among the copies of story 1",
    "UPDATE copies SET story_id = 4 WHERE article_id = 3": "article 3 of valley counts as a copy of story 4",
    "UPDATE copies SET reference_id = 99": "what it was compared with is gone",
    "DELETE FROM changes": "it is not known what article 3 changed in article 2",
    "UPDATE changes SET article_id = 2": "article 2 counts as a change",
    "DELETE FROM story_index": "story_index has lost its row",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_does_not_fit_is_named(store: Store, damage: str) -> None:
    assert audit(store).failures == []
    store.conn.execute(damage)
    store.conn.execute("DELETE FROM copies_due")
    failures = audit(store).failures
    assert any(failure.startswith("stories: ") and DAMAGE[damage] in failure for failure in failures), failures


def test_the_remedy_is_named_and_does(store: Store) -> None:
    store.conn.execute("DELETE FROM story_texts WHERE id = 4")
    store.conn.execute("DELETE FROM copies")
    store.conn.execute("DELETE FROM changes")
    failed = CliRunner().invoke(verify, ["--archive", str(store.path)])
    assert isinstance(failed.exception, ArchiveDamaged)
    assert (
        failed.exception.hint == "`wirecopy stories --rebuild` makes the tables of stories, copies and changes again; no page is concerned"
    )
    told: list[str] = []
    assert group_again(store.path, anew=True, tell=lambda what, *_: told.append(what)) == 5
    assert [*dict.fromkeys(told)] == ["Grouping", "Comparing copies", "Revisions"]
    assert audit(store).failures == []
    assert parts.one(store, "SELECT count(*) FROM copies") == 2


def test_damage_to_pages_is_not_said_to_be_mended_by_a_rebuild() -> None:
    assert "rebuild" not in remedy(["bodies: body 1 is damaged"])
    assert remedy(["bodies: body 1 is damaged", "stories: story 2 has no article"]).startswith("keep the file as it is")


def test_what_waits_for_its_turn_is_no_failure(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR + "\n\nOne more line came.", url="https://metro.example/b", outlet=2)
    assert stories.due(store)
    assert audit(store).failures == []
    with store.transaction():
        stories.begin_anew(store)
        stories.regroup(store, portion=2)
    assert audit(store).failures == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.sampled_from([*TEXTS, ""])), min_size=1, max_size=9))
def test_whatever_is_read_and_read_again_all_is_well(tmp_path_factory: pytest.TempPathFactory, said: list[tuple[int, int, str]]) -> None:
    with parts.new_store(tmp_path_factory.mktemp("archive")) as made:
        pages = [Page(made, f"https://harbour.example/{number}") for number in range(4)]
        captures = [[page.fetch() for _ in range(2)] for page in pages]
        for page, visit, text in said:
            parts.read(made, captures[page][visit], Article(headline="H", text=text, reason=None if text else "a login page"))
        compare(made)
        assert audit(made).failures == []


def test_an_archive_that_an_older_version_left_is_not_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.db"
    with open_store(path, create=True) as made:
        parts.Page(made, "https://harbour.example/a").say("The harbour was closed on Monday, and nobody was hurt.")
        for kind, name in parts.rows(
            made,
            "SELECT type, name FROM sqlite_schema WHERE name LIKE 'copies%' AND type = 'trigger' OR name IN ('pruned_texts', 'copy_facts')",
        ):
            made.conn.execute(f"DROP {kind} {name}")
        made.conn.execute("DELETE FROM _sqlite_migrations WHERE name IN ('m022_copies', 'm023_keeping')")
    with open_reader(path) as older:
        assert audit(older).failures == []
