"""An outlet that is written into sources.toml says what it said before: each of its settings comes back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources import FeedSpec, OutletSpec, Politeness, outlet_block, parse

PLAIN = OutletSpec("a", "A", feeds=(FeedSpec("https://a.example/feed"),))
LENGTHS = st.lists(st.integers(1, 31 * 24 * 60), max_size=5, unique=True).map(sorted)
SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "timeout": st.floats(1, 600),
    "connect_timeout": st.floats(1, 120),
    "max_size": st.integers(1000, 10**9),
    "delay": st.floats(0, 3600),
    "robots": st.booleans(),
    "max_entries": st.integers(1, 100_000),
    "recheck": LENGTHS.map(lambda lengths: tuple(timedelta(minutes=minutes) for minutes in lengths)),
    "further_pages": st.integers(0, 100),
    "trust_304": st.booleans(),
    "verify_tls": st.booleans(),
}


def test_every_setting_of_an_outlet_is_tried_here() -> None:
    assert {field.name for field in fields(Politeness)} | {"verify_tls"} == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
@given(st.data())
def test_a_setting_is_written_as_it_is_read(name: str, data: st.DataObject) -> None:
    outlet = replace(PLAIN, **{name: data.draw(SETTINGS[name])})
    assert parse(outlet_block(outlet)).outlets == (outlet,)


def test_lengths_of_time_are_written_as_a_person_would() -> None:
    hours = (timedelta(minutes=30), timedelta(hours=2), timedelta(days=1))
    assert 'recheck = ["30m", "2h", "1d"]' in outlet_block(replace(PLAIN, recheck=hours)).splitlines()
