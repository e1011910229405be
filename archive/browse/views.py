"""Records -> what the start page and the report show. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.arrived import Arrived, Revised
from archive.browse.period import Period
from archive.browse.plots import Plot, columns, rows
from archive.browse.words import agency as agency_name
from archive.browse.words import clock
from archive.changes import change
from archive.diff import in_words

NO_AGENCY = "no agency"


@dataclass(frozen=True, slots=True)
class Plots:
    """What came in, three times over."""

    by_time: Plot
    by_outlet: Plot
    by_agency: Plot


def plots(arrived: Sequence[Arrived], period: Period, names: Mapping[str, str]) -> Plots:
    """`names`: outlets' codes to their names."""
    slots, outlets, agencies = Counter[str](), Counter[str](), Counter[str | None]()
    for one in arrived:
        slots[one.slot] += one.articles
        outlets[one.outlet] += one.articles
        agencies[one.agency] += one.articles
    by_outlet = [(code, names.get(code, code), count) for code, count in outlets.items()]
    by_agency = [(code or "", agency_name(code) or NO_AGENCY, count) for code, count in agencies.items()]
    return Plots(
        columns(f"Articles by {period.unit}", [(slot, slots[slot]) for slot in period.slots], unit=period.unit),
        rows("Articles by outlet", by_outlet, what="outlets"),
        rows("Articles by agency", by_agency, what="credits"),
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """A page whose story became another one, in a line."""

    article_id: int
    before_id: int
    seen_at: str
    outlet: str
    headline: str | None
    old_headline: str | None  # None: it is the same one
    kind: str
    told: str


_LONG = 40_000  # characters of both texts: where there are more, what changed is looked at when somebody asks for it


def changed(revision: Revised) -> Changed:
    old_headline = revision.old_headline if (revision.old_headline or "").split() != (revision.headline or "").split() else None
    kind, told = "revision", "a long text"
    if len(revision.text) + len(revision.old_text) <= _LONG:
        found = change(revision.old_text, revision.text, old_headline=revision.old_headline, new_headline=revision.headline)
        kind, told = found.kind, in_words(found)
    return Changed(
        revision.article_id, revision.before_id, revision.seen_at, revision.outlet, revision.headline, old_headline, kind, told
    )  # fmt: skip


def paragraphs(article: Mapping[str, object]) -> list[str]:
    return [part for part in str(article["text"]).split("\n\n") if part.strip()]


_KNOWN = {
    "authors": "Authors", "agency": "Agency", "byline": "Byline", "dateline": "Dateline", "section": "Section", "keywords": "Keywords",
    "language": "Language", "published_raw": "Printed as published", "modified_at": "Modified", "modified_raw": "Printed as modified",
    "first_seen_at": "First seen", "fetched_at": "Fetched", "url": "URL", "canonical_url": "Names itself",
    "body_sha256": "SHA-256 of the page",
    "text_digest": "SHA-256 of the text", "cleaner_version": "Read by cleaner",
}  # fmt: skip


def known(article: Mapping[str, object]) -> list[tuple[str, str]]:
    """(what, value) of all that is not null, lists joined."""
    found = []
    for name, label in _KNOWN.items():
        value = article[name]
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
        if name == "agency" and text:
            text = f"{agency_name(text)} ({text}){', which the page says it runs' if article['is_agency_copy'] else ''}"
        if name in ("modified_at", "first_seen_at", "fetched_at") and text:
            text = clock(text)
        if text and not (name == "canonical_url" and text == article["url"]):
            found.append((label, text))
    return found


def images(article: Mapping[str, object]) -> list[dict[str, str | None]]:
    """url, caption, credit, alt of each picture."""
    stored = json.loads(str(article["images"])) if article["images"] else []
    return [{name: one.get(name) for name in ("url", "caption", "credit", "alt")} for one in stored]
