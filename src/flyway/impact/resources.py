"""What makes a place attractive? Resource selection by logistic regression of used and available places.

Used places (1) are compared with places that birds could have used (0). The relative strength of
selection is exp(β₁ x₁ + β₂ x₂ + …); the intercept says only how many available places were drawn.
Available places carry a large weight, so that the answer does not depend on their number (infinitely
weighted logistic regression). Fitted by statsmodels' binomial GLM; with `animal` the standard errors
allow for records of one animal being alike (sandwich over animals).

Sources: Manly et al. (2002) Resource Selection by Animals, ch. 5; Fithian & Hastie (2013) Annals of
Applied Statistics 7:1917-1939; Boyce et al. (2002) Ecological Modelling 157:281-300 for the check. No
published case was at hand: the tests use simulated truth and logistic regression by hand.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import statsmodels.api as sm
from patsy import EvalEnvironment, build_design_matrices, dmatrix
from scipy import stats

from flyway import results
from flyway.inputs import covariates, numbers, one_of, require_columns

WEIGHT = 1000.0


@dataclass(frozen=True)
class ResourceSelection:
    """Coefficients of relative selection (log scale) with their covariance.

    params, covariance : coefficients of relative selection, and their covariance.
    formula : the formula that was used.
    used, available : places of each kind.
    """

    params: pd.Series
    covariance: pd.DataFrame
    formula: str
    used: int
    available: int
    converged: bool
    notes: tuple[str, ...]
    data: pd.DataFrame = field(repr=False)
    design: object = field(repr=False)
    settings: tuple = field(repr=False)

    @property
    def se(self) -> pd.Series:
        """Standard errors of `params`."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    def interval(self, level: float = 0.95) -> pd.DataFrame:
        """Return lower and upper of each coefficient (normal)."""
        half = results.multiplier(level) * self.se
        return pd.DataFrame({"lower": self.params - half, "upper": self.params + half})

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return each coefficient, and exp of it: how many times as strongly one unit more is selected."""
        ends = self.interval(level)
        table = results.table(
            [
                (name, self.params[name], self.se[name], *ends.loc[name])
                for name in self.params.index
            ]
        )
        return table.assign(times=np.exp(table["estimate"]))

    def predict(self, places: pd.DataFrame) -> pd.Series:
        """Return the relative strength of selection of places (mean 1 over the available ones)."""
        return self._strength(places) / self._strength(self.data[~self._is_used]).mean()

    def check(self, folds: int = 5, bins: int = 10, seed: int = 1) -> float:
        """Return the Boyce index: rank correlation of predicted class and use, on places left out.

        Near 1 the model ranks new places well; near 0 no better than chance. NaN if too few places.
        """
        rng = np.random.default_rng(seed)
        used_rows = np.flatnonzero(self._is_used)
        fold = rng.permutation(len(used_rows)) % folds
        ranks = []
        for k in range(folds):
            held = used_rows[fold == k]
            kept = self.data.drop(index=self.data.index[held])
            fit = fit_resource_selection(
                kept, self.formula, self.settings[0], against=self.settings[2]
            )
            background = fit._strength(self.data[~self._is_used])
            edges = np.quantile(background, np.linspace(0, 1, bins + 1)[1:-1])
            seen = np.bincount(
                np.searchsorted(edges, fit._strength(self.data.iloc[held])), minlength=bins
            )
            there = np.bincount(np.searchsorted(edges, background), minlength=bins)
            keep = there > 0
            ranks.append(
                stats.spearmanr(np.arange(bins)[keep], (seen / np.maximum(there, 1))[keep])[0]
            )
        return float(np.nanmean(ranks)) if np.isfinite(ranks).any() else float("nan")

    @property
    def _is_used(self) -> np.ndarray:
        return self.data[self.settings[0]].to_numpy(float) == 1

    def _strength(self, places: pd.DataFrame) -> pd.Series:
        try:
            X = build_design_matrices([self.design], places, NA_action="raise")[0]
        except Exception as error:
            raise ValueError(
                f"the places cannot be read with {self.formula!r}: {error}. Give the same columns "
                f"without blanks"
            ) from error
        X = pd.DataFrame(np.asarray(X), columns=self.design.column_names, index=places.index)
        columns = [c for c in self.params.index if c != "Intercept"]
        return np.exp(X[columns] @ self.params[columns])


def fit_resource_selection(
    data: pd.DataFrame,
    formula: str,
    used: str = "used",
    animal: str | None = None,
    *,
    against: str = "available",
) -> ResourceSelection:
    """Find out what makes places attractive to birds.

    Parameters
    ----------
    data : one row per place. used : column of 1 (used) and 0 (available).
    formula : right side, such as "distance_road_km + rice" (patsy).
    animal : column of animals, for used places (blank for the others): records of one animal are
        then taken as alike, and the animals as the sample.
    against : "available" (0 is a place drawn from all that birds could use; the intercept has no
        meaning and is left out) or "unused" (0 is a place known to be without birds: plain logistic
        regression with its intercept).

    Errors: ValueError for other values than 0 and 1, no used or no available place, blanks in
    covariates, covariates that repeat each other.
    Misleads when "available" holds places that birds cannot reach, when used places are found more
    easily near roads, and when records of one bird are counted as many (give `animal`).
    """
    require_columns(data, [used, *[c for c in (animal,) if c]], "the table of places")
    y = numbers(data[used], used, minimum=0, maximum=1, whole=True)
    if y.min() == y.max():
        raise ValueError(
            f"every place has {used} = {y[0]:g}: used (1) and available (0) places are both needed"
        )
    try:
        # only the table's columns may be named, not what happens to be called so in this program
        names = EvalEnvironment([{"np": np}])
        X = dmatrix(formula, covariates(data), names, return_type="dataframe", NA_action="raise")
    except Exception as error:
        raise ValueError(
            f"the formula {formula!r} cannot be read: {error}. Check the names of the covariates and "
            f"fill in blanks"
        ) from error
    if "Intercept" not in X.columns:
        raise ValueError(f"the formula {formula!r} leaves out the intercept: remove '- 1' or '0 +'")
    if np.linalg.matrix_rank(X.to_numpy()) < X.shape[1]:
        raise ValueError(f"the covariates of {formula!r} repeat each other: leave one out")
    one_of(against, "against", ("available", "unused"))
    weights = np.where(y == 1, 1.0, WEIGHT if against == "available" else 1.0)
    groups = None
    if animal:
        blank = data[animal].isna().to_numpy() & (y == 1)
        if blank.any():
            raise ValueError(f"{animal} is missing in row {data.index[blank][0]}: name the animal")
        groups = pd.factorize(data[animal].astype(str))[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.GLM(y, X, family=sm.families.Binomial(), var_weights=weights).fit()
    columns = list(X.columns) if against == "unused" else [c for c in X.columns if c != "Intercept"]
    if against == "unused" and not animal:
        covariance = fit.cov_params()
    else:
        covariance = _sandwich(fit, X, y, weights, groups)
    notes: tuple[str, ...] = ()
    n_used, n_available = int(y.sum()), int((1 - y).sum())
    if against == "available" and n_available < 5 * n_used:
        notes += (
            f"{n_available} available places for {n_used} used ones: draw at least 5, better 20 times as "
            f"many, or the background is poorly known.",
        )
    wide = [c for c in columns if abs(fit.params[c]) * X[c].std() > 8]
    if wide or not fit.converged:
        notes += (
            f"Used and available places are fully separated by {', '.join(wide) or 'the covariates'}: "
            f"the coefficients run to infinity. Do not use them.",
        )
    return ResourceSelection(
        fit.params[columns],
        covariance.loc[columns, columns],
        formula,
        n_used,
        n_available,
        bool(fit.converged),
        notes,
        data,
        X.design_info,
        (used, animal, against),
    )


def _sandwich(
    fit: object,
    X: pd.DataFrame,
    y: np.ndarray,
    weights: np.ndarray,
    animals: np.ndarray | None,
) -> pd.DataFrame:
    """Sandwich covariance: the scatter of used places (or animals) and of the draw of the others.

    Weights make the background look larger than it is; the scores of each sample, centred within
    it, say how much either sample would vary if it were drawn again.
    """
    design = X.to_numpy()
    mu = np.asarray(fit.fittedvalues)
    bread = np.linalg.inv((design * (weights * mu * (1 - mu))[:, None]).T @ design)
    score = design * (weights * (y - mu))[:, None]
    meat = np.zeros_like(bread)
    for group in (y == 1, y == 0):
        centred = score[group] - score[group].mean(axis=0)
        if animals is not None and y[group][0] == 1:
            sums = np.zeros((animals.max() + 1, design.shape[1]))
            np.add.at(sums, animals[group], centred)
            centred = sums[np.unique(animals[group])]
        meat += centred.T @ centred * len(centred) / max(len(centred) - 1, 1)
    return pd.DataFrame(bread @ meat @ bread, index=X.columns, columns=X.columns)
