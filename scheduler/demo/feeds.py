"""Pure: an outlet's feed documents, one function a format."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from scheduler.demo import markup
from scheduler.demo.records import Feed, FeedForm, Outlet, Sheet
from scheduler.demo.sheets import EPOCH_TIMES, link, listed_sheets

_LIMIT = 20

MEDIA_TYPES: Mapping[FeedForm, str] = {
    "rss": "application/rss+xml; charset=utf-8",
    "rss091": "text/xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
    "sitemap": "application/xml",
    "sitemapindex": "application/xml",
    "listing": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """All that a format needs: the feed's entries and where they lie."""

    outlet: Outlet
    feed: Feed
    origin: str
    epoch: int
    sheets: tuple[Sheet, ...]

    @property
    def built(self) -> datetime:
        return EPOCH_TIMES[self.epoch]

    def url(self, one: Sheet) -> str:
        return self.origin + link(one, self.feed.links)

    def guid(self, one: Sheet) -> str:
        renewed = self.feed.new_guids is not None and self.epoch >= self.feed.new_guids
        return f"{self.outlet.id}/v2/{one.page.number}" if renewed else f"{self.outlet.id}-{one.page.number}"


def document(outlet: Outlet, feed: Feed, origin: str, epoch: int) -> bytes:
    """The feed's document at `epoch`, newest entries first."""
    return _FORMS[feed.form](Listed(outlet, feed, origin, epoch, listed_sheets(outlet, epoch)[:_LIMIT]))


def _rss(listed: Listed) -> bytes:
    outlet = listed.outlet
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{escape(outlet.name)}</title>\n<link>{listed.origin}/</link>\n"
        f'<atom:link href="{listed.origin}{listed.feed.path}" rel="self" type="application/rss+xml"/>\n'
        f"<description>News from {escape(outlet.name)}</description>\n<language>{outlet.language}</language>\n"
        f"<lastBuildDate>{_rfc822(listed.built)}</lastBuildDate>\n<ttl>15</ttl>\n"
        + "".join(_rss_item(listed, one) for one in listed.sheets)
        + "</channel>\n</rss>\n"
    )
    return (_ill_formed(text) if listed.feed.broken == listed.epoch else text).encode()


def _rss_item(listed: Listed, one: Sheet) -> str:
    creator = one.page.author or one.agency_label
    full = f"<content:encoded><![CDATA[{markup.paragraphs(one.paragraphs)}]]></content:encoded>\n" if listed.feed.full else ""
    return (
        f"<item>\n<title>{escape(one.headline)}</title>\n<link>{escape(listed.url(one))}</link>\n"
        f'<guid isPermaLink="false">{listed.guid(one)}</guid>\n<pubDate>{_rfc822(one.published)}</pubDate>\n'
        + (f"<dc:creator>{escape(creator)}</dc:creator>\n" if creator else "")
        + f"<category>{escape(one.story.section)}</category>\n"
        + f"<description>{escape(one.subhead)}</description>\n{full}</item>\n"
    )


def _ill_formed(text: str) -> str:
    """What real feeds get wrong, all at once: a blank line first, an unknown entity, a bare &, no namespace, no end."""
    text = text.replace("</title>\n<link>", "&nbsp;& more</title>\n<media:thumb/><link>")
    return "\n" + text.removesuffix("</channel>\n</rss>\n")


def _rss091(listed: Listed) -> bytes:
    items = "".join(
        f"<item>\n<title>{escape(one.headline)}</title>\n<link>{escape(listed.url(one))}</link>\n"
        f"<description>{escape(one.subhead)}</description>\n</item>\n"
        for one in listed.sheets
    )
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<rss version="0.91">\n<channel>\n'
        f"<title>{escape(listed.outlet.name)}</title>\n<link>{listed.origin}/</link>\n"
        f"<description>{escape(listed.outlet.name)}</description>\n<language>{listed.outlet.language}</language>\n"
        f"{items}</channel>\n</rss>\n"
    )
    return text.encode("latin-1", "xmlcharrefreplace")


def _rdf(listed: Listed) -> bytes:
    urls = [escape(listed.url(one)) for one in listed.sheets]
    items = "".join(
        f'<item rdf:about="{url}">\n<title>{escape(one.headline)}</title>\n<link>{url}</link>\n'
        f"<description>{escape(one.subhead)}</description>\n<dc:date>{one.published.isoformat()}</dc:date>\n"
        f"<dc:subject>{escape(one.story.section)}</dc:subject>\n</item>\n"
        for url, one in zip(urls, listed.sheets, strict=True)
    )
    about = f"{listed.origin}{listed.feed.path}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{about}">\n<title>{escape(listed.outlet.name)}</title>\n<link>{listed.origin}/</link>\n'
        f"<description>{escape(listed.outlet.name)}</description>\n<items><rdf:Seq>"
        + "".join(f'<rdf:li rdf:resource="{url}"/>' for url in urls)
        + f"</rdf:Seq></items>\n</channel>\n{items}</rdf:RDF>\n"
    ).encode()


def _atom(listed: Listed) -> bytes:
    """Links are relative to xml:base, which is what xml:base is for."""
    outlet = listed.outlet
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}" xml:base="{listed.origin}/">\n'
        f"<title>{escape(outlet.name)}</title>\n<id>tag:{outlet.id}.example,2026:feed</id>\n"
        '<link rel="alternate" href="/"/>\n'
        f'<link rel="self" href="{listed.feed.path}"/>\n<updated>{_iso(listed.built)}</updated>\n'
        + "".join(_atom_entry(listed, one) for one in listed.sheets)
        + "</feed>\n"
    ).encode()


def _atom_entry(listed: Listed, one: Sheet) -> str:
    path = escape(link(one, listed.feed.links))
    full = f'<content type="html">{escape(markup.paragraphs(one.paragraphs))}</content>\n' if listed.feed.full else ""
    return (
        f'<entry>\n<title>{escape(one.headline)}</title>\n<link rel="alternate" href="{path}"/>\n'
        f"<id>tag:{listed.outlet.id}.example,2026:{one.page.number}</id>\n<published>{_iso(one.published)}</published>\n"
        f"<updated>{_iso(one.modified)}</updated>\n"
        f"<author><name>{escape(one.page.author or one.agency_label or listed.outlet.name)}</name></author>\n"
        f'<category term="{escape(one.story.section)}"/>\n<summary>{escape(one.subhead)}</summary>\n{full}</entry>\n'
    )


def _json(listed: Listed) -> bytes:
    items = [
        {
            "id": listed.guid(one),
            "url": listed.url(one),
            "title": one.headline,
            "summary": one.subhead,
            "date_published": one.published.isoformat(),
            "date_modified": one.modified.isoformat(),
            "authors": [{"name": one.page.author or one.agency_label or listed.outlet.name}],
            "tags": list(one.story.keywords),
            "language": listed.outlet.language,
        }
        for one in listed.sheets
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": listed.outlet.name,
        "home_page_url": f"{listed.origin}/",
        "feed_url": f"{listed.origin}{listed.feed.path}",
        "language": listed.outlet.language,
        "items": items,
    }
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode()


def _sitemap(listed: Listed) -> bytes:
    urls = "".join(
        f"<url>\n<loc>{escape(listed.url(one))}</loc>\n<lastmod>{_iso(one.modified)}</lastmod>\n<news:news>\n"
        f"<news:publication><news:name>{escape(listed.outlet.name)}</news:name>"
        f"<news:language>{listed.outlet.language}</news:language></news:publication>\n"
        f"<news:publication_date>{one.published.isoformat()}</news:publication_date>\n"
        f"<news:title>{escape(one.headline)}</news:title>\n</news:news>\n</url>\n"
        for one in listed.sheets
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{urls}</urlset>\n'
    ).encode()


def _sitemapindex(listed: Listed) -> bytes:
    children = [feed.path for feed in listed.outlet.feeds if feed.form == "sitemap"]
    maps = "".join(
        f"<sitemap>\n<loc>{listed.origin}{path}</loc>\n<lastmod>{_iso(listed.built)}</lastmod>\n</sitemap>\n" for path in children
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{maps}</sitemapindex>\n'
    ).encode()


def _listing(listed: Listed) -> bytes:
    return markup.listing(listed.outlet, listed.sheets, ())


def _rfc822(when: datetime) -> str:
    return format_datetime(when)


def _iso(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


_FORMS: Mapping[FeedForm, Callable[[Listed], bytes]] = {
    "rss": _rss,
    "rss091": _rss091,
    "rdf": _rdf,
    "atom": _atom,
    "json": _json,
    "sitemap": _sitemap,
    "sitemapindex": _sitemapindex,
    "listing": _listing,
}
