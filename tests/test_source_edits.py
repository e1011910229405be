"""Edits of sources.toml: what is added comes back as it was, and the rest of the file stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archive.errors import SourcesError
from crawler.sources import (
    FeedSpec,
    OutletSpec,
    Window,
    add_feed,
    add_outlet,
    parse,
    remove,
    starter,
    values,
)
from tests.test_sources import FEED, FULL

NEW = OutletSpec(
    id="new",
    name='The "New" \\ Süd',
    homepage="https://new.example/", delay=2.5, robots=False, max_size=1_000_000,
    feeds=(
        FeedSpec(
            "https://new.example/feed", kind="sitemap", schedule=values.schedule("15m"), keep=r"/\d+/", skip='"',
            quiet=(Window(1320, 360), Window(720, 750)), jitter=timedelta(seconds=90),
        ),
        FeedSpec("https://new.example/b", jitter=timedelta(0)),
    ),
)  # fmt: skip


@pytest.mark.parametrize("text", ["", "# only a note", FULL, starter()])
def test_an_added_outlet_comes_back_as_it_was_and_the_rest_stays(text: str) -> None:
    changed = add_outlet(text, NEW)
    assert changed.startswith(text.rstrip("\n"))
    assert parse(changed).outlets == (*parse(text).outlets, NEW)
    assert parse(remove(changed, "new")).outlets == parse(text).outlets


def test_an_outlet_that_is_there_is_not_added_again() -> None:
    with pytest.raises(SourcesError, match="second time"):
        add_outlet(add_outlet(FULL, NEW), NEW)


def test_a_feed_is_added_to_its_outlet_between_the_notes() -> None:
    changed = add_feed(FULL, "daily", FeedSpec("https://daily.example/new.xml", kind="atom"))
    daily = parse(changed).outlets[0]
    assert [feed.url.rpartition("/")[2] for feed in daily.feeds] == ["world.xml", "sport.xml", "new.xml"]
    gone = set(FULL.splitlines()) - set(changed.splitlines())
    assert not gone
    assert changed.index("new.xml") < changed.index("# the other one")
    with pytest.raises(SourcesError, match="there is no outlet 'nobody'"):
        add_feed(FULL, "nobody", FeedSpec("https://x.example/"))


def test_a_removed_feed_takes_its_note_and_nothing_else() -> None:
    changed = remove(FULL, "https://daily.example/world.xml")
    assert [feed.url for feed in parse(changed).outlets[0].feeds] == ["https://daily.example/sport.xml"]
    assert "world desk" not in changed
    for note in ("# my sources", "# the daily, a friend of ours", "# as it calls itself", "# the other one"):
        assert note in changed


def test_a_removed_outlet_takes_its_feeds_and_its_note() -> None:
    changed = remove(FULL, "daily")
    assert [outlet.id for outlet in parse(changed).outlets] == ["other"]
    assert "friend of ours" not in changed and "https://daily" not in changed
    assert "# my sources" in changed and "# the other one" in changed


def test_the_last_feed_takes_its_outlet_along() -> None:
    assert parse(remove(FEED, "https://a.example/feed")).outlets == ()
    assert parse(remove(FULL, "HTTPS://other.example/feed#top")).outlets == parse(remove(FULL, "other")).outlets


@pytest.mark.parametrize("what", ["nobody", "https://nobody.example/", "http://[", ""])
def test_what_is_not_there_cannot_be_removed(what: str) -> None:
    with pytest.raises(SourcesError, match="there is no outlet and no feed"):
        remove(FULL, what)


def test_inline_tables_are_left_to_the_person() -> None:
    inline = 'outlet = [{id = "a", feed = [{url = "https://a.example/1"}, {url = "https://a.example/2"}]}]\n'
    for what in ("a", "https://a.example/1"):
        with pytest.raises(SourcesError, match="inline tables"):
            remove(inline, what)
    with pytest.raises(SourcesError, match="inline tables"):
        add_outlet(inline, NEW)
    with pytest.raises(SourcesError, match="the feeds of 'other' stand in inline tables"):
        add_feed(FULL, "other", FeedSpec("https://other.example/2"))
