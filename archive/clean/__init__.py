"""Raw bytes of a page -> the story on it: pure, no network, never raising on any bytes.

decode > tree (one parse, one walk) > metadata > headline > body > byline, times, dateline, agency, language
"""

from __future__ import annotations

from archive.clean.pipeline import CLEANER_VERSION, clean

__all__ = ["CLEANER_VERSION", "clean"]
