"""What `wirecopy recover` and `wirecopy verify` say of a damaged file."""

from __future__ import annotations

from archive.recover import Report, Table

_SHOWN = 5  # ranges of lost rows that are shown a table
_IDS = 10  # lost bodies that are named


def lines(report: Report) -> list[str]:
    """The report in words: table by table, then what was made good, and how. May hold text of the damaged file."""
    found = [note[:1].upper() + note[1:] + "." for note in report.notes]
    whole = [table for table in report.tables if (table.made_again and not table.damaged) or table.name.startswith("_")]
    for table in report.tables:
        if table in whole:
            continue  # nobody asks for them: what they have can be made again, and is all there
        found.append(_of(table))
        if not table.made_again:
            found += [f"  {_place(place)}" for place in table.lost[:_SHOWN]]
            found += ["  and other places (--json names them)"] * (len(table.lost) > _SHOWN)
    return found + _made_good(report)


def _place(lost: str) -> str:
    return f"rows {lost}" if lost[:1].isdigit() or lost.startswith("up to") else lost


def _of(table: Table) -> str:
    parts = [f"{table.name}: {table.saved:,} {'row' if table.saved == 1 else 'rows'}"]
    if table.strays:
        parts.append(f"{table.strays:,} of them from pages that nothing led to any more")
    if table.damaged:
        places = "1 damaged place" if table.damaged == 1 else f"{table.damaged:,} damaged places"
        parts.append(places + ("; made again from other tables" if table.made_again else ""))
    if table.refused:
        parts.append(f"{table.refused:,} rows that break its rules left out")
    return ", ".join(parts)


def _made_good(report: Report) -> list[str]:
    lines = []
    if report.unknown:
        lines.append(f"{report.unknown:,} pages have rows of which it cannot be told whose they are; they are left out.")
    if report.bodies_lost:
        named = ", ".join(map(str, report.bodies[:_IDS]))
        more = " ..." if report.bodies_lost > _IDS else ""
        lines.append(f"{report.bodies_lost:,} bodies cannot be read back, or stand on one that cannot (ids {named}{more}).")
    if report.articles:
        lines.append(f"{report.articles:,} articles did not have the text that was written.")
    for name, count in report.stand_ins.items():
        lines.append(f"{count:,} rows of {name} were lost while others point at them: rows stand in for them.")
    for name, count in report.dropped.items():
        lines.append(f"{count:,} rows of {name} belonged to rows that are lost, and are left out.")
    for name, count in report.cut.items():
        lines.append(f"{count:,} rows point at nothing in {name}, since what they pointed at is lost.")
    if report.to_clean:
        lines.append(f"{report.to_clean:,} stored pages wait to be read anew, by the next run or `wirecopy clean`.")
    if report.pages:
        lines.append(f"{report.pages:,} pages wait to be fetched again, since nothing of them is left or their row was lost.")
    return [*lines, *(f"Still wrong: {line}" for line in report.left)]
