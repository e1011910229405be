"""schema.org NewsArticle as JSON-LD: an article as an object that stands alone. Pure. https://schema.org/NewsArticle"""

from __future__ import annotations

from typing import Any

from archive.agencies import Agency, agency_by_code
from archive.export.ninjs import uri
from archive.store.selecting import Selected


def news_article(article: Selected) -> dict[str, Any]:
    """The object, its context in it. What is not known is left out."""
    agency = agency_by_code(article.agency or "")
    said = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "url": uri(article.url),
        "mainEntityOfPage": uri(article.canonical_url) if article.canonical_url else uri(article.url),
        "identifier": _identifiers(article),
        "headline": article.headline,
        "description": article.subhead,
        "author": [{"@type": "Person", "name": name} for name in article.authors] or _organisation(article.agency, agency),
        "creditText": article.byline,
        "publisher": {"@type": "NewsMediaOrganization", "name": article.outlet_name or article.outlet},
        "sourceOrganization": _organisation(article.agency, agency),
        "dateline": article.dateline,
        "articleSection": article.section,
        "keywords": list(article.keywords),
        "inLanguage": article.language,
        "datePublished": article.published_at,
        "dateModified": article.modified_at,
        "isAccessibleForFree": False if article.is_partial else None,
        "creativeWorkStatus": "Withdrawn" if article.is_withdrawn else None,
        "version": article.revision,
        "wordCount": article.word_count,
        "articleBody": article.text,
        "image": [_image(image) for image in article.images],
    }
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def _identifiers(article: Selected) -> list[dict[str, str]]:
    ids = {"guid": article.guid, "wirecopy-article": str(article.id), "text-sha256": article.text_digest}
    return [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in ids.items() if value]


def _organisation(code: str | None, agency: Agency | None) -> dict[str, str] | None:
    if code is None:
        return None
    return {"@type": "NewsMediaOrganization", "name": agency.name if agency else code, "alternateName": code}


def _image(image: dict[str, str]) -> dict[str, str]:
    names = {"caption": "caption", "credit": "creditText", "alt": "description"}
    said = {"@type": "ImageObject", "contentUrl": uri(image["url"])}
    return said | {names[name]: image[name] for name in names if image.get(name)}
