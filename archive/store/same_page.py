"""One page under several addresses: rel=canonical, AMP and redirects, resolved after the fetch.

A canonical link is a claim, and many are wrong (the home page, a section, another site): it is believed only within the site, and only
where the texts bear it out. A wrong one then costs nothing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from archive.domains import registrable
from archive.keys import fetch_url, host_of, quiet_text, url_key
from archive.model import Article
from archive.store import pages
from archive.store.connect import Store

_SHINGLE = 4  # words
_SAME = 0.5  # share of the shorter text's shingles that the other one has as well
_SURELY = 0.9  # the same where two pages name each other, so that one of them is wrong: stories of one pattern share half their words


def resolve(store: Store, page_id: int, url: str, article: Article) -> int:
    """The page whose series this reading belongs to: `page_id` itself, or another address of the same article."""
    _come_home(store, page_id, article)
    claimed: int | None = None
    for address in _addresses(url, article):
        other = pages.find(store, url_key(address))
        if other is None:
            pages.alias(store, address, of=page_id, fetched=address == url)
            continue
        home = _home(store, other)
        if home == page_id or not article.text:
            continue
        said = _last_text(store, home)
        if said is None:
            claimed = home  # not read yet: the claim stands until it is, and `adopt` looks again then
        elif overlap(said, article.text) >= (_SURELY if _names(store, home, page_id) else _SAME):
            store.conn.execute("UPDATE pages SET same_as = ? WHERE id = ? AND same_as IS NULL", (home, page_id))
            return home
    if article.text:  # what was claimed of this page before, its own text does not bear out
        store.conn.execute("UPDATE pages SET same_as = ? WHERE id = ? AND same_as IS NOT ?", (claimed, page_id, claimed))
    return page_id


def _come_home(store: Store, page_id: int, article: Article) -> None:
    """A page that names itself is the home of its addresses, even where another one (its AMP form) was read before a feed named it.

    Which one is read first is chance: the archive must not depend on it. `adopt` takes the articles over. The feed that brought the
    other address has brought this page, where no feed has named it.
    """
    key, home = store.conn.execute("SELECT key, same_as FROM pages WHERE id = ?", (page_id,)).fetchone()
    if home is None or url_key(article.canonical_url or "") != key:
        return
    said = _last_text(store, home)
    if said is not None and overlap(said, article.text) >= _SAME:
        store.conn.execute("UPDATE pages SET same_as = ?1 WHERE id = ?2 OR same_as = ?2", (page_id, home))
        store.conn.execute(
            "UPDATE pages SET same_as = NULL, feed_id = coalesce(feed_id, (SELECT feed_id FROM pages WHERE id = ?)) WHERE id = ?",
            (home, page_id),
        )


def adopt(store: Store, page_id: int, capture_id: int, article: Article) -> None:
    """Before a page's first reading: an article that another address of it (its AMP form, say) brought first becomes this page's.

    The article keeps its id and belongs to `capture_id` from then on; addresses whose text differs are on their own again.
    """
    text, named = article.text, pages.find(store, url_key(article.canonical_url)) if article.canonical_url else None
    if not text or _last_text(store, page_id) is not None:
        return
    rows = store.conn.execute(
        "SELECT a.id, a.page_id, a.text FROM articles a JOIN pages p ON p.id = a.page_id WHERE p.same_as = ? AND a.is_latest ORDER BY a.id",
        (page_id,),
    ).fetchall()
    taken = False
    for article_id, alias_id, said in rows:
        if overlap(said, text) < (_SURELY if alias_id == named else _SAME):
            store.conn.execute("UPDATE pages SET same_as = NULL WHERE id = ?", (alias_id,))
        elif not taken:
            store.conn.execute("UPDATE articles SET page_id = ? WHERE page_id = ?", (page_id, alias_id))  # its earlier revisions as well
            store.conn.execute("UPDATE articles SET capture_id = ? WHERE id = ?", (capture_id, article_id))
            taken = True


def _addresses(url: str, article: Article) -> list[str]:
    """The final URL after redirects and the canonical one, where they can name this article."""
    found = [url]
    canonical = fetch_url(article.canonical_url or "")
    if canonical and len(urlsplit(canonical).path) > 1 and _same_site(host_of(canonical), host_of(url)):
        found.append(canonical)
    return found


def _names(store: Store, page_id: int, other: int) -> bool:
    """Whether the page's latest article names the other page as its canonical form."""
    row = store.conn.execute("SELECT canonical_url FROM articles WHERE page_id = ? ORDER BY revision DESC LIMIT 1", (page_id,)).fetchone()
    return row is not None and bool(row[0]) and pages.find(store, url_key(row[0])) == other


def _home(store: Store, page_id: int) -> int:
    row = store.conn.execute("SELECT coalesce(same_as, id) FROM pages WHERE id = ?", (page_id,)).fetchone()
    return int(row[0])


def _last_text(store: Store, page_id: int) -> str | None:
    """The text of the page's latest article; None where it has none yet."""
    row = store.conn.execute("SELECT text FROM articles WHERE page_id = ? ORDER BY revision DESC LIMIT 1", (page_id,)).fetchone()
    return row[0] if row else None


def overlap(one: str, other: str) -> float:
    """Share of the shorter text's word shingles that stand in the other text too, 0 to 1."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / max(1, min(len(first), len(second)))


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = quiet_text(text).split()
    return {tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}


def _same_site(one: str, other: str) -> bool:
    return one == other or (bool(one) and registrable(one) == registrable(other) != "")
