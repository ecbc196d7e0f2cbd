"""Connectivity, people and decisions: a result or one clear ValueError, whatever a table holds."""

import numpy as np
import pandas as pd
import pytest

from flyway.connectivity.betweenness import measure_betweenness
from flyway.connectivity.index import lose_sites, measure_connectivity
from flyway.connectivity.network import link_sites
from flyway.connectivity.protection import assess_protection, protect_next
from flyway.connectivity.seasons import compare_seasons, find_bottleneck
from flyway.decisions.ahp import weigh_pairs
from flyway.decisions.brief import write_brief
from flyway.decisions.delegations import compare_delegations
from flyway.decisions.findings import COLUMNS, CONFIDENCE
from flyway.decisions.scores import score_topsis, score_weighted_sum
from flyway.decisions.sensitivity import find_tipping_weights, vary_weights
from flyway.people.disaggregate import disaggregate
from flyway.people.household import estimate_mean, estimate_share, estimate_total
from flyway.people.learning import compare_paired, learning_gain
from flyway.people.likert import summarise_likert
from flyway.people.reliability import check_reliability

ODD = [
    None,
    np.nan,
    pd.NA,
    "",
    "x",
    "12",
    -1,
    0.5,
    np.inf,
    10**7,
    True,
    pd.Timestamp("2024-01-15"),
    0,
]


def column(rng, n, plain):
    odd = rng.choice([0, 0, 0.1])
    made = [ODD[rng.integers(len(ODD))] if rng.random() < odd else plain() for _ in range(n)]
    kind = rng.integers(3)
    return (
        pd.Series(made, dtype=object)
        if kind == 0
        else pd.Series(made).convert_dtypes()
        if kind == 1
        else made
    )


def table(rng, n, **columns):
    return pd.DataFrame({k: list(column(rng, n, v)) for k, v in columns.items()})


def calls(rng):
    n = int(rng.integers(0, 12))
    few = lambda: int(rng.integers(0, 9))  # noqa: E731
    share = lambda: float(rng.random())  # noqa: E731
    letter = lambda: "ABCDEF"[rng.integers(6)]  # noqa: E731
    sex = lambda: ["woman", "man"][rng.integers(2)]  # noqa: E731
    options = lambda: table(rng, n, birds=few, cost=few, people=share)  # noqa: E731
    links = lambda: table(rng, n, **{"from": letter, "to": letter, "p": share, "km": few})  # noqa: E731
    amounts = lambda: table(rng, n, crane=few, goose=few)  # noqa: E731
    asked = lambda: table(rng, 2 * n, y=few, w=share, s=sex, c=letter)  # noqa: E731
    design = {"weight": "w", "strata": "s", "cluster": "c"}
    flights = lambda: table(rng, n, **{"from": letter, "to": letter, "season": sex, "birds": few})  # noqa: E731
    answers = lambda: table(rng, 2 * n, a=few, b=few, c=few)  # noqa: E731
    word = lambda: list(CONFIDENCE)[rng.integers(4)]  # noqa: E731
    return {
        "sum": lambda: score_weighted_sum(options(), lower_is_better=["cost"]).summary(),
        "topsis": lambda: score_topsis(options(), column(rng, 3, share)).summary(),
        "weights": lambda: vary_weights(options(), samples=20, method=["topsis", "weighted sum"][n % 2]).summary(),
        "tipping": lambda: find_tipping_weights(options()),
        "delegations": lambda: compare_delegations(options(), options()).summary(),
        "pairs": lambda: weigh_pairs({(letter(), letter()): v for v in column(rng, n, few)}).summary(),
        "brief": lambda: write_brief(
            "Title", table(rng, n, **dict.fromkeys(COLUMNS, letter) | {
                "estimate": few, "lower": lambda: 0, "upper": lambda: 9, "confidence": word}),
            message="Short.", sections={"Why": "So."}, recommendations=["Do."], sources=dict.fromkeys("ABCDEF", "S"),
        ),
        "pc": lambda: measure_connectivity(links(), probability="p").summary(),
        "iic": lambda: lose_sites(measure_connectivity(links(), kind="IIC"), letter()).summary(),
        "between": lambda: measure_betweenness(links(), distance=["km", None][n % 2]).summary(),
        "coordinates": lambda: link_sites(table(rng, n, site=few, lat=few, lon=few), 50),
        "held": lambda: assess_protection(amounts(), [0]).summary(),
        "next": lambda: protect_next(amounts(), method=["exact", "greedy"][n % 2]).summary(),
        "seasons": lambda: compare_seasons(flights(), birds="birds").summary(),
        "bottleneck": lambda: find_bottleneck(flights(), letter(), letter(), birds="birds").summary(),
        "mean": lambda: estimate_mean(asked(), "y", by=["c", None][n % 2], **design).summary(),
        "total": lambda: estimate_total(asked(), "y", weight="w").summary(),
        "share": lambda: estimate_share(asked(), "c", **(design | {"cluster": None})).summary(),
        "gain": lambda: learning_gain(column(rng, n, few), column(rng, n, few), 9).summary(),
        "paired": lambda: compare_paired(column(rng, n, few), column(rng, n, few)).summary(),
        "likert": lambda: summarise_likert(answers(), list("abc"), range(9)).summary(),
        "alpha": lambda: check_reliability(answers(), missing=["leave out", "pairwise"][n % 2]).summary(),
        "safe": lambda: disaggregate(
            table(rng, 3 * n, sex=sex, score=few), "sex", ["score", None][n % 2]
        ).summary(),
    }  # fmt: skip


NAMES = sorted(calls(np.random.default_rng(0)))


@pytest.mark.parametrize("name", NAMES)
def test_a_result_or_a_clear_error(result_or_clear_error, name):
    result_or_clear_error(calls, NAMES, name, seeds=25)
