"""What the feeds list, read apart from all that is compared: the pages that each of them should end up with."""

from __future__ import annotations

import urllib.request
import xml.etree.ElementTree as Tree
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ATOM = "{http://www.w3.org/2005/Atom}"


def addresses(file: Path | None, named: Sequence[str], most: int | None) -> tuple[str, ...]:
    """Feed URLs: one a line of the file, those named, at most so many."""
    lines = file.read_text(encoding="utf-8").splitlines() if file else []
    return tuple(dict.fromkeys(line.strip() for line in [*lines, *named] if line.strip() and not line.startswith("#")))[:most]


def read(document: bytes) -> tuple[str, tuple[str, ...]]:
    """(`rss` or `atom`, the pages it lists). Well-formed documents alone: this is a check, no feed reader."""
    root = Tree.fromstring(document)  # noqa: S314 - of the benchmark's own outlets
    if root.tag == f"{ATOM}feed":
        links = (link for entry in root.iter(f"{ATOM}entry") for link in entry.findall(f"{ATOM}link"))
        return "atom", tuple(link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate")
    return "rss", tuple((item.findtext("link") or "").strip() for item in root.iter("item"))


def fetch(feeds: Iterable[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Feed -> its kind and the pages it lists now."""

    def one(url: str) -> tuple[str, tuple[str, ...]]:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the benchmark's own outlets
            return read(answer.read())

    feeds = tuple(feeds)
    with ThreadPoolExecutor(8) as pool:
        return dict(zip(feeds, pool.map(one, feeds), strict=True))
