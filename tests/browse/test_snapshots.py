"""Pages as they were: locked in, in their own letters, and never shown where they are no pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.browse import snapshot
from archive.model import Article
from archive.store.visits import Payload
from tests.browse import parts
from tests.browse.parts import Pages


def test_a_snapshot_is_locked_in_whoever_opens_it(pages: Pages) -> None:
    answer = pages.get("/snapshot/4")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"].split("; ")
    assert policy[:2] == ["sandbox", "default-src 'none'"]
    assert "form-action 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["x-dns-prefetch-control"] == "off"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(("charset", "page"), [
    ("windows-1252", b"<p>caf\xe9"), (None, b"<meta charset=shift_jis><p>\x83e\x83X\x83g"), ("koi8-r", b"<p>\xcd\xc9\xd2"),
])  # fmt: skip
def test_a_snapshot_has_its_own_letters(charset: str | None, page: bytes) -> None:
    payload = replace(_payload(page), charset=charset)
    shown = snapshot.shown(payload)
    assert shown is not None
    assert any(word in shown.body.decode() for word in ("café", "テスト", "мир"))
    assert snapshot.download(payload).body == page


def test_what_is_no_page_is_only_ever_saved(tmp_path: Path) -> None:
    path, number, capture = parts.page(tmp_path, b"<svg onload=alert(1)>", Article("A", text="A text."), mime="image/svg+xml")
    made = Pages(path)
    for address in (f"/snapshot/{capture}", f"/snapshot/{capture}/bytes"):
        answer = made.get(address)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-security-policy"] == snapshot.POLICY
    assert "<iframe" not in made.get(f"/article/{number}").text


@pytest.mark.parametrize("mime", ["application/pdf", "text/xml", "text/plain", "application/javascript", "multipart/x-mixed-replace"])
def test_a_body_of_another_type_is_no_page_whatever_is_in_it(mime: str) -> None:
    assert snapshot.shown(replace(_payload(b"<p>words</p>"), mime=mime)) is None


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"\x89PNG\r\n", b"\x00\x01\x02\x03" * 99])
def test_a_body_that_is_no_page_is_none_whatever_its_type_says(body: bytes) -> None:
    assert snapshot.shown(_payload(body)) is None


@pytest.mark.parametrize("tag", ['<LINK rel=preconnect href="//c">', "<link\nrel=preconnect>", "<link/rel=x>", "<li\x00nk rel=preconnect>"])
def test_no_link_of_a_snapshot_warms_up_a_connection(tag: str) -> None:
    answer = snapshot.shown(_payload(f"<p>words</p>{tag}".encode()))
    assert answer is not None
    assert b"<link" not in answer.body.lower()


def _payload(body: bytes) -> Payload:
    return Payload(1, "https://harbour.example/", "2026-11-22T10:00:00Z", "text/html", None, None, body)
