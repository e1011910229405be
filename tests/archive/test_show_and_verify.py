"""Showing what is kept, and finding out what no longer is: through the commands people type."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from archive import cli, search_commands
from archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, UsageError
from archive.lock import run_lock
from archive.model import Article, Outlet
from archive.store.connect import Store
from archive.verify import audit
from tests.archive import parts
from tests.archive.parts import NOW, Page, answer, page_of

TEXT = "The harbour was closed on Monday.\n\nNobody was hurt."


def run(command: click.Command, *arguments: object) -> Result:
    """The command's outcome; an error of ours is raised, as the top level of the command line expects it."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


@pytest.fixture
def archive(store: Store) -> Path:
    """One page with two revisions (articles 1 and 2), fetched over a redirect; one that was given up."""
    page = Page(store, "https://harbour.example/?p=7")
    end = "https://harbour.example/news/harbour"
    for number, text in enumerate((TEXT, TEXT.replace("Nobody", "One man")), 1):
        hops = answer(page.url, None, status=302, now=NOW), answer(end, page_of(text), now=NOW)
        stored = parts.visit(store, page.run_id, page.task, *hops)
        said = Article(headline=f"Harbour closed \x1b[31m{number}", text=text, authors=("A. Writer",), agency="pti", published_at=NOW)
        parts.read(store, stored.capture_id, said)
    Page(store, "https://harbour.example/gone", run_id=page.run_id).fetch(b"no longer here", state="gone")
    return store.path


# --- show ----------------------------------------------------------------------------------------------------------


def test_an_article_is_shown_with_what_is_known_and_its_revisions(archive: Path) -> None:
    shown = run(cli.show, 2, "-a", archive).output
    for line in (
        "Harbour closed  [31m2",
        "Outlet:     The Harbour Times",
        "Agency:     pti",
        "Authors:    A. Writer",
        "Published:  2026-11-22 10:00 UTC",
    ):
        assert line in shown
    assert "  * 2  article 2" in shown and "    1  article 1" in shown
    assert re.search(r"article 2  .* UTC  correction: Harbour closed", shown)
    assert shown.endswith("One man was hurt.\n")
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    "url", ["https://harbour.example/?p=7", "http://harbour.example/?p=7&utm_source=x", "https://harbour.example/news/harbour/"]
)
def test_any_address_of_a_page_shows_its_latest_revision(archive: Path, url: str) -> None:
    assert json.loads(run(cli.show, url, "--json", "-a", archive).output)["id"] == 2


def test_text_alone_is_the_text_alone(archive: Path) -> None:
    assert run(cli.show, 1, "--text", "-a", archive).output == TEXT + "\n"


def test_markdown_is_the_text_with_its_structure(store: Store) -> None:
    page = Page(store)
    page.say(Article(headline="Harbour closed", text=TEXT, text_markdown="The **harbour** was closed on Monday.\n\nNobody was hurt."))
    assert run(cli.show, page.url, "--markdown", "-a", store.path).output == "The **harbour** was closed on Monday.\n\nNobody was hurt.\n"


def test_an_article_of_an_older_cleaner_says_how_its_markdown_is_made(archive: Path) -> None:
    with sqlite3.connect(archive) as conn:
        conn.execute("DELETE FROM markdown")
    with pytest.raises(UsageError, match="older cleaner") as problem:
        run(cli.show, 1, "--markdown", "-a", archive)
    assert problem.value.hint and "wirecopy clean" in problem.value.hint
    assert run(cli.show, 1, "--text", "-a", archive).output == TEXT + "\n"


def test_the_raw_page_and_the_heads_are_exact(archive: Path) -> None:
    assert run(cli.show, 1, "--raw", "-a", archive).stdout_bytes == page_of(TEXT)
    hop = answer("https://harbour.example/", None)
    assert hop.request_head and hop.response_head
    assert run(cli.show, 1, "--headers", "-a", archive).stdout_bytes == (hop.request_head + hop.response_head) * 2


def test_all_that_is_known_comes_as_json(archive: Path) -> None:
    known = json.loads(run(cli.show, 1, "--json", "-a", archive).output)
    assert (known["authors"], known["evidence"], known["revision"], known["is_latest"]) == (["A. Writer"], {}, 1, 0)
    assert [one["id"] for one in known["revisions"]] == [1, 2]
    assert len(known["body_sha256"]) == 64


def test_what_is_not_there_is_said_to_be_not_there(archive: Path) -> None:
    for what in ("77", "https://harbour.example/never", "nonsense", "²", "9" * 40):
        with pytest.raises(UsageError, match="in this archive") as problem:
            run(cli.show, what, "-a", archive)
        assert problem.value.hint
    with pytest.raises(UsageError, match="was never received \\(gone\\)"):
        run(cli.show, "https://harbour.example/gone", "--raw", "-a", archive)


def test_a_page_without_a_story_says_why_and_still_shows_its_bytes(store: Store) -> None:
    page = Page(store)
    parts.read(store, page.fetch(b"<video>"), Article(reason="a video page"))
    with pytest.raises(UsageError, match=r"has no article .*a video page"):
        run(cli.show, page.url, "-a", store.path)
    assert run(cli.show, page.url, "--raw", "-a", store.path).stdout_bytes == b"<video>"


# --- search --------------------------------------------------------------------------------------------------------


def test_search_lists_hits_without_control_characters(archive: Path) -> None:
    result = run(search_commands.search, "harbour", "man", "-a", archive)
    assert result.stdout == (
        "2  2026-11-22 10:00 UTC  harbour (pti) · revision 2\n  Harbour closed  [31m2\n"
        "  The harbour was closed on Monday. One man was hurt.\n  https://harbour.example/news/harbour\n\n"
    )
    assert run(search_commands.search, "harbour", "--all-revisions", "-n", "1", "-a", archive).stderr == "There may be more: --offset 1\n"
    assert run(search_commands.search, "harbour", "--until", "2026-11-21", "-a", archive).stderr == "Nothing found.\n"
    assert run(search_commands.search, "harbour", "--since", "2026-11-22", "--agency", "PTI", "--outlet", "harbour", "-a", archive).stdout


def test_search_gives_hits_as_data(archive: Path) -> None:
    (line,) = run(search_commands.search, "harbour", "man", "--json", "-a", archive).stdout.splitlines()
    hit = json.loads(line)
    assert (hit["article_id"], hit["revision"]) == (2, 2)
    assert hit["snippet"] == "The <mark>harbour</mark> was closed on Monday.\n\nOne <mark>man</mark> was hurt."


@pytest.mark.parametrize("command", [search_commands.search, search_commands.timeline, cli.show, cli.clean, cli.verify])
def test_a_missing_archive_is_told_of_and_nothing_is_made(tmp_path: Path, command: click.Command) -> None:
    words = ["1"] if command in (search_commands.search, cli.show) else []
    with pytest.raises(ArchiveMissing):
        run(command, *words, "-a", tmp_path / "wirecopy.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [search_commands.search, search_commands.timeline, cli.show, cli.clean, cli.verify])
def test_every_command_has_a_help_text_with_an_example(command: click.Command) -> None:
    assert "Example: wirecopy " in run(command, "--help").output


# --- verify --------------------------------------------------------------------------------------------------------


def test_an_archive_that_is_well_is_said_to_be_and_the_audit_kept(archive: Path, store: Store) -> None:
    assert (
        run(cli.verify, "-a", archive).stdout
        == f"3 bodies read back, {(len(page_of(TEXT)) * 2 + 15) / 1e6:,.1f} MB of payload.\nAll is as it was stored.\n"
    )
    assert parts.rows(store, "SELECT checked, bytes, failures FROM audits") == [(3, len(page_of(TEXT)) * 2 + 15, "[]")]


DAMAGE = {
    "UPDATE bodies SET data = zeroblob(length(data)) WHERE id = 1": "bodies: body .* cannot be read back: .*page 1 of harbour: https://harbour.example/news/harbour",
    "UPDATE bodies SET sha256 = replace(sha256, 'a', 'b') WHERE id = 1": "its digest differs",
    "UPDATE bodies SET codec = 'zstd-base', base_id = 2 WHERE id = 1": "bases: body . stands on body .*not self-contained",
    "DROP TRIGGER articles_au": "triggers: articles_au is missing",
    "UPDATE pages SET capture_id = NULL WHERE id = 1": "page 1 of harbour counts as stored, but nothing of it is kept: https://harbour.example/",
    "UPDATE captures SET feed_id = 99 WHERE id = 1": "foreign keys: row 1 of captures points at a row of feeds that is not there",
    "UPDATE articles SET is_latest = 1": "page 1 has 2 latest revisions",
    "UPDATE articles SET is_latest = 0": "page 1 has 0 latest revisions",
    "UPDATE articles SET text = text || '!' WHERE id = 1": "article 1 of harbour does not have the text that was written",
    "UPDATE pages SET key = key || '/' WHERE id = 1": "page 1 is filed under a wrong key",
    "UPDATE pages SET key_hash = 0 WHERE id = 1": "page 1 is filed under a wrong key",
    "INSERT INTO pages (key, key_hash, url, outlet_id, state, first_seen_at)"
    " SELECT key, key_hash, url, outlet_id, 'queued', '' FROM pages WHERE id = 1":
        "2 pages have the key harbour.example/",
    "INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')": "search index: it differs from the articles",
}  # fmt: skip


@pytest.mark.parametrize(("damage", "told"), DAMAGE.items())
def test_whatever_is_damaged_is_found_and_named(archive: Path, store: Store, damage: str, told: str) -> None:
    store.conn.execute("PRAGMA foreign_keys=OFF")
    store.conn.execute("PRAGMA ignore_check_constraints=ON")
    store.conn.execute(damage)
    result = CliRunner().invoke(cli.verify, ["-a", str(archive)], standalone_mode=False)
    assert isinstance(result.exception, ArchiveDamaged) and result.exception.exit_code == 74
    assert re.search(told, result.stdout), result.stdout
    assert json.loads(str(parts.one(store, "SELECT failures FROM audits")))


def test_pages_of_the_file_that_are_damaged_are_told_of_and_do_not_end_the_audit(archive: Path, store: Store) -> None:
    root = parts.one(store, "SELECT rootpage FROM sqlite_schema WHERE name = 'bodies'")
    assert isinstance(root, int)
    store.checkpoint()
    store.close()
    content = bytearray(archive.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    archive.write_bytes(content)
    result = CliRunner().invoke(cli.verify, ["-a", str(archive)], standalone_mode=False)
    assert isinstance(result.exception, ArchiveError) and result.exception.exit_code == 74


def test_an_archive_in_use_is_verified_but_the_audit_not_recorded(archive: Path, store: Store) -> None:
    with run_lock(archive):
        result = run(cli.verify, "-a", archive)
    assert "All is as it was stored." in result.stdout
    assert "not recorded" in result.stderr
    assert parts.one(store, "SELECT count(*) FROM audits") == 0


def test_many_failures_of_one_kind_are_counted_and_not_all_named(store: Store) -> None:
    with store.transaction():
        store.conn.execute("INSERT INTO outlets (code, name, added_at) VALUES ('x', 'X', '')")
        store.conn.executemany(
            "INSERT INTO pages (key, key_hash, url, outlet_id, state, first_seen_at) VALUES (?, 0, ?, 1, 'queued', '')",
            [(f"x.example/{n}", f"https://x.example/{n}") for n in range(500)],
        )
    failures = audit(store).failures
    assert len(failures) == 201
    assert failures[-1] == "keys: and 300 more"


def test_outlets_of_the_archive_are_named_in_their_own_words(store: Store) -> None:
    Page(store, "https://valley.example/a", outlet=Outlet("valley", "Valley \x07Post")).say("A text.")
    assert "Outlet:     Valley  Post" in run(cli.show, 1, "-a", store.path).output


def test_plain_sqlite_reads_the_audits(archive: Path) -> None:
    run(cli.verify, "-a", archive)
    conn = sqlite3.connect(archive)
    assert conn.execute("SELECT checked FROM audits").fetchall() == [(3,)]
    conn.close()
