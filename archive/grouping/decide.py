"""Which story a text belongs to, given those that are near it. Pure; the reason comes with the decision.

Two stories are never put together, and no text changes its story: a text that has a part of each of two stories cannot make one of them.
That costs some recall where a story's fragments came before its whole, and keeps chains from forming.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from archive.grouping.figures import agreement
from archive.grouping.headlines import same as same_headline
from archive.grouping.rules import RULES, Rules
from archive.grouping.sketch import Sketch

_DAY = 86400
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Known:
    """A text that has its story."""

    text_id: int
    sketch: Sketch
    at: int  # when it was published, else first seen: seconds since 1970, UTC


@dataclass(frozen=True, slots=True)
class Nearby:
    """A story that shares shingles with the text."""

    story_id: int
    first: Known | None  # its first text; None: that one is too short to be compared
    texts: tuple[Known, ...]  # that are compared, the first among them
    size: int  # texts that it has
    headline: str | None = None  # over its first text


@dataclass(frozen=True, slots=True)
class Link:
    """What a text has of an older one, beside being its copy."""

    kind: str  # contains (parts of several), reuses (of one), updates, corrects or rerun
    text_id: int  # the older one
    share: float  # of the new text, that stands in the older one


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on a text."""

    story_id: int | None  # None: a story of its own
    reason: str
    roundup: bool = False  # it has parts of several stories
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    """A new text beside an old one. `of_new`, `of_old`: the share of each that stands in the other."""

    story: Nearby
    old: Known
    shared: frozenset[int]
    of_new: float
    of_old: float
    figures: float


@dataclass(slots=True)
class _Case:
    """All that one decision needs."""

    new: Sketch
    at: int
    rules: Rules
    common: Mapping[int, int]  # hash -> stories that have it
    hubs: frozenset[int]
    sampled: dict[int, tuple[frozenset[int], float]] = field(default_factory=dict)  # rate -> the new sketch without hubs, its weight

    def weight(self, hashes: frozenset[int]) -> float:
        """Shingles that several stories have count less: they are boilerplate, or an old story's background."""
        few, common = self.rules.shared, self.common
        return sum(1.0 if (n := common.get(one, 0)) < few else 1.0 / n for one in hashes)

    def new_at(self, rate: int) -> tuple[frozenset[int], float]:
        if rate not in self.sampled:
            found = self.new.at(rate) - self.hubs
            self.sampled[rate] = (found, self.weight(found))
        return self.sampled[rate]

    def match(self, story: Nearby, old: Known) -> _Match | None:
        rate = max(self.new.rate, old.sketch.rate)
        new, weight = self.new_at(rate)
        theirs = old.sketch.at(rate) - self.hubs
        shared = new & theirs
        if not shared:
            return None
        agreed = agreement(self.new.figures, old.sketch.figures)
        return _Match(story, old, shared, self.weight(shared) / weight, len(shared) / len(theirs), agreed)


def decide(
    new: Sketch, at: int, nearby: Sequence[Nearby], common: Mapping[int, int], hubs: frozenset[int], rules: Rules = RULES
) -> Verdict:  # fmt: skip
    """The story of a text that is published `at` (seconds since 1970).

    `common`: for each of its shingles that some story has, how many have it; `hubs`: those that are common property, among the shingles
    of all texts given.
    """
    case = _Case(new, at, rules, common, hubs)
    matches = [found for story in nearby for old in story.texts if (found := case.match(story, old))]
    explained = _explained(case, matches)
    best: tuple[tuple[float, bool, int, float, int], _Match, str] | None = None
    roundup = False
    for match in matches:
        why = _same(case, match)
        if why is None:
            continue
        if match.of_new < rules.other_waived and _another_explains(case, explained, match.story.story_id):
            roundup = True
            continue
        if best is None or _rank(match, rules) > best[0]:
            best = (_rank(match, rules), match, why)
    if best is None:
        links = _beside(case, matches, None, "reuses")
        if roundup or len(links) > 1:
            links = tuple(Link("contains", link.text_id, link.share) for link in links)
        return Verdict(None, "parts of several stories" if roundup else "like none that is known", roundup, links)
    return Verdict(best[1].story.story_id, best[2], False, (*_within(case, best[1]), *_beside(case, matches, best[1], "reuses")))


def _explained(case: _Case, matches: list[_Match]) -> dict[int, frozenset[int]]:
    """Story -> the new text's shingles that it has, at the rate that all texts share."""
    mine, _ = case.new_at(case.rules.rate)
    found: dict[int, frozenset[int]] = {}
    for match in matches:
        found[match.story.story_id] = found.get(match.story.story_id, frozenset()) | (match.shared & mine)
    return found


def _another_explains(case: _Case, explained: dict[int, frozenset[int]], story_id: int) -> bool:
    """Whether another story explains a part of the text that this one does not. Fragments of one story explain the same part."""
    rules, own = case.rules, explained[story_id]
    _, whole = case.new_at(rules.rate)
    for other_id, theirs in explained.items():
        if other_id == story_id or len(theirs & own) >= rules.other_apart * min(len(theirs), len(own)):
            continue
        alone = theirs - own
        if len(alone) >= rules.other_hits and case.weight(alone) >= rules.other_story * whole:
            return True
    return False


def _rank(match: _Match, rules: Rules) -> tuple[float, bool, int, float, int]:
    """The better one of two stories; equally good ones by their size, then by their age."""
    most = round(min(rules.enough, max(match.of_new, match.of_old)) * _TENTHS)
    return (most, not match.old.sketch.roundup, min(match.story.size, rules.crowd), min(match.of_new, match.of_old), -match.story.story_id)


def _same(case: _Case, match: _Match) -> str | None:
    """Why both texts are of one story, as far as these two tell; None: they are not."""
    new, old, rules = case.new, match.old.sketch, case.rules
    least = min(match.of_new, match.of_old)
    if (new.live != old.live or old.roundup) and least < rules.live_both:
        return None
    why = _copied(case, match)
    if why is None or _other_figures(case, match) or _drifts(case, match):
        return None
    if abs(case.at - match.old.at) > rules.days * _DAY and not _reruns(match, rules):
        return None
    return why


def _copied(case: _Case, match: _Match) -> str | None:
    """Whether enough of one text stands in the other."""
    rules, of_new, of_old = case.rules, match.of_new, match.of_old
    more = rules.short_more if min(case.new.words, match.old.sketch.words) < rules.short else 0.0
    if of_new >= rules.most_of_new + more:
        return "most of it is known"
    if of_new >= rules.part_of_new[0] + more and of_old >= rules.part_of_new[1]:
        return "much of it is known"
    if of_new >= rules.most_of_old[0] and of_old >= rules.most_of_old[1] + more:
        return "it has most of the older text"
    if of_new >= rules.both + more and of_old >= rules.both + more:
        return "each has much of the other"
    if of_old >= rules.brief and len(match.shared) >= rules.brief_hits and _at_head(case, match):
        return "it begins with the older, shorter text"
    if max(of_new, of_old) >= rules.headline and len(match.shared) >= rules.headline_hits and _one_headline(case, match):
        return "it has the story's headline, and a part of it"
    return None


def _one_headline(case: _Case, match: _Match) -> bool:
    near_in_time = abs(case.at - match.old.at) <= case.rules.headline_days * _DAY
    return near_in_time and same_headline(case.new.headline, match.story.headline, case.rules)


def _at_head(case: _Case, match: _Match) -> bool:
    share, words = case.rules.brief_head
    head = max(share * case.new.words, words)
    return sum(case.new.places[one] < head for one in match.shared) >= case.rules.brief_in_head * len(match.shared)


def _other_figures(case: _Case, match: _Match) -> bool:
    """The same words around other numbers: another day's weather, another company's bond. A correction is no such thing."""
    rules, shorter = case.rules, min(case.new.words, match.old.sketch.words)
    least = rules.figures_least[shorter < rules.short]
    fewer = min(len(case.new.figures), len(match.old.sketch.figures))
    if fewer < least:
        return False
    if match.figures >= (rules.figures_short[1] if shorter <= rules.figures_short[0] else rules.figures_long):
        return False
    most, few = max(match.of_new, match.of_old), min(match.of_new, match.of_old)
    if (case.new.corrected or match.old.sketch.corrected) and few >= rules.figures_told:
        return False
    if round(fewer * (1 - match.figures)) > rules.figures_corrected:
        return True
    return not any(most >= larger and few >= smaller for larger, smaller in rules.figures_waived)


def _drifts(case: _Case, match: _Match) -> bool:
    """Only a small part of one text of the story, which that one brought along: the story itself has nothing of it."""
    of_old, of_first, size = case.rules.drift
    first = match.story.first
    if match.of_old >= of_old or match.story.size < size or first is None or first.text_id == match.old.text_id:
        return False
    rate = max(first.sketch.rate, case.new.rate)
    mine = case.new_at(rate)[0]
    return len(mine & first.sketch.at(rate)) < of_first * len(mine)


def _reruns(match: _Match, rules: Rules) -> bool:
    return max(match.of_new, match.of_old) >= rules.rerun[0] and match.figures >= rules.rerun[1]


def _within(case: _Case, match: _Match) -> tuple[Link, ...]:
    """What the text is to the one that it is a copy of, where it is more than a copy."""
    rules, new = case.rules, case.new
    if abs(case.at - match.old.at) > rules.days * _DAY:
        return (Link("rerun", match.old.text_id, match.of_new),)
    if min(match.of_new, match.of_old) >= rules.figures_waived[1][1] and match.figures < 1 and new.figures and match.old.sketch.figures:
        return (Link("corrects", match.old.text_id, match.of_new),)
    on_top = min(new.places[one] for one in match.shared) >= rules.update_top * new.words
    if on_top and match.of_old >= rules.most_of_old[1] and new.words > match.old.sketch.words:
        return (Link("updates", match.old.text_id, match.of_new),)
    return ()


def _beside(case: _Case, matches: list[_Match], chosen: _Match | None, kind: str) -> tuple[Link, ...]:
    """The text of each other story that has the most of this one, where that is much."""
    most: dict[int, _Match] = {}
    for match in matches:
        story_id = match.story.story_id
        if (chosen and story_id == chosen.story.story_id) or len(match.shared) < case.rules.link_hits or match.of_new < case.rules.link:
            continue
        if story_id not in most or match.of_new > most[story_id].of_new:
            most[story_id] = match
    return tuple(Link(kind, match.old.text_id, match.of_new) for match in most.values())
