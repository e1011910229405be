"""An Atom feed (RFC 4287) of the articles that were seen last. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from io import StringIO
from urllib.parse import quote
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from archive.export.ninjs import uri
from archive.export.xml_text import xml_text
from archive.keys import host_of
from archive.store.selecting import Selected

_NONE: AttributesImpl[str] = AttributesImpl({})
_EMPTY_SINCE = "1970-01-01T00:00:00Z"  # RFC 4287 wants a time of a feed without entries too


@dataclass(frozen=True, slots=True)
class Feed:
    """What is said of the feed itself. `url`: where it will be found; None: nobody knows yet."""

    id: str
    title: str
    url: str | None = None
    updated_at: str | None = None


def feed(about: Feed, articles: Iterable[Selected]) -> Iterator[bytes]:
    """The document, piece by piece; `articles` in the order in which they stand in it."""
    out = StringIO()
    xml = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("feed", AttributesImpl({"xmlns": "http://www.w3.org/2005/Atom"}))
    _element(xml, "id", about.id)
    _element(xml, "title", about.title)
    _element(xml, "updated", about.updated_at or _EMPTY_SINCE)
    if about.url:
        _element(xml, "link", None, rel="self", type="application/atom+xml", href=uri(about.url))
    _element(xml, "generator", "wirecopy")
    for article in articles:
        xml.characters("\n")
        _entry(xml, article)
        yield _taken(out)
    xml.endElement("feed")
    xml.characters("\n")
    yield _taken(out)


def tag(article: Selected) -> str:
    """The entry's id (RFC 4151): of the page, so that its revisions are one entry that changes. It never changes itself."""
    host = quote(host_of(f"http://{article.page_key}"), safe=".-") or "page.invalid"
    return f"tag:{host},{article.page_seen_at[:10]}:wirecopy/{sha256(article.page_key.encode()).hexdigest()[:32]}"


def _entry(xml: XMLGenerator, article: Selected) -> None:
    xml.startElement("entry", _NONE)
    _element(xml, "id", tag(article))
    _element(xml, "title", article.headline or article.url)
    _element(xml, "updated", article.first_seen_at)
    if article.published_at:
        _element(xml, "published", article.published_at)
    _element(xml, "link", None, rel="alternate", type="text/html", href=uri(article.url))
    for name in article.authors or (article.byline or article.outlet_name or article.outlet,):
        xml.startElement("author", _NONE)
        _element(xml, "name", name)
        xml.endElement("author")
    for term in filter(None, (article.section, *article.keywords)):
        _element(xml, "category", None, term=term)
    if article.subhead:
        _element(xml, "summary", article.subhead)
    if article.text:
        _element(xml, "content", _paragraphs(article.text), type="html", **{"xml:lang": article.language} if article.language else {})
    xml.endElement("entry")


def _paragraphs(text: str) -> str:
    """HTML, which the XML then escapes once more: RFC 4287 section 4.1.3.3."""
    return "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in text.split("\n\n"))


def _element(xml: XMLGenerator, name: str, text: str | None, **attributes: str) -> None:
    xml.startElement(name, AttributesImpl({key: xml_text(value) for key, value in attributes.items()}))
    if text is not None:
        xml.characters(xml_text(text))
    xml.endElement(name)


def _taken(out: StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()
