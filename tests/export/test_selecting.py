"""Which articles a selection takes, and that what comes in meanwhile changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.errors import ArchiveDamaged, UsageError
from archive.model import Article, Outlet
from archive.selection import Selection, select, selection_options
from archive.store import selecting
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import NOW, Page
from tests.export.conftest import made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("selecting"), fill)


def fill(store: Store) -> None:
    """1 and 2: revisions of one page; 3 and 4: another outlet's, one without a time; 5: a headline alone."""
    run = parts.begin(store)
    harbour = Page(store, "https://harbour.example/1", run_id=run)
    harbour.say(Article("Ferry", text="The ferry is late.", agency="pti", published_at=NOW))
    harbour.say(Article("Ferry", text="The ferry has come at last.", agency="pti", published_at=NOW))
    for number in (2, 3):
        page = Page(store, f"https://valley.example/{number}", run_id=run, outlet=Outlet("valley", "Valley Post"))
        when = NOW - timedelta(days=3) if number == 2 else None
        page.say(Article("Market", text=f"Prices rose by {number} per cent.", published_at=when))
    Page(store, "https://harbour.example/4", run_id=run).say(Article("A video", text=""))


def taken(store: Store, last: int | None = None, after: int = 0, **asked: Any) -> list[int]:
    selection, until = select(**asked), selecting.newest(store) if last is None else last
    found = [one.id for batch in selecting.articles(store, selection, last=until, after=after) for one in batch]
    assert [one for batch in selecting.ids(store, selection, last=until, after=after) for one in batch] == found
    assert selecting.count(store, selection, last=until, after=after) == len(found)
    return found


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, [2, 3, 4]),
        ({"all_revisions": True}, [1, 2, 3, 4]),
        ({"without_text": True}, [2, 3, 4, 5]),
        ({"outlets": ("valley",)}, [3, 4]),
        ({"outlets": ("valley", "harbour")}, [2, 3, 4]),
        ({"agencies": ("PTI",)}, [2]),
        ({"story": 3}, [3]),
        ({"words": "prices NOT 3"}, [3]),
        ({"words": "ferry", "all_revisions": True}, [1, 2]),
        ({"since": "2026-11-22"}, [2, 4]),
        ({"until": "2026-11-20"}, [3]),
        ({"since": "2026-11-19", "until": "2026-11-19"}, [3]),
        ({"since": "2026-11-22", "by": "seen"}, [2, 3, 4]),
        ({"until": "2026-11-20", "by": "seen"}, []),
        ({"since": "2030"}, []),
        ({"after": 2}, [3, 4]),
        ({"last": 0}, []),
    ],
)
def test_a_selection_takes_what_it_says(library: Store, asked: dict[str, Any], ids: list[int]) -> None:
    assert taken(library, **asked) == ids


def test_the_newest_revision_is_the_newest_of_those_that_were_there_when_it_began(library: Store) -> None:
    assert taken(library, last=1) == [1]
    assert taken(library, last=2) == [2]
    assert [one.is_latest for batch in selecting.articles(library, Selection(), last=1) for one in batch] == [True]


@pytest.mark.parametrize("window", [1, 2, 1000])
@pytest.mark.parametrize("size", [1, 10**6])
def test_batches_and_windows_leave_nothing_out(library: Store, monkeypatch: pytest.MonkeyPatch, window: int, size: int) -> None:
    monkeypatch.setattr(selecting, "WINDOW", window)
    monkeypatch.setattr(selecting, "BATCH_SIZE", size)
    monkeypatch.setattr(selecting, "BATCH", window)
    assert taken(library, all_revisions=True, without_text=True) == [1, 2, 3, 4, 5]
    assert taken(library, words="ferry OR prices") == [2, 3, 4]


def test_no_read_transaction_is_open_between_batches(library: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "BATCH", 1)
    for _ in selecting.articles(library, Selection(), last=5):
        assert library.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0  # 1: somebody reads


def test_what_is_not_in_the_archive_is_named(library: Store) -> None:
    for selection in (Selection(outlets=("valey",)), Selection(story=77)):
        with pytest.raises(UsageError, match=r"no outlet 'valey'|no story 77"):
            selecting.check(library, selection)


def test_a_list_that_somebody_has_edited_is_named(library: Store) -> None:
    library.conn.execute("UPDATE articles SET keywords = 'pact, minerals' WHERE id = 3")
    with pytest.raises(ArchiveDamaged, match="article 3 has keywords that are no JSON list"):
        taken(library)


def test_the_options_become_a_selection() -> None:
    import click

    got: list[Selection] = []

    @click.command()
    @selection_options
    def command(selection: Selection) -> None:
        got.append(selection)

    arguments = ["--outlet", "b", "--outlet", "a", "--agency", "PTI", "--since", "2026-11", "--words", "ferry", "--by", "seen"]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert got == [Selection(("a", "b"), ("pti",), None, '"ferry"', "2026-11-01T00:00:00Z", None, "seen")]
    assert got[0].said() == {
        "outlets": ["a", "b"], "agencies": ["pti"], "match": '"ferry"', "since": "2026-11-01T00:00:00Z", "by": "seen",
    }  # fmt: skip
    assert Selection().said() == {}


def test_words_without_a_word_are_refused() -> None:
    with pytest.raises(UsageError, match="nothing to search for"):
        select(words="...")
