"""Who wrote it: credits in the forms of the web, and the elements that mark them."""

from __future__ import annotations

import pytest

from archive.clean.byline import Outlets, is_byline, people
from tests.clean.made import read


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("By Ada Merrow, CNN", ["Ada Merrow"]),
        ("By Ada Merrow, London", ["Ada Merrow"]),
        ("Ada Merrow and Tomas Vind, The Hill Courier", ["Ada Merrow", "Tomas Vind"]),
        ("By Ada Merrow and Tomas Vind The Associated Press", ["Ada Merrow", "Tomas Vind"]),
        ("By Ada Merrow, Tomas Vind and Léa Morel", ["Ada Merrow", "Tomas Vind", "Léa Morel"]),
        ("Written By: Ada Merrow Executive Digital Editor", ["Ada Merrow"]),
        ("Von Hilde Brandt, Redakteurin für Finanzen", ["Hilde Brandt"]),
        ("Ada Merrow\nFounder & Lead Reviewer\nUpdated Feb 27, 2026", ["Ada Merrow"]),
        ("Ada Merrow\nCertified Sleep Consultant", ["Ada Merrow"]),
        ("Ada Merrow, travel YouTuber", ["Ada Merrow"]),
        ("By A. Writer", ["A. Writer"]),
        ("Eingestellt von Hilde Brandt", ["Hilde Brandt"]),
        ("신현주 기자", ["신현주"]),
        ("Ada Merrow says", ["Ada Merrow"]),
        ("By Ada Merrow, in News, Portugal, Business", ["Ada Merrow"]),
        ("Article by Ada, filed under Cities & Trams", ["Ada"]),
        ("By Ada Merrow, in Kyiv, and Tomas Vind, in Oslo", ["Ada Merrow", "Tomas Vind"]),
        ("hb Frankfurt", []),
        ("ByJ.R. Merrow", ["J.R. Merrow"]),
        ("Byron Merrow", ["Byron Merrow"]),
        ("By Ada MerrowStaff Writer", ["Ada Merrow"]),
        ("by Ada MerrowAda Merrow", ["Ada Merrow"]),
        ("Text und Interview: Hilde Brandt", ["Hilde Brandt"]),
        ("Ein Interview von Hilde Brandt mit Jo Haas", ["Hilde Brandt"]),
        ("View all posts by Ada Merrow", ["Ada Merrow"]),
        ("Zum Profil von Hilde Brandt", ["Hilde Brandt"]),
        ("Von Hilde Brandt publiziert am", ["Hilde Brandt"]),
        ("Text von Hilde Brandt Illustration von Jo Haas", ["Hilde Brandt"]),
        ("Written by Ada Merrow Topics: The Hills", ["Ada Merrow"]),
        ("Ada filed under General Finance", ["Ada"]),
        ("By Ada Merrow BBC News, Ust-Kamenogorsk, Kazakhstan", ["Ada Merrow"]),
        ("Von der Leyen will Beitritt der Ukraine", []),
        ("@merrow: trams, hills and why they are back", []),
        ("@AdaMerrow", ["AdaMerrow"]),
        ("Text Size", []),
        ("Thursday, Oct 5", []),
        ("Ada Merrow, Thursday, Oct 5", ["Ada Merrow"]),
        ("Bundesministerium für Wirtschaft und Klimaschutz", []),
        ("Deutscher Hügelverband e. V.", []),
        ("HUEGEL.PL", []),
        ("de Vries", ["de Vries"]),
        ("Photo: Ada Merrow", []),
        ("Reuters Staff", []),
        ("Sport Desk", []),
        ("By", []),
        ("Name *", []),
        ("∙ Paid", []),
    ],
)
def test_names_are_told_from_roles_places_houses_and_labels(credit: str, expected: list[str]) -> None:
    assert people(credit) == expected


def test_the_outlet_is_no_person_and_a_blog_on_a_persons_own_host_is() -> None:
    outlets = Outlets(frozenset(["thehillcourier"]), frozenset(["adamerrow", "whc"]))
    assert people("WHC", outlets) == people("Hill Courier", outlets) == []
    assert people("Ada Merrow", outlets) == ["Ada Merrow"]
    assert people("The Hill Courier, Oslo, Norway", outlets) == []
    assert people("The Hill Courier, Ada Merrow, Oslo", outlets) == ["Ada Merrow"]


@pytest.mark.parametrize(
    ("markup", "authors"),
    [
        ('<a rel="author" href="/a">Ada Merrow</a>', ("Ada Merrow",)),
        ('<span itemprop="author">Ada Merrow</span>', ("Ada Merrow",)),
        ('<span class="author vcard">by <a class="fn">Ada Merrow</a></span>', ("Ada Merrow",)),
        ('<div class="byline"><span>Guide</span><span>by</span><b>Ada Merrow</b><i>Former Tech Editor</i></div>', ("Ada Merrow",)),
        ('<div class="author-box"><style>.a{b:c}</style>About Ada</div><p class="author">Tomas Vind</p>', ("Tomas Vind",)),
        ('<p><a rel="author">Ada Merrow</a> <a rel="author">Tomas Vind</a></p>', ("Ada Merrow", "Tomas Vind")),
    ],
)
def test_an_element_marked_as_the_author_names_one(markup: str, authors: tuple[str, ...]) -> None:
    assert read(top=f"<h1>Trams are back</h1>{markup}").authors == authors


def test_who_comments_is_no_author() -> None:
    comments = (
        '<ol><li class="comment even"><a rel="author">Tomas Vind</a></li></ol><p class="comment-author">Léa Morel says</p>'
        '<p class="comment-form-author">Name *</p>'
    )
    assert read(top="<h1>Trams are back</h1>", end=comments).authors == ()


def test_a_login_is_the_byline_and_no_person() -> None:
    found = read(top='<h1>Trams are back</h1><span class="author vcard"><a rel="author">tramfan77</a></span>')
    assert (found.authors, found.byline) == ((), "tramfan77")


def test_a_printed_full_name_counts_before_a_meta_element_that_names_another() -> None:
    meta = '<meta name="author" content="Josh Keller">'
    assert read(meta, "<h1>Trams are back</h1><p>By Ada Merrow, Hill Columnist</p>").authors == ("Ada Merrow",)
    assert read(meta, "<h1>Trams are back</h1><p>By Ada</p>").authors == ("Josh Keller",)


def test_where_an_agency_is_the_author_no_name_from_elsewhere_is_taken() -> None:
    meta, related = '<meta name="author" content="dpa">', '<p class="byline">By Tomas Vind</p>'
    found = read(meta, "<h1>Trams are back</h1>", end=f"<aside>{related}</aside>")
    assert (found.authors, found.agency) == ((), "dpa")


def test_a_line_that_says_who_and_not_how_they_are_called_is_a_byline() -> None:
    assert is_byline("By our Business Correspondent")
    assert not is_byline("By the time the editor came in, everybody had left.")


def test_who_looked_a_story_over_did_not_write_it_where_the_markup_names_who_did() -> None:
    meta = '<meta name="author" content="Josh Keller">'
    assert read(meta, "<h1>Trams are back</h1><p>Reviewed by Ada Merrow</p>").authors == ("Josh Keller",)
    assert read("", "<h1>Trams are back</h1><p>Reviewed by Ada Merrow</p>").authors == ("Ada Merrow",)
    both = read("", "<h1>Trams are back</h1><p>By Tomas Vind</p><p>Medically reviewed by Ada Merrow</p>")
    assert (both.authors, both.byline) == (("Tomas Vind",), "By Tomas Vind")


@pytest.mark.parametrize("label", ["Written by", "Verfasst von", "Escrito por", "Kirjoittanut", "執筆者", "Author:"])
def test_whom_a_link_preview_names_as_the_writer_is_one_where_nobody_else_is_named(label: str) -> None:
    card = f'<meta name="twitter:label1" content="{label}"><meta name="twitter:data1" content="Ada Merrow">'
    time = '<meta name="twitter:label2" content="Est. reading time"><meta name="twitter:data2" content="3 minutes">'
    found = read(time + card, "<h1>Trams are back</h1>")
    assert (found.authors, found.byline, found.evidence["authors"]) == (("Ada Merrow",), "Ada Merrow", "meta twitter:data")
    login = '<meta name="author" content="tramfan77">'
    assert read(login + card, "<h1>Trams are back</h1>").authors == ("Ada Merrow",)
    other = '<meta name="author" content="Josh Keller">'
    assert read(other + card, "<h1>Trams are back</h1>").authors == ("Josh Keller",)


def test_an_agency_whom_a_link_preview_names_as_the_writer_is_credited() -> None:
    card = '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Press Trust of India">'
    found = read(card, "<h1>Trams are back</h1>")
    assert (found.authors, found.agency, found.byline) == ((), "pti", "Press Trust of India")


def test_what_a_link_preview_says_of_other_things_names_nobody() -> None:
    card = '<meta name="twitter:label1" content="Filed under"><meta name="twitter:data1" content="Hill Trams">'
    found = read(card, "<h1>Trams are back</h1>")
    assert (found.authors, found.byline) == ((), None)


@pytest.mark.parametrize("left", ["105092", "undefined", "null", "admin", "{{ page.author }}", "https://example.org/ada"])
def test_what_a_system_leaves_in_place_of_a_name_is_no_byline(left: str) -> None:
    for head in (
        f'<meta name="author" content="{left}">',
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {{"name": "{left}"}}}}</script>',
    ):
        found = read(head, "<h1>Trams are back</h1>")
        assert (found.authors, found.byline) == ((), None)
