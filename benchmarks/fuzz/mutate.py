"""A file and what hostile or broken hands make of it. Pure: the same seed gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

LARGEST = 1 << 20  # bytes of a case
_USUAL = 1 << 17  # grown beyond it, a case is cut back nine times of ten: most cases have to be quick
_MOST = 8  # changes a case

Change = Callable[[bytes, "Mutator"], bytes]

ODD_BYTES = (
    b"\0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80",
    b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xc2\x85", b"\x1b[31m", b"\x9b", b"\x0c", b"\x0b", b"\r", b"\n\n\n",
    b"\t", b"\xef\xbf\xbf", b"\xf0\x9f\x92\xa9",
    b"\xcc\x81" * 30, b"\xd7\x90\xd9\x80", b"\xe3\x80\x80",
)  # fmt: skip
NUMBERS = (
    b"0", b"-1", b"1", b"255", b"65536", b"2147483648", b"4294967296", b"9223372036854775808", b"1e309", b"-0.0", b"NaN", b"0x7f",
    b"9" * 400, b"1" * 5000,
)  # fmt: skip
CODECS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "shift_jis", "gb18030", "euc-kr", "windows-1252", "iso-2022-jp", "koi8-r")


class Mutator:
    """Cases of one target. `seeds` are whole files; `tokens` are what its format is made of."""

    def __init__(self, seeds: Sequence[bytes], tokens: Sequence[bytes], seed: int) -> None:
        self.seeds, self.tokens, self._seed = seeds, tokens, seed
        self.rng = Random()  # noqa: S311 - picks cases, hides nothing

    def case(self, number: int) -> bytes:
        """The bytes of case `number`: of nothing else but the seed and the files."""
        self.rng.seed(f"{self._seed}:{number}")
        data = self.rng.choice(self.seeds) if self.rng.random() < 0.97 else b""
        for _ in range(min(_MOST, 1 + int(self.rng.expovariate(0.5)))):
            data = self.rng.choice(CHANGES)(data, self)[:LARGEST]
        if len(data) > _USUAL and self.rng.random() < 0.9:
            at = self.rng.randrange(len(data) - _USUAL)
            data = data[at : at + _USUAL] if self.rng.random() < 0.5 else data[:_USUAL]
        return data

    def place(self, data: bytes) -> int:
        """Somewhere in it; often where markup or a word begins."""
        at = self.rng.randrange(len(data) + 1)
        if self.rng.random() < 0.5:
            near = data.find(self.rng.choice((b"<", b">", b'"', b" ", b"&", b":", b"{", b"=", b"\n")), at, at + 400)
            return at if near < 0 else near + self.rng.randrange(2)
        return at

    def piece(self, data: bytes) -> tuple[int, int]:
        begin = self.place(data)
        return begin, min(len(data), begin + int(self.rng.expovariate(1 / 60)) + 1)

    def token(self) -> bytes:
        return self.rng.choice(self.rng.choice((self.tokens, self.tokens, ODD_BYTES, NUMBERS)) or ODD_BYTES)


def _flip(data: bytes, by: Mutator) -> bytes:
    changed = bytearray(data)
    for _ in range(by.rng.randrange(1, 6) if data else 0):
        changed[by.rng.randrange(len(changed))] ^= 1 << by.rng.randrange(8)
    return bytes(changed)


def _overwrite(data: bytes, by: Mutator) -> bytes:
    at, token = by.place(data), by.token()
    return data[:at] + token + data[at + len(token) :]


def _insert(data: bytes, by: Mutator) -> bytes:
    at = by.place(data)
    return data[:at] + by.token() + data[at:]


def _delete(data: bytes, by: Mutator) -> bytes:
    begin, end = by.piece(data)
    return data[:begin] + data[end:]


def _cut(data: bytes, by: Mutator) -> bytes:
    at = by.place(data)
    return data[:at] if by.rng.random() < 0.8 else data[at:]


def _repeat(data: bytes, by: Mutator) -> bytes:
    begin, end = by.piece(data)
    times = by.rng.choice((2, 3, 10, 100, 1000, 5000))
    return data[:begin] + data[begin:end] * min(times, LARGEST // max(1, end - begin)) + data[end:]


def _nest(data: bytes, by: Mutator) -> bytes:
    """Something opened many times, and closed as often, or never."""
    opened, closed = by.rng.choice(
        ((b"<div>", b"</div>"), (b"<item>", b"</item>"), (b"<a><b>", b"</b></a>"), (b"[", b"]"), (b'{"a":', b"}"),
         (b"<![CDATA[", b"]]>"), (b"<!--", b"-->"), (b"&lt;p&gt;", b"&lt;/p&gt;"),
         (b"<table><tr><td>", b"</td></tr></table>"), (b"(", b")"), (b"<blockquote>", b""))
    )  # fmt: skip
    times, at = by.rng.choice((3, 50, 300, 3000)), by.place(data)
    return data[:at] + opened * times + data[at:] + (closed * times if by.rng.random() < 0.6 else b"")


def _splice(data: bytes, by: Mutator) -> bytes:
    other = by.rng.choice(by.seeds)
    at, begin = by.place(data), by.place(other)
    end = min(len(other), begin + int(by.rng.expovariate(1 / 2000)))
    return data[:at] + other[begin:end] + data[at if by.rng.random() < 0.5 else len(data) :]


def _swap(data: bytes, by: Mutator) -> bytes:
    (one, its_end), (other, end) = sorted((by.piece(data), by.piece(data)))
    if its_end > other:
        return data
    return data[:one] + data[other:end] + data[its_end:other] + data[one:its_end] + data[end:]


def _number(data: bytes, by: Mutator) -> bytes:
    """A number in it becomes an extreme one."""
    at = by.place(data)
    begin = next((place for place in range(at, min(len(data), at + 400)) if data[place : place + 1].isdigit()), at)
    end = begin
    while end < len(data) and data[end : end + 1].isdigit():
        end += 1
    return data[:begin] + by.rng.choice(NUMBERS) + data[end:]


def _recode(data: bytes, by: Mutator) -> bytes:
    """Other bytes for the same text, whatever it says of its charset."""
    codec = by.rng.choice(CODECS)
    return data[:_USUAL].decode("utf-8", "replace").encode(codec, "replace")


def _relabel(data: bytes, by: Mutator) -> bytes:
    label = by.rng.choice(CODECS).encode()
    for name in (b"encoding=", b"charset="):
        at = data.lower().find(name)
        if at >= 0:
            return data[: at + len(name)] + b'"' + label + b'"' + data[at + len(name) + 8 :]
    return b'<?xml version="1.0" encoding="' + label + b'"?>' + data


CHANGES: tuple[Change, ...] = (
    _flip, _flip, _overwrite, _insert, _insert, _insert, _delete, _delete, _cut, _repeat, _nest, _splice, _splice, _swap, _number, _recode,
    _relabel,
)  # fmt: skip
