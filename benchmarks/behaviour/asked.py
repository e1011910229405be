"""What is said to a request, and the request as it came: the records that behaviours, server and judge share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a feed document says, for the judge: it reads no document itself."""

    guids: tuple[str, ...] = ()
    ttl: int | None = None  # minutes
    skip_hours: tuple[int, ...] = ()  # UTC
    skip_days: tuple[str, ...] = ()  # English names


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. In fields and body "{origin}", "{elsewhere}" and "{private}" stand for addresses."""

    status: int = 200
    fields: Fields = ()
    body: bytes = b""
    said: Said | None = None  # None: the body is no feed that can be read
    changed: timedelta = timedelta(0)  # when, since the start, the body became what it is
    stall: float = 0.0  # seconds before it is said
    endless: bool = False  # the body comes byte by byte and never ends
    cut: bool = False  # the connection ends in the middle of the body

    def plus(self, *fields: tuple[str, str]) -> Reply:
        return replace(self, fields=(*self.fields, *fields))


@dataclass(frozen=True, slots=True)
class Moment:
    """What a behaviour may know when it is asked."""

    t: timedelta  # simulated, since the start
    start: datetime
    path: str = "/feed"
    fields: Fields = ()
    count: int = 0  # earlier requests for this path

    def get(self, name: str) -> str | None:
        return first(self.fields, name)


Says = Callable[[Moment], Reply]


@dataclass(frozen=True)
class Behaviour:
    """How one outlet behaves, its lines in sources.toml, and what the judge may rely on. Its name in sources.toml is `id`."""

    id: str
    words: str
    paths: Mapping[str, Says]
    feeds: tuple[str, ...] = ("/feed",)
    elsewhere: Mapping[str, Says] = field(default_factory=dict)  # a second address of its own
    scheme: Literal["http", "https"] = "http"
    listens: bool = True  # False: nobody answers at its address
    host: str = ""  # a name in place of its address
    credentials: str = ""  # user:word, in the configured URL
    schedule: str | None = None
    timezone: str | None = None
    delay: float | None = None  # seconds between two requests; None: as for all
    timeout: int | None = None  # seconds; None: as for all
    robots: bool = True
    trust_304: bool = False
    verify_tls: bool = True
    pages: bool = False  # its stories' pages are fetched
    every: timedelta | None = None  # between two stories, as long as there are any
    moves_to: str | None = None  # "{elsewhere}" or "{origin}" and the path that its feed moves to for good


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came, and what was said to it. The reply is kept without its body."""

    run: int  # of the driver, from 0 on
    at: datetime  # simulated
    began: float  # seconds of a clock that only goes forward: the head was read
    ended: float  # the last byte was written, or the connection had ended
    connection: int
    origin: str  # scheme://address:port that was dialled
    method: str
    target: str  # path and query, as sent
    fields: Fields
    reply: Reply
    digest: str = ""  # of the body that was said
    length: int = 0  # its bytes
    late: float = 0.0  # seconds by which it was noted, at most, after it had come: a busy machine lets the server wait

    @property
    def url(self) -> str:
        return self.origin + self.target

    @property
    def address(self) -> str:
        return self.origin.partition("://")[2].rpartition(":")[0]

    def get(self, name: str) -> str | None:
        return first(self.fields, name)

    def told(self, name: str) -> str | None:
        """A field of the reply."""
        return first(self.reply.fields, name)


def first(fields: Fields, name: str) -> str | None:
    return next((value for key, value in fields if key.lower() == name.lower()), None)
