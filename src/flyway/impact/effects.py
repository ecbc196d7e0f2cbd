"""The four ways to estimate a BACI effect: simple, paired dates, changes of sites, mixed (see `baci`).

Each returns effect, standard error, degrees of freedom, variances, and notes on what to doubt.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import statsmodels.api as sm

from flyway.impact.design import Design
from flyway.impact.mixed import fit_components
from flyway.inputs import one_of

TERMS = ("site", "date", "site:period", "site:date")

Found = tuple[float, float, float, pd.Series, tuple[str, ...]]


def _matrix(table: pd.DataFrame) -> np.ndarray:
    i, a = table["impact"].to_numpy(float), table["after"].to_numpy(float)
    return np.column_stack([np.ones(len(i)), i, a, i * a])


def simple_effect(study: Design) -> Found:
    """Least squares on single samples: one impact and one control site."""
    table = study.table
    if len(table) < 5:
        raise ValueError(
            f"{len(table)} values are too few: with one value before and after at each site there is "
            f"nothing that says how much counts scatter. Count on more dates, or more control sites"
        )
    fit = sm.OLS(table["y"].to_numpy(), _matrix(table)).fit()
    notes = (
        "One impact and one control site: the interval says how sure the difference between these "
        "two is, not whether the impact caused it (pseudo-replication, Hurlbert 1984).",
    )
    if study.sites > 2 or max(study.dates) > 1:
        notes = (
            "Sites or dates repeat but were treated as independent samples: the interval is too narrow.",
        )
    variances = pd.Series({"residual": float(fit.scale)})
    return float(fit.params[3]), float(fit.bse[3]), float(fit.df_resid), variances, notes


def paired_effect(study: Design, equal_variance: bool) -> Found:
    """Compare the differences impact − control of each date, after against before."""
    table = study.table
    visit = table.groupby(["date", "site", "impact", "after"], sort=False)["y"].mean().reset_index()
    wide = visit.pivot_table(values="y", index=["after", "date"], columns="impact", sort=False)
    alone = wide.index[wide.isna().any(axis=1)]
    notes: tuple[str, ...] = ()
    if len(alone):
        notes = (
            f"{len(alone)} dates with a count at one kind of site only were left out "
            f"({', '.join(str(d) for _, d in alone[:5])}).",
        )
    difference = (wide[1] - wide[0]).dropna()
    parts = [difference[difference.index.get_level_values("after") == a].to_numpy() for a in (0, 1)]
    sizes = [len(p) for p in parts]
    if min(sizes) < 2:
        raise ValueError(
            f"there are {sizes[0]} paired dates before and {sizes[1]} after: 2 or more of each are "
            f"needed to see how much the difference varies by itself"
        )
    spread = [p.var(ddof=1) for p in parts]
    if equal_variance:
        df = float(sum(sizes) - 2)
        pooled = sum((n - 1) * v for n, v in zip(sizes, spread, strict=True)) / df
        se = float(np.sqrt(pooled * sum(1 / n for n in sizes)))
        variances = pd.Series({"difference": pooled})
    else:
        each = [v / n for v, n in zip(spread, sizes, strict=True)]
        se = float(np.sqrt(sum(each)))
        parts_df = sum(e**2 / (n - 1) for e, n in zip(each, sizes, strict=True))
        df = sum(each) ** 2 / parts_df if parts_df > 0 else float("nan")
        variances = pd.Series({"difference before": spread[0], "difference after": spread[1]})
    residual = np.concatenate([p - p.mean() for p in parts])
    total = (residual**2).sum()
    if len(residual) > 8 and total > 0:
        lag1 = float((residual[1:] * residual[:-1]).sum() / total)
        if lag1 > 0.35:
            notes += (
                f"Differences of neighbouring dates are alike (correlation {lag1:.2f}): they are not "
                f"independent, and the interval is too narrow.",
            )
    return float(parts[1].mean() - parts[0].mean()), se, df, variances, notes


def change_effect(study: Design) -> Found:
    """Compare the one change (after − before) of each impact site with the changes of the controls."""
    table = study.table
    visit = table.groupby(["site", "date", "impact", "after"])["y"].mean().reset_index()
    wide = visit.pivot_table(values="y", index=["impact", "site"], columns="after")
    if wide.isna().any(axis=None):
        site = wide.index[wide.isna().any(axis=1)][0][1]
        raise ValueError(
            f"site {site} has no count before or none after: its change is unknown; leave it out"
        )
    if len(wide) < 3:
        raise ValueError(
            f"{len(wide)} sites have one change each: 3 or more are needed to see how differently sites "
            f"change. Add control sites, or use design='paired'"
        )
    change = wide[1] - wide[0]
    parts = [change[change.index.get_level_values("impact") == k].to_numpy() for k in (0, 1)]
    df = float(len(change) - 2)
    pooled = sum(((p - p.mean()) ** 2).sum() for p in parts) / df
    se = float(np.sqrt(pooled * sum(1 / len(p) for p in parts)))
    notes: tuple[str, ...] = ()
    dates = visit.groupby("site")["date"].nunique()
    if dates.min() < dates.max():
        notes = (
            f"Not every site was counted on every date (site {dates.idxmin()}: {dates.min()} of "
            f"{visit['date'].nunique()}): good and poor dates do not cancel. Use design='mixed'.",
        )
    found = float(parts[1].mean() - parts[0].mean())
    return found, se, df, pd.Series({"change of a site": pooled}), notes


def mixed_effect(study: Design, random: Iterable[str] | None) -> Found:
    """Random effects of sites, dates and their mixtures by REML."""
    table = study.table
    labels = {
        "site": table["site"],
        "date": table["date"],
        "site:period": table["site"] + "|" + table["after"].astype(str),
        "site:date": table["site"] + "|" + table["date"],
    }
    terms = _terms(study, labels) if random is None else list(random)
    for term in terms:
        one_of(term, "random", TERMS)
        if labels[term].nunique() == len(table):
            raise ValueError(
                f"random {term!r} has one value per group, which is the residual itself: leave it out"
            )
    if not terms:
        return simple_effect(study)
    y, X = table["y"].to_numpy(), _matrix(table)
    if len(y) < 5 + len(terms):
        raise ValueError(f"{len(y)} values are too few for a model with {', '.join(terms)}")
    fit = fit_components(y, X, {t: labels[t].to_numpy() for t in terms})
    contrast = np.array([0.0, 0, 0, 1])
    estimate, se, df = fit.contrast(contrast)
    notes = fit.notes
    several = max(study.dates) > 1 and study.sites > 2
    if random is None and several and "site:period" not in terms:
        wider = fit_components(y, X, {t: labels[t].to_numpy() for t in [*terms, "site:period"]})
        if 2 * (wider.loglik - fit.loglik) > 2.71:  # 5 % point of a variance at its edge
            notes += (
                "Sites changed differently from each other between the periods: the interval is too "
                f"narrow. Fit again with random=({', '.join(repr(t) for t in [*terms, 'site:period'])}).",
            )
    if study.sites - 2 < 2 and study.sites > 2:
        notes += (
            f"{study.sites} sites leave almost no information on how sites differ: t has {df:.1f} "
            f"degrees of freedom. More control sites help most.",
        )
    return estimate, se, df, fit.variances, notes


def _terms(study: Design, labels: dict[str, pd.Series]) -> list[str]:
    """Return the random effects that this table can tell apart."""
    table, several = study.table, max(study.dates) > 1
    terms = ["site"] if study.sites > 2 else []
    if several:
        terms.append("date")
    deepest = "site:date" if several else "site:period"
    if study.sites == 2 and not several:
        return []
    if labels[deepest].nunique() < len(table):
        terms.append(deepest)
    return terms
