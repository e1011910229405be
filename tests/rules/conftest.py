"""The runs that many rules are seen in: made once for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rules.simulated_days import Days, simulated_days
from tests.rules.three_runs import World, three_runs


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with three_runs(tmp_path_factory.mktemp("three-runs")) as made:
        yield made


@pytest.fixture(scope="session")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with simulated_days(tmp_path_factory.mktemp("simulated-days")) as made:
        yield made
