"""Rules 8, 9, 19 and 30: busy feeds, quiet ones, feeds with a schedule of their own."""

from __future__ import annotations

import json
from collections.abc import Callable

from benchmarks.behaviour.asked import Behaviour, Moment, Reply, Said
from benchmarks.behaviour.say import DAY, HOUR, MINUTE, at_feed, guid_of, news, numbers, stories, tagged

BUSY, LISTED = 2 * MINUTE, 30
Number = Callable[[Moment, int], Reply]


def _archive(moment: Moment, number: int) -> Reply:
    """RFC 5005: an archive's stories never change; each names the one before it."""
    link = f'<atom:link rel="prev-archive" href="{{origin}}/archive/{number - 1}"/>'
    return stories(moment, range((number + 1) * LISTED - 1, number * LISTED - 1, -1), BUSY, channel=link)


def _json(moment: Moment, page: int) -> Reply:
    """JSON Feed: `next_url` is the page of the stories before these."""
    shown = numbers(moment.t - page * LISTED * BUSY, BUSY, LISTED)
    items = [{"id": guid_of(n), "url": f"{{origin}}/s/{n}", "title": f"Story {n}"} for n in shown]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "A feed", "items": items, "next_url": f"{{origin}}/page/{page + 1}"}
    return Reply(200, (("Content-Type", "application/feed+json"),), json.dumps(feed).encode(), Said(tuple(guid_of(n) for n in shown)))


def _numbered(folder: str, says: Number) -> dict[str, Callable[[Moment], Reply]]:
    """A path for all the numbers that a folder has."""
    return {f"{folder}*": lambda moment: says(moment, int(moment.path.removeprefix(folder)))}


ALL = (
    Behaviour("busy", "a story every two minutes, thirty listed", at_feed(tagged(news(BUSY, listed=LISTED))), every=BUSY),
    Behaviour(
        "busy-archives",
        "the same with archives (RFC 5005)",
        {"/feed": tagged(news(BUSY, listed=LISTED, older="/archive/")), **_numbered("/archive/", _archive)},
        every=BUSY,
    ),
    Behaviour(
        "busy-json",
        "the same as JSON Feed with next_url",
        {"/feed": tagged(lambda moment: _json(moment, 0)), **_numbered("/page/", _json)},
        every=BUSY,
    ),
    Behaviour("steady", "a story every eight hours", at_feed(tagged(news(8 * HOUR))), every=8 * HOUR, pages=True),
    Behaviour("few", "a story every eight hours, one listed", at_feed(tagged(news(8 * HOUR, listed=1))), every=8 * HOUR, pages=True),
    Behaviour("many", "a story every eight hours, forty listed", at_feed(tagged(news(8 * HOUR, listed=40))), every=8 * HOUR),
    Behaviour("weekly", "a story a week", at_feed(tagged(news(7 * DAY))), every=7 * DAY),
    Behaviour("hushed", "hourly stories until day 3, then none", at_feed(tagged(news(HOUR, ends=3 * DAY, listed=20))), every=HOUR),
    Behaviour("quarterly", "a schedule of its own: 15m", at_feed(news(HOUR)), schedule="15m", every=HOUR),
    Behaviour(
        "office",
        "a schedule of its own: office hours in Kolkata",
        at_feed(tagged(news(HOUR))),
        schedule="*/30 9-17 * * mon-fri",
        timezone="Asia/Kolkata",
        every=HOUR,
    ),
)
