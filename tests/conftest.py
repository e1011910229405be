"""What all tests share. Real parts only: the command that is installed, files in a folder of the test's own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from scheduler.units import here

Run = Callable[..., subprocess.CompletedProcess[str]]

# No test may fail because a machine is slow. Under CI hypothesis loads a profile of its own, which is without a deadline too.
hypothesis.settings.register_profile("wirecopy", deadline=None)
if not os.environ.get("CI"):
    hypothesis.settings.load_profile("wirecopy")


@pytest.fixture(autouse=True)
def no_configuration_of_yours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own archive is never touched by a test."""
    for name in ("WIRECOPY_ARCHIVE", "WIRECOPY_SOURCES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def wirecopy(tmp_path: Path) -> Run:
    """Runs the installed `wirecopy` in the test's folder: `wirecopy("crawl", "--json").returncode`."""

    def run(*arguments: object, cwd: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [*here().command, *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=100)

    return run
