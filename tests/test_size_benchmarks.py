"""The benchmarks of the archive's size, its growth and its exports run through, on a folder of pages made here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.parts import page_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Twelve pages of two hosts, in the form of a folder with truth, and as a web server's tree."""
    (tmp_path / "pages").mkdir()
    rows = []
    for number in range(12):
        host = f"outlet-{number % 2}.example"
        text = "\n\n".join(f"Sentence {number} of paragraph {n} says something about the harbour and its people." for n in range(9))
        html = page_of(text, title=f"Story {number}", seed=number)
        (tmp_path / "pages" / f"p{number}.html.zst").write_bytes(zstd.compress(html))
        (tmp_path / "www" / host).mkdir(parents=True, exist_ok=True)
        (tmp_path / "www" / host / f"story-{number}.html").write_bytes(html)
        rows.append(json.dumps({"id": f"p{number}", "host": host, "url": f"https://{host}/story-{number}", "text": text}))
    (tmp_path / "truth.jsonl").write_text("\n".join(rows))
    return tmp_path


def run(module: str, *arguments: object) -> str:
    call = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout


def test_the_size_is_measured_as_pages_come_in_and_after_compact(pages: Path) -> None:
    said = run("size", pages, "--www", pages / "www", "--fewest", "2", "--versions", "1")
    assert said.count("12 pages of 2 hosts") == 2
    assert said.count("as it comes in: KB a page") == said.count("after wirecopy compact: KB a page") == 2
    assert len(re.findall(r"a page's version 2: share of the page's gzip +body \d", said)) == 2


def test_growth_is_measured_at_each_size(pages: Path) -> None:
    said = run("growth", pages, "--articles", "60,700", "--folder", pages)
    assert re.findall(r"^([\d,]+) articles", said, re.MULTILINE) == ["60", "700"]
    assert said.count("claim of due feeds") == 2


def test_keeping_is_measured_step_by_step(pages: Path) -> None:
    said = run("keeping", pages, "--articles", "400", "--folder", pages)
    assert said.startswith("400 articles, ") and len(re.findall(r" s of the processor$", said, re.MULTILINE)) == 8
    assert "  198 bodies went\n" in said


def test_an_export_is_measured_beside_plain_sqlite_utils(tmp_path: Path) -> None:
    said = run("export", "--articles", "40", "--formats", "jsonl;parquet by day", "--folder", tmp_path)
    assert "40 articles; the archive has" in said
    assert re.findall(r"^(sqlite-utils --nl|jsonl|parquet by day) +\d+ MB", said, re.MULTILINE) == [
        "sqlite-utils --nl",
        "jsonl",
        "parquet by day",
    ]
