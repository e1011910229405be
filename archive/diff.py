"""`wirecopy diff`: two articles word by word, on the terminal, as JSON or as a page. Arguments and printing; changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.options import archive_option

if TYPE_CHECKING:
    from archive.changes import Change
    from archive.store.connect import Store
    from archive.word_diff import Paragraph

_COLOURS = {"-": "red", "+": "green"}
Shown = dict[str, object]


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B", required=False)
@archive_option
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE", help="Write a page.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object: both articles, the figures, all paragraphs with their words.")
def diff(a: str, b: str | None, archive: Path, page: Path | None, as_json: bool) -> None:
    """Show what differs between two articles, word by word: two revisions of a page, or two outlets' copies of one story.

    A and B are ids or URLs; a URL stands for its latest revision. Without B, the revision before A is compared with A; where A is its
    page's first, the reference text of its story is: the agency's own, else the longest of the first hour.

    A paragraph is marked with - where it went, + where it came, ~ where it was reworded: [-words that went-], {+words that came+}.

    \b
    Example: wirecopy diff https://harbour.example/news/minerals
    """
    from archive.changes import change
    from archive.diff_page import diff_page
    from archive.store.connect import open_reader
    from archive.terminal import plain_json
    from archive.word_diff import word_diff

    with open_reader(archive) as store:
        old, new = _both(store, a, b)
    found = word_diff(str(old["text"]), str(new["text"]))
    figures = change(
        str(old["text"]), str(new["text"]), old_headline=_or_none(old["headline"]), new_headline=_or_none(new["headline"])
    )  # fmt: skip
    if page is not None:
        with click.open_file(str(page), "w", encoding="utf-8") as file:
            file.write(diff_page(old, new, found, in_words(figures)))
    elif as_json:
        paragraphs = [{"op": one.op, "pieces": [{"op": piece.op, "text": piece.text} for piece in one.pieces]} for one in found]
        told = {"old": old, "new": new, "change": asdict(figures), "paragraphs": paragraphs}
        click.echo(plain_json(json.dumps(told, ensure_ascii=False, indent=2)))
    else:
        _print(old, new, found, figures)


def _both(store: Store, a: str, b: str | None) -> tuple[Shown, Shown]:
    """The older and the newer article. Raises UsageError where one is missing."""
    from archive import show
    from archive.errors import UsageError

    if b is not None:
        return _shown(store, show.find(store, a)), _shown(store, show.find(store, b))
    place = show.find(store, a)
    new = _shown(store, place)
    before = [one for one in show.revisions(store, place.page_id) if int(str(one["revision"])) < int(str(new["revision"]))]
    other = str(before[-1]["id"]) if before else _reference(store, int(str(new["id"])))
    if other is None:
        raise UsageError(
            f"article {new['id']} is its page's first revision, and no other text of its story is the reference",
            hint="name another article to compare it with",
        )
    return _shown(store, show.find(store, other)), new


def _reference(store: Store, article_id: int) -> str | None:
    """The article whose text stands for the story; None: it is this one, or the article has no story."""
    from archive.store.connect import telling
    from archive.store.stories import beside_reference

    with telling(store.path, reading=True):
        row = store.conn.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()
        found = beside_reference(store, row[0], ()) if row and row[0] is not None else None
    return str(found[0]) if found and found[0] != article_id else None


def _shown(store: Store, place: object) -> Shown:
    from archive import show

    assert isinstance(place, show.Place)  # noqa: S101 - what `show.find` gives
    article = show.article(store, place)
    names = ("id", "outlet", "url", "revision", "headline", "byline", "agency", "published_at", "first_seen_at", "story_id", "text")
    return {name: article[name] for name in names}


def _or_none(value: object) -> str | None:
    return None if value is None else str(value)


def in_words(found: Change) -> str:
    """The change in one line, for instance `update on top: 97 % of the words kept, 2 cut, 31 added; another headline`."""
    from archive.terminal import percent

    kinds = {"none": "the same text", "headline": "another headline, the same text"}
    if found.kind in kinds:
        return kinds[found.kind]
    top = " on top" if found.kind == "update" and found.on_top else ""
    headline = "; another headline" if found.headline else ""
    return f"{found.kind}{top}: {percent(found.kept)} of the words kept, {found.words_cut:,} cut, {found.words_added:,} added{headline}"


def _print(old: Shown, new: Shown, found: list[Paragraph], figures: Change) -> None:
    from archive.diff_page import told
    from archive.terminal import plain
    from archive.text_diff import hunks

    for mark, one in (("-", old), ("+", new)):
        click.secho(f"{mark} {plain(told(one))}", fg=_COLOURS[mark])
        click.secho(f"  {plain(one['headline'] or '(no headline)')}", bold=True)
    click.echo(in_words(figures))
    if figures.note:
        click.echo(f"It says: {plain(figures.note, width=200)}")
    for hunk in hunks(found):
        click.secho("@@", fg="cyan")
        for paragraph in hunk:
            click.echo("".join(_coloured(paragraph)))


def _coloured(paragraph: Paragraph) -> Iterator[str]:
    from archive.terminal import plain
    from archive.text_diff import marked

    colour = _COLOURS.get(paragraph.op)
    yield click.style(paragraph.op.replace("=", " "), fg=colour) + " "
    for piece in paragraph.pieces if paragraph.op == "~" else ():
        space = " " if piece.text[-1:].isspace() else ""
        yield click.style(plain(marked(piece)), fg=_COLOURS.get(piece.op)) + space
    if paragraph.op != "~":
        yield click.style(plain(paragraph.text), fg=colour)
