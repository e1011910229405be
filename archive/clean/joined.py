"""A story that its site parts into several pages -> one article: each page is read by itself, and what it says anew is joined. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser

from archive.clean.body import Body
from archive.clean.next_page import may_go_on, next_page
from archive.clean.text import key, words
from archive.clean.tree import Page
from archive.model import Article

BLOCKS = "blocks of the page"  # evidence of a text: not the data from which scripts draw the page, which mostly has the whole story
_LEAST_WORDS = 8  # that are new on a page of the story: fewer are its number, or a button
# What a later page may say where the first does not: such credits stand at the end.
_TAKEN_OVER = ("byline", "authors", "agency", "by_house", "disclaimer")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands in its story: as which of its pages, and what those before it said."""

    url: str  # of the first page
    canonical: str | None = None  # as the first page names it
    number: int = 1
    said: frozenset[str] = frozenset()  # the paragraphs before it, in comparable form

    def after(self, article: Article) -> Place:
        """The place behind this one; `article` is all that was read up to it."""
        said = frozenset(map(key, article.text.split("\n\n")))
        return Place(self.url, self.canonical or article.canonical_url, self.number + 1, said)

    def unsaid(self, page: Page, story: Body) -> Body:
        """The story's blocks less those that an earlier page has: stand-firsts, boxes, and all of it where the page is the same again."""
        if not self.said:
            return story
        again = {i for i in story.kept if key(page.blocks[i].text) in self.said}
        return replace(story, kept=[i for i in story.kept if i not in again], gone=story.gone | dict.fromkeys(again, "said"))

    def told(self, article: Article, tree: LexborHTMLParser, body: bytes) -> Article:
        """The page's article, with where its story goes on."""
        if not article.text or (self.number == 1 and not may_go_on(body, self.url)):
            return article
        onward = next_page(tree, self.url, self.canonical or article.canonical_url, self.number + 1)
        if onward is None:
            return article
        missing = {"is_partial": f"its page {self.number + 1} is not here: {onward}"}
        return replace(article, continues_at=onward, is_partial=True, evidence={**missing, **article.evidence})


def joined(story: Article, page: Article, place: Place) -> Article:
    """The story up to `page`; with nothing new on it the story ends before it, behind a wall it goes on."""
    if page.wall is not None:
        return story
    if words(page.text) < _LEAST_WORDS or not page.evidence.get("text", "").startswith(BLOCKS):
        whole = story.evidence.get("is_partial", "").startswith("its page ")
        evidence = {name: how for name, how in story.evidence.items() if name != "is_partial" or not whole}
        return replace(story, continues_at=None, is_partial=story.is_partial and not whole, evidence=evidence)
    evidence = {name: how for name, how in story.evidence.items() if name != "is_partial"}
    taken = {name: getattr(page, name) for name in _TAKEN_OVER if getattr(page, name) and not getattr(story, name)}
    for name in (*taken, *(("is_partial",) if page.is_partial else ())):
        if name in page.evidence:
            evidence[name] = page.evidence[name]
    evidence["text"] = f"{story.evidence.get('text', '').partition(';')[0]}; joined from {place.number} pages"
    known = {image.url for image in story.images}
    credited = {credit.agency for credit in story.credits}
    return replace(
        story,
        text=f"{story.text}\n\n{page.text}",
        text_markdown=f"{story.text_markdown.rstrip()}\n\n{page.text_markdown.lstrip()}",
        images=(*story.images, *(image for image in page.images if image.url not in known)),
        credits=(*story.credits, *(credit for credit in page.credits if credit.agency not in credited)),
        is_partial=page.is_partial,
        is_agency_copy=story.is_agency_copy or page.is_agency_copy,
        continues_at=page.continues_at,
        evidence=evidence,
        **taken,
    )
