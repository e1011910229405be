"""Which articles are taken: one frozen record, and the options that make it. Knows no SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any, Literal

import click

By = Literal["published", "seen"]
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """What an article has to meet to be taken; by default the newest revision of each page that has a text."""

    outlets: tuple[str, ...] = ()  # outlets.code, any of these; empty: all
    agencies: tuple[str, ...] = ()  # codes, lower case, any of these; empty: whatever it credits
    story: int | None = None  # stories.id
    match: str | None = None  # FTS5 query, as `archive.words.match_expression` makes it
    since: str | None = None  # UTC, as stored
    until: str | None = None  # the first moment that is too late
    by: By = "published"  # seen: times are those of first sight; published: of publication, of first sight where that is not known
    all_revisions: bool = False
    without_text: bool = False  # also articles of which a headline alone was found

    def said(self) -> dict[str, Any]:
        """As JSON has it, what is as by default left out: two selections are the same where this is."""
        plain = Selection()
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value != getattr(plain, name)
        }


_OPTIONS = (
    click.option("--outlet", "outlets", multiple=True, metavar="ID", help="Only this outlet (its id in sources.toml); may be repeated."),
    click.option(
        "--agency", "agencies", multiple=True, metavar="CODE", help="Only copy that credits this agency, for instance pti; may be repeated."
    ),
    click.option("--story", type=click.IntRange(1), metavar="ID", help="Only the copies of this story."),
    click.option("--words", metavar="WORDS", help="Only articles with these words, as `wirecopy search` takes them."),
    click.option("--since", metavar="DATE", help="Not older than 2026, 2026-11, 2026-11-22 or 2026-11-22T10:00 (UTC)."),
    click.option("--until", metavar="DATE", help="Not newer than that; a day is meant as a whole."),
    click.option(
        "--by",
        type=click.Choice(["published", "seen"]),
        default="published",
        show_default=True,
        help="What --since and --until mean: when it was published (where that is not known: first seen), or when it was first seen.",
    ),
    click.option("--all-revisions", is_flag=True, help="Also texts that their pages no longer have."),
    click.option("--without-text", is_flag=True, help="Also articles of which no more than a headline was found."),
)


def selection_options(command: Command) -> Command:
    """The options of a selection: gives the command one parameter `selection: Selection`. Raises UsageError for what is no date."""

    @wraps(command)
    def chosen(*arguments: Any, **values: Any) -> Any:
        names = ("outlets", "agencies", "story", "words", "since", "until", "by", "all_revisions", "without_text")
        return command(*arguments, selection=select(**{name: values.pop(name) for name in names}), **values)

    for option in reversed(_OPTIONS):
        option(chosen)  # click keeps options on the function itself
    return chosen


def select(
    *, outlets: tuple[str, ...] = (), agencies: tuple[str, ...] = (), story: int | None = None, words: str | None = None,
    since: str | None = None, until: str | None = None, by: By = "published", all_revisions: bool = False, without_text: bool = False,
) -> Selection:  # fmt: skip
    """A selection as people type it. Raises UsageError where the words hold nothing to look for, or a date is none."""
    from archive.errors import UsageError
    from archive.moments import first_after, first_of
    from archive.words import match_expression

    match = match_expression(words) if words is not None else None
    if words is not None and match is None:
        raise UsageError("nothing to search for in --words", hint='give one word or more, for instance: --words "critical minerals"')
    return Selection(
        outlets=tuple(sorted(set(outlets))),
        agencies=tuple(sorted({agency.lower() for agency in agencies})),
        story=story,
        match=match,
        since=first_of(since) if since else None,
        until=first_after(until) if until else None,
        by=by,
        all_revisions=all_revisions,
        without_text=without_text,
    )
