"""When a story may be used: embargo and expiry, as feeds state them.

Sources: PRISM 2.0 and 3.0 (embargoDate, expirationDate, killDate), Dublin Core (available, and valid with its W3C-DTF period
"start=...; end=..."), Media RSS (status), and the plain names that home-made feeds use.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from crawler.discover.names import Name

_EMBARGO: tuple[Name, ...] = (("prism", "embargodate"), ("", "embargodate"), ("", "embargo"), ("dcterms", "available"))
_EXPIRES: tuple[Name, ...] = (
    *(("prism", "expirationdate"), ("prism", "killdate")),
    *(("", "expirationdate"), ("", "expirydate"), ("", "expires"), ("", "expire")),
)
_PERIOD = re.compile(r"\b(start|end)\s*=\s*([^;\s][^;]{0,80})", re.IGNORECASE)
_WITHDRAWN = ("deleted", "blocked")  # media:status, Media RSS 1.5


@dataclass(frozen=True, slots=True)
class Terms:
    """As printed; None where nothing is said."""

    embargo_raw: str | None = None
    expires_raw: str | None = None
    withdrawn: bool = False


NO_TERMS = Terms()


def terms(first: Callable[..., str | None], status: str | None = None) -> Terms:
    """`first` gives the words of the first child element that has one of the names; `status` is the state that media:status names."""
    period = {end.lower(): when.strip() for end, when in _PERIOD.findall(first(("dcterms", "valid")) or "")}
    embargo = first(*_EMBARGO) or period.get("start")
    expires = first(*_EXPIRES) or period.get("end")
    withdrawn = (status or "").strip().lower() in _WITHDRAWN
    return Terms(embargo, expires, withdrawn) if embargo or expires or withdrawn else NO_TERMS
