"""Text on its way into XML. Pure."""

from __future__ import annotations

import re

# XML 1.0, production 2 (Char): what is not in it cannot be written, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Allowed, but discouraged there: C1 controls, of which a terminal may obey some. NEL stays.
_CONTROL = re.compile("[\x7f-\x84\x86-\x9f]")


def xml_text(text: str) -> str:
    """The text with the replacement character for each character that XML 1.0 does not allow."""
    return _CONTROL.sub("\ufffd", _FORBIDDEN.sub("\ufffd", text))
