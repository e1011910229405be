"""Archives that are empty, being written to, locked, gone or damaged, and questions that take too long."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html as lxml_html

from archive.browse import reading
from archive.model import Article
from archive.store import arrivals
from archive.store.connect import open_store
from tests.archive import parts as archive_parts
from tests.browse import parts
from tests.browse.parts import NOW, Pages, text


def test_an_empty_archive_has_all_pages(tmp_path: Path) -> None:
    open_store(tmp_path / "wirecopy.db", create=True).close()
    made = Pages(tmp_path / "wirecopy.db")
    assert "The archive is empty so far" in text(made.get("/").text)
    for path in ("/?days=1", "/articles", "/feeds", "/search?q=a", "/archive"):
        assert made.get(path).status_code == 200


def test_pages_show_what_a_crawl_has_just_written_and_leave_its_wal_alone(tmp_path: Path) -> None:
    path = parts.small(tmp_path)
    made = Pages(path)
    with open_store(path) as store:
        assert "9 articles" in made.get("/").text
        page = archive_parts.Page(store, "https://harbour.example/fresh")
        page.say(Article("Fresh from the crawl", text="A text that has just come in."))
        made.get("/archive.json?sql=select+count(*)+from+articles")
        assert "Fresh from the crawl" in made.get("/").text
        busy, frames, moved = store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert (busy, frames, moved) == (0, 0, 0), "no reader holds a part of the WAL"
        with store.transaction() as conn:
            conn.execute("UPDATE articles SET headline = 'Not yet' WHERE id = 1")
            assert "Not yet" not in made.get("/article/1").text


def test_an_archive_that_is_locked_or_gone_or_damaged_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.browse.reading.PATIENCE", 0.05)
    path = parts.small(tmp_path)
    made = Pages(path)
    with sqlite3.connect(path) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN IMMEDIATE")
        answer = made.get("/")
        assert (answer.status_code, "is locked" in text(answer.text)) == (503, True)
    holder.close()
    assert made.get("/").status_code == 200
    body = path.read_bytes()
    path.write_bytes(body[:4096] + b"\xff" * (len(body) - 4096))
    answer = made.get("/")
    assert (answer.status_code, "damaged" in text(answer.text)) == (500, True)
    path.unlink()
    answer = made.get("/")
    assert (answer.status_code, "No archive at" in text(answer.text)) == (503, True)


def test_a_question_that_takes_too_long_is_given_up(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.browse.reading._STEPS", 1)
    with pytest.raises(reading.TooSlow, match="no answer within"), reading.reading(library, -1) as store:
        arrivals.outlets(store)


def test_a_mistake_of_ours_breaks_one_page_alone(
    library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret words")

    made = Pages(library)
    monkeypatch.setattr("archive.store.arrivals.newest", fail)
    answer = made.get("/")
    assert (answer.status_code, "secret" in answer.text) == (500, False)
    assert "RuntimeError: secret words" in capsys.readouterr().err
    assert made.get("/feeds").status_code == 200


def test_a_page_of_long_ago_leads_to_later_ones(library: Path) -> None:
    made = Pages(library, NOW + timedelta(days=40))
    assert "Nothing came in in the last 7 days. The newest article of the archive came in on 2026-11-22" in text(made.get("/").text)
    document = lxml_html.document_fromstring(made.get("/?to=2026-11-22").text)
    assert document.xpath("//a[@rel='next']/@href") == ["/?days=7&to=2026-11-29"]
