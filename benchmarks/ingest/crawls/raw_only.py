"""`wirecopy crawl` without its cleaning, which no option leaves out: here it is left out by hand, for the comparison with plain Scrapy.

Two steps are replaced by nothing: cleaning beside the fetching (in the crawl's process, which this file is as well, when called with
`--job`), and cleaning what is left after it. All else is as it is: feeds are read in workers, bodies compressed against their host's,
heads kept, rows synced to disk.
"""

from __future__ import annotations

import sys


def job() -> None:
    from crawler import desk, job

    setattr(desk.Desk, "start_cleaning", lambda self: None)  # noqa: B010, ARG005 - mypy forbids it otherwise
    job.main()


def run() -> None:
    from scheduler import cli, crawl

    command = crawl._Crawl._command

    def ours(self: crawl._Crawl) -> list[str]:
        executable, *rest = command(self)
        return [executable, "-m", "benchmarks.ingest.crawls.raw_only", "--job", *rest[2:]]  # in place of `-m crawler.job`

    async def nothing(self: crawl._Crawl) -> None:
        del self

    setattr(crawl._Crawl, "_command", ours)  # noqa: B010
    setattr(crawl._Crawl, "_clean", nothing)  # noqa: B010
    cli.main()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        del sys.argv[1]
        job()
    else:
        run()
