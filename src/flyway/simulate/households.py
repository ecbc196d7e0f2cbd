"""Households around a wetland, all of whose answers are known, and a survey that asks some of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from flyway.inputs import probability
from flyway.simulate.limits import positive, whole

#: Zones: villages there are, chance that cranes damage a field, usual loss of those harmed (per year).
ZONES = {"near": (40, 0.55, 180.0), "far": (160, 0.15, 120.0)}


@dataclass(frozen=True)
class HouseholdSurvey:
    """`answers`: the households asked. `population`: all of them. `truth`: what a census would find.

    answers: `zone` (stratum), `village` (cluster), `household`, `weight` (households it stands for),
    `sex` and `age` of who answered, `harmed`, `loss`, `support` (1 to 5). truth: `zone` (and "all"),
    `households`, `mean_loss`, `total_loss`, `share_harmed`, `mean_support`.
    """

    answers: pd.DataFrame
    population: pd.DataFrame
    truth: pd.DataFrame


def household_survey(
    villages: int = 12,
    households: int = 10,
    *,
    village_spread: float = 0.6,
    refusal: float = 0.0,
    seed: int,
    drawn: int | None = None,
) -> HouseholdSurvey:
    """Simulate a household survey in two zones: villages are drawn, then households in each.

    Parameters
    ----------
    villages : drawn per zone, 2 to 40. households : asked per village; small villages are asked whole.
    village_spread : how much villages differ (standard deviation of their log odds of harm): neighbours
        answer alike, so that 10 of one village tell less than 10 of ten villages.
    refusal : chance that a household that was not harmed does not answer; above 0, the survey finds too
        much harm, and no weight in the table can mend it.
    seed : decides villages and households. drawn : decides who is asked (default: `seed`), to take many
        surveys of the same people. Both any whole number.

    Returns
    -------
    HouseholdSurvey; weights are (villages in the zone / drawn) · (households / answered). Amounts are in an
    invented currency.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    n, m = whole(villages, "villages", 2), whole(households, "households")
    if n > min(v for v, _, _ in ZONES.values()):
        raise ValueError(f"villages is {n}: the smallest zone has 40")
    silent = probability(refusal, "refusal")
    people = _population(positive(village_spread, "village_spread", zero=True), seed)
    rng = np.random.default_rng([seed if drawn is None else drawn, 7])
    parts = []
    for zone, (there, _, _) in ZONES.items():
        for v in rng.choice(
            people.loc[people["zone"] == zone, "village"].unique(), n, replace=False
        ):
            home = people[people["village"] == v]
            asked = home.iloc[np.sort(rng.choice(len(home), min(m, len(home)), replace=False))]
            answered = asked["harmed"].to_numpy() | (rng.random(len(asked)) >= silent)
            weight = there / n * len(home) / max(answered.sum(), 1)
            parts.append(asked[answered].assign(weight=weight))
    answers = pd.concat(parts, ignore_index=True)
    first = ["zone", "village", "household", "weight"]
    answers = answers[first + [c for c in answers.columns if c not in first]]
    return HouseholdSurvey(answers, people.copy(), _truth(people))


@lru_cache(maxsize=4)  # many surveys are drawn from the same people
def _population(spread: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    parts, number = [], 0
    for zone, (villages, chance, loss) in ZONES.items():
        for _ in range(villages):
            number += 1
            k = int(15 + rng.poisson(35))
            odds = chance / (1 - chance) * np.exp(rng.normal(0, spread))
            harmed = rng.random(k) < odds / (1 + odds)
            amount = np.where(harmed, np.rint(rng.lognormal(np.log(loss), 0.6, k)), 0.0)
            leaning = rng.normal(0.6 - 0.9 * harmed, 1.0, k) + rng.normal(0, 0.3)
            parts.append(
                pd.DataFrame(
                    {
                        "zone": zone,
                        "village": f"V{number:03d}",
                        "household": np.arange(1, k + 1),
                        "sex": np.where(rng.random(k) < 0.48, "woman", "man"),
                        "age": np.clip(np.rint(rng.normal(46, 15, k)), 18, 90).astype(int),
                        "harmed": harmed,
                        "loss": amount,
                        "support": np.clip(np.rint(3 + leaning), 1, 5).astype(int),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _truth(people: pd.DataFrame) -> pd.DataFrame:
    groups = [*people.groupby("zone", sort=False), ("all", people)]
    rows = [
        (zone, len(g), g["loss"].mean(), g["loss"].sum(), g["harmed"].mean(), g["support"].mean())
        for zone, g in groups
    ]
    columns = ["zone", "households", "mean_loss", "total_loss", "share_harmed", "mean_support"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class TrainingScores:
    """`scores`: `person`, `country`, `sex`, `age_group`, `before`, `after`. `gain`: the true gain.

    maximum : the highest score possible.
    """

    scores: pd.DataFrame
    maximum: int
    gain: float


def training_scores(
    people: int = 30,
    *,
    maximum: int = 20,
    gain: float = 0.45,
    before: float = 0.5,
    spread: float = 0.17,
    women: float = 0.4,
    absent: float = 0.0,
    seed: int,
) -> TrainingScores:
    """Simulate test scores before and after a training.

    Each question that a person could not answer before is answered afterwards with probability `gain`;
    nobody forgets. So the true normalised gain (Hake) is `gain`.

    Parameters
    ----------
    people : how many. maximum : questions in the test. gain : share learned of what was not known.
    before, spread : mean share known before (above 0 and below 1), and its standard deviation
        between people. women : share of women. absent : chance to miss the second test (blank).
    seed : any whole number.

    Returns
    -------
    TrainingScores; `after` is blank for people who missed the second test.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    n, top, rng = whole(people, "people"), whole(maximum, "maximum"), np.random.default_rng(seed)
    mean = probability(before, "before", open_interval=True)
    size = mean * (1 - mean) / positive(spread, "spread") ** 2 - 1
    if size <= 0:
        raise ValueError(f"spread is {spread:g}: people cannot differ by that much around {mean:g}")
    known = rng.binomial(top, rng.beta(mean * size, (1 - mean) * size, n))
    learned = rng.binomial(top - known, probability(gain, "gain"))
    table = pd.DataFrame(
        {
            "person": np.arange(1, n + 1),
            "country": rng.choice(list("ABCDEF"), n),
            "sex": np.where(rng.random(n) < probability(women, "women"), "woman", "man"),
            "age_group": rng.choice(
                ["18-29", "30-44", "45-59", "60+"], n, p=[0.35, 0.35, 0.2, 0.1]
            ),
            "before": known,
            "after": pd.array(known + learned, dtype="Int64"),
        }
    )
    table.loc[rng.random(n) < probability(absent, "absent"), "after"] = pd.NA
    return TrainingScores(table, top, float(gain))
