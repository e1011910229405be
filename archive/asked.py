"""Agencies and outlets as people name them on a command line, told from what is none. Reads only."""

from __future__ import annotations

from difflib import get_close_matches

from archive.agencies import AGENCIES, agency_named
from archive.errors import UsageError
from archive.store.connect import Store, telling

_SUGGESTED = 5  # codes at most that a hint names


def agency_asked(store: Store, typed: str) -> str:
    """The code of the agency that was typed, in any case, by its code or its name. Raises UsageError where nobody knows it.

    An agency that this archive has no copy of is no error; nor is one that sources.toml alone names.
    """
    code = typed.strip().lower()
    if any(agency.code == code for agency in AGENCIES):
        return code
    with telling(store.path, reading=True):
        if store.conn.execute("SELECT 1 FROM outlets WHERE agency = ?", (code,)).fetchone():
            return code
        named = agency_named(typed) or agency_named(typed.upper())
        if named is None:
            raise UsageError(f"no agency {typed!r} is known", hint=_like(store, code))
    return named.code


def _like(store: Store, code: str) -> str:
    """What may have been meant, and what this archive has."""
    names = {agency.code: agency.code for agency in AGENCIES} | {agency.name.lower(): agency.code for agency in AGENCIES}
    near = dict.fromkeys(names[one] for one in get_close_matches(code, names, n=_SUGGESTED, cutoff=0.5))
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    has = [row[0] for row in store.conn.execute("SELECT DISTINCT agency FROM copies WHERE agency IS NOT NULL ORDER BY agency")]
    return meant + ("This archive has copy of: " + ", ".join(has) if has else "This archive has no agency's copy yet")


def outlet_asked(store: Store, code: str | None) -> None:
    """Raises UsageError where the archive has no such outlet; None: none was asked for."""
    if code is None:
        return
    with telling(store.path, reading=True):
        known = [row[0] for row in store.conn.execute("SELECT code FROM outlets ORDER BY code")]
    if code not in known:
        raise UsageError(f"no outlet {code!r} in this archive", hint="it has: " + (", ".join(known) or "none yet"))
