"""`wirecopy browse` and `wirecopy report`, as people start them."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import html as lxml_html

from scheduler.browsing import browse, report
from scheduler.units import here
from tests.browse import parts
from tests.conftest import Run


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parts.small(tmp_path_factory.mktemp("library"))


def test_it_serves_until_ctrl_c_and_ends_well(library: Path) -> None:
    command = [*here().command, "browse", "--archive", str(library), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as run:
        assert run.stdout is not None
        url = re.search(r"http://127\.0\.0\.1:\d+/", run.stdout.readline())
        assert url is not None
        with urllib.request.urlopen(url[0], timeout=60) as answer:  # noqa: S310 - our own server
            assert b"What came in" in answer.read()
        run.send_signal(signal.SIGINT)
        out, errors = run.communicate(timeout=60)
    assert (run.returncode, errors) == (0, "")
    assert "Stopped." in out


def test_a_port_that_is_taken_is_told_of(library: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = CliRunner().invoke(browse, ["-a", str(library), "--port", str(taken.getsockname()[1])])
    assert "Address already in use" in str(done.exception)
    assert "--port 0" in getattr(done.exception, "hint", "")


def test_an_archive_that_cannot_be_browsed_is_told_of_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "none").write_bytes(b"no database" * 500)
    old = parts.small(tmp_path)
    with sqlite3.connect(old) as conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm026_browsing'")
    conn.close()
    for name, words in (
        ("missing.db", "no archive at"),
        ("none", "is not an SQLite database"),
        ("wirecopy.db", "last written by an older"),
    ):
        done = CliRunner().invoke(browse, ["-a", str(tmp_path / name), "--port", "0"])
        assert words in str(done.exception), name


def test_an_address_that_others_reach_has_to_be_meant(library: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):  # noqa: S104 - to be refused
        done = CliRunner().invoke(browse, ["-a", str(library), "--host", host])
        assert (done.exit_code, "--expose" in done.output) == (2, True), host


def test_what_is_not_installed_is_named_with_the_remedy(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.browse import render

    for name in [name for name in sys.modules if name.partition(".")[0] in ("datasette", "jinja2")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "datasette", None)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    render._environment.cache_clear()
    done = CliRunner().invoke(browse, ["-a", str(library), "--port", "0"])
    assert "pip install '.[browse]'" in getattr(done.exception, "hint", "")
    done = CliRunner().invoke(report, [str(tmp_path / "r.html"), "-a", str(library)])
    assert "pip install '.[report]'" in getattr(done.exception, "hint", "")


# --- the report -----------------------------------------------------------------------------------------------------------

NOW = ("--now", "2026-11-22T13:00")


def test_a_report_is_one_page_that_needs_nothing_else(wirecopy: Run, library: Path, tmp_path: Path) -> None:
    done = wirecopy("report", "out.html", "-a", library, *NOW)
    assert (done.returncode, done.stdout) == (0, "out.html: 2026-11-16 to 2026-11-22\n")
    document = lxml_html.document_fromstring((tmp_path / "out.html").read_text("utf-8"))
    assert document.xpath("//script | //link | //img | //iframe | //form | //@src | //@*[starts-with(name(), 'on')]") == []
    assert [link for link in document.xpath("//a/@href") if link != "#content"] == []
    assert "default-src 'none'" in document.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert not re.search(r"@import|url\(", document.xpath("string(//style)"))
    read = " ".join(" ".join(document.itertext()).split())
    for expected in (
        "Articles by day",
        "4 outlets",
        "Valley Post 1 1",
        "Metro Wire 0 2",
        "India, Japan sign minerals pact",
        "1 of 4 feeds to look at",
        "HTTP 500",
    ):
        assert expected in read, expected


def test_the_same_archive_and_moment_give_the_same_bytes(library: Path, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        done = CliRunner().invoke(report, [str(tmp_path / name), "-a", str(library), *NOW], catch_exceptions=False)
        assert done.exit_code == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_report_is_not_written_over_unless_that_is_asked_for(library: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    out.write_text("mine")
    done = CliRunner().invoke(report, [str(out), "-a", str(library)])
    assert "is there already" in str(done.exception)
    assert out.read_text() == "mine"
    assert CliRunner().invoke(report, [str(out), "-a", str(library), "--force"]).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.html"]


@pytest.mark.parametrize(("arguments", "words"), [
    (["--outlet", "nobody"], "no outlet 'nobody'"), (["--since", "x"], "not a date"), (["--since", "2027"], "no report of"),
])  # fmt: skip
def test_a_report_of_nothing_is_refused(library: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(report, [str(tmp_path / "out.html"), "-a", str(library), *arguments, *NOW])
    assert words in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_report_can_be_of_one_outlet_and_agency(library: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    done = CliRunner().invoke(
        report, [str(out), "-a", str(library), "--outlet", "harbour", "--agency", "PTI", *NOW], catch_exceptions=False
    )
    assert done.exit_code == 0
    read = " ".join(" ".join(lxml_html.document_fromstring(out.read_text("utf-8")).itertext()).split())
    assert re.search(r"Only The Harbour Times, PTI 1 article of 1 outlet", read)
    assert "Valley Post" not in read


def test_a_folder_that_is_not_there_is_told_of(library: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(report, [str(tmp_path / "no" / "out.html"), "-a", str(library)])
    assert "cannot write" in str(done.exception)
