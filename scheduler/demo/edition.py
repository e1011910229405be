"""Pure: from an outlet's plan and the story to the page as printed at one epoch."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.demo.records import Outlet, Page, Revision, Sheet, Story

# What the agencies are called in print, by language; "" is the default. Real names, used as a credit line uses them.
AGENCY_LABELS = {
    "pti": {"": "PTI", "hi": "भाषा"},
    "ians": {"": "IANS", "hi": "आईएएनएस"},
    "reuters": {"": "Reuters", "ar": "رويترز"},
    "afp": {"": "AFP", "ar": "أ ف ب"},
    "dpa": {"": "dpa"},
}
# All that happens in this world happens in one November.
_MONTHS = {
    "en": ("November", "Nov"),
    "hi": ("नवंबर", "नवंबर"),
    "ar": ("نوفمبر", "نوفمبر"),
    "de": ("November", "Nov."),
    "fr": ("novembre", "nov."),
    "es": ("noviembre", "nov."),
}


def sheet(outlet: Outlet, page: Page, story: Story, epoch: int) -> Sheet:
    """The page as it stands at `epoch`, which must not lie before the page's own."""
    done = tuple(revision for revision in page.revisions if revision.epoch <= epoch)
    published = page.at.astimezone(ZoneInfo(outlet.timezone))
    words = _words(outlet, page, story, published)
    dateline = _dateline(outlet, page, story).format_map(words)
    return Sheet(
        page=page,
        story=story,
        path=_path(outlet.path, page, words),
        variant_path=_path(outlet.variant, page, words) if outlet.variant else None,
        headline=_last([page.headline or story.headline, *(revision.headline for revision in done)]),
        subhead=story.subhead if page.subhead is None else page.subhead,
        byline=_byline(outlet, page, story).format_map(words),
        agency=story.agency if page.credited else None,
        agency_label=words["agency"],
        dateline=dateline.strip(" -–—:."),
        paragraphs=_with_dateline(dateline, _text(page, story, done)),
        boilerplate=outlet.boilerplate if page.kind == "boilerplate" else (),
        notes=tuple(revision.note for revision in done if revision.note),
        published=published,
        modified=done[-1].at.astimezone(ZoneInfo(outlet.timezone)) if done else published + timedelta(minutes=1),
        revision=len(done),
    )


def printed_time(when: datetime, style: str, language: str) -> str:
    """A time as the outlet prints it. `when` is in the outlet's zone."""
    month, mon = _MONTHS[language]
    return style.format(
        month=month,
        mon=mon,
        d=when.day,
        m=when.month,
        yyyy=when.year,
        HH=f"{when:%H}",
        MM=f"{when:%M}",
        zone=when.tzname(),
    )


def label(agency: str | None, language: str) -> str:
    """The agency's name in print; empty for None."""
    names = AGENCY_LABELS.get(agency or "", {"": ""})
    return names.get(language, names[""])


def _words(outlet: Outlet, page: Page, story: Story, when: datetime) -> dict[str, str]:
    month, mon = _MONTHS[outlet.language]
    return {
        "place": story.place,
        "PLACE": story.place.upper(),
        "agency": label(story.agency, outlet.language) if page.credited else "",
        "author": page.author or "",
        "month": month,
        "mon": mon,
        "d": str(when.day),
        "n": str(page.number),
        "date": f"{when:%Y/%m/%d}",
        "section": _slug(story.section) or "news",
        "slug": _slug(page.headline or story.headline) or story.key,
    }


def _path(style: str, page: Page, words: dict[str, str]) -> str:
    path = style.format_map(words)
    return f"/members{path}" if page.members else path


def _slug(text: str) -> str:
    """Words joined by hyphens, accents dropped; empty where most of the text is not Latin."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words) if sum(map(len, words)) * 2 > len(text) else ""


def _dateline(outlet: Outlet, page: Page, story: Story) -> str:
    if page.dateline is not None:
        return page.dateline
    return outlet.dateline if story.agency and page.credited else outlet.dateline_own


def _byline(outlet: Outlet, page: Page, story: Story) -> str:
    if page.byline is not None:
        return page.byline
    return outlet.byline if story.agency and page.credited else outlet.byline_own


def _text(page: Page, story: Story, done: tuple[Revision, ...]) -> tuple[str, ...]:
    kept = story.paragraphs if page.keep is None else tuple(story.paragraphs[index] for index in page.keep)
    text = _replaced(kept, page.replace)
    for revision in done:
        text = revision.top + _replaced(text, revision.replace)
    return text


def _replaced(paragraphs: tuple[str, ...], changes: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    for old, new in changes:
        if not any(old in text for text in paragraphs):
            raise ValueError(f"nothing to replace: {old}")
        paragraphs = tuple(text.replace(old, new) for text in paragraphs)
    return paragraphs


def _with_dateline(dateline: str, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    return (dateline + paragraphs[0], *paragraphs[1:])


def _last(values: list[str | None]) -> str:
    return next(value for value in reversed(values) if value is not None)
