"""Pages that are an answer but no story: not found, a challenge, a consent wall. High precision: short, and titled so."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from archive.clean.bounds import bounded
from archive.clean.decode import decode
from archive.model import WallKind

WALLS: dict[WallKind, str] = {
    "not-found": "the page says that there is no such page",
    "challenge": "the server asked for a proof that we are human",
    "consent": "the page asks for consent before it shows anything",
    "unavailable": "the page says that it can't be shown",
}
_TITLES: tuple[tuple[WallKind, re.Pattern[str]], ...] = (
    ("not-found", re.compile(
        r"^\W*(?:error\s)?(?:404|410)\b|^\W*(?:oops\W{1,4})?(?:page|article|story|content|file)\s(?:is\s|"
        r"was\s|could\s)?not\s(?:be\s)?(?:found|available)|"
        r"^\W*(?:oops\W{1,4}|sorry\W{1,4})?(?:that|this|the)\s(?:page|article|story|content|item)\s(?:you\s[\w\s]{1,40})?"
        r"(?:can(?:no|['’]?)t\sbe\sfound|could(?:\sno|n['’]?)t\sbe\sfound|(?:is\s)?no\slonger\s(?:available|exists)|"
        r"has\s(?:been\s(?:removed|deleted)|expired)|"
        r"does(?:\sno|n['’]?)t\sexist)|^\W*(?:article|page|story|content)\s(?:removed|deleted|expired|unavailable)\W*$|"
        r"^\W*not found\W*$|^\W*seite (?:wurde )?nicht gefunden|^\W*page (?:introuvable|non trouvée)|"
        r"^\W*página no encontrada|"
        r"^\W*página não encontrada|^\W*pagina non trovata|^\W*pagina niet gevonden|"
        r"^\W*страница не найдена|^\W*पेज नहीं मिला|"
        r"^\W*الصفحة غير موجودة|ページが見つかりません|页面(?:不存在|未找到)|페이지를 찾을 수 없",
        re.I)),
    ("challenge", re.compile(
        r"^\W*(?:just a moment|attention required|checking your browser|"
        r"verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a robot|human)|"
        r"robot check|security check|access (?:to this page has been )?denied|access denied|ddos-guard|"
        r"request blocked|pardon our interruption|"
        r"one more step|bot verification|captcha|please wait\W*$|human verification)|^\W*you have been blocked",
        re.I)),
    ("consent", re.compile(
        r"^\W*(?:before you continue|cookie consent|consent (?:required|management)|we value your privacy|"
        r"your privacy choices|"
        r"datenschutz-?einstellungen|zustimmung erforderlich|privacy gate|weiter(?:lesen)? mit werbung|"
        r"mit werbung (?:weiter)?lesen|"
        r"(?:nous respectons|respect de) (?:votre|la) vie privée|vos choix (?:concernant|en matière de)|"
        r"(?:valoramos|respetamos) (?:su|tu) privacidad|"
        r"(?:rispettiamo|teniamo) (?:alla|la) tua privacy|wij respecteren (?:uw|je) privacy|valorizamos a sua privacidade)",
        re.I)),
    ("unavailable", re.compile(
        r"^\W*(?:403 forbidden|forbidden\W*$|500 internal server error|internal server error|"
        r"502 bad gateway|bad gateway|503 service|"
        r"service unavailable|(?:the |this |our )?(?:web)?site (?:is )?(?:currently )?(?:under|down for|in) maintenance|"
        r"(?:under|site|scheduled) maintenance\W*$|we(?:['’]ll| will) be (?:right )?back (?:soon|shortly)|"
        r"unavailable for legal reasons|451\b|"
        r"(?:wordpress \W{0,3}|database )error\W*$|error establishing a database connection|"
        r"(?:this )?account (?:has been )?suspended\W*$|"
        r"welcome to (?:nginx|centos|caddy)\W*$|apache2? \w+ default page|iis windows server\W*$|index of /|future home of|"
        r"[\w-]+(?:\.[\w-]+)+ (?:is|may be) for sale|(?:this|the) domain (?:name )?(?:is|may be) (?:for sale|available|parked)|"
        r"buy this domain|(?:please )?(?:sign|log) ?in(?: (?:to|or|and|required)\b[^.]{0,60})?\W*$)",
        re.I)),
)  # fmt: skip
_BODY = re.compile(
    r"enable javascript (?:and cookies )?to continue|checking (?:if the site connection is secure|"
    r"your browser before accessing)|"
    r"please (?:verify you are|complete the security check|enable cookies)|ray id:?\s?[0-9a-f]{8}",
    re.I,
)
_NO_SCRIPT = re.compile(  # all that a page has to say which wants its script to be run first
    r"(?:requires?|needs?|enable|turn on|activate) java ?script\b|java ?script (?:is|must be) (?:disabled|required|enabled)|"
    r"javascript aktivieren|activer javascript|habilit[ae]r? javascript",
    re.I,
)
# Where consent is asked for: hosts and paths that are for nothing else.
_CONSENT_URL = re.compile(r"^https?://(?:consent|guce|myprivacy|privacygate)\.|/(?:collectconsent|consent-?wall|privacy-?gate)\b", re.I)
# What challenge pages load; pages behind the same services have some of it as well, but they have text.
_CHALLENGE_MARKUP = re.compile(
    r"/cdn-cgi/challenge-platform/|window\._cf_chl_opt|_Incapsula_Resource|px-captcha|captcha-delivery\.com|awsWafCookieDomainList"
    r"|sec-if-cpt-container|ddos-guard",
    re.I,
)
LONGEST = 180  # words: a story about a missing page is longer than the page that is missing
FEW = 40  # words of a page that is nothing but a script
_HEAD = 100_000  # characters in which markup is looked for


def refusal(titles: tuple[str | None, ...], text: str, words: int, page_words: int, *, url: str = "", html: str = "") -> WallKind | None:
    """What stands in the way of a story, or None. `titles`: title element and headings; `text`: what was kept of it.

    `words` are those of the story, `page_words` those of the whole page.
    """
    if words > LONGEST:
        return None
    for title in titles:
        if title and len(title) <= 160:
            for kind, pattern in _TITLES:
                if pattern.search(title):
                    return kind
    if page_words <= LONGEST and _BODY.search(text):
        return "challenge"
    if page_words <= FEW and (_CHALLENGE_MARKUP.search(html[:_HEAD]) or _NO_SCRIPT.search(text)):
        return "challenge"
    return "consent" if page_words <= LONGEST and _CONSENT_URL.search(url) else None


def wall_of(body: bytes, url: str) -> WallKind | None:
    """What an HTML page that should have been a feed puts in the way, or None. Never raises."""
    try:
        html, _ = decode(body, {})
        tree = LexborHTMLParser(bounded(html)[0])
        titles = [node.text()[:200].strip() for node in (*tree.css("title")[:1], *tree.css("h1")[:2])]
        text = tree.body.text(separator=" ")[:20_000] if tree.body else ""
    except Exception:  # a page that no parser reads is no wall that we know
        return None
    words = len(text.split())
    return refusal(tuple(titles), text[:2000], words, words, url=url, html=html)
