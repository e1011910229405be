"""Rules 27 to 29: identities, times, changes, withdrawals, embargoes."""

from __future__ import annotations

from benchmarks.behaviour.asked import Behaviour, Moment, Reply, Said, Says
from benchmarks.behaviour.say import DAY, HOUR, always, at_feed, http_date, item, phases, rss

TIMES = {  # as printed -> in UTC; None where the zone is not known
    "Mon, 23 Nov 2026 10:00:00": None,
    "2026-11-23T10:00:00": None,
    "Mon, 23 Nov 2026 10:00:00 XYZ": None,
    "23 November 2026 10:00": None,
    "Mon, 23 Nov 2026 10:00:00 +0530": "2026-11-23T04:30:00Z",
    "2026-11-23T10:00:00Z": "2026-11-23T10:00:00Z",
}
EMBARGO, EXPIRY = 3 * DAY, 1 * DAY  # when the embargoed story may be used, and since when the expired one may not


def _feed(*entries: tuple[str, str, str]) -> Reply:
    """Entries by guid, path and title."""
    items = "".join(item(guid, f"{{origin}}{path}", title) for guid, path, title in entries)
    return rss(items, said=Said(tuple(guid for guid, _, _ in entries)))


def _each_time(says: str) -> Says:
    """A feed of one entry that changes with each request; `says` names what does."""

    def answer(moment: Moment) -> Reply:
        guid = f"guid {moment.count}" if says == "guid" else "one"
        return _feed((guid, "/s/1", f"Version {moment.count}" if says == "title" else "A story"))

    return answer


def _undated(_: Moment) -> Reply:
    items = "".join(item(text, "{origin}/s/1", "A story", f"<pubDate>{text}</pubDate>") for text in TIMES)
    return rss(items, said=Said(tuple(TIMES)))


def _no_guids(_: Moment) -> Reply:
    items = "".join(f"<item><title>A story</title><link>{{origin}}/s/{n}</link></item>" for n in (1, 2))
    return rss(items, said=Said())


def _atom(entries: str, *guids: str) -> Reply:
    head = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'><title>A feed</title>"
    return Reply(200, (("Content-Type", "application/atom+xml"),), f"{head}{entries}</feed>".encode(), Said(guids))


_STANDS = _atom("<entry><id>tag:w</id><title>A story</title><link href='{origin}/s/1'/></entry>", "tag:w")
_WITHDRAWN = _atom("<at:deleted-entry ref='tag:w' when='2026-11-23T10:00:00Z'/>", "tag:w")


def _terms(moment: Moment) -> Reply:
    """One story under an embargo until day 3, one whose time was over when it was first listed, on day 2, and one without terms."""
    embargo = f"<dcterms:available>{(moment.start + EMBARGO):%Y-%m-%dT%H:%M:%SZ}</dcterms:available>"
    expired = f"<prism:expirationDate>{(moment.start + EXPIRY):%Y-%m-%dT%H:%M:%SZ}</prism:expirationDate>"
    items = item("embargoed", "{origin}/s/embargoed", "Not yet", embargo) + item("free", "{origin}/s/free", "A story")
    guids: tuple[str, ...] = ("embargoed", "free")
    if moment.t >= 2 * DAY:
        items, guids = items + item("expired", "{origin}/s/expired", "No more", expired), (*guids, "expired")
    return rss(items, channel=f"<lastBuildDate>{http_date(moment, moment.t // HOUR * HOUR)}</lastBuildDate>", said=Said(guids))


ALL = (
    Behaviour(
        "twins",
        "a guid used for two stories",
        at_feed(always(_feed(("twin", "/s/left", "Left"), ("twin", "/s/right", "Right")))),
        pages=True,
    ),
    Behaviour("no-guids", "no guids at all", at_feed(_no_guids), pages=True),
    Behaviour("new-guids", "another guid with each request", at_feed(_each_time("guid")), schedule="1h", pages=True),
    Behaviour("restless-entry", "an entry that changes with each request", at_feed(_each_time("title")), schedule="1h"),
    Behaviour(
        "corrected",
        "a headline that changes on day 2",
        at_feed(phases((0 * DAY, always(_feed(("c", "/s/1", "Ten hurt")))), (2 * DAY, always(_feed(("c", "/s/1", "Twelve hurt")))))),
        pages=True,
    ),
    Behaviour(
        "withdrawn",
        "a tombstone on day 2 (RFC 6721)",
        at_feed(phases((0 * DAY, always(_STANDS)), (2 * DAY, always(_WITHDRAWN)))),
        pages=True,
    ),
    Behaviour("terms", "a story under embargo until day 3, and one that has expired", at_feed(_terms), schedule="3h", pages=True),
    Behaviour("times", "times without a zone", at_feed(_undated)),
)
