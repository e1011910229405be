"""Adding to and removing from a sources.toml: whole blocks of lines, so that everything else stays as it is.

Each function returns a text that loads; where the text is laid out in a way that blocks can't be told apart (inline
tables), or nothing fits, it raises SourcesError.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields

from archive.errors import SourcesError
from crawler.sources.layout import Block, Layout, layout_of
from crawler.sources.load import parse, same_feed
from crawler.sources.specs import FeedSpec, OutletSpec, Politeness
from crawler.sources.values import written

_BY_HAND = "Edit the file by hand, or write the outlets as [[outlet]] blocks."


def add_outlet(text: str, outlet: OutletSpec) -> str:
    """The text with the outlet at its end. Raises SourcesError where its id or a feed is there already."""
    base = text.rstrip("\n")
    if parse(text).outlets:
        _outlet_blocks(layout_of(text), 0)
    return _checked((base + "\n\n" if base else "") + outlet_block(outlet))


def add_feed(text: str, outlet_id: str, feed: FeedSpec) -> str:
    """The text with the feed behind the outlet's other feeds."""
    sources, layout = parse(text), layout_of(text)
    index = next((i for i, outlet in enumerate(sources.outlets) if outlet.id == outlet_id), None)
    if index is None:
        raise SourcesError(f"there is no outlet '{outlet_id}'", hint="`wirecopy sources` lists the outlets.")
    blocks = _outlet_blocks(layout, index)
    if len([block for block in blocks if block.path[2:3] == ("feed",)]) < len(sources.outlets[index].feeds):
        raise SourcesError(f"the feeds of '{outlet_id}' stand in inline tables, which are not edited", hint=_BY_HAND)
    last = max(block.last for block in blocks)
    lines = text.split("\n")
    return _checked("\n".join([*lines[: last + 1], "", *feed_block(feed).rstrip("\n").split("\n"), *lines[last + 1 :]]))


def remove(text: str, what: str) -> str:
    """The text without an outlet (by id) or a feed (by URL). An outlet's last feed takes the outlet with it."""
    sources, layout = parse(text), layout_of(text)
    for index, outlet in enumerate(sources.outlets):
        if outlet.id == what:
            return _without(text, _outlet_blocks(layout, index))
        numbers = [number for number, feed in enumerate(outlet.feeds) if _means(what, feed)]
        if numbers and len(outlet.feeds) == 1:
            return _without(text, _outlet_blocks(layout, index))
        if numbers:
            path = ("outlet", index, "feed", numbers[0])
            return _without(text, [block for block in layout.blocks if block.path == path])
    raise SourcesError(f"there is no outlet and no feed '{what}'", hint="`wirecopy sources` lists both.")


def outlet_block(outlet: OutletSpec) -> str:
    """An outlet as TOML, without what is left at its default."""
    lines = ["[[outlet]]", f"id = {_quoted(outlet.id)}", f"name = {_quoted(outlet.name)}"]
    for key in ("homepage", "language", "timezone", "agency"):
        value = getattr(outlet, key)
        lines += [f"{key} = {_quoted(value)}"] if value is not None else []
    for setting in fields(Politeness):
        value = getattr(outlet, setting.name)
        lines += [f"{setting.name} = {_value(value)}"] if value is not None else []
    lines += [] if outlet.verify_tls else ["verify_tls = false"]
    blocks = ["\n".join(lines) + "\n", *(feed_block(feed) for feed in outlet.feeds)]
    return "\n".join(blocks)


def feed_block(feed: FeedSpec) -> str:
    """A feed as TOML, indented under its outlet."""
    lines = ["  [[outlet.feed]]", f"  url = {_quoted(feed.url)}"]
    lines += [f"  kind = {_quoted(feed.kind)}"] if feed.kind != "auto" else []
    lines += [f"  schedule = {_quoted(feed.schedule.text)}"] if feed.schedule else []
    lines += [f"  keep = {_quoted(feed.keep)}"] if feed.keep is not None else []
    lines += [f"  skip = {_quoted(feed.skip)}"] if feed.skip is not None else []
    lines += [f"  quiet = {json.dumps([str(window) for window in feed.quiet])}"] if feed.quiet else []
    lines += [f"  jitter = {_quoted(written(feed.jitter))}"] if feed.jitter is not None else []
    return "\n".join(lines) + "\n"


def _outlet_blocks(layout: Layout, index: int) -> list[Block]:
    found = [block for block in layout.blocks if block.path[:2] == ("outlet", index)]
    if not found:
        raise SourcesError("the outlets stand in inline tables, which are not edited", hint=_BY_HAND)
    return found


def _without(text: str, blocks: list[Block]) -> str:
    """The text without these blocks, the comments right above each, and one blank line."""
    if not blocks:
        raise SourcesError("the feeds stand in inline tables, which are not edited", hint=_BY_HAND)
    lines = text.split("\n")
    gone: set[int] = set()
    for block in blocks:
        first = block.first
        while first and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        gone.update(range(first, block.last + 1))
        if first and not lines[first - 1].strip():
            gone.add(first - 1)
    kept = "\n".join(line for number, line in enumerate(lines) if number not in gone).strip("\n")
    return _checked(kept + "\n" if kept else "")


def _means(what: str, feed: FeedSpec) -> bool:
    if not re.match(r"(?i)https?://", what):
        return False
    try:
        return what == feed.url or same_feed(what) == same_feed(feed.url)
    except ValueError:
        return False


def _checked(text: str) -> str:
    parse(text)
    return text


def _value(value: object) -> str:
    """A setting of an outlet: a number, a truth value, or lengths of time."""
    return json.dumps([written(length) for length in value] if isinstance(value, tuple) else value)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for DEL."""
    plain = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
