"""Passes over stored raw. Cleaning is one: first cleaning and cleaning again are the same path, resumable at every page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, is_dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from archive.clean import CLEANER_VERSION, clean
from archive.model import Article, CleanTask
from archive.store import clean_queue, readings
from archive.store.connect import Store, open_reader
from archive.workers import WorkerDied, WorkerPool
from archive.writer import Writer

BATCH = 32  # pages read and saved together, in capture order
_AHEAD = 16 * 2**20  # bytes of a batch up to which the next one is looked up beside it


@dataclass(slots=True)
class Cleaned:
    """What a pass did so far."""

    done: int = 0
    without_text: int = 0
    failed: int = 0  # the cleaner could not finish on them: what an earlier one read stays


async def clean_pending(
    archive: Path,
    writer: Writer,
    pool: WorkerPool,
    *,
    run_id: int | None = None,
    more: Callable[[], Awaitable[bool]] | None = None,
    again: bool = True,
    tell: Callable[[Cleaned], None] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Cleaned:
    """Reads every queued capture and saves its article; ends when the queue is empty and `more` (wait for news) says False.

    Without `again`, pages that were queued to be read anew by a newer cleaner are left to `wirecopy clean`.

    Readings are saved in capture order, so that ids and revisions do not depend on which worker was faster.
    """
    cleaned, after = Cleaned(), 0
    saving: asyncio.Future[None] | None = None
    ahead: asyncio.Future[_Batch] | None = None
    loop = asyncio.get_running_loop()
    # One thread owns the reading connection and closes it itself: a cancelled wait leaves its call running, and a connection
    # that is closed under a running query takes the process with it.
    thread = ThreadPoolExecutor(1, thread_name_prefix="wirecopy-reader")
    reader = await loop.run_in_executor(thread, open_reader, archive)

    def fetch(after: int) -> asyncio.Future[_Batch]:
        return loop.run_in_executor(thread, partial(clean_queue.batch, reader, after=after, limit=BATCH, again=again))

    try:
        while True:
            tasks, damaged = await (ahead or fetch(after))
            # The next batch is looked up while workers are at this one, so that they need not wait for it. Not beside large pages.
            ahead = fetch(_last(tasks, damaged)) if 0 < sum(len(task.body) for task in tasks) < _AHEAD else None
            read = await _read_all(pool, tasks, damaged)
            if saving is not None:  # one batch is saved while the next one is read
                await saving
                saving = None
                if tell:
                    tell(cleaned)
            if read:
                saving = await _saving(writer, run_id, read, cleaned, clock)
                after = read[-1].capture_id
            elif after:
                after = 0  # saving a reading may ask for another one: also of a capture that was passed by
            elif more is None or not await more():
                return cleaned
    finally:
        for under_way in (saving, ahead):
            if under_way is not None:
                under_way.cancel()
        thread.submit(reader.close)
        thread.shutdown(wait=False)


@dataclass(frozen=True, slots=True)
class _Read:
    """What the cleaner made of a capture: the article, or why there is none."""

    capture_id: int
    article: Article | str
    furniture_version: int = 0
    pages: int = 1


_Batch = tuple[list[CleanTask], list[tuple[int, str]]]


def _last(tasks: list[CleanTask], damaged: list[tuple[int, str]]) -> int:
    """The last capture of a batch."""
    return max([task.capture_id for task in tasks] + [one for one, _ in damaged], default=0)


async def _read_all(pool: WorkerPool, tasks: list[CleanTask], damaged: list[tuple[int, str]]) -> list[_Read]:
    articles = await asyncio.gather(*(_read(pool, task) for task in tasks))
    read = [
        _Read(task.capture_id, article, task.furniture_version, 1 + len(task.further))
        for task, article in zip(tasks, articles, strict=True)
    ]
    return sorted([*read, *(_Read(*one) for one in damaged)], key=lambda one: one.capture_id)


async def _saving(
    writer: Writer, run_id: int | None, read: list[_Read], cleaned: Cleaned, clock: Callable[[], datetime]
) -> asyncio.Future[None]:  # fmt: skip
    """Hands the readings to the writer; what comes back is awaited for their being committed."""

    def save(store: Store) -> None:
        now = clock()
        for one in read:
            if isinstance(one.article, str):
                readings.save_failure(store, one.capture_id, one.article, cleaner_version=CLEANER_VERSION, run_id=run_id, now=now)
            else:
                readings.save(
                    store, one.capture_id, one.article, cleaner_version=CLEANER_VERSION, run_id=run_id, now=now,
                    furniture_version=one.furniture_version, pages=one.pages,
                )  # fmt: skip

    # In a thread, since it waits where the writer has enough to do, and the crawl must not wait with it.
    committed = await asyncio.to_thread(writer.submit, save)

    async def done() -> None:
        await asyncio.wrap_future(committed)
        cleaned.done += len(read)
        cleaned.failed += sum(isinstance(one.article, str) for one in read)
        cleaned.without_text += sum(isinstance(one.article, Article) and not one.article.text for one in read)

    return asyncio.ensure_future(done())


async def _read(pool: WorkerPool, task: CleanTask) -> Article | str:
    """The article, or why the cleaner could not finish."""
    try:
        article = await pool.call(clean, task.body, **evidence(task))
        _encode(article)
        return article
    except UnicodeEncodeError:  # half a surrogate pair: no database can hold it, and one such page must not end the pass
        return "the cleaner found text on this page that cannot be encoded"
    except WorkerDied as problem:
        return f"the cleaner could not finish on this page: {problem}"
    except RuntimeError as problem:  # a bug of ours; the page's bytes are kept, and a newer cleaner reads them again
        return f"the cleaner failed on this page: {problem}"


def _encode(value: object) -> None:
    """Raises UnicodeEncodeError where a record holds text that is no Unicode."""
    if isinstance(value, str):
        if not value.isascii():
            value.encode()
    elif value is None or isinstance(value, (int, datetime)):
        return
    elif isinstance(value, tuple):
        for one in value:
            _encode(one)
    elif is_dataclass(value):
        for name in value.__dataclass_fields__:
            _encode(getattr(value, name))
    elif isinstance(value, Mapping):
        _encode(tuple(value.items()))


def evidence(task: CleanTask) -> dict[str, Any]:
    """What the cleaner is given beside the bytes."""
    return {
        "url": task.url,
        "headers": task.headers,
        "fetched_at": task.fetched_at,
        "zone": ZoneInfo(task.timezone) if task.timezone else None,
        "feed": task.entry,
        "furniture": task.furniture,
        "further": task.further,
        "agency": task.agency,
    }
