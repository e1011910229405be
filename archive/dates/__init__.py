"""Times as feeds and pages state them -> aware UTC, or nothing: pure, linear, and it never raises.

Read: RFC 822 / 2822 / 5322 with the usual mistakes, RFC 3339, ISO 8601 and W3C-DTF, asctime, Unix seconds and
milliseconds, Perforce ("Fri, 2006/09/15 08:19:53 EDT"), and printed times with the month names of some forty languages
("August 29, 2025 22:00 IST", "3 mai 2024 à 14h30", "2025年8月29日 14時30分", "29 अगस्त 2025").

Nothing is guessed: a time of day without a zone is no instant (`utc` is None), unless the caller knows the outlet's
zone. Zone names that mean several things (IST: India, Ireland, Israel) are settled by the outlet's zone, else by its
country, else by the meaning that RFC 822 or the news gives them; `Moment.zone` says which.
"""

from __future__ import annotations

from archive.dates.parse import parse_moment, parse_time
from archive.dates.zones import Moment

__all__ = ["Moment", "parse_moment", "parse_time"]
