"""Passes over stored raw. Cleaning is one: first cleaning and cleaning again are the same path, resumable at every page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
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
    failed: int = 0  # read as "no story" because the cleaner could not finish on them


async def clean_pending(
    archive: Path,
    writer: Writer,
    pool: WorkerPool,
    *,
    run_id: int | None = None,
    more: Callable[[], Awaitable[bool]] | None = None,
    tell: Callable[[Cleaned], None] | None = None,
) -> Cleaned:
    """Reads every queued capture and saves its article; ends when the queue is empty and `more` (wait for news) says False.

    Readings are saved in capture order, so that ids and revisions do not depend on which worker was faster.
    """
    cleaned, after = Cleaned(), 0
    reader = await asyncio.to_thread(open_reader, archive)
    try:
        while True:
            tasks, damaged = await asyncio.to_thread(clean_queue.batch, reader, after=after, limit=BATCH)
            if not tasks and not damaged:
                if more is None or not await more():
                    return cleaned
                continue
            await _one_batch(writer, pool, run_id, tasks, damaged, cleaned)
            after = max([task.capture_id for task in tasks] + [capture_id for capture_id, _ in damaged])
            if tell:
                tell(cleaned)
    finally:
        reader.close()


async def _one_batch(
    writer: Writer,
    pool: WorkerPool,
    run_id: int | None,
    tasks: list[CleanTask],
    damaged: list[tuple[int, str]],
    cleaned: Cleaned,
) -> None:
    articles = await asyncio.gather(*(_read(pool, task, cleaned) for task in tasks))
    read = [(task.capture_id, article) for task, article in zip(tasks, articles, strict=True)]
    read += [(capture_id, Article(reason=why)) for capture_id, why in damaged]
    cleaned.without_text += sum(not article.text for _, article in read)

    def save(store: Store) -> None:
        now = datetime.now(UTC)
        for capture_id, article in read:
            readings.save(store, capture_id, article, cleaner_version=CLEANER_VERSION, run_id=run_id, now=now)

    await asyncio.wrap_future(writer.submit(save))
    cleaned.done += len(read)


async def _read(pool: WorkerPool, task: CleanTask, cleaned: Cleaned) -> Article:
    try:
        return await pool.call(
            clean,
            task.body,
            url=task.url,
            headers=task.headers,
            fetched_at=task.fetched_at,
            zone=_zone(task.timezone),
            feed=task.entry,
        )
    except WorkerDied as problem:
        cleaned.failed += 1
        return Article(reason=f"the cleaner could not finish on this page: {problem}")
    except RuntimeError as problem:  # a bug of ours; the page's bytes are kept, and a newer cleaner reads them again
        cleaned.failed += 1
        return Article(reason=f"the cleaner failed on this page: {problem}")


def _zone(name: str | None) -> ZoneInfo | None:
    return ZoneInfo(name) if name else None
