"""Fundus with a publisher of our own for each feed. Its parsers are written a publisher; this one takes what most pages have.

Fundus itself stores nothing but JSON of what it read. The page's markup goes to our store: decoded, since it keeps no bytes, and no
header fields.
"""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fundus import Crawler, RSSFeed  # type: ignore[import-not-found,unused-ignore]
from fundus.parser import ArticleBody, BaseParser, ParserProxy, attribute  # type: ignore[import-not-found,unused-ignore]
from fundus.parser.utility import (  # type: ignore[import-not-found,unused-ignore]
    extract_article_body_with_selector,
    generic_date_parsing,
)
from fundus.publishers.base_objects import Publisher, PublisherGroup  # type: ignore[import-not-found,unused-ignore]
from lxml.etree import XPath

from benchmarks.ingest.crawls.kept import Kept


class Common(ParserProxy):  # type: ignore[misc,unused-ignore]
    class V1(BaseParser):  # type: ignore[misc,unused-ignore]
        _paragraphs = XPath("//article//p | //main//p | //div[@itemprop='articleBody']//p")

        @attribute  # type: ignore[untyped-decorator,unused-ignore]
        def body(self) -> ArticleBody | None:
            return extract_article_body_with_selector(self.precomputed.doc, paragraph_selector=self._paragraphs)

        @attribute  # type: ignore[untyped-decorator,unused-ignore]
        def title(self) -> str | None:
            found: str | None = self.precomputed.meta.get("og:title")
            return found

        @attribute  # type: ignore[untyped-decorator,unused-ignore]
        def publishing_date(self) -> datetime.datetime | None:
            found: datetime.datetime | None = generic_date_parsing(self.precomputed.ld.bf_search("datePublished"))
            return found


def group(feeds: list[str]) -> Any:
    publishers: dict[str, Any] = {}
    for number, feed in enumerate(feeds, 1):
        parts = urlsplit(feed)
        domain = f"{parts.scheme}://{parts.netloc}/"
        publishers[f"Outlet{number}"] = Publisher(name=f"Outlet {number}", domain=domain, parser=Common, sources=[RSSFeed(feed)])
    return PublisherGroup("Outlets", (), publishers)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--feeds", type=Path, required=True)
    asked = parser.parse_args()
    crawler = Crawler(group(asked.feeds.read_text().split()), delay=0.0)
    with Kept(asked.store) as kept:
        for article in crawler.crawl(only_complete=False):
            date = article.publishing_date
            kept.save(
                article.html.requested_url, article.html.content.encode("utf-8", "replace"), text=str(article.body or "") or None,
                title=article.title, date=date.isoformat() if date else None,
            )  # fmt: skip


if __name__ == "__main__":
    main()
