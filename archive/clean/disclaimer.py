"""The note that a text comes from a feed and was not edited, as outlets print it under agency copy."""

from __future__ import annotations

from archive.clean.phrases import Phrases

_HOUSES = ("agency", "agencies", "wire", "syndicated", "news", "pti", "ians", "ani", "uni", "afp", "reuters", "ap")
_ARTICLES = ("", "a", "an", "the", "our", "unedited", "its")  # the expression does not ask for a space behind one
_DISCLAIMER = Phrases(
    r"(?:auto[- ]?(?:generated|published)|automatically (?:generated|published)|published|generated|"
    r"sourced|taken|received|"
    r"created) (?:directly |automatically |unedited )?(?:from|by|through|via|as part of) "
    r"(?:an?|the|our|unedited|its)?\s?(?:[\w-]{2,20}\s){0,3}?(?:syndicated |news )?"
    r"(?:agency|agencies|wire|syndicated|news|pti|ians|ani|uni|afp|reuters|ap)(?:'s)?[\s-](?:agency |"
    r"wire )?(?:feed|copy|text|service)"
    r"|(?:has|was|have) not been (?:edited|created|modified|altered|reviewed) by"
    r"|(?:unedited|auto-generated) (?:and auto-generated )?(?:story|report|copy) from (?:syndicated|"
    r"a syndicated|agency)"
    r"|(?:सिंडिकेट(?:ेड)?|एजेंसी) फ़?ीड|(?:संपादित|सम्पादित) नहीं किया"
    r"|automatisch (?:aus|von) (?:dem |der )?[^.]{0,40}(?:übernommen|erstellt|veröffentlicht)",
    " ".join(f"{article}{house}" for article in _ARTICLES for house in _HOUSES) + " been story report copy aus von",
    ("ीड", "नहीं किया"),
)
_HINTS = ("feed", "not been", "edited", "copy", "service", "text", "फीड", "फ़ीड", "नहीं किया", "automatisch")  # a quick look first


def is_disclaimer(text: str) -> bool:
    """A note that the text comes from a feed and was not edited."""
    if len(text) > 600:
        return False
    return may_be_one(text.lower()) and _DISCLAIMER.search(text) is not None


def may_be_one(low: str) -> bool:
    """A quick look for what a disclaimer has, in small letters; for many lines at once as well."""
    return any(map(low.__contains__, _HINTS))
