"""An explanation as lines for a terminal, and as one object for programs. Pure; all text of the page goes out plain."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from archive.clean.explain import WHY, Explanation, Judged
from archive.model import CleanTask
from archive.terminal import plain

NEAR = 3  # dropped blocks this close to a kept one are shown
DOUBTFUL = -1.0  # and those whose score is above it, wherever they stand
BEST = 5  # blocks shown of a page on which none comes near
_INDENT = " " * 9
_FAR = ("low", "link", "box", None)  # reasons that are no news where the story is far away
_UNTOLD = ("text", "reason", "evidence", "wall", "credits")  # fields of an article that stand elsewhere


def as_object(told: Explanation, task: CleanTask) -> dict[str, object]:
    """Everything, with times as ISO 8601 text."""
    return {
        "capture_id": task.capture_id,
        "url": task.url,
        "fetched_at": task.fetched_at,
        **asdict(told),
        "blocks": [asdict(block) | {"why_words": WHY.get(block.why or "")} for block in told.blocks],
    }


def lines(told: Explanation, task: CleanTask, *, everything: bool, width: int) -> Iterator[str]:
    """Headline, fields with their evidence, then the blocks in page order."""
    article = told.article
    yield _line(article.headline or "(no headline)", width)
    yield _line(f"capture {task.capture_id}, {_clock(task.fetched_at)}, cleaner {told.cleaner_version}, {task.url}", width)
    if article.reason:
        wall = f" ({article.wall})" if article.wall else ""
        yield _line(f"No story: {article.reason}{wall}", width)
    if told.cut:
        yield _line(f"Not all of it was read: {told.cut}", width)
    yield from _fields(told, width)
    yield from _blocks(told, everything, width)


def _fields(told: Explanation, width: int) -> Iterator[str]:
    fields = {name: value for name, value in asdict(told.article).items() if name not in _UNTOLD and value}
    if fields:
        yield ""
    for name, value in fields.items():
        yield _line(f"{name + ':':<16}{_value(value)}", width)
        if how := told.article.evidence.get(name):
            yield _line(f"{'':<16}from: {how}", width)
    for credit in told.article.credits:
        also = f", also {', '.join(credit.also)}" if credit.also else ""
        yield _line(f"{'credits:':<16}{credit.agency or 'agencies'}, {credit.role}", width)
        yield _line(f"{'':<16}from: {credit.tier} {credit.confidence:.2f}{also}: {credit.words}", width)


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return _clock(value)
    if isinstance(value, tuple):
        return ", ".join(one["url"] if isinstance(one, dict) else one for one in value)
    return "yes" if value is True else str(value)


def _clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _blocks(told: Explanation, everything: bool, width: int) -> Iterator[str]:
    blocks = told.blocks
    kept = sum(block.kept for block in blocks)
    yield f"\n{kept:,} blocks kept, {len(blocks) - kept:,} dropped"
    if told.apart:
        parts = "1 part" if told.apart == 1 else f"{told.apart:,} parts"
        yield _line(f"{_INDENT}({parts} passed over: navigation, footer, words for screen readers)", width)
    shown = set(range(len(blocks))) if everything else near(blocks)
    left_out = 0
    for i, block in enumerate(blocks):
        if i not in shown:
            left_out += 1
            continue
        if left_out:
            yield _left_out(left_out)
        left_out = 0
        yield from _block(block, width)
    if left_out:
        yield _left_out(left_out)


def near(blocks: tuple[Judged, ...]) -> set[int]:
    """Kept blocks, those around them, those that a rule took out, and those that were nearly kept; the best ones where none is."""
    found = {i for i, block in enumerate(blocks) if block.kept or block.score > DOUBTFUL or block.why not in _FAR}
    if not found:
        found.update(sorted(range(len(blocks)), key=lambda i: -blocks[i].score)[:BEST])
    for i, block in enumerate(blocks):
        if block.kept:
            found.update(range(max(0, i - NEAR), min(len(blocks), i + NEAR + 1)))
    return found


def _left_out(count: int) -> str:
    return f"{_INDENT}({count:,} dropped further away: --all shows them)"


def _block(block: Judged, width: int) -> Iterator[str]:
    yield _line(f"{'+' if block.kept else '-'} {block.score:+6.2f} {plain(block.text)}", width)
    if block.why and (block.why != "low" or block.score > 0):  # a low score says so itself
        yield _line(f"{_INDENT}{WHY.get(block.why, block.why)}", width)
    if block.signs:
        told = "; ".join(f"{sign.weight:+.2f} {plain(sign.words)}" for sign in block.signs)
        told = f"first look {block.first:+.2f}: {told}"
        yield from textwrap.wrap(told, max(30, width), initial_indent=_INDENT, subsequent_indent=_INDENT)


def _line(text: str, width: int) -> str:
    """Plain, cut to the width, without half surrogate pairs, which no terminal can be sent; its indent stays."""
    indent = len(text) - len(text.lstrip(" "))
    return " " * indent + plain(text, width=max(20, width - indent)).encode("utf-8", "replace").decode()
