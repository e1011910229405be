"""Sketches tell make-ups apart, and no bytes are too odd for them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.sketch import SIZE, likeness, sketch

markup = st.binary(max_size=300) | st.lists(st.sampled_from([b"<p class=", b"a", b"<", b'"b">', b"class="])).map(b"".join)


def page(template: str, words: str, boxes: int = 40) -> bytes:
    return "".join(f'<div class="{template}-{n}">{words} {n}</div>' for n in range(boxes)).encode()


@given(markup, markup)
def test_a_sketch_is_short_and_likeness_is_a_share_whatever_the_bytes(one: bytes, other: bytes) -> None:
    assert len(sketch(one)) <= 4 * SIZE
    assert likeness(sketch(one), sketch(one)) == 1
    assert 0 <= likeness(sketch(one), sketch(other)) == likeness(sketch(other), sketch(one)) <= 1


def test_pages_of_one_template_look_alike_whatever_they_say() -> None:
    assert likeness(sketch(page("story", "tea")), sketch(page("story", "bridges"))) == 1
    assert likeness(sketch(page("story", "tea")), sketch(page("video", "tea"))) == 0


def test_a_part_in_common_is_told_as_a_part() -> None:
    half = page("story", "tea", 40) + page("video", "tea", 40)
    assert 0.25 < likeness(sketch(page("story", "tea", 40)), sketch(half)) < 0.75


def test_markup_without_classes_is_sketched_by_its_tags() -> None:
    rows = b"".join(b"<td width=%d><font size=%d>tea</font>" % (n, n) for n in range(20))
    assert likeness(sketch(rows), sketch(rows.replace(b"tea", b"coffee"))) > 0.9


def test_what_has_no_markup_is_alike() -> None:
    assert sketch(b"User-agent: *") == sketch(b"") == b""
    assert likeness(b"", b"") == 1
    assert likeness(b"", sketch(page("story", "tea"))) == 0
