"""The numbers by which copies are told. One frozen record: whoever changes one raises the version, and archives are grouped anew."""

from __future__ import annotations

from dataclasses import dataclass

GROUPING_VERSION = 2  # 1: headlines counted for nothing, captions as text


@dataclass(frozen=True, slots=True)
class Rules:
    """Calibrated on 7,929 generated and 2,270 real texts with known copies; `python -m benchmarks.stories` measures them.

    Shares are of a text's sampled shingles, 0 to 1. "new": the text that arrives; "old": one that is known. docs/decisions.md says what
    breaks without each guard.
    """

    # --- the sketch
    shingle: int = 3  # words; 4 loses what was rewritten (recall .85 for .97)
    shingle_unspaced: int = 8  # characters, of scripts without spaces: some three words of Chinese
    rate: int = 6  # one shingle in so many is sampled; also the rate at which texts are looked up
    denser: tuple[tuple[int, int], ...] = ((60, 1), (120, 2))  # (up to so many words, one in so many): short texts need all they have
    least_words: int = 25  # shorter texts are copies only where they are equal: captions, tickers
    # --- who is looked at
    hub: int = 8  # stories with a shingle that make it common property: it says nothing any more
    shared: int = 2  # stories with a shingle from which on it counts as 1/stories of one
    least_hits: int = 2  # shingles in common before a story is looked at; short texts have few
    stories: int = 4  # that are looked at, those with the most hits
    carriers: int = 6  # texts of a story that are compared, beside its first
    paragraph: int = 3  # stories of one outlet with a paragraph that make it the outlet's furniture
    # --- the same story
    most_of_new: float = 0.5  # a copy, cut or not
    part_of_new: tuple[float, float] = (0.4, 0.2)  # of new, of old: a copy with much around it
    most_of_old: tuple[float, float] = (0.25, 0.5)  # of new, of old: an update, a copy with boilerplate
    both: float = 0.35  # rewritten
    brief: float = 0.8  # of old, at the head of new: the brief came first
    brief_hits: int = 4
    brief_head: tuple[float, int] = (0.35, 60)  # the head: this share of new's words, or so many
    brief_in_head: float = 0.9  # of what is shared
    headline: float = 0.25  # of either, under one headline: a brief, and a copy whose lede was rewritten
    headline_hits: int = 3
    headline_words: int = 4  # different ones of the shorter headline, below which it says nothing
    headline_part: float = 0.8  # of the shorter headline, that stands in the other one
    headline_days: float = 2.0  # between publications, beyond which headlines say nothing: columns come again
    short: int = 80  # words of the shorter text, below which more must agree
    short_more: float = 0.1  # so much more of each
    # --- unless
    figures_least: tuple[int, int] = (4, 2)  # numbers of the text with fewer, from which on they are compared; of short texts
    figures_short: tuple[int, float] = (200, 0.75)  # words of the shorter text, share of its numbers that must be in the other
    figures_long: float = 0.3
    figures_told: float = 0.5  # of both, where one says that it corrects the other: its numbers may be any
    figures_corrected: int = 3  # numbers at most that differ in a correction that does not say so
    figures_waived: tuple[tuple[float, float], ...] = ((0.85, 0.85), (0.95, 0.75))  # (larger, smaller share): a correction
    live_both: float = 0.65  # a live page or a round-up and an item of it are one story only where each has so much of the other
    other_story: float = 0.15  # of new, explained by another story alone: a round-up
    other_hits: int = 3
    other_apart: float = 0.1  # of the shorter part, that both stories explain: more, and they are the same passage
    other_waived: float = 0.9  # of new, in one story: no round-up
    drift: tuple[float, float, int] = (0.2, 0.1, 3)  # only with less of old, less of the first text, and more texts than that in the story
    days: float = 5.0  # between publications, beyond which only reruns are the same
    rerun: tuple[float, float] = (0.9, 0.9)  # shingles of one of them, numbers
    cold_rerun: float = 0.9  # of both, where the index has forgotten all but a few shingles of the old text
    cold_hashes: int = 4  # shingles of each text that are never forgotten
    cold_hits: int = 3
    # --- which of several
    enough: float = 0.8  # shares beyond this are equally good: the larger story is taken
    crowd: int = 9  # texts, beyond which stories are equally large
    # --- links
    link: float = 0.15  # of new, that stands in another story
    link_hits: int = 4
    update_top: float = 0.1  # of new's words before the first that is shared: an update on top


RULES = Rules()
