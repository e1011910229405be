"""Where a story goes on that its site parts into several pages: the address of the next one.

A page that calls itself "next" may be the next story, or the next page of its comments. So an address leads on only where it is the
story's own with the number wanted in one of the forms that the web uses, and where the link says "next" or shows that number. Pure.
"""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import SplitResult, parse_qsl, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.clean.metadata import absolute

MOST_LINKS = 5000  # links with the number in their address that are looked at: more are no page of a person's making
MOST_OWN = 400  # of these, links to the story's own address: comments may have thousands
_SEEN, _PLACES = 1_500_000, 500  # bytes of a page, and places in them, that the cheap look goes through
_HEIGHT = 8  # ancestors of a link that are asked whether it stands among comments

_WORDS = r"(?:page|pages|pag|pg|p|seite|pagina|página|sida|side|sivu|strona|stranica|oldal|sayfa|part|teil|trang|halaman)"
_KEYS = re.compile(r"page(?:d|_?no|_?num|number)?|pg?|pag|pagina|seite|sida|side|sivu|strona|part|sayfa", re.I)
# What stands between the address without its extension and the number: "/2", "/page/2", "/seite-2.html", "-2.html", ",2", "_page2".
_BETWEEN = re.compile(rf"(?:/{_WORDS}[-_/=]?|[-_.,~;]{_WORDS}[-_=]?|[/_.,~-])", re.I)
_EXTENSION = re.compile(r"\.(?:html?|xhtml|php|aspx?|jsp|shtml|cms|ece)$", re.I)
_NEXT = re.compile(
    r"^[\s\W]{0,4}(?:next(?: page)?|continue(?: reading)?(?: on page)?|page|go to(?: page)?|(?:nächste|nächsten|weiter)(?: seite)?|seite"
    r"|(?:page )?suivante|suivant|(?:página )?siguiente|(?:pagina )?(?:successiva|seguente)|avanti|(?:página )?(?:seguinte|próxima)"
    r"|volgende(?: pagina)?|nästa(?: sida)?|næste(?: side)?|neste(?: side)?|seuraava(?: sivu)?|następna(?: strona)?|další|következő"
    r"|sonraki(?: sayfa)?|следующая(?: страница)?|далее|вперед|наступна|selanjutnya|berikutnya|tiếp|अगला(?: पेज| पृष्ठ)?|अगला"
    r"|次へ|次の?ページ|下一[页頁]|다음(?: 페이지)?|التالي|الصفحة التالية|بعدی)?[\s\W]{0,4}(\d{0,3})[\s\W]{0,4}$",
    re.I,
)
_TELLING = 3  # characters of the last part of an address that tell it from others
_SECOND = re.compile(rb"""[^"'<>\s]{0,24}?(?<!\d)2/?(?:\.\w{2,5})?["'&#\s>]""")  # the rest of an address behind that part
_RELATIVE = re.compile(rb"""href\s{0,5}=\s{0,5}["']?(?:\./)?(?:\?[\w&=;-]{0,60}=|(?:\w{1,8}[-_/])?)2/?["'&#\s>]""")
_COMMENTS = re.compile(r"comment|komment|disqus|\brespond\b|discussion", re.I)


def next_page(tree: LexborHTMLParser, url: str, canonical: str | None, number: int) -> str | None:
    """The absolute address of page `number` (2 or more) of the story at `url`, as a page of it links to it; None where none does.

    `canonical` is what the page calls its own address, believed on the same host only.
    """
    heads = _heads(url, canonical)
    links = tree.css("a[href], link[href]") if heads else []
    numbered = ((link, href) for link in links if str(number) in (href := link.attributes.get("href") or ""))
    seen = 0
    for link, href in islice(numbered, MOST_LINKS):
        address = absolute(href, url)
        if address is None or not any(_is_page(address, head, number) for head in heads):
            continue
        seen += 1
        if seen > MOST_OWN:
            return None
        if _leads_on(link, number) and not _among_comments(link):
            return address
    return None


def may_go_on(body: bytes, url: str) -> bool:
    """Whether the bytes hold anything like a link to the second page of `url`: cheap, so that most pages need no closer look.

    Judged by the last part of the URL's path, and by links with rel=next: missed is a bare "?page=2" without it, and a canonical
    address that is quite another. For encodings whose lower half is ASCII.
    """
    try:
        stem = _stem(urlsplit(url).path).rpartition("/")[2].encode("ascii", "ignore")
    except ValueError:  # no URL
        return False
    at = 0
    for _ in range(_PLACES if len(stem) >= _TELLING else 0):
        at = body.find(stem, at, _SEEN) + len(stem)
        if at < len(stem):
            break
        if _SECOND.match(body, at, at + 60):
            return True
    return b'rel="next' in body and _RELATIVE.search(body, 0, _SEEN) is not None


def _heads(url: str, canonical: str | None) -> list[SplitResult]:
    """The addresses that the story's first page has, in parts."""
    try:
        found = [urlsplit(url)]
        if canonical and canonical != url and _host(urlsplit(canonical)) == _host(found[0]):
            found.append(urlsplit(canonical))
    except ValueError:
        return []
    return [head for head in found if len(head.path) > 1 or head.query]


def _host(parts: SplitResult) -> str:
    return (parts.netloc.rpartition("@")[2]).lower().removeprefix("www.")


def _stem(path: str) -> str:
    return _EXTENSION.sub("", path.rstrip("/"))


def _is_page(address: str, head: SplitResult, number: int) -> bool:
    """Whether an address is that of `head` with this number in it."""
    parts = urlsplit(address)
    if _host(parts) != _host(head):
        return False
    if parts.path.rstrip("/") == head.path.rstrip("/"):
        return _is_query(parts.query, head.query, number)
    if parts.query and parts.query != head.query:
        return False
    return any(_is_path(parts.path, begin, str(number)) for begin in {_stem(head.path), head.path.rstrip("/")} if len(begin) > 1)


def _is_path(path: str, begin: str, number: str) -> bool:
    rest = _stem(path[len(begin) :]) if path.startswith(begin) else ""
    return rest.endswith(number) and _BETWEEN.fullmatch(rest.removesuffix(number)) is not None


def _is_query(query: str, own: str, number: int) -> bool:
    """Whether the query is the story's own with a page's number beside it, or in the place of a 1."""
    try:
        given, before = parse_qsl(query, max_num_fields=50), parse_qsl(own, max_num_fields=50)
    except ValueError:
        return False
    numbers = [pair for pair in given if _KEYS.fullmatch(pair[0]) and pair[1] == str(number)]
    rest = [pair for pair in given if pair not in numbers]
    first = [pair for pair in before if not (_KEYS.fullmatch(pair[0]) and pair[1] in ("0", "1"))]
    return len(numbers) == 1 and sorted(rest) == sorted(first)


def _leads_on(link: LexborNode, number: int) -> bool:
    """Whether a link says that it is the next page, or shows its number."""
    attributes = link.attributes
    if "next" in (attributes.get("rel") or "").lower().split():
        return True
    if link.tag != "a":
        return False
    shown = link.text(deep=True).strip() or attributes.get("aria-label") or attributes.get("title") or ""
    said = _NEXT.match(shown) if len(shown) <= 40 else None
    return said is not None and said[1] in ("", str(number)) and any(c.isalnum() or c in "›»→>" for c in shown)


def _among_comments(link: LexborNode) -> bool:
    node = link.parent
    for _ in range(_HEIGHT):
        if node is None or node.tag in ("body", "html", "article", "main"):
            return False
        attributes = node.attributes
        if _COMMENTS.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"):
            return True
        node = node.parent
    return False
