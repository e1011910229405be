"""What kind of change each revision is, written with the revision; and what makes no revision at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.clean import clean
from archive.model import Article
from archive.store import changes
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import Page
from tests.grouping.texts import FERRY, HARBOUR

CHANGES = {
    "typo": HARBOUR.replace("harbour", "harbuor", 1),
    "update": "New lines came on top of it, said the office of the mayor of the island.\n\n" + HARBOUR,
    "cut": "\n\n".join(HARBOUR.split("\n\n")[:2]),
    "rewrite": FERRY,
    "correction": HARBOUR + "\n\nCorrection: An earlier version of this story gave another number.",
}
TEXTS = [HARBOUR, FERRY, *CHANGES.values(), ""]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made


def kinds(store: Store) -> list[tuple[object, ...]]:
    return parts.rows(store, "SELECT article_id, before_id, kind FROM changes ORDER BY article_id")


@pytest.mark.parametrize("kind", CHANGES)
def test_a_revision_is_stored_with_its_kind_and_figures(store: Store, kind: str) -> None:
    page = Page(store)
    page.say(HARBOUR)
    assert kinds(store) == []
    page.say(CHANGES[kind])
    assert kinds(store) == [(2, 1, kind)]
    assert parts.rows(store, "SELECT text_changed, headline_changed, on_top FROM changes") == [(1, 0, int(kind == "update"))]


def test_a_headline_alone_and_a_corrected_one_are_told(store: Store) -> None:
    page = Page(store)
    for headline in ("Harbour closed", "Harbour shut", "CORRECTED-Harbour shut"):
        page.say(Article(headline=headline, text=HARBOUR))
    assert parts.rows(store, "SELECT kind, text_changed, words_cut + words_added, note FROM changes ORDER BY 1") == [
        ("correction", 0, 0, "CORRECTED-Harbour shut"),
        ("headline", 0, 0, None),
    ]


def test_a_note_that_more_is_known_is_kept_and_tells_of_no_error(store: Store) -> None:
    page = Page(store)
    page.say(HARBOUR)
    page.say("Updated at 10:32 on Monday\n\n" + HARBOUR)
    assert parts.rows(store, "SELECT kind, note FROM changes") == [("update", "Updated at 10:32 on Monday")]


def test_marks_that_change_beside_words_count_for_nothing(store: Store) -> None:
    page = Page(store)
    page.say(HARBOUR + '\n\n"Never," he said - "not once."')
    page.say(CHANGES["typo"] + "\n\n“Never,” he said – “not once.”")
    assert parts.rows(store, "SELECT kind, words_cut, words_added FROM changes") == [("typo", 1, 1)]


def test_the_view_tells_each_revision_of_pages_that_changed(store: Store) -> None:
    page = Page(store)
    Page(store, "https://harbour.example/other", run_id=page.run_id).say(FERRY)
    page.say(HARBOUR)
    page.say(CHANGES["update"])
    assert parts.rows(store, "SELECT revision, article_id, before_id, kind FROM revisions") == [(1, 2, None, None), (2, 3, 2, "update")]


def test_a_revision_that_a_newer_cleaner_no_longer_sees_leaves_the_next_one_beside_the_one_before(store: Store) -> None:
    page = Page(store)
    captures = [page.fetch() for _ in range(3)]
    for capture, text in zip(captures, (HARBOUR, FERRY, CHANGES["update"]), strict=True):
        parts.read(store, capture, Article(headline="H", text=text))
    assert kinds(store) == [(2, 1, "rewrite"), (3, 2, "rewrite")]
    parts.read(store, captures[1], Article(headline="H", text=HARBOUR), version=2)
    assert kinds(store) == [(3, 1, "update")]


def test_a_text_that_is_read_otherwise_is_compared_again_on_both_sides(store: Store) -> None:
    page = Page(store)
    captures = [page.fetch() for _ in range(3)]
    for capture, text in zip(captures, (HARBOUR, CHANGES["typo"], CHANGES["update"]), strict=True):
        parts.read(store, capture, Article(headline="H", text=text))
    parts.read(store, captures[1], Article(headline="H", text=FERRY), version=2)
    assert kinds(store) == [(2, 1, "rewrite"), (3, 2, "rewrite")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(TEXTS)), min_size=1, max_size=8))
def test_whatever_is_read_and_read_again_the_rows_are_those_that_a_rebuild_gives(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[int, str]]
) -> None:
    with parts.new_store(tmp_path_factory.mktemp("archive")) as store:
        page = Page(store)
        captures = [page.fetch() for _ in range(4)]
        for which, text in said:
            parts.read(store, captures[which], Article(headline="H", text=text, reason=None if text else "a login page"))
        before = parts.rows(store, "SELECT * FROM changes ORDER BY article_id")
        with store.transaction():
            changes.forget(store)
            while changes.catch_up(store, portion=1):
                pass
        assert parts.rows(store, "SELECT * FROM changes ORDER BY article_id") == before
        assert parts.one(store, "SELECT count(*) FROM articles WHERE revision > 1") == len(before)


# --- what is no revision ---------------------------------------------------------------------------------------------

HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour closed | The Harbour Times</title></head><body>'
NAVIGATION = "<nav><ul>" + "".join(f'<li><a href="/s/{n}">Section {n}</a></li>' for n in range(20)) + "</ul></nav>"
RELATED = (
    '<aside class="related"><h3>Related stories</h3><ul><li><a href="/a">Ferry aground off the {place}</a></li>'
    '<li><a href="/b">Old bridge to close in {place}</a></li></ul></aside>'
)


def html(
    text: str = HARBOUR, *, top: str = "", middle: str = "", end: str = "", after: str = RELATED.format(place="coast")
) -> bytes:  # fmt: skip
    paragraphs = [f"<p>{part}</p>" for part in text.split("\n\n")]
    body = "\n".join([*paragraphs[:2], middle, *paragraphs[2:]])
    return (
        f'{HEAD}{NAVIGATION}<main><article><h1>Harbour closed</h1>{top}<div class="story-body">{body}{end}</div></article>{after}</main>'
        "<footer>Copyright The Harbour Times</footer></body></html>"
    ).encode()


QUIET = {
    "white space": html(HARBOUR.replace(". ", ".  \n ")),
    "quotes and dashes": html(HARBOUR.replace('"', "“").replace("-", "–").replace("'", "’")),
    "an advertisement": html(
        middle='<div class="ad-slot" id="ad-3"><p>Advertisement</p><a href="https://shop.example/">Buy shoes</a></div>'
    ),
    "a related list": html(after=RELATED.format(place="island")),
    "a related list within the text": html(middle=RELATED.format(place="island")),
    "a counter of views": html(top='<div class="views"><span>1,942 views</span></div>'),
    "share counters": html(end='<div class="share-bar"><span class="count">312</span> shares <a href="#">Share on Facebook</a></div>'),
    "a number of comments": html(end='<p class="comments"><a href="#comments">57 comments</a></p>'),
    "how long ago": html(top='<time class="ago">Updated 14 minutes ago</time>'),
    "minutes to read": html(top='<span class="read-time">3 min read</span>'),
    "a token of the session": html(end='<input type="hidden" name="csrf" value="8f3a"><script>var t = 4711;</script>'),
    "a bare counter of views": html(end="<p>Views: 1,942</p>"),
    "a bare number of comments": html(end="<p>57 comments</p>"),
    "a bare number of readers": html(top="<p>1,201 people are reading this now</p>"),
    "a bare time ago": html(top="<p>Updated 14 minutes ago</p>"),
    "likes": html(end="<p>Like 312 Dislike 4</p>"),
    "a counter in German": html(end="<p>12 Kommentare</p>"),
    "a time ago in Hindi": html(end="<p>14 मिनट पहले</p>"),
    "a teaser line": html(middle='<p><strong>Also read:</strong> <a href="/a">Ferry aground off the coast</a></p>'),
}


@pytest.mark.parametrize("what", QUIET)
def test_what_is_no_word_of_the_story_makes_no_revision(store: Store, what: str) -> None:
    page = Page(store)
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for body in (html(), QUIET[what], html()):
        capture = page.fetch(body)
        parts.read(store, capture, clean(body, url=page.url, headers={"content-type": "text/html; charset=utf-8"}, fetched_at=now))
    assert parts.rows(store, "SELECT revision FROM articles") == [(1,)]
    assert "harbour" in str(parts.one(store, "SELECT text FROM articles")).lower()


def test_a_counter_that_counts_on_makes_no_revision_and_a_figure_of_the_story_does(store: Store) -> None:
    page = Page(store)
    for views in (10, 11, 12):
        page.say(f"{views} views\n\n{HARBOUR}")
    assert parts.one(store, "SELECT count(*) FROM articles") == 1
    page.say(f"12 views\n\n{HARBOUR}\n\n12 people were hurt in the harbour.")
    page.say(f"12 views\n\n{HARBOUR}\n\n14 people were hurt in the harbour.")
    assert parts.rows(store, "SELECT kind FROM changes ORDER BY article_id") == [("update",), ("correction",)]


def test_a_word_of_the_story_does(store: Store) -> None:
    page = Page(store)
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for body in (html(), html(CHANGES["typo"])):
        parts.read(store, page.fetch(body), clean(body, url=page.url, headers={}, fetched_at=now))
    assert parts.rows(store, "SELECT kind FROM changes") == [("typo",)]
