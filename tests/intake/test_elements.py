"""The objects of a JSON file are cut out as they stand: lines, or the elements of a list."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.intake import elements as module
from archive.intake.elements import TooLong, elements

VALUES = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)
GAPS = st.text("\n\r\t ", max_size=3)


@given(st.lists(VALUES), GAPS, GAPS, st.booleans(), st.integers(1, 20))
def test_elements_of_a_list_come_out_byte_for_byte(values: list[object], before: str, after: str, ascii: bool, piece: int) -> None:
    given = [json.dumps(one, ensure_ascii=ascii).encode("utf-8", "surrogatepass") for one in values]
    content = b"\xef\xbb\xbf" + before.encode() + b"[" + f"{before},{after}".encode().join(given) + after.encode() + b"]" + after.encode()
    found = [one for one in elements(_Slow(content, piece)) if isinstance(one, TooLong) or one.strip(b"\xef\xbb\xbf\r\n\t ")]
    assert found == given


class _Slow(io.BytesIO):
    """Gives a few bytes at a time."""

    def __init__(self, content: bytes, piece: int) -> None:
        super().__init__(content)
        self._piece = piece

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._piece if size is None or size < 0 else min(self._piece, size))


def test_lines_are_lines_and_blank_ones_count() -> None:
    assert list(elements(io.BytesIO(b'\n{"a": 1}\r\n\n[2]\n3'))) == [b"\n", b'{"a": 1}\r\n', b"\n", b"[2]\n", b"3"]


@pytest.mark.parametrize("content", [b'[{"a": 1}, {"b": ', b'[{"a": 1} {"b"}]', b'[{"a": 1}, nonsense, {"a": 2}]', b'[{"a": 1}'])
def test_a_list_that_ends_in_the_middle_gives_what_is_whole(content: bytes) -> None:
    found = list(elements(io.BytesIO(content)))
    assert found[0] == b'{"a": 1}' and isinstance(found[-1], TooLong)


def test_what_is_longer_than_any_page_is_passed_by_in_lines_and_ends_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ELEMENT", 100)
    long = b'"' + b"x" * 300 + b'"'
    assert [type(one) for one in elements(io.BytesIO(long + b"\n{}\n"))] == [TooLong, bytes]
    monkeypatch.setattr(module, "_PIECE", 50)
    assert [type(one) for one in elements(io.BytesIO(b"[1, " + long + b", 2]"))] == [bytes, TooLong]


@given(st.binary(max_size=60))
def test_whatever_bytes_there_are_nothing_raises(content: bytes) -> None:
    assert all(isinstance(one, bytes | TooLong) for one in elements(io.BytesIO(b"[" + content)))
