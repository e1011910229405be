"""A WACZ 1.1.1: WARC files with their index, a list of pages with titles and texts, and digests of all, in one ZIP.

Both `index.cdx.gz` and `index.idx` are written: with the first alone ReplayWeb.page finds no page.
Source: specs.webrecorder.net/wacz/1.1.1.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any, TextIO

from archive.errors import OutputError
from archive.export.warc.index import lines, write_packed
from archive.export.warc.records import FORMAT
from archive.export.warc.run import Exported, export
from archive.export.warc.volumes import replace, telling
from archive.model import TEXT_RECORD
from archive.selection import Selection
from archive.store.connect import Store
from archive.times import from_iso, iso
from archive.warc.reading import Found
from archive.warc.record import record_id

VERSION = "1.1.1"
WARC_SIZE = 2**30  # bytes of each WARC file inside
_MOST_SAID = 64 * 2**20  # bytes of a metadata record that is read back for its article
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class _Made:
    """A file on its way into the ZIP."""

    name: str  # in the ZIP
    path: Path
    packed: bool = False  # by the ZIP; what is read at random places has to be stored as it is


def export_wacz(
    store: Store, out: Path, *, selection: Selection, pages_only: bool, title: str | None, force: bool,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Exported:  # fmt: skip
    """Writes the captures as a WACZ. Works in the folder `OUT.part` beside it, which needs the space of the WACZ once more.

    Ended at any moment, the same command goes on. Raises as `run.export`.
    """
    if out.exists() and not force:
        raise OutputError(f"{out} is there already", hint="name another file, or replace it with --force")
    folder = out.with_name(out.name + ".part")
    with telling(out):
        folder.mkdir(exist_ok=True)
        done = _done(folder, selection, pages_only) or _export(store, folder, selection, pages_only, force, tell)
        made = [_Made(f"archive/{path.name}", path) for path in done.files]
        made += _index_and_pages(folder, done.files)
        replace(out, lambda fresh: _zip(fresh, made, title or out.stem, _created(done.files)))
        shutil.rmtree(folder)
    done.files = [out]
    return done


def _export(
    store: Store, folder: Path, selection: Selection, pages_only: bool, force: bool, tell: Callable[[int, int], None]
) -> Exported:  # fmt: skip
    done = export(
        store, folder / "data.warc.gz", selection=selection, pages_only=pages_only, size=WARC_SIZE, force=force, tell=tell
    )  # fmt: skip
    said = {
        "asked": _asked(selection, pages_only), "captures": done.captures, "damaged": done.damaged,
        "pruned": done.pruned, "files": [p.name for p in done.files],
    }  # fmt: skip
    replace(folder / "complete.json", lambda path: path.write_text(json.dumps(said), encoding="utf-8"))
    return done


def _done(folder: Path, selection: Selection, pages_only: bool) -> Exported | None:
    """The WARC files, where an earlier call came to write all of them."""
    try:
        said = json.loads((folder / "complete.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if said.get("asked") != _asked(selection, pages_only):
        raise OutputError(f"{folder} is left of another export to this file", hint=f"remove it: rm -r {folder}")
    return Exported(said["captures"], said["damaged"], said["pruned"], True, [folder / name for name in said["files"]])


def _asked(selection: Selection, pages_only: bool) -> dict[str, Any]:
    return {"selection": selection.said(), "pages_only": pages_only}


def _index_and_pages(folder: Path, files: list[Path]) -> list[_Made]:
    names = ("index.cdx.gz", "index.idx", "pages.jsonl", "extraPages.jsonl")
    packed, places, pages, others = (folder / name for name in names)
    with (
        packed.open("wb") as data, places.open("w", encoding="utf-8") as where, pages.open("w", encoding="utf-8") as listed,
        others.open("w", encoding="utf-8") as further,
    ):  # fmt: skip
        lists = _Pages(listed, further)
        write_packed(lines(files, lists.look, limit=_MOST_SAID), data, where, name="index.cdx.gz")
    made = [_Made("indexes/index.cdx.gz", packed), _Made("indexes/index.idx", places), _Made("pages/pages.jsonl", pages, packed=True)]
    return [*made, _Made("pages/extraPages.jsonl", others, packed=True)] if lists.further else made


class _Pages:
    """Writes the lists of pages, from the metadata records as they go by: articles, and other pages that were stored."""

    def __init__(self, listed: TextIO, others: TextIO) -> None:
        self._listed, self._others = listed, others
        self.further = 0
        listed.write(_json({"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}))
        others.write(_json({"format": "json-pages-1.0", "id": "extraPages", "title": "Other pages", "hasText": False}))

    def look(self, found: Found) -> None:
        if found.type != "metadata" or found.is_cut or not found.url.startswith("urn:wirecopy:capture:"):
            return
        said = json.loads(found.block)
        if (
            said.get("format") != FORMAT
            or said.get("role") != "page"
            or said.get("verdict") != "stored"
            or said.get("status") not in (200, None)
            or said.get("payload_type") == TEXT_RECORD  # a text alone: a player has nothing to show under its address
        ):
            return
        article = said.get("article")
        line: dict[str, Any] = {"id": record_id("page", said["url"], said["fetched_at"])[9:], "url": said["url"], "ts": said["fetched_at"]}
        if article is None:
            self.further += 1
            self._others.write(_json(line))
            return
        line |= {"title": article["headline"]} if article.get("headline") else {}
        self._listed.write(_json(line | {"text": article.get("text", "")}))


def _json(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False) + "\n"


def _created(files: list[Path]) -> str:
    """The date of the first file's warcinfo: that of the newest capture."""
    from archive.export.warc.index import HEAD_ALONE, records

    first = next(records(files[0], limit=HEAD_ALONE))
    return iso(from_iso(first.get("warc-date") or ""))


def _zip(path: Path, made: list[_Made], title: str, created: str) -> None:
    when = datetime.fromisoformat(created).timetuple()[:6]
    resources = []
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        for one in made:
            digest, size = _put(archive, one, when)
            resources.append({"name": Path(one.name).name.lower(), "path": one.name, "hash": f"sha256:{digest}", "bytes": size})
        package = {
            "profile": "data-package", "wacz_version": VERSION, "title": title, "created": created,
            "software": f"wirecopy/{metadata.version('wirecopy')}", "resources": resources,
        }  # fmt: skip
        data = json.dumps(package, indent=2, ensure_ascii=False).encode()
        archive.writestr(_info("datapackage.json", when, packed=False), data)
        said = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        archive.writestr(_info("datapackage-digest.json", when, packed=False), json.dumps(said, indent=2))


def _put(archive: zipfile.ZipFile, one: _Made, when: tuple[int, ...]) -> tuple[str, int]:
    """(SHA-256, size) of a file that was copied into the ZIP piece by piece."""
    hasher, size = hashlib.sha256(), 0
    info = _info(one.name, when, packed=one.packed)
    # By its size zipfile knows whether it takes ZIP64's long sizes, which ReplayWeb.page 2.5.3 stumbles over in the head of a file.
    info.file_size = one.path.stat().st_size
    with one.path.open("rb") as file, archive.open(info, "w") as inside:
        while piece := file.read(_PIECE):
            hasher.update(piece)
            size += inside.write(piece)
    return hasher.hexdigest(), size


def _info(name: str, when: tuple[int, ...], *, packed: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, max(when, (1980, 1, 1, 0, 0, 0)))  # type: ignore[arg-type]
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.external_attr = 0o644 << 16
    return info
