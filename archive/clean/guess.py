"""Which encoding bytes are in that name none, or lie: Chinese, Japanese, Korean, Russian. High precision; anything else is not guessed.

Text of these has its high bytes in runs, where text in a Latin alphabet has them one by one. Which of the encodings it is, its commonest
characters tell: kana, the everyday third of the hanzi (GB 2312 and Big5 put them first), syllables of Hangul, the ten letters that
are most of any Russian text. Browsers guess as well where nothing is stated (WHATWG HTML, 13.2.3.2, step 7).
"""

from __future__ import annotations

import re

_LOOK = 200_000  # bytes
_FEWEST = 60  # high bytes: less is no sample
_TOGETHER = 0.7  # share of the high bytes that stand beside another one; Polish and Turkish text has 0.2, Russian 0.99, Shift_JIS 0.8
_RUNS = re.compile(rb"[\x80-\xff]{2,}+")
_HIGH = re.compile(rb"[\x80-\xff]")
_PAIRS = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
_KANA = re.compile("[\u3041-\u30fe]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_LETTERS = re.compile("[\u0400-\u04ff]")
_COMMON = re.compile("[оеаинтсрвл]")
_WIDE = re.compile("[\u3041-\ufaff]")


def guessed(body: bytes) -> str | None:
    """The name of Python's codec; None where the bytes do not tell. They are not UTF-8: that has been tried. Linear."""
    sample = body[:_LOOK]
    high = len(_HIGH.findall(sample))
    if high < _FEWEST or sum(map(len, _RUNS.findall(sample))) < high * _TOGETHER:
        return None
    return _russian(sample) or _japanese(sample) or _korean(sample) or _chinese(sample)


def _russian(sample: bytes) -> str | None:
    for codec in ("cp1251", "koi8-r"):
        letters = "".join(_LETTERS.findall(sample.decode(codec, "replace")))
        lower = sum(map(str.islower, letters))
        if letters and lower > 0.8 * len(letters) and len(_COMMON.findall(letters)) > 0.5 * lower:
            return codec
    return None


def _japanese(sample: bytes) -> str | None:
    for codec in ("euc_jp", "cp932"):
        if (text := _fitting(sample, codec)) and len(_KANA.findall(text)) > 0.2 * len(_WIDE.findall(text)):
            return codec
    return None


def _korean(sample: bytes) -> str | None:
    text = _fitting(sample, "cp949")
    return "cp949" if text and len(_HANGUL.findall(text)) > 0.9 * len(_WIDE.findall(text)) else None


def _chinese(sample: bytes) -> str | None:
    """GB 2312 has the second byte of a pair high as well, and its everyday characters from B0 to D7; Big5 its own from A4 to C6."""
    for codec, first, last, both in (("gb18030", 0xB0, 0xD7, True), ("big5hkscs", 0xA4, 0xC6, False)):
        if _fitting(sample, codec) is None:
            continue
        pairs = [pair for pair in _PAIRS.findall(b" ".join(_runs_of_pairs(sample))) if pair[0] >= 0xA4]
        fit = sum(first <= pair[0] <= last and (pair[1] >= 0xA1 or not both) for pair in pairs)
        if pairs and fit > 0.9 * len(pairs):
            return codec
    return None


def _runs_of_pairs(sample: bytes) -> list[bytes]:
    """Stretches of two-byte characters: each begins with a high byte, and its second one may look like ASCII."""
    return re.findall(rb"(?:[\x81-\xfe][\x40-\xfe])++", sample)


def _fitting(sample: bytes, codec: str) -> str | None:
    """The sample in this encoding, where next to nothing of it is no character there."""
    text = sample.decode(codec, "replace")
    return text if text.count("\ufffd") * 200 <= len(_WIDE.findall(text)) else None
