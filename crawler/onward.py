"""A story's further pages: followed from its first one, one after the other, while each brings something new.

The first page is in the archive by then; each further one is kept as it comes, so that a run that is ended loses none it has.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from archive.clean import clean
from archive.clean.next_page import may_go_on
from archive.errors import NoWorker
from archive.keys import url_key
from archive.model import Capture, Further, PageState, PageTask
from archive.store import further
from archive.workers import WorkerDied
from crawler import outcome
from crawler.desk import Desk

Fetch = Callable[[str], Awaitable[tuple[Capture, ...]]]


async def follow(desk: Desk, task: PageTask, first: Capture, fetch: Fetch) -> None:
    """Fetches and keeps the pages that follow on `first`: as many as its outlet is configured for, or until they hold more than a page may.

    `fetch` gives the hops that lead to an address, none where it may not be asked for.
    """
    most, size = desk.policy.politeness(task.outlet).further_pages, desk.policy.limits(task.outlet).max_size
    if not most or first.body is None or not may_go_on(first.body, first.url):
        return
    found: list[Further] = []
    while len(found) < most and sum(len(page.body) for page in found) <= size and (address := await _next(desk, first, found)):
        hops = await fetch(address)
        if not hops:
            return
        state = _state(desk, task, hops[-1], address)
        kept = await desk.write(partial(further.record, run_id=desk.run_id, task=task, first=first, hops=hops, verdict=state))
        if not kept or hops[-1].body is None:
            return
        found.append(Further(hops[-1].url, hops[-1].body, further.content_type(hops[-1].mime, hops[-1].charset)))


async def _next(desk: Desk, first: Capture, found: list[Further]) -> str | None:
    """Where the story goes on behind the pages that were found; None at its end, or where the cleaner cannot say."""
    assert first.body is not None  # noqa: S101 - `follow` has looked
    headers = further.content_type(first.mime, first.charset)
    try:
        onward = (await desk.pool.call(clean, first.body, url=first.url, headers=headers, further=tuple(found))).continues_at
    except (NoWorker, WorkerDied, RuntimeError):  # the page is kept, and the pass that cleans it says why
        return None
    again = onward is not None and bool(found) and url_key(onward) == url_key(found[-1].url)  # the last one was a wall
    return None if again else onward


def _state(desk: Desk, task: PageTask, answer: Capture, address: str) -> PageState:
    """What came of a further page; one that leads elsewhere, to the first page as a rule, is none."""
    verdict = outcome.of_page(replace(task, known=None), answer, refusal=None, now=desk.clock(), rng=desk.rng)
    if verdict.state == "stored" and url_key(answer.url) != url_key(address):
        return "failed"
    return verdict.state
