"""The names of signs in words that a person can read: "near0 related" is `a class or id above says "related"`. Pure."""

from __future__ import annotations

_KINDS = {
    "p": "paragraph", "li": "list item", "h1": "h1 heading", "h2": "h2 heading", "h3": "h3 heading", "h4": "small heading",
    "td": "table cell", "q": "quotation", "pre": "preformatted text", "cap": "caption", "div": "plain box",
}  # fmt: skip
_WORDS = ("1", "2", "3", "4", "5-6", "7-9", "10-13", "14-20", "21-30", "31-45", "46-70", "71-110", "over 110")
_SHARES = ("no", "under 1/10", "under 1/4", "under 1/2", "under 9/10", "all")
_LENGTHS = {"s": "short", "m": "medium", "l": "long"}
_ENDS = {"w": "a letter", "d": "a digit", "o": "another mark"}
_STARTS = {"U": "a capital", "l": "a small letter", "d": "a digit", "o": "a mark", "n": "a letter without case"}
_INSIDE = (
    "an aside", "a navigation", "a footer", "a header", "a figure", "a list", "a table", "a quotation", "a form", "an article",
    "the main part", "something hidden", "words for screen readers", "a caption",
)  # fmt: skip
_ABOVE = ("the box above", "the second box above", "the third box above")
_PLAIN = {
    "headline": "repeats the headline",
    "description": "repeats the page's description",
    "description part": "is a part of the page's description",
    "head none": "the page has no block that is the headline",
    "head before": "stands before the headline",
}
_WORD = {
    "tag": "its element is <{}>",
    "own": 'its own class or id says "{}"',
    "near0": 'the class or id of the box above says "{}"',
    "near": 'a class or id two or three boxes above says "{}"',
    "far": 'a class or id further above says "{}"',
    "first": 'begins with "{}"',
    "last": 'ends with "{}"',
    "has": 'holds the word "{}"',
}


def readable(sign: str) -> str:
    """The sign in words; its own name where this file knows none."""
    if sign in _PLAIN:
        return _PLAIN[sign]
    form, _, rest = sign.partition(" ")
    if form in _WORD:
        return _WORD[form].format(rest)
    parts = rest.split(" ")
    try:
        return _above(int(form[2:]), parts) if form[:2] == "up" and form != "upper" else _itself(form, parts)
    except (LookupError, ValueError):  # a sign that was learned later: its name is better than nothing
        return sign


def _itself(form: str, parts: list[str]) -> str:
    """Signs of the block and of its place: the first part is its kind, its length, or a number."""
    last = parts[-1]
    if form == "words":
        return f"{_KINDS[parts[0]]} of {_WORDS[int(last)]} words"
    if form == "kind":
        return f"is a {_KINDS[last]}"
    if form == "in":
        return f"stands in {_INSIDE[int(last)]}"
    if form == "place":
        return f"stands in tenth {int(last) + 1} of the page"
    if form == "head":
        return f"{_span(int(last), 'block')} after the headline" if int(last) else "is the headline"
    return f"{_LENGTHS[parts[0]]}, {_looks(form, last)}"


def _looks(form: str, how: str) -> str:
    """How a block of some length looks."""
    if form == "link":
        return f"{_SHARES[int(how)]} text in links"
    if form in ("links", "broken", "commas", "digits"):
        most = "4 or more" if how == "4" else str(int(how))
        what = {"links": "links", "broken": "line breaks", "commas": "commas in 20 words", "digits": "tenths of it digits"}
        return f"{most} {what[form]}"
    if form == "end":
        return f"ends with {_ENDS.get(how) or how}"
    if form == "start":
        return f"begins with {_STARTS[how]}"
    if form in ("bold", "italic"):
        return f"{how} of it {form}"
    if form == "body":
        return "the JSON-LD articleBody holds it" if how == "True" else "not in the JSON-LD articleBody"
    if form == "upper":
        return "all capitals"
    raise LookupError(form)


def _above(level: int, parts: list[str]) -> str:
    """Signs of the boxes above."""
    above = _ABOVE[level]
    if parts[0] != "linked":
        return f"{above} is <{parts[0]}>"
    part = "under 1" if parts[3] == "0" else parts[3]
    return f"{above}: {_SHARES[int(parts[1])]} text in links, {part}/8 of the page's long text"


def _span(bits: int, noun: str) -> str:
    """The numbers of so many binary digits, by which distances are parted: "1 block", "4-7 blocks"."""
    low, high = (1 << bits) >> 1, (1 << bits) - 1
    return f"{high} {noun}{'' if high == 1 else 's'}" if low >= high else f"{low}-{high} {noun}s"
