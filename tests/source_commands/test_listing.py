"""`wirecopy init`, `sources`, `remove`, `import-opml`, `export-opml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.sources import load
from scheduler.demo import World
from tests.source_commands.parts import EARLIER, MINE, Desk, sources_with


def test_init_writes_a_file_that_loads_and_is_never_overwritten(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert "wirecopy check" in desk.run("init").out
    assert len(desk.sources.outlets) >= 4
    desk.file.write_text(MINE)
    said = desk.run("init", code=64)
    assert "already" in said.err and "wirecopy add" in said.err
    assert desk.file.read_text() == MINE


def test_init_says_when_the_file_cant_be_written(tmp_path: Path) -> None:
    assert "can't be written" in Desk(tmp_path).run("init", "-s", "no/such/folder.toml", code=78).err


def test_sources_lists_outlets_feeds_and_schedules(desk: Desk) -> None:
    own = 'schedule = "15m"\nquiet = ["22:00-06:00", "12:00-13:00"]\njitter = 0'
    text = sources_with("https://example.org/feed", "https://example.org/two", outlet=own)
    desk.file.write_text(text + '\n[[outlet]]\nid = "bare"\n')
    said = desk.run("sources")
    assert "post    auto  15m, quiet 22:00-06:00 12:00-13:00, jitter 0s  https://example.org/two" in said.out
    assert "2 outlets, 2 feeds." in said.out
    assert "'bare' has no feed" in said.err and "No contact" in said.err
    listed = desk.run("sources", "--json").json
    assert [(one["id"], [feed["schedule"] for feed in one["feeds"]]) for one in listed] == [("post", ["15m", "15m"]), ("bare", [])]
    assert [(feed["quiet"], feed["jitter"]) for feed in listed[0]["feeds"]] == [(["22:00-06:00", "12:00-13:00"], "0s")] * 2


def test_sources_without_a_file_says_what_to_do(tmp_path: Path) -> None:
    assert "wirecopy init" in Desk(tmp_path).run("sources", code=78).err


def test_remove_takes_out_a_feed_or_an_outlet_and_nothing_else(desk: Desk) -> None:
    desk.file.write_text(
        sources_with("https://ann:secret@example.org/feed", "https://example.org/two") + EARLIER.format(origin="https://a.example")
    )
    assert "Removed 1 feed from" in desk.run("remove", "https://example.org/feed").out
    assert desk.urls == ["https://example.org/two", "https://a.example/rss/latest.xml"]
    assert "1 feed and 1 outlet" in desk.run("remove", "known").out
    assert "no feed 'known'" in desk.run("remove", "known", code=64).err
    assert "Removed 0 feeds and 1 outlet" in desk.run("remove", "last").out
    assert desk.urls == ["https://example.org/two"]
    assert desk.file.read_text().startswith(MINE)


def test_opml_goes_out_and_comes_back_as_it_was(desk: Desk, world: World) -> None:
    desk.file.write_text(world.sources_toml())
    desk.run("export-opml", "out.opml")
    assert "Added 15 feeds to copy.toml." in desk.run("import-opml", "out.opml", "-s", "copy.toml").out
    assert load(desk.folder / "copy.toml").outlets == desk.sources.outlets
    before = (desk.folder / "copy.toml").read_bytes()
    opml = desk.run("export-opml").out
    assert "15 feeds stood there already" in desk.run("import-opml", "-", "-s", "copy.toml", stdin=opml).out
    assert (desk.folder / "copy.toml").read_bytes() == before


def test_imported_feeds_join_the_outlet_of_their_site_and_others_get_an_id_of_their_own(desk: Desk) -> None:
    desk.file.write_text(MINE + EARLIER.format(origin="https://www.a.example"))
    (desk.folder / "in.opml").write_text(
        """<opml version="2.0"><body><outline text="News">
        <outline text="A world" type="rss" xmlUrl="https://feeds.a.example/world" htmlUrl="https://a.example/world"/>
        <outline text="Known" type="rss" xmlUrl="https://known.example/feed" htmlUrl="https://known.example/"/>
        <outline text="Script" type="rss" xmlUrl="javascript:alert(1)"/>
        </outline></body></opml>"""
    )
    assert "Added 2 feeds" in desk.run("import-opml", "in.opml").out
    outlets = {outlet.id: [feed.url for feed in outlet.feeds] for outlet in desk.sources.outlets}
    assert outlets["known"] == ["https://www.a.example/rss/latest.xml", "https://feeds.a.example/world"]
    assert sorted(map(len, outlets.values())) == [0, 1, 2]
    assert ["https://known.example/feed"] in outlets.values()


def test_what_is_no_opml_changes_nothing(desk: Desk) -> None:
    assert "not OPML" in desk.run("import-opml", "-", stdin="<html>no</html>", code=78).err
    assert "names no feed" in desk.run("import-opml", "-", stdin="<opml><body/></opml>").out
    desk.run("import-opml", "nowhere.opml", code=64)
    assert desk.file.read_text() == MINE


def test_exported_credentials_are_warned_of(desk: Desk) -> None:
    desk.file.write_text(sources_with("https://ann:secret@example.org/feed"))
    assert "passwords" in desk.run("export-opml").err


@pytest.mark.parametrize("command", ["init", "add", "sources", "check", "remove", "import-opml", "export-opml"])
def test_each_command_has_help_with_an_example(desk: Desk, command: str) -> None:
    assert f"\n  wirecopy {command}" in desk.run(command, "--help").out
