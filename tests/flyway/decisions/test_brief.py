import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from flyway.decisions.brief import PICTURE_WORDS, WORDS, write_brief
from flyway.decisions.findings import Finding, read_findings, typed_numbers


def findings(**change):
    table = pd.DataFrame(
        {
            "key": ["growth", "found"],
            "claim": ["The wintering birds changed by {number}", "Birds found dead under the line"],
            "estimate": [9.23, 14],
            "lower": [6.04, 14],
            "upper": [12.5, 14],
            "unit": ["% per year", "birds"],
            "source": ["census", "patrol"],
            "confidence": ["well established", "established but incomplete"],
        }
    )
    return table.assign(**change)


SOURCES = {
    "patrol": "Patrol of the reserve 2024.",
    "census": "International census 2025, <i>report</i>.",
    "law": "Wetland law 2010.",
}


def brief(table=None, **change):
    settings = {
        "title": "Do spoonbills still need the bay?",
        "message": "Numbers grow by {growth}, yet the bay fills.",
        "sections": {
            "Why it matters": "The winter of 2024 was mild & dry.",
            "Doubts": ["One.", "Two."],
        },
        "recommendations": ["The ministry keeps the mudflat open."],
        "sources": SOURCES,
    }
    return write_brief(**{"findings": findings() if table is None else table, **settings, **change})


def test_every_number_comes_with_interval_and_source():
    made = brief()
    told = "9.2\u00a0% per year (6.0 to 12.5\u00a0% per year) [1]"
    assert told in made.markdown and told in made.html
    assert "| Birds found dead under the line | 14\u00a0birds | counted |" in made.markdown
    assert made.markdown.index("1. International census") < made.markdown.index("2. Patrol")
    assert "3. Wetland law" in made.markdown
    assert made.summary()["estimate"].tolist() == [9.23, 14]


def test_texts_are_escaped_and_the_page_is_well_formed():
    made = brief(sections={"<script>alert</script>": "a < b & c"})
    assert "<script" not in made.html
    assert "a &lt; b &amp; c" in made.html
    assert "&lt;i>report" in made.markdown
    open_tags, void = [], {"meta", "img"}

    class Check(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in void:
                open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Check().feed(made.html)
    assert open_tags == []
    assert 'lang="en"' in made.html


def test_the_same_input_gives_the_same_bytes(tmp_path):
    paths = [brief().save(tmp_path / f"{i}.html") for i in range(2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert brief().save(tmp_path / "b.md").read_text(encoding="utf-8") == brief().markdown
    with pytest.raises(ValueError, match=r"choose \.html or \.md"):
        brief().save(tmp_path / "b.docx")


def test_a_figure_is_carried_inside_with_its_words():
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    ax = plt.subplots()[1]
    ax.plot([1, 2])
    made = brief(figures=[(ax, "A line goes up.", "Counts rise by {growth}.")])
    assert re.search(
        r'<img src="data:image/png;base64,[\w+/=]+" alt="A line goes up\.">', made.html
    )
    assert "Counts rise by 9.2" in made.html
    with pytest.raises(ValueError, match="needs alt"):
        brief(figures=[(ax, "", "Counts")])
    with pytest.raises(ValueError, match="no PNG"):
        brief(figures=[(b"GIF8", "A line.", "Counts")])


def test_two_pages_hold_so_many_words():
    spare = WORDS - brief(sections={"Doubts": "Two."}).words
    assert brief(sections={"Doubts": "Two." + " word" * spare}).words == WORDS
    with pytest.raises(ValueError, match="cut 1 words"):
        brief(sections={"Doubts": "Two." + " word" * (spare + 1)})
    with pytest.raises(ValueError, match=f"cut {PICTURE_WORDS - 2} words"):
        brief(
            sections={"Doubts": "Two." + " word" * (spare - 2)},
            figures=[(b"\x89PNG", "A line.", "Counts rise.")],
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lower": [None, 14]}, r"'growth' \(row 0\) has no lower end .* without uncertainty"),
        ({"upper": [12, float("nan")]}, r"'found' \(row 1\) has no upper end"),
        ({"source": ["census", None]}, "source is missing in row 1: a number without a source"),
        ({"source": ["census", " "]}, "source is missing in row 1"),
        ({"source": ["census", "hearsay"]}, "'hearsay', which is not in sources"),
        ({"confidence": ["sure", "unresolved"]}, "confidence is 'sure': choose one of 'well"),
        ({"lower": [10, 14]}, "9.23 is not within its interval 10 to 12.5"),
        ({"estimate": ["many", 14]}, r"estimate is 'many' in row 0 \(finding 'growth'\)"),
        ({"key": ["growth", "growth"]}, "key 'growth' in row 1 is taken"),
        ({"key": ["growth", "9 birds"]}, "key of row 1 is '9 birds'"),
        ({"claim": ["About 9 % more", "Dead"]}, "the claim holds the number '9 %'"),
        ({"unit": [None, "birds"]}, "unit is missing in row 0"),
    ],
)
def test_a_number_that_cannot_be_checked_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        brief(findings(**change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"message": "There are 7,081 birds."}, "message holds the number '7,081'"),
        ({"sections": {"Why": "Up by +9%."}}, r"section 'Why' holds the number '\+9%'"),
        ({"sections": {"Why": "{growht} more"}}, "{growht}, which is no finding"),
        ({"recommendations": []}, "no recommendation"),
        ({"recommendations": ["Plant 40 ha."]}, "recommendation holds the number '40'"),
        ({"sections": {"Why": ""}}, "is empty"),
        ({"findings": findings().iloc[:0]}, "no findings"),
        ({"findings": findings().drop(columns="lower")}, "no column 'lower'"),
    ],
)
def test_texts_with_unbacked_numbers_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        brief(**change)


def test_years_names_and_codes_are_no_numbers():
    assert typed_numbers("In 2024, site KR03 held CO2 and H5N1 (1998).") == []
    assert typed_numbers("In 2024, 300 birds; 1 % criterion", ["1 % criterion"]) == ["300"]
    assert typed_numbers("−3.5 % and 12–15") == ["−3.5 %", "12", "15"]
    made = brief(recommendations=["Apply the 1 % criterion and SDG 15."], names=["SDG 15"])
    assert "SDG 15" in made.html


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((7081, 6500, 7700), "7,100"),
        ((0.04127, 0.0312, 0.0519), "0.041"),
        ((123456, 100000, 150000), "123,000"),
        ((-4.3, -6.2, -2.4), "−4.3"),
        ((0, 0, 0), "0"),
        ((-0.001, -2, 2), "0"),
        ((288, 288, 288), "288"),
        ((0.25, 0.25, 0.25), "0.2500"),
    ],
)
def test_numbers_are_rounded_to_what_the_interval_supports(values, expected):
    finding = Finding("k", "c", *values, "", "s", "unresolved")
    assert finding.number == expected


def test_sentences_put_the_number_in_its_place():
    told = [f.sentence for f in read_findings(findings())]
    assert told[0] == (
        "The wintering birds changed by 9.2\u00a0% per year (6.0 to 12.5\u00a0% per year)."
    )
    assert told[1].startswith("Birds found dead under the line: 14\u00a0birds")
