"""The demo world: outlets that serve, an epoch that advances, and a record of every request."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import TracebackType
from urllib.parse import urlsplit

from scheduler.demo import library, serve
from scheduler.demo.records import LAST_EPOCH, Answer, Outlet, Request, Truth
from scheduler.demo.replies import Reply, at_visit, reply, unavailable
from scheduler.demo.sheets import EPOCH_TIMES, published_sheets, truth
from scheduler.demo.site import missing, site

_BIND = "127.0.7.1"  # the first outlet's address; the others follow it


class World:
    """News outlets on loopback. A context manager; `start` and `stop` do the same by hand.

    All bytes are a function of addresses, epoch and path, apart from the one page that is meant to be volatile.
    `bind` is the first outlet's address, `port` the port of all (0: any free one). With `one_address` all outlets share
    `bind` and have a port each; so they do, on 127.0.0.1, where the system lacks the addresses after `bind`.
    """

    def __init__(self, *, bind: str = _BIND, port: int = 0, one_address: bool = False, slow_seconds: float = 0.6) -> None:
        self.outlets: tuple[Outlet, ...] = library.outlets()
        self.epoch = 0
        self._listen = partial(serve.listen, bind=bind, port=port, one_address=one_address, slow_seconds=slow_seconds)
        self._listeners: list[serve.Listener] = []
        self._origins: tuple[str, ...] = ()
        self._sites: dict[tuple[int, int], Mapping[str, Answer]] = {}
        self._visits: Counter[tuple[int, str]] = Counter()
        self._requests: list[Request] = []
        self._lock = threading.RLock()

    # --- life ---------------------------------------------------------------------------------------------------

    def start(self) -> World:
        """Serves from now on. Raises OSError where the port is taken."""
        self._listeners = self._listen(len(self.outlets), self._respond)
        self._origins = tuple(f"http://{host}:{port}" for host, port in (one.address for one in self._listeners))
        for listener in self._listeners:
            listener.start()
        return self

    def stop(self) -> None:
        """Stops serving and closes every connection. What was recorded can still be read."""
        threads = [threading.Thread(target=listener.stop) for listener in self._listeners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._listeners = []

    def __enter__(self) -> World:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def advance(self) -> int:
        """Goes to the next epoch: new stories, revisions, a page gone, feeds moved. ValueError after the last one."""
        with self._lock:
            if self.epoch == LAST_EPOCH:
                raise ValueError(f"the world ends with epoch {LAST_EPOCH}")
            self.epoch += 1
            return self.epoch

    # --- what a person or a test asks ---------------------------------------------------------------------------

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in the order of their answers."""
        with self._lock:
            return list(self._requests)

    def origin(self, outlet: str) -> str:
        """Scheme, host and port of an outlet, such as http://127.0.7.2:40123. The world must have been started."""
        return self._origins[[one.id for one in self.outlets].index(outlet)]

    def feed_urls(self) -> list[str]:
        """The feeds that stand in `sources_toml`."""
        return [self.origin(one.id) + feed.path for one in self.outlets for feed in one.feeds if feed.listed]

    def articles(self, epoch: int | None = None) -> list[Truth]:
        """Every page published by `epoch` (None: now), outlet by outlet; vanished ones have their status."""
        at = self.epoch if epoch is None else epoch
        return [truth(outlet, one, self.origin(outlet.id), at) for outlet in self.outlets for one in published_sheets(outlet, at)]

    def body_of(self, url: str, epoch: int | None = None) -> bytes:
        """The bytes behind a URL in an epoch, before content encoding. Of a volatile page: those of its last visit.

        KeyError where nothing lies at the URL.
        """
        at = self.epoch if epoch is None else epoch
        parts = urlsplit(url)
        index = self._origins.index(f"{parts.scheme}://{parts.netloc}")
        answer = self._answer(index, at, url[len(self._origins[index]) :])
        if answer is None:
            raise KeyError(url)
        if not answer.volatile:
            return answer.body
        served = [one.body for one in self.requests if (one.url, one.epoch, one.status) == (url, at, 200)]
        return served[-1] if served else at_visit(answer.body, 0)

    def sources_toml(self, *, delay: float = 0.05) -> str:
        """A sources.toml that names every outlet. `delay`: seconds between two requests to one of them."""
        lines = [
            "# The demo world: invented outlets on this machine.",
            "[fetch]",
            "second_try = 0",
            'contact = "https://example.org/wirecopy-demo"',
            f"delay = {delay}",
            'allow_private = ["127.0.0.0/8"]',
        ]
        for outlet in self.outlets:
            lines += ["", *_outlet_toml(outlet, self.origin(outlet.id))]
        return "\n".join(lines) + "\n"

    # --- answering ----------------------------------------------------------------------------------------------

    def _respond(self, index: int, method: str, target: str, headers: Sequence[tuple[str, str]]) -> Reply:
        heard = time.monotonic()
        sent = {name.lower(): value for name, value in headers}
        with self._lock:
            epoch = self.epoch
            answer = self._answer_now(index, epoch, target)
            made = reply(answer, sent, modified=self._modified(index, epoch, target), now=EPOCH_TIMES[epoch])
            self._requests.append(
                Request(
                    outlet=self.outlets[index].id,
                    method=method,
                    path=target,
                    url=self._origins[index] + target,
                    status=made.status,
                    headers=tuple(headers),
                    body=b"" if method == "HEAD" else made.plain,
                    epoch=epoch,
                    time=heard,
                )
            )
        return made

    def _answer_now(self, index: int, epoch: int, target: str) -> Answer:
        """The answer with what the moment adds to it: a counter, a bad mood."""
        answer = self._answer(index, epoch, target)
        if answer is None:
            return missing(self.outlets[index])
        self._visits[index, target] += 1
        visit = self._visits[index, target]
        if answer.volatile:
            return replace(answer, body=at_visit(answer.body, visit))
        return unavailable(answer) if answer.flaky and visit == 1 else answer

    def _answer(self, index: int, epoch: int, target: str) -> Answer | None:
        """What lies at a target; a query that no page knows is ignored, as servers do."""
        paths = self._site(index, epoch)
        return paths.get(target) or paths.get(target.partition("?")[0])

    def _modified(self, index: int, epoch: int, target: str) -> datetime:
        """When the body at this target came to be as it is."""
        now = self._answer(index, epoch, target)
        while epoch and (before := self._answer(index, epoch - 1, target)) and now and before.body == now.body:
            epoch -= 1
        return EPOCH_TIMES[epoch]

    def _site(self, index: int, epoch: int) -> Mapping[str, Answer]:
        with self._lock:
            if (index, epoch) not in self._sites:
                self._sites[index, epoch] = site(self.outlets[index], self._origins[index], epoch)
            return self._sites[index, epoch]


def _outlet_toml(outlet: Outlet, origin: str) -> list[str]:
    lines = [
        "[[outlet]]",
        f"id = {_quoted(outlet.id)}",
        f"name = {_quoted(outlet.name)}",
        f"homepage = {_quoted(origin + '/')}",
        f"language = {_quoted(outlet.language)}",
        f"timezone = {_quoted(outlet.timezone)}",
    ]
    if outlet.agency:
        lines.append(f"agency = {_quoted(outlet.agency)}")
    for feed in outlet.feeds:
        if feed.listed:
            lines += ["  [[outlet.feed]]", f"  url = {_quoted(origin + feed.path)}", f"  kind = {_quoted(feed.kind)}"]
    return lines


def _quoted(text: str) -> str:
    """A TOML basic string; for text without control characters JSON's quoting is the same."""
    return json.dumps(text, ensure_ascii=False)
