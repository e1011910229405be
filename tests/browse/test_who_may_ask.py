"""Who is answered: this machine alone, by names that were given, and nothing can be changed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from archive.browse import guard
from tests.browse.parts import Pages


@pytest.mark.parametrize(("host", "status"), [
    ("localhost:8001", 200), ("127.0.0.1", 200), ("[::1]:8001", 200), ("127.9.9.9:1", 200), ("evil.example", 421),
    ("localhost.evil.example", 421), ("192.168.1.5:8001", 421), ("", 421), ("127.0.0.1.nip.io", 421), ("wire.example.org", 421),
])  # fmt: skip
def test_only_names_of_this_machine_are_answered(pages: Pages, host: str, status: int) -> None:
    assert pages.get("/browse.css", host=host).status_code == status


def test_more_names_and_addresses_are_answered_where_that_was_said(library: Path) -> None:
    proxied = Pages(library, names=frozenset({"wire.example.org"}))
    assert proxied.get("/browse.css", host="Wire.Example.org:443").status_code == 200
    assert proxied.get("/browse.css", host="192.168.1.5").status_code == 421
    exposed = Pages(library, any_address=True)
    assert exposed.get("/browse.css", host="192.168.1.5:8001").status_code == 200
    assert exposed.get("/browse.css", host="evil.example").status_code == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_can_be_changed(pages: Pages, method: str) -> None:
    assert pages.ask(method, "/archive").status_code == 405


@pytest.mark.parametrize(("site", "mode", "dest", "status"), [
    ("cross-site", "navigate", "document", 200), ("cross-site", "navigate", "iframe", 403), ("cross-site", "no-cors", "image", 403),
    ("cross-site", "cors", "empty", 403), ("same-origin", "navigate", "iframe", 200), ("none", "navigate", "document", 200),
])  # fmt: skip
def test_other_sites_may_link_here_and_no_more(pages: Pages, site: str, mode: str, dest: str, status: int) -> None:
    assert pages.get("/feeds", sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=dest).status_code == status


def test_plugins_that_were_not_chosen_for_untrusted_pages_are_left_out(library: Path) -> None:
    from datasette.plugins import pm

    pm.register(SimpleNamespace(__name__="shows_html"), "datasette_render_html")
    assert Pages(library).get("/archive/articles").status_code == 200
    assert not pm.has_plugin("datasette_render_html")


def test_an_archive_in_a_folder_that_cannot_be_written_to_is_read_as_it_stands(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.browse.server._has_wal", lambda _: False)
    assert Pages(library).get("/archive.json?sql=select+count(*)+as+n+from+articles&_shape=array").json() == [{"n": 10}]


@pytest.mark.parametrize("path", ["/-/settings", "/-/databases.json", "/-/permissions", "/-/auth-token", "/-/plugins.json", "/-/logout"])
def test_datasette_s_pages_about_itself_are_not_served(pages: Pages, path: str) -> None:
    assert pages.get(path).status_code == 404


def test_another_name_in_the_address_is_none_of_ours() -> None:
    assert [guard.is_ours(name, frozenset(), any_address=False) for name in ("[::1", "::1", "localhost:", "2130706433")] == [
        True,
        False,
        True,
        False,
    ]
