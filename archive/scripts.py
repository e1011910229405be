"""Scripts of the world: which of them put no spaces between words. Pure."""

from __future__ import annotations

# Thai and Lao, Burmese, Khmer, iteration marks and zero, kana and Han with their extensions: the inside of a character class.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
