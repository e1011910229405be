"""sources.toml -> frozen specs. Read once, checked whole: an unknown key, a bad value, a duplicate stops everything."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from archive.errors import SourcesError
from crawler.sources import values
from crawler.sources.layout import Lines
from crawler.sources.layout import Path as Place
from crawler.sources.specs import AlertSpec, FeedSpec, FetchSpec, OutletSpec, SourceKind, Sources
from crawler.sources.tables import Table

_PACE = ("quiet", "jitter")
_FETCH_KEYS = (
    *("contact", "timeout", "connect_timeout", "max_size", "delay", "robots", "allow_private", "max_entries", "recheck", "further_pages"),
    *("second_try", "trust_304", *_PACE),
)
_OUTLET_KEYS = (
    *("id", "name", "homepage", "language", "timezone", "agency", "feed", "schedule", "keep", "skip", *_PACE),
    *("timeout", "connect_timeout", "max_size", "delay", "robots", "max_entries", "recheck", "further_pages", "trust_304", "verify_tls"),
)
_ALERT_KEYS = ("command", "after")
_FEED_KEYS = ("url", "kind", "schedule", "keep", "skip", *_PACE)
_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)


def load(path: Path | str) -> Sources:
    """The sources of a file. Raises SourcesError, whose message names file and line, and whose hint the remedy."""
    file = Path(path)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise SourcesError(f"{file}: there is no such file", hint="`wirecopy init` writes one to start from.") from None
    except IsADirectoryError:
        raise SourcesError(f"{file}: this is a folder, not a file", hint="Name the file: --sources FILE.") from None
    except OSError as problem:
        hint = "Check the path and its permissions."
        raise SourcesError(f"{file}: can't be read: {problem.strerror}", hint=hint) from problem
    return parse(_decoded(data, str(file)), file)


def parse(text: str, path: Path | None = None) -> Sources:
    """The sources of a text; `path` is named in errors. Raises SourcesError."""
    file = str(path) if path else "sources.toml"
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _syntax_error(str(problem), text, file) from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise SourcesError(f"{file}: a number has thousands of digits", hint="Write a number that means something.") from None
    except RecursionError:
        raise SourcesError(f"{file}:1: values are nested too deeply", hint="Write plain tables and keys.") from None
    lines = Lines(text)
    top = Table(document, (), "the file", file, lines)
    top.only("fetch", "outlet", "alert")
    fetch = _fetch(Table(document.get("fetch", {}), ("fetch",), "[fetch]", file, lines))
    outlets = tuple(_outlets(top, fetch))
    alert = _alert(Table(document["alert"], ("alert",), "[alert]", file, lines)) if "alert" in document else None
    return Sources(fetch, outlets, path, alert)


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        hint = "Save the file as UTF-8."
        raise SourcesError(f"{file}:{line}: the file is not UTF-8 text", hint=hint) from None


def _syntax_error(message: str, text: str, file: str) -> SourcesError:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line = int(found.group(1)) if found else text.count("\n") + 1
    said = re.sub(r"\s*\(at [^)]*\)", "", message)
    where = f", column {found.group(2)}" if found else ""
    hint = "Text stands in quotes, lists in [ ], tables begin with [[outlet]] or [[outlet.feed]]."
    return SourcesError(f"{file}:{line}: not valid TOML: {said[:1].lower()}{said[1:]}{where}", hint=hint)


def _fetch(table: Table) -> FetchSpec:
    table.only(*_FETCH_KEYS)
    given: dict[str, Any] = {
        "contact": table.text("contact", values.contact),
        **_politeness(table),
        "allow_private": table.texts("allow_private", values.network),
        "second_try": table.number("second_try", 0, 600),
        **_pace(table),
    }
    return FetchSpec(**{key: value for key, value in given.items() if value is not None})


def _alert(table: Table) -> AlertSpec:
    table.only(*_ALERT_KEYS)
    command = table.required("command", values.command)
    after = table.text("after", values.interval)
    return AlertSpec(command) if after is None else AlertSpec(command, after)


def _politeness(table: Table) -> dict[str, Any]:
    return {
        "timeout": table.number("timeout", 1, 600),
        "connect_timeout": table.number("connect_timeout", 1, 120),
        "max_size": table.size("max_size", values.size),
        "delay": table.number("delay", 0, 3600),
        "robots": table.flag("robots"),
        "max_entries": table.whole("max_entries", 1, 100_000),
        "recheck": table.intervals("recheck", values.interval),
        "further_pages": table.whole("further_pages", 0, 100),
        "trust_304": table.flag("trust_304"),
    }


def _outlets(top: Table, fetch: FetchSpec) -> list[OutletSpec]:
    ids: dict[str, Place] = {}
    urls: dict[str, Place] = {}
    found = []
    for index, given in enumerate(top.tables("outlet")):
        table = _outlet_table(given, index, top)
        outlet = _outlet(table, fetch)
        _no_twin(table, (*table.path, "id"), outlet.id, ids)
        for number, feed in enumerate(outlet.feeds):
            _no_twin(table, (*table.path, "feed", number, "url"), same_feed(feed.url), urls)
        found.append(outlet)
    return found


def _outlet_table(given: object, index: int, top: Table) -> Table:
    known = given.get("id") if isinstance(given, dict) else None
    name = f"outlet '{known}'" if isinstance(known, str) else f"outlet number {index + 1}"
    return Table(given, ("outlet", index), name, top.file, top.lines)


def _outlet(table: Table, fetch: FetchSpec) -> OutletSpec:
    table.only(*_OUTLET_KEYS)
    given_id = table.required("id", values.outlet_id)
    defaults = {key: getattr(fetch, key) for key in _PACE} | _feed_settings(table)
    feeds = tuple(_feed(given, number, table, defaults) for number, given in enumerate(table.tables("feed")))
    return OutletSpec(
        id=given_id,
        name=table.text("name", str.strip) or given_id,
        homepage=table.text("homepage", values.web_url),
        language=table.text("language", values.language),
        timezone=table.text("timezone", values.timezone),
        agency=table.text("agency", values.outlet_id),
        verify_tls=table.flag("verify_tls") is not False,
        feeds=feeds,
        **_politeness(table),
    )


def _feed(given: object, number: int, outlet: Table, defaults: dict[str, Any]) -> FeedSpec:
    path = (*outlet.path, "feed", number)
    table = Table(given, path, f"feed {number + 1} of {outlet.name}", outlet.file, outlet.lines)
    table.only(*_FEED_KEYS)
    return FeedSpec(table.required("url", values.web_url), table.text("kind", _kind) or "auto", **defaults | _feed_settings(table))


def _feed_settings(table: Table) -> dict[str, Any]:
    """What a table says of its feeds; what it does not say is not in it."""
    given: dict[str, Any] = {
        "schedule": table.text("schedule", values.schedule),
        "keep": table.text("keep", values.pattern),
        "skip": table.text("skip", values.pattern),
        **_pace(table),
    }
    return {key: value for key, value in given.items() if value is not None}


def _pace(table: Table) -> dict[str, Any]:
    quiet = table.one_or_more("quiet", values.window)
    if quiet and values.whole_day(quiet):
        table.fail(f"'quiet' in {table.name} leaves no minute of the day", "quiet", hint="Remove the outlet or feed, to poll it no more.")
    return {"quiet": quiet, "jitter": table.text_or_zero("jitter", values.jitter)}


def _kind(text: str) -> SourceKind:
    for kind in _KINDS:
        if text == kind:
            return kind
    raise ValueError(f"'{text[:40]}' is no kind: use {', '.join(_KINDS)}")


def _no_twin(outlet: Table, place: Place, value: str, seen: dict[str, Place]) -> None:
    first = seen.setdefault(value, place)
    if first is not place:
        message = f"{place[-1]} '{value}' stands a second time in {outlet.name}; the first is in line"
        outlet.fail(f"{message} {outlet.lines.line_of(first)}", at=place, hint="Remove one of the two.")


def same_feed(url: str) -> str:
    """A URL as feeds are compared: scheme and host in lower case, no default port, no fragment, a path."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port and parts.port != {"http": 80, "https": 443}[parts.scheme.lower()] else ""
    user = parts.netloc.rpartition("@")[0]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme.lower()}://{user + '@' if user else ''}{host}{port}{parts.path or '/'}{query}"
