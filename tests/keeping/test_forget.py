"""`wirecopy forget`: all that a page left goes, from every table and from the file's bytes; it never comes in again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
import pytest

from archive import cli
from archive.errors import ArchiveLocked, UsageError
from archive.forget import Words, forget
from archive.lock import keeping_lock, run_lock
from archive.model import Article, Entry, Feed, Outlet, PageTask, Visit
from archive.removal_commands import forget as command
from archive.store import feeds, forgetting, pages
from archive.store.connect import Store, open_store
from archive.store.needles import needles
from archive.verify import audit
from tests.archive import parts
from tests.archive.parts import FEED, HARBOUR, NOW, answer, page_of
from tests.keeping.parts import holds, ran, run, sound

MARK = "zanzibarquartz"  # a word that stands nowhere else
URL = f"https://harbour.example/news/{MARK}-slug"
OTHER = "https://harbour.example/news/other"
STORY = f"The {MARK} affair was told at the old pier on Friday.\n\nNobody else at the harbour had heard of it before, they say."
PLAIN = "The ferry to the island runs again from Monday on.\n\nIt had been out of service since the storm of last week."
VALLEY = Outlet("valley", "Valley Post", homepage="https://valley.example/")


def document(*urls: str, note: str = "") -> bytes:
    items = "".join(f"<item><title>About {url}</title><link>{url}</link></item>" for url in urls)
    return f"<rss><channel>{items}<!-- {note} --></channel></rss>".encode()


def entries(*urls: str) -> list[Entry]:
    return [
        Entry(url=url, url_given=url, guid=f"{url}#guid", title=f"About {url}", summary=f"Summary: {url}", content=f"<p>In full: {url}</p>")
        for url in urls
    ]


def polled(store: Store, *urls: str, hours: int = 0, note: str = "") -> list[PageTask]:
    """One run that polls the harbour's feed and gets these entries."""
    now = NOW + timedelta(hours=hours)
    run_id = parts.begin(store, now=now)
    feeds.sync(store, [HARBOUR], [Feed(HARBOUR.code, FEED)], now)
    lease = feeds.claim(store, run_id, now, every=True)[0]
    return parts.poll(store, run_id, parts.said(entries(*urls), lease, now=now, body=document(*urls, note=note)))


def fetched(store: Store, task: PageTask, text: str, *, hours: int = 0, headline: str | None = None, canonical: str | None = None) -> int:
    now = NOW + timedelta(hours=hours)
    title = headline or text.split(".")[0]
    done = parts.visit(store, parts.begin(store), task, answer(task.url, page_of(text, title=title), now=now), now=now)
    article = Article(headline=title, text=text, text_markdown=text, canonical_url=canonical)
    parts.read(store, done.capture_id, article)
    assert done.capture_id is not None
    return done.capture_id


def filled(store: Store) -> None:
    """A page with two revisions and another address, beside another page, named by two feed documents."""
    secret, other = sorted(polled(store, URL, OTHER), key=lambda task: task.url != URL)
    fetched(store, secret, STORY, canonical=f"{URL}/amp")
    fetched(store, other, PLAIN)
    fetched(store, secret, STORY + f"\n\nA second {MARK} was found.", hours=1, canonical=f"{URL}/amp")
    polled(store, URL, OTHER, hours=2, note="second")
    polled(store, OTHER, hours=3, note="without it")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with parts.new_store(tmp_path) as store:
        filled(store)
    return tmp_path / "wirecopy.db"


def taken_down(archive: Path, what: str = URL, *options: object) -> str:
    return ran(command, what, "-a", archive, "--yes", "--reason", "court order 12/26", "--who", "the desk", *options)


def test_nothing_of_it_is_left_in_any_table_or_byte_of_the_file(archive: Path) -> None:
    assert holds(archive, MARK)
    said = taken_down(archive)
    numbers = dict(re.findall(r"^  (\w+).*?  +(\d+)$", said, re.MULTILINE))
    assert numbers == {"addresses": "2", "captures": "2", "texts": "2", "entries": "1", "raw": "3", "feed": "2"}
    assert not holds(archive, MARK)
    with open_store(archive) as store:
        for (table,) in parts.rows(store, "SELECT name FROM sqlite_schema WHERE type = 'table'"):
            for row in parts.rows(store, f'SELECT * FROM "{table}"'):  # noqa: S608 - of the schema
                assert MARK not in str(row), table
        sound(store)
        assert parts.rows(store, "SELECT url FROM pages") == [(OTHER,)]
        assert parts.one(store, "SELECT count(*) FROM captures WHERE role = 'page'") == 1
        assert parts.one(store, "SELECT count(*) FROM story_texts") == parts.one(store, "SELECT count(*) FROM stories") == 1
        assert parts.one(store, "SELECT count(*) FROM polls") == 3


def test_without_a_new_file_what_is_live_is_gone_all_the_same(archive: Path) -> None:
    said = taken_down(archive, URL, "--no-vacuum")
    assert "unused parts" in said
    assert not holds(archive, MARK)


def test_the_tombstone_says_when_why_and_who_and_not_what(archive: Path) -> None:
    taken_down(archive)
    listed = ran(command, "--list", "-a", archive)
    assert "a page of harbour · by the desk · court order 12/26" in listed
    assert "2 addresses, 2 captures, 2 texts, 1 entries" in listed
    done = run(cli.show, URL, "-a", archive)
    assert isinstance(done.exception, UsageError) and "was taken down on " in str(done.exception) and "court order" in str(done.exception)


def test_the_address_is_kept_where_that_is_asked_for(archive: Path) -> None:
    taken_down(archive, URL, "--keep-url")
    assert URL in ran(command, "--list", "-a", archive)


def test_a_dry_run_and_a_no_change_nothing(archive: Path) -> None:
    before = archive.read_bytes()
    assert "Nothing was changed." in ran(command, URL, "-a", archive, "--dry-run")
    done = run(command, URL, "-a", archive)  # no answer to the question
    assert isinstance(done.exception, click.Abort)
    with open_store(archive) as store:
        assert parts.one(store, "SELECT count(*) FROM tombstones") == 0
        assert parts.one(store, "SELECT count(*) FROM pages") == 3
        store.checkpoint()
    assert archive.read_bytes()[4096:] == before[4096:]


def test_a_feed_that_still_names_it_brings_nothing_back(archive: Path) -> None:
    taken_down(archive)
    with open_store(archive) as store:
        for hours in (5, 6):
            assert polled(store, URL, OTHER, hours=hours, note="the same again") == []
        assert polled(store, f"{URL}?utm_source=feed", OTHER, hours=7) == []
        assert parts.one(store, "SELECT count(*) FROM pages") == 1
        assert parts.rows(store, "SELECT gap FROM polls") == [(0,)] * 6
        sound(store)
        store.checkpoint()
    assert not holds(archive, MARK)


def test_a_guid_that_gets_another_address_is_known_again(archive: Path) -> None:
    taken_down(archive)
    with open_store(archive) as store:
        moved = replace(entries(URL)[0], url=f"{URL}-moved", url_given=f"{URL}-moved")
        run_id = parts.begin(store)
        lease = feeds.claim(store, run_id, NOW + timedelta(hours=9), every=True)[0]
        assert parts.poll(store, run_id, parts.said([moved], lease)) == []
        assert parts.one(store, "SELECT count(*) FROM entries WHERE guid = ?", moved.guid) == 0


def test_a_link_that_leads_there_brings_nothing_back(archive: Path) -> None:
    taken_down(archive)
    with open_store(archive) as store:
        short = parts.Page(store, "https://harbour.example/s/1")
        hops = (answer(short.url, b"moved", status=301), answer(URL, page_of(STORY)))
        run_id = parts.begin(store)
        with store.transaction():
            kept = pages.record(store, run_id, Visit(short.task, hops, NOW, "stored"))
        assert not kept.stored
        assert parts.rows(store, "SELECT state, error FROM pages WHERE id = ?", short.id) == [
            ("refused", "it leads to a page that was taken down")
        ]
        page = parts.Page(store, "https://harbour.example/news/claims")
        page.say(Article(headline="Claims", text=PLAIN, canonical_url=URL))
        assert parts.one(store, "SELECT count(*) FROM pages WHERE url = ?", URL) == 0
        store.checkpoint()
    assert not holds(archive, f"The {MARK}")


def test_a_page_that_was_never_met_is_kept_out_as_well(archive: Path) -> None:
    said = taken_down(archive, "https://harbour.example/never")
    assert "was never met" in said
    with open_store(archive) as store:
        assert polled(store, "https://harbour.example/never", hours=8) == []


def test_a_lifted_tombstone_lets_it_come_in_again(archive: Path) -> None:
    taken_down(archive)
    assert "is lifted" in ran(command, URL, "--lift", "-a", archive)
    with open_store(archive) as store:
        assert [task.url for task in polled(store, URL, hours=8)] == [URL]
        sound(store)
    done = run(command, URL, "--lift", "-a", archive)
    assert isinstance(done.exception, UsageError)


def test_other_pages_with_the_same_text_or_bytes_stay_whole(archive: Path) -> None:
    with open_store(archive) as store:
        twin = parts.Page(store, "https://valley.example/twin", outlet=VALLEY)
        body = page_of(STORY, title=STORY.split(".")[0])  # byte for byte the first visit's
        parts.read(store, twin.fetch(body), Article(headline="Twin", text=STORY, agency="pti"))
        founder = parts.one(store, "SELECT story_id FROM articles WHERE headline = 'Twin'")
    said = taken_down(archive)
    assert "The same text stays on https://valley.example/twin" in said
    with open_store(archive) as store:
        sound(store)
        assert parts.rows(store, "SELECT headline, agency, first_article_id = a.id FROM stories s, (SELECT id FROM articles WHERE headline = 'Twin') a WHERE s.id = ?", founder) == [("Twin", "pti", 1)]  # fmt: skip # noqa: E501
        assert ran(cli.show, "https://valley.example/twin", "-a", archive, "--text").startswith("The zanz")
        assert parts.one(store, "SELECT count(*) FROM bodies b JOIN captures c ON c.body_id = b.id WHERE c.page_id = ? AND length(b.data) > 0", twin.id) == 1  # fmt: skip # noqa: E501


def test_pages_that_are_packed_against_it_are_packed_otherwise(archive: Path) -> None:
    with open_store(archive) as store:
        for number in range(5):
            parts.Page(store, f"https://harbour.example/n/{number}").say(f"{PLAIN}\n\nNumber {number} of many.")
        base = parts.one(store, "SELECT body_id FROM captures WHERE url = ? ORDER BY id LIMIT 1", URL)
        assert parts.one(store, "SELECT count(*) FROM bodies WHERE base_id = ?", base)
    taken_down(archive)
    with open_store(archive) as store:
        sound(store)
        assert parts.one(store, "SELECT count(*) FROM captures WHERE role = 'page'") == 6
    assert not holds(archive, MARK)


def test_what_verify_once_said_of_it_is_mended(archive: Path) -> None:
    with open_store(archive) as store:
        store.conn.execute("UPDATE bodies SET data = x'00' WHERE id IN (SELECT body_id FROM captures WHERE url = ?)", (URL,))
    run(cli.verify, "-a", archive)
    with open_store(archive) as store:
        assert MARK in str(parts.one(store, "SELECT failures FROM audits"))
    taken_down(archive)
    with open_store(archive) as store:
        assert "(taken down)" in str(json.loads(str(parts.one(store, "SELECT failures FROM audits"))))
        assert not [one for one in audit(store).failures if not re.search("body [0-9]+ stands on|cannot be read back", one)]
    assert not holds(archive, MARK)


def test_the_id_of_an_article_that_went_is_not_given_again(archive: Path) -> None:
    with open_store(archive) as store:
        page = parts.Page(store, "https://harbour.example/last")
        last = page.say(PLAIN + " The last one.")
    taken_down(archive, page.url)
    with open_store(archive) as store:
        assert parts.Page(store, "https://harbour.example/next").say(PLAIN + " The next one.") == (last or 0) + 1


def test_an_outlet_goes_with_all_its_pages_and_is_not_crawled_again(archive: Path) -> None:
    with open_store(archive) as store:
        parts.Page(store, "https://valley.example/a", outlet=VALLEY).say(PLAIN)
    said = taken_down(archive, "harbour")
    assert "wirecopy remove harbour" in said
    with open_store(archive) as store:
        sound(store)
        assert parts.rows(store, "SELECT DISTINCT url FROM pages") == [("https://valley.example/a",)]
        assert parts.one(store, "SELECT count(*) FROM entries") == 0
        assert parts.rows(store, "SELECT kind, outlet, articles FROM tombstones") == [("outlet", "harbour", 3)]
        feeds.sync(store, [HARBOUR, VALLEY], [Feed("harbour", FEED), Feed("valley", "https://valley.example/rss.xml")], NOW)
        claimed = feeds.claim(store, parts.begin(store), NOW + timedelta(days=1), every=True)
        assert [lease.outlet for lease in claimed] == ["valley"]
        store.checkpoint()
    assert not holds(archive, MARK)


def test_an_article_can_be_named_by_its_id_and_what_is_none_is_told_of(archive: Path) -> None:
    assert re.search("texts .* 2$", ran(command, "1", "-a", archive, "--dry-run"), re.MULTILINE)
    for what in ("nobody", "99"):
        assert isinstance(run(command, what, "-a", archive, "--yes").exception, UsageError)
    assert isinstance(run(command, "-a", archive).exception, UsageError)
    assert "Nothing was taken down" in ran(command, "--list", "-a", archive)


def test_not_while_something_is_at_work(archive: Path) -> None:
    for lock in (run_lock, keeping_lock):
        with lock(archive):
            assert isinstance(run(command, URL, "-a", archive, "--yes").exception, ArchiveLocked)


class Killed(BaseException):
    """Raised where a process could be killed: what was not committed then is undone."""


def at_each_statement(archive: Path, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> int:
    """Does `work` again and again, ended before its first, second, ... transaction is committed; checks what is left each time."""
    right = Store.transaction
    for ended in range(1000):
        left = ended

        def transaction(store: Store) -> object:
            context = right(store)

            class Counted:
                def __enter__(self) -> object:
                    return context.__enter__()

                def __exit__(self, *problem: object) -> object:
                    nonlocal left
                    left -= 1
                    if left == -1:
                        context.__exit__(Killed, Killed(), None)
                        raise Killed
                    return context.__exit__(*problem)  # type: ignore[arg-type]

            return Counted()

        monkeypatch.setattr(Store, "transaction", transaction)
        try:
            work()
        except Killed:
            pass
        else:
            return ended
        finally:
            monkeypatch.setattr(Store, "transaction", right)
        with open_store(archive) as store:
            sound(store)
    raise AssertionError("it never ends")


def no_question(*_: object) -> bool:
    return True


@pytest.mark.parametrize("what", [URL, "harbour"])
def test_ended_before_any_commit_the_archive_is_sound_and_the_same_call_goes_on(
    archive: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "FEW", 1)
    with open_store(archive) as store:
        for number in range(4):
            parts.Page(store, f"https://harbour.example/n/{number}").say(f"{PLAIN}\n\nNumber {number} of many.")
    times = at_each_statement(archive, lambda: forget(archive, what, Words(None, "me"), now=NOW, agree=no_question), monkeypatch)
    assert times > 2
    assert parts.names(archive.parent)
    with open_store(archive) as store:
        sound(store)
        assert parts.one(store, "SELECT count(*) FROM tombstones") == 1
        store.conn.execute("VACUUM")
        store.checkpoint()
    assert not holds(archive, MARK)


def test_a_document_is_found_by_link_guid_or_title_however_they_are_written() -> None:
    wanted = needles([("https://x.example/a?b=1&c=2", "urn:guid:77", "Profits & losses “again”"), (None, None, "Short")])
    for document in (
        b"<link>https://x.example/a?b=1&amp;c=2</link>", b'{"url": "https:\\/\\/x.example\\/a?b=1&c=2"}', b"<guid>urn:guid:77</guid>",
        "<title>Profits &amp; losses “again”</title>".encode(), "Profits & losses “again”".encode("cp1252"),
        "<title>Profits &amp; losses “again”</title>".encode("utf-16"),
    ):  # fmt: skip
        assert any(needle in document for needle in wanted)
    assert not any(needle in b"Short of other things" for needle in wanted)
    assert needles([("हिन्दी में समाचार", None, None)]) and b"" not in needles([("हिन्दी में समाचार", None, None)])
