"""Pages that are an answer but no story: not found, a challenge, a consent wall. High precision: short, and titled so."""

from __future__ import annotations

import re

_TITLES = (
    ("the page says that there is no such page", re.compile(
        r"^\W*(?:error\s)?(?:404|410)\b|^\W*(?:oops\W{1,4})?(?:page|article|story|content|file)\s(?:is\s|"
        r"was\s|could\s)?not\s(?:be\s)?(?:found|available)|"
        r"^\W*not found\W*$|^\W*seite (?:wurde )?nicht gefunden|^\W*page (?:introuvable|non trouvée)|"
        r"^\W*página no encontrada|"
        r"^\W*página não encontrada|^\W*pagina non trovata|^\W*pagina niet gevonden|"
        r"^\W*страница не найдена|^\W*पेज नहीं मिला|"
        r"^\W*الصفحة غير موجودة|ページが見つかりません|页面(?:不存在|未找到)|페이지를 찾을 수 없",
        re.I)),
    ("the server asked for a proof that we are human", re.compile(
        r"^\W*(?:just a moment|attention required|checking your browser|"
        r"verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a robot|human)|"
        r"robot check|security check|access (?:to this page has been )?denied|access denied|ddos-guard|"
        r"request blocked|pardon our interruption|"
        r"one more step|bot verification|captcha|please wait\W*$|human verification)|^\W*you have been blocked",
        re.I)),
    ("the page asks for consent before it shows anything", re.compile(
        r"^\W*(?:before you continue|cookie consent|consent (?:required|management)|we value your privacy|"
        r"your privacy choices|"
        r"datenschutz-?einstellungen|zustimmung erforderlich|privacy gate)",
        re.I)),
    ("the page says that it can't be shown", re.compile(
        r"^\W*(?:403 forbidden|forbidden\W*$|500 internal server error|internal server error|"
        r"502 bad gateway|bad gateway|503 service|"
        r"service unavailable|site (?:is )?under maintenance|unavailable for legal reasons|451\b)",
        re.I)),
)  # fmt: skip
_BODY = re.compile(
    r"enable javascript (?:and cookies )?to continue|checking (?:if the site connection is secure|"
    r"your browser before accessing)|"
    r"please (?:verify you are|complete the security check|enable cookies)|ray id:?\s?[0-9a-f]{8}",
    re.I,
)
LONGEST = 180  # words: a story about a missing page is longer than the page that is missing


def refusal(titles: tuple[str | None, ...], text: str, words: int, page_words: int) -> str | None:
    """Why this page is no story, or None. `titles`: title element and headings; `text`: what was kept of it."""
    if words > LONGEST:
        return None
    for title in titles:
        if title and len(title) <= 160:
            for reason, pattern in _TITLES:
                if pattern.search(title):
                    return reason
    if page_words <= LONGEST and _BODY.search(text):
        return "the server asked for a proof that we are human"
    return None
