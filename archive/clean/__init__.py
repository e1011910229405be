"""Raw bytes of a page -> the story on it: pure, no network, never raising on any bytes.

decode > tree (one parse, one walk) > metadata > headline > body > byline, times, dateline, agency, language
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo

from archive.model import Article, Entry, Further

__all__ = ["CLEANER_VERSION", "clean"]

CLEANER_VERSION: int = 8


def clean(
    body: bytes,
    *,
    url: str,
    headers: Mapping[str, str] | None = None,
    fetched_at: datetime | None = None,
    zone: tzinfo | None = None,
    country: str | None = None,
    feed: Entry | None = None,
    furniture: Collection[int] = frozenset(),
    further: Sequence[Further] = (),
    agency: str | None = None,
) -> Article:
    """Reads one page. A page without a story gives an Article with empty text and the reason. Never raises.

    `zone` and `country` (ISO 3166) are the outlet's, for printed times; `feed` is what the feed said of this page;
    `furniture` are lines that recur on this host's pages (`archive.clean.recurring.line_key` of each); `further` are the story's
    further pages, whose text is joined to this one's; `agency` is the code of the agency whose own outlet this is.
    """
    # Imported where it works: a crawl that hands this function to its workers needs no more of the cleaner than its name.
    from archive.clean.pipeline import Asked, reading

    return reading(body, Asked(url, headers, fetched_at, zone, country, feed, furniture, further, agency)).article
