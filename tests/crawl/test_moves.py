"""What is remembered of a feed's move: nothing short of proof takes a new address, and one failure there does not forget it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archive.model import Capture, Lease, Move
from crawler import moves
from crawler.outcome import HARD, PASSING, SOFT, Outcome
from tests.crawl.parts import NOW, capture, lease

A, B, C = (f"http://{name}.example/rss" for name in "abc")
DAY = timedelta(days=1)
LONG_AGO = NOW - 30 * DAY
GOOD, NOT_FOUND, NETWORK = Outcome("nothing-new"), Outcome("http-error", HARD), Outcome("network", PASSING)
AT_B = Move(B, LONG_AGO, 9, taken=True)


def hops(*urls: str, status: int = 200, by: int = 301) -> tuple[Capture, ...]:
    return (*(capture(by, url=url) for url in urls[:-1]), capture(status, url=urls[-1]))


def of(move: Move | None, *, failures: float = 0.0) -> Lease:
    return lease(url=A, move=move, failures=failures)


def test_one_hard_failure_at_the_new_address_has_the_old_one_asked_and_forgets_nothing() -> None:
    lost = moves.after(of(AT_B), hops(B, status=403), Outcome("blocked", HARD), NOW)
    assert lost == Move(B, LONG_AGO, 9)
    assert of(lost).address == A
    assert moves.after(of(lost), hops(A, B), GOOD, NOW) == Move(B, LONG_AGO, 10, taken=True)  # it was proven before


@pytest.mark.parametrize("judged", [Outcome("http-error", SOFT), NETWORK, Outcome("held", PASSING)])
def test_what_passes_by_itself_changes_nothing(judged: Outcome) -> None:
    assert moves.after(of(AT_B), hops(B, status=503), judged, NOW) == AT_B


def test_a_redirect_onward_is_proven_while_the_address_before_is_asked() -> None:
    move: Move | None = AT_B
    for day in range(3):
        move = moves.after(of(move), hops(B, C), GOOD, NOW + day * 1.4 * DAY)
        assert move == Move(C, NOW, day + 1, meanwhile=B)
        assert of(move).address == B
    move = moves.after(of(move), hops(B, C), GOOD, NOW + 5 * DAY)
    assert move == Move(C, NOW, 4, taken=True)
    assert of(move).address == C


def test_a_redirect_onward_that_ends_leaves_the_feed_where_it_was() -> None:
    onward = Move(C, NOW, 2, meanwhile=B)
    stayed = moves.after(of(onward), hops(B), GOOD, NOW)
    assert stayed is not None and (stayed.url, stayed.taken, of(stayed).address) == (B, True, B)
    assert of(moves.after(of(onward), hops(B, C, by=302), GOOD, NOW)).address == B
    assert of(moves.after(of(onward), hops(B, A), GOOD, NOW)).address == B
    assert moves.after(of(onward), hops(B, status=500), Outcome("http-error", SOFT), NOW) == onward
    assert moves.after(of(onward), hops(B, status=403), Outcome("blocked", HARD), NOW) == Move(C, NOW, 2)


def test_a_redirect_back_to_the_configured_address_is_a_feed_that_came_home() -> None:
    assert moves.after(of(AT_B), hops(B, A), GOOD, NOW) is None
    assert moves.after(of(Move(B, LONG_AGO, 9)), hops(A), GOOD, NOW) is None


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_is_gone_hands_over_at_once(status: int) -> None:
    assert moves.is_dead(of(Move(B, NOW)), hops(A, status=status), NOT_FOUND)
    assert moves.is_dead(of(Move(C, NOW, meanwhile=B)), hops(B, status=status), NOT_FOUND)
    assert moves.taken(of(Move(C, NOW, meanwhile=B))).address == C


@pytest.mark.parametrize(
    ("answer", "judged"),
    [
        ((capture(None, error="no connection: Name or service not known"),), NETWORK),
        ((), Outcome("refused", PASSING, "its robots.txt can't be had")),
        (hops(A, status=403), Outcome("blocked", HARD)),
        (hops(A), Outcome("not-a-feed", HARD)),
    ],
)
def test_one_that_cannot_be_reached_or_is_something_else_now_hands_over_when_it_failed_before(
    answer: tuple[Capture, ...], judged: Outcome
) -> None:
    assert not moves.is_dead(of(Move(B, NOW)), answer, judged)
    assert moves.is_dead(of(Move(B, NOW), failures=0.25), answer, judged)
    assert not moves.is_dead(of(None, failures=0.25), answer, judged)
    assert not moves.is_dead(of(AT_B, failures=0.25), answer, judged)


@pytest.mark.parametrize("judged", [Outcome("http-error", SOFT), Outcome("held", PASSING), Outcome("truncated", PASSING)])
def test_what_is_told_to_wait_or_is_in_trouble_keeps_its_address(judged: Outcome) -> None:
    assert not moves.is_dead(of(Move(B, NOW), failures=3.0), hops(A, status=503), judged)


def test_a_new_address_that_was_asked_already_is_not_asked_twice() -> None:
    assert not moves.is_dead(of(Move(B, NOW), failures=1.0), hops(A, B, status=404), NOT_FOUND)
