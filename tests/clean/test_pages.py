"""A folder per page, a test per field: pages of many make-ups and languages, written for this project."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from archive.case import arguments
from archive.clean import clean
from archive.model import Article

PAGES = Path(__file__).parent / "pages"
FETCHED = datetime(2026, 1, 15, tzinfo=UTC)


def reading(folder: Path) -> tuple[Article, dict[str, Any]]:
    """What the cleaner makes of a case, with what it knew of it, and what is expected: as `wirecopy case` writes them."""
    asked = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    known: dict[str, Any] = {"fetched_at": FETCHED}
    if "zone" in asked:
        known["zone"] = ZoneInfo(asked["zone"])
    return clean((folder / "page.html").read_bytes(), url=asked["url"], **known | arguments(folder)), asked["expected"]


@cache
def case(name: str) -> tuple[Article, dict[str, Any]]:
    return reading(PAGES / name)


def fields() -> list[tuple[str, str]]:
    found = []
    for folder in sorted(PAGES.iterdir()):
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]
        found += [(folder.name, field) for field in expected]
    return found


@pytest.mark.parametrize(("name", "field"), fields())
def test_the_field_is_as_a_reader_would_put_it(name: str, field: str) -> None:
    article, expected = case(name)
    check(article, field, expected[field])


def check(article: Article, field: str, value: Any) -> None:
    """Asserts that one field of the article is as expected."""
    if field == "holds":
        assert [p for p in value if p not in article.text] == []
    elif field == "lacks":
        assert [p for p in value if p in article.text] == []
    elif field == "starts":
        assert article.text.startswith(value)
    elif field in ("published_at", "modified_at"):
        assert getattr(article, field) == (datetime.fromisoformat(value) if value else None)
    else:
        found = getattr(article, field)
        assert (list(found) if isinstance(found, tuple) else found) == value


@pytest.mark.parametrize("name", sorted(p.name for p in PAGES.iterdir()))
def test_a_page_has_text_or_says_why_not(name: str) -> None:
    article, _ = case(name)
    assert bool(article.text) != bool(article.reason)


@pytest.mark.parametrize("name", sorted(p.name for p in PAGES.iterdir()))
def test_each_filled_field_has_its_evidence(name: str) -> None:
    article, _ = case(name)
    for field in ("headline", "text", "byline", "authors", "agency", "dateline", "published_at", "modified_at"):
        assert not getattr(article, field) or field in article.evidence
