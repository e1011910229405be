"""Phrases of page furniture, as data, in the web's languages.

Only what is furniture with high precision stands here: most of it is learned (see `archive.clean.signs`).
"""

from __future__ import annotations

import re

from archive.clean.phrases import Openings

# Whole short blocks that are a control, whatever stands around them.
CONTROLS = Openings(
    r"^\W*(?:share|tweet|pin|email|print|save|comments?|menu|search|home|close|next|previous|prev|back|more|less|"
    r"advertisement|ad|facebook|twitter|whatsapp|telegram|linkedin|reddit|copy link|open in app|follow us|"
    r"city|epaper|e-paper|"
    r"subscribe|login|log in|sign in|sign up|read more|read less|show more|load more|view all|see all|"
    r"anzeige|werbung|publicité|publicidade?|pubblicità|reklama?|reclame|advertentie|annons|annonse|mainos|hirdetés|"
    r"iklan|tangazo|quảng cáo|"
    r"haberin devamı|διαφήμιση|реклама|विज्ञापन|বিজ্ঞাপন|விளம்பரம்|ప్రకటన|اشتہار|تبلیغات|إعلان|פרסומת|โฆษณา|広告|광고|广告|全文|"
    r"\d{1,3}\s?(?:/|of|von|de|di|sur|van|из)\s?\d{1,3})\W*$",
    "ad an ba ci cl co em ep fa fo ha hi ho ik le li lo ma me mo ne op pi pr pu qu re sa se sh si su ta te tw vi we wh",
)


# A prompt to read, watch or follow something else; counts where most of the block is its link.
READ_ON = Openings(
    r"^\W{0,4}(?:also,? read|read (?:more|also|next|full|:)|see also|watch(?: also| now| here)?\s?:|"
    r"related\s?(?:stor|article|news|post|:)|more on this|"
    r"don'?t miss|must read|you may (?:also )?like|recommended|click here|tap here|follow (?:us|our)|"
    r"subscribe|sign up|download|join (?:us|our)|lesen sie (?:auch|hier|mehr|dazu)|lesetipp|"
    r"mehr (?:zum thema|dazu|lesen)|auch interessant|"
    r"weiterlesen|à lire (?:aussi|également)|lire aussi|lire la suite|voir aussi|lea también|lee también|"
    r"te puede interesar|le puede interesar|"
    r"ver también|leer más|leia (?:também|mais)|veja (?:também|mais)|saiba mais|leggi anche|leggi tutto|"
    r"lees (?:ook|meer)|läs (?:också|mer|även)|"
    r"les (?:også|mer)|læs (?:også|mere)|lue myös|czytaj (?:też|także|więcej)|zobacz (?:też|także)|"
    r"čtěte (?:také|více)|olvasd? el|citește și|"
    r"читайте (?:также|ещё|еще)|читайте також|читати також|смотрите также|ayrıca oku|devamını oku|"
    r"ilgili haber|baca juga|xem thêm|đọc thêm|"
    r"(?:ये|यह|इसे) भी पढ़|और पढ़|यहां (?:क्लिक|पढ़)|हे ?(?:ही|पण) वाचा|আরও পড়|আরো পড়|மேலும் படிக்க|ఇది కూడా|"
    r"اقرأ (?:أيضا|المزيد)|إقرأ (?:أيضا|المزيد)|شاهد أيضا|بیشتر بخوانید|یہ بھی پڑھ|קרא עוד|"
    r"関連記事|【関連|あわせて読みたい|続きを読む|延伸阅读|相关阅读|相關新聞|관련\s?기사)",
    "al au ay ba ci cl cz de do fo il jo le li lu me mo mu ol re sa se si su ta te ve vo wa we xe yo zo",
)
COPYRIGHTS = re.compile(
    r"^\W{0,3}(?:©|\(c\)\s|copyright\b|&copy;|dpa-infocom|all rights reserved|alle rechte vorbehalten|"
    r"tous droits réservés|"
    r"todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|無断転載|저작권자|무단\s?전재)",
    re.I,
)

# To follow the outlet elsewhere; counts in a short block that links.
FOLLOW = re.compile(r"\bgoogle[- ](?:news|nieuws|actualités|noticias|haberler)\b|\bwhats-?app\b|\btelegram\b|\bnewsletter\b", re.I)
