"""Which text of a story its copies are held against, and how late a copy is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.grouping.words import tokens

COPIES_VERSION = 1  # of what is compared and how: raised, every row of `copies` is made anew by a rebuild
SOON = 3600  # seconds after the first text in which a longer one may still be what the copies were made of: a flash comes before its story


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text of a story, as far as the choice needs it."""

    article_id: int
    is_wire: bool  # on the agency's own page
    printed: int | None  # seconds since 1970, UTC, of its page's first text; None: not known
    seen: int  # when it was first seen, likewise
    revision: int
    length: int  # characters

    @property
    def at(self) -> int:
        """When this text stood there first, as far as that can be true: a later revision has the page's time of publication still."""
        return self.seen if self.printed is None or self.revision > 1 else min(self.printed, self.seen)


def reference(texts: Sequence[Candidate]) -> Candidate:
    """The text that stands for the story: the agency's own where there is one, else what came first.

    Of those that came within an hour of the first it is the longest, of equally long ones the earliest.
    """
    own = [text for text in texts if text.is_wire] or texts
    first = min(text.at for text in own)
    return max((text for text in own if text.at <= first + SOON), key=lambda text: (text.length, -text.at, -text.article_id))


@dataclass(frozen=True, slots=True)
class Delay:
    """How long after the story's first page one came; negative: before the agency's own."""

    seconds: int
    by: str  # printed, where both pages say when they were published; else seen


@dataclass(frozen=True, slots=True)
class Start:
    """When a story began: on the agency's own pages where there are any, else on all of them."""

    wire: bool  # it is the agency's own pages that count
    pages: int  # that count
    printing: int  # of these, that say when they were published
    printed: int | None  # the first time that they say, seconds since 1970, UTC
    seen: int  # when the first of them was seen

    def counts(self, page: Candidate) -> bool:
        return page.is_wire or not self.wire

    def delay(self, page: Candidate) -> Delay:
        """How late a page of the story is. What only this page says of the time is compared with nothing."""
        own = self.counts(page)
        others, printing = self.pages - own, self.printing - (own and page.printed is not None)
        if page.printed is not None and self.printed is not None and (printing or not others):
            return Delay(min(page.printed, page.seen) - self.printed, "printed")
        return Delay(page.seen - self.seen, "seen")


def start(pages: Sequence[Candidate]) -> Start:
    """When the story of these pages began, each given by its first text."""
    own = [page for page in pages if page.is_wire]
    counted = own or pages
    printed = [min(page.printed, page.seen) for page in counted if page.printed is not None]
    return Start(bool(own), len(counted), len(printed), min(printed, default=None), min(page.seen for page in counted))


def other_headline(one: str | None, other: str | None) -> bool | None:
    """Whether two headlines have other words; None where one is missing."""
    return tokens(one) != tokens(other) if one and other else None
