"""Groups texts with known copies, through the store that the archive uses, and peers beside it, in one run and one process.

    python -m benchmarks.stories DOCS.jsonl --out predictions.jsonl [--labels LABELS.jsonl] [--peers minhash,simhash]
                                 [--order shuffled] [--seed 1] [--fill 100000]

DOCS.jsonl: one text a line {id, outlet, url, title, text, published}, in order of arrival; LABELS.jsonl: {id, cluster, kind}. Written is
{id, cluster} a line. A text is seen when it is published, or with the newest before it; `--order shuffled` mixes the arrivals.

Cost is CPU time of the whole way of a text (words, sketch, index, decision, rows), its share of the commits of 50 texts apart.
`--fill` puts so many texts of chance into the index first, as if they had come before: as many of their hashes are entered as of a text
of the wire.

Scores: pairwise precision and recall, ARI (Hubert and Arabie 1985), and for each kind of copy the share that is with its story's original.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import tempfile
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.grouping import RULES, paragraphs
from archive.keys import text_digest
from archive.store import stories
from archive.store.connect import Store, open_store
from archive.store.stories.index import WINDOW_TEXTS

BATCH = 50  # texts a commit, as the writer does it
FILLED_PRINTS, FILLED_HASHES = 15, 43  # entered for a text, and in its sketch: means of 7,929 texts
ORIGINALS = frozenset({"wire", "template", "roundup", "digest", "background"})
Doc = dict[str, Any]
Grouper = Callable[[list[Doc]], dict[str, Hashable]]


# --- ours ----------------------------------------------------------------------------------------------------------


class Ours:
    """The archive's own store, in a file of its own."""

    def __init__(self, fill: int) -> None:
        self.fill = fill
        self.cpu: list[float] = []  # seconds a text
        self.commits = 0.0  # seconds of CPU
        self.sizes: dict[str, int] = {}  # bytes of each table and index
        self.texts = 0

    def __call__(self, docs: list[Doc]) -> dict[str, Hashable]:
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "stories.db", create=True) as store:
            began = seconds(docs[0]["published"]) or 0
            if self.fill:
                fill(store, self.fill, until=began, over=max(seconds(doc["published"]) or 0 for doc in docs))
            before = sizes(store)
            found = self._place(store, docs, began)
            store.checkpoint()
            self.sizes = {name: size - (before.get(name, 0) if self.fill else 0) for name, size in sizes(store).items()}
            self.texts = int(store.conn.execute("SELECT count(*) FROM story_texts").fetchone()[0]) - self.fill
        return found

    def _place(self, store: Store, docs: list[Doc], seen: int) -> dict[str, Hashable]:
        found: dict[str, Hashable] = {}
        outlets: dict[str, int] = {}
        number = self.fill
        for start in range(0, len(docs), BATCH):
            with store.transaction():
                for doc in docs[start : start + BATCH]:
                    number += 1
                    published = seconds(doc["published"])
                    seen = max(seen, published or 0)
                    outlet = outlets.setdefault(doc["outlet"], len(outlets) + 1)
                    began = time.process_time()
                    piece = stories.Piece(
                        number, outlet, text_digest(doc["text"]), doc["title"], doc["text"], None, published, seen, "2026-01-01T00:00:00Z"
                    )
                    found[doc["id"]] = stories.place(store, piece)
                    self.cpu.append(time.process_time() - began)
                began = time.process_time()
            self.commits += time.process_time() - began
        return found

    def cost(self) -> str:
        ordered = sorted(self.cpu)
        mean, p50, p99 = (1e3 * one for one in (sum(ordered) / len(ordered), ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]))
        commit = 1e3 * self.commits / len(ordered)
        return f"CPU ms a text: mean {mean:.2f} (and {commit:.2f} for its share of a commit), p50 {p50:.2f}, p99 {p99:.2f}"

    def bytes(self) -> str:
        index = {name: size / self.texts for name, size in self.sizes.items() if size}
        tables = ", ".join(f"{name} {size:.0f}" for name, size in sorted(index.items(), key=lambda one: -one[1]) if size >= 1)
        return f"bytes a text: {sum(index.values()):.0f} ({tables})"


def sizes(store: Store) -> dict[str, int]:
    """Bytes of payload and of pages' own, table by table: what is in use, half-empty pages counted as such."""
    rows = store.conn.execute("SELECT name, sum(pgsize - unused) FROM dbstat WHERE name LIKE '%stor%' GROUP BY name")
    return {name.removeprefix("sqlite_autoindex_"): int(size) for name, size in rows}


def fill(store: Store, texts: int, *, until: int, over: int) -> None:
    """Rows as `texts` texts leave them that came before `until`: the newest in the two windows, all others in what is kept for ever.

    The present window begins at `over` and is nearly full: it does not end while texts are measured.
    """
    chance = random.Random(7)  # noqa: S311 - no secret
    bound = 2**32 // RULES.rate
    conn = store.conn
    numbers = range(1, texts + 1)
    headline = "A headline of five words " * 2
    with store.transaction():
        conn.executemany("INSERT INTO stories VALUES (?, ?, NULL, ?, '2026-01-01T00:00:00Z')", ((n, headline, n) for n in numbers))
        rows = ((n, chance.getrandbits(63), n, until - 3600, _hashes(chance, bound), b"0" * 12) for n in numbers)
        conn.executemany("INSERT INTO story_texts VALUES (?, ?, ?, ?, 256, 6, 0, ?, ?)", rows)
        reruns = sorted((chance.randrange(bound // 10), n) for n in numbers for _ in range(RULES.cold_hashes))
        conn.executemany("INSERT OR IGNORE INTO story_reruns VALUES (?, ?, ?)", ((one, n, n) for one, n in reruns))
        present = min(texts, WINDOW_TEXTS * 9 // 10)
        edges = [texts, texts - present, max(0, texts - present - WINDOW_TEXTS)]
        for table, last, first in zip("ab", edges, edges[1:], strict=False):
            prints = sorted((chance.randrange(bound), n) for n in range(first + 1, last + 1) for _ in range(FILLED_PRINTS))
            conn.executemany(f"INSERT OR IGNORE INTO story_prints_{table} VALUES (?, ?, ?)", ((one, n, n) for one, n in prints))  # noqa: S608
        conn.execute("UPDATE story_index SET window = 2, began = ?, texts = ?", (over, present))
    store.checkpoint()


def _hashes(chance: random.Random, bound: int) -> bytes:
    return array("I", [chance.randrange(bound) for _ in range(FILLED_HASHES)]).tobytes()


def seconds(stamp: str | None) -> int | None:
    if not stamp:
        return None
    when = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


# --- peers: as their own documentation sets them up for near-duplicates ----------------------------------------------


class Sets:
    """Stories as connected pairs."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}

    def top(self, one: str) -> str:
        while (parent := self.parents.setdefault(one, one)) != one:
            one = parent
        return one

    def join(self, one: str, other: str) -> None:
        self.parents[self.top(other)] = self.top(one)


def shingles(text: str, words: int) -> set[str]:
    found = [word for part in paragraphs(text) for word in part.words]
    return {" ".join(found[i : i + words]) for i in range(max(1, len(found) - words + 1))}


def minhash(docs: list[Doc]) -> dict[str, Hashable]:
    """MinHash of 128 permutations over runs of 5 words, LSH at a likeness of .5."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found,unused-ignore]

    index, sets = MinHashLSH(threshold=0.5, num_perm=128), Sets()
    for doc in docs:
        made = MinHash(num_perm=128)
        made.update_batch([one.encode() for one in shingles(doc["text"], 5)])
        for near in index.query(made):
            sets.join(near, doc["id"])
        index.insert(doc["id"], made)
    return {doc["id"]: sets.top(doc["id"]) for doc in docs}


def rensa(docs: list[Doc]) -> dict[str, Hashable]:
    """The same in Rust."""
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-not-found,unused-ignore]

    index, sets = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32), Sets()
    known: dict[int, tuple[str, Any]] = {}
    for number, doc in enumerate(docs):
        made = RMinHash(num_perm=128, seed=42)
        made.update(list(shingles(doc["text"], 5)))
        for near in index.query(made):
            if made.jaccard(known[near][1]) >= 0.5:
                sets.join(known[near][0], doc["id"])
        index.insert(number, made)
        known[number] = (doc["id"], made)
    return {doc["id"]: sets.top(doc["id"]) for doc in docs}


def simhash(docs: list[Doc]) -> dict[str, Hashable]:
    """64 bits over runs of 3 words, at most 3 bits apart (Manku et al. 2007), found by quarters."""
    from hashlib import blake2b

    sets = Sets()
    quarters: defaultdict[tuple[int, int], list[tuple[str, int]]] = defaultdict(list)
    for doc in docs:
        sums = [0] * 64
        for one in shingles(doc["text"], 3):
            bits = int.from_bytes(blake2b(one.encode(), digest_size=8).digest(), "big")
            for place in range(64):
                sums[place] += 1 if bits >> place & 1 else -1
        made = sum(1 << place for place in range(64) if sums[place] > 0)
        for quarter in range(4):
            near = quarters[quarter, made >> 16 * quarter & 0xFFFF]
            for other, theirs in near:
                if (made ^ theirs).bit_count() <= 3:
                    sets.join(other, doc["id"])
            near.append((doc["id"], made))
    return {doc["id"]: sets.top(doc["id"]) for doc in docs}


def digest(docs: list[Doc]) -> dict[str, Hashable]:
    """Equal texts alone."""
    return {doc["id"]: text_digest(doc["text"]) for doc in docs}


PEERS: dict[str, tuple[str | None, Grouper]] = {
    "minhash": ("datasketch", minhash),
    "rensa": ("rensa", rensa),
    "simhash": (None, simhash),
    "digest": (None, digest),
}


# --- scores --------------------------------------------------------------------------------------------------------


def pairs(counts: Counter[Any]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def score(labels: list[Doc], found: dict[str, Hashable]) -> str:
    """Pairwise precision and recall and ARI, then kind by kind."""
    true, ours = Counter(row["cluster"] for row in labels), Counter(found[row["id"]] for row in labels)
    both = pairs(Counter((row["cluster"], found[row["id"]]) for row in labels))
    chance = pairs(true) * pairs(ours) / max(1, len(labels) * (len(labels) - 1) // 2)
    most = (pairs(true) + pairs(ours)) / 2
    ari = (both - chance) / (most - chance) if most != chance else 1.0
    lines = [f"P {both / max(1, pairs(ours)):.4f}  R {both / max(1, pairs(true)):.4f}  ARI {ari:.4f}  stories {len(ours)} of {len(true)}"]
    return "\n".join([*lines, *_kinds(labels, found)])


def _kinds(labels: list[Doc], found: dict[str, Hashable]) -> Iterator[str]:
    original = {row["cluster"]: found[row["id"]] for row in labels if row["kind"] in ORIGINALS}
    members: defaultdict[Hashable, set[str]] = defaultdict(set)
    for row in labels:
        members[found[row["id"]]].add(row["cluster"])
    tallies: defaultdict[str, list[bool]] = defaultdict(list)
    for row in labels:
        own = found[row["id"]]
        right = len(members[own]) == 1 if row["kind"] in ORIGINALS else original.get(row["cluster"]) == own
        tallies[row["kind"]].append(right)
    for kind, tally in sorted(tallies.items()):
        share = sum(tally) / len(tally)
        yield f"  {kind:15} n {len(tally):5}  " + (f"false {1 - share:.3f}" if kind in ORIGINALS else f"recall {share:.3f}")


# --- the run -------------------------------------------------------------------------------------------------------


def read(path: Path) -> list[Doc]:
    return [json.loads(line) for line in path.open(encoding="utf-8") if line.strip()]


def main() -> None:
    options = _options()
    docs = read(options.docs)
    if options.order == "shuffled":
        random.Random(options.seed).shuffle(docs)  # noqa: S311 - no secret
    labels = read(options.labels) if options.labels else []
    ours = Ours(options.fill)
    found = ours(docs)
    if options.out:
        lines = (json.dumps({"id": one, "cluster": cluster}) + "\n" for one, cluster in found.items())
        options.out.write_text("".join(lines), encoding="utf-8")
    print(f"wirecopy: {len(docs):,} texts, {options.order} order, {options.fill:,} before\n{ours.cost()}\n{ours.bytes()}")
    if labels:
        print(score(labels, found))
    for name in filter(None, options.peers.split(",")):
        module, peer = PEERS[name]
        if module and importlib.util.find_spec(module) is None:
            print(f"\n{name}: {module} is not installed")
            continue
        began = time.process_time()
        answer = peer(docs)
        print(f"\n{name}: CPU ms a text: mean {1e3 * (time.process_time() - began) / len(docs):.2f}")
        if labels:
            print(score(labels, answer))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("docs", type=Path, metavar="DOCS.jsonl")
    parser.add_argument("--out", type=Path, help="where {id, cluster} is written, one a line")
    parser.add_argument("--labels", type=Path, help="{id, cluster, kind} a line: the score is printed")
    parser.add_argument("--peers", default="", help=f"of {', '.join(PEERS)}")
    parser.add_argument("--order", choices=("given", "shuffled"), default="given")
    parser.add_argument("--seed", type=int, default=1, help="of the shuffling")
    parser.add_argument("--fill", type=int, default=0, metavar="N", help="texts of chance in the index before")
    return parser.parse_args()


if __name__ == "__main__":
    main()
