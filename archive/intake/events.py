"""WARC records that belong to one exchange: an answer, its request, what is said about both. Pure.

Writers put them beside one another, in any order, and most say so (WARC-Concurrent-To); the others give them one URL and one time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from archive.model import TEXT_RECORD
from archive.warc.reading import Broken, Found

OURS = "urn:wirecopy:capture:"
_MAIN = ("response", "revisit", "resource")
_MOST = 6  # records of one exchange


@dataclass(slots=True)
class Event:
    """Records of one exchange."""

    offset: int  # of the first one
    main: Found | None = None  # response, revisit, resource, or a text of ours
    request: Found | None = None
    about: Found | None = None  # the metadata record of a wirecopy archive
    other: Found | None = None  # the last of those that are none of these
    others: int = 0
    names: set[str] = field(default_factory=set)  # ids of these records, and of those that they point to
    at: tuple[str, str] = ("", "")

    def takes(self, one: Found) -> bool:
        if self.others + len([part for part in (self.main, self.request, self.about) if part]) >= _MOST:
            return False
        if self._has(one):
            return False
        points = {value.strip("<>") for name, value in one.fields if name.lower() == "warc-concurrent-to"}
        return bool(one.id and one.id in self.names) or bool(points & self.names) or (self.at == _at(one) and self.at != ("", ""))

    def add(self, one: Found) -> None:
        if _is_main(one):
            self.main = one
        elif one.type == "request":
            self.request = one
        elif one.url.startswith(OURS):
            self.about = one
        else:
            self.other, self.others = one, self.others + 1
        self.names |= {one.id} | {value.strip("<>") for name, value in one.fields if name.lower() == "warc-concurrent-to"} - {""}
        self.at = _at(one)

    def _has(self, one: Found) -> bool:
        return (
            (_is_main(one) and self.main is not None)
            or (one.type == "request" and self.request is not None)
            or (one.url.startswith(OURS) and self.about is not None)
        )


def events(records: Iterable[Found | Broken]) -> Iterator[Event | Broken]:
    """Exchanges in the order of the file. One is held at a time; what is no part of one (warcinfo) is one of its own."""
    event: Event | None = None
    for one in records:
        if isinstance(one, Found) and event is not None and event.takes(one):
            event.add(one)
            continue
        if event is not None:
            yield event
            event = None
        if isinstance(one, Broken):
            yield one
        else:
            event = Event(one.offset)
            event.add(one)
    if event is not None:
        yield event


def _is_main(one: Found) -> bool:
    """A conversion is one where it is a text of ours; others' belong to the answer that they were made of."""
    return one.type in _MAIN or (one.type == "conversion" and (one.get("content-type") or "").startswith(TEXT_RECORD))


def _at(one: Found) -> tuple[str, str]:
    return one.url.removeprefix(OURS), one.get("warc-date") or ""
