"""A folder that `datasets.load_dataset` reads: shards under data/, and a card that says what is in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from archive.export import blocks
from archive.export.blocks import packer
from archive.export.fields import VERSION, Field, wants_markdown
from archive.export.folder import Format, Shard
from archive.export.jsonl import line
from archive.export.place import State, telling
from archive.export.schema import fields_table
from archive.selection import Selection
from archive.store.selecting import Selected

_FEATURES = {
    "string": "string", "text": "string", "integer": "int64", "boolean": "bool", "time": "timestamp[ms, tz=UTC]",
}  # fmt: skip
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))


class Dataset:
    """The format as `archive.export.folder` wants it; its shards are Parquet files, or without these JSON lines."""

    def __init__(self, fields: Sequence[Field], parquet: Format | None, *, title: str) -> None:
        self.fields, self.parquet, self.title = tuple(fields), parquet, title
        self.suffix = ".jsonl.gz" if parquet is None else parquet.suffix
        self.name = f"dataset/{VERSION}"
        self.options = {"fields": [field.name for field in fields], "shards": self.suffix, "title": title}
        self.markdown = wants_markdown(fields)

    def open(self, path: Path) -> Shard:
        return _Lines(path, self.fields) if self.parquet is None else self.parquet.open(path)

    def finish(self, folder: Path, state: State, selection: Selection) -> None:
        """The card: it counts what is there, and is written anew each time."""
        with telling(folder):
            (folder / "data").mkdir(exist_ok=True)
            (folder / "README.md").write_text(card(self.title, self.fields, self.suffix, state, selection), encoding="utf-8")


class _Lines:
    """A shard of JSON lines; where a gzip member ends depends on the articles alone."""

    def __init__(self, path: Path, fields: Sequence[Field]) -> None:
        self._file, self._fields, self._pack = path.open("wb"), fields, packer(".gz")
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, articles: Sequence[Selected]) -> None:
        for article in articles:
            self._lines.append(line(article, self._fields))
            self._size += len(self._lines[-1])
            if len(self._lines) == blocks.LINES or self._size >= blocks.SIZE:
                self._flush()

    def close(self) -> None:
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        self._file.write(self._pack(b"".join(self._lines)))
        self._lines, self._size = [], 0


def card(title: str, fields: Sequence[Field], suffix: str, state: State, selection: Selection) -> str:
    """README.md as the hub reads it: YAML in front, then words. The same articles give the same card."""
    size = next((name for most, name in _SIZES if state.articles < most), "n>10M")
    head = [
        "---",
        f"pretty_name: {json.dumps(title)}",
        "license: other",
        f"size_categories:\n- {size}",
        f"configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/*{suffix}",
        "dataset_info:\n  features:",
        *(_feature(field) for field in fields),
        "---",
    ]
    said = selection.said()
    words = f"""
# {title}

{state.articles:,} news {"article" if state.articles == 1 else "articles"} in {state.files:,} {"file" if state.files == 1 else "files"}, as
wirecopy kept them: cleaned text and metadata of pages that outlets have published.

```python
from datasets import load_dataset

articles = load_dataset("PATH OF THIS FOLDER", split="train")
```

Selection: {f"`{json.dumps(said, ensure_ascii=False)}`" if said else "the newest revision of each page that has a text"}.

The texts belong to their publishers: whether and how you may pass them on is for you to find out.

{fields_table(fields)}
"""
    return "\n".join(head) + "\n" + words


def _feature(field: Field) -> str:
    if field.kind == "strings":
        return f"  - name: {field.name}\n    sequence: string"
    if field.kind == "images":
        parts = "".join(f"\n    - name: {name}\n      dtype: string" for name in ("url", "caption", "credit", "alt"))
        return f"  - name: {field.name}\n    list:{parts}"
    return f"  - name: {field.name}\n    dtype: {json.dumps(_FEATURES[field.kind])}"


def title_of(folder: Path) -> str:
    """A title where none was given: the folder's name."""
    return " ".join(filter(None, folder.name.replace("_", "-").split("-"))) or "News articles"
