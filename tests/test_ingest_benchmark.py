"""The benchmark of the way from the feed to the disk: its arithmetic, what it reads of feeds and stores, and that it counts all CPU."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.ingest import __main__ as command
from benchmarks.ingest import environments, feeds, figures, polls
from benchmarks.ingest.crawls.kept import Kept
from benchmarks.ingest.peer import Job, Page, Peer, Tally, disk, tally
from benchmarks.ingest.peers import PEERS, newsplease, scrapy, trafilatura, wget, wirecopy
from benchmarks.ingest.tree import Used, measure
from crawler.sources import load

RSS = b"""<rss version="2.0"><channel><link>http://a.example/</link>
<item><title>One</title><link>http://a.example/1</link></item><item><link> http://a.example/2?x=1&amp;y=2 </link></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://b.example/"/>
<entry><link rel="alternate" href="http://b.example/1"/><link rel="enclosure" href="http://b.example/1.mp3"/></entry>
<entry><link href="http://b.example/2"/></entry></feed>"""


def used(cpu: float = 2.0, *, wall: float = 4.0, peak: int = 100_000_000, seen: float = 0.0, code: int = 0) -> Used:
    return Used(cpu, wall, peak, seen, code)


def ran(peer: str, cpu: float, pages: int = 100, what: str = "cold", before: int = 0) -> figures.Run:
    after = Tally(pages=pages, listed=pages, raw=pages)
    return figures.Run(peer, what, 2, used(cpu), Tally(pages=before), after, disk=pages * 30_000)


# --- feeds -------------------------------------------------------------------------------------------------------------


def test_a_feed_lists_its_entries_and_nothing_else() -> None:
    assert feeds.read(RSS) == ("rss", ("http://a.example/1", "http://a.example/2?x=1&y=2"))
    assert feeds.read(ATOM) == ("atom", ("http://b.example/1", "http://b.example/2"))


def test_feeds_come_from_a_file_and_by_name_each_once_and_as_many_as_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "feeds.txt").write_text("http://a.example/f\n# not this one\n\nhttp://b.example/f\n")
    assert feeds.addresses(tmp_path / "feeds.txt", ["http://a.example/f", "http://c.example/f"], None) == (
        "http://a.example/f", "http://b.example/f", "http://c.example/f",
    )  # fmt: skip
    assert feeds.addresses(tmp_path / "feeds.txt", [], 1) == ("http://a.example/f",)


# --- figures -----------------------------------------------------------------------------------------------------------


def test_a_figure_is_the_median_with_its_spread() -> None:
    assert figures.spread([3, 1, 2]) == "2.0 (1.0..3.0)"
    assert figures.spread([1234.04, 1234.0]) == "1,234.0"


def test_tables_are_aligned_markdown() -> None:
    assert figures.table(("a", "bb"), [["long", "1"]]) == ["| a    | bb |", "|------|---:|", "| long | 1  |"]


def test_a_page_costs_what_a_run_used_divided_by_what_it_stored() -> None:
    lines = figures.cold([ran("ours", 2.0), ran("theirs", 1.0), ran("ours", 4.0), ran("ours", 3.0)])
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [
        "ours", "100", "30.00 (20.00..40.00)", "33 (25..50)", "25", "100", "30.0",
    ]  # fmt: skip
    assert len(lines) == 4


def test_who_stored_nothing_has_no_figures_a_page() -> None:
    assert figures.cold([ran("theirs", 2.0, pages=0)])[2].split("|")[3].strip() == "-"


def test_later_runs_show_what_they_added() -> None:
    lines = figures.again([ran("ours", 1.5, pages=102, what="new", before=100), ran("ours", 9.0)], "new")
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == ["ours", "2", "1.50", "4.0", "100"]


def test_what_makes_a_figure_doubtful_is_said() -> None:
    runs = [ran("good", 2.0), figures.Run("bad", "cold", 1, used(1.0, seen=2.0, code=3), Tally(), Tally(), 0)]
    assert figures.doubts(runs) == ["bad, cold: exit code 3", "bad, cold: 2.0 s of CPU were seen, 1.0 s were waited for"]


def test_the_start_falls_out_of_a_polls_cost() -> None:
    assert polls.Polls("ours", "https", 101, used(2.0), used(1.5), 101).each == pytest.approx(5.0)


# --- stores ------------------------------------------------------------------------------------------------------------


def test_pages_are_counted_and_compared_with_those_that_feeds_list() -> None:
    pages = [
        Page("u1", True, True, False, True, False),
        Page("u2", True, False, False, False, False),
        Page("", True, False, True, True, True),
    ]
    assert tally(pages, frozenset({"u1", "u3"})) == Tally(pages=3, listed=1, raw=3, heads=1, text=1, title=2, date=1, nameless=1)


def test_the_plain_store_keeps_what_it_is_given(tmp_path: Path) -> None:
    with Kept(tmp_path) as kept:
        kept.save("u1", b"<html>", heads=b"A: b", text="text")
        kept.remember("feed", '"1"')
        kept.not_modified("feed")
        assert kept.known() == {"u1"}
        assert kept.etags() == {"feed": '"1"'}
    assert list(scrapy.pages(tmp_path)) == [Page("u1", True, True, True, False, False)]
    assert scrapy.not_modified(tmp_path) == 1
    assert disk(tmp_path) >= 4096


def test_response_records_of_a_warc_are_pages(tmp_path: Path) -> None:
    def record(kind: str, block: bytes, uri: str = "<http://a.example/1>") -> bytes:
        head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nContent-Length: {len(block)}\r\n\r\n"
        return head.encode() + block + b"\r\n\r\n"

    answer = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\r\nWARC/1.0\r\n"
    records = [record("warcinfo", b"software: x\r\n"), record("request", b"GET / HTTP/1.1\r\n\r\n"), record("response", answer)]
    records.append(record("response", b"HTTP/1.1 404 Not Found\r\n\r\nno", "<http://a.example/2>"))
    expected = [Page("http://a.example/1", True, True, False, False, False)]
    (tmp_path / "pages.warc").write_bytes(b"".join(records))
    assert list(wget.pages(tmp_path)) == expected
    (tmp_path / "pages.warc").unlink()
    (tmp_path / "pages.warc.gz").write_bytes(b"".join(map(gzip.compress, records)))
    assert list(wget.pages(tmp_path)) == expected


def test_files_of_trafilatura_are_counted_without_the_feeds_among_them(tmp_path: Path) -> None:
    for name, raw in (("one", b"<!DOCTYPE html><p>1"), ("two", b"<html>2"), ("feed", b"<?xml version='1.0'?>\n" + RSS)):
        (tmp_path / "raw" / "1").mkdir(parents=True, exist_ok=True)
        (tmp_path / "raw" / "1" / f"{name}.html.gz").write_bytes(gzip.compress(raw))
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "one.json").write_text(json.dumps({"text": "1", "title": "One", "date": None}))
    assert sorted(trafilatura.pages(tmp_path), key=lambda page: page.text) == [
        Page("", True, False, False, False, False), Page("", True, False, True, True, False),
    ]  # fmt: skip


def test_files_of_news_please_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html>")
    (tmp_path / "a.html.json").write_text(json.dumps({"url": "u1", "maintext": "1", "title": None, "date_publish": "2026-11-22"}))
    assert list(newsplease.pages(tmp_path)) == [Page("u1", True, False, True, False, True)]


# --- peers -------------------------------------------------------------------------------------------------------------


def test_the_sources_that_wirecopy_is_given_are_valid_and_without_a_pause(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(wirecopy.sources(("http://a.example/f", "http://b.example/f"), keep=polls.NO_PAGE))
    known = load(tmp_path / "sources.toml")
    assert [feed.url for outlet in known.outlets for feed in outlet.feeds] == ["http://a.example/f", "http://b.example/f"]
    assert known.fetch.delay == 0


@pytest.mark.parametrize("peer", PEERS.values(), ids=list(PEERS))
def test_each_peer_has_its_command_and_an_empty_store_holds_nothing(peer: Peer, tmp_path: Path) -> None:
    job = Job(tmp_path, Path("/env/bin/python"), ("http://a.example/f",), {"http://a.example/f": "rss"})
    assert str(tmp_path) in " ".join(peer.command(job))
    assert list(peer.pages(tmp_path / "empty")) == []


def test_what_is_not_installed_is_left_out(tmp_path: Path) -> None:
    assert environments.python_of(PEERS["fundus"], tmp_path) is None
    assert environments.python_of(PEERS["wirecopy"], None) == Path(sys.executable)
    assert command._there([PEERS["fundus"]], tmp_path, {"fundus": Path("/env/python")}) == [(PEERS["fundus"], Path("/env/python"))]


def test_an_unknown_peer_is_refused() -> None:
    with pytest.raises(SystemExit):
        command.main(["feeds.txt", "--peers", "nobody"])


# --- measuring: in a process of its own, since it adopts and waits for all children of the one it runs in ------------------


def test_cpu_of_children_that_nobody_waited_for_is_counted(tmp_path: Path) -> None:
    """The command leaves a child behind that works on: its work is in the sum as well."""
    work = "import time\nwhile time.process_time() < 0.6: pass"
    left = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}])"
    code = f"""
import sys
from pathlib import Path
from benchmarks.ingest.tree import measure
used = measure([sys.executable, "-c", {left!r}], cwd=Path({str(tmp_path)!r}))
assert used.code == 0 and used.cpu >= 0.6 and used.is_whole and used.peak > 0, used
used = measure([sys.executable, "-c", "raise SystemExit(3)"], cwd=Path({str(tmp_path)!r}))
assert used.code == 3, used
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_run_whose_cpu_was_seen_is_whole() -> None:
    assert used(1.0, seen=1.05).is_whole
    assert not used(1.0, seen=1.5).is_whole
    assert callable(measure)


def test_the_benchmark_of_starting_runs_through() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.startup", "--times", "1", "--feeds", "3"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wirecopy crawl, 3 feeds, nothing due" in done.stdout
    assert "failed" not in done.stdout
