"""newspaper4k: a Source for each feed, its articles downloaded and parsed by four threads. A page that it fails on is left out."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import newspaper  # type: ignore[import-not-found,unused-ignore]
from newspaper.source import Feed, Source  # type: ignore[import-not-found,unused-ignore]

from benchmarks.ingest.crawls.kept import Kept

THREADS = 4


def listed(feed: str) -> Iterator[str]:
    """What newspaper4k itself takes out of the feed."""
    parts = urlsplit(feed)
    source = Source(f"{parts.scheme}://{parts.netloc}/", memorize_articles=False)
    source.feeds = [Feed(feed)]
    source.download_feeds()
    yield from (article.url for article in source.feeds_to_articles())


def read(url: str) -> Any:
    """The article; None: newspaper4k could not read it."""
    article = newspaper.Article(url)
    try:
        article.download()
        article.parse()
    except Exception:  # it raises of many kinds, from parsers below it
        return None
    return article


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--feeds", type=Path, required=True)
    asked = parser.parse_args()
    with Kept(asked.store) as kept, ThreadPoolExecutor(THREADS) as pool:
        known = kept.known()
        links = [url for feed in asked.feeds.read_text().split() for url in listed(feed) if url not in known]
        for article in filter(None, pool.map(read, links)):
            day = article.publish_date
            kept.save(
                article.url, article.html.encode("utf-8", "replace"), text=article.text or None, title=article.title or None,
                date=day.isoformat() if day else None,
            )  # fmt: skip


if __name__ == "__main__":
    main()
