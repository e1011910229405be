"""A wire whose texts come in, what grouping knows of them, and a replay: for the tests of stories."""

from __future__ import annotations

from archive.keys import text_digest
from archive.model import Article, Outlet
from archive.store import stories
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import Page
from tests.grouping.texts import BRIEF, FERRY, HARBOUR, MARKET

OUTLETS = [parts.HARBOUR, *(Outlet(name, name.title()) for name in ("valley", "metro", "coast"))]
TABLES = ("stories", "story_texts", "story_prints_a", "story_prints_b", "story_reruns", "story_hubs", "story_paragraphs", "story_links")
DAY = 86400
START = 1_790_000_000

TEXTS = [
    HARBOUR,
    FERRY,
    MARKET,
    BRIEF,
    HARBOUR + "\n\nMore soon.",
    FERRY + "\n\n" + HARBOUR,
    "\n\n".join(HARBOUR.split("\n\n")[2:]),
    "Short.",
]


class Wire:
    """Texts that come in, each on a page of its own, or on one that had another text."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.run_id = parts.begin(store)
        self.pages: dict[str, Page] = {}

    def say(self, text: str, *, outlet: int = 0, url: str | None = None, **said: object) -> int:
        """Read from a page; gives back the article."""
        code = OUTLETS[outlet].code
        url = url or f"https://{code}.example/{len(self.pages)}"
        page = self.pages.setdefault(url, Page(self.store, url, run_id=self.run_id, outlet=OUTLETS[outlet]))
        article = page.say(Article(headline=str(said.pop("headline", "Headline")), text=text, **said))  # type: ignore[arg-type]
        assert article is not None
        return article

    def story(self, article: int) -> object:
        return parts.one(self.store, "SELECT story_id FROM articles WHERE id = ?", article)


def count(store: Store, table: str) -> object:
    return parts.one(store, f"SELECT count(*) FROM {table}")  # noqa: S608


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """What grouping knows."""
    tables = {table: sorted(parts.rows(store, f"SELECT * FROM {table}"), key=repr) for table in TABLES}  # noqa: S608
    return tables | {"articles": parts.rows(store, "SELECT id, story_id FROM articles ORDER BY id")}


def replay(store: Store, portion: int = 3) -> None:
    with store.transaction():
        stories.begin_anew(store)
    while True:
        with store.transaction():
            if stories.regroup(store, portion=portion).finished:
                return


def piece(number: int, text: str, *, at: int = START, outlet: int = 1) -> stories.Piece:
    return stories.Piece(number, outlet, text_digest(text), f"Headline {number}", text, None, at, at, "2026-11-22T10:00:00Z")


def place(store: Store, *pieces: stories.Piece) -> list[int]:
    with store.transaction():
        return [stories.place(store, one) for one in pieces]
