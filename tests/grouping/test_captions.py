"""What stands under a picture is told from a story's paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.grouping import paragraphs
from archive.grouping.captions import LONGEST, is_caption

CAPTIONS = [
    "FILE - In this July 7, 2017 file photo the two presidents meet. Both will meet again on Monday.",
    "In this Oct. 3, 2014, file photo, the ministers wait.",
    "FILE PHOTO: Ships wait outside the port, November 22, 2026.",
    "Archivbild: Schiffe vor dem Hafen.",
    "(FILES) This file picture shows the port.",
    "Ships wait outside the port on Sunday. (AP Photo/Asha Rao)",
    "Ships wait outside the port. (AP Photo/Asha Rao, File) less",
    "Ships wait. (Photo by Asha RAO / AFP)",
    "Schiffe vor dem Hafen (Foto: Asha Rao/dpa)",
    "Ships wait. REUTERS/Asha Rao",
    "Ships wait outside the port. Asha Rao/AFP/Getty Images",
    "Ships wait outside the port. | Photo Credit: PTI",
    "Photograph: Asha Rao/EPA",
    "Foto: Asha Rao",
    "Ships wait. (Asha Rao/Lehtikuva via AP)",
]
PROSE = [
    "Ships waited outside the port on Sunday, the harbour office said.",
    "PORTVILLE (AP) - Ships waited outside the port.",
    "He said that the file in this matter was closed, and that a photo had been found",
    "She improved her image by working hard",
    "The full picture: nobody knows how many ships wait",
    "The minister shared a photo of the port (he had taken it himself).",
    "(With inputs from PTI)",
    "Ships waited, as they did in 1953/54",
    "In this town, nobody remembers such a storm.",
    "File a complaint - that is what the captain did.",
    "港口关闭，船只等待。",
]


@pytest.mark.parametrize("text", CAPTIONS)
def test_a_caption_is_one(text: str) -> None:
    assert is_caption(text)
    assert paragraphs(text)[0].caption


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_none(text: str) -> None:
    assert not is_caption(text)


def test_a_text_whose_paragraphs_ran_together_is_no_caption_for_its_last_words() -> None:
    text = "Ships waited outside the port. " * LONGEST + "(AP Photo/Asha Rao)"
    assert not paragraphs(text)[0].caption


@given(st.text(alphabet="Photo: by(A/B|[)]P .\nfile-in this", max_size=400))
def test_whatever_the_paragraph_it_is_one_or_it_is_not(text: str) -> None:
    assert is_caption(text) in (True, False)
