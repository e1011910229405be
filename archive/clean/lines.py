"""The lines of a page that the cleaner takes for text at first sight: what is furniture is learned from them."""

from __future__ import annotations

from typing import Any

from archive.clean import text_record
from archive.clean.pipeline import Asked, reading
from archive.clean.recurring import Line, lines_of


def lines(body: bytes, **evidence: Any) -> tuple[Line, ...]:
    """The lines of one page, read with the arguments of `archive.clean.clean`, but without any furniture that is known. Never raises."""
    if text_record.is_one(evidence.get("headers")):
        return text_record.lines(body)
    choice = reading(body, Asked(**evidence | {"furniture": frozenset()})).choice
    return lines_of(choice.page, choice.story.kept) if choice is not None else ()
