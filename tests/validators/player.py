"""Opens a page of a WACZ in ReplayWeb.page, in headless Chromium, and prints what its reader sees. Runs in the validators' environment.

    python player.py PLAYER_FOLDER COLLECTION.wacz URL TIMESTAMP SCREENSHOT.png CHROMIUM

Everything is served on loopback; nothing else can be reached. Prints JSON: the frame's `text`, its `title`, and what the browser `asked`
for outside of this machine.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

WAIT = 60_000  # milliseconds: a slow machine fetches and indexes for a while
_RANGE = re.compile(r"bytes=(\d+)-(\d*)\Z")
PAGE = """<!doctype html><meta charset=utf-8><style>html,body{{margin:0;height:100%}}replay-web-page{{display:block;height:100%}}</style>
<script src="/player/ui.js"></script>
<replay-web-page source="/collection.wacz" replayBase="/player/" url="{url}" ts="{ts}" deepLink="false"></replay-web-page>"""


class Handler(SimpleHTTPRequestHandler):
    """The player, the collection (with ranges, which the player needs), and the page that embeds both."""

    def __init__(self, *args: Any, player: Path, collection: Path, page: str, **kwargs: Any) -> None:
        self._player, self._collection, self._page = player, collection, page
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/":
            self._give(self._page.encode(), "text/html; charset=utf-8")
        elif path == "/collection.wacz":
            self._give(self._collection.read_bytes(), "application/wacz")
        elif path == "/player/":
            self._give(b"<!doctype html><script src='ui.js'></script><replay-app-main></replay-app-main>", "text/html")
        elif path.startswith("/player/") and (file := self._player / Path(path).name).is_file():
            self._give(file.read_bytes(), "text/javascript")
        else:
            self.send_error(404)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def _give(self, content: bytes, mime: str) -> None:
        asked = _RANGE.match(self.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2]) if asked and asked[2] else len(content) - 1, len(content) - 1)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Service-Worker-Allowed", "/")
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content[first : last + 1])

    def log_message(self, *_: object) -> None:
        """Nothing: what the browser does is asked of the browser."""


def main(player: str, collection: str, url: str, ts: str, screenshot: str, chromium: str) -> None:
    page = PAGE.format(url=quote(url, safe=":/?&=%"), ts=ts)
    handler = partial(Handler, player=Path(player), collection=Path(collection), page=page)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        print(json.dumps(look(f"http://127.0.0.1:{server.server_port}/", url, Path(screenshot), chromium)))
    finally:
        server.shutdown()


def look(address: str, url: str, screenshot: Path, chromium: str) -> dict[str, object]:
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        )
        tab = browser.new_page(viewport={"width": 1200, "height": 800})
        tab.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else asked.append(request.url))
        tab.goto(address)
        frame = None
        for _ in range(WAIT // 250):
            frame = next((one for one in tab.frames if one.url.partition("mp_/")[2] == url), None)
            if frame is not None:
                break
            tab.wait_for_timeout(250)
        if frame is None:
            tab.screenshot(path=str(screenshot))
            return {"error": "the page was not opened", "frames": [one.url for one in tab.frames], "asked": asked}
        frame.wait_for_load_state("load", timeout=WAIT)
        found = {"text": frame.inner_text("body", timeout=WAIT), "title": frame.title(), "asked": asked}
        tab.screenshot(path=str(screenshot))
        browser.close()
        return found


if __name__ == "__main__":
    main(*sys.argv[1:])
