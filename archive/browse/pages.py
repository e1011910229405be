"""One function a page: what was asked -> short reads -> a view -> an answer. Knows no Datasette: `server.py` gives each its address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from archive import show
from archive.agencies import AGENCIES
from archive.arrived import Span
from archive.browse import feed_view, snapshot, story_view, views
from archive.browse.period import day_of, period_of
from archive.browse.reading import TooSlow, reading
from archive.browse.render import POLICY, page
from archive.errors import ArchiveDamaged, ArchiveError, ArchiveLocked, UsageError, WirecopyError
from archive.model import TEXT_RECORD
from archive.search import MARK_OFF, MARK_ON, Filters, search
from archive.store import arrivals, visits
from archive.store.connect import Store
from archive.stories import facts, timeline

Asked = Mapping[str, str]  # a page's parameters, the first value of each
FEW, MANY = 10, 50  # lines of a list on the start page; on a page of its own
TEXTS = 100  # of a story: each is laid beside the first one, which takes a millisecond
CAPTURES = 60  # of a page: more than it is looked at
FAR = 1000  # hits that can be paged through: beyond, other words find more
_ANY_TIME = ("", "~")


@dataclass(frozen=True, slots=True)
class Site:
    """What is served. `feeds`: how polling stands, as `wirecopy status --json` has it."""

    path: Path
    feeds: Callable[[Store, datetime], Sequence[Mapping[str, Any]]]
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def html(site: Site, template: str, *, status: int = 200, **shown: Any) -> Answer:
    """A page of ours. It is not kept by browsers: a crawl may be at work."""
    text = page(template, archive=site.path.name, **shown)
    return Answer(
        text.encode("utf-8", "replace"), status,
        {"content-type": "text/html; charset=utf-8", "content-security-policy": POLICY, "cache-control": "no-store"},
    )  # fmt: skip


def start(site: Site, asked: Asked) -> Answer:
    period = period_of(asked, site.clock())
    with reading(site.path) as store:
        names = arrivals.outlets(store)
        arrived = arrivals.counted(store, period.span, width=period.width)
        spread = arrivals.spread(store, period.span, limit=FEW)
        latest = arrivals.latest(store, period.span, limit=FEW)
        revised = arrivals.revised(store, period.span, limit=FEW)
        gone = arrivals.gone(store, period.span, limit=FEW)
        polled, failing = arrivals.feeds_failing(store)
        newest = arrivals.newest(store)
    of_day = period.days == 1 and {"day": period.last}
    articles = {"outlet": period.outlet, "agency": period.agency, **(of_day or {})}
    return html(
        site, "start.html", period=period, plots=views.plots(arrived, period, names), names=names, spread=spread, latest=latest,
        changed=[views.changed(one) for one in revised], gone=gone, polled=polled, failing=failing, newest=newest,
        last_day=date.fromisoformat(newest[:10]) if newest else None, credited=sum(one.articles for one in arrived if one.agency),
        articles_query=_query(articles), outlet_href=lambda code: f"/?{period.query(outlet=code)}",
        agency_href=lambda code: f"/?{period.query(agency=code)}", day_href=lambda day: f"/articles?{_query(articles | {'day': day})}",
    )  # fmt: skip


def articles(site: Site, asked: Asked) -> Answer:
    day = day_of(asked["day"]) if asked.get("day") else None
    outlet, agency = asked.get("outlet") or None, (asked.get("agency") or "").lower() or None
    span = Span(f"{day}T00:00:00Z", f"{day}T24", outlet, agency) if day else Span(*_ANY_TIME, outlet, agency)
    at, _, article_id = asked.get("before", "").partition("/")
    before = (at, int(article_id)) if article_id.isascii() and article_id.isdigit() and len(article_id) < 19 else ("~", 0)
    with reading(site.path) as store:
        names = arrivals.outlets(store)
        found = arrivals.latest(store, span, limit=MANY, before=before)
    filters = {"day": day, "outlet": outlet, "agency": agency}
    last = found[-1] if len(found) == MANY else None
    return html(
        site, "articles.html", found=found, names=names, agencies=AGENCIES, told=f"that came in on {day}" if day else "as they came in",
        asked={**dict.fromkeys(("day", "outlet", "agency"), ""), **{name: value for name, value in filters.items() if value}, "q": "",
               "before": before[1]},
        first_query=_query(filters), next_query=last and _query({**filters, "before": f"{last.first_seen_at}/{last.article_id}"}),
    )  # fmt: skip


def story(site: Site, asked: Asked, number: int) -> Answer:
    with reading(site.path) as store:
        found = timeline(store, number, shown=TEXTS)
        known = facts(store, found)
        compared = _compared(store, asked.get("old"), asked.get("new"))
        names = arrivals.outlets(store)
    ids = [text.article_id for text in found.texts]
    chosen = [_number(asked.get(name)) for name in ("old", "new")]
    return html(
        site, "story.html", story=found, texts=story_view.told(found, known), related=story_view.related(found.related), names=names,
        outlets=len({text.outlet for text in found.texts}), choice=story_view.choice, compared=compared,
        old_id=chosen[0] or ids[0], new_id=chosen[1] or ids[min(1, len(ids) - 1)],
    )  # fmt: skip


def article(site: Site, asked: Asked, number: int) -> Answer:
    with reading(site.path) as store:
        place = show.find(store, str(number))
        found = show.article(store, place)
        names = arrivals.outlets(store)
        exchanged = visits.of_page(store, place.page_id, limit=CAPTURES)
        compared = _compared(store, asked.get("old"), str(number)) if asked.get("old") else None
    return html(
        site, "article.html", article=SimpleNamespace(**found), names=names, paragraphs=views.paragraphs(found),
        revisions=found["revisions"],
        known=views.known(found), images=views.images(found), evidence=found["evidence"], exchanges=exchanged, compared=compared,
        page_url=found["url"], capture_id=place.capture_id if found["body_id"] and snapshot.is_page(_mime(exchanged, place)) else None,
        captured_at=found["fetched_at"], head_text=lambda head: head.decode("latin-1"),
        is_page=snapshot.is_page, text_alone=TEXT_RECORD,
    )  # fmt: skip


def _mime(exchanged: Sequence[visits.Exchange], place: show.Place) -> str | None:
    return next((one.mime for one in exchanged if one.capture_id == place.capture_id), None)


def find(site: Site, asked: Asked) -> Answer:
    """A search; what is wrong with it is said on its page."""
    words = asked.get("q", "").strip()
    offset = min((_number(asked.get("from")) or 1) - 1, FAR)
    hits, problem = [], None
    with reading(site.path) as store:
        names = arrivals.outlets(store)
        try:
            hits = search(store, words, _filters(asked), limit=FEW * 2 + 1, offset=offset) if words else []
        except UsageError as wrong:
            problem = _sentence(str(wrong)) + (f" {_sentence(wrong.hint)}" if wrong.hint and "wirecopy search" not in wrong.hint else "")
    more = hits[FEW * 2 :] and offset + FEW * 2 < FAR
    kept = {name: asked.get(name, "") for name in ("q", "outlet", "agency", "since", "until", "revisions")}
    return html(
        site, "search.html", status=400 if problem else 200, hits=[(hit, _pieces(hit.snippet)) for hit in hits[: FEW * 2]], names=names,
        agencies=AGENCIES, asked={**kept, "q": words}, problem=problem, offset=offset,
        next_query=_query({**kept, "from": offset + FEW * 2 + 1}) if more else None,
        before_query=_query({**kept, "from": max(1, offset - FEW * 2 + 1)}) if offset else None,
    )  # fmt: skip


def _filters(asked: Asked) -> Filters:
    from archive.moments import first_after, first_of

    since, until = asked.get("since", "").strip(), asked.get("until", "").strip()
    return Filters(
        asked.get("outlet") or None, (asked.get("agency") or "").strip().lower() or None, first_of(since) if since else None,
        first_after(until) if until else None, bool(asked.get("revisions")),
    )  # fmt: skip


def _pieces(snippet: str) -> list[tuple[str, bool]]:
    """(text, whether it was looked for), in order."""
    found = []
    for place, part in enumerate(snippet.split(MARK_ON)):
        inside, closed, rest = part.partition(MARK_OFF)
        found += [(inside, bool(closed and place)), (rest, False)]
    return [(text, marked) for text, marked in found if text]


def feeds(site: Site, asked: Asked) -> Answer:  # noqa: ARG001 - all pages are called alike
    now = site.clock()
    with reading(site.path) as store:
        rows = site.feeds(store, now)
    lines = feed_view.lines(rows, now)
    bad = sum(not line.is_good for line in lines)
    return html(
        site, "feeds.html", lines=lines, told=f"{bad} of {len(lines)} to look at" if bad else f"all {len(lines)} well" if lines else ""
    )


def shot(site: Site, asked: Asked, number: int) -> Answer:  # noqa: ARG001
    """A capture's page, for a frame or by itself: nothing in it runs."""
    payload = _payload(site, number)
    made = snapshot.shown(payload) or snapshot.download(payload)
    return Answer(made.body, 200, made.headers)


def shot_bytes(site: Site, asked: Asked, number: int) -> Answer:  # noqa: ARG001
    made = snapshot.download(_payload(site, number))
    return Answer(made.body, 200, made.headers)


def _payload(site: Site, number: int) -> visits.Payload:
    with reading(site.path) as store:
        found = visits.payload(store, number)
    if found is None:
        raise UsageError(f"there is no capture {number} with a body")
    return found


def problem(site: Site, error: WirecopyError) -> Answer:
    """An error as a page, its status by what can be done: nothing there, ask again later, or look at the archive."""
    title, status = "The archive cannot be read", 500
    if isinstance(error, UsageError):
        title, status = "Not found", 404
    elif isinstance(error, TooSlow):
        title, status = "That took too long", 503
    elif isinstance(error, ArchiveLocked):
        title, status = "The archive is locked", 503
    elif isinstance(error, ArchiveError) and not isinstance(error, ArchiveDamaged):
        status = 503
    hint = _sentence(error.hint) if error.hint else None
    return html(site, "problem.html", status=status, title=title, problem=_sentence(str(error)), hint=hint)


def broken(site: Site) -> Answer:
    """For what should not happen."""
    told = {
        "problem": "This page could not be made: that is a mistake in wirecopy.",
        "hint": "What went wrong stands where it was started.",
    }
    return html(site, "problem.html", status=500, title="Something is broken", **told)


def _compared(store: Store, old: str | None, new: str | None) -> story_view.Compared | None:
    """Raises UsageError where one of them is no article."""
    if not old or not new:
        return None
    first, second = (show.article(store, show.find(store, str(_number(one) or 0))) for one in (old, new))
    return story_view.compared(first, second)


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _query(values: Mapping[str, object]) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
