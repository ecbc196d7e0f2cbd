"""Connectivity, people and decisions: a result or one clear ValueError, whatever a table holds."""

import numpy as np
import pytest
from odd_cells import odd_column, odd_table

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


def calls(rng):
    n = int(rng.integers(0, 12))
    few = lambda: int(rng.integers(0, 9))  # noqa: E731
    share = lambda: float(rng.random())  # noqa: E731
    letter = lambda: "ABCDEF"[rng.integers(6)]  # noqa: E731
    sex = lambda: ["woman", "man"][rng.integers(2)]  # noqa: E731
    options = lambda: odd_table(rng, n, birds=few, cost=few, people=share)  # noqa: E731
    links = lambda: odd_table(rng, n, **{"from": letter, "to": letter, "p": share, "km": few})  # noqa: E731
    amounts = lambda: odd_table(rng, n, crane=few, goose=few)  # noqa: E731
    asked = lambda: odd_table(rng, 2 * n, y=few, w=share, s=sex, c=letter)  # noqa: E731
    design = {"weight": "w", "strata": "s", "cluster": "c"}
    step = {"from": letter, "to": letter, "season": sex, "birds": few}
    flights = lambda: odd_table(rng, n, **step)  # noqa: E731
    answers = lambda: odd_table(rng, 2 * n, a=few, b=few, c=few)  # noqa: E731
    word = lambda: list(CONFIDENCE)[rng.integers(4)]  # noqa: E731
    return {
        "sum": lambda: score_weighted_sum(options(), lower_is_better=["cost"]).summary(),
        "topsis": lambda: score_topsis(options(), odd_column(rng, 3, share)).summary(),
        "weights": lambda: vary_weights(options(), samples=20, method=["topsis", "weighted sum"][n % 2]).summary(),
        "tipping": lambda: find_tipping_weights(options()),
        "delegations": lambda: compare_delegations(options(), options()).summary(),
        "pairs": lambda: weigh_pairs({(letter(), letter()): v for v in odd_column(rng, n, few)}).summary(),
        "brief": lambda: write_brief(
            "Title", odd_table(rng, n, **dict.fromkeys(COLUMNS, letter) | {
                "estimate": few, "lower": lambda: 0, "upper": lambda: 9, "confidence": word}),
            message="Short.", sections={"Why": "So."}, recommendations=["Do."], sources=dict.fromkeys("ABCDEF", "S"),
        ),
        "pc": lambda: measure_connectivity(links(), probability="p").summary(),
        "iic": lambda: lose_sites(measure_connectivity(links(), kind="IIC"), letter()).summary(),
        "between": lambda: measure_betweenness(links(), distance=["km", None][n % 2]).summary(),
        "coordinates": lambda: link_sites(odd_table(rng, n, site=few, lat=few, lon=few), 50),
        "held": lambda: assess_protection(amounts(), [0]).summary(),
        "next": lambda: protect_next(amounts(), method=["exact", "greedy"][n % 2]).summary(),
        "seasons": lambda: compare_seasons(flights(), birds="birds").summary(),
        "bottleneck": lambda: find_bottleneck(flights(), letter(), letter(), birds="birds").summary(),
        "mean": lambda: estimate_mean(asked(), "y", by=["c", None][n % 2], **design).summary(),
        "total": lambda: estimate_total(asked(), "y", weight="w").summary(),
        "share": lambda: estimate_share(asked(), "c", **(design | {"cluster": None})).summary(),
        "gain": lambda: learning_gain(odd_column(rng, n, few), odd_column(rng, n, few), 9).summary(),
        "paired": lambda: compare_paired(odd_column(rng, n, few), odd_column(rng, n, few)).summary(),
        "likert": lambda: summarise_likert(answers(), list("abc"), range(9)).summary(),
        "alpha": lambda: check_reliability(answers(), missing=["leave out", "pairwise"][n % 2]).summary(),
        "safe": lambda: disaggregate(
            odd_table(rng, 3 * n, sex=sex, score=few), "sex", ["score", None][n % 2]
        ).summary(),
    }  # fmt: skip


NAMES = sorted(calls(np.random.default_rng(0)))


@pytest.mark.parametrize("name", NAMES)
def test_a_result_or_a_clear_error(result_or_clear_error, name):
    result_or_clear_error(calls, NAMES, name, seeds=25)
