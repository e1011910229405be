"""robots.txt: what follows from each answer, what is remembered, how often it is asked for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Capture, HostRecord
from crawler.robots import AFTER_ERROR, KEPT_ON_ERROR, LIFETIME, MAX_BYTES, MAX_CRAWL_DELAY, Robots, remember, rules_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOST = "http://a.example"
NEW = HostRecord(HOST)
TEXT = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 2\n\nUser-agent: wirecopy\nDisallow: /not-you/\nCrawl-delay: 3.5\n"


def answer(status: int | None, body: bytes | None = None, error: str | None = None) -> Capture:
    return Capture(url=f"{HOST}/robots.txt", role="robots", fetched_at=NOW, status=status, body=body, error=error)


def refusal_of(record: HostRecord, path: str = "/story", now: datetime = NOW) -> str | None:
    rules = rules_of(record, now)
    if rules.refusal:
        return rules.refusal.reason
    return None if rules.allows(HOST + path, "wirecopy") else "disallowed"


def test_the_group_that_names_us_holds_and_no_other() -> None:
    record = remember(NEW, answer(200, TEXT), NOW)
    assert refusal_of(record, "/not-you/1") == "disallowed"
    assert refusal_of(record, "/private/1") is None
    assert rules_of(record, NOW).crawl_delay("wirecopy") == 3.5
    assert rules_of(record, NOW).crawl_delay("another") == 2


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 410, 451])
def test_4xx_and_redirects_that_lead_nowhere_allow_everything(status: int) -> None:
    record = remember(NEW, answer(status, TEXT), NOW)
    assert refusal_of(record, "/not-you/1") is None
    assert record.robots_expires_at == NOW + LIFETIME


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_5xx_and_429_disallow_everything_even_with_a_body_that_allows(status: int) -> None:
    record = remember(NEW, answer(status, b"User-agent: *\nAllow: /\n"), NOW)
    assert f"HTTP {status}" in (refusal_of(record) or "")
    assert record.robots_expires_at == NOW + AFTER_ERROR


def test_no_answer_disallows_everything_for_the_time_being() -> None:
    rules = rules_of(remember(NEW, answer(None, error="no connection: refused"), NOW), NOW)
    assert rules.refusal is not None and rules.refusal.passing
    assert "no connection: refused" in rules.refusal.reason


def test_a_cut_answer_is_no_answer() -> None:
    record = remember(NEW, answer(200, b"User-agent: *\n", error="the connection was closed in the middle of the answer"), NOW)
    assert refusal_of(record) is not None


def test_while_the_host_fails_an_older_copy_holds_for_thirty_days() -> None:
    old = remember(NEW, answer(200, TEXT), NOW)
    failing = remember(old, answer(503), NOW + timedelta(days=2))
    assert refusal_of(failing, "/not-you/1", NOW + timedelta(days=2)) == "disallowed"
    assert refusal_of(failing, "/story", NOW + timedelta(days=2)) is None
    assert "HTTP 503" in (refusal_of(failing, "/story", NOW + KEPT_ON_ERROR) or "")


def test_a_later_answer_ends_the_error() -> None:
    healed = remember(remember(NEW, answer(503), NOW), answer(200, TEXT), NOW)
    assert (healed.robots_error, healed.robots_status, refusal_of(healed)) == (None, 200, None)


LONG = b"User-agent: *\nDisallow: /private/\n" + b"# words\n" * (MAX_BYTES // 8 - 10)


@pytest.mark.parametrize("behind", [b"User-agent: *\nDisallow: /\n", b"Disallow: /story-of-a-day\n" * 100, b"Disallow: /" * 100])
def test_a_long_text_is_read_up_to_half_a_megabyte_and_no_half_rule_of_it(behind: bytes) -> None:
    record = remember(NEW, answer(200, LONG + b"#" * 40 + b"\n" + behind), NOW)
    assert record.robots_text is not None and MAX_BYTES - 100 < len(record.robots_text) <= MAX_BYTES
    assert record.robots_text.endswith(b"\n")
    assert (refusal_of(record), refusal_of(record, "/private/1")) == (None, "disallowed")


def test_the_beginning_of_one_that_is_too_large_counts() -> None:
    cut = replace(answer(200, LONG, error="the body is larger than 0.524288 MB"), truncated="length")
    record = remember(NEW, cut, NOW)
    assert (record.robots_error, refusal_of(record), refusal_of(record, "/private/1")) == (None, None, "disallowed")
    assert refusal_of(remember(NEW, replace(cut, body=None), NOW)) is not None


@pytest.mark.parametrize(
    "body", [b"\xef\xbb\xbf" + TEXT, b"\xff\xfe" + TEXT.decode().encode("utf-16-le"), TEXT.replace(b"\n", b"\r"), b"\0\xff\n" + TEXT]
)
def test_marks_line_ends_and_junk_before_it_hide_no_rule(body: bytes) -> None:
    assert refusal_of(remember(NEW, answer(200, body), NOW), "/not-you/1") == "disallowed"


def test_a_crawl_delay_of_hours_is_no_delay_that_a_run_waits() -> None:
    rules = rules_of(remember(NEW, answer(200, b"User-agent: *\nCrawl-delay: 7200\n"), NOW), NOW)
    assert rules.crawl_delay("wirecopy") == MAX_CRAWL_DELAY
    assert rules.asks_for_hours("wirecopy")
    assert not rules_of(remember(NEW, answer(200, TEXT), NOW), NOW).asks_for_hours("wirecopy")


def test_a_host_that_is_not_dialled_is_refused_for_good() -> None:
    rules = rules_of(remember(NEW, answer(None, error="not dialled: a.example is at 10.0.0.1: not public"), NOW), NOW)
    assert rules.refusal is not None and not rules.refusal.passing
    assert rules.refusal.reason.startswith("not dialled: ")


@pytest.mark.parametrize(
    "error",
    [
        "not dialled: a.example is at 10.0.0.1: not public",
        "its TLS certificate is not valid: expired",
        "no connection: Too many open files",  # this machine's trouble, not the host's
        "no connection: Network is unreachable",
    ],
)
def test_what_sources_toml_can_change_is_not_remembered_for_the_next_run(error: str) -> None:
    assert remember(NEW, answer(None, error=error), NOW).robots_expires_at == NOW


@given(st.binary(max_size=500), st.sampled_from([b"", b"User-agent: *\nDisallow: ", b"User-agent: *\nCrawl-delay: "]))
def test_any_bytes_are_read_as_rules(text: bytes, before: bytes) -> None:
    rules = rules_of(remember(NEW, answer(200, before + text), NOW), NOW)
    assert rules.allows(f"{HOST}/a?b=c", "wirecopy") in (True, False)
    assert 0 <= rules.crawl_delay("wirecopy") <= MAX_CRAWL_DELAY


def test_a_host_is_asked_once_a_run_whoever_wants_to_know() -> None:
    asked, saved = _ask(NEW, [f"{HOST}/{n}" for n in range(20)])
    assert (asked, len(saved)) == ([f"{HOST}/robots.txt"], 1)


@pytest.mark.parametrize(("left", "asks"), [(timedelta(seconds=1), 0), (timedelta(0), 1)])
def test_what_an_earlier_run_learned_is_used_until_it_expires(left: timedelta, asks: int) -> None:
    known = replace(remember(NEW, answer(200, TEXT), NOW - timedelta(hours=5)), robots_expires_at=NOW + left)
    asked, _ = _ask(known, [f"{HOST}/story"])
    assert len(asked) == asks


def test_another_port_is_another_origin_with_rules_of_its_own() -> None:
    asked, _ = _ask(NEW, [f"{HOST}/x", f"{HOST}:8080/x", f"{HOST.replace('http', 'https')}/x"])
    assert asked == [f"{HOST}/robots.txt", f"{HOST}:8080/robots.txt", "https://a.example/robots.txt"]


def test_where_asking_breaks_the_next_one_asks_again() -> None:
    tries: list[str] = []

    async def recall(host: str) -> HostRecord:
        return replace(NEW, host=host)

    async def fetch(url: str, _: str) -> tuple[Capture, ...]:
        tries.append(url)
        if len(tries) == 1:
            raise RuntimeError("can't start new thread")
        return (answer(200, TEXT),)

    async def save(*_: object) -> None:
        pass

    async def run() -> None:
        robots = Robots("wirecopy", clock=lambda: NOW, recall=recall, fetch=fetch, save=save)
        with pytest.raises(RuntimeError):
            await robots.refusal(f"{HOST}/a")
        assert await robots.refusal(f"{HOST}/a") is None

    asyncio.run(run())
    assert len(tries) == 2


def _ask(known: HostRecord, urls: list[str]) -> tuple[list[str], list[HostRecord]]:
    asked: list[str] = []
    saved: list[HostRecord] = []

    async def recall(host: str) -> HostRecord:
        return replace(known, host=host)

    async def fetch(url: str, _: str) -> tuple[Capture, ...]:
        asked.append(url)
        await asyncio.sleep(0)
        return (answer(200, TEXT),)

    async def save(record: HostRecord, _: tuple[Capture, ...]) -> None:
        saved.append(record)

    async def run() -> None:
        robots = Robots("wirecopy", clock=lambda: NOW, recall=recall, fetch=fetch, save=save)
        assert await asyncio.gather(*(robots.refusal(url) for url in urls)) == [None] * len(urls)

    asyncio.run(run())
    return asked, saved
