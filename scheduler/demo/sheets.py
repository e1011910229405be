"""Pure: which of an outlet's pages are there at an epoch, and under which URLs."""

from __future__ import annotations

from datetime import UTC, datetime

from scheduler.demo.edition import sheet
from scheduler.demo.library import stories
from scheduler.demo.records import LinkForm, Outlet, Sheet, Truth

# When each epoch has come about. The world has no other clock.
EPOCH_TIMES = (
    datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
    datetime(2026, 11, 21, 6, 0, tzinfo=UTC),
    datetime(2026, 11, 21, 18, 0, tzinfo=UTC),
    datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
)
_UTM = "utm_source=rss&utm_medium=feed&utm_campaign=latest"


def published_sheets(outlet: Outlet, epoch: int) -> tuple[Sheet, ...]:
    """Every page that has been published by `epoch`, vanished ones as well, newest first."""
    library = stories()
    found = [sheet(outlet, page, library[page.story], epoch) for page in outlet.pages if page.epoch <= epoch]
    return tuple(sorted(found, key=lambda one: (one.published, one.page.number), reverse=True))


def listed_sheets(outlet: Outlet, epoch: int) -> tuple[Sheet, ...]:
    """What feeds and home pages list: they notice a vanished page one epoch late."""
    return tuple(one for one in published_sheets(outlet, epoch) if one.page.gone is None or one.page.gone >= epoch)


def status(one: Sheet, epoch: int) -> int:
    """200; a page that vanishes is 404 in the epoch when it does, 410 later."""
    gone = one.page.gone
    if gone is None or epoch < gone:
        return 200
    return 404 if epoch == gone else 410


def link(one: Sheet, form: LinkForm) -> str:
    """The path, with its query, by which a feed names the page."""
    if form == "utm":
        return f"{one.path}{'&' if '?' in one.path else '?'}{_UTM}"
    if form == "redirect":
        return redirect_path(one)
    if form == "variant" and one.variant_path:
        return one.variant_path
    return one.path


def redirect_path(one: Sheet) -> str:
    """The link counter's path for the page."""
    return f"/r/{one.page.number}"


def truth(outlet: Outlet, one: Sheet, origin: str, epoch: int) -> Truth:
    """What the page holds, and every URL that leads to it."""
    page, story = one.page, one.story
    return Truth(
        url=origin + one.path,
        outlet=outlet.id,
        story=page.story,
        kind=page.kind,
        language=story.language,
        headline=one.headline,
        subhead=one.subhead,
        byline=one.byline,
        authors=(page.author,) if page.author else (),
        agency=one.agency,
        source_agency=story.agency,
        dateline=one.dateline,
        dateline_place=story.place if one.dateline else None,
        paragraphs=one.paragraphs,
        boilerplate=one.boilerplate,
        notes=one.notes,
        published=one.published.astimezone(UTC),
        modified=one.modified.astimezone(UTC),
        revision=one.revision,
        aliases=_aliases(outlet, one, origin),
        robots_allow=not page.members,
        status=status(one, epoch),
    )


def _aliases(outlet: Outlet, one: Sheet, origin: str) -> tuple[str, ...]:
    links = [link(one, feed.links) for feed in outlet.feeds]
    if one.variant_path:
        links.append(one.variant_path)
    return tuple(origin + path for path in dict.fromkeys(links) if path != one.path)
