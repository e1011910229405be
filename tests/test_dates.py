"""Times as stated by feeds and pages: what is read, and what is left unread because nothing says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dates import parse_moment, parse_time

KOLKATA = ZoneInfo("Asia/Kolkata")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", utc(1994, 11, 6, 8, 49, 37)),
        ("Thu, 01 Jan 2004 19:48:21 EST", utc(2004, 1, 2, 0, 48, 21)),
        ("Fri, 29 Aug 25 22:00 +0530", utc(2025, 8, 29, 16, 30)),
        ("Fri, 29 Aug 2025 22:00:00 -0000", utc(2025, 8, 29, 22)),
        ("Wed, 02 Oct 2002 13:00:00 GMT+2", utc(2002, 10, 2, 11)),
        ("Fri, 13 Sept 2024 4:30:00 Z", utc(2024, 9, 13, 4, 30)),
        ("Sun Jan 4 16:29:06 PST 2004", utc(2004, 1, 5, 0, 29, 6)),
        ("Sun Nov  6 08:49:37 1994", utc(1994, 11, 6, 8, 49, 37)),
        ("Fri, 2006/09/15 08:19:53 EDT", utc(2006, 9, 15, 12, 19, 53)),
        ("Fri Aug 29 2025 10:00:00 GMT+0530 (India Standard Time)", utc(2025, 8, 29, 4, 30)),
        ("2025-08-29T22:00:00.123Z", utc(2025, 8, 29, 22)),
        ("2025-08-29T22:00+05:30", utc(2025, 8, 29, 16, 30)),
        ("2025-08-29T22:00:00+05:3", utc(2025, 8, 29, 16, 57)),
        ("20250829T220000Z", utc(2025, 8, 29, 22)),
        ("2025-08-29T24:00:00Z", utc(2025, 8, 30)),
        ("2016-12-31T23:59:60Z", utc(2016, 12, 31, 23, 59, 59)),
        ("1693312345", utc(2023, 8, 29, 12, 32, 25)),
        ("1693312345123", utc(2023, 8, 29, 12, 32, 25)),
        ("2004-július-13T9:15-05:00", utc(2004, 7, 13, 14, 15)),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", utc(2004, 7, 11, 17)),
    ],
)
def test_a_feed_time_with_a_zone_is_an_instant(raw: str, expected: datetime) -> None:
    assert parse_time(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("2003-12-31", utc(2003, 12, 31)), ("2003-12", utc(2003, 12, 1)), ("2003", utc(2003, 1, 1))],
)
def test_a_bare_w3c_day_in_a_feed_is_midnight_utc_also_where_the_outlet_has_a_zone(raw: str, expected: datetime) -> None:
    assert parse_time(raw) == expected
    assert parse_time(raw, zone=KOLKATA) == expected


@pytest.mark.parametrize("raw", ["2025-08-29T22:00:00", "29 Aug 2025 22:00:00", "August 29, 2025 10:00 PM"])
def test_a_time_without_a_zone_is_read_only_in_the_outlets_zone(raw: str) -> None:
    assert parse_time(raw) is None
    assert parse_time(raw, zone=KOLKATA) == utc(2025, 8, 29, 16, 30)


@pytest.mark.parametrize(
    "raw",
    ["", " ", "yesterday", "1 hour ago", "2019-02-30", "Thu, 31 Feb 2012 10:00:00 GMT", "0000-00-00T00:00:00Z",
     "99999999999999", "99/99/9999", "25:00", "May", "2025-08-29T25:61:00Z", "٣", "²"],
)  # fmt: skip
def test_what_names_no_day_is_left_unread(raw: str) -> None:
    assert parse_time(raw) is None


@pytest.mark.parametrize(
    ("raw", "local"),
    [
        ("Updated: Aug 29, 2025, 10:00 PM", "2025-08-29T22:00"),
        ("Friday, 29th August 2025 at 22.00 Uhr", "2025-08-29T22:00"),
        ("29.08.2025, 22:00 Uhr", "2025-08-29T22:00"),
        ("29. August 2025, 22.00 Uhr", "2025-08-29T22:00"),
        ("Last changed: 29/08/2025 22.00 | Print this page", "2025-08-29T22:00"),
        ("29.8.2025 klo 22.00", "2025-08-29T22:00"),
        ("Publié le 29 août 2025 à 22h00", "2025-08-29T22:00"),
        ("mar. 26 août 2025 à 22 h 05", "2025-08-26T22:05"),
        ("29 de agosto de 2025 às 22h00", "2025-08-29T22:00"),
        ("29 agosto 2025 - 22:00", "2025-08-29T22:00"),
        ("29 augustus 2025 22:00", "2025-08-29T22:00"),
        ("29 sierpnia 2025, 22:00", "2025-08-29T22:00"),
        ("29 августа 2025, 22:00", "2025-08-29T22:00"),
        ("29 серпня 2025, 22:00", "2025-08-29T22:00"),
        ("29 Ağustos 2025 22:00", "2025-08-29T22:00"),
        ("29 tháng 8 năm 2025 22:00", "2025-08-29T22:00"),
        ("2025年8月29日 22時00分", "2025-08-29T22:00"),
        ("2025年08月29日 下午10:00", "2025-08-29T22:00"),
        ("2025. 8. 29. 오후 10:00", "2025-08-29T22:00"),
        ("29 अगस्त 2025 22:00", "2025-08-29T22:00"),
        ("२९ अगस्त २०२५ २२:००", "2025-08-29T22:00"),
        ("29 আগস্ট 2025 22:00", "2025-08-29T22:00"),
        ("29 أغسطس 2025 22:00", "2025-08-29T22:00"),
        ("٢٩ أغسطس ٢٠٢٥ ٢٢:٠٠", "2025-08-29T22:00"),
        ("29 آب 2025 10:00 م", "2025-08-29T22:00"),
        ("15 تشرين الأول 2025 22:00", "2025-10-15T22:00"),
        ("29 اگست 2025 22:00", "2025-08-29T22:00"),
        ("29 สิงหาคม 2568 22:00", "2025-08-29T22:00"),
        ("10 p.m. August 29, 2025", "2025-08-29T22:00"),
        ("12:05 am, 1 May 2025", "2025-05-01T00:05"),
    ],
)
def test_a_printed_time_is_read_in_its_language(raw: str, local: str) -> None:
    moment = parse_moment(raw)
    assert moment is not None
    assert moment.has_time
    assert moment.local.isoformat(timespec="minutes") == local
    assert moment.utc is None


def test_the_example_pages_time_is_indian() -> None:
    moment = parse_moment("By IANS | Updated: August 29, 2025 22:00 IST")
    assert moment is not None
    assert moment.utc == utc(2025, 8, 29, 16, 30)
    assert moment.zone == "IST (usual meaning)"


@pytest.mark.parametrize(
    ("zone", "country", "expected", "how"),
    [
        ("Asia/Kolkata", None, utc(2025, 8, 29, 16, 30), "IST (outlet zone)"),
        ("Europe/Dublin", None, utc(2025, 8, 29, 21), "IST (outlet zone)"),
        ("Asia/Jerusalem", "IN", utc(2025, 8, 29, 16, 30), "IST (IN)"),
        (None, "IE", utc(2025, 8, 29, 21), "IST (IE)"),
        (None, "US", utc(2025, 8, 29, 16, 30), "IST (usual meaning)"),
    ],
)
def test_a_zone_name_of_several_meanings_is_settled_by_context(zone: str | None, country: str | None, expected: datetime, how: str) -> None:
    moment = parse_moment("29 Aug 2025 22:00 IST", zone=ZoneInfo(zone) if zone else None, country=country)
    if zone == "Asia/Jerusalem":  # in August that zone's own name is IDT, so the country speaks
        assert moment is not None
    assert moment is not None
    assert (moment.utc, moment.zone) == (expected, how)


def test_a_name_without_a_usual_meaning_stays_unread_without_context() -> None:
    moment = parse_moment("29 Aug 2025 22:00 AST")
    assert moment is not None
    assert (moment.utc, moment.zone) == (None, None)


def test_the_name_of_a_region_follows_its_summer_time() -> None:
    assert parse_time("10:40 a.m. ET, August 29, 2025") == utc(2025, 8, 29, 14, 40)
    assert parse_time("10:40 a.m. ET, January 29, 2025") == utc(2025, 1, 29, 15, 40)


def test_a_slashed_day_is_read_only_where_one_reading_is_possible_or_known() -> None:
    assert parse_moment("03/04/2025") is None
    assert parse_moment("23/04/2025") == parse_moment("04/23/2025") == parse_moment("2025-04-23")
    american = parse_moment("03/04/2025", month_first=True)
    european = parse_moment("03/04/2025", month_first=False)
    assert american is not None
    assert european is not None
    assert (american.local.month, european.local.month) == (3, 4)


def test_a_bare_day_on_a_page_is_no_instant() -> None:
    moment = parse_moment("29 August 2025")
    assert moment is not None
    assert (moment.has_time, moment.utc, moment.day.isoformat()) == (False, None, "2025-08-29")


@given(st.text(max_size=400))
def test_no_text_makes_it_raise(raw: str) -> None:
    parse_time(raw)
    parse_moment(raw, zone=KOLKATA, country="IN", month_first=True)


@given(st.text(alphabet="0123456789-/.: TZ+年月日JanMayGMTpm,", max_size=60))
def test_no_broken_date_makes_it_raise(raw: str) -> None:
    found = parse_moment(raw, zone=KOLKATA)
    assert found is None or found.utc is None or found.utc.utcoffset() == timedelta()


@given(st.integers(-(10**9), 7 * 10**9), st.integers(-12 * 60, 14 * 60))
def test_every_rfc_3339_and_rfc_822_time_comes_back(seconds: int, minutes: int) -> None:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    local = (instant + timedelta(minutes=minutes)).replace(tzinfo=None)
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    assert parse_time(f"{local.isoformat()}{sign}{size // 60:02}:{size % 60:02}") == instant
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[local.month - 1]
    rfc822 = f"{local.day:02} {month} {local.year} {local.time().isoformat()} {sign}{size // 60:02}{size % 60:02}"
    assert parse_time(rfc822) == instant


def test_the_minutes_of_a_clock_before_a_month_are_no_day() -> None:
    moment = parse_moment("All News 11:27 March 05, 2026")
    assert moment is not None
    assert str(moment.local) == "2026-03-05 11:27:00"
    labelled = parse_moment("Datum:26 January 2022")
    assert labelled is not None
    assert str(labelled.day) == "2022-01-26"


@pytest.mark.parametrize("raw", ["29.8.2025 22.00-23.30", "29.8.2025 12.50 €", "29.8.2025 12.50.3", "29.8.2025 27.90"])
def test_numbers_with_a_dot_behind_a_day_that_are_no_time_of_day_are_none(raw: str) -> None:
    moment = parse_moment(raw)
    assert moment is not None and not moment.has_time
