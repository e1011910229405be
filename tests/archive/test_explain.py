"""Why a page was read as it was: through the command people type."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from archive import explain as commands
from archive import reread
from archive.clean import clean
from archive.errors import ArchiveDamaged, CleanerFailed, UsageError
from archive.model import Article
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import Page, answer
from tests.archive.test_show_and_verify import run

STORY = (
    "Kochi, Nov 21 (PTI) The harbour was closed to all boats on Saturday as waves of four metres were forecast, officials said.",
    "The harbour office said that more than two thousand boats were tied up, and that no crew was missing at the river mouth.",
    "Schools in five coastal villages were turned into shelters, and the district expects the sea to calm down by Thursday evening.",
)
HTML = (
    "<!doctype html><html lang=en><head><title>Harbour closed \x1b[31mas waves rise | The Harbour Times</title></head><body>"
    "<div><ul>{menu}</ul></div><nav><a href=/>Home</a></nav><main><article class=story>"
    "<h1>Harbour closed \x1b[31mas waves rise</h1><p>By A. Writer</p>"
    "<div class=body>{story}<p>Also read: <a href=/b>Cyclone season \x9b2J opens with a warning</a></p></div></article></main>"
    "<div><p>All rights reserved \u202egnp.exe</p></div></body></html>"
)
WALL = b"<title>Before you continue</title><h1>Before you continue</h1><p>We and our 800 partners ask you to accept cookies here.</p>"
_NONE: Callable[..., object] = int  # takes none of the arguments: stands for a bug of ours


def page_bytes() -> bytes:
    menu = "".join(f"<li><a href=/s/{n}>Section number {n}</a></li>" for n in range(30))
    return HTML.format(menu=menu, story="".join(f"<p>{paragraph}</p>" for paragraph in STORY)).encode()


@pytest.fixture
def archive(store: Store) -> Path:
    """Capture 1: a story that became article 1. Capture 2: its page turned away the next time, by a consent wall."""
    page = Page(store)
    capture_id = page.fetch(page_bytes())
    parts.read(store, capture_id, clean(page_bytes(), url=page.url))
    parts.read(store, page.fetch(WALL), clean(WALL, url=page.url))
    return store.path


def told(archive: Path, *arguments: object) -> Result:
    return run(commands.explain, *arguments, "-a", archive)


def test_a_page_is_told_field_by_field_and_block_by_block(archive: Path) -> None:
    shown = told(archive, 1).output
    assert shown.startswith("Harbour closed [31mas waves rise\ncapture 1, 2026-11-22 11:00 UTC, cleaner ")
    assert "agency:         pti\n                from: " in shown
    assert "3 blocks kept, 34 dropped\n         (1 part passed over: navigation, footer, words for screen readers)\n" in shown
    assert len(re.findall(r"^\+ +\+\d\.\d\d (?:Kochi|The harbour|Schools)", shown, re.MULTILINE)) == 3
    assert re.search(
        r"^- .* Also read: .*\n +sends on to other stories, or asks to subscribe or to follow\n +first look [-+]\d\.\d\d: [-+]\d\.\d\d ",
        shown,
        re.MULTILINE,
    )


def test_dropped_blocks_far_from_the_story_are_counted_unless_all_are_asked_for(archive: Path) -> None:
    some, everything = told(archive, 1).output, told(archive, 1, "--all").output
    assert "dropped further away: --all shows them" in some and "Section number 3" not in some
    assert "dropped further away" not in everything and "Section number 3" in everything
    assert len(re.findall(r"^[-+] ", everything, re.MULTILINE)) == 37


@pytest.mark.parametrize("arguments", [(1, "--all"), (1, "--json"), ("--capture", 2, "--all")])
def test_no_control_character_of_a_page_reaches_the_terminal(archive: Path, arguments: tuple[object, ...]) -> None:
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", told(archive, *arguments).output)


def test_lines_are_cut_to_the_width_of_the_terminal(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, told(archive, 1, "--all").output.splitlines())) <= 60


def test_all_of_it_comes_as_one_object(archive: Path) -> None:
    known = json.loads(told(archive, 1, "--json").output)
    assert (known["capture_id"], known["fetched_at"]) == (1, "2026-11-22T11:00:00+00:00")
    assert known["article"]["agency"] == "pti" and "agency" in known["article"]["evidence"]
    assert [block["text"][:5] for block in known["blocks"] if block["kept"]] == ["Kochi", "The h", "Schoo"]
    prompt = next(block for block in known["blocks"] if block["text"].startswith("Also read"))
    assert (prompt["why"], prompt["why_words"]) == ("prompt", "sends on to other stories, or asks to subscribe or to follow")
    assert {"name", "words", "weight"} == set(prompt["signs"][0])


def test_a_url_means_the_page_and_capture_means_one_fetch_of_it(archive: Path) -> None:
    assert json.loads(told(archive, "https://harbour.example/news/a", "--json").output)["capture_id"] == 1
    assert json.loads(told(archive, "--capture", 2, "--json").output)["capture_id"] == 2


def test_a_wall_says_that_the_page_was_refused_and_what_would_have_been_kept(archive: Path) -> None:
    shown = told(archive, "--capture", 2).output
    assert "No story: the page asks for consent before it shows anything (consent)" in shown
    assert "0 blocks kept" in shown
    assert re.search(r"^- .*800 partners.*\n +would be kept, but the page as a whole is refused$", shown, re.MULTILINE)


def test_a_page_that_was_only_ever_a_wall_is_found_by_its_url(store: Store) -> None:
    page = Page(store, "https://harbour.example/walled")
    parts.read(store, page.fetch(WALL), clean(WALL, url=page.url))
    assert "No story: the page asks for consent" in told(store.path, page.url).output


def test_a_page_that_is_no_html_says_so_and_has_no_blocks(store: Store) -> None:
    page = Page(store)
    parts.read(store, page.fetch(b"%PDF-1.7 ..."), Article(reason="a PDF"))
    shown = told(store.path, page.url).output
    assert "No story: " in shown and "0 blocks kept, 0 dropped" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("77",), "no article 77 in this archive"),
        (("https://harbour.example/never",), "no page https://harbour.example/never in this archive"),
        (("--capture", "77"), "no capture 77 in this archive"),
        (("--capture", "-1"), "no capture -1 in this archive"),
        (("--capture", "9" * 30), f"no capture {'9' * 30} in this archive"),
        ((), "either an article or a capture has to be named"),
        (("1", "--capture", "1"), "either an article or a capture has to be named"),
    ],
)
def test_what_is_not_there_is_a_usage_error_with_a_hint(archive: Path, arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError) as problem:
        told(archive, *arguments)
    assert (str(problem.value), problem.value.exit_code) == (message, 64)
    assert problem.value.hint


def test_a_capture_without_a_body_or_of_a_feed_is_told_apart(store: Store) -> None:
    page = Page(store)
    end = parts.visit(store, page.run_id, page.task, answer("https://harbour.example/x", None, status=302), answer(page.url, page_bytes()))
    hop = parts.one(store, "SELECT redirected_from FROM captures WHERE id = ?", end.capture_id)
    lease = parts.lease(store, page.run_id)
    parts.poll(store, page.run_id, parts.said([], lease))
    feed = parts.one(store, "SELECT id FROM captures WHERE role = 'feed'")
    with pytest.raises(UsageError, match=r"has no body \(status 302\)"):
        told(store.path, "--capture", hop)
    with pytest.raises(UsageError, match="is of a feed, not of a page"):
        told(store.path, "--capture", feed)


def test_a_page_of_which_nothing_came_says_so(store: Store) -> None:
    page = Page(store, "https://harbour.example/silent")
    with pytest.raises(UsageError, match="nothing was ever received of https://harbour"):
        told(store.path, page.url)


def test_a_damaged_body_is_told_of_as_such(archive: Path, store: Store) -> None:
    store.conn.execute("UPDATE bodies SET data = zeroblob(length(data))")
    with pytest.raises(ArchiveDamaged) as problem:
        told(archive, 1)
    assert problem.value.exit_code == 74


def test_a_page_on_which_the_cleaner_comes_to_no_end_is_an_error_that_says_so(archive: Path) -> None:
    task = reread.task_of(archive, "1", None)
    for function, deadline, message in ((clean, 0.001, "over its deadline"), (_NONE, 20.0, "TypeError")):
        with pytest.raises(CleanerFailed, match=f"could not finish on capture 1: .*{message}") as problem:
            reread.apply(function, task, deadline=deadline)
        assert problem.value.exit_code == 70 and problem.value.hint


def test_of_a_page_with_no_story_the_best_blocks_are_shown(store: Store) -> None:
    page = Page(store)
    page.fetch(b"<footer>" + b"".join(b"<p>Imprint, terms and contact %d</p>" % n for n in range(9)) + b"</footer>")
    shown = told(store.path, page.url).output
    assert "0 blocks kept, 9 dropped" in shown
    assert len(re.findall("^- ", shown, re.MULTILINE)) == 5


def test_the_command_has_a_help_text_with_an_example() -> None:
    assert "Example: wirecopy explain" in run(commands.explain, "--help").output
