"""Credits in the archive: kept with their article, replaced by a newer reading, taken over from archives of before, asked in plain SQL."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import cli
from archive import explain as commands
from archive.clean import clean
from archive.migrations import APPLICATION_ID, migrations
from archive.model import AgencyCredit, Article
from archive.store.connect import Store, open_store
from tests.archive import parts
from tests.archive.parts import Page, page_of
from tests.archive.test_show_and_verify import run

TEXT = "The harbour was closed on Monday, and the boats of the whole coast lay at anchor until the storm had passed.\n\nNobody was hurt."
PTI = AgencyCredit("pti", "byline", 0.97, "By PTI", "author", ("dateline", "copyright"), 1)
AFP = AgencyCredit("afp", "credit-line", 0.94, "With inputs from AFP and agencies", "inputs", (), 1)
AGENCIES = AgencyCredit(None, "credit-line", 0.94, "With inputs from AFP and agencies", "inputs", (), 1)


def credits(store: Store, columns: str = "article_id, place, agency, tier, role") -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.conn.execute(f"SELECT {columns} FROM credits ORDER BY article_id, place")]  # noqa: S608


def test_all_credits_are_kept_in_their_order_with_words_confidence_and_version(store: Store) -> None:
    capture = Page(store).fetch(page_of(TEXT))
    parts.read(store, capture, Article(headline="Harbour", text=TEXT, agency="pti", credits=(PTI, AFP, AGENCIES)))
    assert credits(store) == [
        (1, 0, "pti", "byline", "author"),
        (1, 1, "afp", "credit-line", "inputs"),
        (1, 2, None, "credit-line", "inputs"),
    ]
    assert credits(store, "words, confidence, also, version")[0] == ("By PTI", 0.97, '["dateline", "copyright"]', 1)


def test_a_newer_reading_replaces_them_and_an_article_takes_its_own_with_it(store: Store) -> None:
    capture = Page(store).fetch(page_of(TEXT))
    parts.read(store, capture, Article(headline="Harbour", text=TEXT, agency="pti", credits=(PTI, AGENCIES)))
    parts.read(store, capture, Article(headline="Harbour", text=TEXT, agency="afp", credits=(AFP,)), version=2)
    assert credits(store) == [(1, 0, "afp", "credit-line", "inputs")]
    parts.read(store, capture, Article(reason="a wall"), version=3)
    assert credits(store) == []
    assert parts.rows(store, "SELECT count(*) FROM articles") == [(0,)]


def test_by_house_and_the_disclaimer_stand_in_columns(store: Store) -> None:
    capture = Page(store).fetch(page_of(TEXT))
    parts.read(
        store, capture, Article(headline="Harbour", text=TEXT, by_house="By Our Correspondent", disclaimer="From a feed, not edited.")
    )
    assert parts.rows(store, "SELECT by_house, disclaimer FROM articles") == [("By Our Correspondent", "From a feed, not edited.")]


@pytest.mark.parametrize(
    ("facts", "credited_to", "agencies", "uncredited"),
    [
        ({"agency": "pti", "credits": (PTI, AFP, AGENCIES)}, "agency", "pti/afp/agencies", 0),
        ({"credits": (AGENCIES,)}, "agencies", "agencies", 1),
        ({"agency": "afp", "credits": (AFP,)}, "agency", "afp", 1),
        ({"by_house": "Web Desk", "authors": ("Ada Merrow",)}, "house", None, 1),
        ({"authors": ("Ada Merrow",)}, "person", None, 1),
        ({}, "nobody", None, 1),
        ({"agency": "pti", "credits": (AgencyCredit("pti", "host", 0.96, "ptinews.com", "own", (), 1),)}, "own", "pti", 0),
    ],
)
def test_the_view_says_to_whom_a_copy_is_credited_and_whether_its_agency_is(
    store: Store, facts: dict[str, object], credited_to: str, agencies: str | None, uncredited: int
) -> None:
    wire = Page(store, "https://harbour.example/wire")
    copy = Page(store, "https://harbour.example/copy", run_id=wire.run_id)
    parts.read(store, wire.fetch(page_of(TEXT)), Article(headline="Harbour", text=TEXT, agency="pti", credits=(PTI,)))
    parts.read(store, copy.fetch(page_of(TEXT, seed=1)), Article(headline="Our harbour", text=TEXT, **facts))  # type: ignore[arg-type]
    asked = "SELECT story_agency, credited_to, credits, uncredited FROM attributions WHERE headline = 'Our harbour'"
    assert parts.rows(store, asked) == [("pti", credited_to, agencies, uncredited)]


OLD: tuple[tuple[str | None, int, dict[str, str]], ...] = (
    ("pti", 1, {"agency": "byline", "is_agency_copy": "byline"}), ("ria", 0, {"agency": "host of the agency"}),
    (None, 1, {"is_agency_copy": "disclaimer"}), (None, 0, {}),
)  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An archive as it was before there were credits, with four articles."""
    path = tmp_path / "wirecopy.db"
    database = Database(path, execute_plugins=False)
    migrations.apply(database, stop_before="m021_credits")
    conn = database.conn
    assert isinstance(conn, sqlite3.Connection)
    conn.execute("PRAGMA foreign_keys = OFF")
    conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for number, (agency, is_copy, evidence) in enumerate(OLD, 1):
        values = {
            "id": number, "page_id": number, "capture_id": number, "revision": 1, "is_latest": 1, "outlet": "harbour", "text": TEXT,
            "word_count": 9, "url": f"https://harbour.example/{number}", "first_seen_at": "2026-11-22T10:00:00Z", "text_digest": "00",
            "agency": agency, "is_agency_copy": is_copy, "evidence": json.dumps(evidence),
            "cleaner_version": 6, "authors": "[]", "keywords": "[]",
        }  # fmt: skip
        conn.execute(f"INSERT INTO articles ({', '.join(values)}) VALUES ({', '.join(':' + name for name in values)})", values)  # noqa: S608
    conn.commit()
    conn.close()
    return path


def test_an_archive_of_before_takes_its_credits_over_as_of_version_0(old: Path) -> None:
    with open_store(old) as store:
        assert credits(store, "article_id, agency, tier, words, confidence, role, version, also") == [
            (1, "pti", "unknown", "byline", None, None, 0, "[]"),
            (2, "ria", "unknown", "host of the agency", None, None, 0, "[]"),
            (3, None, "unknown", "disclaimer", None, None, 0, "[]"),
        ]
        told = parts.rows(store, "SELECT article_id, credited_to, by_house, disclaimer FROM attributions ORDER BY article_id")
    assert told == [(1, "agency", None, 0), (2, "agency", None, 0), (3, "agencies", None, 0), (4, "nobody", None, 0)]


def test_an_article_is_shown_with_its_credits(store: Store) -> None:
    capture = Page(store).fetch(page_of(TEXT))
    parts.read(store, capture, Article(headline="Harbour", text=TEXT, agency="pti", credits=(PTI, AGENCIES), by_house="Web\x1b[31m Desk"))
    shown = run(cli.show, 1, "-a", store.path).output
    assert "Credits:    pti, author (byline 0.97: By PTI); agencies, inputs (credit-line 0.94: With inputs from AFP and agencies)" in shown
    assert "By house:   Web [31m Desk" in shown
    told = json.loads(run(cli.show, 1, "-a", store.path, "--json").output)
    assert [(one["agency"], one["also"]) for one in told["credits"]] == [("pti", ["dateline", "copyright"]), (None, [])]
    store.conn.execute("UPDATE credits SET version = 0, confidence = NULL, role = NULL")
    store.conn.commit()
    assert "Credits:    pti (as an older cleaner read it); agencies (as" in run(cli.show, 1, "-a", store.path).output


def test_an_explanation_names_the_tiers_and_the_words(store: Store) -> None:
    body = page_of(f"New Delhi, Nov 21 (PTI) {TEXT}\n\n(With inputs from AFP)")
    page = Page(store)
    parts.read(store, page.fetch(body), clean(body, url=page.url))
    told = run(commands.explain, 1, "-a", store.path).output
    assert "credits:        pti, author\n                from: dateline 0.94: New Delhi, Nov 21 (PTI)" in told
    assert "credits:        afp, inputs\n                from: " in told
    as_json = json.loads(run(commands.explain, 1, "-a", store.path, "--json").output)
    assert as_json["article"]["credits"][0]["agency"] == "pti"
