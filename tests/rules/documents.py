"""Feeds and pages for the rules, and the answers that carry them."""

from __future__ import annotations

from tests.rules.server import Answer


def rss(*paths: str, title: str = "Harbour Post", channel: str = "") -> bytes:
    """A feed with one entry for each link; a path is a page of the same site."""
    links = [path if "://" in path else f"{{origin}}{path}" for path in paths]
    items = "".join(f"<item><title>Story {link[-9:]}</title><link>{link}</link><guid>{link}</guid></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{channel}{items}</channel></rss>'.encode()


def feed(
    *paths: str, fields: tuple[tuple[str, str], ...] = (), channel: str = "", title: str = "Harbour Post", wait: float = 0.0
) -> Answer:
    return Answer(200, (("Content-Type", "application/rss+xml"), *fields), rss(*paths, title=title, channel=channel), wait)


def atom(name: str, *numbers: int, rel: str = "next", onward: str | None = None) -> Answer:
    """A feed of numbered stories in a folder of its name; `onward` is where its older ones are."""
    entries = "".join(
        f"<entry><id>{name}-{n}</id><title>{name} {n}</title><link href='{{origin}}/{name}/{name}-{n}'/></entry>" for n in numbers
    )
    link = f"<link rel='{rel}' href='{{origin}}/{onward}'/>" if onward else ""
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{name}</title>{link}{entries}</feed>"
    return Answer(200, (("Content-Type", "application/atom+xml"),), body.encode())


def page(words: str, *, fields: tuple[tuple[str, str], ...] = (), wait: float = 0.0) -> Answer:
    body = f"<!doctype html><html lang='en'><head><title>{words}</title></head><body><article><h1>{words}</h1><p>{words} again, at length, "
    return Answer(
        200, (("Content-Type", "text/html; charset=utf-8"), *fields), f"{body}for the record.</p></article></body></html>".encode(), wait
    )


def moved(to: str, status: int = 302, *, fields: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, (("Location", to), *fields), b"Moved")


def not_modified(*fields: tuple[str, str]) -> Answer:
    return Answer(304, fields)


def robots(*lines: str, status: int = 200) -> Answer:
    return Answer(status, (("Content-Type", "text/plain"),), "\n".join(("User-agent: *", *lines, "")).encode())
