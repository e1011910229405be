"""CSV: a record an article (RFC 4180), UTF-8. Pure.

`excel` makes it safe and readable in spreadsheets: a byte order mark, by which Excel knows UTF-8; an apostrophe before what would be
taken for a formula (OWASP, "CSV Injection"); no cell longer than Excel takes.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from archive.export.fields import Field
from archive.store.selecting import Selected

CELL = 32_767  # characters that a cell of Excel holds
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# CSV has no escapes: what no text has, and readers stumble on (NUL), or terminals obey, becomes the replacement character.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def head(fields: Sequence[Field], *, excel: bool = False) -> bytes:
    return (b"\xef\xbb\xbf" if excel else b"") + written(field.name for field in fields)


def record(article: Selected, fields: Sequence[Field], *, excel: bool = False) -> bytes:
    return written(cell(field.value(article), excel=excel) for field in fields)


def cell(value: Any, *, excel: bool = False) -> str:
    """One value as text: null is empty, lists are joined by `; `, pictures are JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        value = json.dumps(value, ensure_ascii=False) if value and isinstance(value[0], dict) else "; ".join(value)
    text = _CONTROL.sub("\ufffd", str(value))
    if not excel:
        return text
    guarded = "'" + text if text.startswith(_FORMULA) and not isinstance(value, int) else text
    return guarded if len(guarded) <= CELL else guarded[: CELL - 1] + "…"


def written(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(list(cells))
    return line.getvalue().encode("utf-8", "replace")
