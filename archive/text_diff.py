"""What changed between two texts, paragraph by paragraph and word by word. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

MAX_WORDS = 4000  # of two paragraphs compared word by word: difflib is quadratic at worst
MAX_PARAGRAPHS = 2000  # of each text


def text_diff(old: str, new: str, *, old_name: str, new_name: str) -> str:
    """A unified diff whose lines are paragraphs; "" where nothing changed.

    ` ` stands before a paragraph that stayed (only neighbours of a change are shown), `-` before one that went, `+` before one that
    came, and `~` before one that was reworded, with [-words that went-] and {+words that came+} in place.
    """
    first, second = _paragraphs(old), _paragraphs(new)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    lines: list[str] = []
    for group in matcher.get_grouped_opcodes(1):
        lines.append("@@")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [f"  {paragraph}" for paragraph in first[i1:i2]]
            else:
                lines += _changed(first[i1:i2], second[j1:j2])
    return "\n".join([f"--- {old_name}", f"+++ {new_name}", *lines]) if lines else ""


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()][:MAX_PARAGRAPHS]


def _changed(old: list[str], new: list[str]) -> Iterator[str]:
    """Paragraphs that can be paired in order are shown as reworded, the rest as gone or come."""
    for before, after in zip(old, new, strict=False):
        yield from _reworded(before.split(), after.split())
    yield from (f"- {paragraph}" for paragraph in old[len(new) :])
    yield from (f"+ {paragraph}" for paragraph in new[len(old) :])


def _reworded(old: list[str], new: list[str]) -> Iterator[str]:
    if len(old) + len(new) > MAX_WORDS:
        yield from (f"- {' '.join(old)}", f"+ {' '.join(new)}")
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.quick_ratio() < 0.4:  # nothing in common to show in place
        yield from (f"- {' '.join(old)}", f"+ {' '.join(new)}")
        return
    words: list[str] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            words += old[i1:i2]
            continue
        words += [f"[-{' '.join(old[i1:i2])}-]"] if i2 > i1 else []
        words += [f"{{+{' '.join(new[j1:j2])}+}}"] if j2 > j1 else []
    yield "~ " + " ".join(words)
