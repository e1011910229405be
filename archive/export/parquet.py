"""Parquet: typed columns, Zstandard, row groups of a bounded size. The one file that imports pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.errors import ExtraMissing
from archive.export.fields import VERSION, Field, wants_markdown
from archive.export.place import State
from archive.selection import Selection
from archive.store.selecting import Selected

try:
    import pyarrow as pa
    from pyarrow import parquet as pq
except ImportError as problem:
    raise ExtraMissing("Parquet needs pyarrow", "parquet") from problem

GROUP_ROWS = 10_000  # articles of a row group,
# or characters of text. A group is in memory while it is written, as objects, columns and pages: 8 million take 45 MB more.
GROUP_SIZE = 4 * 2**20

pa.set_memory_pool(pa.system_memory_pool())  # mimalloc, pyarrow's own, keeps 10 MB more for itself

_IMAGE = pa.struct([(name, pa.string()) for name in ("url", "caption", "credit", "alt")])
_TYPES: dict[str, Any] = {
    "string": pa.string(),
    "text": pa.string(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "time": pa.timestamp("ms", tz="UTC"),
    "strings": pa.list_(pa.string()),
    "images": pa.list_(_IMAGE),
}
_FEW = ("schema", "outlet", "outlet_name", "agency", "section", "language", "dateline_place")  # values that come again and again


class Parquet:
    """The format as `archive.export.folder` wants it; `left_out`: the field by whose values the folder is partitioned."""

    suffix = ".parquet"

    def __init__(self, fields: Sequence[Field], *, left_out: str | None = None) -> None:
        self.fields = tuple(field for field in fields if field.name != left_out)
        self.name = f"parquet/{VERSION}"
        self.options = {"fields": [field.name for field in self.fields]}
        self.markdown = wants_markdown(self.fields)

    def open(self, path: Path) -> _Shard:
        return _Shard(path, self.fields)

    def finish(self, folder: Path, state: State, selection: Selection) -> None:
        """Nothing stands beside the shards."""


def arrow_schema(fields: Sequence[Field]) -> Any:
    return pa.schema(
        [pa.field(field.name, _TYPES[field.kind], nullable=field.null, metadata={"meaning": field.meaning}) for field in fields]
    )


class _Shard:
    """One file: gathers articles to a row group, then writes that."""

    def __init__(self, path: Path, fields: Sequence[Field]) -> None:
        self._fields, self._schema = fields, arrow_schema(fields)
        names = [field.name for field in fields if field.name in _FEW]
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", use_dictionary=names)
        self._waiting: list[Selected] = []
        self._size = 0

    def add(self, articles: Sequence[Selected]) -> None:
        for article in articles:
            self._waiting.append(article)
            self._size += len(article.text)
            if len(self._waiting) == GROUP_ROWS or self._size >= GROUP_SIZE:
                self._flush()

    def close(self) -> None:
        if self._waiting:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        columns = [_column(field, self._waiting) for field in self._fields]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema), row_group_size=len(self._waiting))
        self._waiting, self._size = [], 0


def _column(field: Field, articles: Sequence[Selected]) -> Any:
    values = [field.value(article) for article in articles]
    if field.kind == "time":
        return pa.array(values, pa.string()).cast(_TYPES["time"])
    return pa.array(values, _TYPES[field.kind])
