"""Which language a text is in: the page's own `lang`, checked against the script and the small words of the text.

A light detector: script first, then function words for the languages of the Latin, Cyrillic, Arabic and Devanagari
scripts. A declared language is kept unless the text clearly says otherwise (a template's `lang="en"` on a Hindi page).
"""

from __future__ import annotations

import re
from collections import Counter
from operator import itemgetter

SAMPLE = 1000  # characters of text looked at

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")), ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u3400-\u9fff]")), ("th", re.compile("[\u0e00-\u0e7f]")), ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")), ("bn", re.compile("[\u0980-\u09ff]")), ("pa", re.compile("[\u0a00-\u0a7f]")),
    ("gu", re.compile("[\u0a80-\u0aff]")), ("or", re.compile("[\u0b00-\u0b7f]")), ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")), ("kn", re.compile("[\u0c80-\u0cff]")), ("ml", re.compile("[\u0d00-\u0d7f]")),
    ("si", re.compile("[\u0d80-\u0dff]")), ("my", re.compile("[\u1000-\u109f]")), ("ka", re.compile("[\u10a0-\u10ff]")),
    ("am", re.compile("[\u1200-\u137f]")), ("km", re.compile("[\u1780-\u17ff]")), ("lo", re.compile("[\u0e80-\u0eff]")),
    ("hy", re.compile("[\u0530-\u058f]")), ("Arab", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("Cyrl", re.compile("[\u0400-\u052f]")), ("Deva", re.compile("[\u0900-\u097f]")),
)  # fmt: skip

_WORDS = {
    "en": "the of and to in is that for was on with as it by at from his has are have he be not this said which who",
    "de": "der die und das ist nicht mit von den zu sich auf für ein eine dem auch als bei nach wird im wurde hat",
    "fr": "la de le les des et est dans une pour qui que du sur pas plus par au avec ce cette ont sont été aux son",
    "es": "la de y lo a no el los las que en un una por con para del se su al como más pero sus fue este ha está son entre",
    "pt": "de a o e os que em um uma para com não dos das do da na no se ao pelo pela mais foi são está como ser",
    "it": "la a in i le il di che è e la per un una del della con non sono da si le dei nel alla gli più anche come ha",
    "nl": "de het een en van is dat op te in voor met zijn niet aan er ook die om bij naar door wordt heeft",
    "sv": "och att det som en på är av för med till den har inte om ett men var jag sig från så kan",
    "no": "og det som en på er av for med til den har ikke om et men var jeg seg fra så kan ble etter",
    "da": "og det som en på er af for med til den har ikke om et men var jeg sig fra så kan blev efter",
    "fi": "ja on ei että se oli hän mutta myös kun ovat joka mukaan sekä tai kuin ole nyt jo vain",
    "pl": "i w na z do się nie to że jest o jak po co ale za od przez dla był są oraz który przy",
    "cs": "a v na se že je s z do o to k i jako za by ale pro po od které jsou bylo který také",
    "sk": "a v na sa že je s z do o to k aj ako za by ale pre po od ktoré sú bolo ktorý tiež",
    "hu": "a az és hogy nem is egy ez meg de volt csak mint már ha el van még azt amely szerint",
    "ro": "și în de la a cu pe nu că este din o un care mai pentru au fost sau prin după lui sunt",
    "tr": "ve bir bu da de için ile olarak daha çok olan gibi ama kadar sonra en ise göre değil dedi",
    "id": "yang dan di dari untuk dengan ini itu dalam pada tidak akan juga oleh telah ke adalah tersebut bisa karena",
    "ms": "yang dan di dari untuk dengan ini itu dalam pada tidak akan juga oleh telah ke ialah beliau kerana katanya boleh",
    "vi": "và của là có trong cho không được với các một này những đã người khi để từ tại về",
    "ca": "el la de que i els les en un una per amb del és al no més com ha són dels també",
    "hr": "je i u na se da su za od s koji kako ili što nije bi ali biti iz bila te",
    "lt": "ir kad į su yra iš bet tai kaip dėl buvo apie per už prie nuo jis taip pat dar",
    "lv": "un ir ka no ar par uz kas tika arī bet kā pie pēc lai vai gada viņš tas",
    "et": "ja on ei et see oli kui ka mis oma aga ning siis veel või seda tema selle kes",
    "sw": "ya na wa kwa ni katika za la kuwa cha hiyo huyo baada alisema ambaye yake lakini pia",
    "tl": "ang ng sa na mga at ay ni si para ito hindi kay may nang isang siya niya",
    "xh": "ukuba kwaye xa kunye oku le into ngoko kodwa nge ngo ukuze",
    "zu": "ukuthi futhi uma kanye lokhu le ngoba kodwa nge ngo ukuze kusho",
    "af": "die van en in is het dat nie met om op vir te ʼn 'n wat sy aan was",
    "ru": "и в не на что с по это как его из за для от но он был также года все о",
    "uk": "і в не на що з та до це як його за від для у про але він також року й",
    "bg": "и в на да не се от за по е че са с като но той това до при който",
    "sr": "и у на је да се од за су са који како али није о по из до",
    "ar": "في من على إلى أن التي عن الذي هذا مع هذه كان بعد قال ما لا بين ذلك",
    "fa": "در از به که این را با است برای آن یک بود شده تا خود های می هم",
    "ur": "کے کی میں ہے کا نے سے اور کو کہ اس پر ہیں یہ بھی ہو نہیں کر",
    "ps": "د په او چې کې له دی سره دا یې ته شي ده هم",
    "hi": "के की में है का ने से और को कि पर हैं यह भी हो नहीं इस था एक लिए",
    "mr": "आहे आणि या च्या ते त्या मध्ये हे की असे होते केली झाली ही नाही आहेत यांनी",
    "ne": "र को मा छ गरेको भएको छन् हुन गर्न पनि ले लाई यो भने",
}
_LATIN = {k for k in _WORDS if k not in ("ru", "uk", "bg", "sr", "ar", "fa", "ur", "ps", "hi", "mr", "ne")}
_FAMILY = {
    "Arab": {"ar", "fa", "ur", "ps"}, "Cyrl": {"ru", "uk", "bg", "sr"}, "Deva": {"hi", "mr", "ne"}, "": _LATIN,
}  # fmt: skip
_BY_WORD: dict[str, dict[str, list[str]]] = {script: {} for script in _FAMILY}  # script -> word -> languages
for _script_name, _languages in _FAMILY.items():
    for _language, _list in _WORDS.items():
        for _word in _list.split() if _language in _languages else ():
            _BY_WORD[_script_name].setdefault(_word, []).append(_language)
_KNOWN = {*_WORDS, *(name for name, _ in _SCRIPTS)}
_WORD = re.compile(r"[^\s\d.,;:!?()\"“”«»]+")
_ASCII_WORDS = bytes(code if code > 127 or _WORD.match(chr(code)) else 32 for code in range(256))  # in UTF-8: what parts words is a space
_QUOTES = "“”«»"
_OTHER_SCRIPTS = bytes((*range(0xCC, 0xE2), *range(0xE3, 0xF5)))  # first bytes in UTF-8 of all but Latin, its dashes and quotes
_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?![A-Za-z])")


_NO_LANGUAGE = frozenset(["utf", "iso", "und", "mul", "zxx", "all"])  # character sets, and codes that name none (ISO 639-2)


def normal_tag(declared: str | None) -> str | None:
    """A declared language as BCP 47: "en_us" -> "en-US", "hi-in" -> "hi-IN"; None where it is no language tag."""
    match = _TAG.match((declared or "").strip())
    if not match or match[1].lower() in _NO_LANGUAGE:
        return None
    primary, script, region = match[1].lower(), match[2], match[3]
    primary = {"iw": "he", "in": "id", "jp": "ja", "cn": "zh", "kr": "ko", "nb": "no", "cz": "cs"}.get(primary, primary)
    return "-".join(p for p in (primary, script and script.title(), region and region.upper()) if p)


def _votes(text: str) -> tuple[dict[str, int], int]:
    """(function words seen by language, words seen). Languages stand in the order in which the text brings them up."""
    sample = text[:SAMPLE]
    script = _script(sample)
    if script and script not in _FAMILY:
        return {script: 1}, 1
    tokens = _tokens(sample.casefold())
    languages = _BY_WORD[script or ""]
    votes: dict[str, int] = {}
    telling: dict[str, int] = {}  # different words of two letters or more: "a" and "v" stand in lists of anything
    for token, count in Counter([token for token in tokens if token in languages]).items():
        tells = len(token) > 1
        for language in languages[token]:
            votes[language] = votes.get(language, 0) + count
            telling[language] = telling.get(language, 0) + tells
    return {language: count for language, count in votes.items() if telling[language] > 1}, len(tokens) or 1


def _tokens(sample: str) -> list[str]:
    """What white space, digits and punctuation part. By tables where the text is Latin, at a tenth of the expression's time."""
    bare = sample
    for quote in _QUOTES:  # faster than a table
        bare = bare.replace(quote, " ")
    raw = bare.encode("utf-8", "replace")
    if len(raw.translate(None, _OTHER_SCRIPTS)) < len(raw):
        return _WORD.findall(sample)  # they have digits of their own
    return raw.translate(_ASCII_WORDS).decode().split()


def _script(sample: str) -> str | None:
    """The script of the text: the first whose letters are at least a fifth of it; "" stands for Latin."""
    if sample.isascii():
        return None
    if len(sample.encode("ascii", "ignore")) > len(sample) * 0.75:
        return None
    letters = len(_LETTER.findall(sample)) or 1
    for name, pattern in _SCRIPTS:
        share = len(pattern.findall(sample)) / letters
        if share > (0.05 if name == "ja" else 0.3):
            return name
    return None


def language_of(declared: str | None, text: str) -> tuple[str | None, str]:
    """(BCP 47 tag or None, evidence)."""
    tag = normal_tag(declared)
    if len(text) < 40:
        return tag, "declared"
    votes, seen = _votes(text)
    if not votes:
        return tag, "declared"
    found, count = max(votes.items(), key=itemgetter(1))
    primary = tag.split("-")[0] if tag else ""
    own = votes.get(primary, 0)
    if tag and (primary == found or own * 3 >= count * 2 or primary not in _KNOWN):
        return tag, "declared"
    if tag and count < 0.08 * seen and (count < max(4, 0.03 * seen) or own * 5 > count):
        return tag, "declared"  # a list, a table, names; Zulu and its kin have few small words, but then hardly any of English
    return (found, "text") if count >= 0.04 * seen else (tag, "declared")
