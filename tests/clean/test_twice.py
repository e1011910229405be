"""Text that was encoded twice is read as it was meant; other text is left as it is."""

from __future__ import annotations

import pytest

from archive.clean import clean
from archive.clean.twice import once

MEANT = [
    "The board doesn’t know – “yet” – what it’ll cost: €5",
    "Le café était fermé à Nîmes, où l’été",
    "Der Bürgermeister grüßt: „schön“",
    "Мэр сказал, что трамваи вернутся",
    "ट्राम वापस आ गई हैं",
    "عادت عربات الترام إلى التل",
    "Trams are back 🚋 on the hill 🚋",
]


def twice(text: str, codec: str) -> str:
    """What somebody made of it who took its UTF-8 for another encoding; bytes that it does not have stay."""
    found = ""
    for byte in text.encode("utf-8"):
        try:
            found += bytes([byte]).decode(codec)
        except UnicodeDecodeError:
            found += chr(byte)
    return found


@pytest.mark.parametrize("codec", ["cp1252", "iso-8859-1"])
@pytest.mark.parametrize("meant", MEANT, ids=range(len(MEANT)))
def test_text_that_was_encoded_twice_is_read_as_it_was_meant(meant: str, codec: str) -> None:
    spoilt = twice(meant, codec)
    assert spoilt != meant
    assert once(spoilt, spoilt.encode()) == meant


@pytest.mark.parametrize(
    "text",
    [
        *MEANT,
        "NÃO É «IRMû: A CONSTITUIÇÃO DE 1988 – AÇÕES EM SÃO PAULO",
        "Ø\xa030 mm und Ø\xa040 mm, Ð\xa0og Þ, Ø\xa050",
        "Who writes “donâ€™t” has taken UTF-8 for Windows-1252.",
        "plain",
    ],
    ids=range(len(MEANT) + 4),
)
def test_other_text_stays_the_very_same(text: str) -> None:
    assert once(text, text.encode()) is text
    assert once(text, None) is text


def test_a_page_that_was_encoded_twice_has_its_story_and_headline_as_they_were_meant() -> None:
    story = "".join(f"<p>The board doesn’t know what the café at stop {n} will cost the town “this year”, it said.</p>" for n in range(6))
    page = twice(f"<html><head><title>It’s back</title></head><body><h1>It’s back</h1><article>{story}</article></body></html>", "cp1252")
    found = clean(page.encode(), url="https://example.org/a")
    assert found.headline == "It’s back"
    assert found.text.startswith("The board doesn’t know what the café at stop 0 will cost the town “this year”, it said.")
