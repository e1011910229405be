"""News agencies of the world, one a row. Rules are data: see `named.py` for what is made of them."""

from __future__ import annotations

# code | country (ISO 3166) | name | signatures, exact case | names in the world's languages and scripts, any case | own hosts
ROWS = """
ians | IN | Indo-Asian News Service | IANS; Ians; ians | Indo Asian News Service; आईएएनएस; आइएएनएस; ஐஏஎன்எஸ்; ఐఏఎన్ఎస్; আইএএনএস; IANS English; IANSlive; ಐಎಎನ್ಎಸ್; ಐಎಎನ್‌ಎಸ್; ഐഎഎന്‍എസ്; ഐഎഎൻഎസ്; આઈએએનએસ; आयएएनएस; ਆਈਏਐਨਐਸ; ਆਈ.ਏ.ਐੱਨ.ਐੱਸ; آئی اے این ایس; IANS Live; IANS Hindi | ians.in; ianslive.in
pti | IN | Press Trust of India | PTI; Pti; pti | पीटीआई; पीटीआइ; प्रेस ट्रस्ट ऑफ इंडिया; पीटीआय; পিটিআই; பிடிஐ; పీటీఐ; ಪಿಟಿಐ; പിടിഐ; پی ٹی آئی; भाषा; PTI Bhasha; પીટીઆઈ; ਪੀਟੀਆਈ; ਪੀ.ਟੀ.ਆਈ; پریس ٹرسٹ آف انڈیا; पीटीआई-भाषा; पीटीआई भाषा; ପିଟିଆଇ | ptinews.com; pti.in
ani | IN | Asian News International | ANI | एएनआई; एएनआइ; এএনআই; ఏఎన్ఐ; அஎன்ஐ; ANI News; एएनआय; એએનઆઈ; ಎಎನ್ಐ; ಎಎನ್‌ಐ; എഎന്‍ഐ; എഎൻഐ; ਏਐਨਆਈ; ਏ.ਐੱਨ.ਆਈ; اے این آئی; Asian News International (ANI) | aninews.in
uni | IN | United News of India | UNI | यूएनआई; युनीवार्ता; यूनीवार्ता; वार्ता; UNI India; यूएनआय; یو این آئی; UNIVARTA; UNI Urdu | uniindia.com; uniindia.net
hs | IN | Hindusthan Samachar | HS | Hindustan Samachar; हिन्दुस्थान समाचार; हिंदुस्थान समाचार | hindusthansamachar.in
pib | IN | Press Information Bureau | PIB | पत्र सूचना कार्यालय; PIB Delhi | pib.gov.in
ap | US | Associated Press | AP | The Associated Press; Associated Press; La Prensa Asociada; AP通信; एपी; एसोसिएटेड प्रेस; أسوشيتد برس; أسوشيتد بريس; 美联社; 美聯社; אסושייטד פרס; اسوشيتدبرس; АП; Ассошиэйтед Пресс; Асошіейтед Пресс; เอพี; اے پی; أ ب; أ.ب; وكالة أسوشيتد برس; АР; AP News | apnews.com; ap.org
reuters | GB | Reuters | rtr; RTR | Thomson Reuters; Reuters News; Reuters Staff; रॉयटर्स; रायटर्स; रॉयटर; رويترز; 路透社; 路透; ロイター; ロイター通信; 로이터; 로이터통신; Рейтер; Рейтерс; Ρόιτερς; Ρόϊτερς; রয়টার্স; רויטרס; رویترز; روئٹرز; રોઇટર્સ; ராய்ட்டர்ஸ்; రాయిటర్స్; ರಾಯಿಟರ್ಸ್; റോയിട്ടേഴ്സ്; รอยเตอร์; รอยเตอร์ส; Agencia Reuters; Agence Reuters; وكالة رويترز; خبرگزاری رویترز; ロイター編集; 로이터=연합뉴스; Ройтерс; REUTERS | reuters.com
afp | FR | Agence France-Presse | AFP; afp; Afp | Agence France Presse; एएफपी; एएफ़पी; فرانس برس; أ ف ب; أ.ف.ب; ا ف ب; وكالة فرانس برس; 法新社; AFP時事; AFP通信; AFPBB News; АФП; Франс Пресс; এএফপি; اے ایف پی; AFP/Relaxnews; AFP Relaxnews; เอเอฟพี; ஏஎஃப்பி; エーエフピー; Agencia AFP; Agence AFP; סוכנות הידיעות הצרפתית; Γαλλικό Πρακτορείο | afp.com; afpbb.com
dpa | DE | Deutsche Presse-Agentur | dpa; DPA; Dpa | dpa-infocom; dpa international; dpa-AFX; dpa/tmn; Deutsche Presse Agentur; डीपीए; د ب أ; 德新社; ДПА; د.ب.أ; د ب ا; dpa-tmn | dpa.com; dpa-international.com
sid | DE | Sport-Informations-Dienst | SID; sid | Sport-Informationsdienst | sid.de
kna | DE | Katholische Nachrichten-Agentur | KNA; kna | Katholische Nachrichtenagentur | kna.de
epd | DE | Evangelischer Pressedienst | epd | | epd.de
apa | AT | Austria Presse Agentur | APA | Austria Presse-Agentur; APA/dpa; APA/AFP; APA/Reuters | apa.at
sda | CH | Keystone-SDA | sda; SDA; ATS; ats | Keystone-SDA; Schweizerische Depeschenagentur; Agence télégraphique suisse; Keystone-ATS; Agenzia telegrafica svizzera; Keystone-SDA-ATS | keystone-sda.ch; keystone-ats.ch
efe | ES | Agencia EFE | EFE | Agencia EFE; Agência EFE; EFE Verde; وكالة إفي; إفي; EFE Agro; EFEverde; ЭФЭ; エフェ通信 | efe.com
europapress | ES | Europa Press | EP | Europa Press; Agencia Europa Press; EUROPA PRESS | europapress.es
ansa | IT | Agenzia Nazionale Stampa Associata | ANSA | Agenzia ANSA; أنسا; АНСА; Redazione ANSA; ANSA.it | ansa.it
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
anadolu | TR | Anadolu Agency | AA | Anadolu Ajansı; Anadolu Agency; Anadolu; الأناضول; وكالة الأناضول; अनादोलु; Анадолу; وكالة أنباء الأناضول; آناتولی; Agence Anadolu; Agencia Anadolu; Agencija Anadolija; Anadolu Agency (AA); AA Türkiye | aa.com.tr
dha | TR | Demirören Haber Ajansı | DHA | Demirören Haber Ajansı | dha.com.tr
iha | TR | İhlas Haber Ajansı | İHA | İhlas Haber Ajansı | iha.com.tr
tass | RU | TASS | ТАСС; TASS | ITAR-TASS; ИТАР-ТАСС; تاس; 塔斯社; タス通信; तास; وكالة تاس; Agencia TASS | tass.ru; tass.com
interfax | RU | Interfax | | Interfax; Интерфакс; Interfax-Ukraine; Інтерфакс-Україна; ИА Интерфакс; إنترفاكس; 国际文传电讯社 | interfax.ru; interfax.com
ria | RU | RIA Novosti | | RIA Novosti; РИА Новости; РИА «Новости»; Sputnik; Спутник; سبوتنيك | ria.ru; sputniknews.com; sputnikglobe.com
ukrinform | UA | Ukrinform | | Ukrinform; Укрінформ; Укринформ | ukrinform.ua; ukrinform.net
unian | UA | UNIAN | УНІАН; УНИАН | UNIAN | unian.ua
belta | BY | BelTA | БЕЛТА | BelTA; БелТА | belta.by
kazinform | KZ | Kazinform | | Kazinform; Казинформ | inform.kz
pa | GB | PA Media | PA | Press Association; The Press Association; PA Media; PA News Agency | pamediagroup.com
upi | US | United Press International | UPI; Upi | United Press International | upi.com
bloomberg | US | Bloomberg News | | Bloomberg; Bloomberg News | bloomberg.com
dowjones | US | Dow Jones Newswires | | Dow Jones Newswires; Dow Jones | dowjones.com
cnnwire | US | CNN Newsource | | CNN Newswire; CNN Wire; CNN Newsource; The-CNN-Wire |
tns | US | Tribune News Service | TNS | Tribune News Service; Tribune Content Agency | tribunenewsservice.com
prnewswire | US | PR Newswire | | PR Newswire; PRNewswire; /PRNewswire/ | prnewswire.com
businesswire | US | Business Wire | | Business Wire; BUSINESS WIRE | businesswire.com
globenewswire | US | GlobeNewswire | | GlobeNewswire; GLOBE NEWSWIRE | globenewswire.com
cp | CA | The Canadian Press | CP | The Canadian Press; Canadian Press; La Presse Canadienne | thecanadianpress.com
xinhua | CN | Xinhua News Agency | | Xinhua; Xinhua News Agency; 新华社; 新華社; 新华网; 新華網; शिन्हुआ; شينخوا; Синьхуа; Agencia Xinhua; Agence Xinhua; 新华社电; सिन्हुआ; Tân Hoa Xã; ซินหัว; 新華社通信; 신화통신; وكالة شينخوا; Xinhuanet | xinhuanet.com; news.cn
cns | CN | China News Service | CNS | China News Service; 中新社; 中国新闻社; 中新网 | chinanews.com; chinanews.com.cn
cna_tw | TW | Central News Agency | | 中央社; 中央通訊社; Focus Taiwan | cna.com.tw; focustaiwan.tw
kyodo | JP | Kyodo News | | Kyodo; Kyodo News; 共同通信; 共同通信社; 共同; 共同社; 교도통신; Киодо; 共同通信デジタル | kyodonews.net; kyodonews.jp; nordot.app
jiji | JP | Jiji Press | | Jiji; Jiji Press; 時事通信; 時事通信社; 時事; 时事社; 時事ドットコム | jiji.com
yonhap | KR | Yonhap News Agency | | Yonhap; Yonhap News; Yonhap News Agency; 연합뉴스; 聯合ニュース; 韩联社; 韓聯社; يونهاب; Ренхап; Йонхап; Ёнхап; 연합; 韓国・聯合ニュース; Agencia Yonhap | yna.co.kr
newsis | KR | Newsis | | Newsis; 뉴시스 | newsis.com
news1 | KR | News1 | | 뉴스1; News1 Korea | news1.kr
kcna | KP | Korean Central News Agency | KCNA | Korean Central News Agency; 조선중앙통신; 朝鮮中央通信; 朝中社 | kcna.kp
vna | VN | Vietnam News Agency | VNA; TTXVN | TTXVN; Thông tấn xã Việt Nam; Vietnam News Agency; VietnamPlus | vnanet.vn; vietnamplus.vn
bernama | MY | Bernama | | Bernama; BERNAMA; 马新社; 馬新社; பெர்னாமா | bernama.com
antara | ID | Antara | | Antara; ANTARA News; LKBN Antara; Antara News; Kantor Berita Antara; ANTARA | antaranews.com
pna | PH | Philippine News Agency | PNA | Philippine News Agency | pna.gov.ph
tna | TH | Thai News Agency | TNA | Thai News Agency; สำนักข่าวไทย | tna.mcot.net
app | PK | Associated Press of Pakistan | APP | Associated Press of Pakistan; اے پی پی | app.com.pk
inp_pk | PK | Independent News Pakistan | INP | Independent News Pakistan | inp.net.pk
bss | BD | Bangladesh Sangbad Sangstha | BSS; বাসস | Bangladesh Sangbad Sangstha; বাংলাদেশ সংবাদ সংস্থা | bssnews.net
unb | BD | United News of Bangladesh | UNB; ইউএনবি | United News of Bangladesh | unb.com.bd
rss_np | NP | Rastriya Samachar Samiti | RSS; रासस | Rastriya Samachar Samiti; राष्ट्रिय समाचार समिति | rssnepal.com; nationalnewsagency.gov.np
aap | AU | Australian Associated Press | AAP | Australian Associated Press; AAP Newswire | aap.com.au; aapnews.com.au
rnz | NZ | RNZ Pacific | | RNZ Pacific | rnz.co.nz
irna | IR | Islamic Republic News Agency | IRNA | ایرنا; إرنا; Islamic Republic News Agency; خبرگزاری جمهوری اسلامی | irna.ir
isna | IR | Iranian Students' News Agency | ISNA | ایسنا; Iranian Students News Agency; خبرگزاری ایسنا; خبرگزاری دانشجویان ایران | isna.ir
mehr | IR | Mehr News Agency | MNA | Mehr News Agency; خبرگزاری مهر | mehrnews.com
fars | IR | Fars News Agency | FNA | Fars News Agency; خبرگزاری فارس | farsnews.ir
mena | EG | Middle East News Agency | MENA; أ ش أ; أ.ش.أ | Middle East News Agency; وكالة أنباء الشرق الأوسط; أش أ; أ.ش. أ; ا ش ا | mena.org.eg
wam | AE | Emirates News Agency | WAM | Emirates News Agency; وام; وكالة أنباء الإمارات | wam.ae
spa | SA | Saudi Press Agency | SPA | Saudi Press Agency; واس; وكالة الأنباء السعودية | spa.gov.sa
qna | QA | Qatar News Agency | QNA | Qatar News Agency; قنا; وكالة الأنباء القطرية | qna.org.qa
kuna | KW | Kuwait News Agency | KUNA | Kuwait News Agency; كونا; وكالة الأنباء الكويتية | kuna.net.kw
ona | OM | Oman News Agency | ONA | Oman News Agency; وكالة الأنباء العمانية | omannews.gov.om
bna | BH | Bahrain News Agency | BNA | Bahrain News Agency; بنا; وكالة أنباء البحرين | bna.bh
petra | JO | Jordan News Agency | PETRA | Petra News Agency; Jordan News Agency; بترا; وكالة الأنباء الأردنية; وكالة بترا | petra.gov.jo
sana | SY | Syrian Arab News Agency | SANA | Syrian Arab News Agency; سانا; وكالة سانا | sana.sy
nna | LB | National News Agency | NNA | الوكالة الوطنية للإعلام; وطنية; الوطنية للإعلام | nna-leb.gov.lb
wafa | PS | WAFA | WAFA | وفا; وكالة وفا; وكالة الأنباء والمعلومات الفلسطينية | wafa.ps
ina | IQ | Iraqi News Agency | INA | Iraqi News Agency; واع; وكالة الأنباء العراقية | ina.iq
aps | DZ | Algérie Presse Service | APS | Algérie Presse Service; وأج; وكالة الأنباء الجزائرية; واج | aps.dz
tap | TN | Tunis Afrique Presse | TAP | Tunis Afrique Presse; وات; وكالة تونس إفريقيا للأنباء; وكالة تونس أفريقيا للأنباء | tap.info.tn
map | MA | Maghreb Arabe Presse | MAP | Maghreb Arabe Presse; ومع; وكالة المغرب العربي للأنباء; و م ع; و.م.ع | mapnews.ma
nan | NG | News Agency of Nigeria | NAN | News Agency of Nigeria; NAN Nigeria; Kamfanin Dillancin Labarai na Najeriya | nannews.ng
gna | GH | Ghana News Agency | GNA | Ghana News Agency | gna.org.gh
kna_ke | KE | Kenya News Agency | | Kenya News Agency; KNA Kenya | kenyanews.go.ke
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
un_news | | UN News | | UN News; United Nations News; संयुक्त राष्ट्र समाचार; أخبار الأمم المتحدة | news.un.org
agi | IT | Agenzia Giornalistica Italia | AGI | Agenzia Italia | agi.it
askanews | IT | Askanews | | Askanews | askanews.it
lapresse | IT | LaPresse | | LaPresse | lapresse.it
italpress | IT | Italpress | | Italpress; ITALPRESS | italpress.com
servimedia | ES | Servimedia | | Servimedia; SERVIMEDIA | servimedia.es
leta | LV | LETA | LETA | | leta.lv
bns | EE | Baltic News Service | BNS | Baltic News Service | bns.ee; bns.lt; bns.lv
elta | LT | ELTA | ELTA | | elta.lt
sta | SI | Slovenska tiskovna agencija | STA | Slovenska tiskovna agencija; Slovenian Press Agency | sta.si
fena | BA | Federalna novinska agencija | FENA | Federalna novinska agencija | fena.ba
mia | MK | Media Information Agency | МИА; MIA | Медиумска информативна агенција | mia.mk
ata | AL | Agjencia Telegrafike Shqiptare | ATSH | Agjencia Telegrafike Shqiptare; Albanian Telegraphic Agency | ata.gov.al
moldpres | MD | Moldpres | | Moldpres; MOLDPRES | moldpres.md
mediafax | RO | Mediafax | | Mediafax; MEDIAFAX | mediafax.ro
armenpress | AM | Armenpress | | Armenpress; ARMENPRESS; Արմենպրես; Арменпресс | armenpress.am
azertac | AZ | AZERTAC | AZƏRTAC; AZERTAC | АЗЕРТАДЖ; Azerbaijan State News Agency | azertag.az
interpressnews | GE | InterPressNews | IPN | InterPressNews; ინტერპრესნიუსი | interpressnews.ge
uza | UZ | Uzbekistan National News Agency | UzA; ЎзА; УзА | O'zbekiston Milliy axborot agentligi; Uzbekistan National News Agency | uza.uz
kabar | KG | Kabar | | Кабар; Kabar News Agency | kabar.kg
montsame | MN | Montsame | | Montsame; МОНЦАМЭ | montsame.mn
kpl | LA | Lao News Agency | KPL | Lao News Agency; Khaosan Pathet Lao | kpl.gov.la
akp | KH | Agence Kampuchea Presse | AKP | Agence Kampuchea Presse | akp.gov.kh
ppi | PK | Pakistan Press International | PPI | Pakistan Press International | ppinewsagency.com
pajhwok | AF | Pajhwok Afghan News | | Pajhwok; Pajhwok Afghan News; پژواک | pajhwok.com
bakhtar | AF | Bakhtar News Agency | BNA Kabul | Bakhtar News Agency; باختر; آژانس باختر | bakhtarnews.af
tasnim | IR | Tasnim News Agency | | Tasnim; Tasnim News Agency; خبرگزاری تسنیم; تسنیم | tasnimnews.com
saba | YE | Saba News Agency | | Saba News Agency; Yemen News Agency; سبأ; وكالة سبأ | saba.ye; sabanews.net
lana | LY | Libyan News Agency | LANA | Libyan News Agency; وال; وكالة الأنباء الليبية | lana.gov.ly
suna | SD | Sudan News Agency | SUNA | Sudan News Agency; سونا; وكالة السودان للأنباء | suna-sd.net
ami | MR | Agence Mauritanienne d'Information | AMI | Agence mauritanienne d'information; وما; الوكالة الموريتانية للأنباء | ami.mr
aps_sn | SN | Agence de Presse Sénégalaise | | Agence de presse sénégalaise; APS Sénégal | aps.sn
aip | CI | Agence Ivoirienne de Presse | AIP | Agence ivoirienne de presse | aip.ci
acp | CD | Agence Congolaise de Presse | ACP | Agence congolaise de presse | acp.cd
ana_za | ZA | African News Agency | | African News Agency; African News Agency (ANA) | africannewsagency.com
sanews | ZA | SAnews | | SAnews; SAnews.gov.za | sanews.gov.za
nampa | NA | Namibia Press Agency | NAMPA | Nampa; Namibia Press Agency | nampa.org
andina | PE | Agencia Andina | | Agencia Andina; Andina | andina.pe
avn | VE | Agencia Venezolana de Noticias | AVN | Agencia Venezolana de Noticias | avn.info.ve
abi | BO | Agencia Boliviana de Información | ABI | Agencia Boliviana de Información | abi.bo
rns | US | Religion News Service | RNS | Religion News Service | religionnews.com
cna_us | US | Catholic News Agency | | Catholic News Agency | catholicnewsagency.com
ldrs | GB | Local Democracy Reporting Service | LDRS | Local Democracy Reporting Service; Local Democracy Reporter |
accesswire | US | Accesswire | | ACCESSWIRE; Accesswire | accesswire.com
"""  # noqa: E501 - one agency a row reads better
