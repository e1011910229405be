"""Words that credit an outlet's own people without a name: "Our Correspondent", "वेब डेस्क", "Haber Merkezi". Data and a look-up."""

from __future__ import annotations

_MOST = 5  # words of such a credit

# The whole credit, without case.
_WHOLE = """
staff | editorial | editorial staff | editorial team | editorial board | bureau report | tnn | ens | dhns | htc
times news network | our own staff | staff writer | staff writers | our representative | news team | web team
digital team | online team | express news service | special representative | unserer redaktion | unsere redaktion
unserem korrespondenten | unserer korrespondentin | unserem mitarbeiter | unserer mitarbeiterin | unserem reporter
unserer reporterin | eigener bericht | eigene berichterstattung | newsdesk | von unserer redaktion
notre correspondant | notre correspondante | de notre correspondant | de notre correspondante
notre envoyé spécial | de notre envoyé spécial | notre envoyée spéciale | de notre envoyée spéciale
notre rédaction | nuestro corresponsal | de nuestro corresponsal | corresponsal | nuestra redacción | da redação
nossa redação | nossa reportagem | da nossa reportagem | da reportagem local | reportagem local
nostro corrispondente | dal nostro corrispondente | nostro inviato | dal nostro inviato | a cura della redazione
la redazione | la redacción | la rédaction | onze correspondent | van onze correspondent | onze verslaggever
van onze verslaggever | onze redactie | van onze redactie | redactie | redaksjonen | redaktionen | toimitus
szerkesztőség | redacția | uredništvo | redakcija | наш корреспондент | наш кореспондент
собственный корреспондент | соб. инф | соб. корр | соб. инф. | соб. корр. | власна інформація | σύνταξη | η σύνταξη
συντακτική ομάδα | haber merkezi | muhabirimiz | özel haber | dış haberler servisi | spor servisi | مراسلنا
من مراسلنا | مراسل خاص | المراسل الخاص | مراسلنا الخاص | التحرير | هيئة التحرير | قسم التحرير | غرفة الأخبار
المحرر | محرر الموقع | تحریریه | خبرنگار ما | نمائندہ | نمائندہ خصوصی | ہمارے نمائندے | نامہ نگار | ہمارے نامہ نگار
خصوصی نامہ نگار | כתבנו | מערכת האתר | संवाद सहयोगी | संवाद सूत्र | संवाद न्यूज एजेंसी | हमारे प्रतिनिधि
আমাদের প্রতিনিধি | 本报 | 本报讯 | 本報訊 | 本报记者 | 本報記者 | 本站 | 本站记者 | 编辑部 | 編輯部 | 編集部
取材班 | 本紙記者 | 편집국 | 뉴스팀 | 온라인뉴스팀 | 디지털뉴스팀 | 온라인이슈팀 | ban biên tập | phóng viên
nhóm phóng viên | กองบรรณาธิการ | mwandishi wetu | waandishi wetu | na mwandishi wetu
"""
# The last word of a few: "Valley Times News Desk", "Our Special Correspondent", "जागरण संवाददाता".
_LAST = """
desk desks bureau newsroom newsdesk webdesk correspondent correspondents reporter reporters staffer
redaktion डेस्क डेस्‍क ब्यूरो संवाददाता प्रतिनिधि प्रतिनिधी टीम ডেস্ক প্রতিবেদক প্রতিনিধি সংবাদদাতা
রিপোর্টার டெஸ்க் நிருபர் செய்திப்பிரிவு செய்தியாளர் డెస్క్ ప్రతినిధి విలేకరి ಡೆಸ್ಕ್ ವರದಿಗಾರ
ಪ್ರತಿನಿಧಿ ഡെസ്ക് ഡെസ്‌ക് ലേഖകൻ ലേഖകന്‍ ડેસ્ક સંવાદદાતા પ્રતિનિધિ ਡੈਸਕ ਬਿਊਰੋ ਪੱਤਰਕਾਰ ڈیسک رپورٹر
"""
# The first word: "Redacción Digital", "Tim Redaksi", "Redazione Roma".
_FIRST = "redaktion redacción rédaction redazione redação redakcja redakce redakcia redaksi редакция редакція редакцията מערכת"

_WHOLES = frozenset(" ".join(part.split()) for part in _WHOLE.replace("\n", "|").split("|") if part.strip()) | {"tim redaksi"}
_LASTS, _FIRSTS = frozenset(_LAST.split()), frozenset(_FIRST.split())


def is_house(words: str) -> bool:
    """Whether a credit names nobody, but the house's own: a desk, "our correspondent"."""
    low = words.casefold().strip(" .*।")
    if low in _WHOLES:
        return True
    parts = low.split(" ", _MOST)
    if len(parts) > _MOST or not parts[0]:
        return False
    last = parts[-1]
    return last in _LASTS or parts[0] in _FIRSTS or last.endswith(("-redaktion", "redaktion"))
