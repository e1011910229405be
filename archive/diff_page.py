"""Two articles side by side as one HTML page: no script, nothing from outside, readable in the dark and on a telephone. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from archive.word_diff import Paragraph

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><title>{title}</title><style>{style}</style></head>
<body><main><h1>What changed</h1><p class="sum">{summary}</p>
<table><caption class="hidden">The older text on the left, the newer on the right, paragraph by paragraph</caption>
<thead><tr><th scope="col">{old}</th><th scope="col">{new}</th></tr></thead>
<tbody>{rows}</tbody></table></main></body></html>
"""
_STYLE = """
:root{color-scheme:light dark;--line:#d8d8d8;--soft:#5f6368;--cut:#fde2e0;--came:#dcf3e1;--cut-ink:#8c1d18;--came-ink:#0b5a2a}
@media(prefers-color-scheme:dark){
:root{--line:#3a3d41;--soft:#a4a9ae;--cut:#4a1f1d;--came:#153b23;--cut-ink:#ffb4ab;--came-ink:#9be7b0}}
body{margin:0;font:1rem/1.55 Georgia,'Noto Serif',serif}main{max-width:76rem;margin:0 auto;padding:1.5rem 1rem}
h1{font-size:1.25rem;margin:0}.sum{color:var(--soft);margin:.25rem 0 1.25rem}
table{width:100%;border-collapse:collapse;table-layout:fixed}
th,td{vertical-align:top;text-align:start;padding:.5rem .75rem;overflow-wrap:anywhere}
th{border-bottom:2px solid var(--line);font-weight:400}th b{display:block;font-size:1.1rem}
th span{color:var(--soft);font-size:.875rem}td+td,th+th{border-inline-start:1px solid var(--line)}
del{background:var(--cut);color:var(--cut-ink);text-decoration-thickness:1px}
ins{background:var(--came);color:var(--came-ink);text-decoration:none}.hidden{position:absolute;clip-path:inset(50%)}
@media(max-width:44rem){thead tr,tbody tr{display:block;border-bottom:1px solid var(--line)}th,td{display:block;border:0!important}
td:empty,td.same+td{display:none}}
"""


def diff_page(old: Mapping[str, object], new: Mapping[str, object], found: Sequence[Paragraph], summary: str) -> str:
    """The page. `old` and `new`: id, outlet, revision, headline, published_at, first_seen_at of the articles; `summary` in plain text."""
    title, rows = f"What changed: {new['headline'] or new['id']}", "".join(map(_row, found))
    return _PAGE.format(title=escape(title), style=_STYLE, summary=escape(summary), old=_head(old), new=_head(new), rows=rows)


def told(article: Mapping[str, object]) -> str:
    """Which article it is, in one line: a later revision has the time at which it was seen, since its page often keeps the first one's."""
    later = article["published_at"] is None or article["revision"] != 1
    when = str(article["first_seen_at" if later else "published_at"]).replace("T", " ").replace("Z", " UTC")
    return f"article {article['id']}, revision {article['revision']}, {article['outlet']}, {'seen' if later else 'published'} {when}"


def _head(article: Mapping[str, object]) -> str:
    return f'<b dir="auto">{escape(str(article["headline"] or "(no headline)"))}</b><span>{escape(told(article))}</span>'


def _row(paragraph: Paragraph) -> str:
    """Each side has what it said; on a narrow screen a paragraph that stayed stands once."""
    same = ' class="same"' if paragraph.op == "=" else ""
    left, right = (_side(paragraph, op, tag) for op, tag in (("-", "del"), ("+", "ins")))
    return f'<tr><td{same} dir="auto">{left}</td><td dir="auto">{right}</td></tr>\n'


def _side(paragraph: Paragraph, op: str, tag: str) -> str:
    pieces = (piece for piece in paragraph.pieces if piece.op in ("=", op))
    return "".join(f"<{tag}>{escape(piece.text)}</{tag}>" if piece.op == op else escape(piece.text) for piece in pieces)
