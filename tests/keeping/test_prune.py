"""`wirecopy prune`: old bytes and texts go by policy; facts stay, and everything that reads says why something is not there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import cli
from archive.errors import ArchiveLocked, BodyPruned, Stopped, UsageError
from archive.export.warc.run import export
from archive.keys import payload_digest
from archive.lock import keeping_lock
from archive.model import Article, Outlet
from archive.moments import ago
from archive.prune import prune, would_go
from archive.recover import recover
from archive.removal_commands import prune as command
from archive.selection import Selection
from archive.store import bodies, clean_queue, pruning
from archive.store.connect import Store, open_store
from archive.store.pruning import Policy
from tests.archive import parts
from tests.archive.parts import NOW, page_of
from tests.keeping.parts import ran, run, sound, text_of
from tests.keeping.test_forget import at_each_statement

VALLEY = Outlet("valley", "Valley Post", homepage="https://valley.example/")
LATER = NOW + timedelta(days=365)
OLD = NOW + timedelta(days=30)  # what was received before then is old


def seen(store: Store, url: str, text: str, *, at: datetime, outlet: Outlet = parts.HARBOUR) -> parts.Page:
    page = parts.Page(store, url, outlet=outlet)
    stored = parts.visit(store, page.run_id, page.task, parts.answer(url, page_of(text, title=url), now=at), now=at)
    parts.read(store, stored.capture_id, Article(headline=f"Headline of {url}", text=text, text_markdown=text))
    store.conn.execute("UPDATE articles SET first_seen_at = (SELECT substr(fetched_at, 1, 19) || 'Z' FROM captures WHERE id = capture_id)")
    return page


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Pages of two outlets, old and new; one old page was visited again later, with another text."""
    with parts.new_store(tmp_path) as store:
        for number in range(12):
            outlet, host = (parts.HARBOUR, "harbour.example") if number % 2 else (VALLEY, "valley.example")
            seen(store, f"https://{host}/{number}", text_of(number), at=NOW if number < 8 else LATER, outlet=outlet)
        seen(store, "https://harbour.example/1", text_of(1) + "\n\nIt was put right later.", at=LATER)
    return tmp_path / "wirecopy.db"


def took(archive: Path, policy: Policy) -> tuple[int, int]:
    done = prune(archive, policy, "raw older than 1y", now=LATER)
    return done.bodies, done.texts


def held(store: Store) -> dict[int, str]:
    store.bases.clear()
    rows = store.conn.execute("SELECT id FROM bodies WHERE length(data) > 0 OR length = 0").fetchall()
    return {row[0]: payload_digest(bodies.get(store, row[0])) for row in rows}


def facts_of(store: Store) -> list[list[tuple[object, ...]]]:
    return [
        parts.rows(store, f"SELECT * FROM {name} ORDER BY 1")  # noqa: S608 - of the schema
        for name in ("captures", "capture_heads", "articles", "polls")
    ]


def test_old_bytes_go_and_what_stood_on_them_can_be_read(archive: Path) -> None:
    with open_store(archive) as store:
        before = held(store)
        facts = facts_of(store)
    assert took(archive, Policy(raw_before=OLD)) == (8, 0)
    with open_store(archive) as store:
        sound(store)
        after = held(store)
        assert len(after) == 5 and after.items() < before.items()
        assert parts.one(store, "SELECT count(*) FROM bodies") == 13
        assert facts_of(store) == facts
        assert parts.rows(store, "SELECT policy, bodies, finished_at IS NULL FROM prunings") == [("raw older than 1y", 8, 0)]
        assert took(archive, Policy(raw_before=OLD)) == (0, 0)
        assert parts.one(store, "SELECT count(*) FROM prunings") == 1


def test_an_outlet_alone_can_be_pruned(archive: Path) -> None:
    assert took(archive, Policy(raw_before=OLD, outlets=frozenset({"valley"}))) == (4, 0)
    with open_store(archive) as store:
        sound(store)
        gone = parts.rows(store, "SELECT DISTINCT substr(c.url, 9, 6) FROM pruned p JOIN captures c ON c.body_id = p.body_id")
        assert gone == [("valley",)]
    with pytest.raises(UsageError, match="no outlet nobody"):
        took(archive, Policy(raw_before=OLD, outlets=frozenset({"nobody"})))


def test_the_last_visit_of_each_page_can_be_kept(archive: Path) -> None:
    assert took(archive, Policy(raw_before=OLD, keep_latest=True)) == (1, 0)
    with open_store(archive) as store:
        assert parts.rows(store, "SELECT c.url, c.fetched_at < '2026-12' FROM pruned p JOIN captures c ON c.body_id = p.body_id") == [
            ("https://harbour.example/1", 1)
        ]


def test_what_a_newer_visit_another_outlet_or_robots_needs_stays(archive: Path) -> None:
    with open_store(archive) as store:
        seen(store, "https://harbour.example/3", text_of(3), at=LATER)  # the same bytes once more
        seen(store, "https://valley.example/copy", text_of(5), at=NOW, outlet=VALLEY)
        same = parts.one(store, "SELECT body_id FROM captures WHERE url = 'https://harbour.example/5'")
        store.conn.execute("UPDATE captures SET body_id = ? WHERE url = 'https://valley.example/copy'", (same,))
        robots = parts.one(store, "SELECT body_id FROM captures WHERE url = 'https://harbour.example/7'")
        store.conn.execute("INSERT INTO hosts (host, robots_body_id) VALUES ('https://harbour.example', ?)", (robots,))
        unread = parts.Page(store, "https://harbour.example/unread")
        unread.fetch(page_of("nobody has read this page yet"))
    assert took(archive, Policy(raw_before=OLD, outlets=frozenset({"harbour"}))) == (1, 0)
    with open_store(archive) as store:
        sound(store)


def test_texts_go_with_their_bytes_and_leave_headline_and_digest(archive: Path) -> None:
    assert took(archive, Policy(text_before=OLD)) == (8, 8)
    with open_store(archive) as store:
        sound(store)
        assert parts.rows(store, "SELECT count(*), count(headline), sum(text = ''), count(DISTINCT text_digest) FROM articles") == [
            (13, 13, 8, 13)
        ]
        assert parts.one(store, "SELECT count(*) FROM markdown") == 5
        assert parts.one(store, "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '\"pier 3\"'") == 0
    assert took(archive, Policy(text_before=OLD)) == (0, 0)


def test_whatever_reads_says_that_it_was_pruned(archive: Path) -> None:
    took(archive, Policy(text_before=OLD, outlets=frozenset({"valley"})))
    url = "https://valley.example/0"
    done = run(cli.show, url, "-a", archive, "--raw")
    assert isinstance(done.exception, BodyPruned) and done.exception.exit_code == 66
    assert "was pruned on 2027-11-22 (raw older than 1y)" in str(done.exception)
    assert "(the text was pruned on 2027-11-22 (raw older than 1y))" in ran(cli.show, url, "-a", archive)
    assert "(the text was pruned" in ran(cli.show, url, "-a", archive, "--markdown")
    assert json.loads(ran(cli.show, url, "-a", archive, "--json"))["text_pruned"].startswith("pruned on")
    assert "4 have their digests alone" in ran(cli.verify, "-a", archive)
    with open_store(archive) as store:
        assert clean_queue.ask_again(store) == 9  # of 13: what has no bytes is not asked for again


def test_what_was_pruned_is_no_loss_to_a_recovery_and_no_damage_to_a_warc(archive: Path, tmp_path: Path) -> None:
    gone, texts = took(archive, Policy(text_before=OLD))
    assert gone and texts
    report = recover(archive, tmp_path / "new.db", now=NOW)
    assert report.whole
    with open_store(tmp_path / "new.db") as store, open_store(archive) as old:
        sound(store)
        assert facts_of(store) == facts_of(old)
        assert parts.rows(store, "SELECT article_id FROM pruned_texts") == parts.rows(old, "SELECT article_id FROM pruned_texts")
        written = export(store, tmp_path / "all.warc.gz", selection=Selection(), pages_only=False, size=None, force=False)
    assert (written.damaged, written.pruned >= gone) == (0, True)


def test_sql_functions_give_null_for_what_was_pruned(archive: Path) -> None:
    from sqlite_utils import Database

    took(archive, Policy(raw_before=OLD))
    found = Database(archive).execute("SELECT count(*), count(wire_html(body_id)) FROM captures").fetchall()
    assert found == [(13, 5)]


def test_compact_leaves_pruned_bodies_alone(archive: Path) -> None:
    took(archive, Policy(raw_before=OLD))
    said = ran(cli.compact, "-a", archive, "--all", "--jobs", 1)
    assert "5 bodies looked at" in said and "cannot be read" not in said


def test_the_command_shows_what_would_go_and_takes_it_only_when_told(archive: Path) -> None:
    age = ("--raw-older-than", "2026-12-22")
    said = ran(command, "-a", archive, *age)
    assert said.split()[:1] == ["outlet"] and "harbour" in said and "valley" in said
    with open_store(archive) as store:
        assert parts.one(store, "SELECT count(*) FROM prunings") == 0
    assert "8 bodies went" in ran(command, "-a", archive, *age, "--outlet", "valley", "--outlet", "harbour", "--yes")
    assert "Nothing is that old" in ran(command, "-a", archive, *age, "--yes")
    with open_store(archive) as store:
        assert parts.one(store, "SELECT policy FROM prunings") == "raw older than 2026-12-22; of harbour, valley"
    assert isinstance(run(command, "-a", archive).exception, UsageError)
    assert isinstance(run(command, "-a", archive, "--raw-older-than", "soon").exception, UsageError)


def test_a_body_under_something_that_cannot_be_read_stays_and_is_told_of(archive: Path) -> None:
    with open_store(archive) as store:
        bad = parts.one(store, "SELECT id FROM bodies WHERE base_id IS NOT NULL AND id > 8")
        store.conn.execute("UPDATE bodies SET data = x'00' WHERE id = ?", (bad,))
    done = prune(archive, Policy(raw_before=OLD), "raw", now=LATER)
    assert (done.bodies, done.left) == (7, 1)


def test_ended_before_any_commit_all_that_is_left_can_be_read_and_the_same_call_goes_on(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "FEW", 2)
    assert at_each_statement(archive, lambda: took(archive, Policy(text_before=OLD)), monkeypatch) > 5
    with open_store(archive) as store:
        sound(store)
        assert parts.rows(store, "SELECT count(*), sum(bodies), sum(texts) FROM prunings WHERE finished_at IS NULL")
        assert parts.one(store, "SELECT sum(bodies) FROM prunings") == 8
        assert parts.one(store, "SELECT count(*) FROM pruned_texts") == 8
    assert would_go(archive, Policy(text_before=OLD)) == []


def test_a_person_who_stops_it_is_told_that_it_goes_on(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pruning, "take", interrupted)
        stopped = run(command, "-a", archive, "--raw-older-than", "2026-12-22", "--yes").exception
    assert isinstance(stopped, Stopped) and "what went has gone" in str(stopped)
    assert "8 bodies went" in ran(command, "-a", archive, "--raw-older-than", "2026-12-22", "--yes")


def test_not_while_a_backup_is_made(archive: Path) -> None:
    with keeping_lock(archive), pytest.raises(ArchiveLocked):
        took(archive, Policy(raw_before=OLD))


DAY = datetime(2028, 2, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "when"),
    [("90d", "2027-12-01"), ("2w", "2028-02-15"), ("1y", "2027-02-28"), ("4y", "2024-02-29"), ("3mo", "2027-11-29"), ("14mo", "2026-12-29"),
     ("2024-06", "2024-06-01")],
)  # fmt: skip
def test_ages_and_dates(typed: str, when: str) -> None:
    assert f"{ago(typed, DAY):%Y-%m-%d}" == when


@given(st.from_regex(r"[0-9]{1,7} ?(d|w|mo|y|h)", fullmatch=True) | st.text(max_size=6))
def test_any_age_is_a_time_before_or_is_refused(typed: str) -> None:
    try:
        assert ago(typed, DAY).tzinfo is not None
    except UsageError as problem:
        assert problem.hint
