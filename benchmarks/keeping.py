"""What keeping a large archive costs: `python -m benchmarks.keeping --articles 100000 PAGES_DIR`.

Makes an archive as `benchmarks.growth` does (200 outlets, 1,000 feeds, an entry an article) and one that overlaps with it: a tenth of it
has the same pages, a tenth has others. Then, one after the other: a page is forgotten, the other archive is merged, and once more, the
older half of the raw bytes is pruned, an outlet is forgotten, and backups are made. Times are those of the clock, and of this process.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from archive.backup import backup
from archive.forget import Words, forget
from archive.merge import merge
from archive.prune import Pruned, prune, would_go
from archive.rotation import Rules
from archive.store.connect import open_store
from archive.store.pruning import Policy
from benchmarks.growth import begin, grow, seen, sentences

Done = tuple[str, Callable[[], object]]


def make(path: Path, pool: list[str], *portions: tuple[int, int]) -> Path:
    """An archive with the articles of these numbers, first and last."""
    with open_store(path, create=True) as store:
        begin(store)
        for first, last in portions:
            grow(store, pool, first, last)
        store.checkpoint()
    return path


def steps(archive: Path, other: Path, count: int) -> list[Done]:
    """What is done, in this order."""
    now = seen(2 * count)  # after all that came in: what is received while a pruning is at work stays
    half = Policy(raw_before=seen(count // 2))
    words = Words("a benchmark", "nobody")
    url = f"https://outlet-{count // 3 % 200}.example/2026/11/story-{count // 3}"

    def gone(what: str) -> Callable[[], object]:
        return lambda: forget(archive, what, words, now=now, agree=lambda *_: True)

    return [
        ("forget a page", gone(url)),
        ("merge an archive of a fifth of its size", lambda: merge(archive, other, now=now)),
        ("merge it once more", lambda: merge(archive, other, now=now)),
        ("prune: what would go", lambda: would_go(archive, half)),
        ("prune half of the bodies", lambda: prune(archive, half, "a benchmark", now=now)),
        ("forget an outlet, of 200", gone("outlet-7")),
        ("backup, 200 bodies read back", lambda: backup(archive, archive.with_name("one.db"), rules=Rules(), now=now)),
        ("backup, all read back", lambda: backup(archive, archive.with_name("two.db"), rules=Rules(), now=now, full=True)),
    ]


def measure(archive: Path, other: Path, count: int, only: str) -> None:
    for what, work in steps(archive, other, count):
        if not any(what.startswith(word) for word in only.split(",")):
            continue
        clock, process = time.perf_counter(), time.process_time()
        done = work()
        taken = time.perf_counter() - clock, time.process_time() - process
        print(f"{what:<42} {taken[0]:8.1f} s, {taken[1]:8.1f} s of the processor", flush=True)
        if isinstance(done, Pruned):
            print(f"  {done.bodies:,} bodies went")
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.keeping")
    parser.add_argument("pages", type=Path, metavar="PAGES_DIR", help="with truth.jsonl")
    parser.add_argument("--articles", type=int, default=100_000, help="of the large archive (default: 100000)")
    parser.add_argument("--folder", type=Path, help="where the archives are made (default: a temporary folder)")
    parser.add_argument("--only", default="", metavar="WORDS", help="steps that begin with one of these, parted by commas: forget,prune")
    asked = parser.parse_args()
    pool, count = sentences(asked.pages), asked.articles
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        archive = make(Path(folder, "wirecopy.db"), pool, (1, count))
        other = make(Path(folder, "other.db"), pool, (1, count // 10), (count + 1, count + count // 10))
        print(f"{count:,} articles, {archive.stat().st_size / 1e6:.0f} MB; {count // 5:,} in the other archive", flush=True)
        measure(archive, other, count, asked.only)


if __name__ == "__main__":
    main()
