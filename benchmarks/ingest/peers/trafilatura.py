"""trafilatura's own crawler: its command, told to keep what it downloads and to write text and metadata as JSON."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ingest.peer import Job, Page, Peer

# Its own settings, but for the pause between requests, and for the guard against addresses of one's own network.
SETTINGS = {"SLEEP_TIME": "0", "SSRF_PROTECTION": "off"}
DEFAULTS = {
    "DOWNLOAD_TIMEOUT": "30", "MAX_FILE_SIZE": "20000000", "MIN_FILE_SIZE": "10", "USER_AGENTS": "", "COOKIE": "", "MAX_REDIRECTS": "2",
    "INSECURE_SSL_FALLBACK": "off", "MIN_EXTRACTED_SIZE": "250", "MIN_OUTPUT_SIZE": "1", "MIN_OUTPUT_COMM_SIZE": "1", "MAX_TREE_SIZE": "",
    "EXTRACTION_TIMEOUT": "30", "MIN_DUPLCHECK_SIZE": "100", "MAX_REPETITIONS": "2", "EXTENSIVE_DATE_SEARCH": "on", "EXTERNAL_URLS": "off",
}  # fmt: skip


def command(job: Job) -> list[str]:
    lines = [f"{name} = {value}" for name, value in (DEFAULTS | SETTINGS).items()]
    settings = job.write("settings.cfg", "\n".join(["[DEFAULT]", *lines]) + "\n")
    feeds = job.write("feeds.txt", "\n".join(job.feeds) + "\n")
    kept = ["--backup-dir", str(job.store / "raw"), "-o", str(job.store / "text"), "--json", "--with-metadata", "--no-comments"]
    return [str(job.script("trafilatura")), "--feed", "-i", str(feeds), *kept, "--parallel", "4", "--config-file", str(settings)]


def pages(store: Path) -> Iterator[Page]:
    """Raw files have random names, and the JSON of the same name says the address that the page names, not the one that was fetched.

    The feeds, which it stores among the pages, are left out.
    """
    texts = {path.stem: path for path in store.glob("text/**/*.json")}
    for path in store.glob("raw/**/*.html.gz"):
        raw = gzip.decompress(path.read_bytes())
        if b"<rss" in raw[:500] or b"<feed" in raw[:500]:
            continue
        found = texts.get(path.name.removesuffix(".html.gz"))
        read = json.loads(found.read_text(encoding="utf-8")) if found else {}
        there = (bool(read.get(name)) for name in ("text", "title", "date"))
        yield Page("", bool(raw), False, *there)


PEER = Peer(
    "trafilatura", "`trafilatura --feed -i FILE --backup-dir --json --with-metadata --parallel 4`", command, pages,
    ("trafilatura", "lxml_html_clean"),
)  # fmt: skip
