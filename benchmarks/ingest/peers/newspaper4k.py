"""newspaper4k, as a small program of its own. It keeps decoded markup, no bytes and no header fields."""

from __future__ import annotations

from benchmarks.ingest.peer import Job, Peer
from benchmarks.ingest.peers.scrapy import pages


def command(job: Job) -> list[str]:
    feeds = job.write("feeds.txt", "\n".join(job.feeds))
    return [str(job.python), "-m", "benchmarks.ingest.crawls.newspaper_crawl", "--store", str(job.store), "--feeds", str(feeds)]


PEER = Peer(
    "newspaper4k", "its feed reader, then `Article.download` and `parse` in four threads", command, pages,
    ("newspaper4k", "lxml_html_clean", "backports.zstd"),
)  # fmt: skip
