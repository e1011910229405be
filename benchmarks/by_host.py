"""What the benchmarks of the archive are fed with: pages of folders, by host, and what happens to a live page between two visits."""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PARAGRAPH = re.compile(rb"<p\b[^>]*>([^<]{80,})")
_NUMBER = re.compile(rb"(?<=[\"'=:>/_-])\d{9,}")
_COUNTER = re.compile(rb">\s*\d{1,5}\s*<")


@dataclass(frozen=True)
class RawPage:
    """One page as it came."""

    host: str
    url: str
    html: bytes


def with_truth(folder: Path, fewest: int) -> list[RawPage]:
    """Pages of `truth.jsonl` (host, url, id; HTML in pages/ID.html.zst) of hosts that have at least `fewest` different ones."""
    hosts: dict[str, dict[bytes, RawPage]] = defaultdict(dict)
    with (folder / "truth.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            packed = folder / "pages" / f"{row['id']}.html.zst"
            if row["host"] and packed.exists():
                html = zstd.decompress(packed.read_bytes())
                # Ids are no address: some pages share a URL, and would be versions of one page.
                page = RawPage(row["host"], f"https://{row['host']}/{row['id']}/" + (row["url"] or "").rsplit("/", 1)[-1], html)
                hosts[row["host"]].setdefault(html, page)
    return mixed([page for of_host in hosts.values() if len(of_host) >= fewest for page in of_host.values()])


def of_outlets(folder: Path, outlets: int) -> list[RawPage]:
    """Pages of a web server's tree, HOST/**/*.html.gz or .html, front pages (index.html) left out."""
    return mixed([page for host in sorted(folder.iterdir())[:outlets] for page in _of_outlet(host)])


def _of_outlet(host: Path) -> Iterator[RawPage]:
    for path in sorted(host.rglob("*.html*")):
        packed = path.suffix == ".gz"
        plain = path.with_suffix("") if packed else path
        if plain.name == "index.html" or (not packed and path.with_name(path.name + ".gz").exists()):
            continue
        html = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        yield RawPage(host.name, f"https://{host.name}/{plain.relative_to(host)}", html)


def mixed(pages: list[RawPage]) -> list[RawPage]:
    """In an order in which hosts and their sections come by turns, as they do in a run; the same for the same pages."""
    random.Random(7).shuffle(pages)  # noqa: S311 - nobody has to be kept from guessing it
    return pages


def a_later_version(html: bytes, seed: int) -> bytes:
    """The page as a later visit finds it: another list of related stories, counters, time stamps and tokens, and one paragraph changed.

    Made up: a page that was fetched once has no later version.
    """
    chance = random.Random(seed)  # noqa: S311 - likewise
    changed = _some(_NUMBER, lambda found: b"%0*d" % (len(found), chance.randrange(10 ** len(found))), html, chance)
    changed = _some(_COUNTER, lambda _: b">%d<" % chance.randrange(2000), changed, chance)
    found = list(_PARAGRAPH.finditer(changed))
    if found:
        start, end = chance.choice(found).span(1)
        words = changed[start:end].split()
        chance.shuffle(words)
        changed = changed[:start] + b" ".join(words) + changed[end:]
    end = changed.rfind(b"</body")
    place = end if end >= 0 else len(changed)
    return changed[:place] + _related(html, chance) + changed[place:]


def _some(pattern: re.Pattern[bytes], new: Callable[[bytes], bytes], html: bytes, chance: random.Random) -> bytes:
    """A dozen of what the pattern finds, made new: most numbers of a page are those of its pictures and links, and stay."""
    found = [match.span() for match in pattern.finditer(html)]
    for start, end in sorted(chance.sample(found, min(12, len(found))), reverse=True):
        html = html[:start] + new(html[start:end]) + html[end:]
    return html


def _related(html: bytes, chance: random.Random) -> bytes:
    """Six links in the page's own words."""
    words = re.findall(rb"[a-z]{4,12}", html)[-4000:] or [b"story"]
    titles = [[chance.choice(words) for _ in range(8)] for _ in range(6)]
    links = [
        b'<li><a href="/2026/11/%s-%d.html">%s</a></li>' % (b"-".join(title), chance.randrange(10**7), b" ".join(title)) for title in titles
    ]
    return b"<ul class=related>" + b"".join(links) + b"</ul>"
