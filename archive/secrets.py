"""Cookies and credentials in heads: starred out before anything is kept. Pure."""

from __future__ import annotations

import re

_SECRETS = re.compile(
    rb"(?im)^((?:set-cookie2?|cookie|authorization|proxy-authorization|x-api-key)[ \t]*:[ \t]*)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)"
)  # with its folded lines
_VISIBLE = re.compile(rb"[^\r\n \t]")


def blanked(head: bytes) -> bytes:
    """The head with the values of cookies and credentials starred out, byte for byte of the same length."""
    return _SECRETS.sub(lambda match: match[1] + _VISIBLE.sub(b"*", match[2]), head)
