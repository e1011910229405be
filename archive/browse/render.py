"""Templates, and what they may call. All text in them is escaped; the SVG of `plots.py`, which has numbers alone, is what is not."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from archive.browse import words
from archive.errors import ExtraMissing
from archive.terminal import plain

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

# Of our own pages: no script at all, one style sheet, and frames of our own snapshots.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def page(template: str, **shown: Any) -> str:
    """The page as HTML. Raises UsageError where Jinja is not installed."""
    return _environment().get_template(template).render(css_version=css_version(), **shown)


@cache
def css() -> str:
    return (resources.files("archive.browse") / "style" / "browse.css").read_text(encoding="utf-8")


@cache
def css_version() -> str:
    return hashlib.sha256(css().encode()).hexdigest()[:12]


@cache
def _environment() -> Environment:
    try:
        import jinja2
    except ImportError:
        raise ExtraMissing("pages are made with Jinja", "report") from None
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("archive.browse", "html"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "moment": moment, "day": lambda stamp: stamp[:10], "many": words.many, "size": words.size, "agency": words.agency, "plain": plain,
        "short_url": words.short_url, "drawn": drawn, "web": web,
        "change_kind": words.change_kind,
    }  # fmt: skip
    return environment


def moment(stamp: str | None) -> Markup | str:
    """`<time>`; nothing for null."""
    from markupsafe import Markup

    if stamp is None:
        return ""
    try:
        told = words.clock(stamp)
    except ValueError:
        return stamp  # not one of ours: as it stands, escaped
    return Markup('<time datetime="{}">{}</time>').format(stamp, told)


def drawn(svg: str) -> Markup:
    """What `plots.py` drew."""
    from markupsafe import Markup

    return Markup(svg)  # noqa: S704 - numbers in rectangles


def web(url: str | None) -> str | None:
    """The URL where it may be a link: http and https alone."""
    return url if url and url.startswith(("http://", "https://")) else None
