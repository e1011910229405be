"""All peers, by name, in the order in which tables show them."""

from __future__ import annotations

from benchmarks.ingest.peers import fundus, newspaper4k, newsplease, scrapy, trafilatura, wget, wirecopy

PEERS = {
    peer.name: peer
    for peer in (
        wirecopy.WHOLE, wirecopy.RAW_ONLY, scrapy.PLAIN, scrapy.WITH_TRAFILATURA, trafilatura.PEER, wget.PEER,
        wget.PACKED, fundus.PEER, newspaper4k.PEER, newsplease.PEER,
    )
}  # fmt: skip
