"""Rules 1 to 5: conditional requests."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.behaviour.asked import Reply
from tests.behaviour.case import GOOD, SAME, Case, error, etag, said
from tests.behaviour.registry import breaks, keeps


@keeps(1)
def the_etag_goes_back(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, SAME, etag('"1"'))


@breaks(1)
def the_etag_is_altered(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, SAME, etag('W/"1"'))


@breaks(1)
def the_etag_is_not_sent(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2)


@breaks(1)
def a_date_is_made_up(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, SAME, etag('"1"'), ("If-Modified-Since", "Mon, 23 Nov 2026 00:00:00 GMT"))


@breaks(1)
def an_error_page_gives_the_validator(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, error(500, ("ETag", '"error"')), etag('"1"'))
    case.ask(feed, 4, SAME, etag('"error"'))


@keeps(2)
def new_validators_of_the_same_body_are_taken(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, replace(GOOD, fields=(("ETag", '"2"'),)), etag('"1"'))
    case.ask(feed, 4, Reply(304, (("ETag", '"3"'),)), etag('"2"'))
    case.ask(feed, 6, SAME, etag('"3"'))


@breaks(2)
def the_validators_of_a_304_are_passed_over(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, Reply(304, (("ETag", '"2"'),)), etag('"1"'))
    case.ask(feed, 4, SAME, etag('"1"'))


@breaks(2)
def the_validators_of_the_same_body_are_passed_over(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, replace(GOOD, fields=(("ETag", '"2"'),)), etag('"1"'))
    case.ask(feed, 4, SAME, etag('"1"'))


@keeps(3)
def a_200_without_validators_clears_them(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, said("story 1", "story 2", fields=()), etag('"1"'))
    case.ask(feed, 27)


@breaks(3)
def old_validators_stay(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, said("story 2", fields=()), etag('"1"'))
    case.ask(feed, 27, SAME, etag('"1"'))


@breaks(3)
def a_document_is_on_record_without_its_entries(case: Case) -> None:
    case.ask(case.feed(), 0, said("story 1", "story 2"))
    case.execute("DELETE FROM entries WHERE guid = 'story 2'")


@breaks(3)
def a_kill_leaves_validators_of_a_poll_that_is_not_on_record(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, said("story 2", fields=(("ETag", '"2"'),)), etag('"1"'), record=False)
    case.run(2, killed=True, known=({"url": feed.url, "etag": '"2"', "last_modified": None},))


@keeps(4)
def the_same_body_is_passed_over(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 25, GOOD, outcome="same-body")


@breaks(4)
def the_same_body_is_read_again(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 25, GOOD, entries=1)


@keeps(5)
def the_document_is_asked_for_once(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 190, SAME, etag('"1"'))
    case.ask(feed, 193)
    case.ask(feed, 195, SAME, etag('"1"'))


@breaks(5)
def a_304_is_believed_for_ever(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 193, SAME, etag('"1"'))


@breaks(5)
def a_document_that_does_not_come_is_asked_for_again_and_again(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 193, SAME)
    case.ask(feed, 195, SAME)


@breaks(5)
def an_outlet_that_opted_out_is_asked(case: Case) -> None:
    feed = case.feed(trust_304=True)
    case.ask(feed, 0)
    case.ask(feed, 193)
