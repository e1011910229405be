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
