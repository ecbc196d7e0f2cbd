"""The design of a survey: who was drawn how, and what that does to the standard error.

Taylor linearisation: an estimate is turned into a score z for each person, so that its variance is
that of a total of scores over the first-stage clusters c (households or villages) of each stratum h:

    var = Σ_h (1 − n_h/N_h) · n_h/(n_h − 1) · Σ_c (z_hc − z̄_h)²

Sources: Wolter (2007) Introduction to Variance Estimation, 2nd ed., ch. 6; Lumley (2010) Complex
Surveys, ch. 2-3. Clusters are taken as drawn with replacement unless the population is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import numbers, one_of, require_columns

SINGLE = ("error", "centre")


@dataclass(frozen=True)
class Design:
    """A survey design that was read. Codes are per row; `size` and `fraction` per stratum."""

    weights: np.ndarray
    stratum: np.ndarray
    cluster: np.ndarray
    size: np.ndarray
    fraction: np.ndarray
    cluster_stratum: np.ndarray
    finite: bool
    notes: tuple[str, ...]

    def covariance(self, scores: np.ndarray) -> np.ndarray:
        """Return the covariance (k × k) of totals of scores (rows × k)."""
        totals = np.zeros((len(self.cluster_stratum), scores.shape[1]))
        np.add.at(totals, self.cluster, scores)
        sums = np.zeros((len(self.size), scores.shape[1]))
        np.add.at(sums, self.cluster_stratum, totals)
        centre = sums / self.size[:, None]
        alone = (self.size == 1) & (self.fraction < 1)
        centre[alone] = totals.mean(axis=0)  # reached only with single="centre"
        gap = totals - centre[self.cluster_stratum]
        n = self.size
        scale = (1 - self.fraction) * np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
        return (gap * scale[self.cluster_stratum][:, None]).T @ gap

    def df(self, inside: np.ndarray) -> float:
        """Return clusters minus strata, of those with people in the group `inside`."""
        clusters = np.unique(self.cluster[inside])
        return float(len(clusters) - len(np.unique(self.cluster_stratum[clusters])))


def read_design(
    data: pd.DataFrame,
    weight: str | None,
    strata: str | None,
    cluster: str | None,
    population: str | Mapping | None,
    single: str,
) -> Design:
    """Return the design, or say which row, stratum or cluster is wrong and how to mend it."""
    one_of(single, "single", SINGLE)
    require_columns(data, [c for c in (weight, strata, cluster) if c is not None])
    n = len(data)
    if n < 2:
        raise ValueError(f"the table has {n} row(s): an uncertainty needs at least 2 people")
    w = np.ones(n) if weight is None else numbers(data[weight], weight, minimum=0)
    if w.sum() == 0:
        raise ValueError(f"every {weight} is 0: give weights above 0")
    stratum, strata_names = _codes(data, strata)
    own = np.arange(n) if cluster is None else _codes(data, cluster)[0]
    # clusters are numbered within strata: village 1 of the north is not village 1 of the south
    pairs, code = np.unique(np.column_stack([stratum, own]), axis=0, return_inverse=True)
    code = np.asarray(code).ravel()
    size = np.bincount(pairs[:, 0], minlength=len(strata_names))
    N = _population(data, population, strata, stratum, strata_names, size)
    fraction = size / N
    notes = []
    alone = np.flatnonzero((size == 1) & (fraction < 1))
    if len(alone):
        name = strata_names[alone[0]]
        if single == "error":
            where = f"stratum {name!r}" if strata else "the survey"
            raise ValueError(
                f"{where} has a single {'cluster' if cluster else 'person'}: its scatter cannot be "
                f"seen. Join it with a similar stratum, or use single='centre'"
            )
        notes.append(
            f"{len(alone)} stratum(s) with a single {'cluster' if cluster else 'person'} are compared "
            f"with the mean of all: their part of the standard error is a rough guess."
        )
    return Design(
        w, stratum, code, size, fraction, pairs[:, 0], population is not None, tuple(notes)
    )


def _codes(data: pd.DataFrame, column: str | None) -> tuple[np.ndarray, list]:
    if column is None:
        return np.zeros(len(data), dtype=int), ["all"]
    blank = data[column].isna().to_numpy()
    if blank.any():
        row = data.index[int(np.flatnonzero(blank)[0])]
        raise ValueError(f"{column} is missing in row {row}: fill it in")
    code, names = pd.factorize(data[column])
    return code, list(names)


def _population(
    data: pd.DataFrame,
    population: str | Mapping | float | None,
    strata: str | None,
    stratum: np.ndarray,
    names: list,
    size: np.ndarray,
) -> np.ndarray:
    if population is None:
        return np.full(len(names), np.inf)
    if isinstance(population, str):
        require_columns(data, [population])
        values = numbers(data[population], population, minimum=1)
        N = np.zeros(len(names))
        for h, name in enumerate(names):
            here = np.unique(values[stratum == h])
            if len(here) > 1:
                raise ValueError(
                    f"{population} differs within stratum {name!r}: one stratum has one size"
                )
            N[h] = here[0]
    elif isinstance(population, Mapping | pd.Series):
        lacking = [h for h in names if h not in population]
        if lacking:
            raise ValueError(f"stratum {lacking[0]!r} has no population: give its size")
        N = numbers([population[h] for h in names], "population", minimum=1)
    else:
        if strata is not None:
            raise ValueError("population is one number but there are strata: give one per stratum")
        N = numbers([population], "population", minimum=1)
    short = np.flatnonzero(size > N)
    if len(short):
        h = short[0]
        raise ValueError(
            f"stratum {names[h]!r} has {size[h]} sampled units but a population of {N[h]:g}: "
            f"correct its size (it counts clusters, where there are clusters)"
        )
    return N
