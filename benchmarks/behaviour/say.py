"""What behaviours are made of: feed documents by simulated time, and functions that put validators, freshness and phases around them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

from benchmarks.behaviour.asked import Fields, Moment, Reply, Said, Says

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RSS: Fields = (("Content-Type", "application/rss+xml; charset=utf-8"),)
_SPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"'
)


# --- documents ----------------------------------------------------------------------------------------------------------


def rss(items: str, *, channel: str = "", said: Said) -> Reply:
    document = f'<?xml version="1.0"?><rss version="2.0" {_SPACES}><channel><title>A feed</title>{channel}{items}</channel></rss>'
    return Reply(200, RSS, document.encode(), said)


def item(guid: str, link: str, title: str, more: str = "") -> str:
    return f'<item><guid isPermaLink="false">{guid}</guid><title>{title}</title><link>{link}</link>{more}</item>'


def numbers(t: timedelta, every: timedelta, listed: int, ends: timedelta | None = None) -> range:
    """The newest stories at `t`, newest first. Story n was published n intervals after the start; those before it have minus signs."""
    newest = (t if ends is None else min(t, ends)) // every
    return range(newest, newest - listed, -1)


def news(
    every: timedelta, *, listed: int = 8, ends: timedelta | None = None, channel: str = "", ttl: int | None = None,
    wish: int | None = None, skip_hours: tuple[int, ...] = (), skip_days: tuple[str, ...] = (), older: str = "",
) -> Says:  # fmt: skip
    """A feed with a story every so often. `wish` is what `channel` asks for in other words than ttl, in minutes; `older` is the path of
    archives of `listed` stories each (RFC 5005), which it then names.
    """
    wishes = "".join(f"<hour>{hour}</hour>" for hour in skip_hours), "".join(f"<day>{day}</day>" for day in skip_days)
    said = (f"<ttl>{ttl}</ttl>" if ttl else "") + (f"<skipHours>{wishes[0]}</skipHours>" if wishes[0] else "")
    said += f"<skipDays>{wishes[1]}</skipDays>" if wishes[1] else ""

    def answer(moment: Moment) -> Reply:
        shown = numbers(moment.t, every, listed, ends)
        link = f'<atom:link rel="prev-archive" href="{{origin}}{older}{shown[-1] // listed}"/>' if older else ""
        reply = stories(moment, shown, every, channel=said + channel + link)
        assert reply.said is not None  # noqa: S101 - just made
        return replace(
            reply, said=replace(reply.said, ttl=ttl or wish, skip_hours=skip_hours, skip_days=skip_days), changed=shown[0] * every
        )

    return answer


def stories(moment: Moment, shown: range, every: timedelta, *, channel: str = "") -> Reply:
    items = "".join(
        item(guid_of(n), f"{{origin}}/s/{n}", f"Story {n}", f"<pubDate>{http_date(moment, n * every)}</pubDate>") for n in shown
    )
    return rss(items, channel=channel, said=Said(tuple(guid_of(n) for n in shown)))


def guid_of(number: int) -> str:
    return f"story {number}"


def page(name: str) -> Reply:
    """A story's page, with a cookie and a validator of its own."""
    text = f"The story at {name} says what happened, to whom, and when it was, at some length."
    body = f"<!doctype html><html lang='en'><title>{name}</title><body><article><h1>{name}</h1><p>{text}</p></article></body></html>"
    return Reply(200, (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"page"'), ("Set-Cookie", "reader=1; Path=/")), body.encode())


def http_date(moment: Moment, t: timedelta) -> str:
    return format_datetime(moment.start + t, usegmt=True)


# --- put around them ------------------------------------------------------------------------------------------------------


def always(reply: Reply) -> Says:
    return lambda _: reply


def status(code: int, *fields: tuple[str, str]) -> Says:
    return always(Reply(code, fields, b"No feed here."))


def moved(code: int, to: str) -> Says:
    return status(code, ("Location", to))


def phases(*parts: tuple[timedelta, Says]) -> Says:
    """The last part whose time has come."""
    return lambda moment: [says for since, says in parts if since <= moment.t][-1](moment)


def during(since: timedelta, until: timedelta, then: Says, otherwise: Says) -> Says:
    return lambda moment: (then if since <= moment.t < until else otherwise)(moment)


def with_fields(says: Says, *fields: tuple[str, str]) -> Says:
    return lambda moment: says(moment).plus(*fields)


def strong(digest: str) -> str:
    return f'"{digest}"'


def tagged(says: Says, form: Callable[[str], str] = strong) -> Says:
    """With an ETag; a request that has it is answered with 304."""

    def answer(moment: Moment) -> Reply:
        reply = says(moment)
        if reply.status != 200:
            return reply
        tag = form(hashlib.sha256(reply.body).hexdigest()[:16])
        return Reply(304, (("ETag", tag),)) if moment.get("If-None-Match") == tag else reply.plus(("ETag", tag))

    return answer


def dated(says: Says) -> Says:
    """With Last-Modified. If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""

    def answer(moment: Moment) -> Reply:
        reply = says(moment)
        if reply.status == 304:
            return reply
        date = http_date(moment, reply.changed)
        same = moment.get("If-Modified-Since") == date and moment.get("If-None-Match") is None
        return Reply(304, (("Last-Modified", date),)) if same else reply.plus(("Last-Modified", date))

    return answer


def waiting(until: timedelta, code: int, *, as_date: bool = False) -> Says:
    """503 or 429 with a Retry-After that ends at `until`, in seconds or as a date."""

    def answer(moment: Moment) -> Reply:
        seconds = str(max(0, round((until - moment.t).total_seconds())))
        return Reply(code, (("Retry-After", http_date(moment, until) if as_date else seconds),), b"Later, please.")

    return answer


def robots(*lines: str) -> Says:
    return always(Reply(200, (("Content-Type", "text/plain"),), "\n".join(("User-agent: *", *lines, "")).encode()))


def at_feed(says: Says) -> Mapping[str, Says]:
    return {"/feed": says}
