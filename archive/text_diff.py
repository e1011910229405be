"""What changed between two texts, as lines for people and pipes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from archive.word_diff import Paragraph, Piece, word_diff


def text_diff(old: str, new: str, *, old_name: str, new_name: str) -> str:
    """A unified diff whose lines are paragraphs; "" where nothing changed.

    ` ` stands before a paragraph that stayed (only neighbours of a change are shown), `-` before one that went, `+` before one that
    came, and `~` before one that was reworded, with [-words that went-] and {+words that came+} in place.
    """
    lines = [line for hunk in hunks(word_diff(old, new)) for line in ("@@", *map(_line, hunk))]
    return "\n".join([f"--- {old_name}", f"+++ {new_name}", *lines]) if lines else ""


def hunks(found: Sequence[Paragraph]) -> list[list[Paragraph]]:
    """Runs of changed paragraphs, each with its neighbours."""
    grouped: list[list[Paragraph]] = []
    shown = False
    for at, paragraph in enumerate(found):
        before, shown = shown, any(one.op != "=" for one in found[max(0, at - 1) : at + 2])
        if shown and not before:
            grouped.append([])
        if shown:
            grouped[-1].append(paragraph)
    return grouped


def _line(paragraph: Paragraph) -> str:
    if paragraph.op != "~":
        return f"{' ' if paragraph.op == '=' else paragraph.op} {paragraph.text}"
    return "~ " + "".join(map(marked, paragraph.pieces)).rstrip()


def marked(piece: Piece) -> str:
    """The words, in [- -] where they went, in {+ +} where they came."""
    if piece.op == "=":
        return piece.text
    text = piece.text.rstrip()
    space = piece.text[len(text) :]
    return (f"[-{text}-]" if piece.op == "-" else f"{{+{text}+}}") + space
