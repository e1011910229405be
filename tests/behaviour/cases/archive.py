"""Rules 19, 20, 25 and 27 to 32: what stands in the archive."""

from __future__ import annotations

from benchmarks.behaviour.asked import Reply, Said
from benchmarks.behaviour.behaviours.entries import TIMES
from benchmarks.behaviour.evidence import Feed
from tests.behaviour.case import DAY, GOOD, HOUR, SAME, START, Case, error, etag, iso, said
from tests.behaviour.registry import breaks, keeps

HTML = Reply(200, (), b"<html>We are moving</html>")


# --- 19 and 20 ----------------------------------------------------------------------------------------------------------


def _after_an_outage(case: Case, *, apart: float = 0.01) -> list[Feed]:
    """Six feeds that were due, each asked once, the next polls planned apart."""
    feeds = [case.feed(f"f{n}") for n in range(6)]
    case.evidence.outages = [(START + 2 * HOUR, START + 50 * HOUR)]
    for n, feed in enumerate(feeds):
        case.ask(feed, 0)
        case.ask(feed, 50, SAME, etag('"1"'), next_poll_at=iso(START + (51 + n * apart) * HOUR))
    case.run(50, catching_up=True, due=frozenset(feed.url for feed in feeds))
    return feeds


@keeps(19)
def an_outage_is_caught_up_with(case: Case) -> None:
    _after_an_outage(case)


@breaks(19)
def a_feed_is_asked_before_its_time(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, next_poll_at=iso(START + 5 * HOUR))
    case.ask(feed, 2, SAME, etag('"1"'))


@breaks(19)
def a_poll_is_on_record_before_its_time(case: Case) -> None:
    feed = case.feed()
    case.poll(feed, 0, next_poll_at=iso(START + 5 * HOUR))
    case.poll(feed, 2)


@breaks(19)
def catching_up_asks_twice(case: Case) -> None:
    feed = _after_an_outage(case)[0]
    case.request(feed.url, 50, GOOD)


@breaks(19)
def what_was_caught_up_with_is_planned_for_one_moment(case: Case) -> None:
    _after_an_outage(case, apart=0.0)


def _killed(case: Case) -> tuple[Feed, Feed]:
    """A run that is killed when one of its two feeds is on record."""
    done, lost = case.feed("done"), case.feed("lost")
    case.ask(done, 0)
    case.ask(lost, 0, record=False)
    case.run(0, killed=True, due=frozenset((done.url, lost.url)))
    return done, lost


@keeps(20)
def a_kill_loses_and_doubles_nothing(case: Case) -> None:
    _, lost = _killed(case)
    case.ask(lost, 0.02)


@breaks(20)
def a_kill_loses_a_poll(case: Case) -> None:
    _killed(case)
    case.run(0.02)


@breaks(20)
def a_kill_doubles_a_poll(case: Case) -> None:
    done, lost = _killed(case)
    case.ask(lost, 0.02)
    case.ask(done, 0.02)


@breaks(20)
def a_run_breaks_off(case: Case) -> None:
    _, lost = _killed(case)
    case.ask(lost, 0.02)
    case.run(0.02, exit_code=1)


@breaks(20)
def a_page_is_stored_without_its_bytes(case: Case) -> None:
    _, lost = _killed(case)
    case.ask(lost, 0.02)
    case.execute("INSERT INTO pages (key, key_hash, url, outlet_id, state, first_seen_at) VALUES ('k', 1, 'u', 1, 'stored', 'then')")


# --- 25 to 29 -----------------------------------------------------------------------------------------------------------


@keeps(25)
def bytes_are_read_as_they_are_meant(case: Case) -> None:
    feed = case.feed("encodings", path="/http")
    case.ask(feed, 0, Reply(said=Said()))
    case.entry(feed, title="Café Łódź")


@breaks(25)
def bytes_are_misread(case: Case) -> None:
    feed = case.feed("encodings", path="/http")
    case.ask(feed, 0, Reply(said=Said()))
    case.entry(feed, title="Café £ód¼")


@keeps(27)
def twins_are_told_apart_and_restless_ones_capped(case: Case) -> None:
    twins, restless = case.feed("twins"), case.feed("restless-entry")
    for n in (1, 2):
        case.entry(twins, identity=n, page_id=n)
    for n in range(40):
        case.ask(restless, n, Reply(said=Said()))
    for n in range(20):
        case.entry(restless, digest=n)


@breaks(27)
def twins_are_taken_for_one(case: Case) -> None:
    twins = case.feed("twins")
    for _ in range(2):
        case.entry(twins, identity=1, page_id=1)


@breaks(27)
def a_restless_entry_fills_the_archive(case: Case) -> None:
    restless = case.feed("restless-entry")
    for n in range(40):
        case.ask(restless, n, Reply(said=Said()))
        case.entry(restless, digest=n)


@breaks(27)
def a_page_is_fetched_for_each_new_guid(case: Case) -> None:
    feed = case.feed("new-guids")
    for hour in range(2):
        case.ask(feed, hour, Reply(said=Said()))
        case.request(feed.url.replace("/feed", "/s/1"), hour, Reply())


@keeps(28)
def times_are_kept_as_printed(case: Case) -> None:
    feed = case.feed("times")
    for printed, known in TIMES.items():
        case.entry(feed, published_raw=printed, published_at=known)


@breaks(28)
def a_zone_is_guessed(case: Case) -> None:
    case.entry(case.feed("times"), published_raw="2026-11-23T10:00:00", published_at="2026-11-23T10:00:00Z")


@breaks(28)
def a_known_zone_is_misread(case: Case) -> None:
    case.entry(case.feed("times"), published_raw="Mon, 23 Nov 2026 10:00:00 +0530", published_at="2026-11-23T10:00:00Z")


@keeps(29)
def changes_and_terms_are_respected(case: Case) -> None:
    corrected, terms = case.feed("corrected"), case.feed("terms")
    for title in ("Ten hurt", "Twelve hurt"):
        case.entry(corrected, title=title)
    case.entry(terms, guid="expired", status="expired")
    case.request(terms.url.replace("/feed", "/s/free"), 1, Reply())
    case.request(terms.url.replace("/feed", "/s/embargoed"), 73, Reply())


@breaks(29)
def a_correction_overwrites(case: Case) -> None:
    case.entry(case.feed("corrected"), title="Twelve hurt")


@breaks(29)
def a_withdrawal_takes_the_page(case: Case) -> None:
    feed = case.feed("withdrawn")
    for status in ("usable", "canceled"):
        case.entry(feed, status=status)


@breaks(29)
def an_embargo_is_broken(case: Case) -> None:
    terms = case.feed("terms")
    case.entry(terms, guid="expired", status="expired")
    for name, hour in (("free", 1), ("embargoed", 1), ("embargoed", 80)):
        case.request(terms.url.replace("/feed", f"/s/{name}"), hour, Reply())


@breaks(29)
def an_embargoed_page_is_never_fetched(case: Case) -> None:
    terms = case.feed("terms")
    case.entry(terms, guid="expired", status="expired")
    case.request(terms.url.replace("/feed", "/s/free"), 1, Reply())


@breaks(29)
def what_has_expired_is_fetched(case: Case) -> None:
    changes_and_terms_are_respected(case)
    case.request(case.evidence.of("terms")[0].url.replace("/feed", "/s/expired"), 80, Reply())


# --- 30 to 32 -----------------------------------------------------------------------------------------------------------


def _busy(case: Case, name: str = "busy", *, gap: int = 1) -> Feed:
    """Two documents without an entry in common: three stories between them are listed in neither."""
    feed = case.feed(name)
    case.ask(feed, 0, said("story 2", "story 1"))
    case.ask(feed, 2, said("story 7", "story 6"), etag('"1"'), gap=gap)
    case.evidence.status = f"To look at:\n  {name}  knew none of the feed's entries\n" if gap else ""
    return feed


@keeps(30)
def a_gap_is_told_or_closed(case: Case) -> None:
    _busy(case)
    closed = _busy(case, "busy-archives", gap=0)
    for n in (3, 4, 5):
        case.entry(closed, guid=f"story {n}")
    case.evidence.status = "To look at:\n  busy  knew none of the feed's entries\n"


@breaks(30)
def a_gap_is_not_on_record(case: Case) -> None:
    _busy(case, gap=0)


@breaks(30)
def a_gap_is_not_in_status(case: Case) -> None:
    _busy(case)
    case.evidence.status = "SOURCE  FEED\nbusy  well\n"


@breaks(30)
def a_gap_that_could_be_closed_is_left(case: Case) -> None:
    closed = _busy(case, "busy-json", gap=0)
    case.entry(closed, guid="story 4")


@breaks(30)
def older_pages_are_followed_without_end(case: Case) -> None:
    closed = _busy(case, "busy-archives", gap=0)
    for n in (3, 4, 5):
        case.entry(closed, guid=f"story {n}")
    for n in range(30):
        case.request(closed.url.replace("/feed", f"/archive/{n}"), 2, GOOD)


@keeps(31)
def html_is_an_error(case: Case) -> None:
    feed = case.feed("html")
    case.ask(feed, 0)
    case.ask(feed, 2, HTML, etag('"1"'))


@breaks(31)
def html_is_taken_for_a_feed(case: Case) -> None:
    feed = case.feed("html")
    case.ask(feed, 0)
    case.ask(feed, 2, HTML, etag('"1"'), outcome="nothing-new", error=None, entries=0)


@breaks(31)
def html_deletes_what_was_listed(case: Case) -> None:
    html_is_an_error(case)
    case.execute("DELETE FROM entries")


@keeps(32)
def attempts_are_on_record(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, error(500), etag('"1"'))
    case.ask(feed, 4, Reply(stall=9.0), etag('"1"'))


@breaks(32)
def an_attempt_is_not_on_record(case: Case) -> None:
    case.ask(case.feed(), 0, record=False)


@breaks(32)
def a_status_is_wrong_on_record(case: Case) -> None:
    case.ask(case.feed(), 0, error(500), status=200)


@breaks(32)
def validators_are_wrong_on_record(case: Case) -> None:
    case.ask(case.feed(), 0, GOOD, etag_sent='"1"')


@breaks(32)
def bytes_are_wrong_on_record(case: Case) -> None:
    case.ask(case.feed(), 0, GOOD, bytes=17)


@breaks(32)
def the_next_poll_has_no_reason(case: Case) -> None:
    case.ask(case.feed(), 0, reason="")


@breaks(32)
def the_next_poll_lies_in_the_past(case: Case) -> None:
    case.ask(case.feed(), 0, next_poll_at=iso(START - DAY))
