"""Learns what the cleaner goes by: the log-odds of signs (`data/signs.tsv` in archive/clean), and the forest over them (`forest.py`).

    python -m benchmarks.learning PAGES_DIR            measure on held-out hosts, write nothing
    python -m benchmarks.learning PAGES_DIR --write    also learn from all pages and write what archive/clean holds

PAGES_DIR is a folder as `benchmarks.cleaning` reads it. Needs numpy, scipy and scikit-learn, which the cleaner itself
does not. Pages are parted into five by a hash of their host: what is measured on a page was learned without its host.
A sign counts where it stands on pages of at least HOSTS hosts, so that no outlet's own words are learned.

Hosts are what is short. So pages of which no whole truth is known are learned from as well, in a second round and with less weight:
those blocks on which trafilatura and what was learned in the first round agree (after co-training: Blum and Mitchell, 1998), and those
that hold a phrase of which it is known whether it is text. Without trafilatura there is no second round.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import math
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from scipy.sparse import csr_matrix
from selectolax.lexbor import LexborHTMLParser
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from archive.clean.body import FORLORN, assemble, hints_of, is_unlikely
from archive.clean.context import FEATURES, WHOLE, Surroundings
from archive.clean.decode import decode
from archive.clean.headline import headline_of
from archive.clean.metadata import metadata
from archive.clean.signs import REJECTED, BoxSigns, Hints, Table, block_signs, is_rejected, place_signs
from archive.clean.text import key
from archive.clean.tree import Page, read
from benchmarks.cleaning import TruthPage, body_score, overlap, pages, trafilatura_answer

CLEAN = Path(__file__).parent.parent / "archive" / "clean"
HOSTS = 8
STRENGTH = 0.025  # inverse of the L2 penalty: .01 to .03 did best on held-out hosts, .3 worst
FOLDS = 5
TODAY = ("aeb", "fundus", "wcxb")
FOREST = {"max_iter": 100, "max_leaf_nodes": 16, "learning_rate": 0.1, "l2_regularization": 10, "min_samples_leaf": 60}
SURE_AT = (10, 20, 40, 70)  # trees after which a block is decided if it is beyond SURE either way: F1 is the same, at 43 trees a block
SURE = 2.0
# Taken off each score. The second round finds more text, and more that is none: with .2 less, pages with an agency's copy gain .007
# on held-out hosts (in precision), Fundus .001; the 2019 benchmark and WCXB lose .001.
LINE = 0.2
MORE = ("traf", "htmldate", "postlight", "n4k")  # sets with hardly any truth of the text
MORE_WEIGHT = 0.25  # of such a page, beside one with truth; .5 did worse on held-out hosts
SET_WEIGHT = {"aeb": 1.5, "fundus": 1.2, "dragnet": 0.35, "cpe": 0.5}  # 2012 and 2013 count less than today's web
_WORD = re.compile(r"\w+")


@dataclass
class Sample:
    """One page with, per block, its signs (None: rejected unseen), whether the truth holds it, and what it weighs."""

    set: str
    host: str
    agency: bool
    truth: str
    page: Page
    hints: Hints
    head: int | None
    signs: list[list[str] | None] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)  # how many of them are the box's
    good: list[bool] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    numbers: list[tuple[float, ...]] = field(default_factory=list)

    def part(self, parts: int, salt: str = "") -> int:
        return int(hashlib.sha256((salt + self.host).encode()).hexdigest(), 16) % parts


def sample(truth: TruthPage, names: Table) -> Sample | None:
    """Reads one page as the cleaner does, and compares each block with the truth."""
    html, reason = decode(truth.html)
    if reason or truth.text is None:
        return None
    tree = LexborHTMLParser(html)
    if tree.root is None:
        return None
    page, meta = read(tree.root), metadata(tree, truth.url)
    hints = hints_of(meta, headline_of(meta)[0])
    head = next((i for i, b in enumerate(page.blocks) if hints.title and b.words < 60 and key(b.text) == hints.title), None)
    found = Sample(truth.set, urlsplit(truth.url).hostname or truth.id, bool(truth.agency), truth.text, page, hints, head)
    words = _WORD.findall(truth.text)
    runs, flat = {tuple(words[i : i + 4]) for i in range(len(words) - 3)}, f" {' '.join(words)} "
    boxes, seen = BoxSigns(page, names), Counter(b.text for b in page.blocks)
    for i, block in enumerate(page.blocks):
        if is_rejected(block):
            found.signs.append(None)
            found.shared.append(0)
            found.good.append(False)
            found.weight.append(0.0)
            continue
        shared = boxes.of(block.box)
        found.shared.append(len(shared))
        found.signs.append(shared + block_signs(page, i, hints, names) + place_signs(i, len(page.blocks), head, names))
        own = _WORD.findall(block.text)
        if len(own) >= 4:
            share = sum(tuple(own[k : k + 4]) in runs for k in range(len(own) - 3)) / (len(own) - 3)
        else:
            share = float(f" {' '.join(own)} " in flat) if own else 0.5
        doubled = 0.3 if seen[block.text] > 1 and share >= 0.5 else 1.0  # which of two copies the truth means is not known
        found.good.append(share >= 0.5)
        found.weight.append((min(len(own), 200) + 1.0) * abs(2 * share - 1) * doubled)
    total = sum(found.weight) or 1.0
    found.weight = [w / total * SET_WEIGHT.get(truth.set, 1.0) for w in found.weight]
    return found


def learn_signs(samples: list[Sample]) -> dict[str, float]:
    """Sign -> log-odds; "" is the bias."""
    hosts: dict[str, set[str]] = defaultdict(set)
    for one in samples:
        for signs in one.signs:
            for sign in set(signs or ()):
                if len(hosts[sign]) < HOSTS:
                    hosts[sign].add(one.host)
    place = {sign: i for i, sign in enumerate(sorted(s for s, h in hosts.items() if len(h) >= HOSTS))}
    columns: list[int] = []
    starts, good, weight = [0], [], []
    for one in samples:
        for signs, is_good, w in zip(one.signs, one.good, one.weight, strict=True):
            if signs is not None and w > 0:
                columns += [place[s] for s in set(signs) if s in place]
                starts.append(len(columns))
                good.append(is_good)
                weight.append(w)
    table = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(good), len(place)))
    model = LogisticRegression(C=STRENGTH, max_iter=300).fit(table, np.array(good), sample_weight=np.array(weight) / np.mean(weight))
    return {"": float(model.intercept_[0]), **{sign: float(model.coef_[0][i]) for sign, i in place.items()}}


def look(one: Sample, weights: dict[str, float]) -> None:
    """The first look, and the numbers that the second goes by."""
    one.first = []
    for signs, shared in zip(one.signs, one.shared, strict=True):
        each = [weights.get(sign, 0.0) for sign in signs or ()]
        forlorn = signs is None or weights[""] + sum(each[:shared]) < FORLORN
        one.first.append(REJECTED if forlorn else weights[""] + sum(each))
    around = Surroundings(one.page, one.first, one.hints, one.head)
    one.numbers = [around.numbers(i) for i in range(len(one.first))]


def learn_forest(samples: list[Sample]) -> Any:
    rows, good, weight = [], [], []
    for one in samples:
        for i, (numbers, is_good, w) in enumerate(zip(one.numbers, one.good, one.weight, strict=True)):
            if w > 0 and not is_unlikely(one.first, i):
                rows.append(numbers)
                good.append(is_good)
                weight.append(w)
    forest = HistGradientBoostingClassifier(random_state=0, **FOREST)
    return forest.fit(np.array(rows, dtype=float), np.array(good), sample_weight=np.array(weight) / np.mean(weight))


def unproven(page: TruthPage, names: Table) -> Sample | None:
    """A page without truth, its blocks compared with what trafilatura makes of it. See `agreed`."""
    try:
        answer = trafilatura_answer(page.html, page.url).text
    except Exception:
        return None
    return sample(replace(page, text=answer or " "), names)


def agreed(one: Sample, page: TruthPage, forest: Any) -> None:
    """Leaves weight on the blocks that the forest sees as the other extractor did, and on those that hold a phrase that is known."""
    for i, (block, score) in enumerate(zip(one.page.blocks, scored(one, forest), strict=True)):
        words = min(len(_WORD.findall(block.text)), 200) + 1.0
        alike = one.signs[i] is not None and (score > 0) == one.good[i]
        one.weight[i] = words if alike else 0.0
        for phrases, good in ((page.snippets_in, True), (page.snippets_out, False)):
            if one.signs[i] is not None and any(phrase and phrase in block.text for phrase in phrases or ()):
                one.good[i], one.weight[i] = good, words
    total = sum(one.weight) or 1.0
    one.weight = [weight / total * MORE_WEIGHT for weight in one.weight]


def scored(one: Sample, forest: Any) -> list[float]:
    """The log-odds of each block by both looks."""
    raw = decided(forest, one.numbers)
    return [min(first, -1.0) if is_unlikely(one.first, i) else float(raw[i]) for i, first in enumerate(one.first)]


def decided(forest: Any, numbers: list[tuple[float, ...]]) -> Any:
    """Scores of blocks as the written code gives them: no more trees where a block is sure."""
    stages = [stage - LINE for stage in forest.staged_decision_function(np.array(numbers, dtype=float))]
    scores = stages[-1]
    for count in reversed(SURE_AT):
        scores = np.where(abs(stages[count - 1]) > SURE, stages[count - 1], scores)
    return scores


def looked(samples: list[Sample]) -> list[dict[str, float]]:
    """Gives each page its first look, by signs learned without its host; gives back the weights, part by part."""
    found = [learn_signs([one for one in samples if one.part(FOLDS) != part]) for part in range(FOLDS)]
    for one in samples:
        look(one, found[one.part(FOLDS)])
    return found


def measure(samples: list[Sample], more: list[Sample]) -> list[Any]:
    """Prints F1 per set on pages whose hosts were not learned from; gives back the forests, part by part."""
    overlaps = defaultdict(list)
    forests = [learn_forest([one for one in (*samples, *more) if one.part(FOLDS) != part]) for part in range(FOLDS)]
    for one in samples:
        kept, _ = assemble(one.page, scored(one, forests[one.part(FOLDS)]), one.hints, one.head)
        found = overlap(one.truth, "\n\n".join(one.page.blocks[i].text for i in kept))
        for name in (one.set, "agency") if one.agency and one.set in TODAY else (one.set,):
            overlaps[name].append(found)
    for name, all_of_it in sorted(overlaps.items()):
        f1, p, r = body_score(all_of_it)
        print(f"{name:10} held-out hosts: F1 {f1:.4f} ({p:.3f} / {r:.3f}) n={len(all_of_it)}", flush=True)
    return forests


def write(weights: dict[str, float], forest: Any) -> None:
    head = "# log-odds, sign; learned by benchmarks/learning.py; the empty sign is the bias\n"
    lines = [f"{weight:.2f}\t{sign}\n" for sign, weight in sorted(weights.items()) if not sign or abs(weight) >= 0.03]
    (CLEAN / "data" / "signs.tsv").write_text(head + "".join(lines), encoding="utf-8")
    (CLEAN / "forest.py").write_text(
        forest_code(float(np.ravel(forest._baseline_prediction)[0]) - LINE, [t for (t,) in forest._predictors])
    )


CODE = '''"""The forest over the numbers of `archive.clean.context`: written by benchmarks/learning.py, not by hand.

Each tree is one conditional expression: many times as fast as walking a list of nodes. Most blocks are sure after a few trees, and need
no more. f0 to f{last} are FEATURES, in order.
"""

from __future__ import annotations


def decide({names}) -> float:
    """The log-odds that a block with these numbers is part of the story."""
    s = {bias:.5f}
{trees}
    return s
'''


def forest_code(bias: float, trees: list[Any]) -> str:
    """The forest as a Python module."""
    count = len(FEATURES)
    names = ", ".join(f"f{i}: float" for i in range(count))
    lines = []
    for number, tree in enumerate(trees, 1):
        lines.append(f"    s += {_code(tree.nodes, 0)}")
        if number in SURE_AT:
            lines += [f"    if not -{SURE} <= s <= {SURE}:", "        return s"]
    return CODE.format(last=count - 1, names=names, bias=bias, trees="\n".join(lines))


def _code(nodes: Any, at: int) -> str:
    node = nodes[at]
    if node["is_leaf"]:
        return f"{node['value']:.4f}"
    line = float(f"{node['num_threshold']:.5g}")
    test = f"f{node['feature_idx']} <= {math.floor(line) if FEATURES[node['feature_idx']] in WHOLE else line}"
    return f"({_code(nodes, node['left'])} if {test} else {_code(nodes, node['right'])})"


def main() -> None:
    parser = argparse.ArgumentParser(description="Learns the cleaner's weights from pages with truth.")
    parser.add_argument("pages", type=Path)
    parser.add_argument("--sets", type=lambda s: s.split(","), default=["aeb", "fundus", "wcxb", "dragnet", "cpe"])
    parser.add_argument("--write", action="store_true", help="replace archive/clean/data/signs.tsv and archive/clean/forest.py")
    given = parser.parse_args()
    names = Table(lambda sign: [sign])
    samples = [one for page in pages(given.pages, given.sets) if (one := sample(page, names)) and one.signs]
    weights = looked(samples)
    print("First round: pages with truth", flush=True)
    forests = measure(samples, [])
    more: list[Sample] = []
    if importlib.util.find_spec("trafilatura") is None:
        print("trafilatura is not installed here: no second round", file=sys.stderr)
    else:
        more = beside(given.pages, names, weights, forests)
        print(f"Second round: {len(more)} pages without truth beside them", flush=True)
        looked(samples + more)
        measure(samples, more)
    if given.write:
        write(learn_signs(samples + more), learn_forest(samples + more))


def beside(folder: Path, names: Table, weights: list[dict[str, float]], forests: list[Any]) -> list[Sample]:
    """The pages of MORE, with weight where `agreed` leaves it; each judged by what was learned without its host."""
    found = []
    for page in pages(folder, list(MORE)):
        if (one := unproven(page, names)) and one.signs:
            look(one, weights[one.part(FOLDS)])
            agreed(one, page, forests[one.part(FOLDS)])
            found.append(one)
    return found


if __name__ == "__main__":
    main()
