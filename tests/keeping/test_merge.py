"""`wirecopy merge`: two archives that overlap become the one that was never divided; twice changes nothing."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ArchiveError, ArchiveLocked, UsageError
from archive.forget import Words, forget
from archive.lock import run_lock
from archive.merge import Merged, merge
from archive.merge_commands import merge as command
from archive.model import Article, Entry, Feed, Outlet, PageTask
from archive.prune import prune
from archive.store import bodies, feeds, pages, readings, runs, stories
from archive.store.connect import Store, open_store
from archive.store.merging import LEFT, MERGED
from archive.store.pruning import Policy
from tests.archive import parts
from tests.archive.parts import NOW, answer, page_of
from tests.keeping.parts import holds, of, ran, run, sound, text_of
from tests.keeping.test_forget import at_each_statement, no_question

HARBOUR = Outlet("harbour", "The Harbour Times", homepage="https://harbour.example/", language="en")
VALLEY = Outlet("valley", "Valley Post", homepage="https://valley.example/")
OUTLETS = {"harbour": HARBOUR, "valley": VALLEY}
WIRE = (
    "New Delhi, Nov 22 (PTI) The finance ministry said on Sunday that the state budget would be put before parliament in January.\n\n"
    "Officials of the ministry did not give a date, and the opposition asked for more time to read the papers before the debate."
)
VALLEYS = WIRE + "\n\nIn the valley nobody had heard of it before Sunday evening."


class Crawl:
    """Runs of one machine, written into one archive: what is visited when is told by the hour."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def at(self, hour: int, texts: dict[str, str], *, outlet: str = "harbour") -> Crawl:
        """A run that polls the outlet's feed, in which these pages stand, and visits each of them."""
        now = NOW + timedelta(hours=hour)
        with open_store(self.path, create=True) as store:
            run_id = runs.begin(store, trigger="cron", software="wirecopy/test", now=now)
            feeds.sync(store, OUTLETS.values(), [Feed(code, f"https://{code}.example/rss.xml") for code in OUTLETS], now)
            lease = feeds.claim(store, run_id, now, every=True, outlets=frozenset({outlet}))[0]
            urls = [f"https://{outlet}.example/{name}" for name in texts]
            entries = [Entry(url=url, url_given=url, guid=url, title=f"Title of {url}") for url in urls]
            document = f"<rss>{hour} {urls}</rss>".encode()
            parts.poll(store, run_id, parts.said(entries, lease, now=now, body=document))
            for minute, (url, text) in enumerate(zip(urls, texts.values(), strict=True), 1):
                self._visit(store, run_id, url, text, now + timedelta(minutes=minute))
            read_all(store)
            runs.finish(store, run_id, status="ok", now=now + timedelta(minutes=30))
        return self

    def _visit(self, store: Store, run_id: int, url: str, text: str, now: datetime) -> None:
        from archive.keys import url_key

        page_id = pages.find(store, url_key(url))
        outlet = url.split("/")[2].split(".")[0]
        assert page_id is not None
        task = PageTask(page_id, url, outlet, 0, None)
        parts.visit(store, run_id, task, answer(url, page_of(text, title=text.split(".")[0][:40]), now=now), now=now)


def read_all(store: Store) -> None:
    """What waits is read, in order, as the cleaner would."""
    while rows := parts.rows(store, "SELECT q.capture_id, c.body_id FROM clean_queue q JOIN captures c ON c.id = q.capture_id ORDER BY 1"):
        for capture_id, body_id in rows:
            html = bodies.get(store, int(str(body_id))).decode()
            title = re.findall("<h1>(.*?)</h1>", html)[0]
            text = "\n\n".join(re.findall("<p>(.*?)</p>", html))
            article = Article(headline=title, text=text, text_markdown=text, agency="pti" if "(PTI)" in text else None)
            with store.transaction():
                readings.save(store, int(str(capture_id)), article, cleaner_version=1, run_id=None, now=NOW)


CONTENT = {
    "outlets": "SELECT code, name FROM outlets",
    "runs": "SELECT started_at, trigger, finished_at, status FROM runs",
    "captures": "SELECT c.role, c.url, c.fetched_at, c.status, c.verdict, b.sha256, f.url, p.key, r.started_at, e.fetched_at, h.response"
    " FROM captures c JOIN runs r ON r.id = c.run_id LEFT JOIN bodies b ON b.id = c.body_id LEFT JOIN feeds f ON f.id = c.feed_id"
    " LEFT JOIN pages p ON p.id = c.page_id LEFT JOIN captures e ON e.id = c.redirected_from JOIN capture_heads h ON h.capture_id = c.id",
    "bodies": "SELECT sha256, length FROM bodies",
    "pages": "SELECT p.key, p.state, p.first_seen_at, p.stored_at, p.alive_at, p.etag, c.fetched_at FROM pages p"
    " LEFT JOIN captures c ON c.id = p.capture_id",
    "polls": "SELECT f.url, p.polled_at, p.outcome, c.fetched_at FROM polls p JOIN feeds f ON f.id = p.feed_id"
    " JOIN captures c ON c.id = p.capture_id",
    "entries": "SELECT f.url, e.identity, e.digest, e.title, e.first_seen_at, p.key, l.polled_at FROM entries e"
    " JOIN feeds f ON f.id = e.feed_id LEFT JOIN pages p ON p.id = e.page_id JOIN polls l ON l.id = e.poll_id",
    "articles": "SELECT p.key, a.revision, a.is_latest, a.headline, a.text, a.text_digest, a.first_seen_at, c.fetched_at FROM articles a"
    " JOIN pages p ON p.id = a.page_id JOIN captures c ON c.id = a.capture_id",
    "readings": "SELECT c.url, c.fetched_at, k.fetched_at FROM readings r JOIN captures c ON c.id = r.capture_id"
    " LEFT JOIN articles a ON a.id = r.article_id LEFT JOIN captures k ON k.id = a.capture_id",
    "stories": "SELECT min(p.key || a.revision) OVER (PARTITION BY a.story_id), p.key, a.revision, s.agency FROM articles a"
    " JOIN pages p ON p.id = a.page_id JOIN stories s ON s.id = a.story_id",
    "search": "SELECT p.key, a.revision FROM articles_fts f JOIN articles a ON a.id = f.rowid JOIN pages p ON p.id = a.page_id"
    " WHERE articles_fts MATCH 'pier OR ministry'",
}


def content(path: Path, leave: Iterable[str] = ()) -> dict[str, list[Any]]:
    return {name: sorted(map(str, of(path, sql))) for name, sql in CONTENT.items() if name not in leave}


def dump(path: Path) -> list[str]:
    """All rows of all tables, as they stand."""
    conn = sqlite3.connect(path)
    lines = list(conn.iterdump())
    conn.close()
    return lines


def brought(into: Path, *others: Path) -> list[Merged]:
    return [merge(into, other, now=NOW + timedelta(days=9)) for other in others]


def settled(path: Path) -> Path:
    """After `wirecopy clean`."""
    with open_store(path) as store:
        read_all(store)
        sound(store)
    return path


MORNING = {f"n/{number}": text_of(number) for number in range(4)}
NOON = {"n/1": text_of(1) + "\n\nIt was put right at noon.", "n/3": text_of(3), "n/9": text_of(9)}
EVENING = {"n/1": text_of(1) + "\n\nIt was put right at noon, and again in the evening.", "n/2": text_of(2) + "\n\nMore in the evening."}
NIGHT = {"n/1": text_of(1) + "\n\nIt was put right at noon, and again in the evening.", "n/77": WIRE}


@pytest.fixture
def divided(tmp_path: Path) -> tuple[Path, Path, Path]:
    """(whole, a, b): one crawl; its beginning is in both a and b, noon and night in a alone, evening and the valley in b alone."""
    whole, a, b = (tmp_path / f"{name}.db" for name in ("whole", "a", "b"))
    Crawl(a).at(0, MORNING)
    shutil.copy(a, b)
    shutil.copy(a, whole)
    Crawl(whole).at(4, NOON).at(6, {"budget": VALLEYS}, outlet="valley").at(8, EVENING).at(12, NIGHT)
    Crawl(a).at(4, NOON).at(12, NIGHT)
    Crawl(b).at(6, {"budget": VALLEYS}, outlet="valley").at(8, EVENING)
    return whole, a, b


def test_a_divided_crawl_becomes_whole_again(divided: tuple[Path, Path, Path]) -> None:
    whole, a, b = divided
    (done,) = brought(a, b)
    assert done.counts["captures"] == 5 and done.to_read_again == 2 and done.left_out == []
    settled(a)
    assert content(a) == content(whole)


def test_it_is_the_same_whichever_is_merged_into_which(divided: tuple[Path, Path, Path], tmp_path: Path) -> None:
    whole, a, b = divided
    other_way = tmp_path / "other_way.db"
    shutil.copy(b, other_way)
    brought(other_way, a)
    brought(a, b)
    assert content(settled(other_way)) == content(settled(a)) == content(whole)


def test_into_an_empty_archive_all_of_it_comes(divided: tuple[Path, Path, Path], tmp_path: Path) -> None:
    whole, _, _ = divided
    empty = tmp_path / "empty.db"
    open_store(empty, create=True).close()
    brought(empty, whole)
    with open_store(empty) as store:
        sound(store)
        assert parts.one(store, "SELECT count(*) FROM clean_queue") == 0
    assert content(empty) == content(whole)
    assert of(empty, "SELECT max(active) FROM outlets") == of(empty, "SELECT max(active) FROM feeds") == [(0,)]


def test_merging_twice_changes_nothing(divided: tuple[Path, Path, Path]) -> None:
    _, a, b = divided
    brought(a, b)
    first = dump(a)
    (again,) = brought(a, b)
    assert not again.changed
    assert dump(a) == first
    settled(a)
    first = dump(a)
    brought(a, b)
    assert dump(a) == first


def test_three_archives_in_turn_and_back(divided: tuple[Path, Path, Path], tmp_path: Path) -> None:
    whole, a, b = divided
    third = tmp_path / "third.db"
    Crawl(third).at(30, {"n/1": text_of(1), "n/5": text_of(5)})
    Crawl(whole).at(30, {"n/1": text_of(1), "n/5": text_of(5)})
    brought(a, third, b)
    brought(b, a)
    assert content(settled(a)) == content(settled(b)) == content(whole)


def test_before_it_is_read_anew_it_is_sound_and_numbered_by_time(divided: tuple[Path, Path, Path]) -> None:
    _, a, b = divided
    ids = {str(row[0]): row[1] for row in of(a, "SELECT url || text_digest, id FROM articles")}
    brought(a, b)
    with open_store(a) as store:
        sound(store)
        assert parts.rows(store, "SELECT id FROM captures c WHERE page_id IS NOT NULL AND EXISTS (SELECT 1 FROM captures d"
                          " WHERE d.page_id = c.page_id AND d.id < c.id AND d.fetched_at > c.fetched_at)") == []  # fmt: skip
        assert parts.rows(store, "SELECT id FROM entries e WHERE EXISTS (SELECT 1 FROM entries d WHERE d.feed_id = e.feed_id"
                          " AND d.id < e.id AND d.first_seen_at > e.first_seen_at)") == []  # fmt: skip
        assert stories.waiting(store) == 0
    after = {str(row[0]): row[1] for row in of(a, "SELECT url || text_digest, id FROM articles")}
    assert {digest: after[digest] for digest in ids} == ids  # an id that was noted stays good


def test_the_command_says_what_came_and_the_table_tells_of_it(divided: tuple[Path, Path, Path]) -> None:
    _, a, b = divided
    said = ran(command, b, "-a", a)
    assert "2 pages, 5 captures" in said or "1 pages, 5 captures" in said
    assert "2 pages have visits from both: `wirecopy clean` reads them anew" in said
    assert "nothing that is not here already" in ran(command, b, "-a", a)
    assert of(a, "SELECT count(*), count(finished_at), path LIKE '%/b.db', identity IS NOT NULL FROM merges") == [(1, 1, 1, 1)]


def test_bodies_come_as_they_are_packed_or_stand_on_what_is_here(divided: tuple[Path, Path, Path]) -> None:
    whole, a, b = divided
    brought(a, b)
    size = "SELECT sum(length(data)) FROM bodies"
    assert float(str(of(a, size)[0][0])) < 1.5 * float(str(of(whole, size)[0][0]))
    assert of(a, "SELECT count(*) FROM bodies d JOIN bodies b ON b.id = d.base_id WHERE b.codec <> 'zstd'") == [(0,)]


def test_what_is_damaged_there_is_told_of_and_left_out(divided: tuple[Path, Path, Path]) -> None:
    whole, a, b = divided
    conn = sqlite3.connect(b)
    conn.execute("UPDATE bodies SET data = zeroblob(length(data)) WHERE id = (SELECT body_id FROM captures WHERE url LIKE '%budget')")
    conn.commit()
    conn.close()
    done = run(command, b, "-a", a)
    assert isinstance(done.exception, SystemExit) and done.exception.code == 65
    assert "Left out: damaged there: body" in done.output and "budget" in done.output
    with open_store(a) as store:
        sound(store)
        assert parts.rows(store, "SELECT state, capture_id FROM pages WHERE url LIKE '%budget'") == [("failed", None)]
        assert parts.one(store, "SELECT count(*) FROM articles WHERE url LIKE '%budget'") == 1  # its text was read before
    brought(a, whole)  # another archive has it whole
    with open_store(a) as store:
        sound(store)
        assert parts.one(store, "SELECT count(*) FROM captures c JOIN bodies b ON b.id = c.body_id WHERE c.url LIKE '%budget'") == 1


def test_an_older_archive_is_read_from_a_copy_that_is_brought_up_to_date(divided: tuple[Path, Path, Path]) -> None:
    whole, a, b = divided
    conn = sqlite3.connect(b)
    for table in ("identity", "pruned", "pruned_texts", "prunings", "tombstone_keys", "tombstones", "merges", "grouping_turns"):
        conn.execute(f"DROP TABLE {table}")
    conn.execute("DROP INDEX entries_content")
    conn.execute("DROP INDEX compact_queue_body")
    conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm023_keeping'")
    conn.commit()
    conn.close()
    before = dump(b)
    brought(a, b)
    assert dump(b) == before
    assert content(settled(a)) == content(whole)
    assert not [name for name in parts.names(a.parent) if "merging" in name]


def test_a_newer_archive_and_the_archive_itself_are_refused(divided: tuple[Path, Path, Path]) -> None:
    _, a, b = divided
    conn = sqlite3.connect(b)
    conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('wirecopy', 'm999_beyond', '')")
    conn.commit()
    conn.close()
    with pytest.raises(ArchiveError, match="m999_beyond"):
        brought(a, b)
    with pytest.raises(UsageError, match="the archive itself"):
        brought(a, a)
    with run_lock(a), pytest.raises(ArchiveLocked):
        brought(a, b)


def test_what_was_taken_down_here_does_not_come_back(divided: tuple[Path, Path, Path]) -> None:
    _, a, b = divided
    url = "https://harbour.example/n/2"
    forget(a, url, Words("asked for", "me"), now=NOW, agree=no_question)
    forget(a, "valley", Words(None, "me"), now=NOW, agree=no_question)
    done = brought(a, b)[0]
    assert "taken down here: a page" in done.left_out and "taken down here: outlet valley" in done.left_out
    with open_store(a) as store:
        sound(store)
        assert parts.one(store, "SELECT count(*) FROM pages WHERE url = ? OR url LIKE '%budget'", url) == 0
        assert parts.one(store, "SELECT count(*) FROM entries WHERE url = ?", url) == 0
        documents = parts.rows(
            store, "SELECT b.id FROM captures c JOIN bodies b ON b.id = c.body_id WHERE c.role = 'feed' AND length(b.data) > 0"
        )
        assert not [one for (one,) in documents if b"/n/2" in bodies.get(store, int(str(one)))]
        store.conn.execute("VACUUM")
        store.checkpoint()
    assert not holds(a, text_of(2).split(".")[0])
    first = dump(a)
    brought(a, b)
    assert dump(a) == first


def test_what_was_taken_down_there_is_kept_out_here_and_named_where_it_stands(divided: tuple[Path, Path, Path]) -> None:
    _, a, b = divided
    forget(b, "https://harbour.example/n/2", Words("asked for", "me"), now=NOW, agree=no_question)
    forget(b, "https://harbour.example/new", Words("asked for", "me"), now=NOW, agree=no_question)
    (done,) = brought(a, b)
    assert done.left_out == ["taken down there, and kept here: `wirecopy forget https://harbour.example/n/2`"]
    assert of(a, "SELECT count(*) FROM tombstones") == [(2,)]
    Crawl(a)
    with open_store(a) as store:
        lease = feeds.claim(store, parts.begin(store), NOW + timedelta(days=3), every=True, outlets=frozenset({"harbour"}))[0]
        assert parts.poll(store, parts.begin(store), parts.said(["https://harbour.example/new"], lease)) == []
    brought(a, b)
    assert of(a, "SELECT count(*) FROM tombstones") == [(2,)]


def test_what_was_pruned_comes_as_its_digest_and_what_was_pruned_here_stays_so(divided: tuple[Path, Path, Path]) -> None:
    _, a, b = divided
    late = NOW + timedelta(hours=7)
    prune(b, Policy(text_before=late), "text older than 1d", now=late)
    gone = of(b, "SELECT count(*) FROM pruned")
    prune(a, Policy(raw_before=NOW + timedelta(hours=5)), "raw older than 1d", now=late)
    brought(a, b)
    with open_store(a) as store:
        sound(store)
        assert parts.rows(store, "SELECT text, text_digest <> '' FROM articles WHERE url LIKE '%budget'") == [("", 1)]
        assert parts.one(store, "SELECT count(*) FROM pruned_texts") == 1
        policies = parts.rows(store, "SELECT DISTINCT policy FROM prunings ORDER BY 1")
        assert policies == [("raw older than 1d",), ("text older than 1d",)]
    assert gone != [(0,)]
    first = dump(a)
    brought(a, b)
    assert dump(a) == first


def test_ended_before_any_commit_it_is_sound_and_the_same_call_goes_on(
    divided: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, a, b = divided
    monkeypatch.setattr("archive.merge.FEW", 2)
    monkeypatch.setattr("archive.store.merging.said.FEW", 2)
    assert at_each_statement(a, lambda: brought(a, b), monkeypatch) > 8
    assert content(settled(a)) == content(whole)


def test_every_table_of_the_schema_is_merged_or_left_on_purpose(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.db"
    open_store(path, create=True).close()
    tables = {str(row[0]) for row in of(path, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'articles_fts%'")}
    assert tables - {"sqlite_sequence", "sqlite_stat1"} == MERGED | LEFT
    assert not MERGED & LEFT


def test_another_address_of_a_page_stays_one(tmp_path: Path) -> None:
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    open_store(a, create=True).close()
    with open_store(b, create=True) as store:
        amp = parts.Page(store, "https://harbour.example/amp/1", outlet=HARBOUR)
        amp.say(Article(headline="One", text=WIRE, canonical_url="https://harbour.example/1"))
        home = parts.Page(store, "https://harbour.example/1", outlet=HARBOUR)
        home.say(Article(headline="One", text=WIRE, canonical_url="https://harbour.example/1"))
    rows = "SELECT p.key, h.key FROM pages p LEFT JOIN pages h ON h.id = p.same_as ORDER BY 1"
    joined = "SELECT c.url, k.key FROM readings r JOIN captures c ON c.id = r.capture_id JOIN articles a ON a.id = r.article_id JOIN pages k ON k.id = a.page_id ORDER BY 1"  # noqa: E501
    brought(a, b)
    with open_store(a) as store:
        sound(store)
    assert of(a, rows) == of(b, rows)
    assert of(a, joined) == of(b, joined)


def test_a_story_is_told_in_the_order_of_time_and_new_articles_wait_their_turn(divided: tuple[Path, Path, Path]) -> None:
    _, a, b = divided
    brought(a, b)
    with open_store(a) as store:
        with store.transaction():
            stories.begin_anew(store)
            stories.regroup(store, portion=2)
        assert stories.waiting(store) > 2
        page = parts.Page(store, "https://harbour.example/late", outlet=HARBOUR)
        page.say(WIRE.replace("Sunday", "Monday"))
        waiting = stories.waiting(store)
        while True:
            with store.transaction():
                if stories.regroup(store, portion=3).finished:
                    break
        assert waiting > 2 and stories.waiting(store) == 0
        wire = parts.rows(store, "SELECT count(DISTINCT story_id), count(*) FROM articles WHERE text LIKE '%finance ministry%'")
        assert wire == [(1, 3)]
        first = parts.one(store, "SELECT a.url FROM stories s JOIN articles a ON a.id = s.id WHERE a.text LIKE '%finance ministry%'")
        assert first == "https://valley.example/budget"
        sound(store)
