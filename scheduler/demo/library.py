"""Reads the stories and the outlets from the package's data. A mistake in them is a bug: it raises.

A story file has `name: value` lines, a blank line, and paragraphs separated by blank lines. A paragraph
`@buoys 0 1` stands for the paragraphs 0 and 1 of the story "buoys": so round-ups quote word for word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from scheduler.demo.records import Feed, Outlet, Page, Revision, Story

_DATA = files("scheduler.demo")


@cache
def stories() -> Mapping[str, Story]:
    """All stories by key, in the order of their keys."""
    texts = {path.name[:-4]: path.read_text("utf-8") for path in _DATA.joinpath("stories").iterdir() if path.name.endswith(".txt")}
    plain = {key: _story(key, texts[key]) for key in sorted(texts)}
    return {key: _with_quotes(story, plain) for key, story in plain.items()}


@cache
def outlets() -> tuple[Outlet, ...]:
    """All outlets; the order of their files' names gives each its address."""
    paths = sorted((path for path in _DATA.joinpath("outlets").iterdir() if path.name.endswith(".toml")), key=lambda p: p.name)
    return tuple(_outlet(tomllib.loads(path.read_text("utf-8"))) for path in paths)


@cache
def template(name: str) -> str:
    """The text of one page make-up."""
    return _DATA.joinpath("makeup", f"{name}.html").read_text("utf-8")


def _story(key: str, text: str) -> Story:
    head, _, body = text.partition("\n\n")
    given = dict(line.split(": ", 1) for line in head.splitlines())
    return Story(
        key=key,
        keywords=tuple(word.strip() for word in given.pop("keywords").split(",")),
        paragraphs=tuple(part.strip() for part in body.split("\n\n")),
        **given,
    )


def _with_quotes(story: Story, plain: Mapping[str, Story]) -> Story:
    paragraphs: list[str] = []
    for text in story.paragraphs:
        if text.startswith("@"):
            key, *indices = text[1:].split()
            paragraphs.extend(plain[key].paragraphs[int(index)] for index in indices)
        else:
            paragraphs.append(text)
    fields = {name: getattr(story, name) for name in Story.__slots__}
    return Story(**(fields | {"paragraphs": tuple(paragraphs)}))


def _outlet(data: dict[str, Any]) -> Outlet:
    feeds = tuple(Feed(**feed) for feed in data.pop("feed"))
    pages = tuple(_page(number, page) for number, page in enumerate(data.pop("page"), start=101))
    return Outlet(feeds=feeds, pages=pages, **_frozen(data))


def _page(number: int, data: dict[str, Any]) -> Page:
    revisions = tuple(Revision(**_frozen(revision)) for revision in data.pop("revision", ()))
    page = Page(number=number, revisions=revisions, **_frozen(data))
    if not isinstance(page.at, datetime) or page.at.tzinfo is None:
        raise ValueError(f"{page.story}: `at` needs a date, a time and an offset")
    return page


def _frozen(data: dict[str, Any]) -> dict[str, Any]:
    return {name: _tuples(value) for name, value in data.items()}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
