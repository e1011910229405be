"""sources.toml: what it means, what is refused and how that is said, and edits that leave the rest alone."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import SourcesError
from crawler.sources import (
    FeedSpec,
    FetchSpec,
    OutletSpec,
    Politeness,
    add_outlet,
    load,
    parse,
    same_feed,
    starter,
    values,
)
from crawler.sources.layout import layout_of
from crawler.sources.specs import RECHECK

FULL = """# my sources
[fetch]
contact = "desk@daily.example"
timeout = 20
max_size = "2.5 MB"
delay = 0.5
robots = false
allow_private = ["10.1.0.0/16", "fd00::/8"]

# the daily, a friend of ours
[[outlet]]
id = "daily"
name = "The Daily"          # as it calls itself
homepage = "https://daily.example/"
language = "en-IN"
timezone = "Asia/Kolkata"
agency = "ians"
delay = 3
robots = true
schedule = "2h"
skip = "/video/"

  # world desk
  [[outlet.feed]]
  url = "https://daily.example/world.xml"
  kind = "rss"
  schedule = "*/15 6-22 * * mon-fri"

  [[outlet.feed]]
  url = "https://daily.example/sport.xml"
  keep = "/sport/"

# the other one
[[outlet]]
id = "other"
feed = [{url = "https://other.example/feed"}]
"""


def test_a_full_file_is_read() -> None:
    sources = parse(FULL)
    daily, other = sources.outlets
    assert sources.fetch.contact == "mailto:desk@daily.example"
    assert (sources.fetch.timeout, sources.fetch.max_size, sources.fetch.delay) == (20.0, 2_500_000, 0.5)
    assert sources.fetch.allow_private == (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    assert (daily.name, daily.language, daily.timezone, daily.agency) == ("The Daily", "en-IN", "Asia/Kolkata", "ians")
    world, sport = daily.feeds
    assert (world.kind, sport.kind) == ("rss", "auto")
    assert world.schedule and (world.schedule.cron, world.schedule.every) == ("*/15 6-22 * * mon-fri", None)
    assert sport.schedule and sport.schedule.every == timedelta(hours=2)
    assert (world.keep, world.skip, sport.keep) == (None, "/video/", "/sport/")
    assert (other.name, other.feeds) == ("other", (FeedSpec("https://other.example/feed"),))


def test_an_outlets_own_politeness_goes_before_the_general() -> None:
    sources = parse(FULL)
    assert sources.politeness(sources.outlets[0]) == Politeness(20.0, 10.0, 2_500_000, 3.0, True, 2000, RECHECK, 10, False)
    assert sources.politeness(sources.outlets[1]) == Politeness(20.0, 10.0, 2_500_000, 0.5, False, 2000, RECHECK, 10, False)


def test_outlets_and_feeds_are_found_by_id_and_url() -> None:
    sources = parse(FULL)
    found = sources.feed("https://daily.example/sport.xml")
    assert found and (found[0].id, found[1].keep) == ("daily", "/sport/")
    assert sources.outlet("other") and sources.outlet("nobody") is None and sources.feed("https://nobody.example/") is None


@pytest.mark.parametrize(
    ("keep", "skip", "url", "wanted"),
    [
        (None, None, "https://a.example/x", True),
        ("/news/", None, "https://a.example/news/1", True),
        ("/news/", None, "https://a.example/sport/1", False),
        (None, "/video/", "https://a.example/video/1", False),
        ("/news/", "/video/", "https://a.example/news/video/1", False),
        ("end$", None, "https://a.example/" + "x" * 2000 + "end", False),
    ],
)
def test_keep_and_skip_choose_the_links(keep: str | None, skip: str | None, url: str, wanted: bool) -> None:
    assert FeedSpec("https://a.example/feed", keep=keep, skip=skip).wants(url) is wanted


OUTLET = '[[outlet]]\nid = "a"\n'
FEED = f'{OUTLET}[[outlet.feed]]\nurl = "https://a.example/feed"\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f'{OUTLET}\n[[outlet.feed]]\nur = "https://a.example/"', 5, "unknown key 'ur' in feed 1 of outlet 'a'; did you mean 'url'?"),
        ("[fetch]\n\ntimeuot = 3", 3, "unknown key 'timeuot' in [fetch]; did you mean 'timeout'?"),
        ("[outlets]", 1, "unknown key 'outlets' in the file; did you mean 'outlet'?"),
        (f"{OUTLET}zzz = 1", 3, "unknown key 'zzz' in outlet 'a'"),
        ('[outlet]\nid = "a"', 1, "[outlet] has to be written [[outlet]]"),
        ('[[outlet]]\nname = "A"', 1, "outlet number 1 has no 'id'"),
        (f"{OUTLET}[[outlet.feed]]\nkind = 'rss'", 3, "feed 1 of outlet 'a' has no 'url'"),
        (f"{FEED}{OUTLET}", 6, "id 'a' stands a second time in outlet 'a'; the first is in line 2"),
        (f'{FEED}[[outlet.feed]]\nurl = "HTTPS://A.example:443/feed#x"', 6, "stands a second time in outlet 'a'; the first is in line 4"),
        ('[[outlet]]\nid = "The Daily"', 2, "'The Daily' is no id"),
        (f"{OUTLET}homepage = 'ftp://a.example/'", 3, "is no web address"),
        (f"{OUTLET}[[outlet.feed]]\nurl = 'https://a.example:0/'", 4, "is no web address"),
        (f"{OUTLET}[[outlet.feed]]\nurl = 'https://a example/'", 4, "is no web address"),
        (f"{OUTLET}[[outlet.feed]]\nurl = 'http://[::1/'", 4, "is no web address"),
        (f"{FEED}kind = 'xml'", 5, "'xml' is no kind: use auto, rss, atom, json, sitemap, html"),
        (f"{FEED}schedule = '5 minutes'", 5, "is no schedule"),
        (f"{FEED}schedule = '30s'", 5, "out of range"),
        (f"{FEED}schedule = '* 24 * * *'", 5, "is no cron hour"),
        (f"{FEED}schedule = '*/0 * * * *'", 5, "is no step"),
        (f"{FEED}schedule = '9-3 * * * *'", 5, "is no cron minute"),
        (f"{OUTLET}timezone = 'India'", 3, "is no time zone"),
        (f"{OUTLET}timezone = '../x'", 3, "is no time zone"),
        (f"{OUTLET}language = 'english please'", 3, "is no language tag"),
        (f"{OUTLET}keep = '(a'", 3, "is no regular expression"),
        (f"{OUTLET}keep = '(a+)+b'", 3, "can take for ever"),
        (f"{OUTLET}skip = '(?:(x|y)z)*'", 3, "can take for ever"),
        (f"{OUTLET}delay = '1'", 3, "'delay' in outlet 'a' has to be a number from 0 to 3600"),
        (f"{OUTLET}delay = -1", 3, "has to be a number"),
        (f"{OUTLET}timeout = nan", 3, "has to be a number"),
        (f"{OUTLET}timeout = true", 3, "has to be a number"),
        (f"{OUTLET}max_entries = 1.5", 3, "has to be a whole number"),
        (f"{OUTLET}max_size = 'much'", 3, "is no size"),
        (f"{OUTLET}max_size = 5", 3, "between 1 kB and 1 GB"),
        (f"{OUTLET}max_size = true", 3, "has to be a size"),
        (f"{OUTLET}robots = 'no'", 3, "has to be true or false"),
        (f"{OUTLET}name = ['x']", 3, "has to be text in quotes"),
        ("[fetch]\ncontact = 'me'", 2, "neither a web page"),
        ('[fetch]\ncontact = "mailto:a@b.example\\nX: 1"', 2, "neither a web page"),
        ("[fetch]\nallow_private = ['10.0.0.1/8']", 2, "is no network"),
        ("[fetch]\nallow_private = '10.0.0.0/8'", 2, "has to be a list of texts"),
        ("fetch = 3", 1, "[fetch] has to be a table"),
        ("outlet = [3]", 1, "outlet number 1 has to be a table"),
        ('x = 1\ny = "', 2, "not valid TOML"),
        ("[fetch]\n[fetch]", 2, "not valid TOML"),
        ('a = """\nnot closed\n', 3, "not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_remedy(text: str, line: int, words: str) -> None:
    with pytest.raises(SourcesError) as caught:
        parse(text, Path("my/sources.toml"))
    assert str(caught.value).startswith(f"my/sources.toml:{line}: ")
    assert words in str(caught.value)
    assert caught.value.hint and caught.value.exit_code == 78


def test_a_number_that_python_does_not_read_is_an_error_of_sources() -> None:
    with pytest.raises(SourcesError, match="thousands of digits"):
        parse("[fetch]\ndelay = " + "1" * 5000)


def test_a_file_that_cannot_be_read_is_an_error_of_sources(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="no such file") as missing:
        load(tmp_path / "sources.toml")
    assert missing.value.hint and "wirecopy init" in missing.value.hint
    with pytest.raises(SourcesError, match="a folder"):
        load(tmp_path)
    (tmp_path / "latin.toml").write_bytes('# one\n[[outlet]]\nid = "a"\nname = "Süd"'.encode("latin-1"))
    with pytest.raises(SourcesError, match=r"latin\.toml:4: the file is not UTF-8"):
        load(tmp_path / "latin.toml")


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert load(file).outlets == parse(FULL).outlets
    assert load(file).path == file


def test_what_is_odd_but_not_wrong_is_a_warning() -> None:
    assert parse("").warnings == ()
    assert any("No contact" in text for text in parse(FEED).warnings)
    assert parse(f'[fetch]\ncontact = "https://me.example/"\n{FEED}').warnings == ()
    assert parse(FEED.replace("a.example", "127.0.0.1:8000")).warnings == ()
    assert parse(OUTLET).warnings == ("Outlet 'a' has no feed: nothing of it is crawled.",)


def test_lines_are_found_across_strings_arrays_and_inline_tables() -> None:
    text = 'a = """\n[[outlet]]\nid = "no"\n"""\nb = [\n  1, # ]\n  "]",\n]\n[[outlet]]\n"id" = \'x\'\n[outlet.sub]\nk.l = 1\n[[outlet]]\n'
    lines = layout_of(text).lines
    assert lines[("a",)] == 1 and lines[("b",)] == 5
    assert lines[("outlet", 0)] == 9 and lines[("outlet", 0, "id")] == 10
    assert lines[("outlet", 0, "sub", "k", "l")] == 12 and lines[("outlet", 1)] == 13
    assert layout_of(text).line_of(("outlet", 1, "missing")) == 13


def test_the_starter_loads_and_names_real_outlets() -> None:
    sources = parse(starter())
    assert len(sources.outlets) >= 5
    assert all(outlet.feeds and outlet.timezone and outlet.language for outlet in sources.outlets)


def test_the_starter_states_the_defaults_as_they_are() -> None:
    lines = [line.removeprefix("# ").partition("  ")[0] for line in starter().splitlines() if line.startswith("# ") and " = " in line]
    settings_shown = "\n".join(
        line
        for line in lines
        if line.split(" = ")[0] in ("timeout", "connect_timeout", "max_size", "delay", "robots", "max_entries", "allow_private", "quiet")
    )
    assert len(settings_shown.splitlines()) == 8
    assert parse(f"[fetch]\n{settings_shown}").fetch == parse("").fetch


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://A.example", "https://a.example/", True),
        ("http://a.example:80/x", "http://a.example/x#f", True),
        ("http://a.example/x", "https://a.example/x", False),
        ("https://a.example/X", "https://a.example/x", False),
        ("https://a.example/x?a=1", "https://a.example/x?a=2", False),
        ("https://a.example:8443/", "https://a.example/", False),
        ("http://[::1]:80/", "http://[::1]/", True),
    ],
)
def test_feeds_are_the_same_by_address_and_no_further(one: str, other: str, same: bool) -> None:
    assert (same_feed(one) == same_feed(other)) is same


def test_the_guide_explains_every_key_and_its_example_loads() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "sources.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    assert [len(outlet.feeds) for outlet in parse(example).outlets] == [2]
    for spec in (FetchSpec, OutletSpec, FeedSpec):
        for key in (field.name for field in fields(spec) if field.name != "feeds"):
            assert f"`{key}`" in guide, key


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("[]{}\"'=.,#\n abfetchoulid=0\\é\t"), max_size=80))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    layout_of(text)
    try:
        parse(text)
    except SourcesError as problem:
        assert str(problem).startswith("sources.toml:")


_words = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() and not any("\ud800" <= c <= "\udfff" for c in text))


@settings(max_examples=100, deadline=None)
@given(_words, st.sampled_from([None, "15m", "0 6 * * *"]), st.none() | st.from_regex(r"\A[a-z/.?]{1,8}\Z"))
def test_any_outlet_survives_being_written(name: str, schedule: str | None, keep: str | None) -> None:
    try:
        keep = values.pattern(keep) if keep else None
    except ValueError:
        keep = None
    feed = FeedSpec("https://a.example/feed", schedule=values.schedule(schedule) if schedule else None, keep=keep)
    outlet = OutletSpec(id="a", name=name.strip(), feeds=(feed,))
    written = add_outlet("# note", outlet)
    assert tomllib.loads(written)["outlet"][0]["name"] == name.strip()
    assert parse(written).outlets == (outlet,)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=40),
    st.sampled_from(
        [
            values.web_url,
            values.contact,
            values.timezone,
            values.language,
            values.schedule,
            values.pattern,
            values.network,
            values.size,
            values.outlet_id,
        ]
    ),
)
def test_a_value_is_taken_or_refused_as_a_value_error(text: str, read: object) -> None:
    assert callable(read)
    try:
        read(text)
    except ValueError as problem:
        assert str(problem)


def test_verify_tls_false_is_an_exemption_that_is_said_aloud() -> None:
    sources = parse('[[outlet]]\nid = "a"\nverify_tls = false\n[[outlet]]\nid = "b"\n')
    assert [outlet.verify_tls for outlet in sources.outlets] == [False, True]
    assert sources.exemptions == ("Outlet 'a' has verify_tls = false: anybody on the way can pose as it.",)
    assert set(sources.exemptions) <= set(sources.warnings)


def test_recheck_is_a_growing_list_of_intervals_and_an_empty_one_turns_it_off() -> None:
    sources = parse('[fetch]\nrecheck = ["1h", "1d"]\n[[outlet]]\nid = "a"\nrecheck = []\n[[outlet]]\nid = "b"\n')
    assert sources.politeness(sources.outlets[0]).recheck == ()
    assert sources.politeness(sources.outlets[1]).recheck == (timedelta(hours=1), timedelta(days=1))


@pytest.mark.parametrize("given", ['["1d", "1h"]', '["*/5 * * * *"]', '"1h"', "[1]"])
def test_a_recheck_that_is_none_is_an_error_with_its_line(given: str) -> None:
    with pytest.raises(SourcesError, match=r"sources.toml:2: .*recheck"):
        parse(f"[fetch]\nrecheck = {given}\n")
