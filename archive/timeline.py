"""How many articles there are, day by day, by outlet and agency: counted in the archive, and drawn for a terminal. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from archive.asked import outlet_asked
from archive.plots import bar, spark
from archive.search import Filters
from archive.store.connect import Store, telling
from archive.terminal import plain

WIDTH = 100  # columns that a line may take
_NAME = 24  # columns of an outlet's name
_MOST = 31  # bars of days or weeks: a month of days, half a year of weeks; months go on to as many, years to what there is
_SHORTEST = {"day": 1, "week": 7, "month": 28, "year": 365}  # days
_SILENCE = 4  # bars in a row without articles from which on one line tells of them
_NAMED = 20  # outlets or agencies; what is below them is summed up


@dataclass(frozen=True, slots=True)
class Count:
    """Articles of one day, outlet and agency."""

    day: str  # 2026-11-22, UTC: of publication, else of first sight
    outlet: str  # outlets.code
    agency: str | None  # code; None: none is credited
    articles: int


def count(store: Store, match: str | None, filters: Filters) -> list[Count]:
    """Counts in the order of days, outlets and agencies. `match`: an FTS5 query that the articles meet. Raises UsageError for an outlet
    that is not there."""
    outlet_asked(store, filters.outlet)
    found = " AND a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match)" if match else ""
    sql = f"""SELECT substr(coalesce(a.published_at, a.first_seen_at), 1, 10) AS day, a.outlet, a.agency, count(*)
    FROM articles a WHERE {_within(filters)} AND (:all OR a.is_latest)
      AND (:outlet IS NULL OR a.outlet = :outlet) AND (:agency IS NULL OR a.agency = :agency)
      AND (:story IS NULL OR a.story_id = :story){found}
    GROUP BY day, a.outlet, a.agency ORDER BY day, a.outlet, a.agency"""  # noqa: S608 - our own conditions
    values = {
        "match": match, "all": filters.all_revisions, "outlet": filters.outlet, "agency": filters.agency, "story": filters.story,
        "since": filters.since or "", "until": filters.until or "~",
    }  # fmt: skip
    with telling(store.path):
        return [Count(*row) for row in store.conn.execute(sql, values)]


def _within(filters: Filters) -> str:
    """The time as a condition along the two indexes of it: "~" is behind all digits."""
    if filters.story is not None:  # along the index of stories, then
        return "coalesce(a.published_at, a.first_seen_at) >= :since AND coalesce(a.published_at, a.first_seen_at) < :until"
    return """a.id IN (SELECT id FROM articles WHERE published_at >= :since AND published_at < :until
      UNION ALL SELECT id FROM articles WHERE first_seen_at >= :since AND first_seen_at < :until AND published_at IS NULL)"""


def lines(counts: list[Count], *, by: str, first: date | None = None, last: date | None = None) -> Iterator[str]:
    """A bar a day (week, month, year), and below it a row for each outlet or agency (`by`), with a small bar a day. Pure.

    The plot goes from `first` to `last`; None: from the first count, to the last one.
    """
    if not counts:
        return
    begin = first or date.fromisoformat(counts[0].day)
    end = max(begin, last or date.fromisoformat(counts[-1].day))
    unit, start_of = _unit(begin, end)
    starts = list(_starts(begin, end, unit, start_of))
    totals, shares = Counter[date](), Counter[tuple[str, date]]()
    for one in counts:
        start = start_of(date.fromisoformat(one.day))
        totals[start] += one.articles
        shares[(one.outlet if by == "outlet" else one.agency or "no agency", start)] += one.articles
    yield from _days(starts, totals, unit)
    yield ""
    yield from _rows(starts, shares, by, unit)


def _unit(begin: date, end: date) -> tuple[str, Callable[[date], date]]:
    """What one bar stands for, and the day with which that begins."""
    days = (end - begin).days + 1
    if days <= _MOST:
        return "day", lambda day: day
    if days <= _MOST * 7:
        return "week", lambda day: day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
    if days <= _MOST * 30:
        return "month", lambda day: day.replace(day=1)
    return "year", lambda day: day.replace(month=1, day=1)


def _starts(begin: date, end: date, unit: str, start_of: Callable[[date], date]) -> Iterator[date]:
    """Each bar's first day, also of those without articles: they are what one looks for."""
    day, last = begin.toordinal(), None
    while day <= end.toordinal():
        if (start := start_of(date.fromordinal(day))) != last:
            yield start
            last = start
        day = max(day + 1, start.toordinal() + _SHORTEST[unit])


def _days(starts: list[date], totals: Counter[date], unit: str) -> Iterator[str]:
    longest, figures = max(totals.values()), len(f"{max(totals.values()):,}")
    yield f"Articles per {unit}" + (" (from Monday)" if unit == "week" else "") + f": {sum(totals.values()):,}"
    for empty, run in groupby(starts, key=lambda start: not totals[start]):
        some = list(run)
        if empty and len(some) >= _SILENCE:
            yield f"{_label(some[0], unit)}  {'0':>{figures}}  … none up to {_label(some[-1], unit)}"
            continue
        for start in some:
            yield f"{_label(start, unit)}  {totals[start]:>{figures},}  {bar(totals[start], longest, WIDTH - 16 - figures)}".rstrip()


def _label(start: date, unit: str) -> str:
    return {"month": f"{start:%Y-%m}", "year": f"{start:%Y}"}.get(unit, f"{start:%Y-%m-%d}")


def _rows(starts: list[date], shares: Counter[tuple[str, date]], by: str, unit: str) -> Iterator[str]:
    """The most frequent first; each row is drawn by its own tallest bar, so that small ones can be read as well."""
    sums = Counter[str]()
    for (name, _), articles in shares.items():
        sums[name] += articles
    ranked = sorted(sums, key=lambda name: (-sums[name], name))
    width = min(_NAME, max(len(plain(name)) for name in ranked[:_NAMED]), WIDTH)
    yield f"{by.upper():<{width}}  {'ARTICLES':>8}  PER {unit.upper()}"
    for name in ranked[:_NAMED]:
        row = spark([shares[(name, start)] for start in starts])
        yield f"{plain(name, width=width):<{width}}  {sums[name]:>8,}  {row}"
    if rest := ranked[_NAMED:]:
        yield f"{f'{len(rest)} more':<{width}}  {sum(sums[name] for name in rest):>8,}"
