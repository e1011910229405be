"""One TOML table, read key by key; what is wrong is said with file, line and remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, NoReturn, TypeVar

from archive.errors import SourcesError
from crawler.sources.layout import Lines, Path

_Value = TypeVar("_Value")


class Table:
    """A table of the file, with the names it may hold and a word for it in messages ("outlet 'latestly'")."""

    def __init__(self, values: object, path: Path, name: str, file: str, lines: Lines) -> None:
        self.path, self.name, self.file, self.lines = path, name, file, lines
        if not isinstance(values, Mapping):
            self.fail(f"{name} has to be a table", hint="Write its settings as key = value lines under its header.")
        self.values: Mapping[str, Any] = values

    def only(self, *known: str) -> None:
        """Fail on the first key that is not known."""
        for key in self.values:
            if key not in known:
                self.unknown(key, known)

    def unknown(self, key: str, known: tuple[str, ...]) -> NoReturn:
        close = get_close_matches(key, known, n=1, cutoff=0.5)
        meant = f"; did you mean '{close[0]}'?" if close else ""
        self.fail(f"unknown key '{key}' in {self.name}{meant}", key, hint=f"Known here: {', '.join(known)}.")

    def text(self, key: str, read: Callable[[str], _Value]) -> _Value | None:
        """A string, read by `read`; None where the key is missing."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fail(f"'{key}' in {self.name} has to be text in quotes", key, hint=f'Write {key} = "...".')
        return self._read(key, value, read)

    def required(self, key: str, read: Callable[[str], _Value]) -> _Value:
        found = self.text(key, read)
        if found is None:
            self.fail(f"{self.name} has no '{key}'", hint=f'Add a line {key} = "..." to it.')
        return found

    def number(self, key: str, low: float, high: float) -> float | None:
        """Seconds and the like, between `low` and `high`."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            hint = f"Write {key} = a number from {low:g} to {high:g}, without quotes."
            self.fail(f"'{key}' in {self.name} has to be a number from {low:g} to {high:g}", key, hint=hint)
        return float(value)

    def whole(self, key: str, low: int, high: int) -> int | None:
        value = self.values.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.fail(f"'{key}' in {self.name} has to be a whole number", key, hint=f"Write for example {key} = {low}.")
        found = self.number(key, low, high)
        return None if found is None else int(found)

    def flag(self, key: str) -> bool | None:
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            self.fail(f"'{key}' in {self.name} has to be true or false", key, hint=f"Write {key} = true or {key} = false.")
        return value

    def size(self, key: str, read: Callable[[int | str], int]) -> int | None:
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | str):
            self.fail(f"'{key}' in {self.name} has to be a size", key, hint=f'Write for example {key} = "8 MB".')
        return self._read(key, value, read)

    def texts(self, key: str, read: Callable[[str], _Value]) -> tuple[_Value, ...]:
        """A list of strings; () where the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            self.fail(f"'{key}' in {self.name} has to be a list of texts", key, hint=f'Write {key} = ["...", "..."].')
        return tuple(self._read(key, text, read) for text in value)

    def one_or_more(self, key: str, read: Callable[[str], _Value]) -> tuple[_Value, ...] | None:
        """A text, or a list of texts; None where the key is missing, () where the list is empty."""
        if isinstance(self.values.get(key), list):
            return self.texts(key, read)
        found = self.text(key, read)
        return None if found is None else (found,)

    def text_or_zero(self, key: str, read: Callable[[str], _Value]) -> _Value | None:
        """As `text`; a bare 0 is taken as well."""
        value = self.values.get(key)
        return self._read(key, "0s", read) if value == 0 and not isinstance(value, bool) else self.text(key, read)

    def intervals(self, key: str, read: Callable[[str], timedelta]) -> tuple[timedelta, ...] | None:
        """A list of ever longer intervals; None where the key is missing, () where the list is empty."""
        if key not in self.values:
            return None
        found = self.texts(key, read)
        if any(later <= earlier for earlier, later in pairwise(found)):
            self.fail(f"'{key}' in {self.name} has to grow from step to step", key, hint=f'Write {key} = ["30m", "2h", "1d"].')
        return found

    def tables(self, key: str) -> list[object]:
        """An array of tables, `[[key]]`; [] where there is none."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            header = ".".join(str(part) for part in (*self.path, key) if isinstance(part, str))
            self.fail(f"[{header}] has to be written [[{header}]]", key, hint="Double brackets: there can be several.")
        return value

    def fail(self, message: str, key: str | None = None, *, hint: str, at: Path | None = None) -> NoReturn:
        """Raises SourcesError with the line of the table, of its `key`, or of what stands elsewhere (`at`)."""
        line = self.lines.line_of(at or ((*self.path, key) if key else self.path))
        raise SourcesError(f"{self.file}:{line}: {message}", hint=hint)

    def _read(self, key: str, value: Any, read: Callable[[Any], _Value]) -> _Value:
        try:
            return read(value)
        except ValueError as problem:
            self.fail(f"{problem} ('{key}' in {self.name})", key, hint=f"Correct '{key}' in {self.name}.")
