"""An invented impact assessment of a wind farm, with faults that are known, and the counts behind it.

Each statement of the report comes from a pool of topics with a sound and a faulty wording. A seed chooses
which topics are faulty, the numbers and the order. No statement describes a real project.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from flyway.simulate.basins import log_levels

#: Kind of fault: (sound wording, faulty wording). Small words in braces are numbers that a seed draws.
POOL = {
    "no control": (
        "At the northern roost cranes fell by {percent} % after building. At three roosts without "
        "turbines they fell by {percent} % as well, so this fall is not ascribed to the farm.",
        "At the northern roost cranes fell by {percent} % after building. This number is the effect "
        "of the farm on the roost.",
    ),
    "control affected": (
        "The comparison fields of the western plain lie {far} km from the turbines. None of the "
        "{ringed} ringed cranes of the farm was seen there.",
        "The comparison field of the western plain lies {near} km from the turbines. Of {ringed} ringed "
        "cranes that fed at the farm, {moved} now feed in that field, so it is well comparable.",
    ),
    "odd winter": (
        "In {year} a flood covered the southern meadows. The plan of the study said before building that "
        "flood winters are left out, and this one was.",
        "In {year} a flood covered the southern meadows and brought {times} times the usual cranes. The "
        "mean before building includes this winter and only one other.",
    ),
    "found is not killed": (
        "In the first spring searchers found no dead crane below the power line. As they find only {share} "
        "of 10 that lie there, the report says how many may have died all the same.",
        "In the first spring searchers found no dead crane below the power line. The line killed no crane "
        "in that spring.",
    ),
    "daytime only": (
        "Flights were watched by day, at dusk and at dawn, and by radar at night, on {days} days.",
        "Flights were watched from 9 to 16 o'clock, on {days} days. Their number is taken for all flights "
        "of a day and a night past the turbines.",
    ),
    "avoidance assumed": (
        "How often cranes turn away from these turbines was not measured. Collisions are given for "
        "avoidance of 0.95, 0.98 and 0.99, and the report says how far the three results differ.",
        "How often cranes turn away from these turbines was not measured. With an avoidance of 0.999 one "
        "crane would die in {years} years, and this is the result of the report.",
    ),
    "few birds": (
        "At the small pond there were {few} cranes before and {fewer} after. The report draws no "
        "conclusion from such numbers.",
        "At the small pond cranes fell by {percent} %, from {few} to {fewer} birds. This is the strongest "
        "effect of all places in the report.",
    ),
    "chosen for its result": (
        "The comparison villages were named in the plan, {years} years before the first turbine.",
        "Cranes were counted near {many} villages. After the counts, the three villages where cranes fell "
        "most were taken for comparison.",
    ),
    "one winter": (
        "At the eastern roost cranes were counted in {winters} winters before building and in {winters} "
        "after.",
        "At the eastern roost cranes were counted in one winter before building and in {winters} after. The "
        "difference of {birds} cranes shows what building did.",
    ),
    "chosen places": (
        "Dead birds were searched below {six} of {many} turbines, drawn by lot.",
        "Dead birds were searched below the {six} turbines that are nearest to the road. The result is "
        "given for all {many} turbines.",
    ),
    "other effort": (
        "At the long dike the same {six} counters counted for two hours each morning, before building and "
        "after it.",
        "At the long dike two people counted before building, and {six} people with telescopes after it. The "
        "rise of {percent} % is given as a gain of cranes.",
    ),
    "unsure taken for none": (
        "In the reed bed cranes changed by a ratio of 0.9, with a 95 % interval from 0.6 to 1.3. The report "
        "says that neither a loss nor a gain is shown there.",
        "In the reed bed cranes changed by a ratio of 0.9, with a 95 % interval from 0.6 to 1.3. As the "
        "interval holds 1, it is proved that the farm does no harm there.",
    ),
}
FAULTS = 6
LEVELS = {
    "Farm": 160,
    "Alder": 110,
    "Birch": 190,
    "Cedar": 75,
    "Elm": 230,
    "Fir": 130,
    "Next door": 140,
}
BEFORE, AFTER = 6, 5


class Assessment(NamedTuple):
    """What `assessment` returns.

    statements : `number`, `text`, `kind` (of the fault that it could have), `faulty` (True or False).
    counts : `field`, `treatment` (impact or control), `distance_km`, `winter`, `period`, `cranes`.
    flood : the winter before building in which a flood brought cranes to the farm.
    effect : true ratio of cranes at the farm to what would be there without it.
    searches : one row: `searches`, `interval_days`, `persistence`, `carcasses_found`.
    trial : `carcass`, `seen` (yes or no): what searchers saw of carcasses that were laid out.
    """

    statements: pd.DataFrame
    counts: pd.DataFrame
    flood: int
    effect: float
    searches: pd.DataFrame
    trial: pd.DataFrame


def assessment(*, seed: int) -> Assessment:
    """Draw a report with six faults in twelve statements, and the counts and trials behind it.

    seed : any whole number of 0 or more.
    Errors: ValueError for a seed below 0.

    Returns an `Assessment`. At the farm the birds are those of the other fields times the true effect; a
    flood brought many cranes to the farm in one winter before it; half of the cranes that leave go to the
    field next door, or half of those that come are missing there.
    """
    rng = np.random.default_rng(seed)
    statements = _statements(rng)
    counts, flood, effect = _counts(rng)
    placed = int(rng.integers(20, 41))
    seen = rng.permutation(np.arange(placed) < round(placed * rng.uniform(0.3, 0.7)))
    trial = pd.DataFrame({"carcass": np.arange(1, placed + 1), "seen": np.where(seen, "yes", "no")})
    searches = pd.DataFrame(
        {
            "searches": [int(rng.integers(8, 15))],
            "interval_days": [int(rng.choice([5, 7, 10, 14]))],
            "persistence": [round(float(rng.uniform(0.8, 0.95)), 2)],
            "carcasses_found": [0],
        }
    )
    return Assessment(statements, counts, flood, effect, searches, trial)


def _statements(rng: np.random.Generator) -> pd.DataFrame:
    """Draw which topics are faulty, their numbers and their order."""
    kinds = list(POOL)
    faulty = np.isin(np.arange(len(kinds)), rng.choice(len(kinds), FAULTS, replace=False))
    rows = []
    for place in rng.permutation(len(kinds)):
        few = int(rng.integers(2, 5)) * 2
        drawn = {
            "percent": 50,
            "few": few,
            "fewer": few // 2,
            "far": int(rng.integers(18, 31)),
            "near": int(rng.integers(1, 4)),
            "ringed": int(rng.integers(11, 20)),
            "moved": int(rng.integers(6, 10)),
            "year": int(rng.integers(2012, 2016)),
            "times": int(rng.integers(3, 6)),
            "share": int(rng.integers(3, 7)),
            "days": int(rng.integers(20, 60)),
            "years": int(rng.integers(2, 9)),
            "many": int(rng.integers(9, 19)),
            "winters": int(rng.integers(5, 8)),
            "birds": int(rng.integers(60, 240)),
            "six": int(rng.integers(4, 8)),
        }
        if kinds[place] != "few birds":
            drawn["percent"] = int(rng.integers(12, 41))
        text = POOL[kinds[place]][int(faulty[place])].format(**drawn)
        rows.append((len(rows) + 1, text, kinds[place], bool(faulty[place])))
    return pd.DataFrame(rows, columns=["number", "text", "kind", "faulty"])


def _counts(rng: np.random.Generator) -> tuple[pd.DataFrame, int, float]:
    """Draw the cranes of the farm and six fields over the winters."""
    winters = BEFORE + AFTER
    effect = float(rng.choice([0.5, 1.0, 1.9]))
    logs = log_levels((1, len(LEVELS), winters), growth=0.03, sd_basin=0.1, memory=0.3, rng=rng)[0]
    birds = np.array(list(LEVELS.values()))[:, None] * np.exp(logs)
    after = np.arange(winters) >= BEFORE
    lost = (1 - effect) * birds[0] * after  # below 0: cranes that came
    birds[0] *= np.where(after, effect, 1)
    birds[-1] = np.maximum(birds[-1] + 0.5 * lost, 0.3 * birds[-1])
    flood = int(rng.integers(1, BEFORE - 1))
    birds[0, flood] *= 4
    seen = birds * np.exp(rng.normal(0, 0.05, birds.shape))
    i, t = (a.ravel() for a in np.indices(birds.shape))
    km = np.array([0, *rng.integers(14, 40, len(LEVELS) - 2), 2])
    first = int(rng.integers(2010, 2014))
    table = pd.DataFrame(
        {
            "field": np.array(list(LEVELS))[i],
            "treatment": np.where(i == 0, "impact", "control"),
            "distance_km": km[i],
            "winter": first + t,
            "period": np.where(after[t], "after", "before"),
            "cranes": np.maximum(1, np.rint(seen)).astype(int).ravel(),
        }
    )
    return table, first + flood, effect
