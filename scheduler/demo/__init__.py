"""A small world of news outlets on loopback, for `wirecopy demo` and for tests. All its news is invented.

    with World() as world:
        Path("sources.toml").write_text(world.sources_toml())
        ...                      # crawl
        world.advance()          # the next morning: new stories, corrections, a page gone, a feed moved
        ...                      # crawl again

`World` serves; `Truth` says what a page holds; `Request` is one request as it came in. Stories lie in `stories/`, what
each outlet makes of them in `outlets/`, and the outlets' page make-up in `makeup/`.
"""

from __future__ import annotations

from scheduler.demo.records import Request, Truth
from scheduler.demo.world import World

__all__ = ["Request", "Truth", "World"]
