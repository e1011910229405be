"""What a run says: the line that moves on a terminal, the lines of --verbose, the summary at the end."""

from __future__ import annotations

import io
from typing import Any

import pytest

from scheduler.progress import Progress, summary_lines
from scheduler.run import Result

COUNTS: dict[str, int | float] = {
    "run": 7, "polled": 3, "not_modified": 1, "entries": 40, "seen": 31, "fetched": 9, "stored": 6, "revisits": 1, "failed": 2, "walls": 0,
    "cleaned": 7, "seconds": 12.0,
}  # fmt: skip
DUE = "2026-11-22T23:57:02Z"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def polled(url: str, outcome: str = "new", error: str | None = None) -> dict[str, Any]:
    return {"event": "polled", "url": url, "outcome": outcome, "new": 2, "error": error}


def page(url: str, state: str = "stored", error: str | None = None) -> dict[str, Any]:
    return {"event": state, "url": url, "revisit": False, "error": error}


def screen(written: str) -> str:
    """What a terminal shows of a line that is drawn again and again."""
    return written.split("\r\x1b[K")[-1]


# --- while it works -----------------------------------------------------------------------------------------------------


def test_on_a_terminal_one_line_is_kept_up_to_date_and_wiped_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.progress._EVERY", 0.0)
    out, lines = Terminal(), io.StringIO()
    progress = Progress(out, lines=lines)
    for event in (polled("https://a.example/feed"), page("https://a.example/1"), page("https://a.example/2")):
        progress(event)
    progress({"event": "cleaned", "done": 2})
    assert screen(out.getvalue()) == "1 feeds polled · 2 pages stored · 2 cleaned"
    progress(page("https://a.example/3", "failed", "HTTP 503"))
    assert screen(out.getvalue()) == "1 feeds polled · 2 pages stored · 2 cleaned · 1 failed"
    assert "\n" not in out.getvalue()
    progress.close()
    assert screen(out.getvalue()) == ""
    assert lines.getvalue() == ""


def test_a_host_that_is_left_alone_is_told_of_and_counts_as_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.progress._EVERY", 0.0)
    out, lines = Terminal(), io.StringIO()
    progress = Progress(out, lines=lines)
    progress({"event": "left", "url": "https://a.example/5", "error": "a.example turned one page after the other away"})
    assert screen(out.getvalue()) == "0 feeds polled · 0 pages stored · 0 cleaned"
    assert progress.problems == [("https://a.example/5", "a.example turned one page after the other away")]


def test_where_there_is_no_terminal_nothing_moves() -> None:
    out = io.StringIO()
    progress = Progress(out, lines=io.StringIO())
    progress(polled("https://a.example/feed"))
    progress.close()
    assert out.getvalue() == ""


def test_verbose_writes_a_line_for_each_feed_and_page_and_no_moving_line() -> None:
    out, lines = Terminal(), io.StringIO()
    progress = Progress(out, verbose=True, lines=lines)
    progress(polled("https://a.example/feed"))
    progress(polled("https://b.example/feed", "not-a-feed", "an HTML page"))
    progress(page("https://a.example/1"))
    progress(page("https://a.example/2", "gone", "HTTP 410 Gone"))
    progress({"event": "cleaned", "done": 1})
    progress.close()
    assert out.getvalue() == ""
    assert lines.getvalue().splitlines() == [
        "NEW https://a.example/feed",
        "NOT-A-FEED https://b.example/feed (an HTML page)",
        "STORED https://a.example/1",
        "GONE https://a.example/2 (HTTP 410 Gone)",
    ]


def test_what_the_web_sent_cannot_write_to_the_terminal() -> None:
    lines = io.StringIO()
    progress = Progress(io.StringIO(), verbose=True, lines=lines)
    progress(page("https://a.example/\x1b[2J", "failed", "said \x1b]0;owned\x07\nSTORED https://a.example/9"))
    assert len(lines.getvalue().splitlines()) == 1
    assert "\x1b" not in lines.getvalue()
    summary = summary_lines(Result(COUNTS), progress.problems)
    assert not any("\x1b" in line or "\n" in line for line in summary)


def test_problems_are_remembered_with_their_reasons_in_order() -> None:
    progress = Progress(io.StringIO(), lines=io.StringIO())
    progress(page("https://a.example/1"))
    progress(polled("https://b.example/feed", "http-error", "HTTP 500"))
    progress(page("https://a.example/2", "failed", "HTTP 404 Not Found"))
    progress({"event": "error", "error": "no space left", "hint": None, "exit_code": 74})  # the command line says it
    assert progress.problems == [("https://b.example/feed", "HTTP 500"), ("https://a.example/2", "HTTP 404 Not Found")]


# --- at the end ---------------------------------------------------------------------------------------------------------


def test_the_summary_tells_the_run_in_words() -> None:
    assert summary_lines(Result(COUNTS, "partial", next_due=DUE), []) == [
        "Run 7 partial in 12 s: 3 feeds polled (1 not modified), 40 entries, 31 of them seen before.",
        "9 pages fetched: 6 stored, 1 unchanged, 2 failed (feeds included); 7 cleaned.",
        f"Next poll due {DUE}.",
    ]


def test_one_is_told_as_one() -> None:
    first, second, *_ = summary_lines(Result(COUNTS | {"polled": 1, "fetched": 1}), [])
    assert "1 feed polled" in first
    assert second.startswith("1 page fetched: ")


def test_what_is_left_to_clean_is_told() -> None:
    lines = summary_lines(Result(COUNTS, "stopped", cleaning_left=1), [])
    assert lines[-1].startswith("1 page still to be cleaned: ")


def test_a_run_that_broke_off_says_so_even_if_it_did_nothing() -> None:
    idle: dict[str, int | float] = {**dict.fromkeys(COUNTS, 0), "run": 8}
    assert "Not complete: it broke off. Run again: what was stored is kept." in summary_lines(
        Result(idle, "failed", error="it broke off"), []
    )


@pytest.mark.parametrize(("problems", "told"), [(1, 1), (10, 10), (12, 11)])
def test_many_problems_are_told_one_by_one_up_to_ten_and_then_counted(problems: int, told: int) -> None:
    every = [(f"https://a.example/{number}", "HTTP 500") for number in range(problems)]
    lines = [line for line in summary_lines(Result(COUNTS), every) if line.startswith("  ")]
    assert len(lines) == told
    assert lines[0] == "  https://a.example/0: HTTP 500"
    assert ("and 2 more" in lines[-1]) == (problems == 12)


@pytest.mark.parametrize(("due", "said"), [(DUE, f"Next poll due {DUE}."), (None, "No feed is configured.")])
def test_a_run_with_nothing_to_do_says_so_in_one_line(due: str | None, said: str) -> None:
    idle: dict[str, int | float] = {**dict.fromkeys(COUNTS, 0), "run": 8}
    assert summary_lines(Result(idle, next_due=due), []) == [f"Nothing is due. {said}"]
