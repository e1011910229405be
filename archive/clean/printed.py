"""Times that are printed on a page: in elements that are marked as a time, and in lines around the headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.clean.stated import Context, Stated, plausible, read
from archive.clean.text import fold, key

_MODIFIED = re.compile(
    r"updated?|modified|edited|last changed|revised|aktualisiert|mis(?:e)? à jour|màj|modifié|actualizad|atualizad|"
    r"aggiornat|ultima modifica|"
    r"bijgewerkt|gewijzigd|uppdaterad|oppdatert|opdateret|päivitetty|zaktualizowan|aktualizov|güncelle|"
    r"diperbarui|обновлен|"
    r"изменен|оновлен|अपडेट|अद्यतन|अपडेटेड|تحديث|آخر تحديث|更新|수정|업데이트|最終更新",
    re.I,
)
_PUBLISHED = re.compile(
    r"publish|posted|veröffentlicht|erstellt|publié|publicad|pubblicat|gepubliceerd|publicerad|publisert|julkaistu|"
    r"erschienen|written|opublikowan|yayın|diterbitkan|опубликован|प्रकाशित|نشر|公開|发布|發布|등록|입력|掲載",
    re.I,
)
_MOST = 60


@dataclass(frozen=True, slots=True)
class Lines:
    """Short printed lines: from the headline to the story, and around the rest of it."""

    above: Sequence[str]
    below: Sequence[str]


def printed(
    tree: LexborHTMLParser, heads: Sequence[LexborNode], lines: Lines, context: Context, headline: str | None
) -> tuple[Stated | None, Stated | None]:
    """The first printed times of publication and change. `heads`: the page's elements h1 and h2.

    In this order: marked elements, those nearest to the headline first; lines above the story that have a day and hardly anything else; all
    lines. Where the nearest element does not stand in the lines above the story, such a line counts before it.
    """
    first: Stated | None = None
    changed: Stated | None = None
    for raw, text, how in _in_order(_elements(tree, heads, headline), lines):
        if _YEAR.fullmatch(raw):
            continue  # a year alone is a day in metadata (W3C-DTF), not in print
        for stated in _read(raw, how, context):
            if is_change(text):
                changed = changed or stated
            elif first is None or (first.moment.utc is None and stated.moment.utc is not None and first.moment.day == stated.moment.day):
                first = stated
        if first and changed and first.moment.utc:
            break
    return first, changed


def days_alone(lines: Iterable[str], context: Context) -> list[Stated]:
    """Of the lines that have a day and hardly anything else, and do not say that it is one of a change."""
    alone = (line for line in lines if is_alone(line) and not _YEAR.fullmatch(line) and not is_change(line))
    return [stated for line in alone for stated in _read(line, PRINTED, context)]


def is_change(text: str) -> bool:
    """ "Updated", and not "Published" as well."""
    return bool(_MODIFIED.search(text)) and not _PUBLISHED.search(text)


def is_alone(line: str) -> bool:
    """A month, a weekday, "Published on", "Uhr": four words beside the numbers at most."""
    return len(line) <= _SHORT and _DIGIT.search(line) is not None and len(_WORD.findall(line)) <= _FEW


_SHORT, _FEW = 40, 4
_WORD = re.compile(r"[^\W\d_]{2,}")


def _read(raw: str, how: str, context: Context) -> Iterator[Stated]:
    """The plausible times of a print; a number is none."""
    for stated in read(raw.replace("•", " "), how, context):
        if plausible(stated.moment, context) and (how != PRINTED or stated.moment.zone != "epoch"):
            yield replace(stated, raw=fold(raw))


PRINTED = "printed"
_Found = tuple[str, str, str]  # (time, the words around it, evidence)


def _in_order(elements: list[tuple[str, _Found]], lines: Lines) -> Iterator[_Found]:
    words = elements[0][0] if elements else ""
    if words and not any(words in line for line in lines.above):  # of another story, or of what is embedded
        yield from ((line, line, PRINTED) for line in lines.above if is_alone(line))
    yield from (element for _, element in elements)
    yield from ((line, line, PRINTED) for line in lines.above if is_alone(line))
    yield from ((line, line, PRINTED) for line in (*lines.above, *lines.below) if _DIGIT.search(line))


_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\W*\d{4}\W*")
_TIMES = "time,[itemprop=datePublished],[itemprop=dateModified],[pubdate],abbr.published[title]"


def _elements(tree: LexborHTMLParser, heads: Sequence[LexborNode], headline: str | None) -> list[tuple[str, _Found]]:
    """(its words, what it says) of elements that are marked as a time, those nearest to the headline first."""
    found: list[tuple[int, tuple[str, _Found]]] = []
    nodes = tree.css(_TIMES)[:_MOST]
    above = _ancestors(_head(heads, headline)) if nodes else {}
    for node in nodes:
        attributes = node.attributes
        words = fold(node.text(deep=True)[:300])
        raw = attributes.get("datetime") or attributes.get("content") or (attributes.get("title") if node.tag == "abbr" else None) or words
        if not raw or len(raw) > 200:
            continue
        parent = node.parent
        around = fold(parent.text(deep=True)[:200]) if parent is not None else ""
        label = around if len(around) <= len(words) + 40 else words[:200]
        names = f"{attributes.get('itemprop') or ''} {attributes.get('class') or ''}"
        found.append((_distance(node, above), (words, (raw, f"{names} {label}", "time element"))))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _head(nodes: Sequence[LexborNode], headline: str | None) -> LexborNode | None:
    """The heading that has the headline, else the first h1."""
    heads = [node for node in nodes if node.tag == "h1"][:12]
    wanted = key(headline or "")
    others = [node for node in nodes if node.tag == "h2"][:12]
    has_it = (head for head in (*heads, *others) if wanted in key(head.text(deep=True)[:600]))
    return (next(has_it, None) if wanted else None) or (heads[0] if heads else None)


_DEEP = 40  # levels climbed: real pages have some 20 above an h1


def _ancestors(node: LexborNode | None) -> dict[int, int]:
    """What a node stands in -> how many levels up."""
    found: dict[int, int] = {}
    while node is not None and len(found) < _DEEP:
        found[node.mem_id] = len(found)
        node = node.parent
    return found


def _distance(node: LexborNode, above: dict[int, int]) -> int:
    """Levels from the headline up to what holds the node as well; all the same where there is no headline."""
    climbed: LexborNode | None = node
    for _ in range(_DEEP):
        if climbed is None or not above:
            break
        if climbed.mem_id in above:
            return above[climbed.mem_id]
        climbed = climbed.parent
    return _DEEP
