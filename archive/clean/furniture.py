"""Words of page furniture, as data: classes and ids that name it, and phrases that open it, in the web's languages.

Phrases are matched at the start of a short block: an article may speak of newsletters, but a prompt opens with one.
"""

from __future__ import annotations

import re

# Classes and ids: a word of them is parted at anything but letters.
NEGATIVE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:(?:[a-z]{0,20}[_-])?(?:share|sharing|social|comments?|disqus|related|recommend\w{0,8}|promo\w{0,8}|newsletter\w{0,8}|"
    r"subscri\w{0,8}|signup|sign-up|sidebar|sidenav|widget|footer|nav|navbar|navigation|menu|breadcrumbs?|pagination|pager|"
    r"advert\w{0,10}|ads?|sponsor\w{0,6}|banner|popup|modal|overlay|cookie\w{0,6}|consent|paywall|trending|popular|mostread|most-read|"
    r"teaser\w{0,8}|outbrain|taboola|author-?bio|authorbox|about-author|author-info|author-box|bio|tags?|taglist|toolbar|skip|login|register|"
    r"carousel|slider|slideshow|read-?more|readmore|more-?stories|also-?read|jump-?link|toc|copyright|legal|print|masthead|"
    r"caption|credit|figcaption|byline|dateline|timestamp|meta|postmeta|entry-meta|post-meta|hidden|screen-reader-text|sr-only|"
    r"donat\w{0,6}|poll|quiz|livefyre|rating|reviews?|app-?banner|app-?download|download-?app|epaper|infobox|factbox|"
    r"upsell|cta|callout|feedback|correction|outro|ticker))(?=$|[\s_-])"
)
POSITIVE_NAMES = re.compile(
    r"article-?body|articlebody|story-?body|storybody|entry-?content|post-?content|post-?body|article-?content|content-?body|"
    r"article-?text|articletext|story-?content|body-?text|bodytext|main-?content|rich-?text|articulo|cuerpo|artikel|textbody|story__body|"
    r"article__body|article__content|post__content|paragraph"
)

PROMPTS = re.compile(
    r"^\W{0,4}(?:"
    # English
    r"also read|read (?:more|also|next|this|the (?:full|original))|see also|watch(?: also| now| live| the video|:)|related(?: stor| article| news| post| content|:|$)|"
    r"more (?:on|from|about|stories|news|in)\b|recommended|you may (?:also )?like|you might (?:also )?like|don'?t miss|"
    r"click here|tap here|follow (?:us|@|the|our|me)\b|join (?:us|our|the)\b|subscribe|sign up|sign in|log ?in\b|register (?:now|here|to)|"
    r"download (?:the|our)|open in app|get (?:the|our|latest|breaking|all|daily|more)\b.{0,60}(?:app|news|newsletter|inbox|alerts|updates)|"
    r"advertisement|advertising|sponsored|promoted|story continues|article continues|continue reading|scroll (?:down )?(?:to|for)|"
    r"share (?:this|on|via|article|with|the|your)|tweet|email this|print this|copy link|"
    r"(?:first )?(?:published|updated|posted|last updated|modified)\s?(?:on|at|:|date)|tags?\s?:|topics?\s?:|filed under|categor(?:y|ies)\s?:|"
    r"image (?:credit|source|caption|copyright)|photo(?:graph)?s?(?: credit|\s?:|\sby)|pic credit|picture:|file photo|representational|getty images|"
    r"copyright|©|all rights reserved|\(c\) ?\d|disclaimer|this (?:story|article|post|content|report) (?:has|was|is|originally|first|appeared)\b|"
    r"\(?(?:with inputs from|except for the headline|this story)|"
    r"leave a (?:comment|reply)|post a comment|\d+ comments?|comments? \(|comments?$|be the first|"
    r"about the author|the author is|for (?:more|all|the latest)\b.{0,40}(?:news|stories|updates|information|visit|follow|click|download)|"
    r"support (?:our|us|independent)|donate|newsletter|do you have|have (?:a|you got|something)|contact us|send (?:us|your|tips)|if you (?:enjoyed|liked)|"
    r"\d+ (?:min(?:ute)?s?|sec) read|reading time|listen to|play (?:video|audio)|loading|please enable|"
    r"we use cookies|accept (?:all )?cookies|by (?:signing|clicking|subscribing|continuing)|"
    # German
    r"lesen sie (?:auch|mehr|hier)|lesetipp|mehr (?:zum thema|dazu|lesen|aus|von)|weiterlesen|auch interessant|das könnte|zum thema|newsletter|"
    r"anzeige$|werbung$|jetzt (?:abonnieren|anmelden|lesen|testen)|hier (?:klicken|geht)|© ?dpa|dpa-infocom|teilen|kommentare|foto\s?:|bild\s?:|quelle\s?:|"
    # French
    r"lire aussi|à lire (?:aussi|également)|lire la suite|voir aussi|abonnez-vous|inscrivez-vous|suivez|partager|publicité|s'abonner|à lire|sur le même|"
    r"crédits? photo|photo\s?:|"
    # Spanish, Portuguese, Italian
    r"lea también|lee también|leer más|te puede interesar|ver también|suscr[ií]bete|síguenos|compartir|publicidad|más información|"
    r"leia (?:também|mais)|veja (?:também|mais)|siga|assine|compartilhe|publicidade|saiba mais|"
    r"leggi anche|per approfondire|iscriviti|seguici|condividi|pubblicità|"
    # Dutch, Nordic, Polish, Russian, Turkish
    r"lees (?:ook|meer|verder)|läs (?:också|mer|även)|les (?:også|mer)|læs (?:også|mere)|lue (?:myös|lisää)|czytaj (?:też|także|więcej|dalej)|"
    r"zobacz (?:też|także)|читайте (?:также|ещё|еще)|подпис|читати також|читайте також|ayrıca bak|devamını oku|baca juga|"
    # Indic, Arabic, East Asian
    r"ये भी पढ़|यह भी पढ़|इसे भी पढ़|और पढ़|यहां (?:क्लिक|पढ़)|पढ़ें\s?:|अधिक पढ़|हमें फॉलो|डाउनलोड|आगे पढ़|अस्वीकरण|"
    r"اقرأ (?:أيضا|المزيد)|إقرأ|شاهد أيضا|تابعونا|اشترك|"
    r"関連(?:記事|ニュース|リンク)|続きを読む|あわせて読みたい|この記事|相关(?:阅读|新闻)|延伸阅读|更多|責任編輯|责任编辑|관련\s?기사|무단\s?전재|저작권자"
    r")",
    re.I,
)

# Whole short blocks that are a control, whatever stands around them.
CONTROLS = re.compile(
    r"^\W*(?:share|tweet|pin|email|print|save|comments?|menu|search|home|close|next|previous|prev|back|more|less|"
    r"advertisement|ad|facebook|twitter|whatsapp|telegram|linkedin|reddit|copy link|open in app|follow us|city|epaper|e-paper|"
    r"subscribe|login|log in|sign in|sign up|read more|read less|show more|load more|view all|see all|anzeige|werbung|publicité|"
    r"publicidad|pubblicità|reklama|реклама|विज्ञापन|إعلان|広告|광고|全文)\W*$",
    re.I,
)

# Headings after which a page lists other things: the story is over.
ENDINGS = re.compile(
    r"^\W{0,4}(?:related (?:stor|article|news|post|content|topic|link|read|cover|video)\w*|(?:national |other |more )?rela?te?d? stories|realted|"
    r"more (?:stories|news|from|on|in|like|articles|posts)|most (?:read|popular|viewed|shared)|trending|popular|latest|recommended|read next|"
    r"you (?:may|might) (?:also )?(?:like|be interested)|comments?\b|leave a (?:reply|comment)|\d+ comments?|share this|about the author|"
    r"also in|further reading|what to read next|top stories|editor'?s picks?|newsletter|follow us|tags|topics|author|recent (?:posts|articles|news)|"
    r"references$|sources$|footnotes$|notes$|"
    r"mehr zum thema|das könnte sie|ähnliche artikel|weitere (?:artikel|themen|nachrichten|meldungen)|meistgelesen|kommentare|lesen sie auch|"
    r"à lire aussi|sur le même (?:sujet|thème)|les plus lus|articles? (?:similaires|liés)|commentaires|"
    r"te puede interesar|noticias relacionadas|lo más (?:leído|visto)|comentarios|artículos relacionados|leia também|mais lidas|veja também|notícias relacionadas|"
    r"leggi anche|articoli correlati|i più letti|commenti|lees ook|meer over|läs mer|les også|læs også|lue myös|czytaj także|"
    r"читайте также|по теме|संबंधित|ये भी पढ़|ट्रेंडिंग|اقرأ أيضا|مواضيع ذات صلة|الأكثر قراءة|関連記事|関連ニュース|アクセスランキング|相关|相關|추천|관련)",
    re.I,
)

# A prompt to read, watch or follow something else; counts where most of the block is its link.
READ_ON = re.compile(
    r"^\W{0,4}(?:also,? read|read (?:more|also|next|full|:)|see also|watch(?: also| now| here)?\s?:|related\s?(?:stor|article|news|post|:)|more on this|"
    r"don'?t miss|must read|you may (?:also )?like|recommended|click here|tap here|follow (?:us|our)|"
    r"subscribe|sign up|download|join (?:us|our)|lesen sie (?:auch|hier|mehr|dazu)|lesetipp|mehr (?:zum thema|dazu|lesen)|auch interessant|"
    r"weiterlesen|à lire (?:aussi|également)|lire aussi|lire la suite|voir aussi|lea también|lee también|te puede interesar|le puede interesar|"
    r"ver también|leer más|leia (?:também|mais)|veja (?:também|mais)|saiba mais|leggi anche|leggi tutto|lees (?:ook|meer)|läs (?:också|mer|även)|"
    r"les (?:også|mer)|læs (?:også|mere)|lue myös|czytaj (?:też|także|więcej)|zobacz (?:też|także)|čtěte (?:také|více)|olvasd? el|citește și|"
    r"читайте (?:также|ещё|еще)|читайте також|читати також|смотрите также|ayrıca oku|devamını oku|ilgili haber|baca juga|xem thêm|đọc thêm|"
    r"(?:ये|यह|इसे) भी पढ़|और पढ़|यहां (?:क्लिक|पढ़)|हे ?(?:ही|पण) वाचा|আরও পড়|আরো পড়|மேலும் படிக்க|ఇది కూడా|"
    r"اقرأ (?:أيضا|المزيد)|إقرأ (?:أيضا|المزيد)|شاهد أيضا|بیشتر بخوانید|یہ بھی پڑھ|קרא עוד|"
    r"関連記事|【関連|あわせて読みたい|続きを読む|延伸阅读|相关阅读|相關新聞|관련\s?기사)",
    re.I,
)
COPYRIGHTS = re.compile(
    r"^\W{0,3}(?:©|\(c\)\s|copyright\b|&copy;|dpa-infocom|all rights reserved|alle rechte vorbehalten|tous droits réservés|"
    r"todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|無断転載|저작권자|무단\s?전재)",
    re.I,
)
