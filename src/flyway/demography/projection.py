"""How fast would the population grow if these rates went on? Matrix projection models.

n(t+1) = A n(t), with a_ij the birds of stage i next year per bird of stage j this year. The largest
eigenvalue λ is the yearly growth; its right vector w the stable stages, its left vector v the
reproductive values (v₁ = 1). Sensitivity s_ij = v_i w_j / ⟨v, w⟩, elasticity e_ij = a_ij s_ij / λ,
damping ratio λ / |λ₂|.

Source: Caswell (2001) Matrix Population Models, 2nd ed., ch. 4, 5 and 9. His killer whales (ex. 5.1)
are in the tests. A random environment is in `flyway.demography.stochastic`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from flyway import results
from flyway.inputs import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Projection:
    """What a projection matrix says: `estimate` is λ; stable stages, reproductive values, elasticities.

    se : standard error of λ, if those of the rates were given.
    stages : names of the stages.
    stable : share of each stage in the long run.
    reproductive_value : what one bird of each stage adds to the future (first stage = 1).
    sensitivity : change of λ for one unit more of each rate.
    elasticity : change of λ in per cent for 1 % more of each rate; they add up to 1.
    damping : how fast the stages settle (the larger, the faster).
    generation_time, mother_age : years, by two definitions.
    net_reproduction : young that one bird leaves in its life.
    """

    estimate: float
    se: float
    stages: list
    stable: pd.Series
    reproductive_value: pd.Series
    sensitivity: pd.DataFrame
    elasticity: pd.DataFrame
    damping: float
    generation_time: float
    mother_age: float
    net_reproduction: float
    notes: tuple[str, ...]
    matrix: np.ndarray = field(repr=False)

    @property
    def r(self) -> float:
        """Ln λ, the instantaneous rate."""
        return float(np.log(self.estimate)) if self.estimate > 0 else float("-inf")

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of λ, symmetric on the log scale; NaN without standard errors."""
        if not self.se > 0:
            return float("nan"), float("nan")
        half = results.multiplier(level) * self.se / self.estimate
        return float(self.estimate * np.exp(-half)), float(self.estimate * np.exp(half))

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return λ, damping ratio, generation time, and stable stage and reproductive value by stage."""
        nan = float("nan")
        rows = [
            ("growth rate lambda", self.estimate, self.se or nan, *self.interval(level)),
            ("change (% per year)", 100 * (self.estimate - 1), 100 * self.se or nan, nan, nan),
            ("damping ratio", self.damping, nan, nan, nan),
            ("generation time (years)", self.generation_time, nan, nan, nan),
            ("mean age of mothers (years)", self.mother_age, nan, nan, nan),
            ("net reproduction", self.net_reproduction, nan, nan, nan),
        ]
        rows += [(f"stable share of {s}", self.stable[s], nan, nan, nan) for s in self.stages]
        rows += [
            (f"reproductive value of {s}", self.reproductive_value[s], nan, nan, nan)
            for s in self.stages
        ]
        return results.table(rows)

    def project(self, start: Iterable, years: int) -> pd.DataFrame:
        """Return the birds of each stage, and the total, in years 0 to `years`.

        start : birds of each stage now. The rates stay as they are: this is a "what if", no forecast.
        """
        n = numbers(start, "start", minimum=0)
        if len(n) != len(self.stages):
            raise ValueError(f"start has {len(n)} numbers for {len(self.stages)} stages")
        steps = int(numbers([years], "years", minimum=1, maximum=100_000, whole=True)[0])
        rows = [n]
        for _ in range(steps):
            rows.append(self.matrix @ rows[-1])
        table = pd.DataFrame(rows, columns=self.stages)
        table.insert(0, "year", np.arange(steps + 1))
        return table.assign(total=np.sum(rows, axis=1))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the elasticities: which rate would change λ most."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        shown = ax.imshow(self.elasticity, cmap="viridis")
        places = range(len(self.stages))
        ax.set_xticks(places, [str(s) for s in self.stages])
        ax.set_yticks(places, [str(s) for s in self.stages])
        ax.set(xlabel="from stage", ylabel="to stage")
        ax.figure.colorbar(shown, label="elasticity")
        return ax


def project_matrix(
    matrix: pd.DataFrame | Iterable,
    *,
    stages: Iterable | None = None,
    fertility: pd.DataFrame | Iterable | None = None,
    se: pd.DataFrame | Iterable | None = None,
) -> Projection:
    """Work out how fast a population would grow if these birth and survival rates went on.

    Parameters
    ----------
    matrix : square table, stages × stages; column: stage this year, row: stage next year.
    stages : names; default: those of the table, else 1, 2, …
    fertility : the part of the matrix that is births (same shape), for generation time and net
        reproduction; default: the first row apart from its first entry.
    se : standard errors of the entries (same shape, taken as independent), for the se of λ.

    Errors: ValueError for a matrix that is not square, negative or blank entries, survival of a
    stage above 1.
    Assumes that the rates stay as they are, whatever the number of birds.
    Misleads as a forecast: λ is what the rates of these years mean if they never change. Stages that
    nobody can reach, and matrices that only cycle, are told in `notes`.

    Examples
    --------
    >>> rates = [[0, 0.6], [0.5, 0.9]]  # young and adults: births, survival
    >>> round(project_matrix(rates).estimate, 2)
    1.16
    """
    A, names = _square(matrix, "matrix", stages)
    n = len(A)
    F = np.zeros_like(A)
    if fertility is None:
        F[0, 1:] = A[0, 1:]
    else:
        F, _ = _square(fertility, "fertility", names)
        if F.shape != A.shape:
            raise ValueError(f"fertility is {F.shape[0]} × {F.shape[1]}, the matrix {n} × {n}")
        if (F > A + 1e-12).any():
            raise ValueError("fertility holds more births than the matrix has: give a part of it")
    U = A - F
    over = np.flatnonzero(U.sum(axis=0) > 1 + 1e-9)
    notes: tuple[str, ...] = ()
    if len(over):
        stage = names[over[0]]
        if fertility is not None:
            raise ValueError(
                f"the birds of stage {stage} survive with {U[:, over[0]].sum():.3g} in all: survival "
                f"cannot exceed 1. Check column {stage}, or what of it is fertility"
            )
        notes += (
            f"Column {stage} adds up to more than 1 below the first row: births may stand there; give "
            f"fertility=… if so.",
        )
    values, right = np.linalg.eig(A)
    top = int(np.argmax(values.real))
    lam = float(values[top].real)
    if lam <= 0:
        raise ValueError("no bird of any stage leaves a bird next year: λ is 0")
    w = np.abs(right[:, top].real)
    w /= w.sum()
    left_values, left = np.linalg.eig(A.T)
    v = np.abs(left[:, int(np.argmax(left_values.real))].real)
    sensitivity = np.outer(v, w) / (v @ w) if v @ w > 1e-12 else np.full_like(A, np.nan)
    elasticity = A * sensitivity / lam
    others = np.sort(np.abs(np.delete(values, top)))
    damping = lam / others[-1] if n > 1 and others[-1] > 1e-12 else float("inf")
    notes += _shape_notes(A, names)
    generation, mother_age, births = _life(U, F, lam)
    error = 0.0
    if se is not None:
        spread, _ = _square(se, "se", names)
        error = float(np.sqrt(((sensitivity * spread) ** 2).sum()))
    return Projection(
        lam,
        error,
        names,
        pd.Series(w, index=names),
        pd.Series(v / v[0] if v[0] > 1e-12 else v / v.max(), index=names),
        pd.DataFrame(sensitivity, names, names),
        pd.DataFrame(elasticity, names, names),
        float(damping),
        generation,
        mother_age,
        births,
        notes,
        A,
    )


def _square(table: pd.DataFrame | Iterable, name: str, stages: Iterable | None) -> tuple:
    names = list(table.columns) if isinstance(table, pd.DataFrame) and stages is None else stages
    rows = table.to_numpy() if isinstance(table, pd.DataFrame) else [list(row) for row in table]
    lengths = {len(row) for row in rows}
    if not len(rows) or lengths != {len(rows)}:
        told = " and ".join(map(str, sorted(lengths)))
        raise ValueError(f"{name} has {len(rows)} rows of {told} entries: it must be square")
    names = list(range(1, len(rows) + 1)) if names is None else list(names)
    if len(names) != len(rows):
        raise ValueError(f"stages has {len(names)} names for {len(rows)} stages")
    columns = [
        numbers([row[j] for row in rows], f"{name}, column {names[j]}", minimum=0)
        for j in range(len(rows))
    ]
    return np.column_stack(columns), names


def _shape_notes(A: np.ndarray, names: list) -> tuple[str, ...]:
    graph = nx.from_numpy_array(A.T, create_using=nx.DiGraph)
    if not nx.is_strongly_connected(graph):
        part = max(nx.strongly_connected_components(graph), key=len)
        outside = [str(names[i]) for i in range(len(A)) if i not in part]
        return (
            f"Not every stage leads to every other (outside the cycle: {', '.join(outside)}): for "
            f"birds past breeding this is right, else a rate is missing.",
        )
    if len(A) > 1 and not nx.is_aperiodic(graph):
        return ("The stages only cycle: numbers go in waves and never reach stable stages.",)
    return ()


def _life(U: np.ndarray, F: np.ndarray, lam: float) -> tuple[float, float, float]:
    """Generation time ln R₀ / ln λ, mean age of mothers at stable stages, and net reproduction R₀."""
    nan = float("nan")
    survivors = np.eye(len(U)) - U
    if np.linalg.matrix_rank(survivors) < len(U):
        return nan, nan, nan
    net = float(np.abs(np.linalg.eigvals(F @ np.linalg.inv(survivors))).max())
    if net <= 0:
        return nan, nan, net
    values, right = np.linalg.eig(U + F)
    w = np.abs(right[:, int(np.argmax(values.real))].real)
    values, left = np.linalg.eig((U + F).T)
    v = np.abs(left[:, int(np.argmax(values.real))].real)
    births = float(v @ F @ w)
    age = float(lam * (v @ w) / births) if births > 0 else nan
    generation = float(np.log(net) / np.log(lam)) if abs(lam - 1) > 1e-9 else age
    return generation, age, net
