"""Rules 25 and 27 to 31: what became of documents in the archive."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

from benchmarks.behaviour.behaviours.entries import EMBARGO, TIMES
from benchmarks.behaviour.behaviours.hostile import TITLES
from benchmarks.behaviour.evidence import Ask, Evidence, Feed, Row
from benchmarks.behaviour.judge.look import Look, Rule
from benchmarks.behaviour.say import guid_of

MOST_VERSIONS = 25  # rows of one entry that changes with each poll
CLOSE = timedelta(hours=6)  # two polls of a busy feed that are no further apart: what lies between has to be found
MOST_PAGES = 20  # older pages of one feed in one run


def _entries(evidence: Evidence, feed: Feed) -> list[Row]:
    return evidence.rows("SELECT e.* FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE f.url = ? ORDER BY e.id", feed.url)


def encodings(evidence: Evidence) -> Look:
    look = Look()
    for feed in evidence.of("encodings"):
        title, path = [row["title"] for row in _entries(evidence, feed)], feed.url[feed.url.rindex("/") :]
        if evidence.asks(feed):
            look.expect(title == [TITLES[path]], f"{path}: read as {title}, its bytes mean {TITLES[path]!r}")
    look.note(f"{look.count} documents whose head, declaration and bytes disagree")
    return look


def identities(evidence: Evidence) -> Look:
    look = Look()
    for feed in evidence.of("twins", "no-guids"):
        rows = _entries(evidence, feed)
        if rows:
            apart = len(rows) == 2 and len({row["identity"] for row in rows}) == 2 and len({row["page_id"] for row in rows}) == 2
            look.expect(apart, f"{feed.name}: two stories, kept as {[(row['guid'], row['title'], row['identity']) for row in rows]}")
    for feed in evidence.of("restless-entry", "new-guids"):
        rows, asks = _entries(evidence, feed), len(evidence.asks(feed))
        if asks > MOST_VERSIONS:
            look.expect(len(rows) <= MOST_VERSIONS, f"{feed.name}: {len(rows)} rows of one entry")
            look.note(f"{feed.behaviour.words}, asked {asks} times: {len(rows)} rows")
        pages = {one.run for one in evidence.asked if one.url.startswith(feed.url.rpartition("/")[0] + "/s/")}
        if feed.name == "new-guids" and asks > 1:
            look.expect(len(pages) == 1, f"{feed.name}: its one page was fetched in {len(pages)} runs")
    return look


def times(evidence: Evidence) -> Look:
    look = Look()
    for feed in evidence.of("times"):
        for row in _entries(evidence, feed):
            printed, known = row["published_raw"], row["published_at"]
            look.expect(known == TIMES.get(printed), f"{printed!r} was taken as {known}, it means {TIMES.get(printed)}")
            seen = row["first_seen_at"]
            look.expect(bool(seen) and seen != known, f"{printed!r}: first seen at {seen}")
    unknown = sum(at is None for at in TIMES.values())
    look.note(f"{look.count // 2} times on record, printed in {len(TIMES)} ways, {unknown} of them without a known zone")
    return look


def changes(evidence: Evidence) -> Look:
    look, days = Look(), evidence.end - evidence.start
    for feed in evidence.of("corrected"):
        if days > timedelta(days=4):
            titles = [row["title"] for row in _entries(evidence, feed)]
            look.expect(titles == ["Ten hurt", "Twelve hurt"], f"a corrected headline: {titles} on record")
    for feed in evidence.of("withdrawn"):
        if days > timedelta(days=4):
            _withdrawn(look, evidence, feed)
    for feed in evidence.of("terms"):
        _terms(look, evidence, feed)
    return look


def _withdrawn(look: Look, evidence: Evidence, feed: Feed) -> None:
    states = [row["status"] for row in _entries(evidence, feed)]
    page = feed.url.rpartition("/")[0] + "/s/1"
    kept = evidence.column("SELECT count(*) FROM captures WHERE url = ? AND verdict = 'stored' AND body_id IS NOT NULL", page)[0]
    look.expect(states == ["usable", "canceled"], f"a tombstone: {states} on record")
    look.expect(kept > 0, "a tombstone: the page it withdraws is lost")
    look.note(f"a tombstone: {', '.join(states)} on record, its page kept in {kept} captures")


def _terms(look: Look, evidence: Evidence, feed: Feed) -> None:
    """An embargoed page is not fetched before its time, one that has expired not at all."""
    origin = feed.url.rpartition("/")[0]
    free, early, expired = ([one for one in evidence.asked if one.url == f"{origin}/s/{name}"] for name in ("free", "embargoed", "expired"))
    if free:
        before = [one for one in early if one.at < evidence.start + EMBARGO]
        look.expect(
            not before,
            f"under embargo until {evidence.day(evidence.start + EMBARGO)}, fetched {evidence.day(before[0].at) if before else ''}",
        )
        look.expect(not expired, f"over, and fetched all the same, {evidence.day(expired[0].at) if expired else ''}")
    if evidence.end - evidence.start > EMBARGO + timedelta(days=1):
        look.expect(
            len(early) > len([one for one in early if one.at < evidence.start + EMBARGO]), "the embargo is over, and the page not fetched"
        )
        states = [row["status"] for row in _entries(evidence, feed) if row["guid"] == "expired"]
        look.expect(states == ["expired"], f"an entry whose time was over: {states} on record")
    look.note(f"a page under embargo was fetched {len(early)} times, one whose time was over {len(expired)} times")


# --- gaps -----------------------------------------------------------------------------------------------------------------


def gaps(evidence: Evidence) -> Look:
    look, open_ones = Look(), 0
    for feed in evidence.of("busy"):
        for one, later in _documents(evidence, feed):
            overlap = bool(set(_guids(one)) & set(_guids(later)))
            recorded = later.poll is not None and later.poll["gap"] == 1
            open_ones += recorded
            look.expect(recorded == (not overlap), f"{feed.name}, {evidence.day(later.at)}: overlap {overlap}, gap on record {recorded}")
        if open_ones:
            shown = evidence.status.partition("To look at:")[2]
            look.expect(bool(re.search(rf"^ +{feed.name} ", shown, re.MULTILINE)), f"{feed.name}: its gaps are not shown in status")
    look.note(f"{open_ones} polls on record as gaps that could not be closed")
    for feed in evidence.of("busy-archives", "busy-json"):
        _closed(look, evidence, feed)
    return look


def _documents(evidence: Evidence, feed: Feed) -> list[tuple[Ask, Ask]]:
    return list(pairwise(ask for ask in evidence.asks(feed) if ask.good and ask.poll is not None))


def _guids(ask: Ask) -> tuple[str, ...]:
    return ask.last.reply.said.guids if ask.last.reply.said else ()


def _closed(look: Look, evidence: Evidence, feed: Feed) -> None:
    """All stories that came between two polls are found, though neither document lists them; and within bounds."""
    known, found = {row["guid"] for row in _entries(evidence, feed)}, 0
    for one, later in _documents(evidence, feed):
        if later.at - one.at <= CLOSE:
            newest, oldest = _number(_guids(one)[0]), _number(_guids(later)[-1])
            between = {guid_of(number) for number in range(newest + 1, oldest)}
            found += len(between & known)
            missing = len(between - known)
            look.expect(
                not missing, f"{feed.name}, {evidence.day(later.at)}: {missing} of {len(between)} stories between two polls are missing"
            )
    origin, pages = feed.url.rpartition("/")[0], dict[int, int]()
    for asked in evidence.asked:
        if asked.origin == origin and asked.target.startswith(("/archive/", "/page/")):
            pages[asked.run] = pages.get(asked.run, 0) + 1
    most = max(pages.values(), default=0)
    look.expect(most <= MOST_PAGES, f"{feed.name}: {most} older pages were asked for in one run")
    look.note(f"{feed.behaviour.words}: {found:,} stories found in older pages, at most {most} pages a poll")


def _number(guid: str) -> int:
    return int(guid.removeprefix("story "))


def no_feed(evidence: Evidence) -> Look:
    look = Look()
    for feed in evidence.of("html", "empty"):
        for ask in evidence.asks(feed):
            if ask.last.reply.status == 200 and not ask.good and ask.poll is not None:
                error = ask.poll["error"] is not None and ask.poll["entries"] is None
                look.expect(error, f"{feed.name}, {evidence.day(ask.at)}: no feed, and taken as {ask.poll['outcome']}")
        listed = {guid for ask in evidence.asks(feed) if ask.good and ask.poll is not None for guid in _guids(ask)}
        if look.count:
            lost = listed - {row["guid"] for row in _entries(evidence, feed)}
            look.expect(not lost, f"{feed.name}: entries are gone: {sorted(lost)[:3]}")
    look.note(f"{look.count} looks at 200s with HTML or without a body, and at the entries from before")
    return look


RULES = (
    Rule(25, "Encodings: BOM, then HTTP, then the XML declaration, then UTF-8, then cp1252", encodings),
    Rule(27, "Entries are known by guid, else by link; twins are told apart, restless ones capped", identities),
    Rule(28, "A time without a known zone stays text; when it was first seen is apart", times),
    Rule(29, "A changed entry is a new row; withdrawals, embargoes and expiries are respected", changes),
    Rule(30, "A poll without overlap is a gap: closed through older pages where there are any, else on record and in status", gaps),
    Rule(31, "A 200 with HTML or without a body is an error, and deletes nothing", no_feed),
)
