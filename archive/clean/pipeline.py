"""The way of one page through the cleaner, on one screen."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from selectolax.lexbor import LexborHTMLParser

from archive.clean import text_record
from archive.clean.above import PRINTED, byline_above, byline_below, is_full_name, name_above
from archive.clean.agency import Attribution, Said, attribution
from archive.clean.authors import authors_of, sources_of
from archive.clean.body import FEW_WORDS, Body, choose, hints_of
from archive.clean.bounds import bounded
from archive.clean.byline import tells_both
from archive.clean.dateline import Dateline, dateline_of, source_line
from archive.clean.decode import decoded
from archive.clean.headline import headline_of
from archive.clean.images import images
from archive.clean.joined import BLOCKS, Place, joined
from archive.clean.language import language_of, normal_tag
from archive.clean.markdown import markdown, plainly
from archive.clean.metadata import Metadata, absolute, metadata
from archive.clean.partial import partial
from archive.clean.payload import story_in_data
from archive.clean.printed import Lines
from archive.clean.recurring import without
from archive.clean.refusal import FEW, WALLS, refusal
from archive.clean.signs import Hints
from archive.clean.stated import Stated, context_of
from archive.clean.text import key, plain, same, words
from archive.clean.times import published
from archive.clean.tree import FIGURE, Block, Page, read
from archive.clean.trim import LEAD
from archive.clean.twice import once
from archive.model import Article, Entry, Further, WallKind

_POINT = 12  # words of a paragraph; key points have fewer
_OPENING = 8  # blocks of the story's beginning among which a byline may stand
_TOP = 30  # blocks among which the headline of a page without headings may stand
_AROUND = 14  # blocks looked at before and after the story for byline, times and credits


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of `clean` beside the bytes."""

    url: str
    headers: Mapping[str, str] | None = None
    fetched_at: datetime | None = None
    zone: tzinfo | None = None
    country: str | None = None
    feed: Entry | None = None
    furniture: Collection[int] = frozenset()
    further: Sequence[Further] = ()
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks of a page, and which of them are its story."""

    page: Page
    hints: Hints
    story: Body


@dataclass(frozen=True, slots=True)
class Reading:
    """An article, and what its text was chosen from (of its first page); None where the page could not be opened."""

    article: Article
    choice: Choice | None = None


def reading(body: bytes, asked: Asked) -> Reading:
    """What `clean` does, with what it went by. Never raises."""
    place = Place(asked.url)
    first = _one_page(body, asked, place)
    article = first.article
    for page in asked.further if article.text else ():
        place = place.after(article)
        article = joined(article, _one_page(page.body, replace(asked, url=page.url, headers=page.headers, feed=None), place).article, place)
    return replace(first, article=article)


def _one_page(body: bytes, asked: Asked, place: Place) -> Reading:
    if text_record.is_one(asked.headers):
        return Reading(_of_record(body, asked))
    found = _opened(body, asked)
    if isinstance(found, str):
        return Reading(Article(reason=found))
    evidence: dict[str, str] = {}
    top = () if found.meta.headings else tuple(block.text for block in found.page.blocks[:_TOP])
    headline, how = headline_of(found.meta, asked.feed.title if asked.feed else None, top)
    if headline and how:
        evidence["headline"] = how
    hints = hints_of(found.meta, headline)
    found, story = _story(found, hints)
    story = place.unsaid(found.page, without(found.page, story, asked.furniture))
    article = _article(found, story, headline, evidence, asked)
    return Reading(place.told(article, found.tree, body), Choice(found.page, hints, story))


def _of_record(body: bytes, asked: Asked) -> Article:
    """A text whose page nobody has: there is nothing to choose from."""
    return text_record.article(
        body, url=asked.url, fetched_at=asked.fetched_at, zone=asked.zone, country=asked.country, feed=asked.feed,
        furniture=asked.furniture, agency=asked.agency,
    )  # fmt: skip


def _story(found: _Opened, hints: Hints) -> tuple[_Opened, Body]:
    """The story's blocks; looked for in the whole page where there are hardly any outside of its navigation and footer."""
    story = choose(found.page, hints)
    root = found.tree.root
    if not found.page.apart or root is None or sum(found.page.blocks[i].words for i in story.kept) >= FEW_WORDS:
        return found, story
    whole = replace(found, page=read(root, whole=True))
    whole.page.cut = found.page.cut
    other = choose(whole.page, hints)
    more = sum(whole.page.blocks[i].words for i in other.kept) >= FEW_WORDS
    return (whole, other) if more or not found.page.blocks else (found, story)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A page that could be parsed: nothing is judged yet."""

    html: str
    tree: LexborHTMLParser
    page: Page
    meta: Metadata


def _opened(body: bytes, asked: Asked) -> _Opened | str:
    """The page's tree, blocks and metadata, or why there are none."""
    given = decoded(body, asked.headers)
    if given.reason:
        return given.reason
    html, cut = bounded(once(given.text, given.utf8))
    try:
        tree = LexborHTMLParser(html if html is not given.text or given.utf8 is None else given.utf8)
    except Exception as problem:
        return f"the HTML parser gave up: {plain(str(problem), 200)}"
    root = tree.root
    if root is None:
        return "the document is empty"
    page = read(root)
    page.cut = page.cut or cut
    return _Opened(html, tree, page, metadata(tree, asked.url))


def _article(found: _Opened, story: Body, headline: str | None, evidence: dict[str, str], asked: Asked) -> Article:
    tree, page, meta = found.tree, found.page, found.meta

    def keep(field: str, found: tuple[str | None, str | None]) -> str | None:
        value, how = found
        if value and how:
            evidence[field] = how
        return value

    if wall := _wall(found, story, asked.url):
        return Article(reason=WALLS[wall], wall=wall)
    paragraphs, how = _paragraphs(found, story)
    text = "\n\n".join(paragraphs)
    count = sum(page.blocks[i].words for i in story.kept) if how == BLOCKS else sum(map(words, paragraphs))
    reason = None if text else (page.cut or "no text of a story was found")
    if text:
        evidence["text"] = how
    before, after = _around(page, story, headline)
    opening = _opening(page, story)
    printed = byline_above(before, opening)
    if not printed[0]:
        printed = byline_below(paragraphs[-3:])
    alone = None if printed[0] else name_above(before, opening, headline, sources_of(tree))
    language = keep("language", language_of(_declared(meta, asked.headers), text or headline or ""))
    dateline = next((d for d in map(dateline_of, _openings(paragraphs)) if d), None) or _source(before)
    authors = authors_of(tree, meta, printed[0])
    if not authors.people and is_full_name(alone):
        authors = replace(authors, people=(alone,), evidence=PRINTED)
    asserted = ", ".join(dict.fromkeys(authors.asserted[:4]))
    byline = keep("byline", printed if printed[0] else (asserted, "markup") if asserted else (alone, PRINTED))
    credit = attribution(
        Said(
            asked.url, printed[0] or alone, authors, meta, dateline, around=(*before, *after), beside=(*before, *after[:3]),
            opening=paragraphs[0] if paragraphs else "", endings=paragraphs[-8:],
            feed_authors=asked.feed.authors if asked.feed else (), agency=asked.agency,
        )
    )  # fmt: skip
    if not authors.people and dateline and dateline.reporter:
        authors = replace(authors, people=(dateline.reporter,), evidence="dateline")
    if authors.people:
        evidence["authors"] = authors.evidence
    stated, changed = _times(found, (before, after), headline, language, credit, asked)
    for field, time in (("published_at", stated), ("modified_at", changed)):
        if time:
            evidence[field] = f"{time.evidence}: {time.moment.local.isoformat(' ', 'minutes')}, zone {time.moment.zone or 'not known'}"
    subhead = keep("subhead", _subhead(meta, before, headline))
    _note(evidence, dateline, credit)
    cut = keep("is_partial", _both(partial(meta.ld, paragraphs[-1] if paragraphs else "", count, after)))
    image = absolute(meta.ld.image(), meta.url) or absolute(meta.first("og:image", "twitter:image"), meta.url)
    section = keep("section", _section(meta))
    if meta.canonical:
        evidence["canonical_url"] = "link canonical or og:url"
    return Article(
        headline=headline,
        subhead=subhead,
        text=text,
        text_markdown=markdown(page, story.kept, meta.url) if how == BLOCKS else plainly(paragraphs),
        reason=reason,
        byline=byline,
        authors=authors.people,
        agency=credit.agency.code if credit.agency else None,
        credits=credit.credits,
        by_house=credit.by_house,
        disclaimer=credit.disclaimer,
        dateline=dateline.printed if dateline else None,
        dateline_place=dateline.place if dateline else None,
        published_at=stated.moment.utc if stated else None,
        published_raw=stated.raw if stated else None,
        modified_at=changed.moment.utc if changed else None,
        modified_raw=changed.raw if changed else None,
        language=language,
        section=section,
        keywords=_keywords(meta),
        canonical_url=meta.canonical,
        image_url=image,
        images=images(page, story.kept, story.head, meta.url),
        is_partial=cut is not None,
        is_agency_copy=credit.is_copy,
        evidence=evidence,
    )


def _openings(paragraphs: list[str]) -> list[str]:
    """The first three, and the first three that are more than a key point in a list above the story."""
    longer = [paragraph for paragraph in paragraphs[:_OPENING] if words(paragraph) >= _POINT]
    return list(dict.fromkeys(paragraphs[:3] + longer[:3]))


def _paragraphs(found: _Opened, story: Body) -> tuple[list[str], str]:
    """The story's paragraphs, and where they stand: in the page's data where its elements hold hardly any."""
    blocks = [found.page.blocks[i] for i in story.kept]
    if sum(block.words for block in blocks) < FEW_WORDS and (told := story_in_data(found.tree, found.meta)):
        return told
    return [block.text for block in blocks], BLOCKS


def _both(how: str | None) -> tuple[str | None, str | None]:
    """A value that is its own evidence."""
    return how, how


def _wall(found: _Opened, story: Body, url: str) -> WallKind | None:
    page, meta = found.page, found.meta
    kept = sum(page.blocks[i].words for i in story.kept)
    seen = " ".join(b.text for b in page.blocks[:20])[:2000]
    words_seen = sum(b.words for b in page.blocks) + (FEW + 1 if page.apart else 0)  # with navigation or a footer it is no bare page
    return refusal((meta.title, *meta.h1[:2]), seen, kept, words_seen, url=url, html=found.html)


def _around(page: Page, story: Body, headline: str | None) -> tuple[list[str], list[str]]:
    """Texts of the blocks between headline and story, and of those after it."""
    if not story.kept:
        return [b.text for b in page.blocks[:_AROUND]], []
    first, last = next((i for i in story.kept if page.blocks[i].words >= LEAD), story.kept[0]), story.kept[-1]
    title = key(headline) if headline else ""
    sized = (i for i in range(max(0, first - 60), first) if len(title) <= len(page.blocks[i].text) <= 2 * len(title) + 10)
    heads = [i for i in sized if title and key(page.blocks[i].text) == title]
    start = max(0, (heads[-1] if heads else first - _AROUND) - 4)
    before = [b.text for b in page.blocks[start:first] if _is_short_line(page, b)]
    chosen = set(story.kept)
    within = [page.blocks[i].text for i in range(first, last) if i not in chosen and _is_short_line(page, page.blocks[i])]
    after = [b.text for b in page.blocks[last + 1 : last + 1 + _AROUND] if _is_short_line(page, b)]
    return before, [*after, *within[:_AROUND]]


_DIGIT = re.compile(r"\d")
_CAPTION = re.compile("caption|photo|bildunterschrift|bildnachweis|legende|credit")


def _is_short_line(page: Page, block: Block) -> bool:
    """No paragraph, and nothing under a picture, whose credit is not the story's. Some themes call the line with the day a caption."""
    box = page.boxes[block.box]
    return (
        len(block.text) <= 600
        and not box.flags & FIGURE
        and (not _CAPTION.search(box.names) or _DIGIT.search(block.text) is not None or tells_both(block.text))
    )


def _opening(page: Page, story: Body) -> list[str]:
    """Short lines from the story's first paragraph to its second: below a standfirst the byline stands among them."""
    first = next((i for i in story.kept if page.blocks[i].words >= LEAD), story.kept[0]) if story.kept else 0
    found: list[str] = []
    for block in page.blocks[first : first + _OPENING] if story.kept else ():
        if block.words >= LEAD and found:
            break
        found.append(block.text if len(block.text) <= 160 and _is_short_line(page, block) else "")
    return [line for line in found if line]


def _source(before: list[str]) -> Dateline | None:
    return next((source.dateline for line in reversed(before) if (source := source_line(line)) and source.dateline), None)


def _declared(meta: Metadata, headers: Mapping[str, str] | None) -> str | None:
    stated = meta.lang or meta.ld.text("inLanguage") or meta.first("og:locale", "content-language", "dc.language", "language")
    if normal_tag(stated) is None:
        stated = next((v for k, v in (headers or {}).items() if k.lower() == "content-language"), None)
    return stated


def _times(
    found: _Opened, lines: tuple[list[str], list[str]], headline: str | None, language: str | None, credit: Attribution, asked: Asked
) -> tuple[Stated | None, Stated | None]:
    country = asked.country or (credit.agency.country if credit.agency else None)
    context = context_of(asked.url, language, asked.zone, country, asked.fetched_at)
    above, below = ([line for text in part for line in text.split("\n") if len(line) <= 200] for part in lines)
    return published(found.tree, found.meta, Lines(above, below), context, headline)


def _subhead(meta: Metadata, before: list[str], headline: str | None) -> tuple[str | None, str | None]:
    described = meta.ld.text("description", "alternativeHeadline") or meta.first("og:description", "description")
    wanted = key(described) if described else ""
    for line in before if wanted else ():
        if len(line) >= len(wanted) and key(line) == wanted and not same(line, headline):
            return line, "printed under the headline, as in the description"
    return None, None


def _section(meta: Metadata) -> tuple[str | None, str | None]:
    found = meta.ld.text("articleSection")
    if found:
        return found, "json-ld articleSection"
    found = meta.first("article:section", "section", "parsely-section", "category", "cxenseparse:articlesection")
    if found:
        return found, "meta section"
    node = meta.section
    found = plain(node.text(deep=True)) if node is not None and node.tag != "meta" else None
    if not found or len(found) > 60:  # an element around much more
        return None, None
    return found, "microdata articleSection"


def _keywords(meta: Metadata) -> tuple[str, ...]:
    raw = meta.ld.texts("keywords") or [
        v for k in ("news_keywords", "article:tag", "keywords", "parsely-tags") for v in meta.meta.get(k, ())
    ]
    out: dict[str, str] = {}
    for value in raw[:60]:
        for part in (plain(value) or "").replace("،", ",").replace("、", ",").split(","):
            word = part.strip(" ;#\"'")
            if 1 < len(word) <= 80:
                out.setdefault(word.casefold(), word)
    return tuple(out.values())[:40]


def _note(evidence: dict[str, str], dateline: Dateline | None, credit: Attribution) -> None:
    if dateline:
        evidence["dateline"] = evidence["dateline_place"] = "start of the text" if dateline.in_text else "printed above the text"
    if credit.evidence:
        evidence["agency" if credit.agency else "is_agency_copy"] = credit.evidence
        if credit.is_copy:
            evidence["is_agency_copy"] = "disclaimer" if credit.disclaimer else credit.evidence
