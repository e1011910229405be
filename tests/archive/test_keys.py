"""Identities: what is the same page, the same body, the same text."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.keys import MAX_URL, fetch_url, host_of, key_hash, payload_digest, quiet_text, text_digest, url_key, wire_digest

urls = st.builds(
    "{}://{}{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(
        ["news.example", "NEWS.example", "bücher.example", "user:pw@news.example", "192.0.2.1", "[2001:db8::1]", "news.example."]
    ),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.lists(st.text(max_size=8), max_size=4).map(lambda parts: "".join(f"/{part}" for part in parts)),
    st.lists(st.tuples(st.sampled_from(["id", "utm_source", "%75tm_id", "sid", "A"]), st.text(max_size=6)), max_size=4).map(
        lambda pairs: "?" + "&".join(f"{name}={value}" for name, value in pairs)
    ),
    st.sampled_from(["", "#top"]),
)


@given(st.text() | urls)
def test_no_text_makes_the_functions_raise(text: str) -> None:
    assert isinstance(url_key(text), str)
    assert isinstance(host_of(text), str)
    fetched = fetch_url(text)
    assert fetched is None or fetched.startswith(("http://", "https://"))
    assert -(2**63) <= key_hash(text) < 2**63
    assert len(text_digest(text)) == 64


@given(urls)
def test_the_key_of_a_key_is_the_key(url: str) -> None:
    fetched = fetch_url(url)
    if fetched is not None:
        key = url_key(fetched)
        assert url_key(f"https://{key}") == key
        assert url_key(key) == key


@given(urls)
def test_a_url_to_fetch_stays_as_it_is_when_asked_for_again(url: str) -> None:
    fetched = fetch_url(url)
    assert fetched is None or fetch_url(fetched) == fetched


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/a/Story?id=7",
        "https://NEWS.example/a/Story?id=7",
        "https://news.example:443/a/Story?id=7",
        "https://news.example./a/Story?id=7",
        "https://user:secret@news.example/a/Story?id=7",
        "https://news.example/a/Story/?id=7",
        "https://news.example/a/Story?id=7#comments",
        "https://news.example/a/%53tory?id=7",
        "https://news.example/a/Story?utm_source=rss&id=7&utm_medium=feed",
        "https://news.example/a/Story?id=7&fbclid=xyz",
        "https://news.example/a/Story?id=7&%75tm_source=rss",
        "  https://news.example/a/Story?id=7\n",
    ],
)
def test_addresses_that_lead_to_one_page_have_one_key(other: str) -> None:
    assert url_key(other) == url_key("https://news.example/a/Story?id=7") == "news.example/a/Story?id=7"


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example/a/story?id=7",  # the case of a path
        "https://news.example/a/Story?id=8",
        "https://news.example/a/Story?ID=7",  # the case of a parameter
        "https://news.example/a/Story?id=7&sid=1",  # sid selects content on many sites
        "https://news.example/a/Story?id=7&p=2",
        "https://news.example:8443/a/Story?id=7",
        "https://www.news.example/a/Story?id=7",
        "https://news.example/a%2FStory?id=7",
        "https://news.example/a/Story",
    ],
)
def test_addresses_that_may_lead_elsewhere_keep_a_key_of_their_own(other: str) -> None:
    assert url_key(other) != url_key("https://news.example/a/Story?id=7")


@pytest.mark.parametrize(
    "name", ["utm_campaign", "UTM_Source", "gclid", "mc_cid", "at_medium", "ns_campaign", "pk_kwd", "xtor", "cmpid", "_ga", "wt_mc", "smid"]
)
def test_parameters_that_say_how_a_reader_came_are_dropped(name: str) -> None:
    assert url_key(f"https://news.example/a?{name}=x") == "news.example/a"


@pytest.mark.parametrize("name", ["sid", "id", "p", "page", "ref", "q", "storyid", "utm", "at_id", "article", "newsid", "v"])
def test_parameters_that_pages_select_content_by_are_kept(name: str) -> None:
    assert url_key(f"https://news.example/a?{name}=x") == f"news.example/a?{name}=x"


def test_the_order_of_parameters_makes_no_difference() -> None:
    assert url_key("https://news.example/a?b=1&a=2&a=1") == url_key("https://news.example/a?a=1&b=1&a=2")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "/a",
        "news.example/a",
        "ftp://news.example/",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "https://",
        "http://[::1",
        "https://h:99999/",
        "http://0x7f0 0001/",
        "http://host\x10name/",
        "https://m\ufffdnchen.example/",  # no name in any script
        "https://a.example<table>/",
        "https://a.example/" + "\u00fc" * 1400,  # too long once it is percent-encoded
    ],
)
def test_what_is_no_http_address_is_never_fetched(bad: str) -> None:
    assert fetch_url(bad) is None


def test_an_overlong_address_is_never_fetched() -> None:
    assert fetch_url("https://news.example/" + "a" * MAX_URL) is None


def test_an_address_to_fetch_is_encoded_and_without_fragment() -> None:
    assert fetch_url(" https://news.example/über uns#x ") == "https://news.example/%C3%BCber%20uns"
    assert fetch_url("https://news.example") == "https://news.example/"


@given(st.text())
def test_quieting_a_text_twice_changes_nothing(text: str) -> None:
    assert quiet_text(quiet_text(text)) == quiet_text(text)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("‘’“”«»–—‐‑…\u00ad\u200b\ufeff\u00a0 ﬁ½")), max_size=200))
def test_quieting_is_one_table_composed_characters_and_the_table_again(text: str) -> None:
    table = str.maketrans(dict(zip("‘’‚‛“”„«»–—‐‑…", ["'"] * 4 + ['"'] * 5 + ["-"] * 4 + ["..."], strict=True)))
    shown = re.sub("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]", "", text.translate(table))
    assert quiet_text(text) == " ".join(unicodedata.normalize("NFKC", shown).translate(table).split())


def test_typography_makes_no_other_text() -> None:
    plain = 'He said "no" - and left...'
    assert text_digest("He  said “no”\n\n– and\u00a0left…") == text_digest(plain)
    assert text_digest("\ufeffHe said \u00ab" + "no\u00bb \u2014 and le\u00adft...") == text_digest(plain)


def test_another_word_makes_another_text() -> None:
    assert text_digest("Nine people") != text_digest("Ten people")
    assert text_digest("us") != text_digest("US")


def test_digests_are_those_of_the_standards() -> None:
    assert payload_digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # FIPS 180-4, empty message
    assert wire_digest(b"") == "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"  # as WARC files name the empty payload
