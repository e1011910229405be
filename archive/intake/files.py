"""Which files are there to be brought in, of which format, and what tells them apart. Opens them; unpacks nothing."""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Literal, cast

from archive.errors import InputError, InputMissing

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Format = Literal["warc", "html", "jsonl"]
PAGES = (".html", ".htm", ".xhtml")
_WARCS = tuple(f".{kind}{packed}" for kind in ("warc", "arc") for packed in ("", ".gz", ".zst"))
_LINES = tuple(f".{kind}{packed}" for kind in ("jsonl", "ndjson") for packed in ("", ".gz", ".zst"))
_GZIP, _ZSTD, _DICTIONARY = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"
_WINDOW: dict[int, int] = {
    zstd.DecompressionParameter.window_log_max: 27
}  # 128 MB, which is what zstd itself takes unless it is told otherwise


@dataclass(frozen=True, slots=True)
class Unit:
    """One file of one format; of a WACZ, one of the WARC files in it; or a folder of HTML files."""

    path: Path
    format: Format
    size: int  # bytes; of a folder: 0
    member: str | None = None  # in a WACZ

    @property
    def name(self) -> str:
        """As `imports.name` has it."""
        name = f"{self.path.name}!{Path(self.member).name}" if self.member else self.path.absolute().name
        return os.fsencode(name).decode("utf-8", "replace")

    def sha256(self) -> str:
        """What tells it from others: of its bytes; of a folder, of its path."""
        if self.path.is_dir():
            return hashlib.sha256(os.fsencode(self.path.resolve())).hexdigest()
        with _telling(self.path), self.path.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest()
        return hashlib.sha256(f"{whole}!{self.member}".encode("utf-8", "replace")).hexdigest() if self.member else whole

    def changed(self) -> datetime:
        """When the file was, last. Raises InputMissing."""
        with _telling(self.path):
            return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Its bytes, seekable; of packed JSON lines, the lines. Raises InputMissing, InputError."""
        with _telling(self.path):
            if self.member is not None:
                with zipfile.ZipFile(self.path) as package, package.open(self.member) as inside:
                    yield inside
            elif self.format == "jsonl" and (start := _starts(self.path)).startswith((_GZIP, _ZSTD)):
                with gzip.open(self.path) if start.startswith(_GZIP) else zstd.open(self.path, options=_WINDOW) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                with self.path.open("rb") as file:
                    yield file


def find(paths: Iterable[Path], wanted: str) -> list[Unit]:
    """All units under these paths; `wanted` is a format, or auto. Raises InputMissing, InputError where there is none."""
    units = [unit for path in paths for unit in _under(path, wanted)]
    if not units:
        raise InputMissing("nothing there to bring in", hint="WARC, ARC, WACZ and JSONL files are looked for, and folders with .html files")
    return units


def _under(path: Path, wanted: str) -> Iterator[Unit]:
    if not path.exists():
        raise InputMissing(f"no {path}", hint="check the path")
    if not path.is_dir():
        yield from _of_file(path, wanted)
        return
    pages = False
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            lower = name.lower()
            pages = pages or lower.endswith(PAGES)
            if lower.endswith(_looked_for(wanted)):
                yield from _of_file(Path(folder, name), wanted)
    if pages and wanted in ("auto", "html"):
        yield Unit(path, "html", 0)


def _looked_for(wanted: str) -> tuple[str, ...]:
    """Endings of the files that are taken out of a folder one by one."""
    return {"auto": (*_WARCS, ".wacz", *_LINES), "warc": (*_WARCS, ".wacz"), "jsonl": _LINES}.get(wanted, ("\0",))


def _of_file(path: Path, wanted: str) -> Iterator[Unit]:
    start = _starts(path)
    if start.startswith(b"PK") and wanted in ("auto", "warc"):
        yield from _of_package(path)
        return
    found = _format(path, start) if wanted == "auto" else cast("Format", wanted)
    if found is None:
        raise InputError(f"{path} is no WARC, ARC, WACZ, HTML or JSONL file", hint="name its format with --format")
    with _telling(path):
        yield Unit(path, found, path.stat().st_size)


def _of_package(path: Path) -> Iterator[Unit]:
    """The WARC files of a WACZ. Names in it are keys, and never paths of this machine."""
    with _telling(path), zipfile.ZipFile(path) as package:
        members = [one for one in package.infolist() if one.filename.startswith("archive/") and one.filename.lower().endswith(_WARCS)]
    if not members:
        raise InputError(f"{path} is a ZIP file without a WARC file in archive/", hint="a WACZ is wanted; unpack other ZIP files")
    for one in sorted(members, key=lambda member: member.filename):
        yield Unit(path, "warc", one.file_size, one.filename)


def _format(path: Path, start: bytes) -> Format | None:
    with _telling(path):
        plain = _unpacked(start).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_DICTIONARY) or plain.startswith((b"WARC/", b"filedesc:")):
        return "warc"
    if plain.startswith((b"{", b"[")):
        return "jsonl"
    return "html" if plain.startswith(b"<") or path.name.lower().endswith(PAGES) else None


def _unpacked(start: bytes) -> bytes:
    """What a file begins with, where that is packed."""
    if start.startswith(_GZIP):
        return zlib.decompressobj(31).decompress(start, 512) if len(start) > 20 else b""
    return zstd.ZstdDecompressor(options=_WINDOW).decompress(start, 512) if start.startswith(_ZSTD) else start


def _starts(path: Path) -> bytes:
    with _telling(path), path.open("rb") as file:
        return file.read(4096)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError) as problem:
        if isinstance(problem, gzip.BadGzipFile | EOFError):
            raise InputError(f"{path} is damaged: {problem}", hint="what came before is in; get the file anew") from problem
        raise InputMissing(f"cannot read {path}: {problem.strerror or problem}", hint="check the path and who may read it") from problem
    except (zipfile.BadZipFile, zlib.error, zstd.ZstdError, NotImplementedError, RuntimeError) as problem:
        raise InputError(f"{path} is damaged: {problem}", hint="what came before is in; get the file anew") from problem
