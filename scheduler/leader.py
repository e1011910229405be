"""The last to go: who kills this run's process group and waits for its leader finds the crawl gone as well, and the archive closed.

All of a group are killed at one moment, but each is gone only when its memory is given back: the leader has less of it than the crawl,
which has the archive open, and went up to 10 ms before it. That is enough for a remount or an unmount right after the wait to be refused.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache

# One instance is often closed at once: the kernel hurries where it waits for nothing else. Each that lets go of a folder which nobody else
# watches gives it something to wait for, so that the next one takes long.
FOLDERS = (b"/", b"/dev", b"/proc", b"/sys", b"/tmp", b"/usr")  # on every Linux; one that is missing is not watched
_IN_DELETE_SELF = 0x400  # inotify(7); of these it never comes


@cache
def go_last() -> None:
    """From now on this process's end takes some 20 ms longer than its children's, at no cost of CPU. Linux; elsewhere it does nothing.

    A dying process closes its files before its parent is told (do_exit: exit_files, then exit_notify), and closing an inotify instance
    waits for a grace period of what it watched (fsnotify_wait_marks_destroyed). Where none is to be had (fs.inotify limits, too few
    descriptors), things are as they were: it is a courtesy, and nothing that is stored depends on it.
    """
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "inotify_init1"):
        return
    for folder in FOLDERS:
        instance = libc.inotify_init1(os.O_CLOEXEC)
        if instance < 0:
            return
        libc.inotify_add_watch(instance, folder, _IN_DELETE_SELF)
