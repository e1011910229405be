"""Keys of an index, as the canonicaliser of the Internet Archive makes them (each was compared with the package `surt` 0.3.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc.surt import surt


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.example.com", "com,example)/"),
        ("https://WWW2.Example.com:443/A/?", "com,example)/a"),
        ("http://127.0.7.10:40931/a", "10,7,0,127:40931)/a"),
        ("http://[::1]:80/", "::1)/"),
        ("https://example.com:8080/x//y/", "com,example:8080)/x/y"),
        ("http://example.com/A?b=1&a=2&a=1", "com,example)/a?a=1&a=2&b=1"),
        ("http://example.com/a?x=&y", "com,example)/a?x=&y"),
        ("http://example.com/a%20b%2FC?q=%E4%F6%26", "com,example)/a%20b/c?&q=%e4%f6"),
        ("http://example.com/%7Euser/%2e/../b", "com,example)/b"),
        ("http://example.com/i.php?PHPSESSID=0123456789abcdef0123456789abcdef&a=b", "com,example)/i.php?a=b"),
        ("urn:wirecopy:capture:http://example.com/", "urn:wirecopy:capture:http://example.com/"),
        ("http://[broken/", "http://[broken/"),
    ],
)
def test_a_url_has_its_key(url: str, key: str) -> None:
    assert surt(url) == key


@given(st.text(max_size=60))
def test_any_text_has_one(text: str) -> None:
    surt(text)
    surt(f"http://example.com/{text}")
