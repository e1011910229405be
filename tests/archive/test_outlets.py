"""`wirecopy outlets`: who runs how much of an agency's copy, how fast, how edited, credited or not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import outlets as counting
from archive.errors import UsageError
from archive.outlet_commands import lateness, outlets
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.story_parts import Wire
from tests.archive.test_copies import END, HALF, compare, own_page
from tests.grouping.texts import BRIEF, FERRY, HARBOUR, MARKET

SEVEN = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Store]:
    """Two stories of PTI's own page and three outlets, one of IANS that one outlet ran, one that nobody credits."""
    with parts.new_store(tmp_path) as store:
        wire = Wire(store)
        own_page(wire, HARBOUR, published_at=SEVEN)
        own_page(wire, FERRY, published_at=SEVEN)
        wire.say(HARBOUR, headline="Harbour closed", agency="pti", published_at=SEVEN.replace(minute=10))
        wire.say(FERRY, headline="Ferry\x1b[2J", agency="pti", published_at=SEVEN.replace(minute=20))
        wire.say(HALF, outlet=1, headline="Harbour closed", published_at=SEVEN.replace(hour=9, minute=5))
        wire.say(BRIEF, outlet=1, agency="ians")
        wire.say(MARKET, outlet=2, published_at=SEVEN)
        wire.say(MARKET + "\n\n" + END, outlet=3, published_at=SEVEN.replace(hour=8, minute=1))
        compare(store)
        yield store


def asked(store: Store, *arguments: str) -> Result:
    result = CliRunner().invoke(outlets, [*arguments, "--archive", str(store.path)], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


def table(shown: str) -> dict[str, list[str]]:
    lines = [re.split(r"\s{2,}", line) for line in shown.splitlines()[2:]]
    return {line[0]: line[1:] for line in lines}


def test_an_agency_s_copy_is_told_outlet_by_outlet(archive: Store) -> None:
    shown = asked(archive, "--agency", "PTI").stdout
    assert shown.startswith("pti: 2 stories, 5 copies on 3 outlets, 2026-11-22 to 2026-11-22\n\n")
    half = round(100 * len(HALF.split()) / len(HARBOUR.split()))
    found = table(shown)
    assert list(found) == ["OUTLET", "harbour", "wire", "valley", "all"]
    assert found["harbour"] == ["2", "100%", "+15 min", "100%", "0%", "50%", "100%"]
    assert found["wire"] == ["2", "100%", "its own", "·", "·", "·", "·"]
    assert found["valley"][:3] == ["1", "50%", "+2 h 05 min"]
    assert abs(int(found["valley"][3].rstrip("%")) - half) <= 3
    assert found["valley"][4:] == ["0%", "0%", "0%"]
    assert found["all"][:3] == ["3", "100%", "+20 min"]
    assert found["all"][6] == "67%"
    assert "\x1b" not in shown


def test_without_an_agency_it_is_all_of_them_and_what_several_ran(archive: Store) -> None:
    found = table(asked(archive).stdout)
    assert found["valley"][0] == "2"
    assert found["metro"] == ["1", "25%", "+0 min", "·", "·", "·", "·"]  # what the others are held against
    assert found["coast"][2:4] + found["coast"][6:] == ["+1 h 01 min", "100%", "·"]
    assert found["all"][0] == "6"


def test_an_agency_is_known_by_its_name_too_and_an_unknown_one_is_told_of_with_what_may_be_meant(archive: Store) -> None:
    assert asked(archive, "--agency", "Press trust of India").stdout == asked(archive, "--agency", "pti").stdout
    with pytest.raises(UsageError, match="no agency 'ptj'") as problem:
        asked(archive, "--agency", "ptj")
    assert problem.value.hint == "did you mean pti or petra? This archive has copy of: ians, pti"
    nothing = asked(archive, "--agency", "tass")
    assert (nothing.stdout, nothing.stderr) == ("", "No copy of tass was found.\n")


def test_an_agency_that_the_sources_alone_name_is_known(archive: Store) -> None:
    archive.conn.execute("UPDATE outlets SET agency = 'localwire' WHERE code = 'metro'")
    assert "No copy of localwire" in asked(archive, "--agency", "LocalWire").stderr


def test_times_narrow_it_by_first_sight(archive: Store) -> None:
    assert table(asked(archive, "--since", "2026-11-22", "--until", "2026-11-22").stdout) == table(asked(archive).stdout)
    assert asked(archive, "--since", "2027").stderr.startswith("No copy was found in that time.")
    with pytest.raises(UsageError, match="not a date"):
        asked(archive, "--until", "soon")


def test_it_is_sorted_as_asked_and_what_is_not_known_comes_last(archive: Store) -> None:
    assert [*table(asked(archive, "--agency", "pti", "--sort", "kept").stdout)][1:] == ["harbour", "valley", "wire", "all"]
    assert [*table(asked(archive, "--agency", "pti", "--sort", "credited").stdout)][1:] == ["harbour", "valley", "wire", "all"]


def test_all_of_it_comes_as_json(archive: Store) -> None:
    found = json.loads(asked(archive, "--agency", "pti", "--json").stdout)
    assert (found["agency"], found["stories"], found["waiting"]) == ("pti", 2, 0)
    assert [one["outlet"] for one in found["outlets"]] == ["harbour", "wire", "valley"]
    assert found["outlets"][2]["delay_minutes"] == 125.0
    assert found["total"]["copies"] == 3


def test_what_waits_to_be_compared_is_told(archive: Store) -> None:
    archive.conn.execute("INSERT INTO copies_due VALUES (1)")
    assert "1 stories with something new" in asked(archive).stderr


def test_an_empty_archive_says_that_it_has_none(tmp_path: Path) -> None:
    with parts.new_store(tmp_path) as store:
        assert asked(store).stderr == "No copy was found.\n"


@pytest.mark.parametrize(
    ("what", "plan"),
    [
        (counting.Asked("pti"), r"SEARCH copies USING INDEX copies_agency \(agency=\?\)"),
        (
            counting.Asked("pti", "2026", "2027"),
            r"SEARCH copies USING INDEX copies_agency \(agency=\? AND first_seen_at>\? AND first_seen_at<\?\)",
        ),
        (counting.Asked(None, "2026"), r"SEARCH copies USING INDEX copies_seen \(first_seen_at>\?\)"),
        (counting.Asked(), r"SCAN copies"),
    ],
)
def test_it_reads_what_was_asked_for_and_no_text(archive: Store, what: counting.Asked, plan: str) -> None:
    sql, values = counting._question(what)
    first, sorting = (str(row[3]) for row in parts.rows(archive, "EXPLAIN QUERY PLAN " + sql, *values))
    assert re.fullmatch(plan, first)
    assert sorting == "USE TEMP B-TREE FOR ORDER BY"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "+0 min"), (-29, "+0 min"), (-180, "-3 min"), (89, "+1 min"), (3600 + 300, "+1 h 05 min"), (10 * 86400 + 7300, "+10 d 2 h")],
)
def test_lateness_in_words(seconds: int, words: str) -> None:
    assert lateness(seconds) == words
