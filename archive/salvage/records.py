"""A record of the SQLite file format: bytes -> values. Pure."""

from __future__ import annotations

import struct

Value = None | int | float | str | bytes
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type -> bytes
_BLOB = 12  # from here on, even: a blob, odd: text


class Broken(ValueError):
    """These bytes are not what they should be; the message says why, in a few words."""


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, 64 bits, signed; and where the next thing begins. Raises Broken where the data ends within it."""
    value = 0
    for place in range(9):
        if at + place >= len(data):
            raise Broken("a number is cut off")
        byte = data[at + place]
        if place == 8:
            value = value << 8 | byte
            return (value - (1 << 64) if value >= 1 << 63 else value), at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    raise AssertionError("nine bytes end above")


def record(payload: bytes) -> tuple[Value, ...]:
    """The values of a record. Raises Broken where header and body do not add up exactly, or text is not UTF-8."""
    size, at = varint(payload, 0)
    if not at <= size <= len(payload):
        raise Broken("its header has an impossible length")
    types = []
    while at < size:
        kind, at = varint(payload, at)
        types.append(kind)
    if at != size:
        raise Broken("its header does not end where it says")
    values = []
    for kind in types:
        value, at = _value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise Broken("its values do not fill it")
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    if kind in _INTEGERS or kind == 7:
        end = at + _INTEGERS.get(kind, 8)
        piece = payload[at:end]
        if end > len(payload):
            raise Broken("a value is cut off")
        return (struct.unpack(">d", piece)[0] if kind == 7 else int.from_bytes(piece, "big", signed=True)), end
    if kind < _BLOB:
        raise Broken(f"a value is of type {kind}, which is not used")
    end = at + (kind - _BLOB) // 2
    if end > len(payload):
        raise Broken("a value is cut off")
    piece = payload[at:end]
    if kind % 2 == 0:
        return piece, end
    try:
        return piece.decode(), end
    except UnicodeDecodeError as problem:
        raise Broken("its text is not UTF-8") from problem
