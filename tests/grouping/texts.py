"""Invented stories for the tests of grouping, in several languages."""

HARBOUR = """The harbour of Portville was closed to all traffic on Wednesday evening after a storm tore two cranes from their rails, the \
harbour master said.

Nobody was hurt, but 12 vessels had to wait outside the breakwater, among them a tanker with 40,000 tonnes of fuel for the island's only \
power station.

"We have never seen gusts like these in October," harbour master Nora Calder told reporters at the terminal. "The cranes were locked, and \
the locks were sheared off like matches."

The fishing fleet had come in before noon, when the weather office raised its warning to red for the first time in 9 years.

Insurers put the damage at 3.5 million crowns at least, and expected the container berth to be out of use until the middle of next month.

Ferries to the mainland would sail again as soon as divers had looked at the sea bed for debris, which they could not do before Friday.
"""

FERRY = """A ferry with 186 passengers ran onto a sandbank off Low Island early on Monday, and all of them were taken ashore by lifeboats \
within two hours.

The captain had steered around a sailing boat without lights, the company said in a statement, adding that he was an experienced man who \
had made the crossing more than 4,000 times.

Two children were treated for cold, and a woman broke her wrist on the ladder, according to the island's doctor.

A tug from the mainland will try to pull the ship free at the next spring tide, while engineers pump fuel from her tanks as a precaution.
"""

MARKET = """Shares on the Portville exchange ended lower for a third day as grain merchants sold out of positions that they had built up \
before the harvest report.

The main index lost 1.4 percent to 2,310 points, its lowest close since March, with mills and shippers the worst performers of the day.

"People had hoped for a poor harvest, as odd as it sounds, and the harvest turned out to be splendid," said a trader who did not want to \
be named.

Bonds gained a little, and the crown was unchanged against the currencies of its main trading partners in thin dealings.
"""

BRIEF = """A bridge over the river Alder collapsed before dawn on Sunday, cutting the railway between the capital and the coast for what \
engineers said would be months. No train was on it at the time, the ministry of transport said, and the night watchman had heard it \
coming and run for his life.
"""

WEATHER = """Portville and the coast will see a mostly sunny day with light winds from the south, the weather office said in its daily \
bulletin on the state of the skies. The temperature will reach {} degrees in the afternoon and fall to {} degrees at night. The chance of \
rain is put at {} percent, and the air will hold {} percent of humidity. Waves at sea will be {} feet high, and small craft need to take \
no special care.
"""

TEMPLATE = """{} said it has filed with the commission for an offering of {} million crowns of subordinated notes with a coupon of {} pct \
due {}. The issue is priced at {} and will be sold through the usual group of banks. Proceeds will be used for general corporate purposes, \
the company said in a statement.
"""

# Language -> a story, a copy of it with another lede and without its end, another story of the same kind.
COPIES = {
    "English": (HARBOUR, "Portville shut its port after a night of wind.\n\n" + "\n\n".join(HARBOUR.split("\n\n")[1:4]), MARKET),
    "Hindi": (
        "समुद्र तट पर बसे पोर्टविल शहर का बंदरगाह बुधवार शाम तेज तूफान के बाद सभी जहाजों के लिए बंद कर दिया गया।\n\n"
        "अधिकारियों ने बताया कि तूफान में दो क्रेन अपनी पटरियों से उखड़ गईं, हालांकि किसी के घायल होने की कोई खबर नहीं है और बारह जहाज बाहर इंतजार कर रहे हैं।\n\n"
        "मौसम विभाग ने दोपहर से पहले ही लाल चेतावनी जारी कर दी थी, जिसके बाद मछुआरों की सभी नावें समय रहते किनारे पर लौट आई थीं।\n\n"
        "बीमा कंपनियों का अनुमान है कि नुकसान कम से कम पैंतीस लाख का है और मरम्मत में एक महीने से अधिक समय लगेगा।",
        "पोर्टविल में तूफान से बंदरगाह बंद।\n\n"
        "अधिकारियों ने बताया कि तूफान में दो क्रेन अपनी पटरियों से उखड़ गईं, हालांकि किसी के घायल होने की कोई खबर नहीं है और बारह जहाज बाहर इंतजार कर रहे हैं।\n\n"
        "मौसम विभाग ने दोपहर से पहले ही लाल चेतावनी जारी कर दी थी, जिसके बाद मछुआरों की सभी नावें समय रहते किनारे पर लौट आई थीं।",
        "राजधानी के शेयर बाजार में गुरुवार को लगातार तीसरे दिन गिरावट रही और प्रमुख सूचकांक मार्च के बाद के सबसे निचले स्तर पर बंद हुआ, क्योंकि अनाज "
        "व्यापारियों ने फसल की रिपोर्ट आने से पहले खरीदे गए अपने सौदे बेच दिए और मिलों के शेयर सबसे ज्यादा टूटे।",
    ),
    "Arabic": (
        "أُغلق ميناء بورتفيل أمام جميع السفن مساء الأربعاء بعد أن اقتلعت عاصفة رافعتين من قضبانهما بحسب ما قاله مدير الميناء.\n\n"
        "ولم يصب أحد بأذى لكن اثنتي عشرة سفينة اضطرت إلى الانتظار خارج حاجز الأمواج ومن بينها ناقلة تحمل وقودا لمحطة الكهرباء الوحيدة في الجزيرة.\n\n"
        "وكان أسطول الصيد قد عاد قبل الظهر حين رفع مكتب الأرصاد الجوية مستوى التحذير إلى الأحمر لأول مرة منذ تسع سنوات.\n\n"
        "وقدرت شركات التأمين الأضرار بثلاثة ملايين ونصف المليون على الأقل.",
        "عاصفة تغلق ميناء بورتفيل.\n\n"
        "ولم يصب أحد بأذى، لكن اثنتي عشرة سفينة اضطرت إلى الانتظار خارج حاجز الأمواج ومن بينها ناقلة تحمل وقودا لمحطة الكهرباء الوحيدة في الجزيرة.\n\n"
        "وكان أسطول الصيد قد عاد قبل الظهر حين رفع مكتب الأرصاد الجوية مستوى التحذير إلى الأحمر لأول مرة منذ تسع سنوات.",
        "تراجعت الأسهم في بورصة العاصمة لليوم الثالث على التوالي مع قيام تجار الحبوب ببيع ما اشتروه قبل صدور تقرير الحصاد وأغلق المؤشر الرئيسي عند أدنى "
        "مستوياته منذ شهر مارس وكانت أسهم المطاحن الأسوأ أداء.",
    ),
    "Chinese": (
        "波特维尔港口的负责人表示，一场风暴将两台起重机从轨道上掀翻，港口自周三晚间起对所有船只关闭。\n\n"
        "目前没有人员受伤的消息，但有十二艘船只被迫在防波堤外等候，其中包括一艘为岛上唯一的发电站运送燃料的油轮。\n\n"
        "气象部门在中午之前九年来首次将预警级别提升为红色，渔船队当时已经全部返回港口避风。\n\n"
        "保险公司估计损失至少为三百五十万，预计集装箱泊位要到下月中旬才能恢复使用。",
        "波特维尔港因风暴关闭。\n\n目前没有人员受伤的消息，但有十二艘船只被迫在防波堤外等候，其中包括一艘为岛上唯一的发电站运送燃料的油轮。\n\n"
        "气象部门在中午之前九年来首次将预警级别提升为红色，渔船队当时已经全部返回港口避风。",
        "首都证券交易所的股票连续第三天下跌，粮食商人在收成报告公布之前抛售了他们此前建立的头寸，主要指数收于三月以来的最低点，磨坊和航运公司的股票跌幅最大，债券则略有上涨。",
    ),
    "Japanese": (
        "ポートビル港の責任者は、嵐で二台のクレーンがレールから外れたため、水曜日の夜から全ての船に対して港を閉鎖したと発表した。\n\n"
        "けが人はいなかったが、島で唯一の発電所に燃料を運ぶタンカーを含む十二隻の船が防波堤の外で待機を余儀なくされた。\n\n"
        "気象台は正午前に九年ぶりとなる最高レベルの警報を出しており、漁船団はその前に全て港へ戻っていたという。\n\n"
        "保険会社は被害額を少なくとも三百五十万と見積もっている。",
        "嵐で港が閉鎖。\n\nけが人はいなかったが、島で唯一の発電所に燃料を運ぶタンカーを含む十二隻の船が防波堤の外で待機を余儀なくされた。\n\n"
        "気象台は正午前に九年ぶりとなる最高レベルの警報を出しており、漁船団はその前に全て港へ戻っていたという。",
        "首都の証券取引所では株価が三日続けて下落し、穀物商が収穫報告の前に積み上げた持ち高を売ったことから、主要な指数は三月以来の安値で取引を終え、製粉会社の株が最も大きく値を下げた。",
    ),
    "mixed": (
        "The Reserve Bank said on Friday that it will keep its key rate at 6 percent, as most people in the market had thought it would.\n\n"
        "गवर्नर ने कहा कि महंगाई पर नजर रखी जाएगी और जरूरत पड़ने पर अगली बैठक से पहले भी कदम उठाए जा सकते हैं, जैसा कि पिछले साल किया गया था।\n\n"
        "The rupee was little changed after the news, and bonds gained a few paise before the close of trade in the afternoon.",
        "Rate unchanged.\n\n"
        "गवर्नर ने कहा कि महंगाई पर नजर रखी जाएगी और जरूरत पड़ने पर अगली बैठक से पहले भी कदम उठाए जा सकते हैं, जैसा कि पिछले साल किया गया था।\n\n"
        "The rupee was little changed after the news, and bonds gained a few paise before the close of trade in the afternoon.",
        BRIEF,
    ),
}
