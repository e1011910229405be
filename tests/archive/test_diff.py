"""`wirecopy diff`: on the terminal, as JSON, as a page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.diff import diff
from archive.errors import UsageError
from archive.model import Article
from archive.store.connect import Store
from tests.archive.parts import Page

OLD = "The northern pier stays closed until Friday.\n\nTwo ferries wait <outside> the port."
NEW = "The northern pier stays closed until Sunday.\n\nTwo ferries wait <outside> the port."


@pytest.fixture
def archive(store: Store) -> Path:
    page = Page(store)
    page.say(Article(headline="Pier <closed>", text=OLD))
    page.say(Article(headline="Pier stays closed\x1b[31m", text=NEW))
    return store.path


def run(archive: Path, *arguments: str) -> Result:
    return CliRunner().invoke(diff, ["--archive", str(archive), *arguments], catch_exceptions=False)


def test_the_latest_revision_is_compared_with_the_one_before(archive: Path) -> None:
    lines = run(archive, "https://harbour.example/news/a").output.splitlines()
    assert lines[0].startswith("- article 1, revision 1, harbour, seen 2026-11-22 ")
    assert lines[2].startswith("+ article 2, revision 2, harbour, seen 2026-11-22 ")
    assert lines[4:] == [
        "correction: 92% of the words kept, 1 cut, 1 added; another headline",
        "@@",
        "~ The northern pier stays closed until [-Friday.-] {+Sunday.+}",
        "  Two ferries wait <outside> the port.",
    ]


def test_any_two_articles_are_compared_in_the_order_given(archive: Path) -> None:
    assert "[-Sunday.-] {+Friday.+}" in run(archive, "2", "1").output
    assert "the same text" in run(archive, "1", "1").output


def test_what_a_page_says_never_steers_the_terminal(archive: Path) -> None:
    for arguments in (("2",), ("2", "--json")):
        assert "\x1b" not in run(archive, *arguments).output


def test_json_has_both_articles_the_figures_and_the_words(archive: Path) -> None:
    told = json.loads(run(archive, "2", "--json").output)
    assert (told["old"]["id"], told["new"]["id"], told["change"]["kind"]) == (1, 2, "correction")
    assert [piece["op"] for piece in told["paragraphs"][0]["pieces"]] == ["=", "-", "+"]


def test_the_page_runs_nothing_asks_for_nothing_and_says_what_was_said(archive: Path, tmp_path: Path) -> None:
    assert run(archive, "2", "--html", str(tmp_path / "out.html")).exit_code == 0
    page = (tmp_path / "out.html").read_text("utf-8")

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: set[str] = set()
            self.links: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.add(tag)
            self.links += [name for name, _ in attrs if name in ("src", "href", "action") or name.startswith("on")]

    reader = Reader()
    reader.feed(page)
    assert "script" not in reader.tags and not reader.links
    assert "default-src 'none'" in page
    assert "<del>Friday. </del>" in page and "<ins>Sunday.</ins>" in page
    assert "&lt;outside&gt;" in page and "<outside>" not in page


@pytest.mark.parametrize(
    ("arguments", "says"), [(("1",), "first revision"), (("7",), "no article 7"), (("1", "https://x.example/"), "no page")]
)
def test_what_cannot_be_compared_is_said(archive: Path, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        run(archive, *arguments)
