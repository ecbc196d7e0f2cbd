"""A description of a chart is understood in each language of the flyway."""

import unicodedata

import pytest

from flyway.checks.descriptions import is_long, names_spoonbill, years_in

TOLD = {
    "English": "Spoonbills each January rose from 1,069 birds in 2003 to 7,081 birds in 2025.",
    "Russian": "Малых колпиц в январе с 2003 по 2025 год стало больше: было 1069, стало 7081.",
    "Korean": "1월에 센 저어새는 2003년 1,069마리에서 2025년 7,081마리로 늘었고 2011년에는 한 번 줄었으며 그 뒤 다시 늘었다.",
    "Japanese": "１月のクロツラヘラサギは２００３年の１０６９羽から２０２５年の７０８１羽に増えました。",
    "Chinese": "每年一月的黑脸琵鹭从2003年的1069只增加到2025年的7081只，其中2011年有所下降，然后又上升。",
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_it_says_the_bird_and_the_years_in_any_language(told, form):
    told = unicodedata.normalize(form, told)
    assert is_long(told)
    assert names_spoonbill(told)
    assert {2003, 2025} <= years_in(told)


def test_what_is_missing_is_missed():
    assert not is_long("Spoonbills from 2003 to 2025.")
    assert not is_long("黑脸琵鹭的数量上升。")
    assert not names_spoonbill("The cranes of Izumi, from 2003 to 2025.")
    assert years_in("12003 birds, and 20250 more, in '03") == set()
