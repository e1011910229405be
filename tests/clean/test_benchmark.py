"""The benchmark's own measure, and one run of it over a folder of two pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import cleaning

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGES = Path(__file__).parent / "pages"


def test_the_overlap_of_equal_texts_is_whole_and_of_others_nothing() -> None:
    assert cleaning.overlap("one two three four five", "one two three four five") == (1.0, 0.0, 0.0)
    assert cleaning.overlap("one two three four", "five six seven eight") == (0.0, 0.5, 0.5)


def test_a_paragraph_too_many_costs_precision_and_one_too_few_recall() -> None:
    text = " ".join(f"word{i}" for i in range(40))
    f1, p, r = cleaning.body_score([cleaning.overlap(text, text + " and more that is not of it")])
    assert p < r == 1.0
    assert 0 < f1 < 1
    f1, p, r = cleaning.body_score([cleaning.overlap(text, " ".join(text.split()[:20]))])
    assert r < p == 1.0


def test_an_empty_answer_counts_in_recall_alone() -> None:
    whole = cleaning.overlap("one two three four", "one two three four")
    f1, p, r = cleaning.body_score([whole, cleaning.overlap("one two three four", "")])
    assert (round(f1, 4), p, r) == (0.6667, 1.0, 0.5)


def test_a_time_is_compared_as_an_instant_and_its_day_in_the_pages_zone() -> None:
    assert cleaning.same_time("2025-08-29T22:00:00+05:30", "2025-08-29T16:30:00+00:00") == (True, True)
    assert cleaning.same_time("2025-08-29", "2025-08-29") == (True, None)
    assert cleaning.same_time("2025-08-29T22:00:00+05:30", "2025-08-29") == (True, False)
    assert cleaning.same_time("2025-08-29", None) == (False, None)


def test_a_run_over_a_folder_prints_a_row_per_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pages").mkdir()
    rows = []
    for name in ("amp-page", "regional-paper-pti"):
        asked = json.loads((PAGES / name / "expected.json").read_text(encoding="utf-8"))
        expected = asked["expected"]
        (tmp_path / "pages" / f"{name}.html.zst").write_bytes(zstd.compress((PAGES / name / "page.html").read_bytes()))
        row = {"id": name, "set": "ours", "url": asked["url"], "text": expected["text"], "title": expected["headline"]}
        rows.append(row | {"date": expected["published_at"], "authors": expected["authors"], "agency": None, "notes": []})
    (tmp_path / "truth.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    cleaning.run(tmp_path, None, [], worst=1)
    printed = capsys.readouterr().out
    assert "F1 1.000 (1.000 / 1.000) n=2" in printed
    assert "title 1.000  day 1.000  minute 1.000" in printed
    assert "pages per CPU second" in printed
