"""Text that a page gives twice: kept once, but for what may well be said twice."""

from __future__ import annotations

from archive.clean import clean

PARTS = tuple(
    f"In the {n} of the hearings the harbour board said that the new pier will open to ferries in the first week of March, after {n} years"
    f" of work on it; a speaker for the {n} union answered that nobody had been asked, and that the {n} part of the crew would stay away."
    for n in ("first", "second", "third", "fourth", "fifth")
)


def text(body: str) -> str:
    return clean(f"<body><article><h1>New pier opens in March</h1>{body}</article></body>".encode(), url="https://paper.example/pier").text


def paragraphs(*parts: str) -> str:
    return "".join(f"<p>{part}</p>" for part in parts)


def test_a_story_that_stands_once_more_in_one_piece_is_kept_in_its_paragraphs() -> None:
    piece = f"<div class=paywall>{' '.join(PARTS)}</div>"
    assert text(paragraphs(*PARTS) + piece) == "\n\n".join(PARTS)
    assert text(piece + paragraphs(*PARTS)) == "\n\n".join(PARTS)


def test_a_long_block_of_which_little_stands_elsewhere_is_kept() -> None:
    piece = " ".join(PARTS)
    assert text(f"<p>{PARTS[2]}</p><div>{piece}</div>") == f"{PARTS[2]}\n\n{piece}"


def test_a_story_that_stands_twice_paragraph_by_paragraph_is_kept_once() -> None:
    assert text(f"<div class=mobile>{paragraphs(*PARTS)}</div><div class=desktop>{paragraphs(*PARTS)}</div>") == "\n\n".join(PARTS)


def test_a_question_put_to_each_of_several_people_is_kept_each_time() -> None:
    asked = "What does the pier mean to you?"
    said = [line for part in PARTS[:3] for line in (asked, part)]
    assert text(paragraphs(*said)) == "\n\n".join(said)
