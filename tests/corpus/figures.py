"""What the cleaner makes of the corpus, field by field: a figure per field over all pages, and the pages it loses on.

    python -m tests.corpus.figures [PAGE ...]

prints the figures beside their floors and the pages that each of them loses; with pages, what is wrong on these.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from archive.case import arguments
from archive.clean import clean
from archive.model import Article
from benchmarks.cleaning import body_score, names, normal, overlap, published, same_time

PAGES = Path(__file__).parent / "pages"
FLOORS = Path(__file__).parent / "floors.json"
FETCHED = datetime(2026, 7, 1, tzinfo=UTC)  # after every page of the corpus
WORST = 8  # pages that a message names


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """One page: what a careful reader says of it, and what the cleaner does. What truth leaves out is not asked."""

    name: str
    truth: dict[str, Any]
    article: Article


@dataclass(frozen=True, slots=True)
class Figure:
    """A share or mean between 0 and 1, how many pages it is of, and what it loses on which page, the worst first."""

    value: float
    count: int
    losing: tuple[str, ...]


@cache
def pages() -> tuple[CorpusPage, ...]:
    return tuple(_page(folder) for folder in sorted(PAGES.iterdir()))


def _page(folder: Path) -> CorpusPage:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    known: dict[str, Any] = {"fetched_at": FETCHED} | arguments(folder)
    return CorpusPage(folder.name, truth, clean((folder / "page.html").read_bytes(), url=truth["url"], **known))


def floors() -> dict[str, float]:
    return dict(json.loads(FLOORS.read_text(encoding="utf-8")))


# --- the body: benchmarks.cleaning's own measure ---------------------------------------------------------------------------


def body() -> dict[str, Figure]:
    """F1, precision and recall over runs of four words: means over the pages, F1 of the two means."""
    shares = {page.name: overlap("\n\n".join(page.truth["text"]), page.article.text) for page in pages()}
    values = body_score(list(shares.values()))
    costs = ([(false + missed, name) for name, (_, false, missed) in shares.items()],
             [(false, name) for name, (_, false, _) in shares.items()],
             [(missed, name) for name, (_, _, missed) in shares.items()])  # fmt: skip
    return {
        f"body {label}": Figure(value, len(shares), tuple(f"{name} ({lost:.2f} lost)" for lost, name in sorted(cost, reverse=True) if lost))
        for label, value, cost in zip(("F1", "precision", "recall"), values, costs, strict=True)
    }


# --- the other fields: the share of pages that are right ---------------------------------------------------------------------


def _day(truth: Any, article: Article) -> bool:
    return same_time(truth, published(article))[0] if truth else article.published_raw is None


def _minute(truth: Any, article: Article) -> bool | None:
    return same_time(truth, published(article))[1] if truth else None


def _agency(truth: Any, article: Article) -> bool | None:
    return article.agency == truth if truth else None


def _no_false_credit(truth: Any, article: Article) -> bool | None:
    return article.agency is None if truth is None else None


def _language(truth: Any, article: Article) -> bool | None:
    """The language alone, without script and region; a page without a story has none to be right about."""
    return (article.language or "").split("-")[0] == truth if article.text else None


# figure -> the field of truth and article, and whether it is right: None where the page does not count
SHARES: dict[str, tuple[str, Callable[[Any, Article], bool | None]]] = {
    "headline": ("headline", lambda truth, article: normal(truth) == normal(article.headline)),
    "day": ("published_at", _day),
    "minute with zone": ("published_at", _minute),
    "authors": ("authors", lambda truth, article: names(truth) == names(article.authors)),
    "byline": ("byline", lambda truth, article: names([truth or ""]) == names([article.byline or ""])),
    "agency": ("agency", _agency),
    "no false credit": ("agency", _no_false_credit),
    "agency copy": ("is_agency_copy", lambda truth, article: article.is_agency_copy is truth),
    "part of a story": ("is_partial", lambda truth, article: article.is_partial is truth),
    "language": ("language", _language),
    "dateline place": ("dateline_place", lambda truth, article: normal(truth) == normal(article.dateline_place)),
    "section": ("section", lambda truth, article: normal(truth) == normal(article.section)),
}


def share(name: str) -> Figure:
    """The share of the pages that are asked for a field and right in it."""
    field, judge = SHARES[name]
    asked = [(page, judge(page.truth[field], page.article)) for page in pages() if field in page.truth]
    right = [verdict for _, verdict in asked if verdict is not None]
    losing = [f"{page.name} ({_differs(page, field)})" for page, verdict in asked if verdict is False]
    return Figure(sum(right) / len(right), len(right), tuple(losing))


def _differs(page: CorpusPage, field: str) -> str:
    found = published(page.article) if field == "published_at" else getattr(page.article, field)
    return f"{page.truth[field]!r}, not {list(found) if isinstance(found, tuple) else found!r}"


# --- a figure against its floor ------------------------------------------------------------------------------------------------


@cache
def figures() -> dict[str, Figure]:
    return body() | {name: share(name) for name in SHARES}


def floor_of(value: float) -> float:
    """A figure rounded down to a thousandth."""
    return math.floor(value * 1000 + 1e-9) / 1000


def report(name: str, figure: Figure, floor: float | None) -> str:
    """One figure in words, with the pages that it loses, the worst first."""
    head = f"{name}: {figure.value:.4f} over {figure.count} pages, floor {floor}"
    more = len(figure.losing) - WORST
    return "\n  ".join((head, *figure.losing[:WORST], *([f"and {more} more"] if more > 0 else [])))


def wrong(page: CorpusPage) -> str:
    """What is wrong on one page: paragraphs too many (+) and missing (-), and other fields."""
    want, got = page.truth["text"], page.article.text.split("\n\n") if page.article.text else []
    lines = [f"+ {part}" for part in got if part not in want] + [f"- {part}" for part in want if part not in got]
    lines += [f"{name}: {_differs(page, field)}" for name, (field, judge) in SHARES.items()
              if field in page.truth and judge(page.truth[field], page.article) is False]  # fmt: skip
    return "\n  ".join((page.name, *lines))


def main() -> None:
    asked = sys.argv[1:]
    if asked:
        print("\n".join(wrong(page) for page in pages() if page.name in asked))
    else:
        pinned = floors()
        print("\n".join(report(name, figure, pinned.get(name)) for name, figure in figures().items()))


if __name__ == "__main__":
    main()
