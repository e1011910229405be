"""Bytes to text: which encoding wins, and what is no page at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clean.decode import decode


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ("héllo".encode(), None, "héllo"),
        ("\ufeffhéllo".encode(), None, "héllo"),
        ("héllo".encode("utf-16"), None, "héllo"),
        ("héllo".encode("windows-1252"), None, "héllo"),
        ("привет мир".encode("windows-1251"), {"Content-Type": "text/html; charset=windows-1251"}, "привет мир"),
        (b'<meta charset="shift_jis">' + "日本語".encode("cp932"), None, '<meta charset="shift_jis">日本語'),
        (b'<meta charset="iso-2022-jp">' + "日本語".encode("iso-2022-jp"), None, '<meta charset="iso-2022-jp">日本語'),
        ("日本語".encode("iso-2022-jp"), {"Content-Type": "text/html; charset=ISO-2022-JP"}, "日本語"),
        ("é costs \x1b$5".encode(), None, "é costs \x1b$5"),
        ("naïve".encode(), {"content-type": "text/html; charset=iso-8859-1"}, "naïve"),
        (b"a\x00b", None, "ab"),
        ("é".encode("windows-1252") + b" text", {"content-type": "text/html; charset=no-such-thing"}, "é text"),
    ],
)
def test_the_encoding_that_fits_the_bytes_wins(body: bytes, headers: dict[str, str] | None, expected: str) -> None:
    assert decode(body, headers) == (expected, None)


@pytest.mark.parametrize(
    "body", [b"", b" \n", b"\x1f\x8b\x08\x00abc", b"%PDF-1.7 ...", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", bytes(range(1, 32)) * 99]
)
def test_what_is_no_html_gives_a_reason(body: bytes) -> None:
    text, reason = decode(body)
    assert text == ""
    assert reason


@given(st.binary(max_size=600), st.text(max_size=40))
def test_no_bytes_and_no_header_make_it_raise(body: bytes, charset: str) -> None:
    decode(body, {"Content-Type": f"text/html; charset={charset}"})
