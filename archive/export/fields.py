"""What an export says of an article, name by name: the schema of JSON lines, CSV and Parquet. Pure.

A field that is there stays, with its meaning; new ones are added at the end. Where that cannot be kept, VERSION rises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from archive.errors import UsageError
from archive.store.selecting import Selected

VERSION = 1
NAME = f"wirecopy/article/{VERSION}"  # the value of the field `schema`

Kind = Literal["string", "text", "integer", "boolean", "time", "strings", "images"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind` is its type in each format; `null`: may be null. Not `usual`: given only where it is asked for."""

    name: str
    kind: Kind
    meaning: str
    null: bool = False
    usual: bool = True
    of: Callable[[Selected], Any] | None = None  # None: the attribute of that name

    def value(self, article: Selected) -> Any:
        return getattr(article, self.name) if self.of is None else self.of(article)


FIELDS = (
    Field("schema", "string", f"`{NAME}`: name and version of this schema", of=lambda _: NAME),
    Field("id", "integer", "the article's number in its archive: a revision of a page has one of its own"),
    Field("page_id", "integer", "the page's number in its archive: the same for all of its revisions"),
    Field("page_key", "string", "its URL as pages are told apart, tracking parameters left out: the same in every archive"),
    Field("revision", "integer", "1, 2, ... as the page's text or headline changed"),
    Field("is_latest", "boolean", "it is the page's newest revision when the export begins"),
    Field("story_id", "integer", "the story that it is a copy of: `wirecopy story ID`", null=True),
    Field("outlet", "string", "who published it: id in sources.toml"),
    Field("outlet_name", "string", "the outlet as people call it", null=True),
    Field("agency", "string", "code of the agency that it credits", null=True),
    Field("is_agency_copy", "boolean", "the page says that it runs agency copy"),
    Field("url", "string", "as fetched"),
    Field("canonical_url", "string", "as the page names it", null=True),
    Field("guid", "string", "the id that a feed gave the page first", null=True),
    Field("headline", "string", "as on the page", null=True),
    Field("subhead", "string", "stand-first", null=True),
    Field("byline", "string", "as printed", null=True),
    Field("authors", "strings", "people only"),
    Field("dateline", "string", "as printed", null=True),
    Field("dateline_place", "string", "the place alone", null=True),
    Field("text", "text", "paragraphs separated by a blank line"),
    Field("section", "string", "as the page names it", null=True),
    Field("keywords", "strings", "as the page names them"),
    Field("language", "string", "BCP 47", null=True),
    Field("published_at", "time", "null where the zone is not known", null=True),
    Field("published_raw", "string", "as printed or marked up", null=True),
    Field("modified_at", "time", "null where the zone is not known", null=True),
    Field("modified_raw", "string", "as printed or marked up", null=True),
    Field("first_seen_at", "time", "revision 1: when a feed first named the page; later ones: when we fetched them"),
    Field("fetched_at", "time", "when the page was asked for that reads so"),
    Field("removed_at", "time", "when the page was found gone after it had been stored", null=True),
    Field("is_withdrawn", "boolean", "the feed withdrew it (a tombstone, media:status)"),
    Field("image_url", "string", "of the main picture", null=True),
    Field("images", "images", "the story's pictures in its order: `url`, and where known `caption`, `credit`, `alt`"),
    Field("is_partial", "boolean", "the page shows a part of its story only"),
    Field("word_count", "integer", "of the text, split at white space"),
    Field("text_digest", "string", "SHA-256 of the text, white space and quotes folded: equal for equal texts"),
    Field("body_sha256", "string", "SHA-256 of the page as received: `wirecopy show ID --raw`", null=True),
    Field("cleaner_version", "integer", "of the cleaner that read it"),
    Field("text_markdown", "text", "the text with its subheads, lists, links and tables", null=True, usual=False),
)
BY_NAME = {field.name: field for field in FIELDS}


def wants_markdown(fields: Sequence[Field]) -> bool:
    """Whether the archive has to unpack it: that takes time."""
    return any(field.name == "text_markdown" for field in fields)


def chosen(names: str | None) -> tuple[Field, ...]:
    """The fields of a comma-separated list; `default` and `all` stand for several. Raises UsageError for a name that is none."""
    found: dict[str, Field] = {}
    for name in (one.strip() for one in (names or "default").split(",")):
        if name in ("default", "all"):
            found |= {field.name: field for field in FIELDS if field.usual or name == "all"}
        elif name in BY_NAME:
            found[name] = BY_NAME[name]
        else:
            raise UsageError(f"there is no field {name!r}", hint="there are: default, all, " + ", ".join(BY_NAME))
    return tuple(found.values())
