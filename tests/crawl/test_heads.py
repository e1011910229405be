"""Heads of requests and answers: written, read, blanked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.client import heads


def test_a_request_head_names_host_and_path_and_keeps_the_order_of_its_fields() -> None:
    head = heads.request_head("http://example.org:8080/a/b?x=1&y=2", [("User-Agent", "w"), ("Accept", "a"), ("Accept", "b")])
    assert head == b"GET /a/b?x=1&y=2 HTTP/1.1\r\nHost: example.org:8080\r\nUser-Agent: w\r\nAccept: a\r\nAccept: b\r\n\r\n"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.org:443/", b"example.org"),
        ("http://example.org:80/", b"example.org"),
        ("http://example.org:443/", b"example.org:443"),
        ("http://[2001:db8::1]:81/", b"[2001:db8::1]:81"),
        ("http://reader:secret@example.org/", b"example.org"),
    ],
)
def test_the_host_field_leaves_out_default_ports_and_credentials(url: str, host: bytes) -> None:
    assert b"\r\nHost: " + host + b"\r\n" in heads.request_head(url, [])


def test_a_url_without_a_path_asks_for_the_root() -> None:
    assert heads.request_head("http://example.org", []).startswith(b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b"])
def test_a_value_with_a_line_break_is_left_out_rather_than_sent(value: str) -> None:
    assert heads.request_head("http://example.org/", [("If-None-Match", value)]) == b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"


def test_names_are_lowered_order_and_repeats_kept_and_folded_lines_joined() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-One: 1\r\nSet-Cookie: a\r\nX-one:\t2 \r\nX-Long: first\r\n  second\r\n\tthird\r\nno colon\r\n\r\n"
    assert list(heads.response_pairs(head)) == [("x-one", "1"), ("set-cookie", "a"), ("x-one", "2"), ("x-long", "first second third")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/html", ("text/html", None)),
        ("Text/HTML; Charset=UTF-8", ("text/html", "UTF-8")),
        ("text/html;charset='iso-8859-2';x=1", ("text/html", "iso-8859-2")),
        ('application/rss+xml; v=2; charset = "koi8-r"', ("application/rss+xml", "koi8-r")),
        ("; charset=utf-8", (None, "utf-8")),
        ("", (None, None)),
    ],
)
def test_the_media_type_and_the_charset_are_told_apart(value: str, expected: tuple[str | None, str | None]) -> None:
    assert heads.media_type([("content-type", value)]) == expected


@pytest.mark.parametrize("name", ["Set-Cookie", "cookie", "AUTHORIZATION", "Proxy-Authorization", "X-Api-Key", "Set-Cookie2"])
def test_secrets_are_starred_out_without_changing_the_length(name: str) -> None:
    head = f"HTTP/1.1 200 OK\r\n{name}: opensesame\r\nX-After: kept\r\n\r\n".encode()
    assert heads.blanked(head) == head.replace(b"opensesame", b"*" * 10)


def test_the_folded_lines_of_a_secret_are_starred_out_too() -> None:
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1;\r\n token=geheim\r\nX-After: kept\r\n\r\n"
    assert heads.blanked(head) == b"HTTP/1.1 200 OK\r\nSet-Cookie: ****\r\n ************\r\nX-After: kept\r\n\r\n"


def test_a_secret_named_inside_another_field_is_no_secret() -> None:
    head = b"HTTP/1.1 200 OK\r\nVary: Cookie: x\r\nX-Set-Cookie: y\r\n\r\n"
    assert heads.blanked(head) == head


@given(st.binary(max_size=400))
def test_any_bytes_are_read_as_a_head_and_blanking_keeps_their_length(raw: bytes) -> None:
    assert all(name == name.lower() or not name.isascii() for name, _ in heads.response_pairs(raw))
    assert len(heads.blanked(raw)) == len(raw)


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f\x85\xa0"), min_size=1, max_size=40))
def test_what_an_answer_says_goes_back_byte_for_byte(value: str) -> None:
    received = b"HTTP/1.1 200 OK\r\nETag: " + value.encode("latin-1") + b"\r\n\r\n"
    etag = heads.first(heads.response_pairs(received), "etag")
    assert etag is not None
    sent = heads.request_head("http://example.org/", [("If-None-Match", etag)])
    assert re.findall(rb"If-None-Match: (.*)\r\n", sent) == [value.encode("latin-1")]
