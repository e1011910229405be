"""Single values of sources.toml: what is accepted, and what is said when it is not. Pure; errors are ValueError."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.sources.crontab import FIELDS, crontab
from crawler.sources.specs import Schedule, Window

_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)\s*([kKmMgG]?[bB]?)\Z")
_UNITS = {"": 1, "b": 1, "k": 10**3, "kb": 10**3, "m": 10**6, "mb": 10**6, "g": 10**9, "gb": 10**9}
_INTERVAL = re.compile(r"(\d{1,5})\s*(s|m|h|d|w)\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=31)
_LONGEST_JITTER = timedelta(days=1)
_WINDOW = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)\Z")
_DAY = 24 * 60  # minutes
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}\Z")
_PATTERN_CHARS = 500


def outlet_id(text: str) -> str:
    if not _ID.match(text):
        raise ValueError(f"'{text[:80]}' is no id: use lower-case letters, digits and hyphens")
    return text


def web_url(text: str) -> str:
    """An absolute http(s) URL."""
    wrong = f"'{text[:200]}' is no web address: it has to start with http:// or https:// and name a host"
    if re.search(r"[\s\x00-\x1f\x7f-\x9f\"<>\\^`{|}]", text) or len(text) > 2000:
        raise ValueError(wrong)
    try:
        parts = urlsplit(text)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError(wrong)
    except ValueError as problem:
        raise ValueError(wrong) from problem
    return text


def contact(text: str) -> str:
    """A web page or a mail address, safe inside a header."""
    if re.fullmatch(r"(?:mailto:)?[^\s@<>()\";:]{1,64}@[^\s@<>()\";:]{1,190}", text) and text.isascii():
        return text if text.startswith("mailto:") else f"mailto:{text}"
    try:
        return web_url(text)
    except ValueError:
        raise ValueError(f"'{text[:200]}' is neither a web page (https://...) nor a mail address (mailto:...)") from None


def language(text: str) -> str:
    if not _LANGUAGE.match(text):
        raise ValueError(f'\'{text[:40]}\' is no language tag: write for example "en" or "pt-BR"')
    return text


def timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; folders and odd names are the others
        raise ValueError(f"'{text[:60]}' is no time zone: write an IANA name like \"Asia/Kolkata\"") from None
    return text


def size(given: int | str) -> int:
    """Bytes from a number or from words like "8 MB" (decimal: 1 MB is 1,000,000 bytes)."""
    if isinstance(given, str):
        found = _SIZE.match(given.strip())
        if not found:
            raise ValueError(f"'{given[:40]}' is no size: write for example \"8 MB\"")
        given = int(float(found.group(1)) * _UNITS[found.group(2).lower()])
    if not 1000 <= given <= 10**9:
        raise ValueError("a size has to lie between 1 kB and 1 GB")
    return given


def network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as problem:
        raise ValueError(f"'{text[:60]}' is no network: {problem}") from None


def interval(text: str) -> timedelta:
    """ "15m", "2h", "1d": from a minute to 31 days."""
    try:
        every = schedule(text).every
    except ValueError:
        every = None
    if every is None:
        raise ValueError(f"'{text[:40]}' is no length of time from 1m to 31d: write for example \"2h\"")
    return every


def written(length: timedelta) -> str:
    """A length of time as it is written: "90s", "5m", "1d"."""
    seconds = round(length.total_seconds())
    unit = next((unit for unit in ("d", "h", "m") if seconds and seconds % _SECONDS[unit] == 0), "s")
    return f"{seconds // _SECONDS[unit]}{unit}"


def jitter(text: str) -> timedelta:
    """ "0s", "90s", "5m": up to a day."""
    found = _INTERVAL.match(text.strip().lower())
    length = timedelta(seconds=int(found.group(1)) * _SECONDS[found.group(2)]) if found else None
    if length is None or length > _LONGEST_JITTER:
        raise ValueError(f'\'{text[:40]}\' is no length of time up to 1d: write for example "5m", or "0s" for none')
    return length


def window(text: str) -> Window:
    """ "22:00-06:00": a part of each day."""
    found = _WINDOW.match(text.strip())
    if found is None:
        raise ValueError(f"'{text[:40]}' is no part of a day: write for example \"22:00-06:00\"")
    first, second, third, fourth = (int(number) for number in found.groups())
    begin, end = first * 60 + second, third * 60 + fourth
    if end > _DAY or begin == end:
        raise ValueError(f"'{text[:40]}' is no part of a day: it has to end at another time, by 24:00")
    return Window(begin, end)


@lru_cache(256)
def whole_day(windows: tuple[Window, ...]) -> bool:
    """Whether no minute of the day is left outside of them."""
    return all(any(window.holds(minute) for window in windows) for minute in range(_DAY))


def command(text: str) -> tuple[str, ...]:
    """Program and arguments, split as a POSIX shell splits words (quotes and backslashes); nothing is expanded."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as problem:
        raise ValueError(f"'{text[:80]}' is no command: {str(problem).lower()}") from None
    if not words or not words[0] or "\0" in text:
        raise ValueError(f"'{text[:80]!r}' names no program")
    return words


def schedule(text: str) -> Schedule:
    """An interval ("15m", "2h", "1d") or a cron expression of five fields."""
    words = text.strip().lower()
    found = _INTERVAL.match(words)
    if found:
        every = timedelta(seconds=int(found.group(1)) * _SECONDS[found.group(2)])
        if not _SHORTEST <= every <= _LONGEST:
            raise ValueError(f"'{text}' is out of range: an interval has to lie between 1m and 31d")
        return Schedule(text, every=every)
    fields = words.split()
    if len(fields) != FIELDS:
        raise ValueError(f'\'{text[:60]}\' is no schedule: write "15m", "2h", "1d" or five cron fields')
    cron = " ".join(fields)
    crontab(cron)
    return Schedule(text, cron=cron)


def pattern(text: str) -> str:
    """A regular expression that compiles and repeats nothing that itself repeats (it could take for ever)."""
    if len(text) > _PATTERN_CHARS:
        raise ValueError(f"the pattern is longer than {_PATTERN_CHARS} characters")
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as problem:
        raise ValueError(f"'{text[:80]}' is no regular expression: {problem}") from None
    if _repeats_a_repetition(text):
        raise ValueError(f"'{text[:80]}' repeats a group that repeats or chooses inside, which can take for ever")
    return text


def _repeats_a_repetition(text: str) -> bool:
    """Whether a repeated group holds a repetition or an alternative: the shapes that backtrack exponentially."""
    plain = re.sub(r"\\.", "x", text)
    plain = re.sub(r"\[\^?\]?[^\]]*\]", "x", plain)
    while (group := re.search(r"\((?:\?[a-zA-Z:=!<>P_0-9]*)?([^()]*)\)(\*|\+|\{\d*,\d*\})?", plain)) is not None:
        risky = bool(re.search(r"[*+|\x00]|\{\d*,", group.group(1)))
        if risky and group.group(2):
            return True
        plain = plain[: group.start()] + ("\x00" if risky else "x") + (group.group(2) or "") + plain[group.end() :]
    return False
