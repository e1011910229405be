"""Whom a page credits: a credit of each agency in its language, combined credits, and what is no credit though an agency is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.agencies import AGENCIES
from archive.clean import clean
from archive.clean.agency import ATTRIBUTION_VERSION, MEASURED, Said, attribution, confidence
from archive.clean.authors import Authors
from archive.clean.byline import Outlets, outlets_of
from archive.clean.credit_lines import _CREDIT, may_open, of_copyright, of_ending, of_line, of_opening, of_signature
from archive.clean.house import by_house
from archive.model import Article, Entry
from tests.clean.made import STORY, read

H1 = "<h1>Trams are back on the hill line</h1>"
LINE = "The tram came back to the hill town after seven years, and the people of the valley stood along its line with flags and songs."


def told(credits: Article) -> list[tuple[str | None, str, str]]:
    return [(credit.agency, credit.tier, credit.role) for credit in credits.credits]


def byline(words: str) -> Article:
    return read(top=f"{H1}<p class=byline>{words}</p>")


def first(words: str) -> Article:
    """A story whose first paragraph begins so."""
    page = f"<html><body><main>{H1}<p>{words} {LINE}</p>{STORY}</main></body></html>"
    return clean(page.encode(), url="https://paper.example/1")


def last(words: str) -> Article:
    """A story whose last paragraph ends so."""
    page = f"<html><body><main>{H1}{STORY}<p>{LINE} {words}</p></main></body></html>"
    return clean(page.encode(), url="https://paper.example/1")


def below(words: str) -> Article:
    """A story with a line of its own behind it."""
    return read(top=H1, end=f"<p>{words}</p>")


# One credit of each, as it is printed where the agency's copy is read.
CREDITS = [
    ("ians", last, "(आईएएनएस)"), ("pti", byline, "भाषा"), ("ani", first, "New Delhi [India], October 21 (ANI):"),
    ("uni", first, "लखनऊ, 20 नवंबर (वार्ता)"), ("hs", last, "(हिन्दुस्थान समाचार)"), ("ap", byline, "By JANE ROE, AP Sports Writer"),
    ("reuters", first, "القاهرة (رويترز) -"), ("reuters", first, "[東京 20日 ロイター] -"), ("afp", last, "(avec AFP)"), ("afp", first, "القاهرة (أ ف ب) -"),
    ("dpa", first, "Berlin (dpa) -"), ("sid", below, "Quelle: SID"), ("kna", first, "Köln (KNA)"), ("epd", last, "(epd)"),
    ("apa", last, "(APA)"), ("sda", last, "(ats/nxp)"), ("efe", first, "Madrid, 20 nov (EFE).-"), ("europapress", first, "MADRID, 20 Nov. (EUROPA PRESS) -"),
    ("ansa", first, "(ANSA) - ROMA, 20 NOV -"), ("lusa", below, "Fonte: Lusa"), ("anp", below, "Bron: ANP"), ("belga", below, "Source: Belga"),
    ("ritzau", last, "/ritzau/"), ("ntb", last, "(©NTB)"), ("tt", last, "(TT)"), ("stt", below, "Lähde: STT"), ("pap", below, "Źródło: PAP"),
    ("ctk", byline, "ČTK"), ("mti", last, "(MTI)"), ("tanjug", below, "Izvor: Tanjug"), ("anadolu", below, "Kaynak: Anadolu Ajansı"),
    ("anadolu", first, "أنقرة / الأناضول -"), ("tass", first, "МОСКВА, 20 ноября. /ТАСС/."), ("interfax", first, "Москва. 20 ноября. ИНТЕРФАКС -"),
    ("ukrinform", below, "Джерело: Укрінформ"), ("pa", below, "Additional reporting by PA"), ("upi", first, "HONOLULU, Nov. 20 (UPI) --"),
    ("cp", byline, "La Presse canadienne"), ("xinhua", first, "新华社北京11月20日电"), ("cns", first, "中新社北京11月20日电"), ("kyodo", first, "【ワシントン共同】"),
    ("jiji", first, "【ロンドン時事】"), ("yonhap", first, "(서울=연합뉴스) 홍길동 기자 ="), ("newsis", first, "[서울=뉴시스]"), ("bernama", last, "-- BERNAMA"),
    ("antara", below, "COPYRIGHT © ANTARA 2025"), ("vna", last, "(TTXVN)"), ("pna", last, "(PNA)"), ("app", first, "ISLAMABAD, Nov 20 (APP):"),
    ("bss", first, "DHAKA, Nov 20, 2025 (BSS) -"), ("unb", first, "Dhaka, Nov 20 (UNB) -"), ("rss_np", first, "काठमाडौं, ५ मंसिर (रासस) :"), ("aap", byline, "Australian Associated Press"),
    ("irna", below, "منبع: ایرنا"), ("mena", first, "القاهرة في 20 نوفمبر /أ ش أ/"), ("wam", first, "أبوظبي في 20 نوفمبر / وام /"),
    ("spa", first, "الرياض 20 نوفمبر 2025 (واس)"), ("qna", first, "الدوحة - قنا -"), ("kuna", first, "الكويت - (كونا) -"), ("ona", first, "Muscat, 20 Nov (ONA) ---"),
    ("bna", first, "المنامة في 20 نوفمبر /بنا/"), ("petra", last, "--(بترا)"), ("sana", first, "دمشق-سانا"), ("nna", below, "المصدر: الوكالة الوطنية للإعلام"),
    ("wafa", first, "رام الله 20-11-2025 وفا-"), ("ina", first, "بغداد - واع -"), ("aps", first, "الجزائر - (وأج) -"), ("tap", last, "(وات)"),
    ("map", first, "الرباط (ومع) -"), ("map", last, "(MAP)"), ("nan", first, "Abuja, Nov. 20, 2025 (NAN)"), ("gna", first, "Accra, Nov. 20, GNA –"),
    ("kna_ke", below, "Source: Kenya News Agency"), ("ena", first, "Addis Ababa, November 20, 2025 (ENA) –"), ("apa_af", first, "APA-Dakar (Senegal) –"),
    ("angop", first, "Luanda, 20 nov (Angop) -"), ("telam", below, "Fuente: Télam"), ("prensalatina", first, "La Habana, 20 nov (Prensa Latina)"),
    ("agenciabrasil", below, "Fonte: Agência Brasil"), ("suna", first, "Khartoum, Nov. 20 (SUNA) -"), ("saba", below, "المصدر: وكالة سبأ"),
    ("azertac", first, "Baku, November 20, AZERTAC"), ("armenpress", first, "YEREVAN, NOVEMBER 20, ARMENPRESS."), ("kazinform", first, "АСТАНА. КАЗИНФОРМ –"),
    ("montsame", first, "Ulaanbaatar, November 20, 2025 /MONTSAME/."), ("tasnim", below, "منبع: خبرگزاری تسنیم"), ("andina", below, "Fuente: Agencia Andina"),
]  # fmt: skip


@pytest.mark.parametrize(("agency", "place", "words"), CREDITS)
def test_an_agency_is_credited_in_its_own_words(agency: str, place: object, words: str) -> None:
    assert callable(place)
    found = place(words)
    assert found.agency == agency, (found.agency, found.credits, found.dateline)
    assert found.is_agency_copy


def test_the_table_has_most_agencies_of_the_world_and_no_other() -> None:
    tested = {agency for agency, _, _ in CREDITS}
    assert len(tested) >= 75
    assert tested <= {agency.code for agency in AGENCIES}


def codes(found: Article) -> list[str | None]:
    return [credit.agency for credit in found.credits]


@pytest.mark.parametrize(
    ("place", "words", "agencies", "role"),
    [
        (byline, "Reuters/PTI", ["reuters", "pti"], "author"),
        (below, "(With inputs from IANS and ANI)", ["ians", "ani"], "inputs"),
        (last, "(AP/AFP)", ["ap", "afp"], "author"),
        (last, "(FR mit dpa/afp)", ["dpa", "afp"], "inputs"),
        (last, "(Avec AFP)", ["afp"], "inputs"),
        (byline, "PTI/ANI", ["pti", "ani"], "author"),
        (below, "来源：共同・ロイター", ["kyodo", "reuters"], "author"),
        (last, "(Con información de AFP, EFE y Reuters)", ["afp", "efe", "reuters"], "inputs"),
        (below, "Quelle: ntv.de, jki/dpa/AFP", ["dpa", "afp"], "author"),
        (below, "With inputs from PTI and agencies", ["pti", None], "inputs"),
        (below, "With inputs from agencies", [None], "inputs"),
        (below, "इनपुट: एजेंसी", [None], "inputs"),
        (last, "(Agencies)", [None], "author"),
        (last, "- Agencies", [None], "author"),
        (below, "The Associated Press and Reuters contributed to this report.", ["ap", "reuters"], "inputs"),
        (below, "With reporting by Associated Press writer Ada Merrow", ["ap"], "inputs"),
        (below, "Information from Associated Press was used in this report.", ["ap"], "inputs"),
        (last, "PTI SKU ARI ARI", ["pti"], "author"),
        (last, "EFE gr/lab", ["efe"], "author"),
        (last, "– Additional reporting from Reuters", ["reuters"], "inputs"),
    ],
)
def test_a_combined_credit_keeps_all_its_agencies_and_tells_who_only_helped(
    place: object, words: str, agencies: list[str | None], role: str
) -> None:
    assert callable(place)
    found = place(words)
    assert codes(found) == agencies, found.credits
    assert {credit.role for credit in found.credits} == {role}
    assert found.agency == next((code for code in agencies if code), None)
    assert found.is_agency_copy


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (first, "Reuters reported on Monday that the line would be closed again, and the council said that it knew of nothing."),
        (first, "According to dpa, the line will be closed again, and AFP said the same on Monday."),
        (first, "In Paris, AFP – the agency – said so first."),
        (last, "He told Reuters that the car would be late."),
        (last, "The map of the line hangs in the hall (MAP 3)."),
        (last, "A woman rests beside the line. (Kin Cheung/AP)"),
        (last, "A woman rests beside the line. [Photo: Reuters]"),
        (last, "The crowd at the depot (Getty/AFP)"),
        (last, "Why the line was closed: it is complicated [Bloomberg]"),
        (last, "The station lies beside the spa"),
        (byline, "By Ani Petrosyan"),
        (byline, "By Antara Sen"),
        (byline, "Auswärtige Autoren (AA)"),
        (byline, "By Tap Roe, PA to the mayor"),
        (below, "Photo: Reuters"),
        (below, "Source: Reuters/Jane Roe, picture"),
        (below, "© Jane Roe/dpa"),
        (below, "Foto: © AFP 2024"),
        (below, "EP"),
        (below, "TT"),
        (below, "From the map: AA roadside help"),
        (below, "Follow Reuters on Twitter"),
    ],
)  # fmt: skip
def test_a_name_in_running_text_under_a_picture_or_of_something_else_is_no_credit(place: object, words: str) -> None:
    assert callable(place)
    found = place(words)
    assert (found.agency, found.credits, found.is_agency_copy) == (None, (), False)


def test_a_caption_and_its_credit_are_the_picture_s() -> None:
    for caption in ("Reuters", "Getty/AFP", "Source: AP"):
        found = read(top=H1, end=f"<figure><img src=a.jpg alt=''><figcaption>{caption}</figcaption></figure>")
        assert found.credits == ()


def test_the_best_tier_is_told_with_the_others_and_with_the_words() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Trams are back","author":{"name":"AFP"}}</script>'
    found = read(head=f'{head}<meta name="author" content="AFP">', top=f"{H1}<p class=byline>Par AFP</p>", end="<p>© 2024 AFP</p>")
    (credit,) = found.credits
    assert (credit.agency, credit.tier, credit.words, credit.role, credit.version) == (
        "afp",
        "byline",
        "Par AFP",
        "author",
        ATTRIBUTION_VERSION,
    )
    assert credit.also == ("json-ld", "meta", "copyright")
    assert credit.confidence == confidence("byline")
    assert found.evidence["agency"] == "byline: Par AFP"


LD = '<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Trams are back on the hill line",{}}}</script>'


@pytest.mark.parametrize(
    ("head", "tier"),
    [
        (LD.format('"author":{"@type":"Person","name":"PTI"}'), "json-ld"),
        (LD.format('"sourceOrganization":{"name":"PTI"}'), "json-ld"),
        (LD.format('"publisher":{"@type":"Organization","name":"Press Trust of India"}'), "json-ld"),
        (LD.format('"copyrightHolder":{"name":"PTI"}'), "json-ld"),
        (LD.format('"creditText":"PTI"'), "json-ld"),
        ('<meta name="author" content="PTI">', "meta"),
        ('<meta name="source" content="PTI">', "meta"),
        ('<meta name="original-source" content="https://www.ptinews.com/story/1">', "meta"),
        ('<link rel="canonical" href="https://www.ptinews.com/story/1">', "meta"),
    ],
)  # fmt: skip
def test_the_markup_credits_an_agency(head: str, tier: str) -> None:
    found = read(head=head, top=H1)
    assert told(found) == [("pti", tier, "author")]
    assert found.agency == "pti"


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="keywords" content="PTI, trams">', '<meta property="og:image" content="https://www.ptinews.com/a.jpg">',
        '<meta property="og:url" content="https://social.example/Reuters/status/1">', LD.format('"mentions":{"name":"PTI"}'),
        LD.format('"author":{"@type":"Person","name":"Antara"}'), LD.format('"image":{"@type":"ImageObject","creditText":"Reuters"}'),
    ],
)  # fmt: skip
def test_markup_about_pictures_keywords_and_people_credits_nobody(head: str) -> None:
    assert read(head=head, top=H1).credits == ()


def entry(*authors: str) -> Entry:
    return Entry("https://paper.example/1", "https://paper.example/1", authors=authors)


def test_the_author_in_the_feed_is_evidence_where_the_page_says_nothing() -> None:
    page = f"<html><body><main>{H1}{STORY}</main></body></html>".encode()
    found = clean(page, url="https://paper.example/1", feed=entry("PTI"))
    assert told(found) == [("pti", "feed-author", "author")]
    assert (found.agency, found.is_agency_copy) == ("pti", True)
    assert clean(page, url="https://paper.example/1", feed=entry("Ada Merrow")).credits == ()
    by = page.replace(b"</h1>", b"</h1><p class=byline>By Reuters</p>")
    both = clean(by, url="https://paper.example/1", feed=entry("PTI"))
    assert [credit.agency for credit in both.credits] == ["reuters", "pti"]
    assert both.agency == "reuters"


def test_an_agency_s_own_page_is_its_own_and_no_copy() -> None:
    found = read(top=f"{H1}<p class=byline>By PTI</p>", url="https://www.ptinews.com/1")
    assert told(found) == [("pti", "byline", "own")]
    assert found.credits[0].also == ("host",)
    assert not found.is_agency_copy
    silent = read(top=H1, url="https://www.ptinews.com/1")
    assert told(silent) == [("pti", "host", "own")]
    assert not silent.is_agency_copy
    other = read(top=f"{H1}<p class=byline>By Reuters</p>", url="https://www.ptinews.com/1")
    assert told(other) == [("reuters", "byline", "author"), ("pti", "host", "own")]


def test_an_outlet_that_is_configured_as_an_agency_s_own_is_told_as_such() -> None:
    page = f"<html><body><main>{H1}{STORY}</main></body></html>".encode()
    assert told(clean(page, url="https://mirror.example/1", agency="PTI")) == [("pti", "host", "own")]
    assert clean(page, url="https://mirror.example/1", agency="nobody-knows").credits == ()


NOTE = "This report has been published from the {} feed and has not been edited by our staff."


def test_a_disclaimer_is_kept_and_credits_the_house_it_names() -> None:
    found = below(NOTE.format("PTI news agency"))
    assert told(found) == [("pti", "disclaimer", "author")]
    assert found.disclaimer == NOTE.format("PTI news agency")
    unnamed = below(NOTE.format("syndicated"))
    assert told(unnamed) == [(None, "disclaimer", "author")]
    assert (unnamed.agency, unnamed.is_agency_copy) == (None, True)
    named = read(top=f"{H1}<p class=byline>By IANS</p>", end=f"<p>{NOTE.format('syndicated')}</p>")
    assert told(named) == [("ians", "byline", "author")]
    assert named.disclaimer is not None


@pytest.mark.parametrize(
    "credit",
    [
        "By Our Correspondent", "Staff Reporter", "Our Special Correspondent", "Web Desk", "News Desk", "Express News Service", "TNN", "HT Correspondent",
        "Lifestyle Desk", "Valley Times News Desk", "Editorial Team", "Online-Redaktion", "Von unserer Redaktion", "Von unserem Korrespondenten", "La Rédaction",
        "De notre correspondant", "Redacción", "Redacción Digital", "Da Redação", "Redazione", "Van onze correspondent", "Redakcja", "Редакция",
        "Haber Merkezi", "Σύνταξη", "هيئة التحرير", "مراسلنا", "ویب ڈیسک", "اسٹاف رپورٹر", "डेस्क", "वेब डेस्क", "हमारे संवाददाता", "जागरण संवाददाता", "निज संवाददाता",
        "নিজস্ব প্রতিবেদক", "অনলাইন ডেস্ক", "வெப் டெஸ்க்", "వెబ్ డెస్క్", "ವೆಬ್ ಡೆಸ್ಕ್", "വെബ് ഡെസ്ക്", "વેબ ડેસ્ક", "本报记者", "編集部", "온라인뉴스팀", "Tim Redaksi",
        "Mwandishi Wetu", "Our Correspondent | Lucknow", "Staff Reporter, Chennai",
    ],
)  # fmt: skip
def test_the_house_s_own_credit_is_told_from_names(credit: str) -> None:
    assert by_house([credit], Outlets()) == credit


@pytest.mark.parametrize("credit", ["Ada Merrow", "By Jane Roe, Staff Reporter", "PTI", "Reuters Staff", "Agencies", "", None, "x" * 200])
def test_people_and_agencies_are_not_the_house(credit: str | None) -> None:
    assert by_house([credit], Outlets()) is None


def test_the_outlet_s_own_name_is_the_house() -> None:
    assert by_house(["Valley Times"], outlets_of(["Valley Times"], "valleytimes.example")) == "Valley Times"


def test_an_article_by_our_correspondent_says_so() -> None:
    found = byline("By Our Correspondent")
    assert (found.by_house, found.agency, found.authors) == ("By Our Correspondent", None, ())
    assert byline("By Ada Merrow").by_house is None
    page = f"<html><body><main>{H1}{STORY}</main></body></html>".encode()
    assert clean(page, url="https://paper.example/1", feed=entry("Web Desk")).by_house == "Web Desk"


def test_confidence_comes_from_the_counts_and_none_is_certain() -> None:
    for tier, counts in MEASURED.items():
        assert 0.5 < confidence(tier) < 1, tier
        assert counts is None or counts[0] <= counts[1]
    assert confidence("feed-author") == confidence("disclaimer") < min(confidence(tier) for tier, counts in MEASURED.items() if counts)


def test_the_quick_looks_pass_over_no_credit() -> None:
    for line in (
        "来源：新华社",
        "(With inputs from PTI)",
        "Źródło: PAP",
        "ΠΗΓΗ: Reuters",
        "  – Quelle: dpa",
        "स्रोत: भाषा",
        "Із джерело: X",
        "مصدر: وام",
    ):
        assert may_open(line) or not _CREDIT.match(line)


@given(
    st.lists(
        st.sampled_from([*"([|•·:–— ", "With inputs from ", "Source: ", "Quelle ", "来源：", "IANS", "Ada Merrow", "/", "agencies", "मूल"]),
        max_size=12,
    )
)
def test_a_line_that_may_not_open_a_credit_opens_none(pieces: list[str]) -> None:
    line = "".join(pieces)
    assert may_open(line) or not _CREDIT.match(line)


ANY = st.text(max_size=300) | st.lists(
    st.sampled_from(["Reuters", " ", "/", "(", ")", "–", "PTI", "By ", "©", " 2024 ", "with ", ".", "\n"]), max_size=60
).map("".join)


@given(ANY)
def test_whatever_a_line_says_it_is_a_credit_or_none(line: str) -> None:
    for find in (of_line, of_opening, of_ending, of_copyright):
        found = find(line)
        assert found is None or found.agencies or found.unnamed
    for last in (True, False):
        of_signature(line, last=last)
    by_house([line], Outlets())


@given(st.lists(ANY, max_size=4), st.lists(ANY, max_size=3))
def test_whatever_a_page_says_each_agency_is_credited_once(lines: list[str], names: list[str]) -> None:
    said = Said(
        "https://paper.example/1", names[0] if names else None, around=lines, beside=lines, opening=lines[0] if lines else "", endings=lines,
        feed_authors=names,
    )  # fmt: skip
    found = attribution(said)
    agencies = [credit.agency for credit in found.credits]
    assert len(agencies) == len(set(agencies))
    assert all(0 < credit.confidence < 1 and len(credit.words) <= 80 for credit in found.credits)
    assert found.agency is None or found.agency.code in agencies


HOSTILE = ["A" * 2_000_000, "( " * 500_000, "/" * 1_000_000, "Reuters/" * 200_000, "© " * 500_000, "with " * 300_000, "-–—" * 300_000, "a, b. " * 200_000,
           "contributed " * 100_000, "PTI " * 300_000, "A B (AB) " * 100_000, "वेब " * 200_000]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_line_of_any_length_is_read_no_further_than_a_credit_goes(text: str) -> None:
    """In linear time: a quadratic expression would not come back within the test's deadline."""
    authors = Authors((), (text,) * 10, "", ("json-ld",) * 10)
    attribution(
        Said(
            "https://paper.example/1",
            text,
            authors,
            around=[text, text[:399]] * 20,
            beside=[text] * 20,
            opening=text,
            endings=[text] * 8,
            feed_authors=[text],
        )
    )


def test_at_most_twenty_agencies_are_credited() -> None:
    every = "/".join(agency.name for agency in AGENCIES)
    found = attribution(Said("https://paper.example/1", feed_authors=[every[at : at + 300] for at in range(0, 1500, 300)]))
    assert len(found.credits) == 20
