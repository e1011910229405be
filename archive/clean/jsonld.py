"""JSON-LD of a page -> the schema.org node that describes its story, with what it refers to resolved.

Broken JSON is mended where that is safe (raw control characters, trailing commas, comment and CDATA wrappers); what
stays broken is passed over. Iterative and bounded: at most 40 scripts, 2 MB each, 5,000 nodes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborNode

from archive.clean.text import plain

Node = dict[str, object]
_DECODER = json.JSONDecoder(strict=False)

JSON_LD = 'script[type*="ld+json"]'
_SCRIPTS, _SIZE, _NODES = 40, 2_000_000, 5_000
_WRAPPER = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_ARTICLE = re.compile(r"Article|BlogPosting|LiveBlog|Report|Review$|SocialMediaPosting|AnalysisNews|AskPublicNews")
_NESTED = (dict, list)  # a tuple: the check takes half the time of that by a union
_PARTS = ("liveBlogUpdate", "review", "reviews", "comment")
_PERSON, _ORGANISATION = re.compile(r"Person"), re.compile(r"Organi[sz]ation|NewsMedia|Corporation|Brand")


class JsonLd:
    """The page's story node ({} where there is none) and all nodes by `@id`."""

    def __init__(self, scripts: Sequence[LexborNode]) -> None:
        self.by_id: dict[str, Node] = {}
        self.article: Node = {}
        self.others: list[Node] = []
        best = -1
        updates: set[int] = set()  # parts of another node: a live blog's updates, which are fuller than itself, and readers' reviews
        for node in _nodes(scripts):
            key = node.get("@id")
            if isinstance(key, str) and len(node) > 1:
                known = self.by_id.get(key)
                if known is None or len(known) < len(node):
                    self.by_id[key] = node
            self.others.append(node)
            for key in _PARTS:
                if parts := node.get(key):
                    updates.update(map(id, parts if isinstance(parts, list) else (parts,)))
            if id(node) not in updates and _ARTICLE.search(type_of(node)):
                rank = _rank(node)
                if rank > best:
                    best, self.article = rank, node

    def text(self, *keys: str) -> str | None:
        """The story's first of these properties that is a text."""
        for key in keys:
            value = self.article.get(key)
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, dict):
                value = value.get("name") or value.get("@value") or value.get("url")
            text = plain(value)
            if text:
                return text
        return None

    def texts(self, key: str) -> list[str]:
        """All texts of a property that may be one, a list, or a comma-separated string."""
        value = self.article.get(key)
        items = value if isinstance(value, list) else [value]
        found = (plain(v.get("name") if isinstance(v, dict) else v) for v in items[:100])
        return [text for text in found if text]

    def names(self, key: str) -> list[tuple[str, str]]:
        """(name, "person" | "organisation" | "") of a property such as `author`, `@id` references resolved."""
        return self._names(self.article.get(key))

    def recipe_authors(self) -> list[tuple[str, str]]:
        """The same of the page's first recipe: its page may have no story node of its own."""
        recipe = next((node for node in self.others if "Recipe" in type_of(node).split()), {})
        return self._names(recipe.get("author"))

    def _names(self, value: object) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for item in (value if isinstance(value, list) else [value])[:50]:
            node = self._resolved(item)
            if isinstance(node, str):
                name, kind = plain(node), ""
            elif isinstance(node, dict):
                raw = node.get("name")
                name = plain(raw[0] if isinstance(raw, list) and raw else raw)
                if not name and (node.get("givenName") or node.get("familyName")):
                    name = plain(f"{node.get('givenName') or ''} {node.get('familyName') or ''}")
                type_ = type_of(node)
                kind = "person" if _PERSON.search(type_) else "organisation" if _ORGANISATION.search(type_) else ""
            else:
                continue
            if name:
                found.append((name, kind))
        return found

    def _resolved(self, item: object) -> object:
        if isinstance(item, dict) and "name" not in item:
            key = item.get("@id")
            return self.by_id.get(key, item) if isinstance(key, str) else item
        return item

    def image(self) -> str | None:
        """URL of the story's first image."""
        value = self.article.get("image") or self.article.get("thumbnailUrl")
        for _ in range(3):
            if isinstance(value, list):
                value = value[0] if value else None
            if isinstance(value, dict):
                value = self._resolved(value) if "url" not in value else value
                value = (value.get("url") or value.get("contentUrl")) if isinstance(value, dict) else value
        return value.strip() if isinstance(value, str) and value.strip() else None


def type_of(node: Node) -> str:
    kind = node.get("@type")
    return " ".join(map(str, kind[:10])) if isinstance(kind, list) else str(kind or "")


def _rank(node: Node) -> int:
    """The fuller node is the page's own story: related ones carry a headline and a URL at most."""
    rank = sum(1 for key in ("headline", "datePublished", "author", "image", "publisher", "description") if node.get(key))
    return rank + 3 * bool(node.get("articleBody")) + 2 * bool(node.get("mainEntityOfPage"))


def _nodes(scripts: Sequence[LexborNode]) -> Iterator[Node]:
    left = _NODES
    for script in scripts[:_SCRIPTS]:
        stack: list[object] = [_loaded(script.text(deep=True))]
        while stack and left:
            value = stack.pop()
            if isinstance(value, dict):
                left -= 1
                yield value
                stack.extend([v for v in reversed(value.values()) if isinstance(v, _NESTED)])
            elif isinstance(value, list):
                stack.extend([v for v in reversed(value[:1000]) if isinstance(v, _NESTED)])


def _loaded(raw: str) -> object:
    text = raw[:_SIZE].strip()
    if not text:
        return None
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        pass
    text = _WRAPPER.sub("", _WRAPPER.sub("", text)).strip().rstrip(";")
    try:
        value, _ = _DECODER.raw_decode(_TRAILING_COMMA.sub("", text).lstrip())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None
