"""Which format a document is in, by its content alone: servers' content types are wrong too often to ask."""

from __future__ import annotations

from typing import Literal

from crawler.discover.prolog import Prolog, read_prolog

Format = Literal["empty", "json", "xml", "html", "other"]

_HTML_ROOTS = ("html", "head", "body")
_LOOK = 4096


def sniff(data: bytes) -> tuple[Format, Prolog]:
    """The format of UTF-8 bytes, and where the root element starts."""
    start = data[:_LOOK].lstrip(b"\x00\t\n\x0b\x0c\r ")
    if not start and not data.strip(b"\x00\t\n\x0b\x0c\r "):
        return "empty", Prolog(None)
    if start.startswith((b"{", b"[")):
        return "json", Prolog(None)
    prolog = read_prolog(data)
    if prolog.is_feed:
        return "xml", prolog
    if prolog.root in _HTML_ROOTS or _looks_like_html(start):
        return "html", prolog
    return "other", prolog


def _looks_like_html(start: bytes) -> bool:
    lower = start.lower()
    return b"<!doctype html" in lower or b"<html" in lower or b"<body" in lower
