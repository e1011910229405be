"""The JSON Schema of an exported line, made from the fields. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.export.fields import NAME, VERSION, Field

_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$"
_KINDS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time", "pattern": _TIME},
    "strings": {"type": "array", "items": {"type": "string"}},
    "images": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ("url", "caption", "credit", "alt")},
            "required": ["url"],
        },
    },
}


def json_schema(fields: Sequence[Field]) -> dict[str, Any]:
    """JSON Schema 2020-12 of a line with these fields. Later versions may add fields, so that others are allowed."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:wirecopy:article:{VERSION}",
        "title": NAME,
        "description": "One revision of one page, as `wirecopy export jsonl` writes it.",
        "type": "object",
        "properties": {field.name: _property(field) for field in fields},
        "required": [field.name for field in fields],
    }


def _property(field: Field) -> dict[str, Any]:
    said: dict[str, Any] = dict(_KINDS[field.kind])
    if field.name == "schema":
        said = {"const": NAME}
    if field.null:
        said["type"] = [said["type"], "null"]
    return {"description": field.meaning} | said


def fields_table(fields: Sequence[Field]) -> str:
    """The fields as a table of Markdown."""
    rows = [f"| `{field.name}` | {_type(field)} | {field.meaning}{'' if field.usual else ' (only where asked for)'} |" for field in fields]
    return "\n".join(["| field | type | meaning |", "|---|---|---|", *rows])


def _type(field: Field) -> str:
    kind = {"text": "string", "strings": "list of strings", "images": "list of objects", "time": "time"}.get(field.kind, field.kind)
    return kind + (", may be null" if field.null else "")
