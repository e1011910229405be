"""Text of strangers on its way to a terminal: whatever the archive, sources.toml or an argument holds, no command prints what would move
the cursor, colour what follows, or turn the direction of writing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.model import Article, Entry
from scheduler.cli import COMMANDS, main
from tests.archive import parts
from tests.archive.parts import Page

EVIL = "\x1b[2J\x1b]0;mine\x07\x9b31m\u202eevil\x7f\r\x00"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
HOSTILE = {
    "outlets": ("name", "homepage", "language"),
    "feeds": ("title", "next_poll_reason", "last_outcome"),
    "hosts": ("reason", "robots_error"),
    "runs": ("error", "software"),
    "pages": ("error",),
    "captures": ("error", "mime", "charset", "ip", "protocol", "content_encoding"),
    "polls": ("error", "reason", "outcome"),
    "entries": ("guid", "title", "published_raw", "summary"),
    "articles": ("headline", "subhead", "byline", "agency", "dateline", "dateline_place", "section", "language", "published_raw",
                 "modified_raw", "canonical_url", "image_url"),
    "stories": ("headline", "agency"),
    "readings": ("reason",),
}  # fmt: skip
SOURCES = """
[[outlet]]
id = "harbour"
name = "Harbour \\u001b[2J\\u009b31m\\u202e Times"

  [[outlet.feed]]
  url = "https://harbour.example/rss.xml"
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive in which all that is a stranger's text is hostile, and nothing is to be asked of the web."""
    monkeypatch.chdir(tmp_path)
    with parts.new_store(tmp_path) as store:
        run_id = parts.begin(store)
        lease = parts.lease(store, run_id)
        parts.poll(store, run_id, parts.said([Entry(url="https://harbour.example/news/a", url_given="x", title="A")], lease))
        page, other = Page(store, run_id=run_id), Page(store, "https://harbour.example/news/b", run_id=run_id)
        text = "The harbour was closed on Monday, said the council, and nobody was hurt. " * 20
        page.fetch(parts.page_of(EVIL + text, title="A" + EVIL))
        for one in (page, page, other):
            one.say(Article(headline="A", text=f"{EVIL}{text}\n\nMore {one.visits}.", text_markdown=EVIL + text))
        for table, columns in HOSTILE.items():
            sets = ", ".join(f"{column} = ?" for column in columns)
            store.conn.execute(f"UPDATE {table} SET {sets}", [EVIL] * len(columns))  # noqa: S608 - the names above
    (tmp_path / "sources.toml").write_text(SOURCES)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[str, str, object]:
    """Both outputs of a command and its exit code, as `wirecopy` itself makes them."""
    monkeypatch.setattr("sys.argv", ["wirecopy", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return out, err, ended.value.code


SHOWN = (
    "status", "status --json", "health", "health --json", "health --prometheus", "sources", "sources --json", "search harbour",
    "search harbour --all-revisions", "show 1", "show 1 --text", "show 1 --markdown", "show 1 --json", "stories --least 1",
    "stories --least 1 --json", "story 1", "story 1 --json", "diff 1 2", "diff 1 2 --json", "explain 1", "verify",
    "recover wirecopy.db new.db", "recover wirecopy.db new.db --json", "schedule cron", "schedule systemd", "compact", "export-opml",
    "doctor --json", "search harbour --json", "outlets", "outlets --json", "timeline --since 2020", "timeline --since 2020 --json",
    "timeline --since 2020 --by agency", "export jsonl -", "export ninjs -", "export jsonld -",
    "prune --text-older-than 2030-01-01", "forget 1 --dry-run", "forget harbour --dry-run", "forget --list",
)  # fmt: skip


@pytest.mark.parametrize("line", SHOWN)
def test_no_command_prints_control_characters(
    line: str, hostile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err, _ = said(capsys, monkeypatch, *line.split())
    assert not CONTROL.findall(out), repr(out)
    assert not CONTROL.findall(err), repr(err)
    assert out or err


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_no_error_prints_control_characters(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arguments come from scripts and from what somebody copied: a name that is none is not printed as it is."""
    monkeypatch.chdir(tmp_path)
    evil = "\x1b[2J\x9b31m\u202e"
    for arguments in (["--" + evil], [evil, "-a", evil + ".db"], [evil, evil, evil, evil]):
        out, err, code = said(capsys, monkeypatch, name, *arguments)
        assert not CONTROL.findall(out + err), repr(out + err)
        assert code or name in ("init", "demo"), "an argument that is none was taken"
