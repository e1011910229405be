"""What a page takes on disk, and what packing and reading back cost: `python -m benchmarks.size PAGES_DIR [--www FOLDER]`.

Stores pages through the real store, cleans them, and measures the whole SQLite file, beside a WARC with each record gzipped, as wget
writes it. PAGES_DIR holds `truth.jsonl` and `pages/ID.html.zst`; FOLDER is a web server's tree, HOST/**/*.html.gz. Later versions of
pages are made (another related list, a dozen counters and time stamps, one changed paragraph), since a page that was fetched once has
none. Times are processor time (user and system) of this one process.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

from archive.blobs import pack
from archive.clean import CLEANER_VERSION, clean
from archive.compact import compact
from archive.keys import host_of
from archive.model import Article, Capture, Outlet, PageTask, Visit
from archive.store import bodies, feeds, pages, readings, runs
from archive.store.connect import Store, open_store
from benchmarks.by_host import RawPage, a_later_version, of_outlets, with_truth

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
BATCH = 50  # captures a commit, as the writer has
_REQUEST = (
    b"GET %s HTTP/1.1\r\nUser-Agent: wirecopy/0.1 (+https://example.org/contact)\r\n"
    b"Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.5\r\nAccept-Language: en\r\nAccept-Encoding: gzip, deflate\r\nHost: %s\r\n\r\n"
)
_RESPONSE = (
    b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\n"
    b'Transfer-Encoding: chunked\r\nLast-Modified: Sun, 22 Nov 2026 09:%02d:%02d GMT\r\nConnection: keep-alive\r\nETag: W/"%x-%x"\r\n'
    b"Vary: Accept-Encoding\r\nCache-Control: max-age=60\r\nContent-Encoding: gzip\r\n\r\n"
)


def heads(page: RawPage) -> tuple[bytes, bytes]:
    chance = zlib.crc32(page.url.encode())
    path = page.url.split("/", 3)[3]
    request = _REQUEST % (b"/" + path.encode(), page.host.encode())
    return request, _RESPONSE % (chance % 60, chance // 60 % 60, chance, len(page.html))


def warc_bytes(page: RawPage) -> int:
    """Request and response records, each a gzip member at level 9, as `wget --warc-file` writes them."""
    request, response = heads(page)
    return sum(
        len(zlib.compress(_warc_head(page, kind) + content + b"\r\n\r\n", 9)) + 12  # a gzip member's head and tail are longer than zlib's
        for kind, content in (("request", request), ("response", response + page.html))
    )


def _warc_head(page: RawPage, kind: str) -> bytes:
    number = random.Random(page.url + kind).randbytes(16).hex()  # noqa: S311 - an identifier
    return (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {page.url}\r\nContent-Type: application/http;msgtype={kind}\r\n"
        f"WARC-Date: 2026-11-22T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:{number}>\r\nWARC-IP-Address: 192.0.2.7\r\n"
        f"WARC-Warcinfo-ID: <urn:uuid:{'0' * 32}>\r\nWARC-Block-Digest: sha1:{number.upper()}\r\n"
        f"WARC-Payload-Digest: sha1:{number.upper()}\r\nContent-Length: {len(page.html)}\r\n\r\n"
    ).encode()


class Keeper:
    """Puts pages into a store as a crawl does."""

    def __init__(self, store: Store, hosts: Iterable[str], *, sync: bool = True) -> None:
        self.store = store
        self.run_id = runs.begin(store, trigger="manual", software="benchmark", now=NOW)
        if sync:
            feeds.sync(store, [Outlet(host, host, f"https://{host}/", "en", "UTC") for host in sorted(set(hosts))], [], NOW)
        self.outlets: dict[str, int] = dict(store.conn.execute("SELECT code, id FROM outlets"))
        self.now = NOW

    def keep(self, batch: Sequence[RawPage], articles: Sequence[Article | None]) -> None:
        """One commit: pages met, visited, and read where there is an article."""
        with self.store.transaction():
            for page, article in zip(batch, articles, strict=True):
                self.now += timedelta(milliseconds=300)
                page_id, _ = pages.meet(self.store, page.url, outlet_id=self.outlets[page.host], feed_id=None, now=self.now)
                task = PageTask(page_id, page.url, page.host, self.outlets[page.host], None)
                stored = pages.record(self.store, self.run_id, Visit(task, (self._capture(page),), self.now, "stored"))
                if stored.capture_id is not None and article is not None:
                    readings.save(
                        self.store, stored.capture_id, article, cleaner_version=CLEANER_VERSION, run_id=self.run_id, now=self.now
                    )  # fmt: skip

    def _capture(self, page: RawPage) -> Capture:
        request, response = heads(page)
        return Capture(
            url=page.url, role="page", fetched_at=self.now, request_head=request, response_head=response, status=200, body=page.html,
            mime="text/html", charset="utf-8", content_encoding="gzip", wire_length=len(page.html) // 5,
            wire_sha1="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ip="192.0.2.7", protocol="HTTP/1.1", elapsed_ms=120,
        )  # fmt: skip


def batches(raw: Sequence[RawPage]) -> list[Sequence[RawPage]]:
    return [raw[start : start + BATCH] for start in range(0, len(raw), BATCH)]


def read(page: RawPage) -> Article:
    return clean(page.html, url=page.url, fetched_at=NOW)


def file_size(store: Store) -> int:
    """Bytes of the file without free pages, as it would be after VACUUM: new pages fill them."""
    count, free, size = (store.conn.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "freelist_count", "page_size"))
    return int((count - free) * size)


def say(what: str, figure: str) -> None:
    print(f"  {what:<64} {figure}", flush=True)


def cpu_packing(folder: Path, raw: Sequence[RawPage]) -> float:
    """Milliseconds a page: sketch, choice of the base, zstd, SHA-256, the row and its share of the commit."""
    with open_store(folder / "bodies.db", create=True) as store:
        begun = time.process_time()
        for batch in batches(raw):
            with store.transaction():
                for page in batch:
                    bodies.put(store, page.html, host=host_of(page.url))
        return (time.process_time() - begun) / len(raw) * 1000


def reading(path: Path) -> None:
    with open_store(path) as store:
        ids = [row[0] for row in store.conn.execute("SELECT id FROM bodies ORDER BY id")]
        begun, cpu = time.perf_counter(), time.process_time()
        for body_id in ids:
            bodies.get(store, body_id)
        say(
            "read back in id order",
            f"{len(ids) / (time.perf_counter() - begun):,.0f}/s, {len(ids) / (time.process_time() - cpu):,.0f} a CPU s",
        )
    random.Random(1).shuffle(ids)  # noqa: S311 - any order
    taken = []
    with open_store(path) as store:
        for body_id in ids[:3000]:
            begun = time.process_time()
            bodies.get(store, body_id)
            taken.append((time.process_time() - begun) * 1000)
    taken.sort()
    say("read back at random, p50 and p99", f"{taken[len(taken) // 2]:.2f} and {taken[len(taken) * 99 // 100]:.2f} ms CPU")


def by_table(store: Store, count: int) -> None:
    """Where the bytes are; needs an SQLite with dbstat."""
    try:
        rows = store.conn.execute("SELECT name, sum(pgsize) s FROM dbstat GROUP BY name ORDER BY s DESC LIMIT 12").fetchall()
    except sqlite3.OperationalError:
        return
    say("of it, KB a page", ", ".join(f"{name} {size / count / 1000:.2f}" for name, size in rows))
    columns = ("text", "evidence", "images", "keywords")
    sums = store.conn.execute(f"SELECT {', '.join(f'sum(length(cast({name} AS BLOB)))' for name in columns)} FROM articles").fetchone()  # noqa: S608
    say("of articles, KB a page", ", ".join(f"{name} {(size or 0) / count / 1000:.2f}" for name, size in zip(columns, sums, strict=True)))


def versions(store: Store, keeper: Keeper, raw: Sequence[RawPage], rounds: int) -> None:
    """New versions of known pages: bytes that they add, against gzip of the page itself."""
    for number in range(1, rounds + 1):
        later = [RawPage(page.host, page.url, a_later_version(page.html, number * 7919 + at)) for at, page in enumerate(raw)]
        before, whole = _stored(store), file_size(store)
        for batch in batches(later):
            keeper.keep(batch, [None] * len(batch))
        gzipped = sum(len(zlib.compress(page.html, 6)) for page in later)
        share, in_file = (_stored(store) - before) / gzipped, (file_size(store) - whole) / gzipped
        say(f"a page's version {number + 1}: share of the page's gzip", f"body {share:.1%}, in the file with its capture {in_file:.1%}")


def _stored(store: Store) -> int:
    return int(store.conn.execute("SELECT sum(length(data)) FROM bodies").fetchone()[0])


def measure(name: str, raw: list[RawPage], rounds: int) -> None:
    count = len(raw)
    print(f"{name}: {count} pages of {len({page.host for page in raw})} hosts, {mean(len(page.html) for page in raw) / 1000:.1f} KB each")
    warc = mean(map(warc_bytes, raw))
    say("WARC, gzip a record: KB a page", f"{warc / 1000:.2f}")
    begun = time.process_time()
    alone = mean(len(pack(page.html).data) for page in raw)
    say("zstd, each page alone: KB, ms CPU", f"{alone / 1000:.2f}, {(time.process_time() - begun) / count * 1000:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        say("packing into the archive: ms CPU a page", f"{cpu_packing(Path(folder), raw):.2f}")
        path = Path(folder) / "wirecopy.db"
        with open_store(path, create=True) as store:
            keeper = Keeper(store, {page.host for page in raw})
            for batch in batches(raw):
                keeper.keep(batch, [read(page) for page in batch])
            stored(store, "as it comes in", count, warc)
        reading(path)
        compacted(path, count, warc)
        reading(path)
        with open_store(path) as store:
            keeper = Keeper(store, {page.host for page in raw})
            versions(store, keeper, raw, rounds)


def compacted(path: Path, count: int, warc: float) -> None:
    begun = time.process_time()
    compact(path, everything=False, jobs=2, tell=lambda *_: None)
    say("wirecopy compact: ms CPU a page", f"{(time.process_time() - begun) / count * 1000:.1f}")
    with open_store(path) as store:
        stored(store, "after wirecopy compact", count, warc)


def stored(store: Store, when: str, count: int, warc: float) -> None:
    whole, only = file_size(store) / count, _stored(store) / count
    say(f"the whole file, {when}: KB a page", f"{whole / 1000:.2f}: {whole / warc:.1%} of the WARC")
    say("its bodies alone", f"{only / 1000:.2f}: {only / warc:.1%} of the WARC")
    by_table(store, count)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.size")
    parser.add_argument("pages", type=Path, metavar="PAGES_DIR")
    parser.add_argument("--www", type=Path, metavar="FOLDER", help="a web server's tree of outlets")
    parser.add_argument("--outlets", type=int, default=40, help="of FOLDER (default: 40)")
    parser.add_argument(
        "--fewest", type=int, nargs="*", default=[2, 10], help="pages that a host of PAGES_DIR must have (default: 2, then 10)"
    )
    parser.add_argument("--versions", type=int, default=3, help="later versions of each page (default: 3)")
    asked = parser.parse_args()
    for fewest in asked.fewest:
        if raw := with_truth(asked.pages, fewest):
            measure(f"real pages, hosts with {fewest} or more", raw, asked.versions)
    if asked.www:
        measure("a tree of outlets", of_outlets(asked.www, asked.outlets), asked.versions)


if __name__ == "__main__":
    main()
