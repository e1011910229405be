"""The names by which a page calls its site, and titles without them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.clean.metadata import Metadata
from archive.clean.text import key

PARTS = re.compile(r"\s+[|•·»«›:~]+\s+|\s+[-–—]{1,2}\s+|\s*[|｜ㅣ丨]\s*|\s+::\s+|(?<=\S)\s?[-–—]\s(?=[A-Z][\w.]+$)")


_LONGEST = 5  # spaces in a name of a site; some systems fill in the page's title where its name belongs


def site_names(meta: Metadata) -> set[str]:
    names = [meta.first("og:site_name"), meta.first("application-name", "apple-mobile-web-app-title"), meta.first("publisher")]
    names += [name for name, _ in meta.ld.names("publisher")]
    names += [
        str(n["name"])
        for n in meta.ld.others
        if n.get("@type") in ("WebSite", "Organization", "NewsMediaOrganization") and isinstance(n.get("name"), str)
    ]
    told = {key(heading) for heading in meta.h1} | {key(meta.first("og:title") or "")}
    keys = {k for name in names if name and not ((k := key(name)) in told and name.count(" ") >= _LONGEST)}
    try:
        host = (urlsplit(meta.canonical or meta.url).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    keys.update((key(host), *(key(label) for label in host.split(".") if len(label) > 3)))
    keys.discard("")
    return {*keys, *_name_in_title(meta, keys)}


def _name_in_title(meta: Metadata, known: set[str]) -> list[str]:
    """Blogs put their name into the h1, and "Name: Story" or "Story - Name" into the title: what OpenGraph's title lacks of it."""
    title, og = key(meta.title or ""), key(meta.first("og:title") or "")
    if not og or og in known:
        return []
    return [k for h1 in meta.h1 if (k := key(h1)) and k != og and title in (k + og, og + k)]


def without_site(title: str, sites: set[str]) -> str:
    """A title without its last (or first) parts that name the site: "Story | World | The Paper" -> "Story"."""
    for _ in range(3):
        prefix, colon, rest = title.partition(": ")
        if colon and rest and key(prefix) in sites:
            title = rest
        cuts = [(m.start(), m.end()) for m in PARTS.finditer(title)]
        if not cuts:
            break
        (last, after), (first, behind) = cuts[-1], cuts[0]
        tail, lead = key(title[after:]), key(title[:first])
        if tail and (tail in sites or any(len(s) > 3 and (s in tail or (tail in s and len(tail) > 4)) for s in sites)):
            if len(title[:last]) < 12 and len(title[after:]) > len(title[:last]) * 2:
                break
            title = title[:last]
        elif lead in sites:
            title = title[behind:]
        else:
            break
    return title.strip()
