"""An article as another program took it out of its page: a JSON object with a text, as collections of texts have it, and no page.

Its bytes are what was received, and are kept like a page's, under a media type of their own; so a later cleaner reads them again. What
the object states is taken as stated, and what it does not state stays unknown: no block is chosen or trimmed, as there is no page to
choose from. Agency credits, dateline and language are found in the text as in that of a page, and lines that recur on the
host's pages (furniture) are taken out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from archive.agencies import agency_by_code
from archive.clean.agency import Attribution, Said, attribution
from archive.clean.authors import Authors, authors_of
from archive.clean.dateline import Dateline, dateline_of
from archive.clean.jsonld import JsonLd
from archive.clean.language import language_of
from archive.clean.markdown import plainly
from archive.clean.metadata import Metadata, absolute
from archive.clean.recurring import CUT, LEAST_WORDS, Line, line_key
from archive.clean.refusal import WALLS, refusal
from archive.clean.stated import Stated, context_of, plausible, read
from archive.clean.text import fold, plain, plain_lines, same, words
from archive.model import TEXT_RECORD, Article, Entry, Image

Record = Mapping[str, Any]

# Names under which collections have these fields, ours first: wirecopy/article/1, news-please, newspaper, trafilatura, fundus, Media Cloud,
# schema.org, CC-News, RealNews, and what people call them by hand.
TEXTS = (
    "text", "maintext", "article_text", "plaintext", "plain_text", "body_text", "full_text", "fulltext", "articleBody", "raw_text",
    "content", "body", "article",
)  # fmt: skip
_HEADLINES = ("headline", "title", "article_title", "name")
_SUBHEADS = ("subhead", "subtitle", "standfirst", "alternativeHeadline")
_AUTHORS = ("authors", "author", "article_author", "creator")
_PUBLISHED = (
    "published_at", "date_publish", "datePublished", "date_published", "published_date", "publish_date", "publication_date",
    "publishing_date", "published", "pubDate", "pub_date", "pubdate", "date", "datetime", "published_raw",
)  # fmt: skip
_MODIFIED = ("modified_at", "date_modify", "dateModified", "date_modified", "modified", "updated_at", "updated", "modified_raw")
_LANGUAGES = ("language", "lang", "inLanguage")
_SECTIONS = ("section", "articleSection", "article_section", "category")
_KEYWORDS = ("keywords", "tags", "topics")
_SOURCES = ("agency", "news_agency", "provider", "credit", "source")  # of the text: whom it credits
_OUTLETS = ("outlet_name", "site_name", "sitename", "publisher", "publication", "media_name")
_IMAGES = ("image_url", "image", "top_image")

_MOST_PARAGRAPHS = 20_000
_MOST_NAMES = 60
_SECONDS, _THOUSANDTHS = range(10**8, 10**10), range(10**11, 10**13)  # since 1970, from 1973 to 2286
_STATED = "stated: {}"


def is_one(headers: Mapping[str, str] | None) -> bool:
    """Whether a body with this Content-Type is such an object."""
    value = next((value for name, value in (headers or {}).items() if name.lower() == "content-type"), "")
    return value.partition(";")[0].strip().lower() == TEXT_RECORD


def record_of(body: bytes) -> Record | None:
    """The object; None where these bytes are none. Never raises."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def paragraphs_of(record: Record) -> list[str]:
    """The text's paragraphs, tags away; [] where it has none. Blank lines part them; in a text without any, every line is one."""
    for name in TEXTS:
        value = record.get(name)
        if isinstance(value, dict):
            value = _sections(value)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = "\n\n".join(value)
        if isinstance(value, str) and (found := list(_paragraphs(value))):
            return found[:_MOST_PARAGRAPHS]
    return []


def _sections(body: dict[str, Any]) -> list[Any]:
    """A body as fundus writes it: {"summary": [...], "sections": [{"headline": [...], "paragraphs": [...]}]}."""
    sections = body.get("sections")
    inside = [one for one in sections if isinstance(one, dict)] if isinstance(sections, list) else []
    parts = [body.get("summary"), *(one.get(name) for one in inside for name in ("headline", "paragraphs"))]
    return [line for part in parts if isinstance(part, list) for line in part]


def article(
    body: bytes, *, url: str, fetched_at: datetime | None, zone: tzinfo | None, country: str | None, feed: Entry | None,
    furniture: Collection[int], agency: str | None,
) -> Article:  # fmt: skip
    """Reads one; the arguments are those of `archive.clean.clean`. Never raises."""
    record = record_of(body)
    if record is None:
        return Article(reason="it is no JSON object")
    headline = _first(record, _HEADLINES)[0] or (plain(feed.title) if feed and feed.title else None)
    paragraphs = paragraphs_of(record)
    if len(paragraphs) > 1 and same(paragraphs[0], headline):
        del paragraphs[0]
    paragraphs = _without(paragraphs, furniture)
    if not paragraphs:
        return Article(headline=headline, reason="it holds no text")
    count = sum(map(words, paragraphs))
    if wall := refusal((headline,), " ".join(paragraphs[:20])[:2000], count, count, url=url):
        return Article(reason=WALLS[wall], wall=wall)
    return _Read(record, headline, paragraphs, url, fetched_at, zone, country, feed, agency).article()


def lines(body: bytes) -> tuple[Line, ...]:
    """Its lines, from which furniture is learned: nothing tells one from another, as they stand in no boxes."""
    found = paragraphs_of(record_of(body) or {})
    return tuple(Line(line_key(one), one[:CUT], words(one), True) for one in found if words(one) >= LEAST_WORDS)


class _Read:
    """An object on its way to an article, with what is known beside it."""

    def __init__(
        self, record: Record, headline: str | None, paragraphs: list[str], url: str, fetched_at: datetime | None, zone: tzinfo | None,
        country: str | None, feed: Entry | None, agency: str | None,
    ) -> None:  # fmt: skip
        self.record, self.headline, self.paragraphs, self.url = record, headline, paragraphs, url
        self.fetched_at, self.zone, self.country, self.feed, self.agency = fetched_at, zone, country, feed, agency
        self.evidence: dict[str, str] = {"text": "stated"}

    def article(self) -> Article:
        text = "\n\n".join(self.paragraphs)
        meta = self._metadata()
        byline = self._keep("byline", ("byline",))
        authors = authors_of(LexborHTMLParser(""), meta, byline)
        if byline is None and authors.asserted:
            byline, self.evidence["byline"] = ", ".join(dict.fromkeys(authors.asserted[:4])), _STATED.format("authors")
        dateline = next((found for found in map(dateline_of, self.paragraphs[:3]) if found), None)
        credit = self._credit(byline, authors, meta, dateline)
        if authors.people:
            self.evidence["authors"] = "byline" if authors.evidence == "byline" else _STATED.format("authors")
        language, how = language_of(_first(self.record, _LANGUAGES)[0], text)
        if language:
            self.evidence["language"] = how
        stated, changed = (self._time(field, names, language, credit) for field, names in _TIMES.items())
        image = next((place for one in _strings(self.record, _IMAGES) if (place := absolute(one, self.url))), None)
        return Article(
            headline=self._headline(), subhead=self._keep("subhead", _SUBHEADS), text=text, text_markdown=plainly(self.paragraphs),
            byline=byline, authors=authors.people, agency=credit.agency.code if credit.agency else None, credits=credit.credits,
            by_house=credit.by_house, disclaimer=credit.disclaimer,
            dateline=dateline.printed if dateline else None, dateline_place=dateline.place if dateline else None,
            published_at=stated.moment.utc if stated else None, published_raw=self._raw("published_raw", stated),
            modified_at=changed.moment.utc if changed else None, modified_raw=self._raw("modified_raw", changed),
            language=language, section=self._keep("section", _SECTIONS), keywords=_keywords(self.record),
            canonical_url=meta.canonical, image_url=image, images=_images(self.record, self.url),
            is_partial=self.record.get("is_partial") is True, is_agency_copy=credit.is_copy, evidence=self.evidence,
        )  # fmt: skip

    def _metadata(self) -> Metadata:
        """What it states of people and houses, as a page's meta elements would state it."""
        canonical = self.record.get("canonical_url")
        meta = Metadata(url=self.url, ld=JsonLd(()), canonical=absolute(canonical, self.url) if isinstance(canonical, str) else None)
        meta.meta = {
            "author": _names(self.record, _AUTHORS),
            "source": _sources(self.record),
            "og:site_name": _names(self.record, _OUTLETS),
        }
        return meta

    def _credit(self, byline: str | None, authors: Authors, meta: Metadata, dateline: Dateline | None) -> Attribution:
        credit = attribution(
            Said(
                self.url, byline, authors, meta, dateline, opening=self.paragraphs[0], endings=self.paragraphs[-8:],
                feed_authors=self.feed.authors if self.feed else (), agency=self.agency,
            )
        )  # fmt: skip
        if dateline:
            self.evidence["dateline"] = self.evidence["dateline_place"] = "start of the text"
        if credit.evidence:
            self.evidence["agency" if credit.agency else "is_agency_copy"] = credit.evidence
            if credit.is_copy:
                self.evidence["is_agency_copy"] = credit.evidence
        return credit

    def _headline(self) -> str | None:
        name = _first(self.record, _HEADLINES)[1]
        if self.headline:
            self.evidence["headline"] = _STATED.format(name) if name else "feed"
        return self.headline

    def _keep(self, field: str, names: Sequence[str]) -> str | None:
        value, name = _first(self.record, names)
        if value:
            self.evidence[field] = _STATED.format(name)
        return value

    def _time(self, field: str, names: Sequence[str], language: str | None, credit: Attribution) -> Stated | None:
        country = self.country or (credit.agency.country if credit.agency else None)
        context = context_of(self.url, language, self.zone, country, self.fetched_at)
        for name in names:
            for stated in read(_moment(self.record.get(name)), _STATED.format(name), context):
                if plausible(stated.moment, context):
                    local = stated.moment.local.isoformat(" ", "minutes")
                    self.evidence[field] = f"{stated.evidence}: {local}, zone {stated.moment.zone or 'not known'}"
                    return stated
        return None

    def _raw(self, name: str, stated: Stated | None) -> str | None:
        """As printed, where the object has that beside the time; else as it states the time."""
        printed = plain(self.record.get(name), 200)
        return printed or (stated.raw if stated else None)


_TIMES = {"published_at": _PUBLISHED, "modified_at": _MODIFIED}


def _paragraphs(text: str) -> Iterator[str]:
    """In a text with tags, as some collections have it, its elements part them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text and "</" in text:
        yield from plain_lines(text)
        return
    for paragraph in _parted(text):
        if folded := fold(paragraph):
            yield folded


def _parted(text: str) -> list[str]:
    """By lines that hold nothing; a text that has none has its paragraphs in lines, as most extractors write them."""
    lines = text.strip().split("\n")
    if all(line.strip() for line in lines):
        return lines
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [" ".join(paragraph) for paragraph in found]


def _without(paragraphs: list[str], furniture: Collection[int]) -> list[str]:
    """Without the lines that recur, as `archive.clean.recurring.without` has it."""
    gone = {one for one in paragraphs if words(one) >= LEAST_WORDS and line_key(one) in furniture} if furniture else set()
    if not gone or sum(words(one) for one in paragraphs if one in gone) * 2 > sum(map(words, paragraphs)):
        return paragraphs
    return [one for one in paragraphs if one not in gone]


def _first(record: Record, names: Sequence[str]) -> tuple[str | None, str | None]:
    """(the first of these fields that is a text, its name)."""
    return next(((found, name) for name in names if (found := plain(record.get(name)))), (None, None))


def _strings(record: Record, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        value = record.get(name)
        for one in value[:_MOST_NAMES] if isinstance(value, list) else (value,):
            named = one.get("name") or one.get("url") if isinstance(one, dict) else one
            if isinstance(named, str) and named.strip():
                yield named


def _names(record: Record, names: Sequence[str]) -> list[str]:
    """Of people or houses: the first of these fields that has any; a text or a list, of names or of objects with a name."""
    return next((found for name in names if (found := [plain(one, 300) or "" for one in _strings(record, (name,))])), [])


def _sources(record: Record) -> list[str]:
    """Whom it names as the source; a code of ours by its name."""
    return [known.name if (known := agency_by_code(one)) else plain(one, 300) or "" for one in _strings(record, _SOURCES)][:3]


def _keywords(record: Record) -> tuple[str, ...]:
    value = next((record[name] for name in _KEYWORDS if record.get(name)), ())
    given = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    found = (plain(one, 80) for one in given[:_MOST_NAMES])
    return tuple(dict.fromkeys(one for one in found if one and len(one) > 1))[:40]


def _images(record: Record, url: str) -> tuple[Image, ...]:
    """As wirecopy/article/1 has them."""
    value = record.get("images")
    given = [one for one in value[:_MOST_NAMES] if isinstance(one, dict)] if isinstance(value, list) else []
    places = ((absolute(one["url"], url), one) for one in given if isinstance(one.get("url"), str))
    return tuple(Image(place, *(plain(one.get(name)) for name in ("caption", "credit", "alt"))) for place, one in places if place)


def _moment(value: object) -> str | None:
    """A time as text; numbers count from 1970, in seconds or thousandths."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if isinstance(value, str) else None
    for seconds, unit in ((_SECONDS, 1), (_THOUSANDTHS, 1000)):
        if seconds.start <= value < seconds.stop:
            return datetime.fromtimestamp(value / unit, UTC).isoformat()
    return None
