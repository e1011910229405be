"""Downloader middlewares: robots.txt before a request, redirects after its answer."""

from __future__ import annotations

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


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)


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
