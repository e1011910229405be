"""IPTC ninjs, News in JSON: an article as a news object, version 3.1 or 2.2. Pure.

Only properties that ninjs 2.0 has are used, in the names of each version: 3.x writes them in camel case. https://iptc.org/standards/ninjs/
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from archive.agencies import agency_by_code
from archive.store.selecting import Selected

VERSIONS = ("3.1", "2.2")
# The role of a source is a URI; IPTC has no vocabulary that tells the agency from the publisher.
PUBLISHER, AGENCY = "https://schema.org/publisher", "https://schema.org/sourceOrganization"
_CAMEL = {
    "representationtype": "representationType", "firstcreated": "firstCreated", "versioncreated": "versionCreated",
    "pubstatus": "pubStatus", "infosources": "infoSources", "contenttype": "contentType", "charcount": "charCount",
    "wordcount": "wordCount", "altids": "altIds",
}  # fmt: skip


def ninjs(article: Selected, version: str = "3.1") -> dict[str, Any]:
    """The news object. What is not known is left out: ninjs has no nulls."""
    said: dict[str, Any] = {
        "uri": uri(article.url),
        "standard": {"name": "ninjs", "version": version, "schema": f"https://www.iptc.org/std/ninjs/ninjs-schema_{version}.json"},
        "type": "text",
        "representationtype": "partial" if article.is_partial else "full",
        "version": str(article.revision),
        "firstcreated": article.published_at or article.page_seen_at,
        "versioncreated": _changed_at(article),
        "pubstatus": "canceled" if article.is_withdrawn else "usable",
        "language": article.language,
        "title": article.headline,
        "headlines": [{"role": "main", "value": article.headline}] if article.headline else [],
        "descriptions": [{"role": "summary", "contenttype": "text/plain", "value": article.subhead}] if article.subhead else [],
        "by": article.byline,
        "located": article.dateline_place or article.dateline,
        "people": [{"name": name, "rel": "author"} for name in article.authors],
        "infosources": _sources(article),
        "subjects": _subjects(article),
        "bodies": _bodies(article),
        "altids": _altids(article),
        "associations": [_picture(number, image) for number, image in enumerate(article.images, 1)],
    }
    named: dict[str, Any] = _named(said, version)
    return named


def uri(url: str) -> str:
    """A URL as RFC 3986 has it: what it does not allow is percent-encoded."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]-._")


def _changed_at(article: Selected) -> str:
    """When this revision came to be: as the page says; else when a later revision was found, or the first one published."""
    if article.modified_at:
        return article.modified_at
    return article.first_seen_at if article.revision > 1 else article.at


def _sources(article: Selected) -> list[dict[str, str]]:
    found = [{"name": article.outlet_name or article.outlet, "role": PUBLISHER, "literal": article.outlet}]
    if article.agency:
        agency = agency_by_code(article.agency or "")
        found.append({"name": agency.name if agency else article.agency, "role": AGENCY, "literal": article.agency})
    return found


def _subjects(article: Selected) -> list[dict[str, str]]:
    section = [{"name": article.section, "rel": "section"}] if article.section else []
    return section + [{"name": word, "rel": "about"} for word in article.keywords]


def _bodies(article: Selected) -> list[dict[str, Any]]:
    if not article.text:
        return []
    counts = {"charcount": len(article.text), "wordcount": article.word_count}
    return [{"role": "main", "contenttype": "text/plain", **counts, "value": article.text}]


def _altids(article: Selected) -> list[dict[str, str]]:
    ids = {
        "guid": article.guid,
        "canonical": article.canonical_url,
        "wirecopy-article": str(article.id),
        "wirecopy-story": None if article.story_id is None else str(article.story_id),
        "text-sha256": article.text_digest,
    }
    return [{"role": role, "value": value} for role, value in ids.items() if value]


def _picture(number: int, image: dict[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {"name": f"picture{number}", "uri": uri(image["url"]), "type": "picture", "by": image.get("credit")}
    texts = [{"role": role, "contenttype": "text/plain", "value": image[role]} for role in ("caption", "alt") if image.get(role)]
    return said | {"descriptions": texts, "renditions": [{"name": "original", "href": uri(image["url"])}]}


def _named(value: Any, version: str) -> Any:
    """The names of the version, and nothing that is empty."""
    if isinstance(value, list):
        return [_named(one, version) for one in value]
    if not isinstance(value, dict):
        return value
    camel = _CAMEL if version.startswith("3") else {}
    return {camel.get(name, name): _named(one, version) for name, one in value.items() if one not in (None, "", [])}
