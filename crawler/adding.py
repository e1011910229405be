"""Where feeds go in sources.toml: to which outlet, under which id and name. Fetches nothing; `crawler.editing` writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive.errors import UsageError
from archive.terminal import plain
from crawler.editing import current, edit
from crawler.find import outlet_id_for
from crawler.opml import read_opml
from crawler.policy import public_url
from crawler.sources import FeedSpec, OutletSpec, Sources, add_feed, load, outlet_block, parse, same_feed, values
from crawler.sources import remove as without

if TYPE_CHECKING:
    from crawler.survey import Found, Survey


@dataclass(frozen=True, slots=True)
class Given:
    """What a person said of an outlet; None: nothing."""

    id: str | None = None
    name: str | None = None
    language: str | None = None
    timezone: str | None = None


def described(outlet_id: str | None, name: str | None, language: str | None, timezone: str | None) -> Given:
    """The options of `wirecopy add`, checked as sources.toml checks them. Raises UsageError."""
    try:
        return Given(
            id=values.outlet_id(outlet_id) if outlet_id is not None else None,
            name=plain(name, width=200) if name else None,
            language=values.language(language) if language is not None else None,
            timezone=values.timezone(timezone) if timezone is not None else None,
        )
    except ValueError as problem:
        raise UsageError(str(problem)) from None


def holders(sources: Sources) -> dict[str, OutletSpec]:
    """Which outlet has a feed already, by `plain_feed`."""
    return {plain_feed(feed.url): outlet for outlet in sources.outlets for feed in outlet.feeds}


def plain_feed(url: str) -> str:
    """A feed's URL as it is compared here: without credentials, its scheme and host in one form."""
    return same_feed(public_url(url))


def placed(known: Sources, survey: Survey, chosen: Sequence[Found], given: Given) -> OutletSpec:
    """The outlet that the chosen feeds go to, with these feeds alone: one that is configured, else a new one. Raises UsageError."""
    feeds = tuple(found.spec for found in chosen)
    new = OutletSpec(id="", name="", homepage=_accepted(survey.homepage, values.web_url), feeds=feeds)
    home = known.outlet(given.id) if given.id else sites(known).get(site_of(new))
    if home is None:
        return _described(new, known, survey, chosen, given)
    if said := [option for option in ("name", "language", "timezone") if getattr(given, option)]:
        hint = f"Change them in {known.path}, or make a new outlet with --id."
        raise UsageError(f"the feeds go to outlet '{home.id}', whose {' and '.join(said)} stand already", hint=hint)
    return replace(home, feeds=feeds)


def added(path: Path, known: Sources, outlets: Iterable[OutletSpec]) -> None:
    """Writes the outlets' feeds into the file: to the outlet of the same id, else as a new outlet."""
    edit(path, partial(_with_outlets, known=known, outlets=list(outlets)))


def imported(path: Path, data: bytes) -> tuple[int, int]:
    """Adds the feeds of an OPML file: (feeds added, feeds that stood there already). Raises SourcesError."""
    known = current(path)
    there_already, of_site, taken = holders(known), sites(known), {outlet.id for outlet in known.outlets}
    new: list[OutletSpec] = []
    there = 0
    for outlet in read_opml(data):
        feeds = tuple(feed for feed in outlet.feeds if plain_feed(feed.url) not in there_already)
        there += len(outlet.feeds) - len(feeds)
        if feeds:
            new.append(_home_or_new(replace(outlet, feeds=feeds), of_site, taken))
    if new:
        added(path, known, new)
    return sum(len(outlet.feeds) for outlet in new), there


def removed(path: Path, name: str) -> tuple[int, int]:
    """Takes an outlet (by id) or a feed (by URL) out of the file: (feeds, outlets) that went. Raises UsageError, SourcesError."""
    known = load(path)
    exact = (
        name if known.outlet(name) else next((feed.url for outlet in known.outlets for feed in outlet.feeds if _means(name, feed)), None)
    )
    if exact is None:
        raise UsageError(f"there is no outlet and no feed {name[:200]!r} in {path}", hint="`wirecopy sources` lists both.")
    edit(path, lambda text: without(text, exact))
    left = load(path)
    return _feeds(known) - _feeds(left), len(known.outlets) - len(left.outlets)


def selected(sources: Sources, names: tuple[str, ...]) -> list[tuple[OutletSpec, FeedSpec]]:
    """The feeds that a person named by outlet id or feed URL; all where nothing is named. Raises UsageError."""
    pairs = [(outlet, feed) for outlet in sources.outlets for feed in outlet.feeds]
    for name in names:
        if not any(name == outlet.id or _means(name, feed) for outlet, feed in pairs):
            raise UsageError(f"there is no source {name[:200]!r} with a feed in {sources.path}", hint="`wirecopy sources` lists them.")
    if not pairs:
        raise UsageError(f"there is no feed in {sources.path}", hint="`wirecopy add URL` adds one.")
    return [pair for pair in pairs if not names or any(name == pair[0].id or _means(name, pair[1]) for name in names)]


def sites(sources: Sources) -> dict[str, OutletSpec]:
    """The configured outlets by their site; the first one where several share it."""
    return {site_of(outlet): outlet for outlet in reversed(sources.outlets) if site_of(outlet)}


def site_of(outlet: OutletSpec) -> str:
    """What outlets are matched by: the host of the homepage, else of the first feed; "" where there is neither."""
    given = outlet.homepage or (outlet.feeds[0].url if outlet.feeds else "")
    return urlsplit(public_url(given)).netloc.lower().removeprefix("www.")


def _described(new: OutletSpec, known: Sources, survey: Survey, chosen: Sequence[Found], given: Given) -> OutletSpec:
    taken = {outlet.id for outlet in known.outlets}
    outlet_id = given.id or outlet_id_for(new.homepage or chosen[0].spec.url, taken)
    stated = next((found.document.language for found in chosen if found.document.language), None)
    return replace(
        new,
        id=outlet_id,
        name=given.name or plain(survey.name or "", width=100) or outlet_id,
        language=given.language or _accepted(stated, values.language),
        timezone=given.timezone,
    )


def _home_or_new(outlet: OutletSpec, of_site: dict[str, OutletSpec], taken: set[str]) -> OutletSpec:
    """The outlet under the id that it gets here: that of its site where there is one, else one that is free."""
    if home := of_site.get(site_of(outlet)):
        return replace(outlet, id=home.id)
    new = replace(outlet, id=outlet_id_for(outlet.homepage or outlet.feeds[0].url, taken)) if outlet.id in taken else outlet
    taken.add(new.id)
    return new


def _with_outlets(text: str, known: Sources, outlets: Iterable[OutletSpec]) -> str:
    """All new outlets at once: checking the whole text for each would take minutes for thousands."""
    blocks, ids = [], {outlet.id for outlet in known.outlets}
    for outlet in outlets:
        if outlet.id not in ids:
            blocks.append(outlet_block(outlet))
            continue
        for feed in outlet.feeds:
            text = add_feed(text, outlet.id, feed)
    whole = "\n".join([text.rstrip("\n") + "\n", *blocks]) if blocks else text
    parse(whole)
    return whole


def _means(name: str, feed: FeedSpec) -> bool:
    try:
        return name in (feed.url, public_url(feed.url)) or same_feed(public_url(name)) == same_feed(public_url(feed.url))
    except (ValueError, KeyError):  # an id, not a URL
        return False


def _feeds(sources: Sources) -> int:
    return sum(len(outlet.feeds) for outlet in sources.outlets)


def _accepted(text: str | None, read: Callable[[str], str]) -> str | None:
    """The value if sources.toml would take it; None otherwise."""
    try:
        return read(text) if text else None
    except ValueError:
        return None
