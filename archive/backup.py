"""`wirecopy backup` on one screen: a copy under a temporary name, looked over, then given its name; then older ones go, as was asked."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import ArchiveDamaged, ArchiveError, ArchiveLocked, OutputError
from archive.lock import keeping_lock
from archive.rotation import Rules, kept
from archive.store import copying
from archive.store.connect import open_reader
from archive.verify import audit, body_count

_STAMP = "%Y%m%dT%H%M%SZ"
SOURCES = ".sources.toml"  # the end of a backup's name that its sources.toml has in the place of .db

Tell = Callable[[str, int, int], None]  # what is done, how much of it, of how much


@dataclass(slots=True)
class Made:
    """A backup, and what became of older ones."""

    path: Path
    size: int = 0  # bytes
    bodies: int = 0  # that it has
    sources: Path | None = None  # the copy of sources.toml; None: there was none to copy
    gone: list[Path] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # files with a backup's name that were left alone, and why


def backup(
    archive: Path, target: Path, *, rules: Rules, now: datetime, sources: Path | None = None, full: bool = False,
    tell: Tell = lambda *_: None,
) -> Made:  # fmt: skip
    """Makes a backup in the folder `target`, or as the file `target` where its name ends in .db.

    Runs go on beside it. What has a backup's name was looked over before it got it: its structure and some bodies; with `full` all that
    `wirecopy verify` checks. Older ones of the same archive in the folder go by `rules`, after that.

    Raises OutputError where the file stands already or cannot be made, ArchiveDamaged where the copy is not sound: then it lies beside
    under a name of its own, and no older one goes.
    """
    open_reader(archive).close()  # a missing archive is told of before anything is made beside it
    with ExitStack() as held:
        _one_at_a_time(archive, held)
        made = Made(_name(archive, target, now))
        partial = made.path.with_name(f".{made.path.name}.partial")
        _remove_unfinished(archive, partial)
        made.bodies = _copy(archive, partial, tell)
        wrong = _look_over(partial, full=full, tell=tell)
        if wrong:
            raise _not_sound(archive, partial, wrong)
        _publish(partial, made.path)
        made.size, made.sources = made.path.stat().st_size, _with_sources(sources, made.path)
        if made.path != target and rules:
            _rotate(archive, made, rules)
        return made


def _one_at_a_time(archive: Path, held: ExitStack) -> None:
    try:
        held.enter_context(keeping_lock(archive))
    except ArchiveLocked:
        raise
    except ArchiveError:  # a folder that this user cannot write to: the backup is to be had all the same
        return


def _name(archive: Path, target: Path, now: datetime) -> Path:
    """Where the backup goes. Makes the folder. Raises OutputError."""
    is_file = target.suffix == ".db" and not target.is_dir()
    path = target if is_file else target / f"{archive.stem}-{now.astimezone(UTC):{_STAMP}}.db"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.exists() or path.is_symlink()
    except OSError as problem:
        raise OutputError(f"cannot make {path.parent}: {problem.strerror}", hint="name another folder") from problem
    if there:
        raise OutputError(f"{path} is there already", hint="a backup never replaces a file: name another one, or a folder")
    return path


def _remove_unfinished(archive: Path, partial: Path) -> None:
    """What a backup that was killed left behind; the lock says that none is at work."""
    pattern = re.compile(rf"\.{re.escape(archive.stem)}-\d{{8}}T\d{{6}}Z\.db\.partial(-journal|-wal|-shm)?")
    for old in partial.parent.iterdir():
        if pattern.fullmatch(old.name) or old.name == partial.name:
            old.unlink(missing_ok=True)


def _copy(archive: Path, partial: Path, tell: Tell) -> int:
    """Copies, and counts before and after: what is in the copy lies in between. Gives back how many bodies it has."""
    with open_reader(archive) as store:
        before = copying.counts(store)
        copying.copy(store, partial, lambda done, total: tell("Copying", done, total))
        after = copying.counts(store)
    with open_reader(partial) as copy:
        there = copying.counts(copy)
    for name, rows in there.items():
        if not before[name] <= rows <= after[name]:
            partial.unlink()
            raise ArchiveDamaged(
                f"the copy has {rows:,} rows of {name}, and the archive {before[name]:,} to {after[name]:,}",
                hint="run `wirecopy verify`; older backups were left as they are",
            )
    return there["bodies"]


def _look_over(copy: Path, *, full: bool, tell: Tell) -> list[str]:
    """What is wrong with the copy, one sentence each."""
    if not full:
        return copying.look_over(copy, lambda done: tell("Reading back", done, copying.SAMPLE))[1]
    with open_reader(copy) as store:
        total, done = body_count(store), iter(range(1, 2**62))
        return audit(store, lambda: tell("Reading back", next(done), total)).failures


def _not_sound(archive: Path, partial: Path, wrong: list[str]) -> ArchiveDamaged:
    """The copy is kept all the same, since it may be the newest there is: but it never takes the place of a sound one."""
    aside = partial.with_name(f"{archive.stem}-damaged.db")
    _publish(partial, aside)
    return ArchiveDamaged(
        f"the backup is not sound ({len(wrong):,} failures, the first: {wrong[0]}): it is kept as {aside}",
        hint="`wirecopy verify` says what is damaged in the archive; older backups were left as they are",
    )


def _publish(partial: Path, path: Path) -> None:
    partial.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes names that were given there outlast a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _with_sources(sources: Path | None, path: Path) -> Path | None:
    """An archive without its sources is half a backup."""
    if sources is None or not sources.is_file():
        return None
    beside = path.with_suffix(SOURCES)
    try:
        copy_file(sources, beside)
    except OSError as problem:
        raise OutputError(
            f"the backup stands, but {sources} could not be copied: {problem.strerror}", hint=f"copy it to {beside}"
        ) from problem
    return beside


def copy_file(source: Path, target: Path) -> None:
    """A copy that has its name only once it is whole. Raises OSError."""
    partial = target.with_name(f".{target.name}.partial")
    shutil.copy(source, partial)
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    _publish(partial, target)


def _rotate(archive: Path, made: Made, rules: Rules) -> None:
    ours = dict(_ours(archive, made))
    stays = kept(ours, rules)
    for at, path in sorted(ours.items()):
        if at in stays or path == made.path:
            continue
        try:
            path.unlink()
            path.with_suffix(SOURCES).unlink(missing_ok=True)
        except OSError as problem:
            made.left.append(f"{path}: {problem.strerror}")
        else:
            made.gone.append(path)


def _ours(archive: Path, made: Made) -> Iterator[tuple[datetime, Path]]:
    """Backups of this very archive beside the new one: by name, and by the identity that they carry."""
    pattern = re.compile(rf"{re.escape(archive.stem)}-(\d{{8}}T\d{{6}}Z)\.db")
    with open_reader(made.path) as store:
        wanted = copying.identity(store)
    for path in sorted(made.path.parent.iterdir()):
        named = pattern.fullmatch(path.name)
        if not named or path.is_symlink() or not path.is_file():
            continue
        try:
            at = datetime.strptime(named[1], _STAMP).replace(tzinfo=UTC)
            with open_reader(path) as store:
                theirs = copying.identity(store)
        except (ValueError, ArchiveError) as problem:
            made.left.append(f"{path}: {problem}")
            continue
        if theirs == wanted:
            yield at, path
        else:
            made.left.append(f"{path}: it is of another archive")
