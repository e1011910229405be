"""A story, or two texts beside each other -> what their pages show. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.browse.plots import share_bar
from archive.browse.words import change_kind, clock, later, many, wide_span
from archive.changes import change
from archive.diff import in_words
from archive.stories import Facts, Related, Text, Timeline
from archive.terminal import percent
from archive.word_diff import Paragraph, word_diff

_NOTHING = Facts(change=None, is_wire=False, delay_seconds=None)
ADDED_SHOWN = 2  # paragraphs that a copy added, of each
_RELATED = {
    "contains": "It has a part of", "reuses": "It has background of", "contained": "A part of it is in", "reused": "Its background is in",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One text of the story, in words."""

    text: Text
    later: str  # than the agency's own page, where it is known how late; else than the first text
    tags: tuple[str, ...]  # what is to be said of it besides
    said: str
    bar: str
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts side by side."""

    old: dict[str, object]
    new: dict[str, object]
    summary: str
    note: str | None
    paragraphs: list[Paragraph]


def told(story: Timeline, facts: Mapping[int, Facts]) -> list[Told]:
    """`facts`: of its articles, as far as they are known."""
    has_wire = any(one.is_wire for one in facts.values())
    first = story.texts[0]
    return [_told(text, first, facts.get(text.article_id, _NOTHING), has_wire=has_wire) for text in story.texts]


def _told(text: Text, first: Text, facts: Facts, *, has_wire: bool) -> Told:
    late, tags = _late(text, first, facts, has_wire=has_wire), tuple(_tags(text, facts))
    if text.kept is None:
        return Told(text, late, tags, f"{many(text.words, 'word')}, the reference text", share_bar(1, 0), ())
    held = text.reference_words
    longer = max(1, held, text.words)
    kept = text.kept.share * held / longer
    said = f"{many(text.words, 'word')}, word for word"
    if text.kept_percent < 100 or text.kept.added:
        cut = f", {many(text.paragraphs_cut, 'paragraph')} cut" if text.paragraphs_cut else ""
        said = f"{many(text.words, 'word')}: {text.kept_percent}% of the reference text{cut}, {many(text.kept.added, 'word')} added"
    return Told(text, late, tags, said, share_bar(kept, text.kept.added / longer), text.kept.paragraphs[:ADDED_SHOWN])


def _late(text: Text, first: Text, facts: Facts, *, has_wire: bool) -> str:
    if not has_wire or facts.is_wire or facts.delay_seconds is None:
        return "" if text is first else later(first.at, text.at)
    if abs(facts.delay_seconds) < 60:
        return "with the agency"
    return f"{wide_span(abs(facts.delay_seconds))} {'after' if facts.delay_seconds > 0 else 'before'} the agency"


def _tags(text: Text, facts: Facts) -> Iterator[str]:
    if text.headline_changed:
        yield "another headline"
    if facts.change:
        yield change_kind(facts.change)
    if text.is_wire:
        yield "the agency's own page"
    if text.disclaimer:
        yield "says that it is agency copy"
    if text.by_house:
        yield "agency text under the house's own byline"


def choice(text: Text) -> str:
    """A text in the list from which two are chosen."""
    revision = f", revision {text.revision}" if text.revision > 1 else ""
    return f"{text.outlet_name}{revision} · {clock(text.at)}"


def related(found: Sequence[Related]) -> list[tuple[str, Related]]:
    return [(f"{_RELATED.get(one.kind, one.kind)} ({percent(one.share)})", one) for one in found]


def compared(old: dict[str, object], new: dict[str, object]) -> Compared:
    """`old` and `new`: articles by column name."""
    first, second = str(old["text"]), str(new["text"])
    headlines = (None if one["headline"] is None else str(one["headline"]) for one in (old, new))
    figures = change(first, second, old_headline=next(headlines), new_headline=next(headlines))
    return Compared(old, new, in_words(figures), figures.note, word_diff(first, second))
