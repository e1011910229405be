"""What a run says while it works and when it is done, for people. Knows nothing of how it works."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import Any, TextIO

from archive.terminal import plain
from scheduler.run import Result

_EVERY = 0.2  # seconds between two states of the line
_SHOWN = 10  # failures that are told one by one


class Progress:
    """Listens to a run's events; on a terminal it keeps one line up to date, with `verbose` it prints a line an event."""

    def __init__(self, out: TextIO | None = None, *, verbose: bool = False, lines: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._lines = lines or sys.stdout
        self._live = self._out.isatty() and not verbose
        self._verbose = verbose
        self._counts: Counter[str] = Counter()
        self._cleaned = 0
        self._shown_at = 0.0
        self.problems: list[tuple[str, str]] = []

    def __call__(self, event: dict[str, Any]) -> None:
        name = event["event"]
        if name == "cleaned":
            self._cleaned = event["done"]
        elif name == "polled":
            self._counts["polled"] += 1
        elif name not in ("error", "left"):  # a host that is left alone is no page that failed
            self._counts["stored" if name == "stored" else "failed"] += 1
        if event.get("error") and name != "error":
            self.problems.append((event["url"], event["error"]))
        if self._verbose and "url" in event:
            self._lines.write(_line(event) + "\n")
            self._lines.flush()
        self._show()

    def close(self) -> None:
        if self._live:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _show(self) -> None:
        if not self._live or time.monotonic() - self._shown_at < _EVERY:
            return
        self._shown_at = time.monotonic()
        counts = self._counts
        self._out.write(
            f"\r\x1b[K{counts['polled']} feeds polled · {counts['stored']} pages stored · {self._cleaned} cleaned"
            + (f" · {counts['failed']} failed" if counts["failed"] else "")
        )
        self._out.flush()


def _line(event: dict[str, Any]) -> str:
    word = "STORED" if event["event"] == "stored" else event.get("outcome", event["event"]).upper()
    why = f" ({plain(event['error'])})" if event.get("error") else ""
    return f"{word} {plain(event['url'])}{why}"


def summary_lines(result: Result, problems: list[tuple[str, str]]) -> list[str]:
    """The run in words."""
    counts = result.summary
    if not any(counts[name] for name in ("polled", "fetched", "cleaned")) and not problems and not result.error:
        return ["Nothing is due." + (f" Next poll due {result.next_due}." if result.next_due else " No feed is configured.")]
    lines = [
        f"Run {counts['run']} {result.status} in {counts['seconds']:g} s: {_of(counts['polled'], 'feed')} polled"
        f" ({counts['not_modified']} not modified), {counts['entries']} entries, {counts['seen']} of them seen before.",
        f"{_of(counts['fetched'], 'page')} fetched: {counts['stored']} stored, {counts['revisits']} unchanged, {counts['failed']} failed"
        f" (feeds included); {counts['cleaned']} cleaned.",
    ]
    if counts["walls"]:
        lines.append(
            f"{_of(counts['walls'], 'page')} turned us away (consent, a challenge, not found): `sqlite-utils rows wirecopy.db turned_away`"
        )
    if result.error:
        lines.append(f"Not complete: {result.error}. Run again: what was stored is kept.")
    if result.cleaning_left:
        lines.append(f"{_of(result.cleaning_left, 'page')} still to be cleaned: the next run does it, or `wirecopy clean`.")
    if problems:
        lines.append("Could not be had:")
        lines += [f"  {plain(url)}: {plain(why)}" for url, why in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            lines.append(f"  and {len(problems) - _SHOWN} more: `sqlite-utils rows wirecopy.db failures`")
    if result.next_due:
        lines.append(f"Next poll due {result.next_due}.")
    return lines


def _of(number: float, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
