"""An archived page in a real browser: nothing in it runs, nothing is fetched. What it would have done is seen in a control beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.browse import server
from archive.model import Article
from tests.browse import parts

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.skipif(CHROMIUM is None, reason="no chromium or google-chrome on the PATH"), pytest.mark.timeout(300)]

# {c}: the canary's address. Each kind of request has a path of its own.
HOSTILE = """<!doctype html><html><head><meta charset="utf-8"><title>calm</title>
<meta http-equiv="refresh" content="1; url={c}/refresh"><link rel="preconnect" href="{c}"><LINK rel="dns-prefetch" href="{c}">
<link/rel="prefetch" href="{c}/prefetch">
<link rel="preload" as="script" href="{c}/preload"><link rel="stylesheet" href="{c}/stylesheet"><link rel="icon" href="{c}/icon">
<link rel="modulepreload" href="{c}/modulepreload"><link rel="prerender" href="{c}/prerender">
<style>@import url({c}/import);
@font-face {{ font-family: x; src: url({c}/font) }} body {{ background: url({c}/background); font-family: x }}</style>
<script src="{c}/script"></script>
<script>document.title = "RAN"; new Image().src = "{c}/inline"; fetch("{c}/fetch", {{mode: "no-cors"}});
addEventListener("load", () => {{ document.forms[0].submit() }})</script>
</head><body onload="new Image().src = '{c}/onload'"><h1>Archived</h1>
<img src="{c}/image"><img src="x" onerror="new Image().src = '{c}/onerror'"><img srcset="{c}/srcset 2x" src="{c}/src">
<picture><source srcset="{c}/source"><img></picture>
<video poster="{c}/poster" src="{c}/video" autoplay></video><audio src="{c}/audio" autoplay></audio>
<iframe src="{c}/frame" name="f"></iframe><iframe srcdoc="<img src='{c}/srcdoc'>"></iframe>
<object data="{c}/object"></object><embed src="{c}/embed">
<svg width="9" height="9"><image href="{c}/svg-image" width="9" height="9"/><use href="{c}/svg-use#x"/></svg>
<form action="{c}/form" target="f"><input name="a" value="1" autofocus><button>Send</button></form>
<a href="{c}/link" ping="{c}/ping">a link</a><p style="background: url({c}/inline-style)">text</p>
</body></html>"""
# Without anything that holds it back, at least these are asked for.
SEEN = {"/script", "/inline", "/fetch", "/form", "/image", "/import", "/frame", "/object", "/stylesheet", "/prefetch", "/refresh"}


@pytest.fixture
def canary() -> Iterator[parts.Canary]:
    made = parts.Canary()
    yield made
    made.close()


def browser(url: str, folder: Path) -> str:
    """The page's DOM, when all is loaded and three seconds of its time have passed."""
    assert CHROMIUM is not None
    flags = [
        "--headless",
        "--disable-gpu",
        "--no-first-run",
        "--disable-extensions",
        "--disable-background-networking",
        "--window-size=1280,9000",
    ]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [CHROMIUM, *flags, *root, f"--user-data-dir={folder}", "--virtual-time-budget=3000", "--dump-dom", url]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=90).stdout


class Recorded:
    """An app that remembers the paths it was asked for."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.paths: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope["path"])
        await self.app(scope, receive, send)


def test_an_archived_page_runs_nothing_and_fetches_nothing(tmp_path: Path, canary: parts.Canary) -> None:
    hostile = HOSTILE.format(c=canary.url).encode()
    canary.body = hostile
    browser(f"{canary.url}/control", tmp_path / "control")
    assert SEEN - {path.partition("?")[0] for path in canary.paths} == set(), "the control: what the page does where nothing holds it"

    archive, article, capture = parts.page(tmp_path, hostile, Article("Calm", text="Archived."))
    app = Recorded(server.datasette_for(parts.site(archive)).app())
    canary.forget()
    with parts.serving(app) as address:
        alone = browser(f"{address}/snapshot/{capture}", tmp_path / "alone")
        browser(f"{address}/article/{article}", tmp_path / "framed")
    assert app.paths.count(f"/snapshot/{capture}") == 2, "once by itself, once in the article's frame"
    assert "Archived" in alone
    assert "<title>calm</title>" in alone
    assert (canary.connections, canary.paths) == (0, [])
