"""What an export costs: `python -m benchmarks.export --articles 100000`.

Fills an archive with articles put together from sentences of the demo's stories, no two alike, and exports all of them in each format, each
in a process of its own, beside `sqlite-utils query --nl` of the same rows. Printed are the process's peak of resident memory, its processor
time (user and system) and wall time, articles a second of both, and the size of what was written.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

WORDS = 400  # of an article, about
STORIES = Path(__file__).parent.parent / "scheduler" / "demo" / "stories"
ROWS = "select * from articles where is_latest and text <> ''"
COUNT = ROWS.replace("*", "count(*)")
FORMATS = {
    "jsonl": ("jsonl", "a.jsonl"),
    "jsonl.gz": ("jsonl", "a.jsonl.gz"),
    "jsonl.zst": ("jsonl", "a.jsonl.zst"),
    "csv": ("csv", "a.csv"),
    "parquet by day": ("parquet", "by-day"),
    "parquet by outlet": ("parquet", "by-outlet", "--partition", "outlet"),
    "parquet, not split": ("parquet", "all", "--partition", "none"),
    "dataset": ("dataset", "dataset"),
    "ninjs": ("ninjs", "ninjs.jsonl"),
    "jsonld": ("jsonld", "jsonld.jsonl"),
    "text": ("text", "text"),
    "markdown": ("markdown", "markdown"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    seconds: float  # wall
    processor: float  # seconds
    memory: int  # bytes, at its peak


def fill(path: Path, articles: int) -> None:
    """An archive of so many articles, with what is around them."""
    import random

    from archive.store.connect import open_store
    from benchmarks import growth

    pool = [
        one for story in sorted(STORIES.glob("*.txt")) for one in story.read_text("utf-8").replace("\n", " ").split(". ") if len(one) > 40
    ]
    with open_store(path, create=True) as store:
        growth.begin(store)
        for start in range(1, articles + 1, growth.CHUNK):
            rows = []
            for number in range(start, min(start + growth.CHUNK, articles + 1)):
                chosen = random.Random(number).choices(pool, k=WORDS // 18)  # noqa: S311 - any texts will do
                rows.append((number, chosen[0][:70], "\n\n".join([*chosen, f"nr{number}x"])))
            with store.transaction() as conn:
                for sql, values in growth.statements(rows, 1):
                    conn.executemany(sql, values)
                conn.execute(
                    "UPDATE articles SET agency = 'pti', byline = 'By Asha Rao, PTI', authors = '[\"Asha Rao\"]', section = 'News',"
                    ' keywords = \'["harbour","ferry","weather"]\', language = \'en\', is_agency_copy = 1, images ='
                    ' \'[{"url":"https://outlet.example/1.jpg","caption":"The harbour"}]\' WHERE id >= ?',
                    (start,),
                )
            store.checkpoint()


def cost(command: list[str], stdout: Path | None = None) -> Cost:
    """Runs the command. This process stays small: the peak of a child counts from before it became another program."""
    begun = time.perf_counter()
    with open(stdout or os.devnull, "wb") as out:  # noqa: PTH123 - either
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(one.stat().st_size for one in path.rglob("*") if one.is_file())


def say(what: str, articles: int, took: Cost, written: int) -> None:
    """A line of the table."""
    figures = (
        f"{took.memory / 1e6:.0f} MB", f"{took.seconds:.1f} s", f"{took.processor:.1f} s", f"{articles / took.seconds:,.0f}",
        f"{articles / took.processor:,.0f}", f"{written / 1e6:,.1f} MB", f"{written / 1e6 / took.seconds:.1f} MB",
    )  # fmt: skip
    print(row(what, *figures), flush=True)


def row(what: str, *figures: str) -> str:
    return f"{what:<20}" + "".join(f"{figure:>13}" for figure in figures)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.export")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--formats", default=";".join(FORMATS), help="some of them, separated by ;")
    parser.add_argument("--folder", type=Path, help="where the archive is made (default: a temporary folder)")
    parser.add_argument("--archive", type=Path, help="one that stands already, in the place of a filled one")
    parser.add_argument("--fill", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.fill:
        fill(asked.fill, asked.articles)
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        archive = asked.archive or Path(folder) / "wirecopy.db"
        if asked.archive is None:
            made = cost([sys.executable, "-m", "benchmarks.export", "--articles", str(asked.articles), "--fill", str(archive)])
            print(f"made in {made.seconds:.0f} s")
        compare(archive, Path(folder), asked.formats.split(";"))


def compare(archive: Path, out: Path, formats: list[str]) -> None:
    """Each format, beside plain sqlite-utils."""
    binaries = Path(sys.executable).parent
    sqlite_utils, wirecopy = str(binaries / "sqlite-utils"), str(binaries / "wirecopy")
    counted = subprocess.check_output([sqlite_utils, "query", str(archive), COUNT, "--raw"])  # noqa: S603 - ours
    articles = int(counted)
    print(f"{articles:,} articles; the archive has {archive.stat().st_size / 1e6:,.0f} MB")
    print(row("", "peak memory", "wall", "CPU", "articles/s", "per CPU s", "written", "a second"), flush=True)
    took = cost([sqlite_utils, "query", str(archive), ROWS, "--nl"], out / "plain.jsonl")
    say("sqlite-utils --nl", articles, took, size(out / "plain.jsonl"))
    for name in formats:
        kind, target, *options = FORMATS[name]
        took = cost([wirecopy, "export", kind, str(out / target), *options, "--archive", str(archive)])
        say(name, articles, took, size(out / target))


if __name__ == "__main__":
    main()
