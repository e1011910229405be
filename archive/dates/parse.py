"""The parsing behind `archive.dates`: one form after the other, each a linear look at 200 characters at most."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo

from archive.dates.months import MONTHS, fold
from archive.dates.zones import Moment, settle

LIMIT = 200  # characters read of any input: the longest real form (a page's "Updated ... at ...") stays below 120

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?"
    r"(?:[Tt\s_]\s?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,:]\d+)?)?)?"
    r"(?!\d|-\D|-$)(?!\s?[ap]\.?m)\s?(.*)",
    re.DOTALL | re.I,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(?:\.\d+)?)?(?!\d)(.*)", re.DOTALL)
_EPOCH = re.compile(r"(\d{10})(\d{3})?(?:\.\d+)?$")
_CLOCK = re.compile(
    r"(?P<before>오전|오후|上午|下午|午前|午後|晚上|凌晨)?\s?(?<![\d.,/-])(?P<h>\d{1,2})\s?"
    r"(?:(?:[:：]|[hH時时点點시]\s?)(?P<m>\d{2})[분分]?(?::(?P<s>\d{2})(?:\.\d+)?)?"
    r"|\.(?P<dm>\d{2})(?=\s?(?:Uhr|[ap]\.?m|[A-Z]{2,4}\b)))?"
    r"(?:\s?(?P<half>[ap]\.?\s?m\b\.?|\u0635|\u0645|πμ|μμ))?",
    re.I,
)
_DOTTED = re.compile(  # right behind a day: "20/11/2026 21.16", "den 1.2.2026 kl. 09.05"
    r"\s?[,|–-]?\s?(?:(?:um|at|kl\.?|klo|ore|alle(?: ore)?|om|pukul|jam)\s)?"
    r"(?P<h>[01]\d|2[0-4])\.(?P<m>[0-5]\d)(?![\d.,]|\s?[%€$£]|\s?[-–]\s?\d)",
    re.I,
)
_TOKEN = re.compile(r"\d+|[^\s\d,.:;/()\[\]|+_\-‐–—'’]+|[年月日년월일]|[/.\-]")
_EAST_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})\s?([/.\-])\s?(\d{1,2})\s?\2\s?(\d{2,4})(?!\d)")
_ASCTIME = re.compile(r"[A-Za-z]{3} [A-Za-z]{3} +\d{1,2} \d\d:\d\d:\d\d \d{4}$")


def parse_time(raw: str, *, zone: tzinfo | None = None) -> datetime | None:
    """A feed's time -> aware UTC; None where it can't be read or its zone is not known.

    `zone` is the outlet's, used for a time of day that states none. A bare day (W3C-DTF) is midnight UTC, which is what
    feed readers make of it; asctime without a zone is UTC (RFC 9110 section 5.6.7). Never raises.
    """
    moment = parse_moment(raw, zone=zone)
    if moment is None:
        return None
    if not moment.has_time or (moment.utc is None and _ASCTIME.match(raw.strip())):
        return moment.local.replace(tzinfo=UTC)
    return moment.utc


def parse_moment(raw: str, *, zone: tzinfo | None = None, country: str | None = None, month_first: bool | None = None) -> Moment | None:
    """A stated time -> Moment, or None where no day can be read in the first 200 characters.

    `zone`: the outlet's, for times without one; `country`: ISO 3166, settles zone names that mean several things;
    `month_first`: how "03/04/2025" is meant, None leaves it unread where both readings are possible. Never raises.
    """
    text = " ".join(_plain(raw[:LIMIT]).split())
    if not text:
        return None
    try:
        return _epoch(text) or _iso(text, zone, country) or _printed(text, zone, country, month_first)
    except (ValueError, OverflowError):
        return None


def _plain(raw: str) -> str:
    """Digits of every script as ASCII; control and direction marks away."""
    if raw.isascii() and raw.isprintable():
        return raw
    return "".join(
        str(unicodedata.digit(c, c)) if c.isdigit() else " " if c.isspace() else c
        for c in raw
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )


def _epoch(text: str) -> Moment | None:
    match = _EPOCH.match(text)
    if not match:
        return None
    instant = datetime.fromtimestamp(int(match[1]), UTC)
    return Moment(instant.replace(tzinfo=None), True, instant, "epoch")


def _iso(text: str, zone: tzinfo | None, country: str | None) -> Moment | None:
    match = _ISO.match(text) or _COMPACT.match(text)
    if not match:
        bare_year = re.fullmatch(r"(1[89]|20)\d\d", text)  # W3C-DTF allows a year alone
        return Moment(datetime(int(text), 1, 1), False, None, None) if bare_year else None  # noqa: DTZ001
    year, month, day, hour, minute, second, rest = match.groups()
    if hour is None:
        if re.search(r"\d:\d", rest):
            return None  # a time follows in another form: read as printed
        return Moment(_local(int(year), int(month), int(day or 1)), False, None, None)
    local = _local(int(year), int(month), int(day or 1), int(hour), int(minute), int(second or 0))
    return settle(local, rest, zone, country)


def _local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Naive local time; 24:00 is the next day's midnight, a leap second is the last real one. ValueError otherwise."""
    if not 1500 <= year <= 2700:
        raise ValueError(year)
    if year >= 2400:
        year -= 543  # the Buddhist calendar of Thai pages
    later = timedelta(days=1) if hour == 24 and not minute and not second else timedelta()
    return datetime(year, month, day, 0 if later else hour, minute, min(second, 59)) + later  # noqa: DTZ001


# --- printed times -------------------------------------------------------------------------------------------------


def _printed(text: str, zone: tzinfo | None, country: str | None, month_first: bool | None) -> Moment | None:
    found = _day(text, month_first)
    if found is None:
        return None
    (year, month, day), start, end = found
    clock = next((m for m in _CLOCK.finditer(text) if _is_clock(m, start, end)), None)
    if clock is None:
        dotted = _DOTTED.match(text, end)
        if dotted:
            return settle(_local(year, month, day, int(dotted["h"]), int(dotted["m"])), text[dotted.end() :], zone, country)
        return Moment(_local(year, month, day), False, None, None)
    hour, minute = int(clock["h"]), int(clock["m"] or clock["dm"] or 0)
    local = _local(year, month, day, _hour24(hour, clock["before"], clock["half"]), minute, int(clock["s"] or 0))
    return settle(local, text[clock.end() :], zone, country)


def _is_clock(match: re.Match[str], start: int, end: int) -> bool:
    """A time of day: hours with minutes, or hours with am/pm; not a part of the day itself."""
    outside = match.start("h") >= end or match.end() <= start or match["m"] is not None
    return outside and bool(match["m"] or match["dm"] or match["half"]) and int(match["h"]) <= 24


def _hour24(hour: int, before: str | None, half: str | None) -> int:
    word = (before or half or "").lower().replace(".", "").replace(" ", "")
    if word in ("pm", "오후", "下午", "午後", "晚上", "م", "μμ"):
        return hour + 12 if hour < 12 else hour
    return 0 if hour == 12 and word in ("am", "오전", "上午", "午前", "凌晨", "ص", "πμ") else hour


_Day = tuple[tuple[int, int, int], int, int]  # (year, month, day), where it starts and ends in the text


def _day(text: str, month_first: bool | None) -> _Day | None:
    eastern = _EAST_ASIAN.search(text)
    if eastern:
        return (int(eastern[1]), int(eastern[2]), int(eastern[3])), eastern.start(), eastern.end()
    return _worded_day(text) or _numeric_day(text, month_first)


def _worded_day(text: str) -> _Day | None:
    """ "29 August 2025", "August 29, 2025", "2004-július-13", "29. 8月"; the month that stands nearest to a day."""
    if not any(map(_may_be_month, _TOKEN.findall(text))):
        return None  # most lines
    tokens = [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)]
    words = [t for t in tokens if t[0] not in ("/", ".", "-")]
    best: _Day | None = None
    for i, (word, _, _) in enumerate(words):
        month = 0 if word[0].isdigit() else _month_of(words, i)
        if month:
            best = _around(words, i, month, text) or best
    return best


def _may_be_month(token: str) -> bool:
    word = fold(token)
    return word in MONTHS or word in ("تشرين", "كانون", "tháng")


def _month_of(words: list[tuple[str, int, int]], i: int) -> int:
    word = fold(words[i][0])
    if word in ("تشرين", "كانون") and i + 1 < len(words):
        word += fold(words[i + 1][0])
    if word == "tháng" and i + 1 < len(words) and words[i + 1][0].isdigit():  # Vietnamese counts its months
        return int(words[i + 1][0]) if 1 <= int(words[i + 1][0]) <= 12 else 0
    return MONTHS.get(word, 0)


_MINUTES = re.compile(r"\d:$")  # what stands before the minutes of a clock: "11:27 March 05, 2026"
_FILLER = {"de", "del", "di", "of", "the", "st", "nd", "rd", "th", "er", "º", "ª", "ก", "tháng", "năm", "г", "року"}


def _around(words: list[tuple[str, int, int]], i: int, month: int, text: str) -> _Day | None:
    """Day and year beside the month at `i`: day month year, month day year, or year month day."""
    before, after = _number(words, i, -1), _number(words, i, 1)
    if before and 1 <= before[0] <= 31 and before[3] <= 2 and not _MINUTES.search(text[: before[1]]):
        year = after if after and (after[3] in (2, 4) and not _in_clock(text, after)) else _number(words, i, 2)
        year = year if year and not _in_clock(text, year) else _last_year(words, i)
        return ((_full_year(year), month, before[0]), before[1], year[2]) if year else None
    if after and 1 <= after[0] <= 31 and after[3] <= 2:
        year = before if before and before[3] == 4 else _last_year(words, i)
        return ((_full_year(year), month, after[0]), words[i][1], max(after[2], year[2])) if year else None
    return None


_Number = tuple[int, int, int, int]  # value, start, end, digits


def _number(words: list[tuple[str, int, int]], i: int, step: int) -> _Number | None:
    """The number beside word `i`, over at most two filler words ("29 de agosto de 2025")."""
    place, skipped = i + step, 0
    while 0 <= place < len(words) and skipped < 3:
        word, start, end = words[place]
        if word.isdigit():
            return (int(word), start, end, len(word)) if len(word) <= 4 else None
        if fold(word) not in _FILLER:
            return None
        place, skipped = place + (1 if step > 0 else -1), skipped + 1
    return None


def _last_year(words: list[tuple[str, int, int]], i: int) -> _Number | None:
    """The first four-digit year after word `i`: "Jan 4 16:29:06 PST 2004"."""
    for word, start, end in words[i + 1 : i + 9]:
        if len(word) == 4 and word.isdigit() and 1500 <= int(word) <= 2700:
            return int(word), start, end, 4
    return None


def _in_clock(text: str, number: _Number) -> bool:
    return text[number[2] : number[2] + 1] in (":", "h") or text[number[1] - 1 : number[1]] == ":"


def _full_year(number: _Number) -> int:
    """Two and three digits as RFC 5322 section 4.3 reads them."""
    value, digits = number[0], number[3]
    if digits >= 4:
        return value
    return value + 1900 if digits == 3 or value >= 50 else value + 2000


def _numeric_day(text: str, month_first: bool | None) -> _Day | None:
    match = _NUMERIC.search(text)
    if not match:
        return None
    a, b, c = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        return (a, b, c), match.start(), match.end()
    year = _full_year((c, 0, 0, len(match[4])))
    if len(match[1]) == 3 or (a > 12 and b > 12):
        return None
    if a > 12 or a == b or match[2] == "." or month_first is False:  # dots: day first wherever they are used
        return ((year, b, a), match.start(), match.end()) if b <= 12 else ((year, a, b), match.start(), match.end())
    if b > 12 or month_first:
        return (year, a, b), match.start(), match.end()
    return None
