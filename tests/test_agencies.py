"""News agencies by what is printed: names in many scripts, combined credits, and what is no credit at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.agencies import (
    AGENCIES,
    Agency,
    agencies_in,
    agencies_within,
    agency_named,
    agency_of_host,
    is_unnamed_agency,
    named,
    spells_out,
    unnamed_in,
)  # fmt: skip


def codes(credit: str) -> list[str]:
    return [agency.code for agency in agencies_in(credit)]


def test_at_least_forty_agencies_are_known_each_by_a_code_of_its_own() -> None:
    assert len(AGENCIES) >= 40
    assert len({agency.code for agency in AGENCIES}) == len(AGENCIES)


@pytest.mark.parametrize(
    ("credit", "code"),
    [
        ("IANS", "ians"), ("Press Trust of India", "pti"), ("पीटीआई", "pti"), ("(भाषा)", "pti"), ("رويترز", "reuters"),
        ("ロイター", "reuters"), ("dpa", "dpa"), ("新华社", "xinhua"), ("연합뉴스", "yonhap"), ("ТАСС", "tass"),
        ("Anadolu Ajansı", "anadolu"), ("AGENCE FRANCE-PRESSE", "afp"), ("/PRNewswire/", "prnewswire"),
        ("Ians", "ians"), ("Pti", "pti"), ("Dpa", "dpa"), ("Afp", "afp"),
    ],
)  # fmt: skip
def test_a_name_in_its_own_script_is_the_agency(credit: str, code: str) -> None:
    found = agency_named(credit)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("Reuters/PTI", ["reuters", "pti"]),
        ("With inputs from ANI", ["ani"]),
        ("With inputs from IANS and agencies", ["ians"]),
        ("By AFP", ["afp"]),
        ("PTI | New Delhi", ["pti"]),
        ("mit dpa und AFP", ["dpa", "afp"]),
        ("Jane Doe", []),
        ("ap", []),
        ("", []),
    ],
)
def test_a_combined_credit_names_all_its_houses(credit: str, expected: list[str]) -> None:
    assert codes(credit) == expected


def test_agencies_without_a_name_are_told_from_people() -> None:
    assert is_unnamed_agency("Agencies")
    assert is_unnamed_agency(" एजेंसी ")
    assert not is_unnamed_agency("Ada Merrow")


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("With inputs from PTI and agencies", True), ("(Agencies)", True), ("एजेंसी इनपुट के साथ", True), ("mit Agenturen", True),
        ("PTI", False), ("", False),
    ],
)  # fmt: skip
def test_a_combined_credit_may_have_agencies_without_a_name(credit: str, expected: bool) -> None:
    assert unnamed_in(credit) is expected


def test_a_note_names_agencies_anywhere_but_not_by_words_of_every_day() -> None:
    note = "The MAP of this story by Press Trust of India's desk and The Associated Press is from the PTI feed."
    assert [agency.code for agency in agencies_within(note)] == ["pti", "ap"]


def test_small_signatures_count_in_company_alone() -> None:
    assert codes("dpa/ap") == ["dpa", "ap"]
    assert codes("ap") == []


def test_initials_that_abbreviate_the_words_before_them_are_no_agency() -> None:
    assert spells_out("Auswärtige Autoren", "AA")
    assert not spells_out("Anadolu Agency", "AA")
    assert not spells_out("Berlin", "AA")


@pytest.mark.parametrize(("host", "code"), [("www.ptinews.com", "pti"), ("apnews.com", "ap"), ("example.com", None), ("com", None)])
def test_a_host_belongs_to_its_agency(host: str, code: str | None) -> None:
    found = agency_of_host(host)
    assert (found.code if found else None) == code


def test_a_rule_that_has_ended_holds_for_older_captures_only(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Agency("old", "Old Wire", "GB", ("OW",), (), ("oldwire.example",), date(2020, 12, 31))
    monkeypatch.setattr(named, "AGENCIES", (ended,))
    named._tables.cache_clear()
    named._look.cache_clear()
    try:
        assert agency_named("OW", day=date(2020, 6, 1)) is ended
        assert agency_named("OW", day=date(2021, 1, 1)) is None
        assert agency_of_host("oldwire.example", day=date(2021, 1, 1)) is None
    finally:
        monkeypatch.undo()
        named._tables.cache_clear()
        named._look.cache_clear()


@given(st.text(max_size=400))
def test_no_credit_makes_it_raise(credit: str) -> None:
    agencies_in(credit)
    agencies_within(credit)
    is_unnamed_agency(credit)
    agency_of_host(credit)
