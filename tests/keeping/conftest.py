from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store.connect import Store
from tests.archive import parts


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made
