"""A story, or two texts beside each other -> what their pages show. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.browse.plots import share_bar
from archive.browse.words import clock, later, many
from archive.changes import change
from archive.diff import in_words
from archive.stories import Related, Text, Timeline
from archive.terminal import percent
from archive.word_diff import Paragraph, word_diff

ADDED_SHOWN = 2  # paragraphs that a copy added, of each
_RELATED = {
    "contains": "It has a part of", "reuses": "It has background of", "contained": "A part of it is in", "reused": "Its background is in",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One text of the story, in words."""

    text: Text
    later: str  # than the first one
    headline_is_other: bool  # than that of the first one
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


def told(story: Timeline) -> list[Told]:
    return [_told(text, story.texts[0]) for text in story.texts]


def _told(text: Text, first: Text) -> Told:
    other = (text.headline or "").split() != (first.headline or "").split()
    if text.kept is None:
        return Told(text, "", False, f"{many(text.words, 'word')}, the first text", share_bar(1, 0), ())
    longer = max(1, first.words, text.words)
    kept = text.kept.share * first.words / longer
    said = f"{many(text.words, 'word')}, word for word"
    if text.kept.share < 1 or text.kept.added:
        said = f"{many(text.words, 'word')}: {percent(text.kept.share)} of the first text, {many(text.kept.added, 'word')} added"
    return Told(
        text, later(first.at, text.at), other, said, share_bar(kept, text.kept.added / longer), text.kept.paragraphs[:ADDED_SHOWN]
    )  # fmt: skip


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
