"""What `wirecopy doctor` looks at on this machine: SQLite, file systems, locks, names. `scheduler.doctor` says what it means."""

from __future__ import annotations

import fcntl
import os
import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Resolve = Callable[[str], list[str]]

# File systems on which locks or shared memory between machines do not work as SQLite's WAL needs them (sqlite.org/wal.html, "Overview").
_NETWORK = frozenset(
    (
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2"),
        *("orangefs", "smb3", "smbfs", "vboxsf", "virtiofs"),
        *("fuse.ceph", "fuse.gcsfuse", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
    )
)
_PASSING = frozenset(("tmpfs", "ramfs", "overlay"))  # memory, or a container's own layer
_LOCK = re.compile(r"\d+: (?:FLOCK)\s+\S+\s+WRITE\s+(\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s")


def wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL-reset bug: 3.7.0 to 3.51.2, but for 3.44.6 and 3.50.7 and what follows them in their series.

    Source: sqlite.org/wal.html, "The WAL-Reset Bug".
    """
    mended = (3, 44, 6) <= version < (3, 45) or (3, 50, 7) <= version < (3, 51)
    return (3, 7, 0) <= version <= (3, 51, 2) and not mended


# --- file systems -----------------------------------------------------------------------------------------------------------


def file_system(path: Path, mounts: str) -> str | None:
    """The type of the file system that holds the (absolute, real) path, by the text of /proc/self/mounts; None where it is not told."""
    best: tuple[int, str] | None = None
    for fields in (line.split() for line in mounts.splitlines()):
        if len(fields) < 3:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[1]))
        if (path == point or point in path.parents) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), fields[2])
    return best[1] if best else None


def is_network(kind: str) -> bool:
    return kind in _NETWORK


def is_passing(kind: str) -> bool:
    return kind in _PASSING


def mounts() -> str:
    """The text of /proc/self/mounts; "" where there is none."""
    try:
        return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


# --- the run lock -------------------------------------------------------------------------------------------------------------


def lock_held(archive: Path) -> bool:
    """Whether a run holds the archive's lock now. Makes no file; holds a free lock for an instant only. Raises OSError."""
    path = archive.with_name(archive.name + ".lock")
    if not path.exists():
        return False
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def lock_holder(archive: Path) -> str | None:
    """Who holds it: `process 4711 (wirecopy crawl)`, where the system tells."""
    try:
        found = archive.with_name(archive.name + ".lock").stat()
        held = Path("/proc/locks").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    for pid, major, minor, inode in _LOCK.findall(held):
        if int(inode) == found.st_ino and os.makedev(int(major, 16), int(minor, 16)) == found.st_dev:
            return f"process {pid}" + (f" ({called})" if (called := _command(pid)) else "")
    return None


def _command(pid: str) -> str:
    try:
        words = Path("/proc", pid, "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return ""
    return " ".join(Path(word).name if "/" in word else word for word in words if word)[:80]


# --- names ----------------------------------------------------------------------------------------------------------------------


def resolve(host: str) -> list[str]:
    """The addresses of a name, asked of the system's resolver. Raises OSError."""
    try:
        return list(dict.fromkeys(str(answer[4][0]) for answer in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))
    except UnicodeError as problem:
        raise OSError(f"{host!r} is not a host name") from problem


def look_up(hosts: Iterable[str], *, seconds: float, threads: int = 16, ask: Resolve = resolve) -> dict[str, list[str] | str | None]:
    """Each name's addresses, or why there are none, or None where no answer came: all within `seconds` together.

    The threads are daemons: a name server that never answers does not keep the command from ending.
    """
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[str, list[str] | str]] = queue.SimpleQueue()
    found: dict[str, list[str] | str | None] = dict.fromkeys(hosts)
    for host in found:
        waiting.put(host)
    for _ in range(min(threads, len(found))):
        threading.Thread(target=_ask_all, args=(waiting, answers, ask), daemon=True).start()
    until = time.monotonic() + seconds
    for _ in range(len(found)):
        try:
            host, answer = answers.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        found[host] = answer
    return found


def _ask_all(waiting: queue.SimpleQueue[str], answers: queue.SimpleQueue[tuple[str, list[str] | str]], ask: Resolve) -> None:
    while True:
        try:
            host = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            answers.put((host, ask(host)))
        except OSError as problem:
            answers.put((host, problem.strerror or str(problem)))
