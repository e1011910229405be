"""The leader of a run ends after its children, where the kernel lets it; and where it does not, it runs all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")

_HELD = """
import os, resource
from scheduler.leader import go_last
{limit}
go_last()
go_last()
{lifted}
links = [os.readlink(f"/proc/self/fd/{{one}}") for one in os.listdir("/proc/self/fd") if os.path.islink(f"/proc/self/fd/{{one}}")]
held = sum("inotify" in one for one in links)
inherited = os.popen("readlink /proc/self/fd/*").read().count("inotify")
print(held, inherited)
"""


def held(limit: str = "", lifted: str = "") -> str:
    script = _HELD.format(limit=limit, lifted=lifted)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


def test_it_holds_what_the_kernel_is_slow_to_close_once_and_hands_it_to_no_child() -> None:
    assert held() == "6 0"


def test_without_a_descriptor_to_spare_it_holds_nothing_and_says_nothing() -> None:
    few = "most = resource.getrlimit(resource.RLIMIT_NOFILE); resource.setrlimit(resource.RLIMIT_NOFILE, (3, most[1]))"
    assert held(few, "resource.setrlimit(resource.RLIMIT_NOFILE, most)") == "0 0"
