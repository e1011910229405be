"""What follows a time of day -> its zone: offsets, names, regions, or the outlet's own. Decides nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Zone names with one meaning in the news, in minutes east of Greenwich. EST to PDT are RFC 822 section 5.1.
_ABBREVIATIONS = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WEST": 60, "WAT": 60, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120,
    "EET": 120, "CAT": 120, "SAST": 120, "EEST": 180, "EAT": 180, "MSK": 180, "TRT": 180, "IRST": 210, "PKT": 300,
    "NPT": 345, "WIB": 420, "ICT": 420, "HKT": 480, "SGT": 480, "MYT": 480, "PHT": 480, "WITA": 480, "AWST": 480,
    "WIT": 540, "JST": 540, "KST": 540, "ACST": 570, "AEST": 600, "ACDT": 630, "AEDT": 660, "NZST": 720, "NZDT": 780,
    "BRT": -180, "ART": -180, "ADT": -180, "NDT": -150, "EDT": -240, "CDT": -300, "MDT": -360, "PDT": -420,
    "AKDT": -480, "AKST": -540, "HST": -600, "WET": 0,
}  # fmt: skip
# Names with several meanings: minutes by ISO 3166 country; "" is the usual one (RFC 822 for America's, else the news).
_AMBIGUOUS = {
    "IST": {"": 330, "IN": 330, "LK": 330, "IE": 60, "IL": 120},
    "BST": {"": 60, "GB": 60, "BD": 360},
    "EST": {"": -300, "US": -300, "CA": -300, "AU": 600},
    "CST": {"": -360, "US": -360, "CA": -360, "MX": -360, "CN": 480, "TW": 480, "CU": -300},
    "MST": {"": -420, "US": -420, "CA": -420, "MY": 480},
    "PST": {"": -480, "US": -480, "CA": -480, "PH": 480},
    "AST": {"CA": -240, "PR": -240, "SA": 180, "IQ": 180, "KW": 180},
    "GST": {"": 240, "AE": 240, "OM": 240},
}
# Names whose offset depends on the day.
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}

_OFFSET = re.compile(r"(?:(?:GMT|UTC|UT)\s?)?([+\-−])\s?(\d{1,2})(?::?(\d{1,2}))?(?!\d)", re.I)
_NAME = re.compile(r"[A-Za-z]{1,5}(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as stated. `local` is naive: the clock and calendar as printed."""

    local: datetime
    has_time: bool  # False: only a day was stated, `local` is its midnight
    utc: datetime | None  # the instant; None where the time of day or the zone is not known
    zone: str | None  # how the zone was known: "+05:30", "EDT", "IST (usual meaning)", "outlet zone"; None: not known

    @property
    def day(self) -> date:
        """The day as printed, in the page's own zone."""
        return self.local.date()


def settle(local: datetime, rest: str, zone: tzinfo | None, country: str | None) -> Moment:
    """Finds the zone in what follows the time of day."""
    rest = rest.lstrip(" (,[").removeprefix("Uhr").lstrip(" (,[")
    offset = _OFFSET.match(rest)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        if not offset[3] and len(offset[2]) == 2 and int(offset[2]) > 14:
            return Moment(local, True, None, None)
        if minutes <= 15 * 60:
            return _at(local, minutes if offset[1] == "+" else -minutes, f"{offset[1]}{offset[2]}:{offset[3] or '00'}")
    name = _NAME.match(rest)
    word = name[0] if name else ""
    known = _named(local, word.upper(), zone, country) if word.isupper() or word.lower() in ("gmt", "utc", "z") else None
    if known:
        return known
    return _in_zone(local, zone, "outlet zone") if zone else Moment(local, True, None, None)


def _named(local: datetime, name: str, zone: tzinfo | None, country: str | None) -> Moment | None:
    if zone is not None and name == zone.tzname(local):
        return _in_zone(local, zone, f"{name} (outlet zone)")
    if name in _ABBREVIATIONS:
        return _at(local, _ABBREVIATIONS[name], name)
    if name in _REGIONS:
        region = _region(_REGIONS[name])
        return _in_zone(local, region, name) if region else None
    meanings = _AMBIGUOUS.get(name)
    if meanings:
        if country and country.upper() in meanings:
            return _at(local, meanings[country.upper()], f"{name} ({country.upper()})")
        return _at(local, meanings[""], f"{name} (usual meaning)") if "" in meanings else None
    return _at(local, 0, name) if len(name) == 1 and name not in "AP" else None  # RFC 5322 4.3: letters are -0000


@lru_cache(maxsize=8)
def _region(key: str) -> tzinfo | None:
    try:
        return ZoneInfo(key)
    except ZoneInfoNotFoundError:
        return None


def _at(local: datetime, minutes: int, zone: str) -> Moment:
    return Moment(local, True, (local - timedelta(minutes=minutes)).replace(tzinfo=UTC), zone)


def _in_zone(local: datetime, zone: tzinfo, how: str) -> Moment:
    return Moment(local, True, local.replace(tzinfo=zone).astimezone(UTC), how)
