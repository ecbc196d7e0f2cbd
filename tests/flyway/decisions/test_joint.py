"""Findings of a joint choice, the link that saves a brief, and the simulated delegations."""

import base64
import re

import pandas as pd
import pytest

from flyway import datasets
from flyway.decisions.brief import write_brief
from flyway.decisions.delegations import compare_delegations
from flyway.decisions.findings import read_findings
from flyway.decisions.joint import choice_findings
from flyway.decisions.sensitivity import vary_weights
from flyway.simulate.joint import CRITERIA, joint_choice

OPTIONS = pd.DataFrame(
    {"option": ["A", "B", "C", "D"], "birds": [10, 6, 0, 1], "work": [0, 7, 10, 5]}
)
WEIGHTS = pd.DataFrame({"delegation": [1, 2], "birds": [9, 1], "work": [1, 9]})


@pytest.fixture
def findings():
    ranked = compare_delegations(OPTIONS, WEIGHTS)
    wide = vary_weights(OPTIONS, samples=2000)
    near = vary_weights(OPTIONS, samples=2000, weights=[0.5, 0.5], closeness=50)
    return choice_findings([wide, near], ranked, source="table")


def test_the_interval_is_the_range_over_the_views(findings):
    share = findings.set_index("key").loc["share"]
    # B leads while 6w > 3(1 − w) and 4w < 7(1 − w): from w = 1/3 to 7/11; C below, A above
    assert share["claim"] == "A comes first in {number}"
    assert share["estimate"] == pytest.approx(100 * 4 / 11, abs=3)
    assert share["upper"] == share["estimate"]
    assert share["lower"] < 10  # weights near one half hardly ever reach 7/11
    assert len(read_findings(findings)) == 4


def test_exact_counts_of_delegations(findings):
    rows = findings.set_index("key")
    assert rows.loc["first", "estimate"] == 0  # B has the best mean rank, and is first for nobody
    assert rows.loc["high", ["estimate", "lower", "upper"]].tolist() == [2, 2, 2]
    assert rows.loc["high", "claim"].startswith("B ranks first or second")


def test_what_cannot_be_joined_is_refused(findings):
    ranked = compare_delegations(OPTIONS, WEIGHTS)
    with pytest.raises(ValueError, match="no view"):
        choice_findings([], ranked, source="table")
    other = vary_weights(OPTIONS.head(2), samples=10)
    with pytest.raises(ValueError, match="different options"):
        choice_findings([other], ranked, source="table")


def test_the_link_holds_the_whole_brief(findings):
    brief = write_brief(
        "A & B", findings, message="Said: {high}.", sections={"Why": "Because."},
        recommendations=["Begin."], sources={"table": "A table."},
    )  # fmt: skip
    assert "2\u00a0of 2 delegations (counted) [1]" in brief.markdown
    told = brief.link("ours.html")._repr_html_()
    data = re.search(r'download="ours.html" href="data:text/html;charset=utf-8;base64,(.*?)"', told)
    assert base64.b64decode(data[1]).decode() == brief.html
    assert "A &amp; B" in told
    with pytest.raises(ValueError, match=r"\.html"):
        brief.link("ours.pdf")


def test_the_package_is_made_again_from_its_seed():
    made = datasets.package("conservation_options")["simulation"]
    again = joint_choice(**made["parameters"], seed=made["seed"])
    for table in ("options", "criteria", "weights"):
        stored = datasets.load("conservation_options", table)
        wanted = getattr(again, table)
        assert stored.astype(str).replace({"1.0": "1"}).shape == wanted.shape
        first = stored.columns[0]
        assert stored[first].tolist() == wanted[first].tolist()
    weights = datasets.load("conservation_options", "weights").set_index("delegation")
    assert (weights == again.weights.set_index("delegation")).all(axis=None)
    assert weights.sum(axis=1).eq(100).all()


def test_points_are_shared_and_groups_differ():
    weights = joint_choice(closeness=200, seed=2).weights.set_index("delegation")
    assert list(weights.columns) == [c[0] for c in CRITERIA]
    assert (weights % 5 == 0).all(axis=None) and (weights >= 5).all(axis=None)
    assert weights["birds_kept"].iloc[:3].min() > weights["birds_kept"].iloc[3:].max()
    with pytest.raises(ValueError, match="closeness"):
        joint_choice(closeness=0, seed=1)
