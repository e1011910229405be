"""What an archive that grows costs: `python -m benchmarks.growth --articles 10000,100000,1000000 PAGES_DIR`.

Makes one archive ever larger and asks the same of it at each size: the ingest of a page, the check of a link that may be known, the first
page of a search, `status`, a claim. PAGES_DIR holds `truth.jsonl`: articles are put together from sentences of its texts, each another way,
and written to all tables in bulk (small bodies: they are reached by id, and how many there are is what matters). 1,000 feeds, an entry an
article, a poll for five. Times are processor time of this process, in milliseconds, where nothing else is said.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from archive.keys import key_hash, payload_digest, text_digest, url_key
from archive.model import Article, Feed, Outlet
from archive.search import Filters, search
from archive.store import feeds, pages, runs
from archive.store.connect import Store, open_store
from archive.times import iso
from benchmarks.by_host import RawPage
from benchmarks.size import Keeper
from scheduler.status import feeds_status

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FEEDS, OUTLETS = 1000, 200
CHUNK = 5000  # articles a commit
SENTENCES = 8  # an article
SEARCHES = {
    "a common word": "said",
    "two common words": "people new",
    "three common words": "government year people",
    "a phrase": '"last year"',
    "a prefix": "govern*",
    "a common word, not another": "said NOT year",
    "a word of one text": "nr77777x",
}

Row = tuple[object, ...]


def sentences(folder: Path) -> list[str]:
    found: list[str] = []
    with (folder / "truth.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            found += [one.strip() for one in re.split(r"(?<=[.!?])\s+", row["text"] or "") if 40 < len(one) < 250]
    return found


def article_rows(pool: list[str], first: int, count: int) -> Iterator[tuple[int, str, str]]:
    """(number, headline, text): no two alike."""
    for number in range(first, first + count):
        chance = random.Random(number)  # noqa: S311 - any texts will do
        chosen = chance.sample(pool, SENTENCES)
        yield number, chosen[0][:70], "\n\n".join([*chosen[1:], f"{chosen[0]} nr{number}x"])


def grow(store: Store, pool: list[str], first: int, until: int) -> None:
    """Articles numbered from `first` (they begin with 1) up to `until`, with all that belongs to them."""
    for start in range(first, until + 1, CHUNK):
        rows = list(article_rows(pool, start, min(CHUNK, until + 1 - start)))
        with store.transaction() as conn:
            run = conn.execute("INSERT INTO runs (trigger, started_at, software) VALUES ('cron', ?, '') RETURNING id", (iso(seen(start)),))
            for sql, values in statements(rows, int(run.fetchone()[0])):
                conn.executemany(sql, values)
        store.checkpoint()


def seen(number: int) -> datetime:
    """When an article was seen: one in 30 seconds."""
    return NOW + timedelta(seconds=30 * number)


def statements(rows: list[tuple[int, str, str]], run: int) -> list[tuple[str, list[Row]]]:
    at = {number: iso(seen(number)) for number, _, _ in rows}
    urls = {number: f"https://outlet-{number % OUTLETS}.example/2026/11/story-{number}" for number, _, _ in rows}
    digests = {number: text_digest(text) for number, _, text in rows}
    return [
        ("INSERT INTO bodies (id, sha256, length, codec, data) VALUES (?, ?, 40, 'raw', ?)",
         [(n, payload_digest(b"%040d" % n), b"%040d" % n) for n, _, _ in rows]),
        ("INSERT INTO pages (id, key, key_hash, url, outlet_id, feed_id, state, first_seen_at, capture_id, stored_at, alive_at)"
         " VALUES (?, ?, ?, ?, ?, ?, 'stored', ?, ?, ?, ?)",
         [(n, url_key(urls[n]), key_hash(url_key(urls[n])), urls[n], n % OUTLETS + 1, n % FEEDS + 1, at[n], n, at[n], at[n]) for n in at]),
        ("INSERT INTO captures (id, run_id, role, page_id, url, fetched_at, status, mime, charset, ip, protocol, body_id, wire_length,"
         " verdict) VALUES (?, ?, 'page', ?, ?, ?, 200, 'text/html', 'utf-8', '192.0.2.7', 'HTTP/1.1', ?, 40000, 'stored')",
         [(n, run, n, urls[n], at[n], n) for n in at]),
        ("INSERT INTO capture_heads VALUES (?, ?, ?)", [(n, b"GET / HTTP/1.1\r\n" * 12, b"HTTP/1.1 200 OK\r\n" * 20) for n in at]),
        ("INSERT INTO stories (id, headline, first_article_id, first_seen_at) VALUES (?, ?, ?, ?)",
         [(n, headline, n, at[n]) for n, headline, _ in rows]),
        ("INSERT INTO articles (id, page_id, revision, capture_id, story_id, outlet, url, headline, text, published_at, first_seen_at,"
         " word_count, text_digest, cleaner_version) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, 150, ?, 5)",
         [(n, n, n, n, f"outlet-{n % OUTLETS}", urls[n], headline, text, at[n], at[n], digests[n]) for n, headline, text in rows]),
        ("INSERT INTO readings (capture_id, article_id, run_id, cleaned_at, cleaner_version) VALUES (?, ?, ?, ?, 5)",
         [(n, n, run, at[n]) for n in at]),
        ("INSERT INTO polls (run_id, feed_id, polled_at, status, outcome, entries, new_entries) VALUES (?, ?, ?, 200, 'new', 20, 5)",
         [(run, n % FEEDS + 1, at[n]) for n in at if n % 5 == 0]),
        ("INSERT INTO entries (feed_id, page_id, poll_id, identity, digest, guid, url, title, first_seen_at)"
         " VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)",
         [(n % FEEDS + 1, n, key_hash(urls[n]), n, urls[n], urls[n], headline, at[n]) for n, headline, _ in rows]),
    ]  # fmt: skip


def begin(store: Store) -> None:
    outlets = [Outlet(f"outlet-{number}", f"Outlet {number}") for number in range(OUTLETS)]
    listed = [Feed(f"outlet-{number % OUTLETS}", f"https://outlet-{number % OUTLETS}.example/{number}/rss.xml") for number in range(FEEDS)]
    feeds.sync(store, outlets, listed, NOW)
    runs.begin(store, trigger="manual", software="benchmark", now=NOW)
    with store.transaction() as conn:
        conn.execute("INSERT INTO polls (run_id, feed_id, polled_at, outcome) VALUES (1, 1, ?, 'new')", (iso(NOW),))


def timed(work: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1000)
    return taken


def say(what: str, taken: list[float], of: int = 1) -> None:
    print(f"  {what:<56} median {median(taken) / of:8.3f} ms, worst {max(taken) / of:8.3f} ms", flush=True)


def ask(store: Store, pool: list[str], count: int) -> None:
    """All that is asked at one size."""
    say("first page of status", timed(lambda: feeds_status(store, None, now=seen(count)), 3))
    ingest(store, pool, count)
    numbers = random.Random(1).sample(range(1, count * 2), min(count, 500))  # noqa: S311 - any will do; every second is new
    known = [url_key(f"https://outlet-{n % OUTLETS}.example/2026/11/story-{n}") for n in numbers]
    say("is a link known? (each)", timed(lambda: [pages.find(store, key) for key in known], 5), of=len(known))
    for what, words in SEARCHES.items():
        say(f"search: {what}", timed(lambda words=words: search(store, words), 3))  # type: ignore[misc]
    say("search: a common word, one outlet", timed(lambda: search(store, "said", Filters(outlet="outlet-7")), 3))
    say(
        "search: a common word, the last days", timed(lambda: search(store, "said", Filters(since=iso(seen(count) - timedelta(days=2)))), 3)
    )
    say("search: a common word, long ago", timed(lambda: search(store, "said", Filters(until=iso(seen(count // 10)))), 3))
    run_id = runs.begin(store, trigger="manual", software="benchmark", now=NOW)
    say("claim of due feeds", timed(lambda: claim(store, run_id), 2))
    wal = store.path.with_name(store.path.name + "-wal")
    print(f"  WAL {wal.stat().st_size / 1e6:.1f} MB, file {store.path.stat().st_size / 1e9:.2f} GB,", end=" ")
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", flush=True)


def claim(store: Store, run_id: int) -> None:
    with store.transaction():
        feeds.claim(store, run_id, NOW, began=NOW)


def ingest(store: Store, pool: list[str], count: int) -> None:
    """Pages of a known make-up come in: met, stored and read, fifty a commit, the articles given (what cleaning takes is the cleaner's)."""
    keeper = Keeper(store, {f"outlet-{number}" for number in range(OUTLETS)}, sync=False)
    keeper.now = seen(count)
    boxes = "".join(f'<div class="box-{n}">{sentence}</div>' for n, sentence in enumerate(pool[:200])).encode()
    made = []
    for n, headline, text in article_rows(pool, 10**9 + count, 500):
        host = f"outlet-{n % OUTLETS}"
        made.append((RawPage(host, f"https://{host}.example/at-{count}/{n}", boxes + text.encode()), Article(headline, text=text)))
    batches = [made[start : start + 50] for start in range(0, len(made), 50)]
    taken = [timed(lambda some=some: keeper.keep([page for page, _ in some], [one for _, one in some]), 1)[0] for some in batches]  # type: ignore[misc]
    say("ingest of a page, with its article and index", taken[1:], of=50)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("pages", type=Path, metavar="PAGES_DIR")
    parser.add_argument("--articles", default="10000,100000", help="sizes, ascending (default: 10000,100000; 1000000 takes 7 GB)")
    parser.add_argument("--folder", type=Path, help="where the archive is made (default: a temporary folder)")
    asked = parser.parse_args()
    pool = sentences(asked.pages)
    with (
        tempfile.TemporaryDirectory(dir=asked.folder) as folder,
        open_store(Path(folder) / "wirecopy.db", create=True) as store,
    ):
        begin(store)
        done = 0
        for count in map(int, asked.articles.split(",")):
            begun = time.perf_counter()
            # Ids of what `ingest` has added since are left out: the next ones are beyond.
            done = max(done, int(store.conn.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()[0]))
            grow(store, pool, done + 1, count)
            print(f"{count:,} articles (made in {time.perf_counter() - begun:.0f} s)", flush=True)
            ask(store, pool, count)


if __name__ == "__main__":
    main()
