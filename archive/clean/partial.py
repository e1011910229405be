"""Whether a page shows only a part of its story: a paywall's or a login's prompt stands behind it, or it breaks off with a link to read on.

schema.org's `isAccessibleForFree` alone says little: many outlets send the whole text with it, and hide it. Careful: a story is called
partial where the page itself says so beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.clean.jsonld import JsonLd
from archive.clean.phrases import Phrases

SHORT = 350  # words; a longer text with a prompt behind it is mostly the whole story, which a script hides, or has an advertisement
STUB = 120  # words; below it, `isAccessibleForFree: false` is believed by itself
PROMPTS = Phrases(  # a text without an edge of a word before it is left at once: `\b` stands before all that can have one
    r"\b(?:to (?:continue|keep) reading\b|to read (?:the (?:full|rest|whole)|this (?:article|story)|more of)"
    r"|continue reading (?:with|by|this|your)\b"
    r"|read the (?:full|rest of (?:the|this)) (?:story|article)\b.{0,60}\b(?:subscri|log ?in|sign ?(?:in|up)|member|regist)"
    r"|(?:subscribe|sign up|sign in|log ?in|register|join)\b.{0,40}\bto (?:continue|read|unlock|access|keep|view)\b"
    r"|already (?:a|have a|an?) ?(?:paid |digital |print )?(?:subscriber|member|subscription|account)\b"
    r"|(?:article|story|content|page) is (?:only |exclusively )?(?:for|available (?:only |exclusively )?(?:to|for)|reserved for|"
    r"exclusive to|limited to)\b.{0,30}\b(?:subscribers|members)\b"
    r"|(?:subscriber|member|premium)s?[- ](?:only|exclusive)\b|unlock (?:this|the full) (?:article|story)\b"
    r"|(?:nur|exklusiv) für (?:\w+-)?(?:abonnent|digitalabonnent|mitglieder)|jetzt (?:weiterlesen|abonnieren und)|bereits abonnent"
    r"|(?:um|artikel) (?:weiterzulesen|weiterlesen|freischalten)|weiterlesen mit\b|mit .{1,20} weiterlesen\b"
    r"|résérvée? aux abonn|réservée? aux abonn|il vous reste [\d.,]{1,6}\s?%|pour lire la suite\b|déjà abonn"
    r"|exclusivo para (?:suscriptores|assinantes|abonados)|ya eres suscriptor|para (?:seguir|continuar) (?:leyendo|lendo|a ler)\b"
    r"|já é assinante|riservat[oa] agli abbonati|per continuare a leggere\b|sei già abbonat"
    r"|alleen voor abonnees|lees (?:verder|dit artikel) met\b|om verder te lezen\b|för prenumeranter|för att läsa (?:vidare|hela)"
    r"|(?:kun|bare) for abonnenter|les videre med\b|for at læse videre|for å lese (?:videre|hele)|vain tilaajille|tilaajille\b"
    r"|dla (?:prenumeratorów|subskrybentów)|aby czytać dalej|pouze pro předplatitele|csak előfizetőknek|doar pentru abona"
    r"|abonelere özel|okumaya devam etmek için|(?:по подписке|только для подписчиков|чтобы (?:прочитать|читать) (?:далее|полностью))"
    r"|лише для передплатників)|सब्सक्राइबर|आगे पढ़ने के लिए (?:लॉग|सब्स)|للمشتركين فقط|لمتابعة القراءة|ویژه مشترکان"
    r"|有料会員(?:限定|登録)|会員限定記事|記事は(?:有料|会員)|残り\s?[\d,]+\s?文字|続きを読むには|付费(?:阅读|订阅|会员)|订阅后(?:阅读|继续)|유료\s?(?:회원|구독)|구독하(?:고|면)\s?(?:계속|전체)",
    "reading read already continue unlock access keep view subscribers members subscriber member premium premiums"
    " nur exklusiv jetzt bereits um artikel weiterlesen aux vous lire j exclusivo eres seguir continuar agli continuare sei"
    " alleen lees verder kun bare videre vain tilaajille dla aby pouze csak pentru abonelere okumaya",
    (
        "för pren", "för att läsa ", "for at læse ", "for å lese ", "по подписке", "для подписчиков", "чтобы ", "для передплатників",
        "सब्सक्राइबर", "आगे पढ़ने के लिए ", "للمشتركين فقط", "لمتابعة القراءة", "ویژه مشترکان",
        "有料会員", "会員限定記事", "記事は", "残り", "続きを読むには", "付费", "订阅后", "유료", "구독하",
    ),
)  # fmt: skip
_LEFT = re.compile(r"\bil vous reste [\d.,]{1,6}\s?% de cet article|残り\s?[\d,]+\s?文字", re.I)  # how much is missing: true of any length
_BREAKS_OFF = re.compile(r"(?:…|\.{3}|\[(?:…|\.{3})\])\s?$")
_ONWARD = re.compile(
    r"^\W{0,4}(?:(?:continue|keep) reading|read (?:more|on|the (?:full|rest))|full (?:story|article)|weiterlesen|mehr lesen|lire la suite|"
    r"leer más|seguir leyendo|leia mais|continua a leggere|leggi tutto|lees (?:meer|verder)|läs (?:mer|vidare)|les (?:mer|videre)|"
    r"læs (?:mere|videre)|czytaj (?:więcej|dalej)|читать (?:далее|полностью)|devamını oku|"
    r"और पढ़|पूरी खबर|続きを読む|阅读(?:全文|更多)|더 보기|اقرأ المزيد)",
    re.I,
)


def partial(ld: JsonLd, last: str, words: int, after: Iterable[str]) -> str | None:
    """What says that the page has a part of its story only; None where nothing does.

    `last`: the text's last paragraph; `words`: of the text; `after`: the blocks that stand between and behind its paragraphs.
    """
    behind = [line for line in after if len(line) <= 600]
    if words and _BREAKS_OFF.search(last) and any(_ONWARD.match(line) for line in behind[:3]):
        return "the text breaks off, and a link reads on"
    closed = str(ld.article.get("isAccessibleForFree", "")).lower() == "false"
    prompts = PROMPTS if words < SHORT else _LEFT
    if words and (prompt := next((line for line in behind if prompts.search(line)), None)):
        return f"prompt: {prompt[:100]}"
    if closed and 0 < words < STUB:
        return "json-ld isAccessibleForFree: false, and hardly any text"
    stated = ld.article.get("wordCount")
    stated = int(stated) if isinstance(stated, int | float) or (isinstance(stated, str) and stated.isdecimal() and len(stated) < 8) else 0
    if closed and words and stated > 2 * words + 50:
        return f"json-ld isAccessibleForFree: false, and wordCount {stated}"
    return None
