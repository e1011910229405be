"""What is fuzzed: a function that takes bytes of strangers, files to begin with, words of its format, and what must hold of its result."""

from __future__ import annotations

import dataclasses
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path

from benchmarks.fuzz import words

CORPUS = Path(__file__).parent.parent.parent / "tests"
_NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
_URL = "https://paper.example/news/story"
_FEED = "https://paper.example/rss.xml"
_BAD = re.compile("[\ud800-\udfff]")  # SQLite takes no lone surrogates
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Target:
    """`run` raises where anything is wrong. `seeds`: globs below tests/, besides `given`."""

    run: Callable[[bytes], object]
    tokens: tuple[bytes, ...]
    seeds: tuple[str, ...] = ()
    given: tuple[bytes, ...] = ()

    def files(self, corpus: Path | None) -> list[bytes]:
        """The files to begin with, in an order that is the same everywhere; those of `corpus` besides ours."""
        paths = [path for glob in self.seeds for path in sorted(CORPUS.glob(glob))]
        paths += sorted(path for path in corpus.rglob("*") if path.is_file()) if corpus else []
        return [*self.given, *(path.read_bytes() for path in paths)]


class Wrong(AssertionError):
    """A result that must not be; the message says what."""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from _texts(list(value.items()))
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _texts(one)


def _no(pattern: re.Pattern[str], value: object) -> None:
    for text in _texts(value):
        if found := pattern.search(text):
            raise Wrong(f"{found[0]!r} in {text[max(0, found.start() - 40) : found.start() + 40]!r}")


def _holds(condition: bool, what: str) -> None:
    if not condition:
        raise Wrong(what)


# --- the targets ----------------------------------------------------------------------------------------------------------


def feeds(data: bytes) -> None:
    """A feed document, as a poll reads it."""
    from crawler.discover import discover
    from crawler.discover.links import is_fetchable

    for kind in ("auto", "html"):
        document = discover(data, url=_FEED, content_type="text/xml; charset=utf-8" if len(data) % 3 == 0 else None, kind=kind)  # type: ignore[arg-type]
        _no(_CONTROL, [(entry.title, entry.url, entry.authors, entry.categories) for entry in document.entries])
        _no(_BAD, document)
        links = [entry.url for entry in document.entries if entry.url or entry.status != "canceled"]
        _holds(all(map(is_fetchable, links)), "an entry's link cannot be fetched")
        if document.error is None or b"<" not in data[:2000]:
            return


def clean(data: bytes) -> None:
    """A page, through the whole cleaner."""
    from archive.clean import clean as read

    article = read(data, url=_URL, headers={"Content-Type": "text/html"}, fetched_at=_NOW)
    _holds(bool(article.text) != bool(article.reason), "neither text nor a reason, or both")
    _no(
        _CONTROL, dataclasses.replace(article, text=article.text.replace("\n", " "), text_markdown=article.text_markdown.replace("\n", " "))
    )


def decode(data: bytes) -> None:
    """A page's bytes to text, and a body's content coding."""
    from archive.clean.decode import decoded
    from archive.decoding import TooLarge, Undecodable
    from archive.decoding import decode as undo

    charset = ("utf-8", "shift_jis", "x-user-defined", "utf-7", "\x00", "")[len(data) % 6]
    _no(_BAD, decoded(data, {"Content-Type": f"text/html; charset={charset}"}).text)
    for coding in ("gzip", "deflate", "br", "zstd", "gzip, br", "x-gzip"):
        try:
            _holds(len(undo(data, coding, limit=1 << 22)) <= 1 << 22, "larger than its limit")
        except (TooLarge, Undecodable):
            continue


def keys(data: bytes) -> None:
    """A link, as it is fetched and as it is matched."""
    from archive.keys import fetch_url, host_of, key_hash, text_digest, url_key
    from crawler.discover.links import absolute
    from crawler.guard import Guard, Refused

    for text in data.decode("utf-8", "replace").splitlines()[:50]:
        url = fetch_url(text)
        key_hash(url_key(text))
        text_digest(text)
        absolute(text, _FEED)
        if url is not None:
            _holds(url.isascii() and not re.search(r"[\s\x00-\x1f]", url), f"not fit to be sent: {url!r}")
            _holds(url_key(fetch_url(url) or "") == url_key(url), f"another key at the second time: {url!r}")
            host_of(url)
        try:
            Guard().choose(text, [text])
        except (Refused, ValueError):
            continue


def dates(data: bytes) -> None:
    """A time as it is printed."""
    from archive.dates.parse import parse_moment, parse_time

    for text in data.decode("utf-8", "replace").splitlines()[:20]:
        at = parse_time(text)
        _holds(at is None or at.tzinfo is not None, f"a time without a zone: {text!r}")
        for country in (None, "IN", "US"):
            parse_moment(text, country=country, month_first=country == "US")


def heads(data: bytes) -> None:
    """The head of an answer, and what follows from it."""
    from archive.model import Capture
    from crawler.client.heads import blanked, media_type, response_pairs
    from crawler.facts import freshness, validators
    from crawler.outcome import retry_after
    from crawler.redirects import target

    head = b"HTTP/1.1 301 Moved\r\n" + data
    pairs = response_pairs(head)
    _no(_BAD, [pairs, media_type(pairs)])
    _holds(len(blanked(head)) == len(head), "blanked heads have another length")
    capture = Capture(_FEED, "feed", _NOW, response_head=head, status=301, body=b"", mime="text/html")
    retry_after(capture, _NOW)
    validators(capture)
    freshness(capture)
    try:
        _no(_BAD, target(capture, []))
    except ValueError as problem:
        _holds(bool(str(problem)), "no reason")


def sources(data: bytes) -> None:
    """sources.toml: read, or refused in words that name a line."""
    from archive.errors import SourcesError
    from crawler.sources import load

    path = _scratch() / "sources.toml"
    path.write_bytes(data)
    try:
        load(path)
    except SourcesError as problem:
        _holds("sources.toml" in str(problem) and bool(problem.hint), f"no file or no hint: {problem}")


def opml(data: bytes) -> None:
    """A list of subscriptions."""
    from archive.errors import WirecopyError
    from crawler.opml import read_opml

    try:
        _no(_BAD, read_opml(data))
    except WirecopyError as problem:
        _holds(bool(str(problem)), "no message")


def robots(data: bytes) -> None:
    """A robots.txt."""
    from protego import Protego

    from crawler.find import sitemaps_in_robots

    text = data.decode("utf-8", "replace")
    rules = Protego.parse(text)
    rules.can_fetch(_URL, "wirecopy")
    rules.crawl_delay("wirecopy")
    _no(_BAD, sitemaps_in_robots(text, _FEED))


def find(data: bytes) -> None:
    """A home page that is searched for its feeds."""
    from crawler.find import advertised, name_from_page

    _no(_BAD, [advertised(data, _URL), name_from_page(data)])


def stories(data: bytes) -> None:
    """A text as stories are told by it, and compared."""
    from archive.grouping import is_corrected, is_live, paragraphs, sketch
    from archive.grouping.kept import kept
    from archive.word_diff import word_diff

    text = data.decode("utf-8", "replace")
    parts = paragraphs(text)
    made = sketch(parts, live=is_live(text[:100], text, parts), corrected=is_corrected(text[:100], text))
    _holds(len(made.hashes) <= len(text) + 1, "more hashes than words")
    other = text[len(text) // 3 :]
    _holds(0 <= kept(text, other).share <= 1, "a share that is none")
    word_diff(text[:20_000], other[:20_000])


def salvage(data: bytes) -> None:
    """A damaged archive, read page by page: it ends, and gives no row twice."""
    from archive.salvage.btree import Reader
    from archive.salvage.pages import PageFile
    from archive.salvage.survey import Survey
    from archive.store.salvaging.layout import layout

    path = _scratch() / "damaged.db"
    path.write_bytes(data)
    with PageFile(path) as pages:
        survey = Survey(Reader(pages), layout(pages).plan)
        seen = set[tuple[str, int]]()
        for shape, row in survey.rows():
            _holds(row.rowid is None or (shape.name, row.rowid) not in seen or not row.sound, f"{shape.name} {row.rowid} comes twice")
            seen.add((shape.name, row.rowid or 0))


def warc(data: bytes) -> None:
    """A WARC file of anybody, plain or packed, on its way in."""
    import io

    from archive.intake import warc as reading

    for offset, one in reading.arrivals(io.BytesIO(data)):
        _holds(0 <= offset <= len(data), f"offset {offset}")
        _no(_BAD, one)


def lines(data: bytes) -> None:
    """Lines of JSON, on their way in; texts without pages are read as well."""
    import io
    from datetime import UTC, datetime

    from archive.clean import clean
    from archive.intake import lines as reading
    from archive.intake.arrival import Arrival
    from archive.model import TEXT_RECORD

    for number, one in reading.arrivals(io.BytesIO(data), datetime(2026, 11, 22, tzinfo=UTC)):
        _holds(0 < number <= len(data), f"line {number}")
        _no(_BAD, one)
        if isinstance(one, Arrival) and one.capture.mime == TEXT_RECORD:
            _no(_BAD, clean(one.capture.body or b"", url=one.capture.url, headers={"content-type": TEXT_RECORD}))


def terminal(data: bytes) -> None:
    """Text on its way to a terminal."""
    import json

    from archive.terminal import plain, plain_block, plain_json

    text = data.decode("utf-8", "surrogateescape")
    bad = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
    _no(bad, [plain(text), plain_block(text), plain_json(json.dumps(text, ensure_ascii=False))])


@cache
def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="wirecopy-fuzz-"))


def _archive() -> bytes:
    """A small archive with a page of everything."""
    from archive.model import Article
    from tests.archive.parts import Page, new_store

    with tempfile.TemporaryDirectory() as folder:
        with new_store(Path(folder)) as store:
            for number in range(3):
                Page(store, f"https://harbour.example/news/{number}").say(
                    Article(headline="Headline", text=f"The harbour, day {number}. " * 99)
                )
        return (Path(folder) / "wirecopy.db").read_bytes()


def _warc_files() -> list[bytes]:
    """What another program writes, packed and not."""
    import gzip

    from tests.intake import files

    packed = files.browsertrix(_scratch() / "given.warc.gz").read_bytes()
    return [packed, gzip.decompress(packed)]


PAGES = "corpus/pages/*/page.html"
LISTING = "corpus/feeds/listing.html"
TARGETS: dict[str, Target] = {
    "feeds": Target(feeds, words.XML + words.JSON, ("corpus/feeds/*",)),
    "clean": Target(clean, words.HTML, (PAGES, "clean/pages/*/page.html", LISTING)),
    "decode": Target(decode, words.HTML + words.CODINGS, (PAGES,)),
    "keys": Target(keys, words.URLS, given=words.GIVEN_URLS),
    "dates": Target(dates, words.DATES, given=words.GIVEN_DATES),
    "heads": Target(heads, words.HEADS, given=words.GIVEN_HEADS),
    "sources": Target(sources, words.SOURCES, given=(words.GIVEN_SOURCES,)),
    "opml": Target(opml, (*words.XML, b"<outline", b"xmlUrl=", b"<opml"), ("corpus/feeds/*.opml",)),
    "robots": Target(robots, words.ROBOTS, given=(words.GIVEN_ROBOTS,)),
    "find": Target(find, words.HTML, (LISTING, PAGES)),
    "stories": Target(stories, words.TEXT, given=(words.GIVEN_TEXT,)),
    "salvage": Target(salvage, words.PAGES),
    "warc": Target(warc, (*words.HEADS, *words.WARC)),
    "lines": Target(lines, words.JSON, given=(words.GIVEN_LINES,)),
    "terminal": Target(terminal, words.ESCAPES, given=(b"A title\nand \x1b[31mred\n",)),
}


def target(name: str) -> Target:
    """The target, with the files that have to be made. `module:NAME` is one of somebody else's."""
    if ":" in name:
        module, _, attribute = name.partition(":")
        given: Target = getattr(import_module(module), attribute)
        return given
    found = TARGETS[name]
    if name == "salvage":
        return dataclasses.replace(found, given=(_archive(),))
    if name == "warc":
        return dataclasses.replace(found, given=tuple(_warc_files()))
    if name == "decode":
        return dataclasses.replace(found, given=tuple(_codings()))
    return found


def _codings() -> Iterable[bytes]:
    import gzip
    import zlib

    import brotli  # type: ignore[import-untyped]

    from archive.blobs import pack

    page = b"<html><p>The harbour was closed on Monday.</p></html>" * 40
    yield from (gzip.compress(page, mtime=0), zlib.compress(page), zlib.compress(page)[2:-4], brotli.compress(page), pack(page).data)
