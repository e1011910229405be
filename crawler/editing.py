"""Changes a sources.toml on disk: all or nothing, line ends and permissions kept. How its text changes is `crawler.sources`' to say."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from archive.errors import SourcesError, UsageError
from crawler.sources import Sources, load

NEW = """\
# What wirecopy crawls. `wirecopy init --sources example.toml` writes a file in which every setting is explained.

[fetch]
# Who you are: a page or mail address that sites find in our User-Agent. Please set it.
# contact = "https://example.org/about-our-crawler"
"""


def current(path: Path) -> Sources:
    """What the file says; the defaults where there is no file yet. Raises SourcesError."""
    return load(path) if os.path.lexists(path) else Sources(path=path)


def edit(path: Path, change: Callable[[str], str]) -> None:
    """Writes what `change` makes of the file's text; a file that is not there yet begins as `NEW`. Raises SourcesError."""
    if not os.path.lexists(path):
        write_new(path, change(NEW))
        return
    load(path)  # names file and line where it can't be read
    given = path.read_bytes().decode("utf-8")
    mark = "\ufeff" if given.startswith("\ufeff") else ""
    windows = "\r\n" in given
    text = change(given.removeprefix(mark).replace("\r\n", "\n"))
    _replace(path.resolve(), (mark + (text.replace("\n", "\r\n") if windows else text)).encode("utf-8"))


def write_new(path: Path, text: str) -> None:
    """Writes a file that must not be there yet. Raises UsageError where it is, SourcesError where it can't be written."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(
            f"{path} is there already, and is left as it is", hint="`wirecopy add URL` adds to it; --sources names another file."
        ) from None
    except OSError as problem:
        raise _unwritable(path, problem) from problem


def _replace(path: Path, data: bytes) -> None:
    """The file with these bytes, in one step; its permissions stay."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(path.stat().st_mode & 0o7777)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as problem:
        raise _unwritable(path, problem) from problem


def _unwritable(path: Path, problem: OSError) -> SourcesError:
    return SourcesError(f"{path}: can't be written: {problem.strerror or problem}", hint="Check the folder and its permissions.")
