"""What is each criterion worth? Weights from pairwise comparisons, and whether they agree.

In the analytic hierarchy process (AHP) people compare criteria two by two: "how many times more
important?" (1 equal, 3 moderate, 5 strong, 7 very strong, 9 extreme). The weights are the principal
eigenvector of the matrix of answers A, and the consistency ratio says how far the answers disagree
with each other:

    A w = λ_max w,     CI = (λ_max − n) / (n − 1),     CR = CI / RI(n)

RI is the mean CI of random matrices. Sources: Saaty (1977) Journal of Mathematical Psychology
15:234-281; Saaty (2008) International Journal of Services Sciences 1:83-98 (the drinks example that
the tests reproduce); random index: Saaty (2005) Theory and Applications of the Analytic Network
Process, p. 31; Donegan & Dodd (1991) Mathematical and Computer Modelling 15(10):135-137. Missing
comparisons: Bozóki, Fülöp & Rónyai (2010) Mathematical and Computer Modelling 52:318-333. Several
people: Aczél & Saaty (1983) Journal of Mathematical Psychology 27:93-102.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import networkx as nx
import numpy as np
import pandas as pd
from scipy.optimize import minimize

from flyway.inputs import numbers, one_of

SAATY = (0, 0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59)
DONEGAN_DODD = (0, 0, 0.4914, 0.8286, 1.0591, 1.1797, 1.2519, 1.3171, 1.3733, 1.4055, 1.4213, 1.4497,
                1.4643, 1.4822, 1.4969)  # fmt: skip
RANDOM_INDEX = {"saaty": SAATY, "donegan-dodd": DONEGAN_DODD}
AGREE = 0.10  # Saaty's rule: above this ratio, look at the answers again


@dataclass(frozen=True)
class PairWeights:
    """Weights from pairwise comparisons; `consistency_ratio` above 0.10 asks for a second look.

    weights : weight of each criterion, sum 1.
    consistency_ratio : how far the answers disagree with each other; 0 is none.
    lambda_max : largest eigenvalue of the answers.
    """

    weights: pd.Series
    consistency_ratio: float
    lambda_max: float
    matrix: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def consistent(self) -> bool:
        """True when the consistency ratio is at most 0.10 (Saaty's rule of thumb)."""
        return self.consistency_ratio <= AGREE

    def summary(self) -> pd.DataFrame:
        """Return criterion, estimate (weight, sum 1) and rank, the most important first."""
        table = pd.DataFrame({"criterion": self.weights.index, "estimate": self.weights.to_numpy()})
        table["rank"] = (
            self.weights.round(12).rank(ascending=False, method="min").astype(int).to_numpy()
        )
        return table.sort_values("rank", ignore_index=True, kind="stable")

    def disagreements(self) -> pd.DataFrame:
        """Return the comparisons that fit the weights least, the worst first: which to talk over.

        `fitted` is w_i / w_j; `ratio` how many times the answer exceeds it (or falls short).
        """
        w, rows = self.weights.to_numpy(), []
        for i, a in enumerate(self.weights.index):
            for j in range(i + 1, len(w)):
                given, fitted = float(self.matrix.iloc[i, j]), float(w[i] / w[j])
                rows.append(
                    (a, self.weights.index[j], given, fitted, max(given / fitted, fitted / given))
                )
        frame = pd.DataFrame(rows, columns=["criterion", "other", "answer", "fitted", "ratio"])
        return frame.sort_values("ratio", ascending=False, ignore_index=True, kind="stable")


def weigh_pairs(comparisons: Mapping | pd.DataFrame, *, random_index: str = "saaty") -> PairWeights:
    """Turn pairwise comparisons of criteria into weights, and say whether they agree (AHP).

    Parameters
    ----------
    comparisons : (criterion, other) -> how many times more important the first is (below 1: less);
        or a square table of them (index and columns the criteria; blanks where not asked).
        Missing pairs are filled in so that λ_max is smallest, if the pairs link all criteria.
    random_index : "saaty" (2005) or "donegan-dodd" (1991), up to 15 criteria.

    Errors: ValueError for values of 0 or less, a pair given twice with answers that are not each
    other's inverse, criteria that no chain of comparisons links, more than 15 criteria.
    Misleads: a low ratio says the answers agree with each other, not that they are right; and the
    verbal scale (1 to 9) stretches weights apart.
    """
    one_of(random_index, "random_index", RANDOM_INDEX)
    names, A = _matrix(comparisons)
    n = len(names)
    if n > len(SAATY):
        raise ValueError(f"there are {n} criteria: group them, AHP compares up to {len(SAATY)}")
    missing = int(np.isnan(A).sum() // 2)
    A = _complete(A, names)
    lam, w = _principal(A)
    index = RANDOM_INDEX[random_index][n - 1]
    # rounding leaves λ_max a hair below n for consistent answers
    ratio = max(float((lam - n) / (n - 1) / index), 0.0) if index else 0.0
    notes = []
    if missing:
        notes.append(f"{missing} of {n * (n - 1) // 2} comparisons are missing and were filled in.")
    if ratio > AGREE:
        notes.append(
            f"The answers disagree with each other (consistency ratio {ratio:.2f}, above {AGREE:.2f}): "
            f"talk over the pairs at the top of disagreements()."
        )
    return PairWeights(
        pd.Series(w, index=pd.Index(names, name="criterion"), name="weight"),
        ratio,
        float(lam),
        pd.DataFrame(A, index=names, columns=names),
        tuple(notes),
    )


def combine_pairs(
    answers: Iterable[Mapping | pd.DataFrame], *, random_index: str = "saaty"
) -> PairWeights:
    """Weigh criteria from the pairwise comparisons of several people or delegations.

    The answers to each pair are joined by their geometric mean, the only mean that keeps "A is
    3 times B" and "B is a third of A" the same statement (Aczél & Saaty 1983).

    Parameters
    ----------
    answers : one table (or mapping) of comparisons per person, as in `weigh_pairs`.
    random_index : as in `weigh_pairs`.

    Errors: ValueError as in `weigh_pairs`, and for people who compared different criteria.
    Misleads when people disagree for good reason: the mean of two camps is nobody's view. Compare
    the delegations first (`compare_delegations`).
    """
    matrices = [_matrix(a) for a in answers]
    if not matrices:
        raise ValueError("no answers are given: give the comparisons of at least one person")
    names = matrices[0][0]
    for k, (other, _) in enumerate(matrices):
        if set(other) != set(names):
            odd = sorted(map(str, set(other) - set(names) or set(names) - set(other)))[0]
            raise ValueError(
                f"person {k} was asked about other criteria ({odd!r}): use the same list"
            )
    logs = np.stack(
        [np.log(pd.DataFrame(A, o, o).loc[names, names].to_numpy()) for o, A in matrices]
    )
    asked = np.isfinite(logs)
    total = np.where(asked, logs, 0).sum(axis=0)
    mean = np.divide(
        total, asked.sum(axis=0), out=np.full_like(total, np.nan), where=asked.any(axis=0)
    )
    return weigh_pairs(pd.DataFrame(np.exp(mean), names, names), random_index=random_index)


def _matrix(comparisons: Mapping | pd.DataFrame) -> tuple[list, np.ndarray]:
    if isinstance(comparisons, pd.DataFrame):
        if list(comparisons.index) != list(comparisons.columns) or comparisons.index.has_duplicates:
            raise ValueError(
                "the table of comparisons must have the same criteria, each once, in rows and columns"
            )
        pairs = {
            (a, b): comparisons.loc[a, b]
            for a in comparisons.index
            for b in comparisons.columns
            if not pd.isna(comparisons.loc[a, b])
        }
        names = list(comparisons.index)
    elif isinstance(comparisons, Mapping | pd.Series):
        pairs, names = dict(comparisons), []
        for key in pairs:
            if not (isinstance(key, tuple) and len(key) == 2):
                raise ValueError(
                    f"comparison {key!r} is no pair: write ('habitat', 'cost'): 3 for 3 times"
                )
            names += [c for c in key if c not in names]
    else:
        raise ValueError("comparisons must be pairs -> numbers, or a square table of them")
    if len(names) < 2:
        raise ValueError("there are fewer than 2 criteria: compare at least 2")
    position = {c: i for i, c in enumerate(names)}
    A = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(A, 1.0)
    for (a, b), value in pairs.items():
        number = float(numbers([value], f"comparison of {a!r} with {b!r}")[0])
        if number <= 0:
            raise ValueError(
                f"comparison of {a!r} with {b!r} is {number:g}: it must be above 0 (a third is 1/3)"
            )
        i, j = position[a], position[b]
        if np.isfinite(A[i, j]) and not np.isclose(A[i, j], number, rtol=0.02):
            raise ValueError(
                f"{a!r} is {number:g} times {b!r} here and {A[i, j]:g} times elsewhere: keep one answer"
                if a != b
                else f"{a!r} is compared with itself as {number:g}: that is always 1"
            )
        if np.isnan(A[i, j]):
            A[i, j], A[j, i] = number, 1 / number
    return names, A


def _complete(A: np.ndarray, names: list) -> np.ndarray:
    blank = np.argwhere(np.triu(np.isnan(A), 1))
    if not len(blank):
        return A
    parts = list(nx.connected_components(nx.from_numpy_array(np.isfinite(A).astype(int))))
    if len(parts) > 1:
        first, second = names[min(parts[0])], names[min(parts[1])]
        raise ValueError(
            f"no chain of comparisons links {first!r} with {second!r}: compare one pair between them"
        )
    rows, columns = blank.T

    def filled(logs: np.ndarray) -> np.ndarray:
        full = A.copy()
        full[rows, columns], full[columns, rows] = np.exp(logs), np.exp(-logs)
        return full

    # λ_max is convex in the logs of the missing entries (Bozóki et al. 2010): one minimum
    found = minimize(
        lambda logs: _principal(filled(logs))[0],
        np.zeros(len(blank)),
        method="BFGS",
        options={"gtol": 1e-9},
    )
    return filled(found.x)


def _principal(A: np.ndarray) -> tuple[float, np.ndarray]:
    values, vectors = np.linalg.eig(A)
    k = int(np.argmax(values.real))
    w = np.abs(vectors[:, k].real)
    return float(values[k].real), w / w.sum()
