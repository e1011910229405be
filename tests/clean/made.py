"""Small pages with a story, made for a test."""

from __future__ import annotations

from archive.clean import clean
from archive.model import Article

STORY = "".join(
    f"<p>The tram came back to the hill town on Monday after {n} years, and the people of the valley stood along its line with flags.</p>"
    for n in ("seven", "eight", "nine", "ten")
)


def read(head: str = "", top: str = "", *, url: str = "https://paper.example/1", end: str = "") -> Article:
    page = f"<html lang=en><head>{head}</head><body><main>{top}{STORY}</main>{end}</body></html>"
    return clean(page.encode(), url=url)
