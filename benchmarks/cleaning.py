"""Scores the cleaner on a folder of pages with truth, and installed peers beside it, in one run and one process.

    python -m benchmarks.cleaning PAGES_DIR [--sets aeb,fundus] [--peers trafilatura,readability] [--worst 10]

PAGES_DIR holds `truth.jsonl` (one page a line: id, set, url, text, title, date, authors, agency, notes; a field without
truth is null) and `pages/ID.html.zst`. Pages whose notes begin with `bad_truth` or `same_html_as` are not scored.

Body text: runs of four words, as a multiset; true and false positives and misses of a page are scaled to sum to one;
precision and recall are means over pages, F1 is made of the two means. Speed is pages per second of CPU time.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.clean import clean
from archive.model import Article

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_WORD = re.compile(r"\w+")
_NAMES = re.compile(r"\s*(?:[;|&\n]|,(?!\s*(?:Jr|Sr|MD|PhD))|\s(?:and|und|et|y|e|og|och)\s)\s*")
_BY = re.compile(r"^(?:by|von|par|por|di|af|av)\s+", re.I)


@dataclass(frozen=True)
class Answer:
    """What an extractor made of one page. `published` is ISO 8601: a day, or a time with its zone."""

    text: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None


@dataclass(frozen=True)
class TruthPage:
    """One page with what is known of it; None where there is no truth."""

    id: str
    set: str
    html: bytes
    url: str
    text: str | None
    title: str | None
    date: str | None
    authors: list[str] | None
    agency: str | None
    snippets_in: list[str] | None = None  # phrases that are text, and that are none
    snippets_out: list[str] | None = None


@dataclass
class Tally:
    """Scores of one extractor on one set."""

    overlaps: list[tuple[float, float, float]] = field(default_factory=list)
    titles: list[bool] = field(default_factory=list)
    days: list[bool] = field(default_factory=list)
    minutes: list[bool] = field(default_factory=list)
    authors: list[bool] = field(default_factory=list)


# --- extractors ----------------------------------------------------------------------------------------------------


def wirecopy(html: bytes, url: str) -> Answer:
    """Ours. Authors are people; where the page credits none, its byline stands in, as sets with truth have it."""
    article = clean(html, url=url)
    names = article.authors or ((_BY.sub("", article.byline),) if article.byline else ())
    return Answer(article.text, article.headline, names, published(article))


def published(article: Article) -> str | None:
    """The page's own clock and calendar with its offset; the day alone where the zone is not known."""
    stated = re.search(r": (\d{4,}-\d\d-\d\d) (\d\d:\d\d), zone", article.evidence.get("published_at", ""))
    instant = article.published_at
    if not stated:
        return None
    if instant is None:
        return stated[1]
    local = datetime.fromisoformat(f"{stated[1]}T{stated[2]}").replace(tzinfo=UTC)
    minutes = round((local - instant.replace(second=0)).total_seconds() / 60)
    return f"{stated[1]}T{stated[2]}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def trafilatura_answer(html: bytes, url: str) -> Answer:
    import trafilatura  # type: ignore[import-not-found,unused-ignore]

    found: Any = trafilatura.bare_extraction(html, url=url or None, with_metadata=True, include_comments=False)
    if found is None:
        return Answer()
    return Answer(found.text or "", found.title, tuple((found.author or "").split("; ")), found.date)


def _readability(html: bytes, url: str) -> Answer:
    from lxml import html as lxml_html
    from readability import Document  # type: ignore[import-not-found,unused-ignore]

    document = Document(html.decode("utf-8", "replace"), url=url or None)
    tree = lxml_html.fromstring(document.summary(html_partial=True))
    for element in tree.iter("p", "div", "li", "h1", "h2", "h3", "h4", "br", "tr"):
        element.tail = "\n" + (element.tail or "")
    return Answer(str(tree.text_content()), document.short_title())


def _newspaper(html: bytes, url: str) -> Answer:
    import newspaper  # type: ignore[import-not-found,unused-ignore]

    article = newspaper.Article(url or "https://page.example/")
    article.download(input_html=html.decode("utf-8", "replace"))
    article.parse()
    day = article.publish_date
    return Answer(article.text, article.title, tuple(article.authors), day.isoformat() if isinstance(day, datetime) else None)


def _resiliparse(html: bytes, url: str) -> Answer:  # noqa: ARG001 - as the others
    from resiliparse.extract.html2text import extract_plain_text  # type: ignore[import-not-found,unused-ignore]

    return Answer(extract_plain_text(html.decode("utf-8", "replace"), main_content=True, alt_texts=False))


def _goose(html: bytes, url: str) -> Answer:  # noqa: ARG001 - as the others
    from goose3 import Goose  # type: ignore[import-not-found,unused-ignore]

    article = Goose({"enable_image_fetching": False}).extract(raw_html=html.decode("utf-8", "replace"))
    return Answer(article.cleaned_text, article.title, tuple(article.authors), article.publish_date)


def _justext(html: bytes, url: str) -> Answer:  # noqa: ARG001 - as the others
    import justext  # type: ignore[import-not-found,unused-ignore]

    words = justext.get_stoplist("English")
    return Answer("\n\n".join(p.text for p in justext.justext(html, words) if not p.is_boilerplate))


# Name -> (module that is looked for, extractor). Each is run as its own documentation says for one page that is at hand.
PEERS: dict[str, tuple[str, Callable[[bytes, str], Answer]]] = {
    "trafilatura": ("trafilatura", trafilatura_answer),
    "readability": ("readability", _readability),  # readability-lxml
    "newspaper": ("newspaper", _newspaper),  # newspaper4k
    "resiliparse": ("resiliparse", _resiliparse),
    "goose": ("goose3", _goose),
    "justext": ("justext", _justext),
}


# --- scores --------------------------------------------------------------------------------------------------------


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words (fewer where the text is shorter), counted."""
    found = _WORD.findall(text)
    return Counter(tuple(found[i : i + 4]) for i in range(max(1, len(found) - 3))) if found else Counter()


def overlap(true: str, answer: str) -> tuple[float, float, float]:
    """(found, false, missed) of one page, scaled to sum to 1."""
    want, got = shingles(true), shingles(answer)
    hit = (want & got).total()
    total = want.total() + got.total() - hit
    return (hit / total, (got.total() - hit) / total, (want.total() - hit) / total) if total else (0.0, 0.0, 0.0)


def body_score(overlaps: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """(F1, precision, recall) of a set; an empty answer counts in recall alone."""
    precisions = [hit / (hit + false) for hit, false, _ in overlaps if hit + false > 0]
    recalls = [hit / (hit + missed) for hit, _, missed in overlaps if hit + missed > 0]
    p, r = (statistics.fmean(x) if x else 0.0 for x in (precisions, recalls))
    return (2 * p * r / (p + r) if p + r else 0.0), p, r


def normal(text: str | None) -> str:
    """Letters and digits, case away."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text or "").casefold()))


def same_time(true: str, answer: str | None) -> tuple[bool, bool | None]:
    """(same day, same minute); the second is None where the truth names no minute with a zone."""
    want, got = _moment(true), _moment(answer)
    if want is None:
        return False, None
    exact = want.tzinfo is not None and bool(want.hour or want.minute)
    if got is None:
        return False, False if exact else None
    if want.tzinfo and got.tzinfo:
        same_day = got.astimezone(want.tzinfo).date() == want.date() or got.date() == want.date()
        return same_day, (abs((got - want).total_seconds()) < 60 if exact else None)
    return got.date() == want.date(), False if exact else None


def _moment(value: str | None) -> datetime | None:
    text = str(value or "").strip().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text))
    except ValueError:
        return None


def names(values: list[str] | tuple[str, ...]) -> set[str]:
    """Author names, comparable."""
    return {normal(_BY.sub("", part.strip())) for value in values for part in _NAMES.split(str(value))} - {""}


# --- the run -------------------------------------------------------------------------------------------------------


def pages(folder: Path, sets: list[str] | None) -> Iterator[TruthPage]:
    """The scored pages of a folder, one at a time."""
    for line in (folder / "truth.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        bad = any(note.startswith(("bad_truth", "same_html_as")) for note in row.get("notes") or ())
        if bad or (sets and row["set"] not in sets):
            continue
        html = zstd.decompress((folder / "pages" / f"{row['id']}.html.zst").read_bytes())
        keys = ("text", "title", "date", "authors", "agency", "snippets_in", "snippets_out")
        yield TruthPage(row["id"], row["set"], html, row.get("url") or "", **{key: row.get(key) for key in keys})


def score(page: TruthPage, answer: Answer, tally: Tally) -> None:
    if page.text is not None:
        tally.overlaps.append(overlap(page.text, answer.text))
    if page.title:
        tally.titles.append(normal(page.title) == normal(answer.title))
    if page.date:
        day, minute = same_time(page.date, answer.published)
        tally.days.append(day)
        if minute is not None:
            tally.minutes.append(minute)
    if page.authors:
        tally.authors.append(names(page.authors) == names(answer.authors))


def report(name: str, set_: str, tally: Tally) -> str:
    f1, p, r = body_score(tally.overlaps)
    body = f"F1 {f1:.3f} ({p:.3f} / {r:.3f}) n={len(tally.overlaps):<4}" if tally.overlaps else " " * 34
    parts = (("title", tally.titles), ("day", tally.days), ("minute", tally.minutes), ("authors", tally.authors))
    rest = "  ".join(f"{label} {statistics.fmean(found):.3f}" for label, found in parts if found)
    return f"{name:12} {set_:12} {body}  {rest}"


def run(folder: Path, sets: list[str] | None, peers: list[str], worst: int) -> None:
    """Scores every extractor page by page, then prints a row per extractor and set."""
    extractors: dict[str, Callable[[bytes, str], Answer]] = {"wirecopy": wirecopy}
    for name in peers:
        module, extract = PEERS[name]
        if importlib.util.find_spec(module) is None:
            print(f"{name}: not installed here (pip install {name}); left out", file=sys.stderr)
        else:
            extractors[name] = extract
    tallies: dict[tuple[str, str], Tally] = {}
    spent: Counter[str] = Counter()
    slowest: dict[str, float] = {}
    losing: list[tuple[float, str, str]] = []
    count = 0
    for page in pages(folder, sets):
        count += 1
        for name, extract in extractors.items():
            began = time.process_time()
            try:
                answer = extract(page.html, page.url)
            except Exception:
                answer = Answer()
            took = time.process_time() - began
            spent[name] += took  # type: ignore[assignment]
            slowest[name] = max(slowest.get(name, 0.0), took)
            for group in (page.set, "agency pages") if page.agency else (page.set,):
                score(page, answer, tallies.setdefault((name, group), Tally()))
            if name == "wirecopy" and page.text is not None:
                losing.append((tallies[(name, page.set)].overlaps[-1][0], page.set, page.id))
    for (name, set_), tally in sorted(tallies.items(), key=lambda item: (item[0][1], item[0][0])):
        print(report(name, set_, tally))
    for name in extractors:
        print(f"{name:12} {count / max(spent[name], 1e-9):.0f} pages per CPU second, slowest {slowest.get(name, 0) * 1000:.0f} ms")
    for share, set_, page_id in sorted(losing)[:worst]:
        print(f"losing: {set_} {page_id} overlap {share:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Scores the cleaner on a folder of pages with truth.")
    parser.add_argument("pages", type=Path)
    parser.add_argument("--sets", type=lambda s: s.split(","), default=None, help="comma-separated; all by default")
    parser.add_argument("--peers", type=lambda s: s.split(","), default=[], help=f"of: {', '.join(PEERS)}")
    parser.add_argument("--worst", type=int, default=0, help="name so many of our worst pages")
    given = parser.parse_args()
    unknown = [name for name in given.peers if name not in PEERS]
    if unknown:
        parser.error(f"no such peer: {', '.join(unknown)}; known: {', '.join(PEERS)}")
    if not (given.pages / "truth.jsonl").is_file():
        parser.error(f"{given.pages} holds no truth.jsonl")
    run(given.pages, given.sets, given.peers, given.worst)


if __name__ == "__main__":
    main()
