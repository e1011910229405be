"""Whether a paragraph stands under a picture. Pure.

A picture and its words travel apart from the story: an agency sends both once, and they stand over every story of that day, and the same
story stands under other pictures. Most pages mark their captions, and the cleaner leaves those out; these are the ones that came through.
They are told by how agencies write them: an opening that says how old the picture is ("FILE - In this July 7, 2017 file photo ..."), and a
credit in the end ("(AP Photo/Markus Schreiber)", "REUTERS/Issei Kato", "Photo: Getty", "Foto: dpa").
"""

from __future__ import annotations

import re

LONGEST = 120  # words of a caption; a text whose paragraphs ran together may end with one and is none

_TAIL = 160  # characters at a paragraph's end in which the credit begins
_SENTENCE_END = frozenset('.!?"”»।。؟！？')
_BRACKET = frozenset(")]")
_NAME = r"[^\W\d_a-z][\w.'’-]*"
_PHOTO = r"(?:photo(?:graph)?s?|fotos?|fotografía|bild(?:er)?|images?|imagen|imagem|pictures?|pics?)"
_HOUSE = (
    r"(?:AP|AFP|Agence France-Presse|Reuters|REUTERS|Getty(?: Images)?|EPA(?:-EFE)?|EFE|dpa|DPA|PTI|ANI|IANS|UNI|TASS|Tass|Sputnik|Xinhua"
    r"|Kyodo(?: News)?|Yonhap|ANSA|PA(?: Wire)?|Press Association|Associated Press|The Canadian Press|Bloomberg|Shutterstock|UPI|NTB|APA"
    r"|Anadolu(?: Agency)?|Keystone|imago|USA TODAY Sports)"
)
_OPENING = re.compile(
    rf"\W{{0,3}}(?:file|handout|archivo|archives?|archiv(?:bild|foto)?)(?: {_PHOTO})?\s?[-–—:]"
    rf"|\W{{0,3}}(?:file[-–—: ]{{1,3}})?in this .{{0,60}}?\b(?:file|handout|undated|combination|frame|combo)\b.{{0,20}}?\b{_PHOTO}\b"
    r"|\W{0,3}\(files?\)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(
    rf"[(\[][^()\[\]]{{0,120}}?(?:\b(?:(?i:photo|foto)|[Ii]mage:|(?i:file image|getty))\b|[/|]\s?{_HOUSE}\b|\b{_HOUSE}/|\bvia {_HOUSE}\b)"
    r"[^()\[\]]{0,80}[)\]]\W{0,3}(?:less|more)?\s*\Z"
)
_LABEL = re.compile(
    rf"(?:\A|[\W_])(?=[^\W_a-z])(?i:{_PHOTO}(?: credits?)?|credits?|crédits?(?: photo)?)\s?(?::|\bby\b) ?{_NAME}[^.:]{{0,80}}\W{{0,3}}\Z"
)
_BY_NAME = re.compile(
    rf"(?:{_NAME} {_NAME}(?:\s?[/|]\s?|, | via )(?:[\w ]{{2,20}}[/|])?{_HOUSE}(?:[/|]{_HOUSE})?(?: (?i:{_PHOTO}))?"
    rf"|\b{_HOUSE}/{_NAME} {_NAME}(?: {_NAME})?)\W{{0,3}}\Z"
)


def is_caption(paragraph: str) -> bool:
    """Whether a paragraph of at most `LONGEST` words opens as a caption does, or ends in a picture's credit."""
    paragraph = paragraph.strip()
    if _OPENING.match(paragraph):
        return True
    tail = paragraph[-_TAIL:]
    if tail[-1:] in _SENTENCE_END and not _BRACKET & set(tail[-4:]):  # nearly all paragraphs end here: a credit is no sentence
        return False
    return any(credit.search(tail) for credit in (_BRACKETS, _LABEL, _BY_NAME))
