"""Scrapy's download handler: waits for the host's turn, exchanges, wraps the capture. Failures come back as responses too.

Scrapy's own handlers lose header case, order and repeats, the reason phrase and the coding of the body, and check no address.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler

from archive.keys import host_of
from archive.model import Capture
from crawler.client import heads
from crawler.client.exchange import Limits
from crawler.desk import Desk, desk_of
from crawler.errand import Errand, WireResponse
from crawler.manners import ACCEPT
from crawler.pace import Held

LARGEST_SITEMAP = 52_428_800  # bytes, the sitemap protocol's own cap


class WireDownloadHandler(BaseDownloadHandler):
    """http and https, by `crawler.client`."""

    lazy = True

    async def download_request(self, request: Request) -> WireResponse:
        desk, errand = desk_of(self.crawler), request.meta["errand"]
        if desk.stopping:  # Scrapy still hands over what waited in its host's line
            return WireResponse(request.url, status=0, left="stopped")
        exchange = asyncio.ensure_future(self._exchange(desk, errand, request.url))
        desk.under_way.add(exchange)
        try:
            return wrap(request.url, await exchange)
        except Held:
            return WireResponse(request.url, status=0, left="held")
        except asyncio.CancelledError:
            if not desk.stopping:
                raise
            return WireResponse(request.url, status=0, left="stopped")
        finally:
            desk.under_way.discard(exchange)

    async def _exchange(self, desk: Desk, errand: Errand, url: str) -> Capture:
        delay = await desk.delay(errand.outlet, url, onward=bool(errand.hops))
        async with desk.pace.turn(host_of(url), delay) as sending:
            capture = await desk.client.exchange(
                url,
                errand.role,
                accept=ACCEPT[errand.role],
                limits=_limits(desk, errand),
                extra=errand.fields,
                sending=sending,
            )
            await desk.heed(capture)  # before the turn goes on
            return capture


def _limits(desk: Desk, errand: Errand) -> Limits:
    """Those of the outlet; a sitemap may be larger than any page or feed."""
    limits = desk.policy.limits(errand.outlet)
    return limits if errand.step is None else replace(limits, max_size=max(limits.max_size, LARGEST_SITEMAP))


def wrap(url: str, capture: Capture) -> WireResponse:
    """A capture as Scrapy's response. By its body, the capture's own, Scrapy counts what waits to be stored, and holds back."""
    fields: dict[str, list[str]] = {}
    for name, value in heads.response_pairs(capture.response_head or b""):
        fields.setdefault(name, []).append(value)
    return WireResponse(url, status=capture.status or 0, headers=fields, body=capture.body or b"", capture=capture)
