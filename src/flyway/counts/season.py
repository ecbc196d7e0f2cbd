"""When do the birds come, peak and leave?

A season runs over the turn of the year (July to June by default): 10 December 2023 and 20 January
2024 both belong to 2023/24. `season_peaks` gives the highest count and the bird-days of each season;
`season_curve` smooths counts over the days of one season and finds its peak with an interval.

Bird-days: area under the straight lines between counts. Curve: quasi-Poisson with a natural cubic
spline of the day (see `flyway.counts.smooth`); the interval of the peak day comes from 2,000 seeded
draws of the coefficients from their normal distribution.
Source: Wood (2017) Generalized Additive Models, 2nd ed., sec. 7.2.7, for the interval.
No published case is in the tests: hand-checked and simulated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from patsy import build_design_matrices, dmatrix

from flyway.counts.glm import CountFit, fit_counts
from flyway.counts.series import band
from flyway.inputs import dates_of, numbers, probability, require_columns, same_length

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def season_of(dates: Iterable, start_month: int = 7) -> pd.DataFrame:
    """Return for each date its season ("2023/24"), the year in which that ends (2024), and its day (from 1).

    dates : dates or timestamps, no blanks. start_month : month in which a season begins (1 to 12; 1
    gives calendar years, named "2024").
    Errors: ValueError for dates that cannot be read, and a month outside 1 to 12.

    Examples
    --------
    >>> season_of(["2023-12-10", "2024-01-20"])["season"].tolist()
    ['2023/24', '2023/24']
    """
    when = _dates(dates)
    if start_month not in range(1, 13):
        raise ValueError(f"start_month is {start_month!r}: give a month from 1 to 12")
    year = when.dt.year - (when.dt.month < start_month)
    first = pd.to_datetime({"year": year, "month": start_month, "day": 1})
    if start_month == 1:
        name = year.astype(str)
    else:
        name = year.astype(str) + "/" + ((year + 1) % 100).map("{:02d}".format)
    last = year if start_month == 1 else year + 1
    day = (when - first).dt.days + 1
    return pd.DataFrame({"season": name, "year": last, "day": day, "start": first})


def season_peaks(
    data: pd.DataFrame,
    date: str = "date",
    count: str = "count",
    site: str | None = None,
    start_month: int = 7,
) -> pd.DataFrame:
    """Return for each season (and site): counts made, peak, its date, first and last date with birds, bird-days.

    Parameters
    ----------
    data : one row per count; a blank count is left out of the arithmetic and told in `blanks`.
    date, count : names of its columns. site : its column of sites; then the columns `site`, `year` and
        `peak` of the answer are what `fit_index` takes. start_month : as in `season_of`.
    Errors: ValueError for dates that cannot be read, bad counts, a date given twice for a site.
    Misleads when the real peak fell between two counts: a season with few counts has a low peak.
    """
    require_columns(data, [date, count] + ([site] if site else []))
    frame = season_of(data[date], start_month)
    frame["date"], frame["count"] = _dates(data[date]).to_numpy(), numbers(
        data[count], count, minimum=0, whole=True, missing="keep"
    )  # fmt: skip
    frame["site"] = data[site].to_numpy() if site else "all"
    twice = frame.duplicated(["site", "date"])
    if twice.any():
        i = int(np.flatnonzero(twice)[0])
        raise ValueError(
            f"{frame['date'].iloc[i].date()} is given twice for site {frame['site'].iloc[i]} (row "
            f"{data.index[i]}): add up the parts of the count, or name the column of sites"
        )
    rows = []
    for (place, season), group in frame.sort_values("date").groupby(["site", "season"], sort=True):
        counted = group.dropna(subset="count")
        row = {
            "site": place,
            "season": season,
            "year": int(group["year"].iloc[0]),
            "counts": len(counted),
            "blanks": group["count"].isna().sum(),
        }
        if len(counted):
            top = counted.loc[counted["count"].idxmax()]
            present = counted.loc[counted["count"] > 0, "date"]
            row |= {"peak": top["count"], "peak_date": top["date"]}
            row |= {"first": present.min(), "last": present.max()}
            row["bird_days"] = float(np.trapezoid(counted["count"], counted["day"]))
        rows.append(row)
    columns = [
        "site",
        "season",
        "year",
        "counts",
        "blanks",
        "peak",
        "peak_date",
        "first",
        "last",
        "bird_days",
    ]
    table = pd.DataFrame(rows).reindex(columns=columns)
    return table if site else table.drop(columns="site")


@dataclass(frozen=True)
class SeasonCurve:
    """A smooth season: `estimate` is the peak day of the season, `peak` the birds on that day.

    peak, peak_date : birds on the peak day, and its date.
    start : first day of the season.
    """

    estimate: float
    peak: float
    peak_date: pd.Timestamp
    start: pd.Timestamp
    dispersion: float
    notes: tuple[str, ...]
    draws: np.ndarray = field(repr=False)
    data: pd.DataFrame = field(repr=False)
    fit: CountFit = field(repr=False)
    design_info: object = field(repr=False)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the peak day."""
        tail = (1 - probability(level, "level", open_interval=True)) / 2
        low, high = np.quantile(self.draws, [tail, 1 - tail])
        return float(low), float(high)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the peak: day of the season and date, each with its interval, and birds."""
        low, high = self.interval(level)
        dates = [self.start + pd.Timedelta(days=d - 1) for d in (self.estimate, low, high)]
        top = self.predict([self.estimate], level).iloc[0]
        return pd.DataFrame(
            {
                "quantity": ["peak (day of the season)", "peak (date)", "birds at the peak"],
                "estimate": [self.estimate, dates[0].date(), top["estimate"]],
                "lower": [low, dates[1].date(), top["lower"]],
                "upper": [high, dates[2].date(), top["upper"]],
            }
        )

    def predict(self, days: Iterable | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the curve for days of the season: day, estimate, lower, upper."""
        first, last = self.data["day"].min(), self.data["day"].max()
        x = np.arange(first, last + 1) if days is None else numbers(days, "day")
        if (x < first).any() or (x > last).any():
            raise ValueError(
                f"days must lie between the first and last count, {first:g} to {last:g}"
            )
        X = np.asarray(build_design_matrices([self.design_info], {"day": x})[0])
        return band(x, X, self.fit, level).rename(columns={"year": "day"}).drop(columns="log_se")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the counts, the curve and the peak."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        line = self.predict()
        ax.fill_between(line["day"], line["lower"], line["upper"], alpha=0.2, label="95 % interval")
        ax.plot(line["day"], line["estimate"], label="smooth season")
        ax.scatter(self.data["day"], self.data["count"], s=18, color="0.25", label="counts")
        ax.axvline(self.estimate, linestyle="--", color="0.45", label="peak")
        ax.set(xlabel=f"days from {self.start.date()}", ylabel="birds counted", ylim=(0, None))
        ax.legend()
        return ax


def season_curve(
    dates: Iterable, counts: Iterable, df: int = 4, start_month: int = 7, seed: int = 1
) -> SeasonCurve:
    """Smooth the counts of one season and find its peak.

    Parameters
    ----------
    dates, counts : one count a day at most, all in one season; blanks are left out.
    df : basis functions of the curve, 3 or more. start_month : as in `season_of`. seed : of the draws.

    Errors: ValueError for several seasons in one call, doubled dates, fewer counts than df + 1.
    Misleads with few counts, and when a second wave of birds makes a second peak.
    """
    when = _dates(dates)
    count = numbers(counts, "count", minimum=0, whole=True, missing="keep")
    same_length(dates=when.to_numpy(), counts=count)
    frame = season_of(when, start_month).assign(count=count).dropna(subset="count")
    seasons = frame["season"].unique()
    if len(seasons) > 1:
        raise ValueError(
            f"the dates span {len(seasons)} seasons ({', '.join(sorted(seasons)[:4])}): fit one season at a time"
        )
    if frame["day"].duplicated().any():
        raise ValueError("a date is given twice: add up the parts of that count first")
    if df != int(df) or df < 3:
        raise ValueError(f"df is {df!r}: give a whole number of 3 or more")
    if len(frame) <= df:
        raise ValueError(
            f"{len(frame)} counts cannot carry a curve with df={df}: {int(df) + 1} are needed"
        )
    data = frame.sort_values("day", ignore_index=True)
    design = dmatrix(f"cr(day, df={int(df)}) - 1", data, return_type="dataframe")
    fit = fit_counts(data["count"], design)
    days = np.arange(data["day"].min(), data["day"].max() + 0.01, 0.25)
    X = np.asarray(build_design_matrices([design.design_info], {"day": days})[0])
    theta = fit.params.to_numpy()
    drawn = np.random.default_rng(seed).multivariate_normal(theta, fit.covariance, size=2000)
    top = int(np.argmax(X @ theta))
    notes = ()
    if top in (0, len(days) - 1):
        notes += ("The curve peaks at the first or last count: the real peak may lie outside.",)
    start = data["start"].iloc[0]
    return SeasonCurve(
        estimate=float(days[top]),
        peak=float(np.exp(X[top] @ theta)),
        peak_date=start + pd.Timedelta(days=float(days[top]) - 1),
        start=start,
        dispersion=fit.dispersion,
        notes=notes + fit.notes,
        draws=days[::4][np.argmax(drawn @ X[::4].T, axis=1)],
        data=data[["day", "count"]],
        fit=fit,
        design_info=design.design_info,
    )


def _dates(dates: Iterable) -> pd.Series:
    return dates_of(dates).reset_index(drop=True).dt.normalize()
