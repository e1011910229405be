"""Discovery against feeds whose facts are stated: `python -m benchmarks.feeds FEEDS_DIR`.

FEEDS_DIR holds feed files and `expected.jsonl`, one line a file: {"file", "facts": {"items", "first_title",
"first_link", "first_date", "feed_title"}, "second_parser_agrees": {fact: bool}}. Prints the share of facts met by this
project and by feedparser in the same run, the misses, and megabytes a second for both.

Titles are compared as plain text: a stated title with markup is reduced to its text; how many are the same letter by
letter stands beside it.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from calendar import timegm
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser  # type: ignore[import-untyped]  # it ships none, and is used here and in tests alone

from archive.dates import parse_time
from crawler.discover import read
from crawler.discover.links import absolute
from crawler.discover.settle import settle
from crawler.discover.text import one_line, text_of_html

URL = "http://127.0.0.1:8097/feed"
Facts = dict[str, Any]


def ours(body: bytes) -> Facts:
    """The facts as discovery states them; the first entry's are asked of `read`, which keeps entries without a link."""
    reading = read(body, url=URL)
    facts: Facts = {"items": len(reading.items) + reading.more, "feed_title": reading.title}
    if reading.items:
        first = reading.items[0]
        links = (absolute(link, first.base) for link in first.links)
        raw = first.published_raw or first.updated_raw
        facts |= {
            "first_title": first.title,
            "first_link": next((link for link in links if link), None),
            "first_date": _iso(parse_time(raw)) if raw else None,
        }
    return facts


def fetchable(body: bytes) -> Facts:
    """The facts as `discover` alone states them: entries without a usable link are counted, not kept."""
    document = settle(read(body, url=URL))
    facts: Facts = {"items": len(document.entries) + document.dropped, "feed_title": document.title}
    if document.entries:
        first = document.entries[0]
        moment = first.published_at or first.updated_at
        facts |= {"first_title": first.title, "first_link": first.url, "first_date": _iso(moment)}
    return facts


def theirs(body: bytes) -> Facts:
    """The facts as feedparser states them."""
    parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-location": URL})
    facts: Facts = {"items": len(parsed.entries), "feed_title": parsed.feed.get("title")}
    if parsed.entries:
        first = parsed.entries[0]
        moment = first.get("published_parsed") or first.get("updated_parsed")
        facts |= {"first_title": first.get("title"), "first_link": first.get("link")}
        facts["first_date"] = _iso(datetime.fromtimestamp(timegm(moment), UTC)) if moment else None
    return facts


def same(stated: object, found: object) -> bool:
    """Whether a fact is met, titles as plain text."""
    if isinstance(stated, str) and isinstance(found, str | None):
        text = one_line(stated)
        return found == stated or (found or "") in (text, one_line(text_of_html(stated)) or "")
    return stated == found


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def measure(rows: list[dict[str, Any]], folder: Path, parser: Callable[[bytes], Facts]) -> tuple[dict[str, Facts], float]:
    """file -> facts, and the seconds that parsing took, reading from disk not counted."""
    bodies = {row["file"]: (folder / row["file"]).read_bytes() for row in rows}
    start = time.perf_counter()
    found = {name: parser(body) for name, body in bodies.items()}
    return found, time.perf_counter() - start


def report(name: str, rows: list[dict[str, Any]], found: dict[str, Facts], *, misses: bool) -> None:
    """Print the share by kind of fact, over the facts on which two parsers agree."""
    asked, met, exact = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        for fact, stated in row["facts"].items():
            if not (row["second_parser_agrees"] or {}).get(fact):
                continue
            value = found[row["file"]].get(fact)
            asked[fact] += 1
            exact[fact] += stated == value
            met[fact] += same(stated, value)
            if misses and not same(stated, value):
                print(f"  miss {row['file']}: {fact} stated {stated!r}, found {value!r}")
    total, right = sum(asked.values()), sum(met.values())
    share = right / total if total else 0.0
    print(f"{name}: {right} of {total} facts ({share:.2%}), letter by letter {sum(exact.values())}")
    print("  " + ", ".join(f"{fact} {met[fact]}/{asked[fact]}" for fact in asked))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    folder: Path = arguments.parse_args().folder
    lines = (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    size = sum((folder / row["file"]).stat().st_size for row in rows) / 1e6
    for name, parser in (("wirecopy", ours), ("wirecopy, linked entries only", fetchable), ("feedparser", theirs)):
        found, seconds = measure(rows, folder, parser)
        report(name, rows, found, misses=parser is ours)
        print(f"  {size / seconds:.1f} MB/s over {size:.1f} MB in {len(rows)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
