"""Memory that two processes share: what one side puts there, the other one finds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.shared import Shared


@contextmanager
def two_sides() -> Iterator[tuple[Shared, Shared]]:
    with closing(Shared()) as ours, closing(Shared(os.dup(ours.handle))) as theirs:
        yield ours, theirs


@given(st.lists(st.one_of(st.text(), st.binary(), st.integers(), st.binary(min_size=1).map(lambda few: few * 70_000)), max_size=5))
def test_a_message_is_found_as_it_was_put_and_its_answer_too(message: list[object]) -> None:
    with two_sides() as (ours, theirs):
        assert theirs.get(ours.put(message)) == message
        assert ours.get(theirs.put(message[::-1])) == message[::-1]


def test_it_grows_with_the_largest_message_whoever_puts_it() -> None:
    with two_sides() as (ours, theirs):
        for size in (5_000_000, 10, 9_000_000, 2**20, 2**20 - 1, 30_000_000, 0):
            assert theirs.get(ours.put(b"a" * size)) == b"a" * size
            assert ours.get(theirs.put(b"b" * (size + 3_000_000))) == b"b" * (size + 3_000_000)


def test_a_short_message_behind_a_long_one_is_itself_alone() -> None:
    with two_sides() as (ours, theirs):
        ours.put(b"a" * 200_000)
        assert theirs.get(ours.put(b"b")) == b"b"


def test_what_cannot_be_pickled_is_told_and_the_next_message_goes_through() -> None:
    with two_sides() as (ours, theirs):
        with pytest.raises((AttributeError, TypeError)):
            ours.put((b"a" * 200_000, lambda: None))
        assert theirs.get(ours.put("next")) == "next"


def test_without_files_in_memory_one_on_disk_without_a_name_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create")
    with two_sides() as (ours, theirs):
        assert theirs.get(ours.put(b"a" * 3_000_000)) == b"a" * 3_000_000
        assert os.fstat(ours.handle).st_nlink == 0


def test_closing_twice_is_no_mistake() -> None:
    shared = Shared()
    shared.close()
    shared.close()
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(shared.handle)
