"""When a page says it was published and changed: marked-up times before printed ones, a zone before none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.clean.metadata import Metadata
from archive.clean.text import fold, plain
from archive.dates import Moment, parse_moment


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement of a time."""

    raw: str
    moment: Moment
    evidence: str


_PUBLISHED_META = (
    "article:published_time", "datepublished", "og:article:published_time", "og:published_time", "article:published",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "publish_date", "publish-date",
    "publishdate", "published_date", "published-date", "pubdate", "pub_date", "datecreated", "article.published",
    "article_date_original", "originalpublicationdate", "displaydate", "bt:pubdate", "rnews:datepublished", "date",
    "date_published", "publication_date", "citation_publication_date", "citation_date", "article:create", "dateposted",
    "article.created", "release_date", "iso-8601-publish-date", "last-published", "shareaholic:article_published_time",
    "publication-date", "publication date", "timestamp", "ptime", "created", "dc:date", "blog:published_time",
    "og:pubdate", "og:release_date", "published_time", "time_published", "first_published",
    "article:published_date", "article:post_date", "eprints.date", "bepress_citation_date", "analyticsattributes.articledate",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "og:article:modified_time", "article:updated",
    "article:modified", "dcterms.modified", "dc.date.modified", "lastmod", "last-modified", "lastmodified", "updated",
    "modified", "moddate", "utime", "og:modified_time", "article.updated", "revision_date", "dateupdated", "updated_time",
)  # fmt: skip
# Spelled in many ways: "article:published:time", "publish-date", "publishDate" (names come in lower case).
_SQUEEZED = str.maketrans("", "", ":-_. ")
_PUBLISHED_NAMES = tuple(dict.fromkeys(name.translate(_SQUEEZED) for name in _PUBLISHED_META))
_MODIFIED_NAMES = tuple(dict.fromkeys(name.translate(_SQUEEZED) for name in _MODIFIED_META))
_MODIFIED = re.compile(
    r"updated?|modified|edited|revised|aktualisiert|mis(?:e)? à jour|màj|modifié|actualizad|atualizad|"
    r"aggiornat|ultima modifica|"
    r"bijgewerkt|gewijzigd|uppdaterad|oppdatert|opdateret|päivitetty|zaktualizowan|aktualizov|güncelle|"
    r"diperbarui|обновлен|"
    r"изменен|оновлен|अपडेट|अद्यतन|अपडेटेड|تحديث|آخر تحديث|更新|수정|업데이트|最終更新",
    re.I,
)
_PUBLISHED = re.compile(
    r"publish|posted|veröffentlicht|erstellt|publié|publicad|pubblicat|gepubliceerd|publicerad|publisert|julkaistu|"
    r"opublikowan|yayın|diterbitkan|опубликован|प्रकाशित|نشر|公開|发布|發布|등록|입력|掲載",
    re.I,
)
_URL_DAY = re.compile(
    r"/(?P<y>(?:19|20)\d\d)[/-]?(?P<m>0[1-9]|1[0-2])[/-]?(?P<d>0[1-9]|[12]\d|3[01])(?=[/._-]|$)"
    r"|[/-](?P<d2>0[1-9]|[12]\d|3[01])-(?P<m2>0[1-9]|1[0-2])-(?P<y2>(?:19|20)\d\d)(?=[/._-]|$)"
)
_MOST = 60
_HISTORY = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """How printed times are meant on this page."""

    zone: tzinfo | None = None
    country: str | None = None
    month_first: bool | None = None
    fetched_at: datetime | None = None


def context_of(url: str, language: str | None, zone: tzinfo | None, country: str | None, fetched_at: datetime | None) -> Context:
    """`country`: ISO 3166 of the outlet or the agency where known; else the host's top-level domain, else `lang`'s region."""
    try:
        top = (urlsplit(url).hostname or "").rsplit(".", 1)[-1].upper()
    except ValueError:
        top = ""
    region = (language or "").partition("-")[2]
    country = country or ({"UK": "GB"}.get(top, top) if len(top) == 2 else None) or (region if len(region) == 2 else None)
    month_first = True if country in ("US", "PH") or (country is None and language == "en") else None
    if country and not month_first:
        month_first = country == "CA" and None
    return Context(zone, country, True if month_first else (False if country or language not in (None, "en") else None), fetched_at)


def published(
    tree: LexborHTMLParser, meta: Metadata, lines: Iterable[str], context: Context, headline: str | None = None
) -> tuple[Stated | None, Stated | None]:
    """(published, modified): what the page states; the first kind of evidence that names a day wins.

    `lines`: printed lines around the headline and the text. A printed time fills in the clock where the markup gives
    the same day alone. Of a page that says only when it was changed the first is that day, and no instant.
    """
    marked = _first(_marked(meta, context), context)
    changed = _first(_changed(meta, context), context)
    printed = printed_changed = None
    if marked is None or marked.moment.utc is None:
        printed, printed_changed = _printed(tree, lines, context, headline)
    best = marked or printed
    if marked and printed and marked.moment.utc is None and printed.moment.utc is not None and _same_day(marked, printed):
        best = printed
    if best is None or (marked is None and best.evidence == "printed"):
        dated = _in_address(meta.url)
        if dated and (best is None or not (_same_day(best, dated) if best.moment.has_time else best.moment.day == dated.moment.day)):
            best = dated  # a line may name the day of what it tells of; an address has the day of its making
    changed = changed or printed_changed
    if best is None and changed is not None:
        best = Stated(changed.raw, replace(changed.moment, utc=None), f"only a change is stated, {changed.evidence}")
    return best, changed


def _in_address(url: str) -> Stated | None:
    """The day in a path: "/2025/08/29/", "/20250829-", "/29-08-2025"."""
    found = _URL_DAY.search(url)
    if not found:
        return None
    moment = parse_moment("-".join(found[a] or found[b] for a, b in (("y", "y2"), ("m", "m2"), ("d", "d2"))))
    return Stated(found[0].strip("/-"), moment, "url") if moment else None


def _same_day(a: Stated, b: Stated) -> bool:
    return abs(a.moment.local - b.moment.local) < timedelta(hours=36)


def _first(found: Iterable[Stated], context: Context) -> Stated | None:
    """The first plausible statement; a later one of the same day with a zone is better than one without."""
    best: Stated | None = None
    for stated in found:
        if not _plausible(stated.moment, context):
            continue
        if best is None:
            best = stated
        elif best.moment.utc is None and stated.moment.utc is not None and _same_day(best, stated):
            return stated
        if best.moment.utc is not None:
            break
    return best


def _plausible(moment: Moment, context: Context) -> bool:
    """From the web's time, and not after the fetch (a day of grace for zones)."""
    when = moment.utc or moment.local.replace(tzinfo=UTC)
    return when >= _HISTORY and (context.fetched_at is None or when <= context.fetched_at + timedelta(days=1))


def _read(raw: str | None, evidence: str, context: Context) -> Iterator[Stated]:
    text = plain(raw, 200) if raw else None
    if text:
        moment = parse_moment(text, zone=context.zone, country=context.country, month_first=context.month_first)
        if moment:
            yield Stated(text, moment, evidence)


def _marked(meta: Metadata, context: Context) -> Iterator[Stated]:
    yield from _read(meta.ld.text("datePublished"), "json-ld datePublished", context)
    yield from _of_meta(meta, _PUBLISHED_NAMES, context)
    yield from _read(meta.ld.text("dateCreated", "uploadDate"), "json-ld dateCreated", context)
    for node in meta.ld.others:
        if node is not meta.ld.article and isinstance(node.get("datePublished"), str):
            yield from _read(str(node["datePublished"]), "json-ld datePublished of another node", context)
            break


def _changed(meta: Metadata, context: Context) -> Iterator[Stated]:
    yield from _read(meta.ld.text("dateModified"), "json-ld dateModified", context)
    yield from _of_meta(meta, _MODIFIED_NAMES, context)


def _of_meta(meta: Metadata, names: tuple[str, ...], context: Context) -> Iterator[Stated]:
    """The times of the meta elements of these names, in their order."""
    given: dict[str, str] = {}
    for name in meta.meta:
        given.setdefault(name.translate(_SQUEEZED), name)
    for name in names:
        if name in given:
            for value in meta.meta[given[name]][:2]:
                yield from _read(value, f"meta {given[name]}", context)


def _printed(tree: LexborHTMLParser, lines: Iterable[str], context: Context, headline: str | None) -> tuple[Stated | None, Stated | None]:
    """The first printed times of publication and change: marked elements, then lines near the headline."""
    first: Stated | None = None
    changed: Stated | None = None
    for raw, text, how in (*_elements(tree, headline), *((line, line, "printed") for line in lines if _DIGIT.search(line))):
        if _YEAR.fullmatch(raw):
            continue  # a year alone is a day in metadata (W3C-DTF), not in print
        for stated in _read(raw, how, context):
            if not _plausible(stated.moment, context):
                continue
            is_change = bool(_MODIFIED.search(text)) and not _PUBLISHED.search(text)
            if is_change:
                changed = changed or stated
            elif first is None:
                first = stated
        if first and changed:
            break
    return first, changed


_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\W*\d{4}\W*")
_TIMES = "time,[itemprop=datePublished],[itemprop=dateModified],[pubdate],abbr.published[title]"


def _elements(tree: LexborHTMLParser, headline: str | None) -> list[tuple[str, str, str]]:
    """(time, the words around it, evidence) of elements that are marked as a time, those nearest to the headline first."""
    found: list[tuple[int, tuple[str, str, str]]] = []
    nodes = tree.css(_TIMES)[:_MOST]
    above = _ancestors(_h1(tree, headline)) if nodes else {}
    for node in nodes:
        attributes = node.attributes
        words = fold(node.text(deep=True)[:300])
        raw = attributes.get("datetime") or attributes.get("content") or (attributes.get("title") if node.tag == "abbr" else None) or words
        if not raw or len(raw) > 200:
            continue
        parent = node.parent
        around = fold(parent.text(deep=True)[:200]) if parent is not None else ""
        label = around if len(around) <= len(words) + 40 else words[:200]
        names = f"{attributes.get('itemprop') or ''} {attributes.get('class') or ''}"
        found.append((_distance(node, above), (raw, f"{names} {label}", "time element")))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _h1(tree: LexborHTMLParser, headline: str | None) -> LexborNode | None:
    heads = tree.css("h1")[:12]
    wanted = fold(headline or "")
    return next((head for head in heads if wanted and wanted in fold(head.text(deep=True)[:600])), heads[0] if heads else None)


_DEEP = 40  # levels climbed: real pages have some 20 above an h1


def _ancestors(node: LexborNode | None) -> dict[int, int]:
    """What a node stands in -> how many levels up."""
    found: dict[int, int] = {}
    while node is not None and len(found) < _DEEP:
        found[node.mem_id] = len(found)
        node = node.parent
    return found


def _distance(node: LexborNode, above: dict[int, int]) -> int:
    """Levels from the headline up to what holds the node as well; all the same where there is no headline."""
    climbed: LexborNode | None = node
    for _ in range(_DEEP):
        if climbed is None or not above:
            break
        if climbed.mem_id in above:
            return above[climbed.mem_id]
        climbed = climbed.parent
    return _DEEP
