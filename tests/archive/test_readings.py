"""What captures were read as: revisions, stories, and pages under several addresses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.blobs import pack_beside, unpack_beside
from archive.errors import ArchiveDamaged
from archive.model import Article, Feed, Image, Outlet
from archive.store import feeds, markdown, pages, stories
from archive.store.connect import Store, open_store
from archive.store.stories import texts as story_texts
from archive.verify import audit
from tests.archive import parts
from tests.archive.parts import NOW, Page

TEXT = "New Delhi, Nov 22: The harbour was closed on Monday after a storm of two days.\n\nNobody was hurt, the port authority said."
OTHER = "Mumbai, Nov 22: A film festival began with four hundred guests, of whom most came by train and some on foot."
REVISIONS = "SELECT revision, is_latest, text FROM articles WHERE page_id = ? ORDER BY revision"


def copy(text: str = TEXT, **facts: object) -> Article:
    return Article(headline="Harbour closed", text=text, **facts)  # type: ignore[arg-type]


def test_a_page_read_for_the_first_time_is_revision_one(store: Store) -> None:
    page = Page(store)
    article_id = page.say(copy(agency="pti", authors=("A. Ñandú",), published_at=NOW, is_agency_copy=True, evidence={"agency": "byline"}))
    assert parts.rows(
        store,
        "SELECT id, revision, is_latest, outlet, agency, authors, published_at, first_seen_at, word_count, is_agency_copy FROM articles",
    ) == [(article_id, 1, 1, "harbour", "pti", '["A. Ñandú"]', "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z", len(TEXT.split()), 1)]
    assert parts.one(store, "SELECT count(*) FROM clean_queue") == 0
    assert parts.rows(store, "SELECT article_id, cleaner_version FROM readings") == [(article_id, 1)]


def test_pictures_and_whether_the_text_is_a_part_are_kept(store: Store) -> None:
    pictures = (Image("https://harbour.example/1.jpg", "The pier", "Photo: AFP"), Image("https://harbour.example/2.jpg", alt="A boat"))
    page = Page(store)
    page.say(copy(images=pictures, is_partial=True))
    page.say(copy(OTHER))
    said = '[{"url": "https://harbour.example/1.jpg", "caption": "The pier", "credit": "Photo: AFP"}, '
    said += '{"url": "https://harbour.example/2.jpg", "alt": "A boat"}]'
    assert parts.rows(store, "SELECT images, is_partial FROM articles ORDER BY id") == [(said, 1), (None, 0)]


def test_another_text_is_a_revision_of_its_own(store: Store) -> None:
    page = Page(store)
    first, second = page.say(copy()), page.say(copy(TEXT + "\n\nIt opened again."))
    assert first != second
    assert parts.rows(store, "SELECT id, revision, is_latest, first_seen_at FROM articles ORDER BY id") == [
        (first, 1, 0, "2026-11-22T10:00:00Z"), (second, 2, 1, "2026-11-22T12:00:00Z")
    ]  # fmt: skip
    assert parts.one(store, "SELECT count(*) FROM stories") == 1
    assert parts.one(store, "SELECT count(*) FROM revisions") == 2


def test_another_headline_is_a_revision_too(store: Store) -> None:
    page = Page(store)
    page.say(copy())
    page.say(Article(headline="Harbour closed after storm", text=TEXT))
    assert parts.one(store, "SELECT count(*) FROM articles") == 2


def test_a_quiet_change_makes_no_revision(store: Store) -> None:
    page = Page(store)
    first = page.say(copy("He said “no” – and left."))
    assert page.say(copy('He  said "no"\u00a0- and left.')) == first
    assert parts.rows(store, "SELECT count(*) FROM articles") == [(1,)]
    assert parts.rows(store, "SELECT article_id FROM readings") == [(first,), (first,)]


def test_a_lost_text_never_takes_the_place_of_a_good_one(store: Store) -> None:
    page = Page(store)
    page.say(copy())
    assert page.say(Article(headline="Please accept our cookies", reason="no story was found")) is None
    assert parts.rows(store, REVISIONS, page.id) == [(1, 1, TEXT)]
    assert parts.one(store, "SELECT reason FROM readings ORDER BY capture_id DESC") == "no story was found"


def test_a_page_without_text_or_headline_becomes_no_article(store: Store) -> None:
    page = Page(store)
    assert page.say(Article(reason="a video page")) is None
    assert parts.rows(store, "SELECT article_id, reason FROM readings") == [(None, "a video page")]
    assert parts.one(store, "SELECT count(*) FROM stories") == 0


def test_a_text_that_goes_back_and_forth_is_kept_each_time(store: Store) -> None:
    page = Page(store)
    for text in (TEXT, OTHER, TEXT):
        page.say(copy(text))
    assert parts.rows(store, REVISIONS, page.id) == [(1, 0, TEXT), (2, 0, OTHER), (3, 1, TEXT)]


def test_cleaning_again_keeps_ids_and_changes_rows(store: Store) -> None:
    page = Page(store)
    captures = [page.fetch(), page.fetch()]
    ids = [parts.read(store, capture, copy(text)) for capture, text in zip(captures, (TEXT, OTHER), strict=True)]
    stories = parts.rows(store, "SELECT id, first_article_id FROM stories ORDER BY id")
    again = [parts.read(store, capture, copy(text + " More."), version=2) for capture, text in zip(captures, (TEXT, OTHER), strict=True)]
    assert again == ids
    assert parts.rows(store, REVISIONS, page.id) == [(1, 0, TEXT + " More."), (2, 1, OTHER + " More.")]
    assert parts.rows(store, "SELECT DISTINCT cleaner_version FROM articles") == [(2,)]
    assert parts.rows(store, "SELECT id, first_article_id FROM stories ORDER BY id") == stories


def test_a_revision_that_a_newer_cleaner_no_longer_sees_is_taken_back(store: Store) -> None:
    page = Page(store)
    captures = [page.fetch() for _ in range(3)]
    first, *_ = [parts.read(store, capture, copy(f"{TEXT}\n\n{number} readers")) for number, capture in enumerate(captures)]
    assert [parts.read(store, capture, copy(), version=2) for capture in captures] == [first] * 3
    assert parts.rows(store, REVISIONS, page.id) == [(1, 1, TEXT)]
    assert parts.rows(store, "SELECT DISTINCT article_id FROM readings") == [(first,)]
    assert parts.rows(store, "SELECT first_article_id FROM stories") == [(first,)]


def test_a_text_that_an_older_cleaner_missed_is_found_by_a_newer_one(store: Store) -> None:
    page = Page(store)
    capture = page.fetch()
    assert parts.read(store, capture, Article(reason="nothing")) is None
    article_id = parts.read(store, capture, copy(), version=2)
    assert parts.rows(store, "SELECT article_id, reason FROM readings") == [(article_id, None)]


def test_a_page_that_turns_out_to_have_no_story_leaves_none_behind(store: Store) -> None:
    page = Page(store)
    capture = page.fetch()
    parts.read(store, capture, copy())
    assert parts.read(store, capture, Article(reason="a login page"), version=2) is None
    assert parts.one(store, "SELECT count(*) FROM articles") == parts.one(store, "SELECT count(*) FROM stories") == 0


def test_the_same_text_on_several_outlets_is_one_story(store: Store) -> None:
    valley = Outlet("valley", "Valley Post")
    first = Page(store).say(copy())
    second = Page(store, "https://valley.example/x", outlet=valley).say(
        Article(headline="Port shut", text=TEXT.upper().title(), agency="pti")
    )
    third = Page(store, "https://valley.example/y", outlet=valley).say(
        Article(headline="Port shut", text=TEXT.replace(" ", "  "), agency="pti")
    )
    stories = {row[0]: row[1] for row in parts.rows(store, "SELECT id, story_id FROM articles")}
    assert stories[first] == stories[third] != stories[second]
    assert parts.rows(store, "SELECT copies, outlets, agency FROM duplicates") == [(2, 2, "pti")]


def test_a_copy_that_is_read_otherwise_later_leaves_the_story_to_the_rest(store: Store) -> None:
    valley = Outlet("valley", "Valley Post")
    page, other = Page(store), Page(store, "https://valley.example/x", outlet=valley)
    captures = page.fetch(), other.fetch()
    first, second = (parts.read(store, capture, copy()) for capture in captures)
    Page(store, "https://valley.example/z", outlet=valley).say(copy(OTHER))
    parts.read(store, captures[0], copy(OTHER), version=2)
    assert (
        parts.one(store, "SELECT s.first_article_id FROM stories s JOIN articles a ON a.story_id = s.id WHERE a.id = ?", second) == second
    )
    assert parts.one(store, "SELECT count(*) FROM stories WHERE first_article_id = ?", first) == 0


def test_the_search_index_follows_every_change(store: Store) -> None:
    page = Page(store)
    capture = page.fetch()
    for number, text in enumerate((TEXT, OTHER)):
        parts.read(store, capture, copy(text), version=number)
    found = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
    assert (parts.one(store, found, "text: harbour"), parts.one(store, found, "festival")) == (0, 1)
    store.conn.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")


# --- one page under several addresses ------------------------------------------------------------------------------


def test_an_amp_page_and_its_original_are_one_article(store: Store) -> None:
    original = Page(store, "https://harbour.example/news/storm")
    amp = Page(store, "https://harbour.example/amp/news/storm", run_id=original.run_id)
    article_id = original.say(copy())
    assert amp.say(copy(TEXT + "\n\nRead on in our app.", canonical_url=original.url)) == article_id
    assert parts.one(store, "SELECT count(*) FROM articles") == 1
    assert parts.rows(store, "SELECT id, same_as FROM pages ORDER BY id") == [(original.id, None), (amp.id, original.id)]


def test_an_original_that_a_feed_names_after_its_amp_page_is_joined_as_well(store: Store) -> None:
    amp = Page(store, "https://harbour.example/amp/news/storm")
    article_id = amp.say(copy(canonical_url="https://harbour.example/news/storm"))
    original = Page(store, "https://harbour.example/news/storm", run_id=amp.run_id)
    assert original.say(copy()) == article_id
    assert parts.one(store, "SELECT count(*) FROM articles") == 1


@pytest.mark.parametrize("own", [None, 2])
def test_an_original_that_no_feed_named_counts_for_the_feed_that_brought_its_amp_page(store: Store, own: int | None) -> None:
    amp = Page(store, "https://harbour.example/amp/news/storm")
    feeds.sync(store, [parts.HARBOUR], [Feed("harbour", f"https://harbour.example/{number}") for number in range(2)], NOW)
    amp.say(copy(canonical_url="https://harbour.example/news/storm"))
    original = Page(store, "https://harbour.example/news/storm", run_id=amp.run_id)
    for feed_id, page in ((1, amp), (own, original)):
        store.conn.execute("UPDATE pages SET feed_id = ? WHERE id = ?", (feed_id, page.id))
    store.conn.execute("UPDATE pages SET same_as = ? WHERE id = ?", (amp.id, original.id))  # as a redirect that led there leaves it
    original.say(copy(canonical_url=original.url))
    assert parts.rows(store, "SELECT id, feed_id, same_as FROM pages ORDER BY id") == [
        (amp.id, 1, original.id),
        (original.id, own or 1, None),
    ]


def test_the_target_of_a_redirect_is_not_fetched_again_when_a_feed_names_it(store: Store) -> None:
    page = Page(store, "https://harbour.example/?p=77")
    page.say(copy(), url="https://harbour.example/news/storm")
    with store.transaction():
        known, new = pages.meet(store, "https://harbour.example/news/storm", outlet_id=page.task.outlet_id, feed_id=None, now=NOW)
    assert not new
    assert parts.one(store, "SELECT same_as FROM pages WHERE id = ?", known) == page.id
    assert [task.page_id for task in pages.due(store, NOW + timedelta(days=1))] == []


def test_a_wrong_canonical_link_keeps_no_page_from_being_fetched(store: Store) -> None:
    """Every post of a live blog may name the blog as its canonical form: the blog is an article all the same."""
    post = Page(store, "https://harbour.example/live/storm/post-1")
    post.say(copy(canonical_url="https://harbour.example/live/storm"))
    with store.transaction():
        blog_id, new = pages.meet(store, "https://harbour.example/live/storm", outlet_id=post.task.outlet_id, feed_id=None, now=NOW)
    assert new
    assert [task.page_id for task in pages.due(store, NOW)] == [blog_id]
    blog = Page(store, "https://harbour.example/live/storm", run_id=post.run_id)
    assert blog.id == blog_id
    blog.say(copy(OTHER))
    assert parts.rows(store, "SELECT page_id, text FROM articles ORDER BY id") == [(post.id, TEXT), (blog.id, OTHER)]
    assert parts.one(store, "SELECT same_as FROM pages WHERE id = ?", blog.id) is None


def test_pages_that_all_name_one_section_as_canonical_stay_apart(store: Store) -> None:
    first, second = Page(store, "https://harbour.example/1"), Page(store, "https://harbour.example/2")
    for page, text in ((first, TEXT), (second, OTHER)):
        page.say(copy(text, canonical_url="https://harbour.example/news"))
    assert parts.rows(store, "SELECT page_id FROM articles ORDER BY id") == [(first.id,), (second.id,)]


PATTERN = "Colombo: The {} fell on Monday, officials said. The {} had been expected to rise before the end of the year, they added."


@pytest.mark.parametrize("again", [False, True])
def test_two_stories_of_one_pattern_that_name_each_other_as_canonical_stay_two(store: Store, again: bool) -> None:
    first, second = Page(store, "https://harbour.example/1"), Page(store, "https://harbour.example/2")
    texts = PATTERN.format("rupee", "rupee"), PATTERN.format("index", "index")
    for _ in range(1 + again):
        for page, text, other in ((second, texts[1], first), (first, texts[0], second)):
            page.say(copy(text, canonical_url=other.url))
    assert sorted(parts.rows(store, "SELECT page_id, text FROM articles")) == sorted([(first.id, texts[0]), (second.id, texts[1])])
    assert parts.rows(store, "SELECT same_as FROM pages WHERE same_as IS NOT NULL AND same_as IN (SELECT page_id FROM articles)") == []


def test_two_addresses_of_one_text_that_name_each_other_are_one_article(store: Store) -> None:
    first, second = Page(store, "https://harbour.example/1"), Page(store, "https://harbour.example/1?p=1")
    second.say(copy(canonical_url=first.url))
    first.say(copy(canonical_url=second.url))
    assert parts.one(store, "SELECT count(*) FROM articles") == 1


def test_a_canonical_link_to_another_site_or_to_the_home_page_is_not_believed(store: Store) -> None:
    elsewhere = Page(store, "https://valley.example/storm", outlet=Outlet("valley", "Valley Post"))
    elsewhere.say(copy())
    for url, canonical in (("https://harbour.example/1", elsewhere.url), ("https://harbour.example/2", "https://harbour.example/")):
        page = Page(store, url)
        assert parts.one(store, "SELECT page_id FROM articles WHERE id = ?", page.say(copy(canonical_url=canonical))) == page.id
    assert parts.one(store, "SELECT count(*) FROM pages WHERE same_as IS NOT NULL") == 0


def test_cleaning_again_leaves_joined_pages_joined(store: Store) -> None:
    original = Page(store, "https://harbour.example/news/storm")
    amp = Page(store, "https://m.harbour.example/news/storm", run_id=original.run_id)
    captures = original.fetch(), amp.fetch()
    for version in (1, 2, 3):
        ids = {parts.read(store, capture, copy(f"{TEXT} {version}", canonical_url=original.url), version=version) for capture in captures}
        assert len(ids) == 1
    assert parts.rows(store, "SELECT revision, is_latest FROM articles") == [(1, 1)]


CONSISTENT = {
    "one latest a page": "SELECT count(*) FROM articles GROUP BY page_id HAVING sum(is_latest) <> 1",
    "the latest is the last": "SELECT 1 FROM articles a WHERE is_latest <> (NOT EXISTS "
    "(SELECT 1 FROM articles b WHERE b.page_id = a.page_id AND b.capture_id > a.capture_id))",
    "revisions count up": "SELECT 1 FROM articles GROUP BY page_id HAVING max(revision) <> count(*) OR min(revision) <> 1",
    "stories have their first article": "SELECT 1 FROM stories s WHERE NOT EXISTS "
    "(SELECT 1 FROM articles a WHERE a.id = s.first_article_id AND a.story_id = s.id)",
    "stories have the headline of an article": "SELECT 1 FROM stories WHERE headline IS NULL",
    "each text of an article is one row": "SELECT 1 WHERE (SELECT count(DISTINCT text_digest) FROM articles WHERE text <> '')"
    " <> (SELECT count(*) FROM story_texts)",
    "prints are of texts that are there": "SELECT 1 FROM story_prints_a WHERE text_id NOT IN (SELECT id FROM story_texts)"
    " OR story_id NOT IN (SELECT id FROM stories)",
    "links are of texts that are there": "SELECT 1 FROM story_links WHERE text_id NOT IN (SELECT id FROM story_texts)"
    " OR of_text_id NOT IN (SELECT id FROM story_texts)",
    "readings point at articles": "SELECT 1 FROM readings WHERE article_id IS NOT NULL AND article_id NOT IN (SELECT id FROM articles)",
}
texts = st.sampled_from(["", TEXT, TEXT + "\n\nMore.", OTHER, OTHER + " More."])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(
    first=st.lists(st.tuples(st.integers(0, 2), texts, st.booleans()), max_size=7),
    again=st.lists(texts, min_size=7, max_size=7),
)
def test_whatever_was_read_and_read_again_the_tables_agree(store: Store, first: list[tuple[int, str, bool]], again: list[str]) -> None:
    """Three pages, of which some name the first one as their canonical form, read in any order, and all once more."""
    store.conn.executescript("DELETE FROM readings; DELETE FROM articles; UPDATE pages SET same_as = NULL;")
    stories.begin_anew(store)
    store.conn.executescript("DELETE FROM stories; UPDATE story_index SET waiting_from = NULL;")
    made = [Page(store, f"https://harbour.example/{number}") for number in range(3)]
    captures = [(made[number].fetch(), made[0].url if claims else None) for number, _, claims in first]
    for version, wanted in ((1, [text for _, text, _ in first]), (2, again)):
        for (capture, canonical), text in zip(captures, wanted, strict=False):
            said = Article(headline="Headline" if text else None, text=text, canonical_url=canonical)
            parts.read(store, capture, said, version=version)
            for rule, broken in CONSISTENT.items():
                assert parts.rows(store, broken) == [], rule
            for digest, story in parts.rows(store, "SELECT text_digest, story_id FROM articles WHERE text <> ''"):
                known = story_texts.find(store.conn, str(digest))
                assert known is not None
                assert known[1] == story


def test_the_markdown_is_kept_packed_beside_the_text_and_goes_with_its_article(store: Store) -> None:
    page = Page(store)
    long = "\n\n".join(f"Paragraph {n} of what was said about the harbour." for n in range(50))
    article_id = page.say(copy(text=long, text_markdown=long.replace("harbour", "**harbour**")))
    assert article_id is not None
    assert markdown.get(store, article_id) == long.replace("harbour", "**harbour**")
    assert int(str(parts.one(store, "SELECT length(data) FROM markdown"))) * 8 < len(long)
    with store.transaction():
        store.conn.execute("UPDATE readings SET article_id = NULL")
        store.conn.execute("DELETE FROM articles")
    assert parts.one(store, "SELECT count(*) FROM markdown") == 0


@given(st.text(), st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_markdown_comes_back_whatever_it_and_the_text_are(text: str, marked: str) -> None:
    text, marked = (one.encode("utf-8", "replace").decode() for one in (text, marked))
    assert unpack_beside(pack_beside(marked.encode(), text.encode()), text.encode()).decode() == marked


def test_markdown_beside_a_text_that_was_changed_is_called_damaged(store: Store) -> None:
    article_id = Page(store).say(copy(text_markdown=f"# Harbour\n\n{TEXT}"))
    assert article_id is not None
    store.conn.execute("UPDATE articles SET text = replace(text, 'e', 'a')")
    with pytest.raises(ArchiveDamaged, match=f"markdown of article {article_id}"):
        markdown.get(store, article_id)
    assert any("markdown" in failure for failure in audit(store).failures)


def test_markdown_that_an_archive_of_before_has_in_its_articles_is_moved(store: Store) -> None:
    page = Page(store)
    page.say(copy())
    page.say(copy(text="Another text."))
    parts.as_before_it_was_made_smaller(store)
    store.conn.execute("UPDATE articles SET text_markdown = '*' || text || '*' WHERE id = 1")
    store.close()
    with open_store(store.path) as again:
        assert [markdown.get(again, article_id) for article_id in (1, 2)] == [f"*{TEXT}*", None]
        assert audit(again).failures == []
        assert parts.read(again, 2, copy(text="Another text.", text_markdown="Another *text*.")) == 2
        assert markdown.get(again, 2) == "Another *text*."
