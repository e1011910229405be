"""When a capture ended is said in Python and in SQL: the same second, whatever its milliseconds."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from archive.model import Capture
from archive.store.captures import ENDED_AT, ended_at
from archive.times import iso, iso_ms

MOMENTS = st.datetimes(datetime(1996, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(MOMENTS, st.none() | st.integers(0, 10**5) | st.integers(0, 10**12))
def test_it_is_the_same_in_both(at: datetime, elapsed: int | None) -> None:
    with sqlite3.connect(":memory:") as conn:
        sql = f"SELECT {ENDED_AT} FROM (SELECT ? AS fetched_at, ? AS elapsed_ms)"  # noqa: S608 - our own names
        said = conn.execute(sql, (iso_ms(at), elapsed)).fetchone()[0]
    conn.close()
    assert said == iso(ended_at(Capture("https://a.example/", "page", at, elapsed_ms=elapsed)))
