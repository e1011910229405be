"""Encodings that nothing states: told by the text alone, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clean.decode import decode
from archive.clean.guess import guessed

CHINESE = "北京市政府星期一宣布，新的地铁线路将于明年开通，居民表示欢迎。记者从会议上了解到，今年以来经济运行总体平稳。"
TRADITIONAL = "臺北市政府星期一宣布，新的捷運路線將於明年開通，居民表示歡迎。記者從會議上了解到，今年以來經濟運行總體平穩。"
JAPANESE = "東京都庁は火曜日、新しい橋の計画を発表しました。住民は説明会に参加しました。ニュースセンターによると来年です。"
KOREAN = "서울시는 월요일 새로운 지하철 노선 계획을 발표했다고 밝혔다. 주민들은 환영했다. 내년에 문을 열 예정이다."
RUSSIAN = "Правительство Москвы в понедельник объявило о строительстве новой линии метро, сообщили официальные лица."
LATIN = {
    "French": ("L’été dernier, à l’Élysée, le président a évoqué « l’intérêt général » : œuvres, naïveté, façades et forêts.", "cp1252"),
    "German": ("Die Behörden kündigten größere Änderungen für die Straßen in Köln an; Bürgermeister Müller äußerte Bedenken.", "cp1252"),
    "Polish": ("Zażółć gęślą jaźń: władze ogłosiły we wtorek żądania, które wójt gminy Łódź już wcześniej odrzucił.", "cp1250"),
    "Turkish": ("Cumhurbaşkanı pazartesi günü yeni köprünün açılışını yaptı; ığdırlı işçiler güçlüğü aştıklarını söyledi.", "cp1254"),
    "Greek": ("Η κυβέρνηση ανακοίνωσε τη Δευτέρα νέα μέτρα για την οικονομία της χώρας, είπε ο υπουργός.", "cp1253"),
    "Arabic": ("أعلنت الحكومة يوم الاثنين خطة جديدة لبناء جسر فوق النهر في العاصمة وقال الوزير", "cp1256"),
    "Hebrew": ("הממשלה הודיעה ביום שני על תוכנית חדשה לבניית גשר מעל הנהר בבירה אמר השר", "cp1255"),
    "Thai": ("รัฐบาลประกาศเมื่อวันจันทร์เกี่ยวกับแผนใหม่ในการสร้างสะพานข้ามแม่น้ำในเมืองหลวง", "cp874"),
}


def page(text: str, codec: str) -> bytes:
    paragraphs = "".join(f"<p class='text'>{text}</p>\n" for _ in range(6))
    return f"<html><head><title>{text[:20]}</title></head><body><article>{paragraphs}</article></body></html>".encode(codec)


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (CHINESE, "gb18030"), (TRADITIONAL, "big5hkscs"), (JAPANESE, "euc_jp"), (JAPANESE, "cp932"), (KOREAN, "cp949"),
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("label", [None, "utf-8", "iso-8859-1"])
def test_text_that_tells_its_encoding_is_read_in_it_whatever_is_stated(text: str, codec: str, label: str | None) -> None:
    assert guessed(page(text, codec)) == codec
    headers = {"content-type": f"text/html; charset={label}"} if label else {}
    assert text in decode(page(text, codec), headers)[0]
    assert text in decode(page(text, codec)[:-3], headers)[0]


@pytest.mark.parametrize("name", LATIN)
def test_text_in_other_alphabets_is_not_guessed(name: str) -> None:
    text, codec = LATIN[name]
    assert guessed(page(text, codec)) is None


def test_a_label_that_fits_is_believed() -> None:
    assert CHINESE in decode(page(CHINESE, "gb18030"), {"content-type": "text/html; charset=gbk"})[0]
    assert "Zażółć" in decode(page(LATIN["Polish"][0], "cp1250"), {"content-type": "text/html; charset=windows-1250"})[0]


@given(st.binary(max_size=3000))
def test_any_bytes_are_guessed_or_not(body: bytes) -> None:
    assert guessed(body) in (None, "cp1251", "koi8-r", "euc_jp", "cp932", "cp949", "gb18030", "big5hkscs")
