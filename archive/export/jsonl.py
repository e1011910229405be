"""JSON lines: an article a line, UTF-8, each a JSON object (RFC 8259). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from archive.export.fields import Field
from archive.store.selecting import Selected

# What json.dumps leaves as it is though some readers take it for the end of a line (NEL, LS, PS), a terminal for a command, or YAML for
# no text (U+FFFE, U+FFFF; YAML 1.2 production 1).
_ESCAPED = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def line(article: Selected, fields: Sequence[Field]) -> bytes:
    return dumped({field.name: field.value(article) for field in fields})


def dumped(value: object) -> bytes:
    """One line, its end included. The same value is the same bytes."""
    text = _ENCODER.encode(value)
    if not text.isascii() or "\x7f" in text:
        text = _ESCAPED.sub(_escape, text)
    return (text + "\n").encode()


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
