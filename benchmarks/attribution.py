"""Counts how often each tier of evidence is right about an agency, on pages whose credits were read by hand.

    python -m benchmarks.attribution PAGES_DIR [--wrong]

PAGES_DIR is that of `benchmarks.cleaning`. The labels stand in `benchmarks/attribution.tsv`: page id, a tab, and the agencies that the
page credits, each `code`, or `code:inputs` (helped with it), or `code:own` (the page is the agency's own), separated by commas; "-" where
none is, though one is named. Agencies that a page talks about, quotes, or credits for pictures alone are none. The pages are those on which
some tier, or an earlier version of the cleaner, named an agency, and those on which an agency's name stands in the first or last words:
credits that none of these found are not counted as missed.

A page that names an agency and has no label is reported, and left out of the count.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive.clean import clean
from archive.clean.agency import MEASURED, confidence
from archive.model import Article, CreditTier
from benchmarks.cleaning import pages

LABELS = Path(__file__).with_suffix(".tsv")


@dataclass
class Count:
    """What came of all labelled pages."""

    named: Counter[CreditTier] = field(default_factory=Counter)
    right: Counter[CreditTier] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def labels(path: Path = LABELS) -> dict[str, dict[str, str]]:
    """Page id -> agency code -> role. Raises ValueError for a line that cannot be read."""
    found: dict[str, dict[str, str]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        page, tab, credited = line.partition("\t")
        if not tab or page in found:
            raise ValueError(f"{path.name}, line {number}: a page id, a tab and its agencies are expected, each page once")
        parts = [part.partition(":") for part in credited.split(",") if part != "-"]
        found[page] = {code: role or "author" for code, _, role in parts}
    return found


def count(page: str, article: Article, truth: Mapping[str, str], so_far: Count) -> None:
    """Adds one page."""
    got = {credit.agency: credit for credit in article.credits if credit.agency}
    for code, credit in got.items():
        for tier in (credit.tier, *credit.also):
            so_far.named[tier] += 1
            so_far.right[tier] += code in truth
        so_far.outcomes["credits right" if code in truth else "credits wrong"] += 1
        if code not in truth:
            so_far.wrong[page].append(f"{code} by {credit.tier}: {credit.words}")
        elif credit.role != truth[code]:
            so_far.outcomes["roles wrong"] += 1
            so_far.wrong[page].append(f"{code} is {truth[code]}, not {credit.role}: {credit.words}")
    for code in truth.keys() - got.keys():
        so_far.outcomes["credits missed"] += 1
        so_far.wrong[page].append(f"{code} is missed")
    so_far.outcomes[
        "articles.agency right" if (article.agency in truth if truth else article.agency is None) else "articles.agency wrong"
    ] += 1


def report(so_far: Count) -> str:
    """A line a tier, then the sums."""
    lines = [f"{'tier':<12} {'right':>5} {'named':>5}  confidence"]
    for tier in MEASURED:
        stored = f"{confidence(tier):.2f}" + ("" if MEASURED[tier] else " (not measured)")
        counted = (so_far.right[tier], so_far.named[tier])
        changed = "" if counted == (MEASURED[tier] or (0, 0)) else f", agency.py says {MEASURED[tier]}"
        lines.append(f"{tier:<12} {counted[0]:>5} {counted[1]:>5}  {stored}{changed}")
    return "\n".join([*lines, *(f"{what}: {number}" for what, number in sorted(so_far.outcomes.items()))])


def main() -> None:
    parser = argparse.ArgumentParser(description="Counts how often each tier of evidence is right about an agency.")
    parser.add_argument("pages", type=Path)
    parser.add_argument("--wrong", action="store_true", help="name the pages on which something is wrong, and what")
    given = parser.parse_args()
    if not (given.pages / "truth.jsonl").is_file():
        parser.error(f"{given.pages} holds no truth.jsonl")
    known, so_far = labels(), Count()
    for page in pages(given.pages, None):
        article = clean(page.html, url=page.url)
        if page.id in known:
            so_far.outcomes["pages with labels"] += 1
            count(page.id, article, known[page.id], so_far)
        elif article.credits:
            print(f"no label: {page.id} {page.url} {article.credits[0]}")
        else:
            so_far.outcomes["other pages"] += 1
    print(report(so_far))
    for name, what in so_far.wrong.items() if given.wrong else ():
        print(f"{name}: {'; '.join(what)}")


if __name__ == "__main__":
    main()
