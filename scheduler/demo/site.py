"""Pure: everything that lies on one outlet's site at one epoch, path by path."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from scheduler.demo import feeds, markup
from scheduler.demo.records import Answer, Feed, Outlet, Sheet
from scheduler.demo.replies import at_visit
from scheduler.demo.sheets import published_sheets, redirect_path, status

_ERRORS = {404: "Page not found", 410: "This page has been removed"}


def site(outlet: Outlet, origin: str, epoch: int) -> Mapping[str, Answer]:
    """All paths of the outlet, with their queries. Its bytes are a function of the arguments alone."""
    answers = dict(_furniture(outlet, origin, epoch))
    for feed in outlet.feeds:
        answers.update(_feed(outlet, feed, origin, epoch))
    for one in published_sheets(outlet, epoch):
        answers.update(_page(outlet, one, origin, epoch))
    return answers


def missing(outlet: Outlet) -> Answer:
    """The answer for every other path."""
    return _error(outlet, 404)


def _furniture(outlet: Outlet, origin: str, epoch: int) -> Iterator[tuple[str, Answer]]:
    yield "/", Answer(markup.home(outlet, epoch), _html_type(outlet), validators=outlet.validators)
    yield "/robots.txt", Answer(_robots(outlet, origin), "text/plain; charset=utf-8", validators=outlet.validators)


def _robots(outlet: Outlet, origin: str) -> bytes:
    maps = [feed.path for feed in outlet.feeds if feed.form in ("sitemap", "sitemapindex") and feed.listed]
    lines = ["User-agent: *", "Disallow: /members/", "Allow: /", *(f"Sitemap: {origin}{path}" for path in maps)]
    return ("\n".join(lines) + "\n").encode()


def _feed(outlet: Outlet, feed: Feed, origin: str, epoch: int) -> Iterator[tuple[str, Answer]]:
    if feed.html == epoch:
        body = markup.message(outlet, "Back soon", "We are changing our publishing system this morning.")
        yield feed.path, Answer(body, _html_type(outlet), validators="none")
        return
    mime = _html_type(outlet) if feed.form == "listing" else feeds.MEDIA_TYPES[feed.form]
    answer = Answer(feeds.document(outlet, feed, origin, epoch), mime, validators=outlet.validators)
    if feed.moved_to and feed.moved is not None and epoch >= feed.moved:
        yield feed.moved_to, answer
        answer = _redirect(301, origin + feed.moved_to)
    yield feed.path, answer


def _page(outlet: Outlet, one: Sheet, origin: str, epoch: int) -> Iterator[tuple[str, Answer]]:
    code = status(one, epoch)
    if code != 200:
        yield one.path, _error(outlet, code)
        return
    yield one.path, _article(outlet, one, origin, epoch, variant=False)
    if one.variant_path:
        yield one.variant_path, _article(outlet, one, origin, epoch, variant=True)
    if any(feed.links == "redirect" for feed in outlet.feeds):
        yield redirect_path(one), _redirect(302, origin + one.path)
    yield f"/img/{one.story.key}.svg", Answer(_picture(one.story.key), "image/svg+xml")


def _article(outlet: Outlet, one: Sheet, origin: str, epoch: int, *, variant: bool) -> Answer:
    page = one.page
    body = markup.article(outlet, one, origin, epoch, variant=variant)
    return Answer(
        body if page.volatile else at_visit(body, 0),
        _html_type(outlet),
        validators="none" if page.volatile else outlet.validators,
        volatile=page.volatile,
        slow=page.slow,
        flaky=page.flaky,
    )


def _error(outlet: Outlet, code: int) -> Answer:
    body = markup.message(outlet, _ERRORS[code], "The address may be old. Our front page lists today's stories.")
    return Answer(body, _html_type(outlet), status=code, validators="none")


def _redirect(code: int, url: str) -> Answer:
    return Answer(b"", "text/html", status=code, headers={"Location": url}, validators="none")


def _html_type(outlet: Outlet) -> str:
    return f"text/html; charset={outlet.charset}" if outlet.declares_charset else "text/html"


def _picture(key: str) -> bytes:
    """A picture of nothing, in a colour of its own."""
    hue = hashlib.sha256(key.encode()).digest()[0] * 360 // 256
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360">'
        f'<rect width="640" height="360" fill="hsl({hue} 30% 70%)"/>'
        '<circle cx="480" cy="110" r="50" fill="#fff8"/></svg>\n'
    ).encode()
