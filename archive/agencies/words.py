"""Words about agencies that are no agency's name: "agencies", and signatures that pages print for other things as well."""

from __future__ import annotations

# A credit that names no house: agency copy, but nobody's in particular. Compared without case.
_UNNAMED = """
agencies | agency | news agencies | news agency | wire | wires | wire reports | wire report | wire services | wire service
news wires | newswire | newswires | agency report | agency reports | agency inputs | agency feed | agency feeds | agency copy
agency desk | wire agencies | syndicated feed | international agencies | foreign agencies | other agencies | various agencies
combined wires | wire desk | agenturen | mit agenturen | agentur | nachrichtenagenturen | nachrichtenagentur | agenturmeldung
agenturmaterial | mit agenturmaterial | agences | avec agences | agence | agences de presse | les agences | agencias
con agencias | agencias de noticias | agências | com agências | agências de notícias | com agências internacionais
agências internacionais | agencias internacionales | agenzie | agenzie di stampa | con agenzie | persbureaus | persbureau
bureauerna | nyhetsbyråerna | nyhetsbyråer | bureauer | nyhetsbureauer | nyhetsbyrå | uutistoimistot | agencje
agencje prasowe | agentury | tiskové agentury | hírügynökségek | ügynökségek | agenții | agenții de presă | agencije
novinske agencije | агенции | агентства | информагентства | информационные агентства | агенції | інформагентства
інформагенції | ajanslar | ajans | haber ajansları | ajanslar/dış haberler | πρακτορεία | ειδησεογραφικά πρακτορεία | agensi
agensi berita | kantor berita | các hãng thông tấn | สำนักข่าวต่างประเทศ | סוכנויות | סוכנויות הידיעות | وكالات | الوكالات
وكالات الأنباء | وكالة | خبرگزاری‌ها | خبرگزاریها | ایجنسیاں | ایجنسی | ایجنسیز | نیوز ایجنسی | خبر ایجنسی | एजेंसी
एजेंसियां | एजेंसियाँ | एजेंसियों | न्यूज एजेंसी | न्यूज़ एजेंसी | समाचार एजेंसी | वृत्तसंस्था | एजन्सी | एजन्सीज | एजेन्सी
एजेंसी इनपुट | এজেন্সি | সংবাদ সংস্থা | এজেন্সী | ஏஜென்சி | ஏஜென்சிகள் | ఏజెన్సీలు | ఏజెన్సీ | ಏಜೆನ್ಸಿ | ಏಜೆನ್ಸೀಸ್ | ഏജൻസി
ഏജന്‍സി | એજન્સી | ਏਜੰਸੀ | ଏଜେନ୍ସି | 综合 | 综合外电 | 綜合外電 | 综合报道 | 外电 | 通信社 | 外信
"""

# Signatures and names that pages print for other things as well: the link to a feed, the button for larger type, "beta"; in Arabic and the
# languages of India, words of every day ("and with", "language", "talk"); names of people (Antara, Hina, Wafa).
_EVERYDAY = """
rss aa pa map tap pl na ep hs tt ina nan cp spa ona ips beta tna pna app ana ami suna sta mia ata abi kpl rns cna agi lana saba
ena aip acp ipn inp hina antara andina petra вести भाषा वार्ता तास
وام بنا وات ومع واس قنا واع وفا سانا تاس وطنية بترا كونا وما وال سبأ سونا باختر تسنیم پژواک 共同 時事 外信 연합
"""

UNNAMED = frozenset(" ".join(part.split()) for part in _UNNAMED.replace("\n", "|").split("|") if part.strip())
EVERYDAY = frozenset(_EVERYDAY.split())
