"""Fundus, with a collection of publishers made for the feeds."""

from __future__ import annotations

from benchmarks.ingest.peer import Job, Peer
from benchmarks.ingest.peers.scrapy import pages


def command(job: Job) -> list[str]:
    feeds = job.write("feeds.txt", "\n".join(job.feeds))
    return [str(job.python), "-m", "benchmarks.ingest.crawls.fundus_crawl", "--store", str(job.store), "--feeds", str(feeds)]


# curl_cffi from 0.14 on lacks a function that Fundus 0.5 imports.
PEER = Peer(
    "fundus", "a `PublisherGroup` with a common parser; `Crawler(delay=0).crawl(only_complete=False)`", command, pages,
    ("fundus", "curl_cffi<0.14", "backports.zstd"),
)  # fmt: skip
