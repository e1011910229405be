"""Copy credited to the outlet's own people without a name: "By Our Correspondent", "Web Desk", or the outlet's name.

Says only that a credit is of this kind, and gives its words as printed. Whether the text is an agency's all the same, the archive tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.agencies import agencies_in, is_unnamed_agency
from archive.clean.byline import Outlets, is_outlet, people, without_by
from archive.clean.house_words import is_house

_LONGEST = 120  # characters of a byline that is looked at
_PARTS = re.compile(r"\s*[|,•·:/\n–—()]\s*|\s-\s")


def by_house(credits: Iterable[str | None], outlets: Outlets) -> str | None:
    """The first of these credits that is the house's own and names nobody; None where there is none, or an agency stands in it."""
    for credit in credits:
        if credit and len(credit) <= _LONGEST and _is_the_house_s(credit, outlets):
            return credit.strip()
    return None


def _is_the_house_s(credit: str, outlets: Outlets) -> bool:
    """What stands first decides: behind it is a place ("Our Correspondent | Lucknow"), behind a name a role."""
    first = next((part for part in _PARTS.split(without_by(credit)) if part), "")
    if is_house(first) or is_house(_PARTS.split(credit.strip(), 1)[0]):
        return not agencies_in(credit)
    return (
        len(first) > 1 and is_outlet(first, outlets) and not (agencies_in(credit) or is_unnamed_agency(credit) or people(credit, outlets))
    )
