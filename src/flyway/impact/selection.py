"""Which habitats do the birds prefer, given what there is? Selection ratios.

w = share of use / share of availability: 1 is use in proportion, above 1 preference, below 1 avoidance.

- design I: all birds together.     w_i = o_i / π_i,  var = o_i (1 − o_i) / (u₊ π_i²); if availability was
  sampled too, var = w² (1/u_i − 1/u₊ + 1/a_i − 1/a₊)
- design II: use of each animal, one availability;  design III: both of each animal. With y = u_ij and
  x = π_ij u₊j of animal j:  w_i = Σ y / Σ x,  var = n/(n−1) Σ (y − w x)² / (Σ x)²

Source: Manly, McDonald, Thomas, McDonald & Erickson (2002) Resource Selection by Animals, 2nd ed.,
ch. 4. The moose of Neu et al. (1974) are in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from flyway import results
from flyway.inputs import numbers, probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Selection:
    """Selection ratios by habitat: `ratios` (estimate, se, standardised), and tests of no selection.

    design : "I", "II" or "III".
    ratios : table of selection ratios, one row per habitat.
    tests : tests of "no selection", with chi2, df and p_value.
    animals, records : animals that were followed (designs II and III); records of use in all.
    """

    design: str
    ratios: pd.DataFrame
    tests: pd.DataFrame
    animals: int
    notes: tuple[str, ...]
    by_animal: pd.DataFrame | None = field(repr=False, default=None)
    records: int = field(repr=False, default=0)

    def interval(self, level: float = 0.95, bonferroni: bool = True) -> pd.DataFrame:
        """Return lower and upper per habitat; with bonferroni all of them hold together.

        Where no record, or every record, fell into a habitat, the standard error of 0 is no certainty:
        the exact binomial interval is given (of the records; designs II and III: of the animals).
        """
        level = probability(level, "level", open_interval=True)
        each = 1 - (1 - level) / len(self.ratios) if bonferroni else level
        half = results.multiplier(each) * self.ratios["se"]
        low = (self.ratios["estimate"] - half).clip(lower=0)
        high = self.ratios["estimate"] + half
        used, there = self.ratios["used"], self.ratios["available"]
        edge = ((1 - each) / 2) ** (1 / max(self.animals or self.records, 1))
        low = low.mask(used == 1, edge / there)
        high = high.mask(used == 0, (1 - edge) / there).mask(used == 1, 1 / there)
        return pd.DataFrame({"lower": low, "upper": high})

    def summary(self, level: float = 0.95, bonferroni: bool = True) -> pd.DataFrame:
        """Return per habitat: shares used and available, ratio, se, interval, standardised ratio, word."""
        table = self.ratios.join(self.interval(level, bonferroni))
        word = np.select(
            [table["lower"] > 1, table["upper"] < 1], ["preferred", "avoided"], "in proportion"
        )
        table = table.assign(selection=word).rename_axis("quantity").reset_index()
        first = ["quantity", "estimate", "se", "lower", "upper"]
        return table[[*first, *[c for c in table.columns if c not in first]]]

    def plot(self, ax: Axes | None = None, level: float = 0.95) -> Axes:
        """Draw the ratios with their intervals and the line of use in proportion."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        ends = self.interval(level)
        place = np.arange(len(self.ratios))
        ax.vlines(place, ends["lower"], ends["upper"])
        ax.plot(place, self.ratios["estimate"], "o")
        ax.axhline(1, linestyle="--", color="0.45")
        ax.set_xticks(place, [str(h) for h in self.ratios.index])
        ax.set(ylabel="selection ratio")
        return ax


def estimate_selection(
    used: Iterable | pd.DataFrame,
    available: Iterable | pd.DataFrame,
    *,
    habitats: Iterable | None = None,
    available_known: bool = True,
) -> Selection:
    """Estimate which habitats birds use more or less than their share of the ground.

    Parameters
    ----------
    used : counts of birds or fixes by habitat (design I), or a table animals × habitats (II, III).
    available : area, share or sample points by habitat in the same order (I, II), or a table
        animals × habitats (III). Shares need not add up to 1.
    habitats : names; default: those of the index or columns.
    available_known : False if availability is a sample of points: give their numbers (I, II).

    Errors: ValueError for lengths that differ, habitats without availability that were used, negative
    or fractional numbers of use, animals without a record, fewer than two habitats.
    Misleads when records of one bird follow each other closely (design I then counts one bird many
    times: use design II), and when "available" takes in ground that birds could not reach.
    """
    if isinstance(used, pd.DataFrame):
        return _by_animal(used, available, habitats, available_known)
    names = _names(used, habitats)
    u = numbers(used, "used", minimum=0, whole=True)
    a = numbers(available, "available", minimum=0, whole=not available_known)
    if len(u) != len(a):
        raise ValueError(f"used has {len(u)} habitats and available {len(a)}: give both for each")
    names = list(range(len(u))) if names is None else names
    _check(u, a, names)
    total = u.sum()
    o, pi = u / total, a / a.sum()
    w = o / pi
    with np.errstate(divide="ignore", invalid="ignore"):
        if available_known:
            se = np.sqrt(o * (1 - o) / total) / pi
        else:
            se = w * np.sqrt(1 / u - 1 / total + 1 / a - 1 / a.sum())
    expected = total * pi
    if available_known:
        pearson = ((u - expected) ** 2 / expected).sum()
        g = 2 * _xlogx(u, expected).sum()
    else:
        both = np.vstack([u, a])
        shares = both.sum(axis=0) / both.sum()
        expect = both.sum(axis=1)[:, None] * shares
        pearson, g = ((both - expect) ** 2 / expect).sum(), 2 * _xlogx(both, expect).sum()
        expected = expect[0]
    df = len(u) - 1
    tests = _tests([("Pearson", pearson, df), ("likelihood ratio", g, df)])
    notes: tuple[str, ...] = ()
    if (expected < 5).any():
        few = [str(h) for h, e in zip(names, expected, strict=True) if e < 5]
        notes += (f"Fewer than 5 records were expected in {', '.join(few)}: the tests are rough.",)
    if (u == 0).any():
        never = [str(h) for h, x in zip(names, u, strict=True) if x == 0]
        notes += (f"Never used: {', '.join(never)}; a standard error of 0 there is not certainty.",)
    return Selection("I", _ratios(names, o, pi, w, se), tests, 0, notes, records=int(total))


def _by_animal(
    used: pd.DataFrame,
    available: Iterable | pd.DataFrame,
    habitats: Iterable | None,
    available_known: bool,
) -> Selection:
    names = list(used.columns) if habitats is None else list(habitats)
    u = np.column_stack(
        [
            numbers(used.iloc[:, i], f"use of {h}", minimum=0, whole=True)
            for i, h in enumerate(names)
        ]
    )
    n, third = len(u), isinstance(available, pd.DataFrame)
    if third:
        if available.shape != used.shape:
            raise ValueError(
                f"used is {used.shape[0]} × {used.shape[1]} and available {available.shape[0]} × "
                f"{available.shape[1]}: give one value of each per animal and habitat"
            )
        a = np.column_stack(
            [
                numbers(available.iloc[:, i], f"availability of {h}", minimum=0)
                for i, h in enumerate(names)
            ]
        )
    else:
        one = numbers(available, "available", minimum=0, whole=not available_known)
        if len(one) != u.shape[1]:
            raise ValueError(
                f"used has {u.shape[1]} habitats and available {len(one)}: give both for each"
            )
        a = np.tile(one, (n, 1))
    if n < 2:
        raise ValueError("there is one animal: give its records as a list (design I)")
    idle = np.flatnonzero(u.sum(axis=1) == 0)
    if len(idle):
        raise ValueError(
            f"animal {used.index[idle[0]]} has no record: leave that row out (it says nothing on choice)"
        )
    lost = np.argwhere((a == 0) & (u > 0))
    if len(lost):
        j, i = lost[0]
        raise ValueError(
            f"animal {used.index[j]} used {names[i]}, which has no availability: correct one of them"
        )
    _check(u.sum(axis=0), a.sum(axis=0), names)
    per_animal = u.sum(axis=1, keepdims=True)
    pi = a / a.sum(axis=1, keepdims=True)
    x = pi * per_animal
    w = u.sum(axis=0) / x.sum(axis=0)
    se = np.sqrt(n / (n - 1) * ((u - w * x) ** 2).sum(axis=0)) / x.sum(axis=0)
    overall = a.sum(axis=0) / a.sum()
    if not third and not available_known:
        o = u.sum(axis=0) / u.sum()
        var_o = ((u - o * per_animal) ** 2).sum(axis=0) / (n - 1) / (n * per_animal.mean() ** 2)
        sample = a[0].sum()
        se = w * np.sqrt(
            np.divide(var_o, o**2, out=np.zeros_like(o), where=o > 0)
            + (1 - overall) / (sample * overall)
        )
    habitats_used = u.shape[1]
    same = 2 * _xlogx(u, per_animal * u.sum(axis=0) / u.sum()).sum()
    both = 2 * _xlogx(u, x).sum()
    rows = [("selection by each animal", both, int((a > 0).sum() - n))]
    if not third:
        rows += [
            ("animals choose differently", same, (habitats_used - 1) * (n - 1)),
            ("selection on average", both - same, habitats_used - 1),
        ]
    notes: tuple[str, ...] = ()
    if n < 6:
        notes += (f"{n} animals say little about all animals: the intervals are rough.",)
    ratio = np.divide(u, x, out=np.full(u.shape, np.nan), where=x > 0)
    return Selection(
        "III" if third else "II",
        _ratios(names, u.sum(axis=0) / u.sum(), overall, w, se),
        _tests(rows),
        n,
        notes,
        pd.DataFrame(ratio, index=used.index, columns=names),
        int(u.sum()),
    )


def _names(used: Iterable, habitats: Iterable | None) -> list | None:
    if habitats is not None:
        return list(habitats)
    return list(used.index) if isinstance(used, pd.Series) else None


def _check(u: np.ndarray, a: np.ndarray, names: list) -> None:
    if len(names) != len(u):
        raise ValueError(f"habitats has {len(names)} names for {len(u)} habitats")
    if len(u) < 2:
        raise ValueError("there is one habitat: a choice needs two or more")
    if u.sum() == 0:
        raise ValueError("used is 0 everywhere: there is no record to learn from")
    if (a == 0).any():
        lost = names[int(np.flatnonzero(a == 0)[0])]
        raise ValueError(
            f"available is 0 for {lost}: leave that habitat out, or correct its availability"
        )


def _xlogx(x: np.ndarray, expected: np.ndarray) -> np.ndarray:
    ratio = np.divide(x, expected, out=np.ones_like(x, dtype=float), where=x > 0)
    return x * np.log(ratio)


def _tests(rows: list[tuple[str, float, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["test", "chi2", "df"])
    return frame.assign(p_value=stats.chi2.sf(frame["chi2"], frame["df"]))


def _ratios(
    names: list, o: np.ndarray, pi: np.ndarray, w: np.ndarray, se: np.ndarray
) -> pd.DataFrame:
    columns = {"used": o, "available": pi, "estimate": w, "se": se, "standardised": w / w.sum()}
    return pd.DataFrame(columns, index=pd.Index(names, name="habitat"))
