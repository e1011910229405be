"""The line that heads a record of an ARC file, as the fields that a WARC record has. Pure.

Source: "ARC File Format, Version 1" (Internet Archive, 1996) and its version 2: `URL IP date type length`, or `URL IP date type status
checksum location offset file length`. What follows is the answer as the server sent it. URLs may have spaces in them, and types parameters.
"""

from __future__ import annotations

import re

MAX_LINE = 8 * 1024  # bytes: no honest one comes near
_HEAD = re.compile(rb"([a-z][a-z0-9+.-]{1,20}:.{0,6000}?) ([0-9A-Fa-f.:]{3,45}|-) (\d{14}|\d{12}) ", re.IGNORECASE | re.DOTALL)
_FIRST = "filedesc"  # the scheme of the record that begins a file: what the file is


def fields(line: bytes) -> tuple[tuple[str, str], ...] | None:
    """The fields; None for any other line."""
    line = line.rstrip(b"\r\n")
    length = line[line.rfind(b" ") + 1 :]
    if len(line) > MAX_LINE or not length.isdigit() or len(length) > 15:
        return None
    found = _HEAD.match(line)
    if found is None:
        return None
    url, address, date = (found[place].decode("utf-8", "replace") for place in (1, 2, 3))
    is_first = url.lower().startswith(_FIRST)
    return (
        ("WARC-Type", "warcinfo" if is_first else "response"),
        *((("WARC-Target-URI", url),) if not is_first else ()),
        ("WARC-Date", _date(date)),
        *((("WARC-IP-Address", address),) if address not in ("-", "0.0.0.0") else ()),  # noqa: S104 - as writers have it that know none
        ("Content-Type", "text/plain" if is_first else "application/http;msgtype=response"),
        ("Content-Length", length.decode("ascii")),
    )


def _date(digits: str) -> str:
    """Of 14 digits, or 12 without seconds, in UTC."""
    digits = digits.ljust(14, "0")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:]}Z"
