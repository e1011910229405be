"""Downloader middlewares: robots.txt before a request, redirects after its answer, and what becomes of one that breaks."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.model import Capture
from crawler import redirects
from crawler.desk import desk_of
from crawler.errand import Errand, WireResponse
from crawler.pace import Held

_log = logging.getLogger(__name__)


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)


class LastResort(_Middleware):
    """A request that breaks for want of memory or threads, or by a mistake of ours, is a recorded failure like any other.

    Scrapy would log it and go on as if it had never been asked for, and the run would end with 0. It is counted, and the run says so.
    """

    def process_exception(self, request: Request, exception: Exception) -> WireResponse:
        errand = response_errand(request)
        count_bug(self.crawler)
        _log.error("Asking for %s broke", request.url, exc_info=exception)
        reason = str(exception) or type(exception).__name__
        capture = Capture(request.url, errand.role, desk_of(self.crawler).clock(), error=f"it could not be asked for: {reason}")
        return WireResponse(request.url, status=0, capture=capture)


def count_bug(crawler: Crawler) -> None:
    """Lets the run end as one that broke."""
    if crawler.stats is not None:
        crawler.stats.inc_value("wirecopy/bugs")


class RobotsMiddleware(_Middleware):
    """Asks nothing that robots.txt disallows; its rules are cached across runs."""

    async def process_request(self, request: Request) -> WireResponse | None:
        desk, errand = desk_of(self.crawler), request.meta["errand"]
        if not desk.policy.politeness(errand.outlet).robots:
            return None
        try:
            refusal = await desk.robots.refusal(request.url, errand.outlet)
        except Held:
            return WireResponse(request.url, status=0, left="held")
        return WireResponse(request.url, status=0, refusal=refusal) if refusal else None


class RedirectMiddleware(_Middleware):
    """Follows redirects hop by hop; each hop is a capture of its own. Secrets and validators stay with the origin they are for."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if not isinstance(response, WireResponse) or response.capture is None or not redirects.leads_on(response.capture):
            return response
        errand = response_errand(request)
        try:
            url = redirects.target(response.capture, errand.hops)
        except ValueError as problem:
            response.capture = replace(response.capture, error=str(problem))
            return response
        return _onward(request, errand, response.capture, url)


def response_errand(request: Request) -> Errand:
    errand = request.meta["errand"]
    assert isinstance(errand, Errand)  # noqa: S101 - all our requests carry one
    return errand


def _onward(request: Request, errand: Errand, capture: Capture, url: str) -> Request:
    fields = errand.fields if redirects.same_origin(capture.url, url) else ()
    kept = tuple(field for field in fields if not field[0].startswith("If-"))  # validators are for the URL that issued them
    onward = replace(errand, hops=(*errand.hops, capture), fields=kept)
    return request.replace(url=url, meta={**request.meta, "errand": onward}, priority=request.priority + 1)
