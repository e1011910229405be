"""Folders and worlds for the source commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.demo import World
from tests.source_commands.parts import MINE, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A sources.toml that lets loopback be crawled, and nothing else in it."""
    (tmp_path / "sources.toml").write_text(MINE)
    return Desk(tmp_path)


@pytest.fixture(scope="package")
def world() -> Iterator[World]:
    with World() as started:
        yield started


@pytest.fixture(scope="package")
def later() -> Iterator[World]:
    """The world a day later: a feed moved, one ill-formed, one an HTML page."""
    with World() as started:
        started.advance()
        yield started
