"""`wirecopy add`: which feeds are at a URL? Asks through `crawler.ask`, decides what to try and what is worth offering."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urldefrag, urljoin

from archive.errors import UsageError, WirecopyError
from archive.keys import fetch_url, payload_digest
from archive.model import FeedDocument
from archive.terminal import plain
from crawler.ask import Asker, Polled, moved_to
from crawler.discover.links import absolute
from crawler.find import FoundFeed, advertised, name_from_page, sitemaps_in_robots, usual_paths
from crawler.policy import Policy, public_url
from crawler.sources import FeedSpec, OutletSpec, SourceKind, Sources

_WORDS = {"rss": "RSS feed", "atom": "Atom feed", "json": "JSON Feed", "sitemap": "news sitemap", "html": "page of stories"}
MAX_TRIED = 20  # advertised feeds that are polled: each costs a request, and a page may name one a section
MIN_LISTED = 3  # stories that a page has to list before it is offered as a source of its own
MAX_SITEMAPS = 4  # of robots.txt: some sites list hundreds, news ones are tried first
Step = Callable[[], None]


class NothingFound(WirecopyError):
    """No feed could be had from the URL; the message says what was tried."""

    exit_code = 69


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that was polled and can be read."""

    spec: FeedSpec  # as it would stand in sources.toml
    document: FeedDocument
    digest: str  # of the payload: two addresses often serve one feed

    @property
    def kind(self) -> str:
        return self.document.kind or "feed"

    @property
    def newest(self) -> datetime | None:
        return newest(self.document)


@dataclass(frozen=True, slots=True)
class Survey:
    """What is at a URL."""

    homepage: str
    feeds: tuple[Found, ...] = ()  # best first
    name: str | None = None  # what the site calls itself
    notes: tuple[str, ...] = ()  # what did not work, one sentence each


@dataclass(slots=True)
class _Trail:
    """What one survey works with."""

    asker: Asker
    kind: SourceKind
    step: Step
    notes: list[str] = field(default_factory=list)


def newest(document: FeedDocument) -> datetime | None:
    """The time of the newest entry; None where no entry has one."""
    times = (entry.published_at or entry.updated_at for entry in document.entries)
    return max((time for time in times if time), default=None)


def typed(url: str) -> tuple[str, ...]:
    """The URLs that a typed address may mean, to be tried in order. Raises UsageError."""
    bare = re.sub(r"(?i)\Afeed:(?://)?", "", url.strip())
    whole = [bare] if re.match(r"(?i)[a-z][a-z0-9+.-]*://", bare) else [f"https://{bare}", f"http://{bare}"]
    links = [urldefrag(link).url for one in whole if fetch_url(one) and (link := absolute(one, ""))]
    if not links:
        raise UsageError(f"{url[:200]!r} is no web address", hint="Write for example https://example.org/feed or example.org.")
    return tuple(links)


async def survey(asker: Asker, urls: tuple[str, ...], kind: SourceKind, step: Step) -> Survey:
    """What is at the first of `urls` that answers. Raises NothingFound."""
    trail = _Trail(asker, kind, step)
    url, polled = await _first_answer(trail, urls)
    page = polled.asked.hops[-1].url
    if found := _found(trail, polled, FeedSpec(url, kind)):
        return Survey(urljoin(absolute(found.document.homepage, page) or page, "/"), (found,), found.document.title)
    feeds = () if kind == "html" else await _feeds_of_page(trail, page, polled.asked.body)
    if not feeds and kind == "auto":
        feeds = await _as_listing(trail, polled)
    if not feeds:
        raise _nothing(trail, url, polled)
    name = await asker.read(name_from_page, polled.asked.body, otherwise=None)
    return Survey(urljoin(page, "/"), tuple(sorted(_distinct(feeds), key=_rank)), name or feeds[0].document.title, tuple(trail.notes))


async def _first_answer(trail: _Trail, urls: tuple[str, ...]) -> tuple[str, Polled]:
    problem = ""
    for url in urls:
        polled = await _poll(trail, FeedSpec(url, trail.kind))
        if polled.asked.hops and polled.asked.hops[-1].status is not None:
            return url, polled
        problem = polled.judged.error or "it does not answer"
        if "TLS certificate" in problem:
            break  # never fall back from a forged https to http
    raise NothingFound(plain(f"{public_url(url)}: {problem}"), hint=_hint(problem))


async def _feeds_of_page(trail: _Trail, page: str, body: bytes) -> tuple[Found, ...]:
    """What the page and robots.txt name; where that comes to nothing, the first that is at one of the usual paths."""
    none: tuple[FoundFeed, ...] = ()
    named = [one.url for one in await trail.asker.read(advertised, body, page, otherwise=none)]
    if len(named) > MAX_TRIED:
        trail.notes.append(f"The page names {len(named)} feeds; the first {MAX_TRIED} were tried.")
    sitemaps = sitemaps_in_robots(await trail.asker.robots_text(page), page)[:MAX_SITEMAPS]
    feeds = await asyncio.gather(*(_try(trail, url) for url in named[:MAX_TRIED]), *(_try(trail, url) for url in sitemaps))
    found = tuple(one for one in feeds if one and _is_news(one))
    return found or await _at_usual_path(trail, page, {*named, *sitemaps})


async def _at_usual_path(trail: _Trail, page: str, tried: set[str]) -> tuple[Found, ...]:
    quiet = replace(trail, notes=[])  # that nothing is at a guessed path is no news
    for url in usual_paths(page):
        found = await _try(quiet, url) if url not in tried else None
        if found and _is_news(found):
            return (found,)
    return ()


async def _as_listing(trail: _Trail, polled: Polled) -> tuple[Found, ...]:
    """The page itself, as a page that lists stories, where it has enough of them to be one."""
    answer = polled.asked.hops[-1]
    if not polled.asked.body:
        return ()
    document = await trail.asker.reader.read(answer, "html")
    if document.error or len(document.entries) < MIN_LISTED:
        return ()
    return (Found(FeedSpec(answer.url, "html"), document, payload_digest(polled.asked.body)),)


async def _try(trail: _Trail, url: str) -> Found | None:
    spec = FeedSpec(url, trail.kind)
    polled = await _poll(trail, spec)
    found = _found(trail, polled, spec)
    if not found and polled.judged.error:
        trail.notes.append(plain(f"{url}: {polled.judged.error}"))
    return found


async def _poll(trail: _Trail, spec: FeedSpec) -> Polled:
    alone = Policy(Sources(outlets=(OutletSpec(id="new", name="", feeds=(spec,)),)))
    polled = await trail.asker.poll("", spec, alone.credentials(public_url(spec.url)))
    trail.step()
    return polled


def _found(trail: _Trail, polled: Polled, spec: FeedSpec) -> Found | None:
    document = polled.document
    if document is None or not polled.readable or trail.kind not in ("auto", document.kind):
        return None
    moved = moved_to(polled.asked.hops) if spec.url == public_url(spec.url) else None  # credentials are for the old address
    return Found(replace(spec, url=moved or spec.url), document, payload_digest(polled.asked.hops[-1].body or b""))


def _is_news(found: Found) -> bool:
    """Whether it is a feed, or a sitemap of dated stories; sitemaps of a whole site are no use to a poller."""
    return found.kind != "sitemap" or any(entry.title and entry.published_at for entry in found.document.entries)


def _rank(found: Found) -> tuple[bool, bool]:
    return (not found.document.entries, found.kind == "sitemap")


def _distinct(feeds: Iterable[Found]) -> list[Found]:
    """Each feed once: neither the same address nor the same bytes twice."""
    kept: list[Found] = []
    for found in feeds:
        if not any(found.spec.url == one.spec.url or found.digest == one.digest for one in kept):
            kept.append(found)
    return kept


def _nothing(trail: _Trail, url: str, polled: Polled) -> NothingFound:
    status = polled.asked.hops[-1].status or 0
    why = f" ({polled.judged.error})" if polled.asked.refusal or status >= 400 else ""
    wanted = "feed" if trail.kind == "auto" else _WORDS[trail.kind]
    tried = f"It names some that can't be had: {'; '.join(trail.notes[:3])}." if trail.notes else None
    hint = tried or "Give the address of the feed itself, or of a page that lists stories with --kind html."
    return NothingFound(plain(f"no {wanted} was found at {public_url(url)}{why}"), hint=plain(hint))


def _hint(problem: str) -> str | None:
    if "allow_private" in problem:
        return 'To crawl a network of your own, name it in sources.toml: [fetch] allow_private = ["10.1.0.0/16"].'
    return "Check the address; `wirecopy add` takes a feed or a page."
