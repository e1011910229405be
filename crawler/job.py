"""One crawl as a process of its own: `python -m crawler.job`, started by `wirecopy crawl`, killable at any moment.

It tells what happens as JSON lines on standard output. Standard input is its lifeline: a line asks it to stop, its end means that the
parent is gone, and the job ends at once, as by kill -9 (which loses nothing that was acknowledged).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from archive.errors import WirecopyError
from crawler.sources import load

BUG = 1  # exit code: something raised that should not
BREATH = 0.1  # seconds that an event may wait to be told together with others


class Events:
    """What happens, as lines for the parent. They go ten times a second at most: each time wakes it up, and that costs more than a line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._waiting: list[str] = []

    def tell(self, event: dict[str, Any]) -> None:
        self._waiting.append(json.dumps(event, ensure_ascii=True) + "\n")
        if len(self._waiting) == 1:
            self._later()

    def _later(self) -> None:
        try:
            asyncio.get_running_loop().call_later(BREATH, self.flush)
        except RuntimeError:  # before the crawl, or after it
            self.flush()

    def flush(self) -> None:
        try:
            self._out.write("".join(self._waiting))
            self._out.flush()
        except BrokenPipeError:
            os._exit(BUG)  # the parent is gone, and standard input is about to say so
        self._waiting.clear()

    def close(self) -> None:
        self.flush()
        self._out.close()


def main() -> None:
    arguments = _arguments()
    events = Events(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)  # whatever prints, it must not stand among the events
    _log(arguments.log_level)
    try:
        code = _crawl(arguments, events)
    except WirecopyError as problem:
        events.tell({"event": "error", "error": str(problem), "hint": problem.hint, "exit_code": problem.exit_code})
        code = problem.exit_code
    events.close()
    sys.stderr.flush()
    os._exit(code)  # threads that wait for a name server are not waited for


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m crawler.job")
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--run", type=int, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--recheck", action="store_true")
    parser.add_argument("--outlet", action="append")
    parser.add_argument("--backfill", action="append", default=[])
    parser.add_argument("--most-pages", type=int, default=0)
    parser.add_argument("--ahead", type=float, default=0.0)
    parser.add_argument("--log-level", default="WARNING")
    return parser.parse_args()


def _log(level: str) -> None:
    """Logs to standard error. The handler filters: Scrapy sets the levels of its own loggers anew."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_is_news)
    logging.getLogger().addHandler(handler)
    logging.disable(handler.level - 1)  # what is below costs nothing then; Scrapy says four things of each page


def _is_news(record: logging.LogRecord) -> bool:
    """Errors of the archive end the run and are said once, in words: not as a traceback for each page under way."""
    return not (record.exc_info and isinstance(record.exc_info[1], WirecopyError))


def _crawl(arguments: argparse.Namespace, events: Events) -> int:
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler.desk import Desk
    from crawler.settings import as_dict
    from crawler.spiders.wire import WireSpider

    desk = Desk(
        arguments.archive, load(arguments.sources), arguments.run, jobs=arguments.jobs, every=arguments.every, recheck=arguments.recheck,
        outlets=frozenset(arguments.outlet) if arguments.outlet else None, tell=events.tell,
        ahead=timedelta(seconds=arguments.ahead),
        backfill=frozenset(arguments.backfill), most_pages=arguments.most_pages,
    )  # fmt: skip
    process = AsyncCrawlerProcess({**as_dict(), "LOG_INSTALL_ROOT_HANDLER": False})
    crawler = process.create_crawler(WireSpider)
    process.crawl(crawler, desk=desk)
    _listen(crawler, desk)
    process.start(install_signal_handlers=False)
    if desk.failure is not None:
        raise desk.failure
    return BUG if _bugs(crawler) else 0


def _listen(crawler: Any, desk: Any) -> None:
    """Stops gracefully when asked to, by a line on standard input or SIGTERM; ends at once when the parent is gone."""
    from twisted.internet import reactor

    reactor.callWhenRunning(_settle)
    ending: list[asyncio.Future[None]] = []  # the event loop itself holds its tasks weakly

    async def end() -> None:
        while crawler.engine is None or not crawler.engine.running:  # asked before it began: Scrapy would note it and go on
            await asyncio.sleep(0.05)
        await crawler.stop_async()

    def stop() -> None:
        desk.stop()
        ending.append(asyncio.ensure_future(end()))

    def ask(*_: object) -> None:
        reactor.callFromThread(stop)

    def wait() -> None:
        for _ in sys.stdin:
            ask()
        os._exit(BUG)

    desk.on_failure = stop
    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to us as well; the parent decides
    threading.Thread(target=wait, daemon=True).start()


def _settle() -> None:
    """What is there now stays to the end: the collector need not look through it. A full collection held the loop for 70 to 100 ms."""
    gc.collect()
    gc.freeze()


def _bugs(crawler: Any) -> int:
    """Exceptions in our own callbacks: logged by Scrapy, which exits 0 all the same."""
    stats = crawler.stats.get_stats() if crawler.stats else {}
    return sum(value for key, value in stats.items() if key.startswith(("spider_exceptions/", "wirecopy/bugs")) and isinstance(value, int))


if __name__ == "__main__":
    main()
