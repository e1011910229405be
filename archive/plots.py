"""Small plots in a terminal, of counts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def spark(counts: Sequence[int], tallest: int | None = None) -> str:
    """A bar a count, by the tallest of them or the one given; a dot is none."""
    tallest = tallest or max(counts, default=0)
    return "".join(_BARS[(min(count, tallest) * len(_BARS) - 1) // tallest] if count else "·" for count in counts)


def bar(count: int, longest: int, width: int) -> str:
    """A bar of at most `width` columns in steps of an eighth, `longest` being the whole width; any count above none can be seen."""
    if not count:
        return ""
    eighths = max(1, count * width * 8 // max(longest, 1))
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")
