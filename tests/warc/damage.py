"""Bytes of a whole file with some of them changed, cut or put in: what reading it has to bear."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

_CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=12), st.integers(0, 12)), min_size=1, max_size=6)


def damaged(files: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of these, changed at one to six places."""
    return st.builds(_changed, st.sampled_from(files), _CHANGES)


def _changed(whole: bytes, changes: list[tuple[float, bytes, int]]) -> bytes:
    content = bytearray(whole)
    for place, put, cut in changes:
        at = int(place * len(content))
        content[at : at + cut] = put
    return bytes(content)
