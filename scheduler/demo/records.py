"""The records of the demo world, from the story as the agency wrote it to the request that came in for its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["wire", "copy", "cut", "retitled", "boilerplate", "roundup", "lookalike", "own"]
FeedForm = Literal["rss", "rss091", "rdf", "atom", "json", "sitemap", "sitemapindex", "listing"]
LinkForm = Literal["clean", "utm", "redirect", "variant"]

LAST_EPOCH = 3


@dataclass(frozen=True, slots=True)
class Story:
    """One invented story as its first writer filed it, before any outlet touched it."""

    key: str  # the file's name: "buoys"
    headline: str
    subhead: str
    language: str  # BCP 47 primary subtag
    section: str
    place: str
    keywords: tuple[str, ...]
    caption: str
    paragraphs: tuple[str, ...]
    agency: str | None = None  # code: "pti"; None: no agency wrote it


@dataclass(frozen=True, slots=True)
class Revision:
    """What an outlet changes on its page when the world reaches `epoch`."""

    epoch: int
    at: datetime
    change: Literal["correction", "update"]
    headline: str | None = None  # None: the headline stays
    replace: tuple[tuple[str, str], ...] = ()  # words in the text, old to new
    top: tuple[str, ...] = ()  # paragraphs put before the text
    note: str | None = None  # the outlet's note about it, printed beside the text


@dataclass(frozen=True, slots=True)
class Page:
    """One outlet's plan for one story. None means: as the outlet or the story has it."""

    story: str
    kind: Kind
    epoch: int  # first epoch at which the page is there
    at: datetime  # published, with the outlet's own offset
    number: int  # unique within the outlet
    headline: str | None = None
    subhead: str | None = None
    author: str | None = None  # a person
    byline: str | None = None
    dateline: str | None = None  # format, as in Outlet
    credited: bool = True  # False: agency text under another name
    keep: tuple[int, ...] | None = None  # indices of the story's paragraphs that are printed
    replace: tuple[tuple[str, str], ...] = ()
    revisions: tuple[Revision, ...] = ()
    gone: int | None = None  # 404 in this epoch, 410 from the next one on
    members: bool = False  # lies under /members/, which robots.txt disallows
    volatile: bool = False  # advertisement, nonce and clock differ on each fetch; the text does not
    slow: bool = False  # dribbles
    flaky: bool = False  # 503 with Retry-After on the first request of all


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of an outlet. An epoch of None means: never."""

    path: str
    form: FeedForm
    kind: str = "auto"  # as sources.toml names it
    links: LinkForm = "clean"
    full: bool = False  # carries the whole text
    listed: bool = True  # stands in sources.toml
    moved_to: str | None = None
    moved: int | None = None  # from this epoch on: 301 to `moved_to`
    broken: int | None = None  # in this epoch: ill-formed XML with readable entries
    html: int | None = None  # in this epoch: an HTML page instead
    new_guids: int | None = None  # from this epoch on: other guids for the same stories


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet. Formats know {place} {PLACE} {agency} {mon} {month} {d} {printed} {n} {slug} {date}."""

    id: str
    name: str
    language: str
    timezone: str
    makeup: str  # template in makeup/, without ".html"
    path: str  # format of an article's path
    dateline: str  # format of the dateline, with the blank that ends it
    byline: str  # format, over agency copy
    printed: str  # format of a printed time: {month} {mon} {d} {m} {yyyy} {HH} {MM} {zone}
    feeds: tuple[Feed, ...]
    pages: tuple[Page, ...]
    agency: str | None = None  # on an agency's own site
    dateline_own: str = ""
    byline_own: str = "{author}"
    credit: str = ""  # format of a credit line under agency copy
    disclaimer: str = ""
    boilerplate: tuple[str, ...] = ()  # paragraphs under pages of kind "boilerplate"
    charset: str = "utf-8"
    declares_charset: bool = True  # False: neither header nor meta says it
    validators: Literal["both", "etag", "date"] = "both"
    fresh_related: bool = False  # related lists follow the world, so that old pages get new bytes
    variant: str | None = None  # format of the path of a second page for each story (AMP, print)
    variant_makeup: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as printed at one epoch: all that a template needs."""

    page: Page
    story: Story
    path: str
    variant_path: str | None
    headline: str
    subhead: str
    byline: str
    agency: str | None  # code; None: not credited
    agency_label: str  # as printed; "" when not credited
    dateline: str  # as printed, without the blank at its end
    paragraphs: tuple[str, ...]  # the story's text, with the dateline in the first one
    boilerplate: tuple[str, ...]
    notes: tuple[str, ...]
    published: datetime  # in the outlet's zone
    modified: datetime
    revision: int  # 0: as first printed


@dataclass(frozen=True, slots=True)
class Truth:
    """What one page of the world holds at one epoch."""

    url: str  # the page's own, canonical URL
    outlet: str
    story: str  # pages of one story share it; a round-up and a look-alike have their own
    kind: Kind
    language: str
    headline: str
    subhead: str
    byline: str
    authors: tuple[str, ...]  # people
    agency: str | None  # the agency the page credits
    source_agency: str | None  # the agency that wrote the story, credited or not
    dateline: str
    dateline_place: str | None
    paragraphs: tuple[str, ...]
    boilerplate: tuple[str, ...]  # the outlet's own paragraphs in the body: a cleaner may keep or drop them
    notes: tuple[str, ...]  # correction notes: likewise
    published: datetime
    modified: datetime
    revision: int
    aliases: tuple[str, ...]  # other URLs that lead to it: utm, redirect, AMP, print
    robots_allow: bool
    status: int  # 200, 404 or 410

    @property
    def text(self) -> str:
        """The story's text, paragraphs separated by a blank line."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Answer:
    """What lies at one path at one epoch, before validators, gzip and moods of the day."""

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    validators: Literal["both", "etag", "date", "none"] = "both"
    volatile: bool = False
    slow: bool = False
    flaky: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in, and what it was answered with."""

    outlet: str
    method: str
    path: str  # with its query, as received
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]  # as received, in order
    body: bytes  # as sent, before content encoding
    epoch: int
    time: float  # time.monotonic() when the head had been read

    def header(self, name: str) -> str | None:
        """The first header of this name, case aside."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)
