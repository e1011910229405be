"""Three runs over one small world: what every site says at the first, the second and the third poll.

All three poll everything, due or not; only what a server itself asked for (Retry-After) keeps a feed from being polled.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scheduler.run import Result
from tests.certificates import Authority
from tests.rules.documents import feed, moved, not_modified, page, robots, rss
from tests.rules.person import Person
from tests.rules.server import Answer, Site, serving

ODD_ETAG, ODD_DATE = 'W/"\xe4 1--gzip"', "Sunday, the 22nd of  November"
RUNS = 3


@dataclass
class World:
    """The sites by what they are there for, and the person who crawls them."""

    person: Person
    main: Site
    other: Site  # another origin: where redirects lead
    private: Site  # an address that is not in allow_private
    holding: Site  # answers 429
    spaced: Site  # of an outlet with a delay
    patient: Site  # has a Crawl-delay
    closed: Site  # its robots.txt is a 503
    open: Site  # its robots.txt is a 403
    slow: Site  # never ends an answer
    secure: Site  # TLS, by an authority that nobody knows
    exempt: Site  # the same, of an outlet that is exempted
    feeds: dict[str, str] = field(default_factory=dict, init=False)  # name -> URL
    results: list[Result] = field(default_factory=list, init=False)

    @property
    def sites(self) -> list[Site]:
        return [one for one in vars(self).values() if isinstance(one, Site)]

    def outcomes(self, name: str) -> list[str]:
        return self.person.outcomes(self.feeds[name])


@contextmanager
def three_runs(folder: Path) -> Iterator[World]:
    with ExitStack() as stack:
        tls = Authority.made(folder).server_context()
        sites = [stack.enter_context(serving(f"127.0.0.{n}")) for n in range(1, 10)]
        secure = [stack.enter_context(serving(f"127.0.0.{n}", tls=tls)) for n in (10, 11)]
        allowed = tuple(f"127.0.0.{n}/32" for n in (1, 2, 4, 5, 6, 7, 8, 9, 10, 11))
        world = World(Person(folder, allowed), *sites, *secure)
        for prepare in (_validators, _errors, _documents, _redirects, _addresses, _encodings, _hosts):
            prepare(world)
        for _ in range(RUNS):
            world.results.append(world.person.crawl())
        yield world


def _takes(world: World, outlet: str, feeds: dict[str, str], settings: str = "") -> None:
    world.feeds |= feeds
    world.person.takes(outlet, *feeds.values(), settings=settings)


def _validators(world: World) -> None:
    says = world.main.says
    both = (("ETag", ODD_ETAG), ("Last-Modified", ODD_DATE))
    feeds = {
        "both": says("/both", feed("/p/both", fields=both), not_modified(("ETag", '"v2"'))),
        "date only": says("/date-only", feed("/p/date", fields=(("Last-Modified", ODD_DATE),)), not_modified()),
        "renewed": says(
            "/renewed", feed("/p/renewed", fields=(("ETag", '"one"'),)), feed("/p/renewed", fields=(("ETag", '"two"'),)), not_modified()
        ),
        "dropped": says("/dropped", feed("/p/dropped", fields=both), feed("/p/dropped", "/p/dropped-2"), feed("/p/dropped")),
        "plain": says("/plain", feed("/p/own")),
        "refused": says("/refused", feed("/p/refused", fields=both), Answer(412), feed("/p/refused", "/p/refused-2")),
        "unasked 304": says("/unasked", feed("/p/unasked"), not_modified()),
    }
    _takes(world, "validators", feeds)
    for path in ("both", "date", "renewed", "dropped", "dropped-2", "plain", "own", "unasked", "refused", "refused-2"):
        says(f"/p/{path}", page(f"The {path} story", fields=(("Set-Cookie", f"reader={path}; Path=/"), ("ETag", '"page"'))))
    says("/robots.txt", robots("Disallow: /forbidden/"))


def _errors(world: World) -> None:
    says = world.main.says
    feeds = {
        "404": says("/e404", Answer(404, body=b"no")),
        "500": says("/e500", Answer(500, body=b"no")),
        "410": says("/e410", Answer(410, body=b"no")),
        "403": says("/e403", Answer(403, body=b"no")),
        "503 for an hour": says("/e503", Answer(503, (("Retry-After", "3600"),), b"busy")),
        "503 until a date": says("/e503-date", Answer(503, (("Retry-After", "Fri, 31 Dec 2100 00:00:00 GMT"),), b"busy")),
        "pages that fail": says("/failing", feed("/p/e404", "/p/e500", "/p/e410", "/forbidden/1")),
    }
    _takes(world, "errors", feeds)
    says("/p/e404", Answer(404, body=b"no"))
    says("/p/e500", Answer(500, body=b"no"))
    says("/p/e410", Answer(410, body=b"no"))


def _documents(world: World) -> None:
    says, validated = world.main.says, (("ETag", '"good"'),)
    html = Answer(
        200, (("Content-Type", "text/html"), ("ETag", '"bad"')), b"<!doctype html><html><body><h1>We are moving</h1></body></html>"
    )
    empty = Answer(200, (("Content-Type", "application/rss+xml"), ("ETag", '"empty"')))
    packed = gzip.compress(rss("/p/bomb") + b" " * 5_000_000)
    feeds = {
        "ttl": says("/ttl", feed("/p/plain", channel="<ttl>5</ttl>", fields=validated)),
        "long ttl": says("/long-ttl", feed("/p/plain", channel="<ttl>180</ttl>", fields=validated)),
        "max-age": says("/max-age", feed("/p/plain", fields=(*validated, ("Cache-Control", "max-age=20000"), ("Age", "5600")))),
        "html": says("/html", feed("/p/kept", fields=validated), html, empty),
        "large": says("/large", Answer(200, body=rss("/p/large") + b" " * 300_000)),
        "bomb": says("/bomb", Answer(200, (("Content-Encoding", "gzip"), ("Content-Type", "application/rss+xml")), packed)),
        "nasty": says("/nasty", Answer(200, (("Content-Type", "application/rss+xml"),), b"<rss><channel>" + b"<item><title>&#x" * 12_000)),
        "nested": says("/nested", Answer(200, (("Content-Type", "application/rss+xml"),), b"<rss>" + b"<a>" * 60_000)),
        "entities": says(
            "/entities", Answer(200, (("Content-Type", "application/rss+xml"),), _laughs() + rss("/p/plain", title="&l9;")[21:])
        ),
    }
    _takes(world, "documents", feeds)
    says("/p/kept", page("The kept story"))


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{entities}]>'.encode()


def _redirects(world: World) -> None:
    says, there = world.main.says, world.other.says
    secret = world.main.origin.replace("http://", "http://reader:geheim@")
    onward = there("/there", feed("/q/1", fields=(("ETag", '"of there"'),)))
    says("/moves", feed("/p/plain", fields=(("ETag", '"m1"'), ("Last-Modified", ODD_DATE))), moved(onward, 301), moved(onward, 301))
    says("/shifts", feed("/p/plain", fields=(("ETag", '"s1"'),)), moved("/shifts-here"))
    says("/shifts-here", feed("/p/plain"))
    says("/secret", moved(there("/secret-there", feed("/q/1"))))
    says("/secret-near", moved("/secret-here"))
    says("/secret-here", feed("/p/plain"))
    says("/hops", moved("/hops-2", 301))
    says("/hops-2", moved(there("/hops-3", moved("/hops-4", 307))))
    there("/hops-4", feed("/q/1"))
    for n in range(7):
        says(f"/long-{n}", moved(f"/long-{n + 1}"))
    says("/circle", moved("/circle-2"))
    says("/circle-2", moved("/circle"))
    feeds = {name: world.main.url(f"/{name}") for name in ("moves", "shifts", "hops", "long-0", "circle", "to-pages")}
    _takes(world, "redirects", feeds)
    world.person.takes("secrets", f"{secret}/secret", f"{secret}/secret-near")
    says("/to-pages", feed("/p/moved"))
    says("/p/moved", moved(there("/q/moved", page("The moved story"))))
    there("/q/1", page("The other story"))


def _addresses(world: World) -> None:
    says, private = world.main.says, world.private
    for path in ("/x", "/feed", "/page"):
        private.says(path, feed("/page"))
    number = private.url("/x").replace("127.0.0.3", str(0x7F000003))
    feeds = {
        "private": private.url("/feed"),
        "to private": says("/to-private", moved(private.url("/x"))),
        "to a number": says("/to-number", moved(number)),
        "to a file": says("/to-file", moved("file:///etc/passwd")),
        "to a port": says("/to-port", moved("http://127.0.0.1:25/")),
        "names private": says("/names-private", feed(private.url("/page"))),
    }
    _takes(world, "addresses", feeds)
    _takes(world, "secure", {"secure": world.secure.says("/secure", feed("/s/1"))})
    _takes(world, "exempt", {"exempt": world.exempt.says("/secure", feed("/s/1"))}, "verify_tls = false")
    world.exempt.says("/s/1", page("The exempt story"))


def _encodings(world: World) -> None:
    _takes(world, "encodings", {name: world.main.says(f"/{name}", answer) for name, answer in encodings().items()})


def encodings() -> dict[str, Answer]:
    """Feeds whose bytes say one thing where their head or declaration says another; each names "Café Łódź" or "Café" as its story."""

    def one(text: str, codec: str, declared: str | None, charset: str | None, bom: bytes = b"") -> Answer:
        declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
        item = f"<item><title>{text}</title><link>{{origin}}/p/plain</link></item>"
        document = f"{declaration}<rss version='2.0'><channel><title>t</title>{item}</channel></rss>"
        mime = f"application/rss+xml; charset={charset}" if charset else "application/rss+xml"
        return Answer(200, (("Content-Type", mime),), bom + document.encode(codec))

    return {
        "bom-first": one("Café Łódź", "utf-8", "iso-8859-1", "iso-8859-1", b"\xef\xbb\xbf"),
        "then-http": one("Café Łódź", "iso-8859-2", "iso-8859-1", "iso-8859-2"),
        "then-xml": one("Café Łódź", "iso-8859-2", "iso-8859-2", None),
        "then-utf8": one("Café Łódź", "utf-8", None, None),
        "then-1252": one("Café – “quoted”", "cp1252", None, None),
    }


def _hosts(world: World) -> None:
    holding = world.holding
    holding.says("/held-1", Answer(429, (("Retry-After", "3600"),), b"slow down"))
    _takes(world, "holding", {"held 1": holding.url("/held-1"), "held 2": holding.says("/held-2", feed("/h/1"))})
    for name, site, settings in (("spaced", world.spaced, "delay = 0.2"), ("patient", world.patient, "")):
        _takes(world, name, {name: site.says("/feed", feed(*(f"/s/{n}" for n in range(4))))}, settings)
        for n in range(4):
            site.says(f"/s/{n}", page(f"Story {n} of {name}", wait=0.05))
    world.patient.says("/robots.txt", robots("Crawl-delay: 0.3"))
    world.closed.says("/robots.txt", robots("Allow: /", status=503))
    world.open.says("/robots.txt", robots("Disallow: /", status=403))
    for name, site in (("closed", world.closed), ("open", world.open)):
        _takes(world, name, {name: site.says("/feed", feed("/s/1"))})
        site.says("/s/1", page(f"The {name} story"))
    _takes(world, "slow", {"slow": world.slow.says("/feed", Answer(200, drip=True))}, "timeout = 1")
