"""Our WARC and WACZ files before the tools that other people open them with. Each runs in an environment of its own.

`python3 tasks.py validators` makes that environment; without it these tests are left out.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.export.exchanges import A, build

TOOLS = Path(os.environ.get("WIRECOPY_VALIDATORS", "nowhere"))
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)

pytestmark = [
    pytest.mark.skipif(not (TOOLS / "bin" / "warcio").exists(), reason="the tools of others are not there: python3 tasks.py validators"),
    pytest.mark.timeout(300),
]


# What imports bring that was never an answer: a page as a file (`resource`), a text without its page (`conversion`).
OLD = "https://harbour.example/2021/ferry"
LINE = {
    "title": "Ferry late in May",
    "maintext": "The ferry was late in May.\nNobody was hurt.",
    "url": OLD,
    "date_publish": "2021-05-06 07:08:09+00:00",
}
SAVED = f'<!DOCTYPE html><link rel=canonical href="{OLD}/2"><h1>Bridge opened</h1><p>The mayor opened the bridge on Friday.</p>'
SAVED_AT = datetime(2021, 5, 7, 9, tzinfo=UTC)
WITHOUT_HEADS = {"old.jsonl": json.dumps(LINE) + "\n", "saved.html": SAVED}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of every kind of exchange, as WARC and as WACZ."""
    made = tmp_path_factory.mktemp("files")
    build(made / "wirecopy.db")
    from scheduler.units import here

    for name, content in WITHOUT_HEADS.items():
        (made / name).write_text(content, "utf-8")
        os.utime(made / name, (SAVED_AT.timestamp(), SAVED_AT.timestamp()))
        subprocess.run([*here().command, "import", name], cwd=made, check=True, capture_output=True)
    for kind in ("warc", "wacz"):
        name = "out.warc.gz" if kind == "warc" else "out.wacz"
        subprocess.run([*here().command, "export", kind, name], cwd=made, check=True, capture_output=True)
    return made


def tool(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(TOOLS / "bin" / str(command[0])), *map(str, command[1:])], cwd=cwd, capture_output=True, text=True, check=False, timeout=200
    )


def test_warcio_checks_the_warc(folder: Path) -> None:
    types = [
        json.loads(line).get("warc-type")
        for line in tool("warcio", "index", "-f", "warc-type", "out.warc.gz", cwd=folder).stdout.splitlines()
    ]
    assert {"warcinfo", "request", "response", "revisit", "resource", "conversion", "metadata"} == set(types)
    done = tool("warcio", "check", "out.warc.gz", cwd=folder)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_cdxj_indexer_makes_the_index_that_we_make(folder: Path, wirecopy: Run) -> None:
    theirs = _index(tool("cdxj-indexer", "--sort", "out.warc.gz", cwd=folder).stdout)
    ours = _index(wirecopy("export", "cdxj", "out.warc.gz", cwd=folder).stdout)
    assert len(ours) > 10 and ours == {key: values for key, values in theirs.items() if not key.startswith("urn:")}


def _index(text: str) -> dict[str, dict[str, str]]:
    """Lines by key, time and offset. Where a record states no digest of a payload cdxj-indexer makes one up, in SHA-1: ours have none."""
    found = {}
    for line in text.splitlines():
        key, stamp, values = line.split(" ", 2)
        said = json.loads(values)
        found[f"{key} {stamp} {said['offset']}"] = {name: value for name, value in said.items() if not value.startswith("sha1:")}
    return found


def test_wacz_validates_the_wacz(folder: Path) -> None:
    done = tool("wacz", "validate", "-f", "out.wacz", cwd=folder)
    assert done.returncode == 0 and "the passed WACZ is valid" in done.stdout, done.stdout + done.stderr


@pytest.fixture
def pywb(folder: Path, tmp_path: Path) -> Iterator[str]:
    """pywb with the WACZ as a collection: its address."""
    for arguments in (("init", "ours"), ("add", "ours", "--unpack-wacz", folder / "out.wacz")):
        done = tool("wb-manager", *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([TOOLS / "bin" / "wayback", "-p", str(port), "-b", "127.0.0.1"], cwd=tmp_path, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}/ours"
    finally:
        server.kill()
        server.wait()


def test_pywb_shows_a_page_its_revisit_and_a_saved_file(pywb: str) -> None:
    for stamp in ("20261122110000", "20261122120000"):
        assert "The ferry is late by forty minutes" in _asked(f"{pywb}/{stamp}id_/{A}")
    assert "The ferry is late by fifty minutes" in _asked(f"{pywb}/20261122140000id_/{A}")
    assert "The mayor opened the bridge" in _asked(f"{pywb}/20210507090000id_/{OLD}/2")


def _asked(url: str) -> str:
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - our own server
                return str(answer.read().decode())
        except ConnectionError:
            pass
        except urllib.error.URLError as problem:
            if not isinstance(problem.reason, ConnectionError):
                raise
        time.sleep(0.25)
    raise AssertionError("pywb did not come up")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.skipif(not (TOOLS / "player" / "package" / "ui.js").exists(), reason="the player's package could not be had")
def test_the_player_shows_an_archived_page(folder: Path, tmp_path: Path) -> None:
    screenshot = Path(os.environ.get("WIRECOPY_SCREENSHOT") or tmp_path / "page.png")
    script = Path(__file__).with_name("player.py")
    shown = {
        ("20210507090000", f"{OLD}/2"): "The mayor opened the bridge on Friday.",
        ("20261122110000", A): "The ferry is late by forty minutes on Monday morning.",
        ("20261122140000", A): "The ferry is late by fifty minutes on Monday morning.",
    }
    for (stamp, url), words in shown.items():
        done = tool("python", script, TOOLS / "player" / "package", folder / "out.wacz", url, stamp, screenshot, CHROMIUM, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        seen = json.loads(done.stdout)
        assert words in seen.get("text", ""), seen
        assert not [url for url in seen["asked"] if not re.match(r"http://127\.0\.0\.1:", url)], "the player asked the web"
    assert screenshot.read_bytes()[:4] == b"\x89PNG"
