"""The sources.toml that `wirecopy init` writes: every key explained, and a handful of outlets that run agency copy."""

from __future__ import annotations


def starter() -> str:
    """The text of a first sources.toml. It loads as it is."""
    return _STARTER


_STARTER = """\
# What wirecopy crawls. Lines that begin with # are notes or examples; the values shown there are the defaults.
# An unknown key or a bad value is an error: `wirecopy check` reads the file and polls without storing anything.

[fetch]
# Who you are: a page or mail address that sites find in our User-Agent. Please set it before you crawl.
# contact = "https://example.org/about-our-crawler"     # or "mailto:you@example.org"
# timeout = 30             # seconds for one whole exchange
# connect_timeout = 10     # seconds until a connection stands
# max_size = "8 MB"        # of one page or feed, unpacked
# delay = 1.0              # seconds between two requests to one host
# robots = true            # honour robots.txt
# max_entries = 2000       # entries read of one feed
# second_try = 10          # seconds after which a run asks once more for a page whose server failed; 0: not
# further_pages = 10       # fetched of a story that its site parts into several pages, beside the first; 0: none
# trust_304 = false        # true: a feed that says "not modified" for more than eight days is believed
# quiet = []               # hours of the day without polls, in each outlet's timezone: "22:00-06:00", or a list of such
# allow_private = []       # private networks that may be crawled: ["10.1.0.0/16"]

# Told once whenever something goes wrong or is well again, with JSON on its standard input:
# [alert]
# command = "/usr/local/bin/tell-me"
# after = "2h"             # only what lasts that long; without it, at once

# One block an outlet, one block a feed. `wirecopy add URL` finds an outlet's feeds and writes such blocks.
# In an outlet: id and, if you like, name, homepage, language, timezone, agency (this is the agency's own site), any of
# timeout, connect_timeout, max_size, delay, robots, max_entries, further_pages, trust_304,
# and for all its feeds schedule, keep, skip, quiet, jitter.
# In a feed: url and, if you like,
#   kind = "auto"          # auto, rss, atom, json, sitemap; html for a plain page that lists stories
#   schedule = "15m"       # or "2h", "1d", or cron: "*/15 6-22 * * *"; without it, the feed's own pace is learned
#   quiet = "22:00-06:00"  # not polled then; two windows: ["12:00-13:00", "22:00-06:00"]
#   jitter = "5m"          # up to that much is added to each planned poll, at random; 0 for none
#   keep = "/news/"        # fetch only stories whose address has this in it (a regular expression)
#   skip = "/video/"       # never fetch these

# The addresses below were public when this was written. Publishers move them: `wirecopy check` tells.

[[outlet]]
id = "the-hindu"
name = "The Hindu"
homepage = "https://www.thehindu.com/"
language = "en-IN"
timezone = "Asia/Kolkata"

  [[outlet.feed]]    # PTI, Reuters, AP and AFP among its own
  url = "https://www.thehindu.com/news/national/feeder/default.rss"

  [[outlet.feed]]
  url = "https://www.thehindu.com/news/international/feeder/default.rss"

[[outlet]]
id = "theprint"
name = "ThePrint"
homepage = "https://theprint.in/"
language = "en-IN"
timezone = "Asia/Kolkata"

  [[outlet.feed]]    # PTI, ANI and Reuters straight from the wire
  url = "https://theprint.in/feed/"

[[outlet]]
id = "straits-times"
name = "The Straits Times"
homepage = "https://www.straitstimes.com/"
language = "en-SG"
timezone = "Asia/Singapore"

  [[outlet.feed]]    # AFP, Reuters, Bloomberg
  url = "https://www.straitstimes.com/news/world/rss.xml"

[[outlet]]
id = "japan-times"
name = "The Japan Times"
homepage = "https://www.japantimes.co.jp/"
language = "en"
timezone = "Asia/Tokyo"

  [[outlet.feed]]    # AFP-Jiji, Reuters, AP
  url = "https://www.japantimes.co.jp/feed/"

[[outlet]]
id = "independent-uk"
name = "The Independent"
homepage = "https://www.independent.co.uk/"
language = "en-GB"
timezone = "Europe/London"

  [[outlet.feed]]    # AP, Reuters, PA
  url = "https://www.independent.co.uk/news/world/rss"

[[outlet]]
id = "guardian"
name = "The Guardian"
homepage = "https://www.theguardian.com/"
language = "en-GB"
timezone = "Europe/London"

  [[outlet.feed]]    # Reuters, AP, AFP, AAP
  url = "https://www.theguardian.com/world/rss"

[[outlet]]
id = "pbs-newshour"
name = "PBS NewsHour"
homepage = "https://www.pbs.org/newshour/"
language = "en-US"
timezone = "America/New_York"

  [[outlet.feed]]    # AP
  url = "https://www.pbs.org/newshour/feeds/rss/headlines"
"""
