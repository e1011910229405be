"""Passes over stored raw. Cleaning is one: first cleaning and cleaning again are the same path, resumable at every page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
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

BATCH = 32  # pages read ahead and saved together, in capture order


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
    loop = asyncio.get_running_loop()
    # One thread owns the reading connection and closes it itself: a cancelled wait leaves its call running, and a connection
    # that is closed under a running query takes the process with it.
    thread = ThreadPoolExecutor(1, thread_name_prefix="wirecopy-reader")
    reader = await loop.run_in_executor(thread, open_reader, archive)
    try:
        while True:
            tasks, damaged = await loop.run_in_executor(thread, partial(clean_queue.batch, reader, after=after, limit=BATCH, again=again))
            if not tasks and not damaged:
                if more is None or not await more():
                    return cleaned
                continue
            await _one_batch(writer, pool, run_id, tasks, damaged, cleaned, clock)
            after = max([task.capture_id for task in tasks] + [capture_id for capture_id, _ in damaged])
            if tell:
                tell(cleaned)
    finally:
        thread.submit(reader.close)
        thread.shutdown(wait=False)


async def _one_batch(
    writer: Writer,
    pool: WorkerPool,
    run_id: int | None,
    tasks: list[CleanTask],
    damaged: list[tuple[int, str]],
    cleaned: Cleaned,
    clock: Callable[[], datetime],
) -> None:
    articles = await asyncio.gather(*(_read(pool, task) for task in tasks))
    read: list[tuple[int, Article | str]] = [(task.capture_id, article) for task, article in zip(tasks, articles, strict=True)]
    read = sorted([*read, *damaged], key=lambda one: one[0])
    known = {task.capture_id: task for task in tasks}

    def save(store: Store) -> None:
        now = clock()
        for capture_id, article in read:
            if isinstance(article, str):
                readings.save_failure(store, capture_id, article, cleaner_version=CLEANER_VERSION, run_id=run_id, now=now)
            else:
                readings.save(
                    store, capture_id, article, cleaner_version=CLEANER_VERSION, run_id=run_id, now=now,
                    furniture_version=known[capture_id].furniture_version, pages=1 + len(known[capture_id].further),
                )  # fmt: skip

    await asyncio.wrap_future(writer.submit(save))
    cleaned.done += len(read)
    cleaned.failed += sum(isinstance(article, str) for _, article in read)
    cleaned.without_text += sum(isinstance(article, Article) and not article.text for _, article in read)


async def _read(pool: WorkerPool, task: CleanTask) -> Article | str:
    """The article, or why the cleaner could not finish."""
    try:
        article = await pool.call(clean, task.body, **evidence(task))
        json.dumps(asdict(article), ensure_ascii=False, default=str).encode()
        return article
    except UnicodeEncodeError:  # half a surrogate pair: no database can hold it, and one such page must not end the pass
        return "the cleaner found text on this page that cannot be encoded"
    except WorkerDied as problem:
        return f"the cleaner could not finish on this page: {problem}"
    except RuntimeError as problem:  # a bug of ours; the page's bytes are kept, and a newer cleaner reads them again
        return f"the cleaner failed on this page: {problem}"


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
    }
