"""ninjs, JSON-LD and Atom: valid by their standards, also where a page was hostile."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser  # type: ignore[import-untyped]
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.errors import OutputError
from archive.export.ninjs import uri
from archive.export.xml_text import xml_text
from archive.model import Article
from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store
from tests.archive.parts import Page
from tests.export.conftest import CONTROLS, HOSTILE, Export

SCHEMAS = Path(__file__).parent / "schemas"
ATOM = "{http://www.w3.org/2005/Atom}"

formats = jsonschema.FormatChecker()


@formats.checks("uri", raises=ValueError)
def is_uri(value: object) -> bool:
    return isinstance(value, str) and bool(urlsplit(value).scheme) and re.fullmatch(r"[!-~]+", value) is not None


@formats.checks("date-time", raises=ValueError)
def is_date_time(value: object) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


def lines(done: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_2(said: dict[str, Any]) -> None:
    schema = json.loads((SCHEMAS / "ninjs-schema_2.0.json").read_text("utf-8"))
    jsonschema.Draft4Validator(schema, format_checker=formats).validate(said)


def check_3(said: dict[str, Any]) -> None:
    schema = json.loads((SCHEMAS / "ninjs-schema_3.1.transcribed.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=formats).validate(said)


@pytest.mark.parametrize(("version", "check"), [("2.2", check_2), ("3.1", check_3)])
def test_every_article_is_a_valid_news_object(export_: Export, version: str, check: Any) -> None:
    objects = lines(export_("ninjs", "--version", version, "--all-revisions", "--without-text"))
    assert len(objects) == 5
    for said in objects:
        check(said)
        assert said["standard"]["version"] == version


@pytest.mark.parametrize(("version", "check"), [("2.2", check_2), ("3.1", check_3)])
def test_the_schemas_refuse_the_names_of_the_other_version(export_: Export, version: str, check: Any) -> None:
    other = "3.1" if version == "2.2" else "2.2"
    with pytest.raises(jsonschema.ValidationError):
        check(lines(export_("ninjs", "--version", other))[0])
    said = lines(export_("ninjs", "--version", version))[0]
    for wrong in ({"uri": "no uri"}, {"type": "poem"}, {"headline": "x"}, {"altIds" if version == "3.1" else "altids": [{"id": 1}]}):
        with pytest.raises(jsonschema.ValidationError):
            check(said | wrong)


def test_a_news_object_says_what_is_known(export_: Export) -> None:
    said = lines(export_("ninjs", "--agency", "dpa"))[0]
    assert said["uri"] == "https://valley.example/3"
    assert said["headlines"] == [{"role": "main", "value": "Zürich: ein Pakt"}]
    assert [source["name"] for source in said["infoSources"]] == ["Valley\nPost \u202e", "Deutsche Presse-Agentur"]
    assert [(one["name"], one["rel"]) for one in said["subjects"]] == [("Wirtschaft", "section"), ("Pakt", "about"), ("Zürich", "about")]
    assert (said["representationType"], said["pubStatus"], said["version"]) == ("partial", "usable", "1")
    assert (said["firstCreated"], said["versionCreated"]) == ("2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z")
    assert said["bodies"][0]["charCount"] == len(said["bodies"][0]["value"])
    assert said["associations"][0]["renditions"][0]["href"] == "https://valley.example/3.jpg"


def test_what_the_feed_has_withdrawn_is_canceled(export_: Export, library: Store) -> None:
    with library.transaction() as conn:
        conn.execute("INSERT INTO polls (run_id, feed_id, polled_at, outcome) VALUES (1, 1, '2026-11-22T12:00:00Z', 'new')")
        conn.execute(
            "INSERT INTO entries (feed_id, page_id, poll_id, identity, digest, guid, url, status, first_seen_at)"
            " SELECT 1, page_id, last_insert_rowid(), 1, 1, 'g1', url, 'canceled', '2026-11-22T12:00:00Z' FROM articles WHERE id = 4"
        )
    said = {one["version"] + one["uri"]: one for one in lines(export_("ninjs"))}
    assert said["1https://valley.example/3"]["pubStatus"] == "canceled"
    assert {"role": "guid", "value": "g1"} in said["1https://valley.example/3"]["altIds"]
    assert sum(one["pubStatus"] == "canceled" for one in said.values()) == 1
    assert [one.get("creativeWorkStatus") for one in lines(export_("jsonld"))] == [None, None, "Withdrawn", None]


@given(st.text())
def test_any_address_becomes_a_uri(text: str) -> None:
    assert re.fullmatch(r"https://a\.example/[!-~]*", uri("https://a.example/" + text.encode("utf-8", "ignore").decode()))


def test_json_ld_is_a_news_article_that_stands_alone(export_: Export) -> None:
    said = lines(export_("jsonld", "--agency", "dpa"))[0]
    assert (said["@context"], said["@type"]) == ("https://schema.org", "NewsArticle")
    assert said["author"] == [{"@type": "Person", "name": "Asha Rao"}, {"@type": "Person", "name": "B. Lind"}]
    assert said["sourceOrganization"]["name"] == "Deutsche Presse-Agentur"
    assert said["mainEntityOfPage"] == "https://valley.example/3"
    assert (said["datePublished"], said["inLanguage"], said["isAccessibleForFree"]) == ("2026-11-22T10:00:00Z", "de", False)
    assert said["articleBody"] == "Zürich, 22. Nov. Zwei Länder.\n\nNeun Firmen."
    assert said["image"][0]["contentUrl"] == "https://valley.example/3.jpg"
    assert None not in said.values()


def test_a_feed_is_read_by_feed_readers_the_newest_first(export_: Export) -> None:
    content = export_("atom", "--title", "A & <B>", "--url", "https://example.org/news.xml").stdout_bytes
    read = feedparser.parse(content)
    assert (read.bozo, read.version, read.feed.title, read.feed.id) == (0, "atom10", "A & <B>", "https://example.org/news.xml")
    assert [entry.updated for entry in read.entries] == sorted((entry.updated for entry in read.entries), reverse=True)
    assert read.feed.updated == read.entries[0].updated
    full = next(entry for entry in read.entries if entry.title == "Zürich: ein Pakt")
    assert full.content[0].value == "<p>Zürich, 22. Nov. Zwei Länder.</p><p>Neun Firmen.</p>"
    assert (full.link, full.published) == ("https://valley.example/3", "2026-11-22T10:00:00Z")
    assert [tag.term for tag in full.tags] == ["Wirtschaft", "Pakt", "Zürich"]


def test_a_feed_has_what_rfc_4287_demands(export_: Export) -> None:
    root = etree.fromstring(export_("atom").stdout_bytes)
    assert [len(root.findall(ATOM + name)) for name in ("id", "title", "updated")] == [1, 1, 1]
    entries = root.findall(ATOM + "entry")
    assert len(entries) == 4
    for entry in entries:
        assert [len(entry.findall(ATOM + name)) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert entry.findall(f"{ATOM}author/{ATOM}name")
        assert [link.get("rel") for link in entry.findall(ATOM + "link")] == ["alternate"]
        assert re.fullmatch(r"tag:[a-z.]+,\d{4}-\d\d-\d\d:wirecopy/[0-9a-f]{32}", entry.findtext(ATOM + "id") or "")
    assert len({entry.findtext(ATOM + "id") for entry in entries}) == 4


def test_a_hostile_page_stays_text_in_a_feed(export_: Export) -> None:
    content = export_("atom", "--outlet", "valley", "--since", "2026-11-19", "--until", "2026-11-19").stdout_bytes
    assert b"\x1b" not in content
    root = etree.fromstring(content)
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == HOSTILE
    text = root.findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
    assert CONTROLS.count("\x00") == 1


@given(st.text())
def test_any_text_can_be_written_as_xml(text: str) -> None:
    safe = xml_text(text)
    element = etree.Element("x")
    element.text = safe
    assert len(safe) == len(text)


def test_a_changed_page_comes_up_again_under_its_id(export_: Export, library: Store) -> None:
    before = feedparser.parse(export_("atom").stdout_bytes).entries
    page = Page(library, "https://harbour.example/4", run_id=1)
    page.visits = 5
    page.say(Article("Fair", text="The fair was closed again."))
    after = feedparser.parse(export_("atom").stdout_bytes).entries
    assert (after[0].title, len(after)) == ("Fair", len(before))
    assert {entry.id for entry in after} == {entry.id for entry in before}


def test_a_feed_takes_the_newest_and_no_more_than_are_asked_for(export_: Export, library: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = selecting.latest(library, Selection(), last=5, limit=99)
    monkeypatch.setattr(selecting, "WINDOW", 1)
    assert selecting.latest(library, Selection(), last=5, limit=99) == everything
    assert selecting.latest(library, Selection(agencies=("dpa",)), last=5, limit=1) == [4]
    assert len(feedparser.parse(export_("atom", "--limit", "2").stdout_bytes).entries) == 2


def test_a_feed_is_replaced_in_one_step(export_: Export, tmp_path: Path) -> None:
    out = tmp_path / "feed.xml"
    out.write_text("old")
    export_("atom", out)
    assert feedparser.parse(out.read_bytes()).version == "atom10"
    assert [path.name for path in tmp_path.glob("*.new")] == []
    with pytest.raises(OutputError, match="no folder"):
        export_("atom", tmp_path / "none" / "feed.xml")


def test_an_empty_feed_is_a_feed(export_: Export) -> None:
    read = feedparser.parse(export_("atom", "--since", "2030").stdout_bytes)
    assert (read.bozo, len(read.entries), read.feed.updated) == (0, 0, "1970-01-01T00:00:00Z")
