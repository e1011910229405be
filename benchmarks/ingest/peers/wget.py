"""wget into a WARC file, from a list of links that sed takes out of the feeds: with its own gzip, and of bodies that came gzipped."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path

from benchmarks.ingest.peer import ROOT, Job, Page, Peer

SCRIPT = ROOT / "benchmarks" / "ingest" / "crawls" / "wget_crawl.sh"


def command(job: Job, *options: str) -> list[str]:
    feeds = job.write("feeds.txt", "\n".join(job.feeds) + "\n")
    return ["sh", str(SCRIPT), str(job.store), str(feeds), *options]


def packed(job: Job) -> list[str]:
    return command(job, "--header=Accept-Encoding: gzip", "--no-warc-compression")


def pages(store: Path) -> Iterator[Page]:
    for path in store.glob("*.warc*"):
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as warc:
            yield from _responses(warc)


def _responses(warc: BufferedIOBase) -> Iterator[Page]:
    """The response records of a WARC file: enough of ISO 28500 to read what wget writes."""
    while line := warc.readline():
        if not line.startswith(b"WARC/"):
            continue
        fields = {}
        while (line := warc.readline().strip()) and b":" in line:
            name, _, value = line.partition(b":")
            fields[name.lower()] = value.strip()
        block = warc.read(int(fields[b"content-length"]))
        heads, _, body = block.partition(b"\r\n\r\n")
        if fields[b"warc-type"] == b"response" and heads.split()[1] == b"200":
            url = fields[b"warc-target-uri"].strip(b"<>").decode()
            yield Page(url, raw=bool(body), heads=bool(heads), text=False, title=False, date=False)


PEER = Peer("wget", "`wget -i LINKS --warc-file`: bodies unpacked by the server, packed by wget's own gzip", command, pages, program="wget")
PACKED = Peer(
    "wget-packed", "the same, of bodies as they come gzipped: the floor, nothing is unpacked or packed", packed, pages, program="wget"
)
