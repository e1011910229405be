"""A small archive and its pages, made once a module."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browse import parts
from tests.browse.parts import Pages


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parts.small(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def pages(library: Path) -> Pages:
    return Pages(library)
