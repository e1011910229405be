"""Words as people type them, as a query of the full-text index. Pure."""

from __future__ import annotations

import re

from archive.errors import UsageError

MAX_TERMS = 64  # words of one query: FTS5 nests NOT, and ends with an error at a depth of 256
_OPERATORS = ("AND", "OR", "NOT")
_FIELDS = {"headline": "headline", "title": "headline", "subhead": "subhead", "byline": "byline", "text": "text", "body": "text"}
_TERM = re.compile(rf'(?:({"|".join(_FIELDS)}):(?=[^\s]))?(?:"([^"]*)(?:"|\Z)(\*?)|([^\s"]+))', re.I)
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\x00": " "})


def match_expression(words: str) -> str | None:
    """An FTS5 query for words as typed; None where nothing in them can be searched for. Never a syntax error.

    "..." is a phrase, a trailing * stands for any ending, `headline:` and the like before a term look for it there alone, AND, OR and NOT
    between two terms join them; all else is text.
    """
    terms: list[str] = []
    joins: list[str] = []  # joins[i] stands before terms[i]
    join = ""
    for match in _TERM.finditer(words.translate(_CURLY)):
        field, phrase, star, word = match.groups()
        if word in _OPERATORS and terms and not field:
            join = word
        elif (term := _term(word if phrase is None else phrase, star, field)) and len(terms) < MAX_TERMS:
            joins.append(join if terms else "")
            terms.append(term)
            join = ""
    if join and len(terms) < MAX_TERMS:  # at the end it joins nothing: it was meant as a word
        joins.append("")
        terms.append(f'"{join}"')
    joined = " ".join(f"{before} {term}" if before else term for before, term in zip(joins, terms, strict=True))
    return joined or None


def match_of(words: str) -> str:
    """As `match_expression`. Raises UsageError where there is nothing to search for."""
    match = match_expression(words)
    if match is None:
        raise UsageError("nothing to search for", hint='give one word or more, for instance: wirecopy search "critical minerals"')
    return match


def _term(text: str, star: str | None, field: str | None) -> str | None:
    """One quoted FTS5 string, with its column; None where the tokenizer would find no token in it."""
    prefix = bool(star) or text.endswith("*")
    bare = text.strip("*").encode("utf-8", "replace").decode()
    if not any(letter.isalnum() for letter in bare):
        return None
    return (f"{_FIELDS[field.lower()]} : " if field else "") + f'"{bare}"' + (" *" if prefix else "")
