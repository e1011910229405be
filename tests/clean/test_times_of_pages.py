"""The day a page names for its story, where several stand on it."""

from __future__ import annotations

from archive.clean import clean
from archive.model import Article
from tests.clean.made import STORY, read

H1 = "<h1>Trams are back on the hill line</h1>"


def stated(article: Article) -> tuple[str | None, str | None]:
    return article.published_raw, article.evidence.get("published_at", "none").split(":")[0]


def test_the_time_element_that_stands_with_the_headline_counts_before_those_of_other_stories() -> None:
    related = "<aside><ul><li><a>Other</a> <time datetime='2025-01-31T12:00:00Z'>31 Jan</time></li></ul></aside>"
    own = f"<article><header>{H1}<p><time datetime='2017-03-01T12:00:00Z'>1 March 2017</time></p></header>{STORY}</article>"
    found = clean(f"<html><body>{related}{own}{related}</body></html>".encode(), url="https://paper.example/1")
    assert stated(found) == ("2017-03-01T12:00:00Z", "time element")


def test_a_page_that_says_only_when_it_was_changed_has_that_day_and_no_instant() -> None:
    found = read('<meta property="article:modified_time" content="2025-10-08T21:33:14+00:00">', H1)
    assert found.published_at is None
    assert stated(found) == ("2025-10-08T21:33:14+00:00", "only a change is stated, meta article")
    assert found.modified_at is not None


def test_the_day_in_the_address_counts_before_a_line_that_names_another_day() -> None:
    results = f"{H1}<p>Results of 19.5.2007</p>"
    assert stated(read(top=results, url="https://club.example/2007/05/20/results/")) == ("2007/05/20", "url")
    assert stated(read(top=results, url="https://club.example/results/"))[1] == "printed"
    assert stated(read(top=H1, url="https://ring.example/news/29-10-2021")) == ("29-10-2021", "url")


def test_a_year_alone_in_a_line_is_no_day() -> None:
    assert stated(read(top=f"{H1}<p>2022</p><p>26 January 2022</p>"))[0] == "26 January 2022"


def test_a_meta_element_counts_however_its_name_is_spelled() -> None:
    for name in ("article:published_time", "article:published:time", "Published-Time", "datePublished"):
        assert stated(read(f'<meta name="{name}" content="2024-10-23T15:48:15+00:00">', H1))[0] == "2024-10-23T15:48:15+00:00"


def ld(published: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "BlogPosting", "datePublished": "{published}"}}</script>'


def below(*lines: str) -> str:
    return H1 + "".join(f"<p>{line}</p>" for line in lines)


def test_a_day_alone_below_the_headline_counts_before_a_later_one_of_the_markup() -> None:
    moved = ld("2025-06-24T10:00:00Z")
    assert stated(read(moved, below("August 25, 2024"))) == ("August 25, 2024", "printed")
    assert stated(read(moved, below("Published Aug 25, 2024"))) == ("Published Aug 25, 2024", "printed")
    for lines in (
        ("August 25, 2025",),  # later: of a change, or of the reader's day
        ("The line was closed on August 25, 2024, and nobody waved",),
        ("Updated August 25, 2024",),
        ("August 25, 2024", "Other trams", "June 24, 2025"),  # the first is of another story
        ("06/24/2025",),
    ):
        assert stated(read(moved, below(*lines)))[0] == "2025-06-24T10:00:00Z"
    swapped = read(ld("2021-11-01T05:00:00Z"), below("11/01/2021"))
    assert stated(swapped)[0] == "2021-11-01T05:00:00Z"


def test_a_print_of_the_same_instant_gives_the_clock_of_the_outlet() -> None:
    found = read(ld("2020-02-25T02:25:54Z"), below("February 24, 2020 | 9:25pm"))
    assert str(found.published_at) == "2020-02-25 02:25:54+00:00"
    assert found.evidence["published_at"] == "json-ld datePublished, by the clock printed: 2020-02-24 21:25, zone -05:00"
    assert stated(read(ld("2020-02-25T02:25:54Z"), below("February 24, 2020")))[0] == "2020-02-25T02:25:54Z"  # the same day, in the west


def test_a_date_of_which_the_markup_does_not_say_what_it_dates_gives_way_to_the_printed_one() -> None:
    some = '<meta name="dcterms.date" content="2022-01-21T15:38:44+01:00">'
    assert stated(read(some, below("27 January 2022")))[0] == "27 January 2022"
    assert stated(read(some + ld("2022-01-21T15:38:44+01:00"), below("27 January 2022")))[0] == "2022-01-21T15:38:44+01:00"


def test_a_meta_element_of_an_own_make_counts_where_nothing_else_dates_the_page() -> None:
    own = '<meta name="acme-first-published" content="2025-05-27"><meta name="publisher" content="2024">'
    assert stated(read(own, H1)) == ("2025-05-27", "meta acme-first-published")
    assert stated(read(own, below("28 May 2025")))[0] == "28 May 2025"


def test_a_reader_s_review_is_not_the_story() -> None:
    review = '{"@type": "Review", "datePublished": "2020-04-12", "author": "Ada Merrow", "reviewBody": "Good"}'
    recipe = f'{{"@type": "Recipe", "datePublished": "2006-10-10", "review": [{review}], "comment": {review}}}'
    found = read(f'<script type="application/ld+json">{recipe}</script>', H1)
    assert stated(found)[0] == "2006-10-10"
    assert found.authors == ()


def test_the_name_of_a_month_in_the_address_settles_which_number_of_a_line_is_the_day() -> None:
    url = "https://paper.example/blog/2023/october/03/trams/"
    assert stated(read(top=below("03/10/2023"), url=url)) == ("2023/october/03", "url")


def test_a_number_in_a_line_is_no_time() -> None:
    assert stated(read(top=below("3424486444", "21 June 2016")))[0] == "21 June 2016"


def test_a_day_alone_below_the_headline_counts_before_the_time_element_of_another_story() -> None:
    other = "<aside><a>Other trams</a> <time datetime='2025-04-14'>April 14, 2025</time></aside>"
    assert stated(read(top=below("January 28, 2025"), end=other))[0] == "January 28, 2025"
    assert stated(read(top=below("Ada Merrow•Jan 28, 2025"), end=other))[0] == "Ada Merrow•Jan 28, 2025"
