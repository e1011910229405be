"""Which story a text belongs to: each rule with an example of its own."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.grouping import Known, Nearby, Verdict, decide, headlines, is_corrected, is_live, paragraphs, sketch
from archive.grouping.sketch import Sketch
from tests.grouping.texts import BRIEF, COPIES, FERRY, HARBOUR, MARKET, TEMPLATE, WEATHER

DAY = 86400


def made(text: str, headline: str | None = None) -> Sketch:
    parts = paragraphs(text)
    return sketch(parts, headline=headline, live=is_live(headline, text, parts), corrected=is_corrected(headline, text))


def asked(
    new: str, *stories: str, apart: int = 0, hubs: frozenset[int] = frozenset(), headline: str | None = None, theirs: str | None = None
) -> Verdict:  # fmt: skip
    """The decision on a text beside stories of one text each, numbered from 1; `theirs`: the headline of all of these."""
    known = [Known(number, made(text), 0) for number, text in enumerate(stories, 1)]
    common = Counter(one for text in known for one in text.sketch.hashes)
    nearby = [Nearby(text.text_id, text, (text,), 1, theirs) for text in known]
    return decide(made(new, headline), apart, nearby, common, hubs)


def kinds(verdict: Verdict) -> list[str]:
    return [link.kind for link in verdict.links]


@pytest.mark.parametrize("language", COPIES)
def test_a_copy_with_another_lede_and_a_cut_is_of_the_story_in_every_script(language: str) -> None:
    original, copy, other = COPIES[language]
    assert asked(copy, original).story_id == 1
    assert asked(original, copy).story_id == 1
    assert asked(other, original).story_id is None


def test_what_shares_nothing_is_a_story_of_its_own() -> None:
    verdict = asked(FERRY, HARBOUR, MARKET)
    assert (verdict.story_id, verdict.roundup, verdict.links) == (None, False, ())


def test_the_same_words_around_other_numbers_are_another_story() -> None:
    monday, tuesday = WEATHER.format(31, 18, 12, 65, 4), WEATHER.format(27, 15, 40, 82, 9)
    assert asked(tuesday, monday).story_id is None
    assert asked(monday, monday + " Forecasters thanked the public for its patience.").story_id == 1


def test_a_correction_of_one_number_is_the_same_story_and_told_as_one() -> None:
    wrong = HARBOUR.replace("12 vessels", "21 vessels")
    verdict = asked(HARBOUR, wrong)
    assert (verdict.story_id, kinds(verdict)) == (1, ["corrects"])


def test_a_correction_that_says_so_may_have_any_numbers() -> None:
    wrong, right = WEATHER.format(31, 18, 12, 65, 4), WEATHER.format(27, 15, 40, 82, 4)
    assert asked(right, wrong).story_id is None
    assert asked("Corrects the figures in the first paragraph.\n\n" + right, wrong).story_id == 1


def test_a_company_s_notice_from_a_template_is_another_story_for_another_company() -> None:
    one = TEMPLATE.format("Alder Mills", 120, 7.25, 2031, 99.5)
    other = TEMPLATE.format("Brook Foods", 85, 6.5, 2029, 100.25)
    assert asked(other, one).story_id is None


def test_a_round_up_is_a_story_of_its_own_and_names_what_it_has() -> None:
    heads = ["\n\n".join(text.split("\n\n")[:3]) for text in (HARBOUR, FERRY, MARKET)]
    verdict = asked("\n\n".join(heads), HARBOUR, FERRY, MARKET)
    assert (verdict.story_id, verdict.roundup) == (None, True)
    assert {(link.kind, link.text_id) for link in verdict.links} == {("contains", 1), ("contains", 2), ("contains", 3)}


def test_a_story_with_some_background_of_an_older_one_is_its_own_and_says_what_it_reuses() -> None:
    background = "\n\n".join(HARBOUR.split("\n\n")[3:5])
    verdict = asked(FERRY + "\n\n" + background, HARBOUR)
    assert (verdict.story_id, kinds(verdict)) == (None, ["reuses"])


def test_the_brief_that_came_first_has_the_story_that_begins_with_it() -> None:
    whole = BRIEF + "\n\n" + FERRY + "\n\n" + MARKET.replace("exchange", "bourse")
    assert asked(whole, BRIEF).story_id == 1
    assert asked(FERRY + "\n\n" + MARKET + "\n\n" + BRIEF, BRIEF).story_id is None  # not at its head: reused


def test_an_update_on_top_is_of_the_story_and_told_as_one() -> None:
    update = "\n\n".join(FERRY.split("\n\n")[:2]) + "\n\n" + HARBOUR
    verdict = asked(update, HARBOUR)
    assert (verdict.story_id, kinds(verdict)) == (1, ["updates"])


def test_a_brief_and_a_copy_with_another_lede_are_one_story_where_their_headlines_are() -> None:
    brief, rest = "\n\n".join(HARBOUR.split("\n\n")[:2]), "\n\n".join(HARBOUR.split("\n\n")[2:])
    lede = (
        "Gales shut the port of the island's capital.\n\nNobody was hurt, but 12 vessels had to wait outside the breakwater, among them a"
        " tanker with 40,000 tonnes of fuel, an official said."
    )
    told = {"headline": "What we know: Storm closes port, ships wait", "theirs": "Storm closes port, ships wait | Metro"}
    verdict = asked(f"{lede}\n\n{rest}", brief, **told)  # type: ignore[arg-type]
    assert (verdict.story_id, verdict.reason) == (1, "it has the story's headline, and a part of it")
    assert asked(f"{lede}\n\n{rest}", brief, headline="Gales over the island").story_id is None
    assert asked(f"{lede}\n\n{rest}", brief, apart=3 * DAY, **told).story_id is None  # type: ignore[arg-type] # columns come again


def test_a_headline_alone_makes_no_copy() -> None:
    assert asked(FERRY, HARBOUR, headline="Storm closes port, ships wait", theirs="Storm closes port, ships wait").story_id is None
    monday, tuesday = WEATHER.format(31, 18, 12, 65, 4), WEATHER.format(27, 15, 40, 82, 9)
    assert asked(tuesday, monday, headline="Weather for the capital today", theirs="Weather for the capital today").story_id is None


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("Storm closes port, ships wait", "STORM CLOSES PORT; SHIPS WAIT", True),
        ("Storm closes port, ships wait", "UPDATE 2-Storm closes port, ships wait", True),
        ("Storm closes port, ships wait", "Storm closes bridge, ferries wait", False),
        ("The Globe", "The Globe", False),  # too few words to say anything
        ("台风来袭港口关闭船只等待", "台风来袭，港口关闭，船只等待", True),
        ("港口关闭", "港口关闭", False),
        (None, "Storm closes port, ships wait", False),
        ("***", "***", False),
    ],
)
def test_headlines_are_one_where_the_shorter_stands_in_the_other(one: str | None, other: str, are: bool) -> None:
    assert headlines.same(one, other) is are
    assert headlines.same(other, one) is are


def test_a_week_later_only_a_rerun_is_the_same_story() -> None:
    half = "\n\n".join(HARBOUR.split("\n\n")[:3]) + "\n\n" + MARKET.split("\n\n")[2]
    assert asked(half, HARBOUR).story_id == 1
    assert asked(half, HARBOUR, apart=7 * DAY).story_id is None
    again = asked(HARBOUR, HARBOUR + "\n\nFirst published last week.", apart=7 * DAY)
    assert (again.story_id, kinds(again)) == (1, ["rerun"])


def test_a_live_page_and_an_item_of_it_are_two_stories() -> None:
    live = BRIEF + "\n\n" + FERRY
    assert asked(live, BRIEF).story_id == 1
    assert asked(live, BRIEF, headline="The Latest: Storm closes port").story_id is None
    assert asked(live, BRIEF, headline="Roundup: Storm closes port").story_id is None


def test_shingles_that_are_common_property_say_nothing() -> None:
    furniture = made(HARBOUR).hashes
    assert asked(HARBOUR, HARBOUR, hubs=furniture).story_id is None


def test_of_two_stories_that_have_all_of_it_the_larger_one_is_taken() -> None:
    texts = [Known(number, made(HARBOUR + "\n\n" + end), 0) for number, end in enumerate(("End.", "Reported by our desk."), 1)]
    nearby = [Nearby(1, texts[0], (texts[0],), 1), Nearby(2, texts[1], (texts[1],), 5)]
    assert decide(made(HARBOUR), 0, nearby, {}, frozenset()).story_id == 2
    assert decide(made(HARBOUR), 0, nearby[:1], {}, frozenset()).story_id == 1


def test_a_part_that_one_copy_brought_along_is_not_the_story() -> None:
    """A page had another story's text below its own: what has that text alone is no copy of this story."""
    first = Known(1, made(HARBOUR), 0)
    swollen = Known(2, made("\n\n".join([HARBOUR, MARKET, FERRY, BRIEF, MARKET.replace("the", "a"), FERRY.replace("a", "the")])), 0)
    piece = "\n\n".join(FERRY.split("\n\n")[:2])
    of_one = Nearby(1, first, (first, swollen), 4)
    assert decide(made(piece), 0, [of_one], {}, frozenset()).story_id is None


@given(st.permutations([HARBOUR, FERRY, MARKET, BRIEF]), st.integers(1, 4))
def test_whatever_is_put_together_the_decision_is_a_known_story_or_none(texts: list[str], number: int) -> None:
    verdict = asked("\n\n".join(texts[:number]), *texts)
    assert verdict.story_id in (None, 1, 2, 3, 4)
    assert verdict == asked("\n\n".join(texts[:number]), *texts)
    assert all(0 < link.share <= 1 for link in verdict.links)
