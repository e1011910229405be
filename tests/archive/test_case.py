"""A stored page as a test case: written by the command people type, read by the loader of the cleaner's pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive import case as cases
from archive import explain as commands
from archive import reread
from archive.case import arguments
from archive.clean import clean
from archive.errors import ArchiveDamaged, UsageError
from archive.model import Article, CleanTask, Entry
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import NOW, Page, answer
from tests.archive.test_explain import WALL, page_bytes
from tests.archive.test_show_and_verify import run
from tests.clean.test_pages import check, reading


@pytest.fixture
def archive(store: Store) -> Path:
    """Capture 1: a story that became article 1. Capture 2: its page turned away the next time, by a consent wall."""
    page = Page(store)
    capture_id = page.fetch(page_bytes())
    parts.read(store, capture_id, clean(page_bytes(), url=page.url))
    parts.read(store, page.fetch(WALL), clean(WALL, url=page.url))
    return store.path


def test_a_case_of_a_stored_page_is_read_by_the_loader_of_the_cleaners_pages(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cases" / "harbour"
    shown = run(commands.case, 1, folder, "-a", archive).output
    assert shown.startswith(f"{folder}: page.html (") and "\nNext: correct expected.json by hand" in shown
    assert (folder / "page.html").read_bytes() == page_bytes()
    article, expected = reading(folder)
    assert {"headline", "text", "agency", "wall", "published_at"} <= set(expected)
    for field, value in expected.items():
        check(article, field, value)


def test_a_case_holds_what_the_cleaner_knew_beside_the_page(store: Store, tmp_path: Path) -> None:
    run_id = parts.begin(store)
    lease = parts.lease(store, run_id)
    entry = Entry("https://harbour.example/n", "n", title="Said \x1b by the feed", published_at=NOW, authors=("A. Writer",))
    (task,) = parts.poll(store, run_id, parts.said([entry], lease))
    parts.visit(store, run_id, task, answer(entry.url, b"<p>printed at 21:00 IST"))
    run(commands.case, entry.url, tmp_path / "one", "-a", store.path)
    known = json.loads((tmp_path / "one" / "headers.json").read_text())
    assert (known["headers"], known["zone"]) == ({"content-type": "text/html; charset=utf-8"}, "Asia/Kolkata")
    assert known["fetched_at"] == "2026-11-22T10:00:00+00:00"
    assert (known["feed"]["title"], known["feed"]["authors"]) == ("Said \x1b by the feed", ["A. Writer"])
    given = arguments(tmp_path / "one")
    assert given["feed"].published_at == NOW and given["feed"].authors == ("A. Writer",)
    assert str(given["zone"]) == "Asia/Kolkata" and given["fetched_at"] == NOW


def test_a_case_is_never_written_over_what_is_there(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "file").touch()
    for folder in ("mine", "file", "file/below"):
        with pytest.raises(UsageError) as problem:
            run(commands.case, 1, tmp_path / folder, "-a", archive)
        assert problem.value.exit_code == 64 and problem.value.hint
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_case_without_a_folder_is_named_after_host_and_capture(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    run(commands.case, 1, "-a", archive)
    run(commands.case, "--capture", 2, "-a", archive)
    run(commands.case, "--capture", 2, "walled", "-a", archive)
    assert parts.names(Path()) == ["harbour.example-1", "harbour.example-2", "walled"]
    assert reading(Path("walled").absolute())[1]["wall"] == "consent"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://Harbour.example/news/../a", "harbour.example-1"),
        ("https://me:secret@harbour.example:8080/", "harbour.example8080-1"),
        ("https://../etc", "page-1"),
        ("https://[2001:db8::7]/", "2001db87-1"),
    ],
)
def test_the_name_of_a_case_is_harmless_whatever_the_url(url: str, name: str) -> None:
    task = CleanTask(1, b"", url=url, headers={}, fetched_at=NOW, timezone=None, agency=None, entry=None)
    assert cases.folder_for(task) == Path(name)


def test_an_unknown_id_makes_no_folder(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no article 77"):
        run(commands.case, 77, tmp_path / "new", "-a", archive)
    assert not (tmp_path / "new").exists()


def test_a_damaged_body_makes_no_folder(archive: Path, store: Store, tmp_path: Path) -> None:
    store.conn.execute("UPDATE bodies SET data = zeroblob(length(data))")
    with pytest.raises(ArchiveDamaged):
        run(commands.case, 1, tmp_path / "new", "-a", archive)
    assert not (tmp_path / "new").exists()


def test_half_a_surrogate_pair_in_a_reading_comes_back_as_it_was(archive: Path, tmp_path: Path) -> None:
    task = reread.task_of(archive, "1", None)
    cases.write(tmp_path / "half", task, Article(headline="half \ud83d a smile"))
    assert reading(tmp_path / "half")[1]["headline"] == "half \ud83d a smile"


def test_the_command_has_a_help_text_with_an_example() -> None:
    assert "Example: wirecopy case" in run(commands.case, "--help").output
