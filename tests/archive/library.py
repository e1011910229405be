"""A small archive for the documented queries: an agency's own pages, three outlets, its copy, revisions, failures. Times are relative to
`now`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from archive.model import AgencyCredit, Article, Entry, Feed, GapFill, Lease, Outlet, PageTask
from archive.store import backfill, feeds, runs
from archive.store import stories as grouping
from archive.store.connect import Store, open_store
from tests.archive import parts
from tests.archive.parts import answer, page_of

OUTLETS = (
    Outlet("newswire", "Newswire of India", homepage="https://newswire.example/", language="en", agency="pti"),
    Outlet("harbour", "The Harbour Times", homepage="https://harbour.example/", language="en", timezone="Asia/Kolkata"),
    Outlet("valley", "Valley Post", homepage="https://valley.example/", language="en"),
    Outlet("metro", "Metro Wire", homepage="https://metro.example/", language="en"),
)
FEEDS = tuple(Feed(outlet.code, f"https://{outlet.code}.example/rss.xml") for outlet in OUTLETS)
BUDGET = (
    "New Delhi, Nov 22 (PTI) The finance ministry said on Sunday that the state budget would be put before parliament in January.\n\n"
    "Officials did not give a date. The opposition asked for more time to read the papers."
)
MINERALS = (
    "New Delhi, Nov 21 India and Japan signed an agreement on critical minerals after talks that lasted for two days.\n\n"
    "Nine companies took part, the ministry said."
)
STRIKE = (
    "Chennai, Nov 22 (PTI) Dock workers at three southern ports ended a strike of four days on Sunday after the port trust agreed to raise"
    " pay for night shifts.\n\n"
    "Union leaders said that 2,300 workers would be back at the cranes by Monday morning, and that 41 ships were waiting outside the"
    " breakwater.\n\n"
    "The trust will pay a tenth more for work after ten in the evening. It had offered half of that a week ago, and called the demand for"
    " more unreasonable.\n\n"
    "Exporters of cotton and rice said that they had lost four days, and that it would take two weeks until the sheds were empty again."
)
STRIKE_CUT = "\n\n".join(STRIKE.replace("Chennai, Nov 22 (PTI) ", "").split("\n\n")[:2])
ROUND_UP = "\n\n".join(["In brief, for those who come late.", STRIKE_CUT, MINERALS.split("\n\n")[0].partition("Nov 21 ")[2], "Good night."])


@dataclass(frozen=True)
class Story:
    """One page of the library, in the texts that it had one after another."""

    url: str
    readings: tuple[Article, ...]
    title: str | None = None  # as the feed gave it; None: as the headline


def _article(headline: str, text: str, **facts: object) -> Article:
    return Article(headline=headline, text=text, **facts)  # type: ignore[arg-type]


def _marked(text: str) -> str:
    return text.replace("critical minerals", "**critical minerals**")


def _stories(now: datetime) -> dict[str, tuple[Story, ...]]:
    hours = {number: now - timedelta(hours=number) for number in range(60)}
    pti: dict[str, object] = {
        "agency": "pti",
        "byline": "PTI",
        "dateline": "New Delhi, Nov 22",
        "dateline_place": "New Delhi",
        "is_agency_copy": True,
        "credits": (AgencyCredit("pti", "byline", 0.97, "PTI", "author", ("dateline",), 1),),
    }
    minerals = _article(
        "India, Japan sign minerals pact", MINERALS, agency="ians", authors=("Asha Rao",), dateline_place="New Delhi",
        published_at=hours[8], section="Business", is_agency_copy=True,
        credits=(
            AgencyCredit("ians", "credit-line", 0.94, "With inputs from IANS and ANI", "inputs", (), 1),
            AgencyCredit("ani", "credit-line", 0.94, "With inputs from IANS and ANI", "inputs", (), 1),
        ),
        text_markdown=_marked(MINERALS),
    )  # fmt: skip
    longer = MINERALS.replace("Nine companies", "Eleven companies") + "\n\nA second round follows in May."
    bridge = _article(
        "Old bridge to close", "The old bridge closes on Friday.", authors=("Asha Rao", "B. Lind"), published_raw="Nov 22, 2026 4:30 PM"
    )
    fair = _article("Fair opens", "The valley fair opened on Saturday with music.", authors=("B. Lind",), published_at=hours[30])
    return {
        "harbour": (
            Story("https://harbour.example/news/budget", (_article("Budget in January", BUDGET, published_at=hours[4], **pti),)),
            Story(
                "https://harbour.example/news/minerals",
                (minerals, replace(minerals, text=longer, text_markdown=_marked(longer))),
                title="Minerals: a pact is signed",
            ),
            Story("https://harbour.example/news/old-bridge", (bridge,)),
        ),
        "valley": (
            Story("https://valley.example/2026/state-budget", (_article("State budget due", BUDGET, published_at=hours[5], **pti),)),
            Story("https://valley.example/2026/video", (Article(headline=None, reason="a video page"),)),
            Story(
                "https://valley.example/2026/shut", (Article(reason="the server asked for a proof that we are human", wall="challenge"),)
            ),
            Story("https://valley.example/2026/fair", (fair,)),
            Story("https://valley.example/2026/brief", (_article("The evening in brief", ROUND_UP, published_at=hours[6]),)),
        ),
        "metro": (
            Story("https://metro.example/s/77", (_article("Budget talk", BUDGET, published_at=hours[3], by_house="By Our Correspondent"),)),
            Story(
                "https://metro.example/s/78",
                (
                    _article(
                        "Cranes move again",
                        STRIKE_CUT,
                        published_at=hours[6],
                        byline="By Our Correspondent",
                        by_house="By Our Correspondent",
                    ),
                ),
            ),
        ),
        "newswire": (Story("https://newswire.example/1", (_article("Dock strike ends", STRIKE, published_at=hours[7], **pti),)),),
    }


def build(path: Path, now: datetime) -> None:
    """Writes the archive to `path`: two runs, the first eight hours ago, the second just now."""
    with open_store(path, create=True) as store:
        first = now - timedelta(hours=6)
        run = runs.begin(store, trigger="cron", software="wirecopy/test", now=first)
        feeds.sync(store, OUTLETS, FEEDS, first)
        stories = _stories(now)
        for number, lease in enumerate(feeds.claim(store, run, first)):
            _crawl(store, run, lease, stories[lease.outlet], first + timedelta(minutes=number))
        runs.finish(store, run, status="ok", now=first + timedelta(minutes=5))
        _second_run(store, stories, now)


def _crawl(store: Store, run: int, lease: Lease, stories: tuple[Story, ...], at: datetime) -> None:
    entries = [
        Entry(url=story.url, url_given=story.url, guid=story.url, title=story.title or story.readings[0].headline) for story in stories
    ]
    tasks = parts.poll(store, run, parts.said(entries, lease, now=at))
    for task, story in zip(tasks, stories, strict=True):
        _keep(store, run, task, story.readings[0], at)


def _keep(store: Store, run: int, task: PageTask, article: Article, at: datetime) -> None:
    body = page_of(article.text or "video", title=article.headline or "Video")
    stored = parts.visit(store, run, task, answer(task.url, body, now=at), now=at)
    parts.read(store, stored.capture_id, article)


def _a_backfill(store: Store, outlet: str, now: datetime) -> None:
    """A backfill that has read nothing yet, and passed over one sitemap. Call inside a transaction."""
    since = now - timedelta(days=30)
    backfill.begin(
        store, outlet, [("sitemap", "https://metro.example/sitemap.xml")], since=since, until=None, everywhere=False, again=False, now=now
    )
    (step,) = backfill.waiting(store, [outlet])
    backfill.add(store, step, [("https://metro.example/tags.xml", "its address names no stories")], kind="sitemap", now=now)


def _second_run(store: Store, stories: dict[str, tuple[Story, ...]], now: datetime) -> None:
    run = runs.begin(store, trigger="cron", software="wirecopy/test", now=now)
    leases = {lease.outlet: lease for lease in feeds.claim(store, run, now, every=True)}
    gone, away = "https://harbour.example/news/gone", "https://harbour.example/news/away"
    known = [Entry(url=story.url, url_given=story.url, guid=story.url, title="Changed title") for story in stories["harbour"][:1]]
    new = [Entry(url=url, url_given=url, title="Soon gone") for url in (gone, away)]
    pulled = Entry(url=f"{gone}/2", url_given=f"{gone}/2", guid="pulled", title="KILL: wrong name", status="canceled")
    _, *tasks = parts.poll(store, run, parts.said([*known, *new, pulled], leases["harbour"], now=now))  # the first: a changed title
    parts.visit(store, run, tasks[0], answer(gone, b"no such page", status=404, now=now), now=now, state="gone")
    parts.visit(store, run, tasks[1], answer(away, b"busy", status=503, now=now), now=now, state="failed")
    failed = replace(parts.said([], leases["valley"], now=now, outcome="http-error"), document=None, failure_weight=1.0, error="HTTP 500")
    parts.poll(store, run, failed)
    held = Entry(url="https://metro.example/s/99", url_given="/s/99", title="Held back", embargo_until=now + timedelta(hours=9))
    gap = GapFill(since=now - timedelta(hours=6), documents=2, entries=3)
    parts.poll(store, run, replace(parts.said([held], leases["metro"], now=now), gap=gap))
    with store.transaction():
        _a_backfill(store, leases["metro"].outlet, now)
    page = parts.Page(store, stories["harbour"][1].url, run_id=run)
    _keep(store, run, page.task, stories["harbour"][1].readings[1], now)
    gone_later = parts.Page(store, stories["metro"][1].url, run_id=run)
    parts.visit(store, run, gone_later.task, answer(gone_later.url, b"taken down", status=410, now=now), now=now, state="gone")
    _compare(store)
    runs.finish(store, run, status="partial", now=now)


def _compare(store: Store) -> None:
    """As a run does it in the end."""
    with store.transaction():
        while grouping.compare(store):
            pass
