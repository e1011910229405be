"""Pure: a page as HTML, in its outlet's make-up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from string import Template

from scheduler.demo.edition import printed_time
from scheduler.demo.library import template
from scheduler.demo.records import Outlet, Sheet
from scheduler.demo.sheets import listed_sheets

_RELATED = 5
_ALTERNATES = {
    "rss": "application/rss+xml",
    "rss091": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


def article(outlet: Outlet, one: Sheet, origin: str, epoch: int, *, variant: bool = False) -> bytes:
    """The page, or its second form (AMP, print) with `variant`."""
    name = outlet.variant_makeup if variant else outlet.makeup
    related = _related(outlet, one, epoch)
    slots = _texts(outlet, one) | _body(one) | _lists(related) | _links(outlet, one, origin)
    slots["jsonld"] = _jsonld(outlet, one, origin)
    return encoded(outlet, Template(template(name)).substitute(slots))


def listing(outlet: Outlet, sheets: Iterable[Sheet], alternates: Iterable[tuple[str, str]]) -> bytes:
    """A home page, or a page that lists the news. `alternates`: media type and path of each feed."""
    items = "\n".join(
        f'<li><h2><a href="{escape(one.path)}">{escape(one.headline)}</a></h2>'
        f"<p>{escape(one.subhead)}</p><small>{escape(_printed(outlet, one))}</small></li>"
        for one in sheets
    )
    heads = "\n".join(f'<link rel="alternate" type="{mime}" href="{escape(path)}">' for mime, path in alternates)
    text = Template(template("home")).substitute(
        lang=outlet.language,
        dir="rtl" if outlet.language == "ar" else "ltr",
        meta_charset='<meta charset="utf-8">' if outlet.declares_charset else "",
        site=escape(outlet.name),
        alternates=heads,
        items=items,
    )
    return encoded(outlet, text)


def home(outlet: Outlet, epoch: int) -> bytes:
    """The outlet's front page, with the feeds it advertises."""
    feeds = [(_ALTERNATES[feed.form], feed.path) for feed in outlet.feeds if feed.form in _ALTERNATES]
    return listing(outlet, listed_sheets(outlet, epoch), feeds)


def message(outlet: Outlet, title: str, text: str) -> bytes:
    """A page without a story: an error, or maintenance."""
    page = f"<!DOCTYPE html>\n<html><head><title>{escape(title)}</title></head>\n<body><h1>{escape(title)}</h1>"
    return encoded(outlet, f"{page}\n<p>{escape(text)}</p>\n<p>{escape(outlet.name)}</p></body></html>\n")


def encoded(outlet: Outlet, text: str) -> bytes:
    """In the outlet's charset; what it lacks becomes a character reference."""
    return text.encode(outlet.charset, "xmlcharrefreplace")


def paragraphs(texts: Sequence[str]) -> str:
    """One <p> a paragraph."""
    return "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in texts)


def _texts(outlet: Outlet, one: Sheet) -> dict[str, str]:
    story = one.story
    credited = {"agency": one.agency_label, "n": str(one.page.number)}
    plain = {
        "lang": outlet.language,
        "site": outlet.name,
        "headline": one.headline,
        "subhead": one.subhead,
        "teaser": _teaser(one.paragraphs[0]),
        "byline": one.byline,
        "agency": one.agency_label,
        "section": story.section,
        "section_upper": story.section.upper(),
        "slug_upper": story.key.upper(),
        "keywords": ", ".join(story.keywords),
        "tags": " ".join(f"#{word.replace(' ', '')}" for word in story.keywords),
        "caption": story.caption,
        "credit": outlet.credit.format_map(credited) if one.agency else "",
        "disclaimer": outlet.disclaimer if one.agency else "",
        "published_iso": one.published.isoformat(),
        "modified_iso": one.modified.isoformat(),
        "published": _printed(outlet, one),
        "modified": printed_time(one.modified, outlet.printed, outlet.language),
        "updated_agency": f" - Updated {printed_time(one.modified, outlet.printed, outlet.language)}" if one.revision else "",
        "number": str(one.page.number),
        "year": str(one.published.year),
    }
    return {name: escape(text) for name, text in plain.items()}


def _body(one: Sheet) -> dict[str, str]:
    return {
        "body": paragraphs(one.paragraphs),
        "body_br": "\n<br><br>\n".join(escape(text, quote=False) for text in one.paragraphs),
        "lead": paragraphs(one.paragraphs[:2]),
        "rest": paragraphs(one.paragraphs[2:]),
        "boilerplate": paragraphs(one.boilerplate),
        "notes": "\n".join(f'<p class="note"><em>{escape(note, quote=False)}</em></p>' for note in one.notes),
    }


def _lists(related: Sequence[Sheet]) -> dict[str, str]:
    anchors = [f'<a href="{escape(one.path)}">{escape(one.headline)}</a>' for one in related]
    glued = [f'<li><a href="{escape(one.path)}"><span>{escape(one.story.section)}</span>{escape(one.headline)}</a></li>' for one in related]
    return {
        "related": "".join(f"<li>{anchor}</li>" for anchor in anchors),
        "related_glued": "".join(glued),
        "related_first": anchors[0] if anchors else "",
    }


def _links(outlet: Outlet, one: Sheet, origin: str) -> dict[str, str]:
    return {
        "url": escape(origin + one.path),
        "variant": escape(origin + (one.variant_path or one.path)),
        "feed": escape(outlet.feeds[0].path),
        "image": f"/img/{one.story.key}.svg",
    }


def _related(outlet: Outlet, one: Sheet, epoch: int) -> tuple[Sheet, ...]:
    as_of = epoch if outlet.fresh_related else one.page.epoch
    others = [other for other in listed_sheets(outlet, as_of) if other.page.number != one.page.number]
    return tuple(others[:_RELATED])


def _jsonld(outlet: Outlet, one: Sheet, origin: str) -> str:
    author = (
        {"@type": "Person", "name": one.page.author}
        if one.page.author
        else {"@type": "Organization", "name": one.agency_label or outlet.name}
    )
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": origin + one.path,
        "headline": one.headline,
        "description": one.subhead,
        "datePublished": one.published.isoformat(),
        "dateModified": one.modified.isoformat(),
        "author": author,
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name},
        "articleSection": one.story.section,
        "keywords": ", ".join(one.story.keywords),
        "inLanguage": outlet.language,
    }
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _teaser(text: str) -> str:
    return text[:90].rsplit(" ", 1)[0]


def _printed(outlet: Outlet, one: Sheet) -> str:
    return printed_time(one.published, outlet.printed, outlet.language)
