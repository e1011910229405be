"""Which hosts are of one site: their registrable domain, by the public suffix list that tldextract ships. Never asks the network."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tldextract import TLDExtract


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The registrable domain of a host; "" for addresses.

    Where no rule matches (an intranet's names), the list's own default rule holds: the last label is the suffix.
    """
    found = _extractor()(host)
    if found.suffix or found.ipv4 or found.ipv6:
        return found.top_domain_under_public_suffix
    return ".".join(host.split(".")[-2:])


@lru_cache(maxsize=1)
def _extractor() -> TLDExtract:
    import tldextract  # late: it costs 100 ms, and is seldom needed

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
