"""What the demo world's outlets print: enough of it, as it should be, and the same bytes in every process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from scheduler.demo import Truth, World
from scheduler.demo.library import outlets, stories
from scheduler.demo.records import LAST_EPOCH
from scheduler.demo.sheets import EPOCH_TIMES

SHOWCASE = "buoys"


def page(world: World, outlet: str, story: str) -> Truth:
    return next(one for one in world.articles() if (one.outlet, one.story) == (outlet, story))


@pytest.fixture
def world() -> Iterator[World]:
    with World() as started:
        yield started


def test_there_are_at_least_forty_five_stories_in_six_languages_and_each_is_printed_somewhere() -> None:
    printed = {one.story for outlet in outlets() for one in outlet.pages}
    assert len(stories()) >= 45
    assert {story.language for story in stories().values()} == {"en", "hi", "ar", "de", "fr", "es"}
    assert printed == set(stories())


@pytest.mark.parametrize("key", sorted(stories()))
def test_a_story_has_the_length_of_an_agency_report(key: str) -> None:
    story = stories()[key]
    words = sum(len(text.split()) for text in story.paragraphs)
    assert 120 <= words <= 450
    assert len(story.paragraphs) >= 4
    assert not any("@" in text or "{" in text for text in story.paragraphs)


def test_the_showcase_has_an_original_seven_copies_two_revisions_a_round_up_and_a_look_alike(world: World) -> None:
    everything = world.articles(LAST_EPOCH)
    own = [one for one in everything if one.story == SHOWCASE]
    copies = [one for one in own if one.kind != "wire"]
    assert [one.outlet for one in own if one.kind == "wire"] == ["pti-wire"]
    assert len(copies) == len({one.outlet for one in copies}) == 7
    assert {one.kind for one in copies} == {"copy", "cut", "retitled", "boilerplate"}
    assert {one.agency for one in copies} == {"pti", None}
    assert [one.outlet for one in own if one.revision] == ["pti-wire", "meridian-6"]
    assert [one.story for one in everything if one.kind == "lookalike"] == ["sensors"]
    round_up = next(one for one in everything if one.story == "digest-morning")
    assert round_up.kind == "roundup"
    assert stories()[SHOWCASE].paragraphs[0] in round_up.text


def test_the_look_alike_shares_a_paragraph_and_a_template_but_no_figures() -> None:
    story, twin = stories()[SHOWCASE], stories()["sensors"]
    assert set(story.paragraphs) & set(twin.paragraphs)
    first, second = (set(re.findall(r"\d+", one.paragraphs[0] + one.paragraphs[4])) for one in (story, twin))
    assert not first & second


def test_everything_is_published_within_three_days_and_before_its_epoch_comes() -> None:
    for outlet in outlets():
        for one in outlet.pages:
            assert one.at <= EPOCH_TIMES[one.epoch], (outlet.id, one.story)
            assert one.epoch == 0 or one.at > EPOCH_TIMES[one.epoch - 1] or one.story == SHOWCASE, (
                outlet.id,
                one.story,
            )
            assert all(one.at < revision.at <= EPOCH_TIMES[revision.epoch] for revision in one.revisions)
            assert one.at.astimezone(ZoneInfo(outlet.timezone)).month == 11


def test_every_page_prints_its_headline_byline_and_all_its_paragraphs(world: World) -> None:
    for epoch in (0, LAST_EPOCH):
        for truth in world.articles(epoch):
            if truth.status != 200:
                continue
            charset = "windows-1252" if truth.outlet == "hafenbote" else "utf-8"
            tree = LexborHTMLParser(world.body_of(truth.url, epoch).decode(charset))
            text = " ".join(tree.text(separator=" ").split()) if tree.body else ""
            for part in (truth.headline, truth.byline, *truth.paragraphs, *truth.boilerplate, *truth.notes):
                assert " ".join(part.split()) in text, (truth.url, part)
            assert "@@" not in text
            assert "$" + "headline" not in text


def test_a_page_has_more_on_it_than_its_story(world: World) -> None:
    body = world.body_of(page(world, "suryagarh-times", SHOWCASE).url).decode()
    assert body.count("Open in App") >= 2
    assert "Epaper" in body
    assert "Disclaimer: This report has been published automatically" in body
    assert "SportsRiver Knights" in LexborHTMLParser(body).css("div.related")[0].text()
    assert "Also read" in world.body_of(page(world, "meridian-6", SHOWCASE).url).decode()


def test_json_ld_is_valid_and_says_when_and_who(world: World) -> None:
    body = world.body_of(page(world, "nadipur-courier", SHOWCASE).url)
    script = LexborHTMLParser(body).css_first('script[type="application/ld+json"]')
    assert script is not None
    data = json.loads(script.text())
    assert data["datePublished"] == "2026-11-20T13:26:00+05:30"
    assert data["author"]["name"] == "PTI"
    assert page(world, "nadipur-courier", SHOWCASE).byline == "PTI | New Delhi, Nov 20"


_DIGEST = """
import hashlib
from scheduler.demo.library import outlets
from scheduler.demo.site import site
digest = hashlib.sha256()
for outlet in outlets():
    for epoch in range(4):
        for path, answer in sorted(site(outlet, "http://127.0.7.1:80", epoch).items()):
            digest.update(path.encode() + answer.body + repr(sorted(answer.headers.items())).encode())
print(digest.hexdigest())
"""


def test_another_process_with_another_hash_seed_makes_the_same_bytes() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(digests) == 1
