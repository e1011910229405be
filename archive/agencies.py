"""News agencies of the world: data, and the lookup from a credit as printed to an agency.

Rules are data with an optional end: `valid_until` closes a rule for pages fetched after that day (an agency renamed or
merged), so that old captures keep their old reading. The lookup says who is *named*; whether naming is a credit is
decided by `archive.clean.agency`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency. `short` are signatures that count only as printed (case matters): in credits, never in running text."""

    code: str  # ours, stable: "ians"
    name: str
    country: str  # ISO 3166; "" for the United Nations
    short: tuple[str, ...] = ()  # initials and signatures, exact case: "PTI", "dpa"
    aliases: tuple[str, ...] = ()  # names in the world's languages and scripts, any case
    domains: tuple[str, ...] = ()  # its own sites and services
    valid_until: date | None = None  # last day of capture for which the rule holds


def _row(line: str) -> Agency:
    code, country, name, short, aliases, domains = (part.strip() for part in line.split("|"))
    return Agency(code, name, country, _list(short), _list(aliases), _list(domains))


def _list(field: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in field.split(";") if part.strip())


# code | country | name | signatures | other names | domains
_ROWS = """
ians | IN | Indo-Asian News Service | IANS | Indo Asian News Service; आईएएनएस; आइएएनएस; ஐஏஎன்எஸ்; ఐఏఎన్ఎస్; আইএএনএস; IANS English; IANSlive | ians.in; ianslive.in
pti | IN | Press Trust of India | PTI | पीटीआई; पीटीआइ; प्रेस ट्रस्ट ऑफ इंडिया; पीटीआय; পিটিআই; பிடிஐ; పీటీఐ; ಪಿಟಿಐ; പിടിഐ; پی ٹی آئی; भाषा; PTI Bhasha | ptinews.com; pti.in
ani | IN | Asian News International | ANI | एएनआई; एएनआइ; এএনআই; ఏఎన్ఐ; அஎன்ஐ; ANI News | aninews.in
uni | IN | United News of India | UNI | यूएनआई; युनीवार्ता; यूनीवार्ता; वार्ता; UNI India | uniindia.com; uniindia.net
hs | IN | Hindusthan Samachar | HS | Hindustan Samachar; हिन्दुस्थान समाचार; हिंदुस्थान समाचार | hindusthansamachar.in
pib | IN | Press Information Bureau | PIB | पत्र सूचना कार्यालय; PIB Delhi | pib.gov.in
ap | US | Associated Press | AP | The Associated Press; Associated Press; La Prensa Asociada; AP通信; एपी; एसोसिएटेड प्रेस; أسوشيتد برس; أسوشيتد بريس; 美联社; 美聯社; אסושייטד פרס; اسوشيتدبرس | apnews.com; ap.org
reuters | GB | Reuters | | Thomson Reuters; Reuters News; Reuters Staff; रॉयटर्स; रायटर्स; रॉयटर; رويترز; 路透社; 路透; ロイター; ロイター通信; 로이터; 로이터통신; Рейтер; Рейтерс; Ρόιτερς; Ρόϊτερς; রয়টার্স; רויטרס; رویترز; روئٹرز | reuters.com
afp | FR | Agence France-Presse | AFP | Agence France Presse; एएफपी; एएफ़पी; فرانس برس; أ ف ب; أ.ف.ب; ا ف ب; وكالة فرانس برس; 法新社; AFP時事; AFP通信; AFPBB News; АФП; Франс Пресс; এএফপি; اے ایف پی; AFP/Relaxnews; AFP Relaxnews | afp.com
dpa | DE | Deutsche Presse-Agentur | dpa; DPA | dpa-infocom; dpa international; dpa-AFX; dpa/tmn; Deutsche Presse Agentur; डीपीए; د ب أ; 德新社; ДПА | dpa.com; dpa-international.com
sid | DE | Sport-Informations-Dienst | SID; sid | Sport-Informationsdienst | sid.de
kna | DE | Katholische Nachrichten-Agentur | KNA | Katholische Nachrichtenagentur | kna.de
epd | DE | Evangelischer Pressedienst | epd | | epd.de
apa | AT | Austria Presse Agentur | APA | Austria Presse-Agentur; APA/dpa; APA/AFP; APA/Reuters | apa.at
sda | CH | Keystone-SDA | sda; SDA; ATS; ats | Keystone-SDA; Schweizerische Depeschenagentur; Agence télégraphique suisse; Keystone-ATS | keystone-sda.ch; keystone-ats.ch
efe | ES | Agencia EFE | EFE | Agencia EFE; Agência EFE; EFE Verde; وكالة إفي; إفي | efe.com
europapress | ES | Europa Press | EP | Europa Press; Agencia Europa Press; EUROPA PRESS | europapress.es
ansa | IT | Agenzia Nazionale Stampa Associata | ANSA | Agenzia ANSA; أنسا; АНСА | ansa.it
adnkronos | IT | Adnkronos | | Adnkronos; AdnKronos International | adnkronos.com
lusa | PT | Agência Lusa | Lusa; LUSA | Agência Lusa; Agencia Lusa | lusa.pt
anp | NL | Algemeen Nederlands Persbureau | ANP | Algemeen Nederlands Persbureau | anp.nl
belga | BE | Belga News Agency | BELGA | Belga; Agence Belga; Belga News Agency | belga.be
ritzau | DK | Ritzaus Bureau | | Ritzau; /ritzau/ | ritzau.dk
ntb | NO | Norsk Telegrambyrå | NTB; ©NTB | Norsk Telegrambyrå | ntb.no
tt | SE | Tidningarnas Telegrambyrå | TT | Tidningarnas Telegrambyrå; TT Nyhetsbyrån | tt.se
stt | FI | Suomen Tietotoimisto | STT | Suomen Tietotoimisto | stt.fi
pap | PL | Polska Agencja Prasowa | PAP | Polska Agencja Prasowa; ПАП | pap.pl
ctk | CZ | Česká tisková kancelář | ČTK; CTK | Česká tisková kancelář; ČTK/AP | ctk.cz; ceskenoviny.cz
tasr | SK | Tlačová agentúra Slovenskej republiky | TASR | | tasr.sk
mti | HU | Magyar Távirati Iroda | MTI | Magyar Távirati Iroda | mti.hu
agerpres | RO | Agerpres | | AGERPRES | agerpres.ro
bta | BG | Bulgarian News Agency | BTA; БТА | Българска телеграфна агенция | bta.bg
hina | HR | Hrvatska izvještajna novinska agencija | HINA | Hina | hina.hr
tanjug | RS | Tanjug | | Tanjug; Танјуг | tanjug.rs
beta | RS | Beta | | Agencija Beta; Novinska agencija Beta; Beta News Agency | beta.rs
ana | GR | Athens-Macedonian News Agency | AMNA; ΑΠΕ-ΜΠΕ; ΑΠΕ | Athens News Agency | amna.gr
anadolu | TR | Anadolu Agency | AA | Anadolu Ajansı; Anadolu Agency; Anadolu; الأناضول; وكالة الأناضول; अनादोलु; Анадолу | aa.com.tr
dha | TR | Demirören Haber Ajansı | DHA | Demirören Haber Ajansı | dha.com.tr
iha | TR | İhlas Haber Ajansı | İHA | İhlas Haber Ajansı | iha.com.tr
tass | RU | TASS | ТАСС; TASS | ITAR-TASS; ИТАР-ТАСС; تاس; 塔斯社; タス通信; तास | tass.ru; tass.com
interfax | RU | Interfax | | Interfax; Интерфакс; Interfax-Ukraine; Інтерфакс-Україна | interfax.ru; interfax.com
ria | RU | RIA Novosti | | RIA Novosti; РИА Новости; РИА «Новости»; Sputnik; Спутник; سبوتنيك | ria.ru; sputniknews.com; sputnikglobe.com
ukrinform | UA | Ukrinform | | Ukrinform; Укрінформ; Укринформ | ukrinform.ua; ukrinform.net
unian | UA | UNIAN | УНІАН; УНИАН | UNIAN | unian.ua
belta | BY | BelTA | БЕЛТА | BelTA; БелТА | belta.by
kazinform | KZ | Kazinform | | Kazinform; Казинформ | inform.kz
pa | GB | PA Media | PA | Press Association; The Press Association; PA Media; PA News Agency | pamediagroup.com
upi | US | United Press International | UPI | United Press International | upi.com
bloomberg | US | Bloomberg News | | Bloomberg; Bloomberg News | bloomberg.com
dowjones | US | Dow Jones Newswires | | Dow Jones Newswires; Dow Jones | dowjones.com
cnnwire | US | CNN Newsource | | CNN Newswire; CNN Wire; CNN Newsource; The-CNN-Wire |
tns | US | Tribune News Service | TNS | Tribune News Service; Tribune Content Agency | tribunenewsservice.com
prnewswire | US | PR Newswire | | PR Newswire; PRNewswire; /PRNewswire/ | prnewswire.com
businesswire | US | Business Wire | | Business Wire; BUSINESS WIRE | businesswire.com
globenewswire | US | GlobeNewswire | | GlobeNewswire; GLOBE NEWSWIRE | globenewswire.com
cp | CA | The Canadian Press | CP | The Canadian Press; Canadian Press; La Presse Canadienne | thecanadianpress.com
xinhua | CN | Xinhua News Agency | | Xinhua; Xinhua News Agency; 新华社; 新華社; 新华网; 新華網; शिन्हुआ; شينخوا; Синьхуа; Agencia Xinhua; Agence Xinhua | xinhuanet.com; news.cn
cns | CN | China News Service | CNS | China News Service; 中新社; 中国新闻社; 中新网 | chinanews.com; chinanews.com.cn
cna_tw | TW | Central News Agency | | 中央社; 中央通訊社; Focus Taiwan | cna.com.tw; focustaiwan.tw
kyodo | JP | Kyodo News | | Kyodo; Kyodo News; 共同通信; 共同通信社; 共同; 共同社; 교도통신 | kyodonews.net; kyodonews.jp; nordot.app
jiji | JP | Jiji Press | | Jiji; Jiji Press; 時事通信; 時事通信社; 時事; 时事社 | jiji.com
yonhap | KR | Yonhap News Agency | | Yonhap; Yonhap News; Yonhap News Agency; 연합뉴스; 聯合ニュース; 韩联社; 韓聯社; يونهاب | yna.co.kr
newsis | KR | Newsis | | Newsis; 뉴시스 | newsis.com
news1 | KR | News1 | | 뉴스1; News1 Korea | news1.kr
kcna | KP | Korean Central News Agency | KCNA | Korean Central News Agency; 조선중앙통신; 朝鮮中央通信; 朝中社 | kcna.kp
vna | VN | Vietnam News Agency | VNA; TTXVN | TTXVN; Thông tấn xã Việt Nam; Vietnam News Agency | vnanet.vn; vietnamplus.vn
bernama | MY | Bernama | | Bernama; BERNAMA; 马新社; 馬新社 | bernama.com
antara | ID | Antara | | Antara; ANTARA News; LKBN Antara; Antara News | antaranews.com
pna | PH | Philippine News Agency | PNA | Philippine News Agency | pna.gov.ph
tna | TH | Thai News Agency | TNA | Thai News Agency; สำนักข่าวไทย | tna.mcot.net
app | PK | Associated Press of Pakistan | APP | Associated Press of Pakistan; اے پی پی | app.com.pk
inp_pk | PK | Independent News Pakistan | INP | Independent News Pakistan | inp.net.pk
bss | BD | Bangladesh Sangbad Sangstha | BSS; বাসস | Bangladesh Sangbad Sangstha; বাংলাদেশ সংবাদ সংস্থা | bssnews.net
unb | BD | United News of Bangladesh | UNB; ইউএনবি | United News of Bangladesh | unb.com.bd
rss_np | NP | Rastriya Samachar Samiti | RSS; रासस | Rastriya Samachar Samiti; राष्ट्रिय समाचार समिति | rssnepal.com; nationalnewsagency.gov.np
aap | AU | Australian Associated Press | AAP | Australian Associated Press; AAP Newswire | aap.com.au; aapnews.com.au
rnz | NZ | RNZ Pacific | | RNZ Pacific | rnz.co.nz
irna | IR | Islamic Republic News Agency | IRNA | ایرنا; إرنا; Islamic Republic News Agency | irna.ir
isna | IR | Iranian Students' News Agency | ISNA | ایسنا; Iranian Students News Agency | isna.ir
mehr | IR | Mehr News Agency | MNA | Mehr News Agency; خبرگزاری مهر | mehrnews.com
fars | IR | Fars News Agency | FNA | Fars News Agency; خبرگزاری فارس | farsnews.ir
mena | EG | Middle East News Agency | MENA; أ ش أ; أ.ش.أ | Middle East News Agency; وكالة أنباء الشرق الأوسط | mena.org.eg
wam | AE | Emirates News Agency | WAM | Emirates News Agency; وام; وكالة أنباء الإمارات | wam.ae
spa | SA | Saudi Press Agency | SPA | Saudi Press Agency; واس; وكالة الأنباء السعودية | spa.gov.sa
qna | QA | Qatar News Agency | QNA | Qatar News Agency; قنا; وكالة الأنباء القطرية | qna.org.qa
kuna | KW | Kuwait News Agency | KUNA | Kuwait News Agency; كونا; وكالة الأنباء الكويتية | kuna.net.kw
ona | OM | Oman News Agency | ONA | Oman News Agency; وكالة الأنباء العمانية | omannews.gov.om
bna | BH | Bahrain News Agency | BNA | Bahrain News Agency; بنا; وكالة أنباء البحرين | bna.bh
petra | JO | Jordan News Agency | | Petra News Agency; Jordan News Agency; بترا; وكالة الأنباء الأردنية | petra.gov.jo
sana | SY | Syrian Arab News Agency | SANA | Syrian Arab News Agency; سانا; وكالة سانا | sana.sy
nna | LB | National News Agency | NNA | الوكالة الوطنية للإعلام | nna-leb.gov.lb
wafa | PS | WAFA | WAFA | وفا; وكالة وفا | wafa.ps
ina | IQ | Iraqi News Agency | INA | Iraqi News Agency; واع; وكالة الأنباء العراقية | ina.iq
aps | DZ | Algérie Presse Service | APS | Algérie Presse Service; وأج; وكالة الأنباء الجزائرية | aps.dz
tap | TN | Tunis Afrique Presse | TAP | Tunis Afrique Presse; وات; وكالة تونس إفريقيا للأنباء | tap.info.tn
map | MA | Maghreb Arabe Presse | MAP | Maghreb Arabe Presse; ومع; وكالة المغرب العربي للأنباء | mapnews.ma
nan | NG | News Agency of Nigeria | NAN | News Agency of Nigeria | nannews.ng
gna | GH | Ghana News Agency | GNA | Ghana News Agency | gna.org.gh
kna_ke | KE | Kenya News Agency | | Kenya News Agency | kenyanews.go.ke
ena | ET | Ethiopian News Agency | ENA | Ethiopian News Agency | ena.et
apa_af | SN | African Press Agency | | African Press Agency; APAnews; APA-Dakar | apanews.net
panapress | SN | Panapress | PANA | Panapress; Pan African News Agency | panapress.com
zanis | ZM | Zambia News and Information Services | ZANIS | | zanis.gov.zm
ziana | ZW | New Ziana | | New Ziana | newziana.co.zw
angop | AO | Angola Press Agency | ANGOP | Angop; Agência Angola Press | angop.ao
telam | AR | Télam | | Télam; Telam; Agencia Télam | telam.com.ar
noticiasargentinas | AR | Noticias Argentinas | NA | Noticias Argentinas; Agencia NA | noticiasargentinas.com
prensalatina | CU | Prensa Latina | PL | Prensa Latina | prensa-latina.cu
notimex | MX | Notimex | | Notimex | notimex.gob.mx
agenciabrasil | BR | Agência Brasil | | Agência Brasil; Agencia Brasil | agenciabrasil.ebc.com.br
estadao | BR | Estadão Conteúdo | | Estadão Conteúdo; Estadao Conteudo | estadaoconteudo.com.br
folhapress | BR | Folhapress | | Folhapress; FOLHAPRESS | folhapress.com.br
ips | IT | Inter Press Service | IPS | Inter Press Service; IPS News | ipsnews.net
un_news | | UN News | | UN News; United Nations News | news.un.org
"""  # noqa: E501 - one agency a row reads better

AGENCIES: tuple[Agency, ...] = tuple(_row(line) for line in _ROWS.strip().split("\n"))

# A credit that names no house: agency copy, but nobody's in particular.
UNNAMED = frozenset(
    part.strip()
    for part in [
        "\nagencies",
        " agency",
        " news agencies",
        " wire",
        " wires",
        " wire reports",
        " wire report",
        " wire services",
        " wire service",
        " news wires",
        "\nnewswire",
        " agency report",
        " agency reports",
        " agency inputs",
        " agency feed",
        " syndicated feed",
        " agenturen",
        " mit agenturen",
        " agences",
        "\navec agences",
        " agencias",
        " con agencias",
        " agências",
        " com agências",
        " agenzie",
        " persbureaus",
        " bureauerna",
        " ajanslar",
        " агентства",
        "\nوكالات",
        " الوكالات",
        " एजेंसी",
        " वृत्तसंस्था",
        " एजन्सी",
        " एजेंसियां",
        " एजेंसियाँ",
        " न्यूज एजेंसी",
        " समाचार एजेंसी",
        " এজেন্সি",
        " ایجنسیاں",
        " 综合\n",
    ]
)


def _key(name: str) -> str:
    """Case and spacing away; marks that Arabic and Indic scripts need stay."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


@cache
def _tables() -> tuple[dict[str, Agency], dict[str, Agency], dict[str, Agency]]:
    exact = {s: a for a in reversed(AGENCIES) for s in a.short}
    names = {_key(n): a for a in reversed(AGENCIES) for n in (a.name, *a.aliases)}
    domains = {d: a for a in reversed(AGENCIES) for d in a.domains}
    return exact, names, domains


def _valid(agency: Agency | None, day: date | None) -> Agency | None:
    if agency and agency.valid_until and day and day > agency.valid_until:
        return None
    return agency


_AROUND = " \t\n()[]{}.,:;|/–—-©*\"'“”"


@cache
def _codes() -> dict[str, Agency]:
    return {agency.code: agency for agency in reversed(AGENCIES)}


def agency_of_code(code: str | None) -> Agency | None:
    """The agency whose code this is, also one that is no more."""
    return _codes().get(code or "")


def agency_named(credit: str, *, day: date | None = None) -> Agency | None:
    """The agency whose signature or name is the whole of `credit`, or None. `day` is the day of the capture."""
    credit = credit.strip(_AROUND)
    exact, names, _ = _tables()
    return _valid(exact.get(credit) or names.get(_key(credit)), day)


# Signatures that pages print for other things as well: the link to a feed, the button for larger type, "beta".
_EVERYDAY = frozenset(["RSS", "AA", "PA", "MAP", "TAP", "PL", "NA", "EP", "HS", "TT", "INA", "NAN", "CP", "SPA", "ONA", "IPS", "BETA"])


def means_other_things(credit: str) -> bool:
    """Whether a signature that stands alone, with no "by" or "source" before it, is likely none: "RSS", "AA"."""
    return credit.strip(_AROUND).upper() in _EVERYDAY


_SPLIT = re.compile(r"\s*(?:[/|,;&+()\[\]:–—•·]|\s-\s|\b(?:and|und|et|y|with|mit|avec|con|और|و)\b)\s*")
_DROP = re.compile(
    r"^(?:by|from|source|via|with|inputs?|agency|mit|von|par|avec|con|por|di|fonte|quelle|fuente|स्रोत|द्वारा|©)\s*:?\s+"
    r"|\s+(?:news|bureau|desk|staff|feed|english|hindi|inputs?|news service|news agency|correspondents?|reporters?)$",
    re.I,
)


def agencies_in(credit: str, *, day: date | None = None) -> tuple[Agency, ...]:
    """All agencies of a combined credit, in order: "Reuters/PTI", "With inputs from ANI and agencies"."""
    found: dict[str, Agency] = {}
    for piece in _SPLIT.split(credit[:300]):
        part = piece
        agency = agency_named(part, day=day)
        for _ in range(4):  # "With inputs from ANI News": a word of the phrase a step
            if agency or not (shorter := _DROP.sub("", part)) or shorter == part:
                break
            part = shorter
            agency = agency_named(part, day=day)
        if agency:
            found.setdefault(agency.code, agency)
    return tuple(found.values())


def is_unnamed_agency(credit: str) -> bool:
    """ "Agencies", "wire reports", "एजेंसी": agency copy of no house in particular."""
    return _key(credit.strip(" .,:;()[]|-–—")) in UNNAMED


def agency_of_host(host: str, *, day: date | None = None) -> Agency | None:
    """The agency that a host belongs to: "www.ptinews.com" -> pti."""
    labels = host.lower().rstrip(".").split(".")
    domains = _tables()[2]
    for start in range(max(len(labels) - 1, 0)):
        agency = domains.get(".".join(labels[start:]))
        if agency:
            return _valid(agency, day)
    return None
