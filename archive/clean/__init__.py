"""Raw bytes of a page -> the story on it: pure, no network, never raising on any bytes.

decode > tree (one parse, one walk) > metadata > headline > body > byline, times, dateline, agency, language
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.clean.pipeline import CLEANER_VERSION, clean

__all__ = ["CLEANER_VERSION", "clean"]


def __getattr__(name: str) -> Any:
    """Imported when it is asked for: a run with nothing to read needs a module or two of the cleaner, and not all of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from archive.clean import pipeline

    return getattr(pipeline, name)
