"""The short look at the file before a run writes to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.errors import ArchiveDamaged
from archive.store import soundness
from archive.store.connect import Store, open_reader
from tests.archive.parts import Page, one
from tests.conftest import Run


def harm(store: Store, name: str) -> Path:
    """Overwrites the first page of a table or index."""
    root = one(store, "SELECT rootpage FROM sqlite_schema WHERE name = ?", name)
    assert isinstance(root, int)
    store.checkpoint()
    store.close()
    with store.path.open("r+b") as handle:
        handle.seek((root - 1) * 4096)
        handle.write(os.urandom(512))
    return store.path


def test_a_sound_archive_is_passed_at_every_turn(store: Store) -> None:
    Page(store).say("The harbour was closed.")
    for turn in range(60):
        soundness.look(store, turn)


@pytest.mark.parametrize("name", ["walls", "captures", "pages_key", "articles_fts_data", "story_links"])
def test_damage_is_met_wherever_it_is(store: Store, name: str) -> None:
    Page(store).say("The harbour was closed.")
    with open_reader(harm(store, name)) as damaged, pytest.raises(ArchiveDamaged, match="is damaged"):
        soundness.look(damaged, 3)


def test_it_lasts_no_longer_than_it_may(store: Store) -> None:
    """Of a large archive each turn sees other tables: the one that is damaged has its turn as well."""
    store.conn.execute(
        "CREATE TABLE large AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n"
    )
    names = [row[0] for row in store.conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name")]
    with open_reader(harm(store, "walls")) as damaged:
        soundness.look(damaged, names.index("large"), seconds=0.0)
        with pytest.raises(ArchiveDamaged):
            soundness.look(damaged, names.index("walls"), seconds=0.0)
        assert damaged.conn.execute("SELECT count(*) FROM large").fetchone() == (200_000,)  # nothing interrupts what comes after it


def test_a_run_ends_at_once_on_a_damaged_archive_and_leaves_it(store: Store, wirecopy: Run) -> None:
    Page(store).say("The harbour was closed.")
    path = harm(store, "story_links")
    (path.parent / "sources.toml").write_text(
        '[fetch]\nallow_private = ["127.0.0.0/8"]\n[[outlet]]\nid = "a"\nname = "A"\n[[outlet.feed]]\nurl = "http://127.0.0.1:9/feed"\n'
    )
    done = wirecopy("crawl", "--all", "-a", path, "-s", path.parent / "sources.toml")
    assert (done.returncode, "wirecopy recover" in done.stderr, "Traceback" in done.stderr) == (74, True, False)
    assert path.stat().st_size > 100_000
