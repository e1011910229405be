"""Scrapy's settings, each with its why. Scrapy's defaults favour scraping over safety; an archiver wants it the other way round.

Politeness (delay, timeouts, sizes) comes from sources.toml, not from here: see `crawler.pace` and `crawler.client`.
"""

from __future__ import annotations

from typing import Any

BOT_NAME = "wirecopy"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Where `scrapy crawl wire` finds its sources and its archive (the `wirecopy` command says it itself).
WIRECOPY_ARCHIVE = "wirecopy.db"
WIRECOPY_SOURCES = "sources.toml"
# Who decides when a feed is polled next: named here and loaded late, since `crawler` imports nothing of `scheduler`.
WIRECOPY_PLANNER = "scheduler.plan.next_poll"
WIRECOPY_GATE = "scheduler.plan.put_off"  # and whether one that is due may be polled now

# Our own handler keeps exact heads and dials public addresses only. No other scheme can be asked for: a feed's link or a
# redirect to file:, data:, ftp: or s3: would read what is ours.
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": "crawler.handler.WireDownloadHandler",
    "https": "crawler.handler.WireDownloadHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}

# A lean stack: nothing that alters bytes (compression, charset), adds fields (cookies, referer, auth), retries within a run, or
# follows what a page says (meta refresh).
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES: dict[str, int] = {
    "crawler.middlewares.LastResort": 50,
    "crawler.middlewares.RobotsMiddleware": 100,
    "crawler.middlewares.RedirectMiddleware": 600,
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}  # each would go over all that the spider gives
EXTENSIONS_BASE: dict[str, int] = {"scrapy.extensions.corestats.CoreStats": 0}  # no telnet console, no remote control
ITEM_PIPELINES: dict[str, int] = {"crawler.pipelines.DoorPipeline": 100}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the archive knows what was seen; a filter would swallow redirects silently
CONCURRENT_REQUESTS = 64  # hosts at work at a time: each gets one request at a time
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0.001  # with 0, Scrapy 2.15 to 2.19 does not hold the line above; the real spacing is `crawler.pace`'s
DOWNLOAD_DELAY_JITTER = 0.0
CONCURRENT_ITEMS = 1  # a page is one item; 100 tasks a response cost .8 ms each page
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 64 * 2**20  # bytes of pages between fetched and stored
DOWNLOAD_WARNSIZE = 0
LOG_LEVEL = "WARNING"
LOG_INSTALL_ROOT_HANDLER = True
LOGSTATS_INTERVAL = 0.0


def as_dict() -> dict[str, Any]:
    """These settings, for a crawl that `wirecopy` starts itself."""
    return {name: value for name, value in globals().items() if name.isupper()}
