"""One frozen record per stage of the way. Rows do not leave the store: these do.

All times are aware and UTC. `None` means "not known", never "empty".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

FeedKind = Literal["rss", "atom", "json", "sitemap", "html"]
CaptureRole = Literal["feed", "page", "robots"]


# --- discover: a feed document, read -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed document, as stated there: what the feed asserts, not what we found at the link."""

    url: str  # absolute http(s) URL to fetch, resolved against the document's base; "" in a tombstone without a link
    url_given: str  # the link as printed in the document
    guid: str | None = None  # RSS guid, Atom/JSON id; None where the document gives none
    title: str | None = None  # plain text, white space folded, no control characters
    published_at: datetime | None = None  # UTC; None where the zone is not known (never guessed)
    published_raw: str | None = None  # the time as printed
    updated_at: datetime | None = None
    updated_raw: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    summary: str | None = None  # HTML or text as given
    content: str | None = None  # full text as HTML (content:encoded, atom:content, content_html)
    status: Literal["usable", "canceled"] = "usable"  # canceled: withdrawn by the feed (a tombstone of RFC 6721, media:status)
    embargo_until: datetime | None = None  # not to be fetched before; where no zone is said, the latest moment it can mean; None: not said
    expires_at: datetime | None = None  # not to be used after


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A child of a sitemap index."""

    url: str
    changed_at: datetime | None = None  # lastmod; None: not said, or not in a known zone


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """What a feed, sitemap or listing page says. `error` set means: not a feed we can read, and nothing is concluded."""

    kind: FeedKind | None
    entries: tuple[Entry, ...] = ()  # in document order
    error: str | None = None  # one sentence for a person
    title: str | None = None
    homepage: str | None = None
    language: str | None = None  # BCP 47 as given
    self_url: str | None = None  # what the feed calls itself (atom:link rel=self, feed_url)
    next_url: str | None = None  # older entries: RFC 5005 prev-archive or next, JSON Feed next_url
    sitemaps: tuple[Sitemap, ...] = ()  # children of a sitemap index, the newest first where they are dated
    ttl_minutes: int | None = None  # RSS ttl, or sy:updatePeriod / sy:updateFrequency
    skip_hours: tuple[int, ...] = ()  # RSS skipHours, 0 to 23, GMT
    skip_days: tuple[str, ...] = ()  # RSS skipDays, English names
    finished: bool = False  # JSON Feed "expired": it will never be updated again
    dropped: int = 0  # entries left out: no usable http(s) link, or over the limit
    problems: tuple[str, ...] = ()  # ill-formed places that were read over, for `wirecopy check`


# --- fetch: one HTTP exchange, as observed -------------------------------------------------------------------------


TEXT_RECORD = "application/x.wirecopy.text+json"  # media type of an article's text alone, which no registered type says (RFC 6838, 3.4)


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP exchange as we saw it: a fact, never changed later. A redirect's every hop is a capture of its own."""

    url: str  # as requested, without fragment
    role: CaptureRole
    fetched_at: datetime  # when the request was sent
    request_head: bytes | None = None  # exact, credentials and cookies blanked; None: nothing was sent
    response_head: bytes | None = None  # exact as received, cookies blanked; None: no answer
    status: int | None = None  # HTTP status; None: no answer
    body: bytes | None = None  # payload after transfer and content decoding; None: none was received
    mime: str | None = None  # media type of Content-Type, lower case, without parameters
    charset: str | None = None  # charset parameter of Content-Type, as given
    content_encoding: str | None = None  # as given; the body is decoded all the same unless `error` says it could not be
    wire_length: int | None = None  # bytes of the entity body on the wire, before content decoding
    wire_sha1: str | None = None  # base32, of the entity body on the wire (WARC-Payload-Digest style)
    ip: str | None = None  # address that was dialled
    protocol: str | None = None  # HTTP/1.0, HTTP/1.1
    elapsed_ms: int | None = None  # request sent to last byte
    truncated: Literal["length", "time", "disconnect", "unspecified"] | None = None  # WARC-Truncated's words
    error: str | None = None  # what went wrong, one sentence; None: the exchange is complete


# --- clean: a capture, read ----------------------------------------------------------------------------------------


WallKind = Literal["not-found", "challenge", "consent", "unavailable"]
CreditTier = Literal["byline", "json-ld", "meta", "dateline", "credit-line", "signature", "feed-author", "disclaimer", "copyright", "host"]
CreditRole = Literal["author", "inputs", "own"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a story, as the page shows it."""

    url: str  # absolute
    caption: str | None = None
    credit: str | None = None  # as printed: "Photo: A. Name/AFP"
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class AgencyCredit:
    """One agency that a page credits, by the best tier of evidence. docs/cleaning.md explains tiers and confidence."""

    agency: str | None  # code; None: agency copy of no house in particular ("agencies")
    tier: CreditTier
    confidence: float  # 0 to 1: how often such a credit was right on labelled pages
    words: str  # seen as evidence, as printed, cut short
    role: CreditRole  # author; inputs: helped with it ("with inputs from"); own: the page is the agency's own
    also: tuple[CreditTier, ...] = ()  # the other tiers that name it
    version: int = 0  # of the rules that found it


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says: the reading of one capture by one version of the cleaner."""

    headline: str | None = None
    subhead: str | None = None  # stand-first, deck
    text: str = ""  # body text; paragraphs separated by one blank line; "" means no story was found
    text_markdown: str = ""  # the same words with their structure: CommonMark with GitHub's tables; links are absolute
    reason: str | None = None  # why `text` is empty, in one sentence; None where there is text
    wall: WallKind | None = None  # what stands in the way of a story; None: nothing that we know of
    byline: str | None = None  # as printed: "By IANS"
    authors: tuple[str, ...] = ()  # people only; agencies and desks are not authors
    agency: str | None = None  # code of the agency that is credited with most confidence: "ians", "reuters"
    credits: tuple[AgencyCredit, ...] = ()  # all that are, the most confident first
    by_house: str | None = None  # who of the house is credited without a name, as printed: "Our Correspondent", "Web Desk"
    disclaimer: str | None = None  # note that the text is a feed's and was not edited, as printed
    dateline: str | None = None  # as printed: "New Delhi, Aug 29"
    dateline_place: str | None = None  # "New Delhi"
    published_at: datetime | None = None  # UTC; None where the zone is not known
    published_raw: str | None = None  # as printed or marked up
    modified_at: datetime | None = None
    modified_raw: str | None = None
    language: str | None = None  # BCP 47, lower-case primary subtag first: "en", "pt-BR"
    section: str | None = None
    keywords: tuple[str, ...] = ()
    canonical_url: str | None = None  # absolute; as the page states it
    image_url: str | None = None  # absolute
    images: tuple[Image, ...] = ()  # those that stand with the story, in its order
    is_partial: bool = False  # the page shows a part of its story only: a paywall's prompt, or a link to read on
    continues_at: str | None = None  # where the story goes on, of a page that the cleaner was not given
    is_agency_copy: bool = False  # the page says that it runs agency copy (credit, disclaimer, dateline)
    evidence: Mapping[str, str] = field(default_factory=dict)  # field name -> where its value came from


@dataclass(frozen=True, slots=True)
class Further:
    """A further page of a story that its site parts into several, as it was received."""

    url: str
    body: bytes
    headers: Mapping[str, str]


# --- sources and the queue: what the archive is told, and what it hands out ------------------------------------------


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet as configured."""

    code: str
    name: str
    homepage: str | None = None
    language: str | None = None
    timezone: str | None = None  # IANA name
    agency: str | None = None  # set where the outlet is an agency's own


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as configured."""

    outlet: str  # Outlet.code
    url: str
    kind: str = "auto"
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed document says of its own pace. Hints: they never make a poll earlier than it would be."""

    ttl_minutes: int | None = None  # RSS ttl, sy:updatePeriod
    skip_hours: tuple[int, ...] = ()  # 0 to 23, GMT
    skip_days: tuple[str, ...] = ()  # English names
    finished: bool = False  # it says that it will never be updated again


@dataclass(frozen=True, slots=True)
class Habit:
    """What was learned of a feed: how often it brings something."""

    gap_seconds: float | None = None  # mean time between its newest entries, as printed, else as first seen; None: too few yet
    seen_share: float | None = None  # of the last document's entries, those that were known: 0 to 1; None: the first was the last
    gaps: int = 0  # how many gaps between entries the mean is of
    newest_at: datetime | None = None  # the newest entry's time


NO_HINTS, NO_HABIT = Hints(), Habit()


@dataclass(frozen=True, slots=True)
class Move:
    """Permanent redirects that a feed's polls came through."""

    url: str  # where they lead
    since: datetime  # first poll in a row that was led there
    polls: int = 1  # polls in a row that were
    taken: bool = False  # this address is polled in place of the configured one
    meanwhile: str | None = None  # polled until this one is taken: an address that was taken before; None: the configured one


@dataclass(frozen=True, slots=True)
class Lease:
    """A feed that one run has claimed, with all that polling it needs to know."""

    feed_id: int
    outlet_id: int
    outlet: str  # Outlet.code
    url: str
    kind: str
    schedule: str | None
    etag: str | None
    last_modified: str | None
    body_sha256: str | None
    last_polled_at: datetime | None
    last_success_at: datetime | None
    failures: float
    last_document_at: datetime | None = None
    last_whole_at: datetime | None = None  # last answer to a request without validators; looked up where the document is older than a day
    hints: Hints = NO_HINTS
    habit: Habit = NO_HABIT
    move: Move | None = None

    @property
    def address(self) -> str:
        """What is polled: the configured URL, or where it has moved."""
        if self.move is None:
            return self.url
        return self.move.url if self.move.taken else self.move.meanwhile or self.url


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a stored page, for asking whether it changed."""

    changed_at: datetime  # when it last read otherwise than before; at first, when it was stored
    checks: int = 0  # times it was looked at again
    quiet: int = 0  # of these, the last ones in a row that found nothing new
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class PageTask:
    """A page whose fetch is due: its first one, another try, or a look at whether it changed (`known`)."""

    page_id: int
    url: str
    outlet: str  # Outlet.code
    outlet_id: int
    feed_id: int | None
    attempts: int = 0
    known: Known | None = None
    dated_at: datetime | None = None  # last change, else publication, as its feed says; None: not said, or the page was stored before


@dataclass(frozen=True, slots=True)
class GapFill:
    """What came of looking for what a feed listed and dropped between two polls."""

    since: datetime  # the last success before it
    documents: int  # that were asked for
    entries: int  # that they brought
    closed_by: str | None = None  # "older pages" or "news sitemap": it reached back to what was known; None: something may be missing


@dataclass(frozen=True, slots=True)
class Poll:
    """The outcome of one attempt at a feed; what is decided, and why, stands beside what was seen."""

    lease: Lease
    captures: tuple[Capture, ...]  # hops in order; the last one is the answer; empty: nothing was dialled
    polled_at: datetime
    outcome: str  # see polls.outcome in the schema
    next_poll_at: datetime
    reason: str  # of next_poll_at
    not_before: datetime | None = None  # Retry-After: not even a forced poll comes earlier
    failure_weight: float = 0.0  # added to feeds.failures; a success sets it back to 0
    document: FeedDocument | None = None
    parts: tuple[
        tuple[Capture, ...], ...
    ] = ()  # further exchanges of this poll: children of a sitemap index, older pages of the feed, its other address
    body_sha256: str | None = None
    etag_sent: str | None = None
    last_modified_sent: str | None = None
    etag: str | None = None  # validators to keep; None clears them after a 200
    last_modified: str | None = None
    error: str | None = None
    move: Move | None = None  # what is remembered of the feed's move; None: nothing
    gap: GapFill | None = None  # how a gap was looked into; None: there was none

    @property
    def succeeded(self) -> bool:
        return self.outcome in ("new", "nothing-new", "not-modified", "same-body")


PageState = Literal["queued", "stored", "failed", "blocked", "gone", "refused", "dead"]


@dataclass(frozen=True, slots=True)
class Visit:
    """The outcome of one attempt at a page."""

    task: PageTask
    captures: tuple[Capture, ...]  # hops in order; empty: nothing was dialled
    visited_at: datetime
    state: PageState
    next_try_at: datetime | None = None
    error: str | None = None
    recheck_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a visit in the archive."""

    capture_id: int | None
    stored: bool  # a page was accepted
    revisit: bool  # its payload had been kept before, for this page


@dataclass(frozen=True, slots=True)
class CleanTask:
    """A stored capture whose reading is due, with what the cleaner may use as evidence."""

    capture_id: int
    body: bytes
    url: str
    headers: Mapping[str, str]
    fetched_at: datetime
    timezone: str | None  # of the outlet
    agency: str | None  # of the outlet, where it is an agency's own
    entry: Entry | None  # what the feed said of this page last
    furniture: frozenset[int] = frozenset()  # lines known to recur on this host's pages
    furniture_version: int = 0  # of the outlet's furniture; 0: none is known
    further: tuple[Further, ...] = ()  # the story's further pages, in their order


BackfillKind = Literal["site", "sitemap", "pages"]


@dataclass(frozen=True, slots=True)
class BackfillStep:
    """One document of an outlet's past that is to be read: what its robots.txt names, a sitemap, or a page of a feed."""

    step_id: int
    feed_id: int | None  # what its stories are filed under; None: not known before it is read
    outlet_id: int
    outlet: str  # Outlet.code
    url: str
    kind: BackfillKind
    since: datetime  # stories from then on are wanted
    until: datetime | None  # and before then; None: up to now
    everywhere: bool = False  # not only where the stories of the outlet's feeds lie


@dataclass(frozen=True, slots=True)
class HostRecord:
    """What is remembered about a host across runs."""

    host: str
    not_before: datetime | None = None
    reason: str | None = None
    robots_status: int | None = None
    robots_text: bytes | None = None
    robots_fetched_at: datetime | None = None
    robots_expires_at: datetime | None = None
    robots_error: str | None = None
