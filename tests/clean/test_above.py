"""The byline above the story where no "By" opens it, and the readings that must not be taken for one."""

from __future__ import annotations

import pytest

from archive.clean.above import byline_above, byline_below, name_above
from archive.clean.byline import people
from archive.clean.dateline import dateline_of, source_line

HEAD = "The night gardeners of Platform Six"


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["Yusuf Tallis", "18 Apr 2026"], "Yusuf Tallis"),
        (["Gwen Darrow, 11 October 2025"], "Gwen Darrow"),
        (["Sports desk, 17 May 2026"], "Sports desk"),
        (["02 June 2026 - 10:28 Agencies"], "Agencies"),
        (["Lusa05 abr, 2026 17:30"], "Lusa"),
        (["Press Trust of India", "Share"], "Press Trust of India"),
        (["Le Courrier du Lez avec AFP"], "Le Courrier du Lez avec AFP"),
        (["Yusuf Tallis", "9 min read"], "Yusuf Tallis"),
        (["by", "Yusuf Tallis", "Read more"], "Yusuf Tallis"),
        (["AA 03.03.2026 - 10:25"], None),  # larger type, unless the markup says that it is the source
        (["Yusuf Tallis"], None),  # no day beside it
        (["Cape Town, 11 October 2025"], None),
        (["Related Stories", "18 Apr 2026"], None),
        (["GIRLS BASKETBALL", "18 Apr 2026"], None),
        (["An interview with Bloomberg"], None),
        (["Agency"], None),
        (["Rss", "18 Apr 2026"], None),
    ],
)
def test_a_name_alone_under_the_headline(lines: list[str], name: str | None) -> None:
    assert name_above([HEAD, *lines], [], HEAD, ()) == name


def test_what_stands_above_the_headline_is_no_byline() -> None:
    assert name_above(["Yusuf Tallis", "18 Apr 2026", HEAD], [], HEAD, ()) is None


def test_a_signature_that_the_markup_marks_as_the_source_is_one() -> None:
    assert name_above([HEAD], ["AA 03.03.2026 - 10:25"], HEAD, ("AA",)) == "AA"


@pytest.mark.parametrize(
    ("line", "byline", "names"),
    [
        ("Words by Femi Adeyinka3 June 2026", "Words by Femi Adeyinka", ["Femi Adeyinka"]),
        ("Photographs and text by Noor Hakimi", "Photographs and text by Noor Hakimi", ["Noor Hakimi"]),
        ("Text: Karin Sundell/TT12 april 2026 08:45", "Text: Karin Sundell/TT", ["Karin Sundell"]),
        ("Na FATUMA KOMBO", "Na FATUMA KOMBO", ["FATUMA KOMBO"]),
        ("김하늘 기자", "김하늘 기자", ["김하늘"]),
        ("By DANA WHITLOCK Associated Press", "By DANA WHITLOCK Associated Press", ["DANA WHITLOCK"]),
        ("Posted on 1 March 2026 by Owen Blackett", "Owen Blackett", ["Owen Blackett"]),
        ("By Ada Merrow, Jo Haas, and Lee Orr", "By Ada Merrow, Jo Haas, and Lee Orr", ["Ada Merrow", "Jo Haas", "Lee Orr"]),
        ("By Seo Min-a", "By Seo Min-a", ["Seo Min-a"]),
        ("By Owen Blackett March 1, 2026", "By Owen Blackett", ["Owen Blackett"]),
        ("By April Jones 3 May 2026", "By April Jones", ["April Jones"]),
        ("By Owen Blackett Saturday 19 July 2025 19:05", "By Owen Blackett", ["Owen Blackett"]),
        ("By Owen Blackett Mon, March 2, 2026", "By Owen Blackett", ["Owen Blackett"]),
        ("by Owen Blackett ● March 1, 2026 ● 6 min read", "by Owen Blackett", ["Owen Blackett"]),
        ("By Owen Blackett ⋅ Senior Reviewer ⋅ Updated March 1, 2026", "By Owen Blackett", ["Owen Blackett"]),
        ("Written by:Owen Blackett", "Written by:Owen Blackett", ["Owen Blackett"]),
        ("Published: August 27, 2026 by Owen Blackett", "Owen Blackett", ["Owen Blackett"]),
        ("Dec 08, 2026 by Owen Blackett in Growth", "Owen Blackett", ["Owen Blackett"]),
        ("Tuesday, June 14, 2005\nBy WALT JESSUP\nStaff Writer", "By WALT JESSUP", []),
    ],
)
def test_a_line_that_says_so(line: str, byline: str, names: list[str]) -> None:
    assert byline_above([line], [])[0] == byline
    assert not names or people(byline) == names


def test_a_sentence_that_opens_with_by_names_nobody() -> None:
    for line in ("By May 12 the line was closed", "By Monday 12 people had left the town", "By 1 May 2026 it was over"):
        assert byline_above([line], [])[0] is None


@pytest.mark.parametrize("name", ["Our", "About", "By Our Staff Reporter", "নিজস্ব প্রতিবেদক", "CC7567"])
def test_nobody_is_named(name: str) -> None:
    assert people(name) == []


def test_a_label_names_who_wrote_it_below_the_story() -> None:
    assert byline_below(["...", "Pewarta: Laras Wibisono\nEditor: Bagus Prakoso"])[0] == "Pewarta: Laras Wibisono"
    assert byline_below(["By then the bridge had been closed."]) == (None, None)


def test_datelines_of_taiwan_and_of_arabic_print() -> None:
    found = dateline_of("（中央社記者林以晴新北19日電）在平溪老車站")
    assert found and (found.place, found.reporter, found.agencies[0].code) == ("新北", "林以晴", "cna_tw")
    source = source_line("قونية / الأناضول")
    assert source and source.dateline and source.dateline.place == "قونية"
    assert source_line("أرشيف / الأناضول") is None
    assert source_line("قونية / الأ\u06c6ا") is None  # parted by a slash, and yet of one part: no agency stands behind it
    assert dateline_of("Correction, Feb. 3: An earlier version of this story") is None
