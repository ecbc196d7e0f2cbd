"""Did the site change more than places without the farm, line or turbine did?

Before-after-control-impact (BACI). The effect is the change at the impact site minus the change at
the control sites over the same time,

    effect = (impact after − impact before) − (control after − control before),

so what happened everywhere (a wet winter, a better counter) cancels. Below 0: the impact site lost.

Sources: Stewart-Oaten, Murdoch & Parker (1986) Ecology 67:929-940 (paired dates); Underwood (1992)
J. Experimental Marine Biology and Ecology 161:145-178 (several controls); Schwarz, Design and
Analysis of BACI studies (course notes, whose two crab examples are in the tests).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from flyway import results
from flyway.impact.design import read_design
from flyway.impact.effects import change_effect, mixed_effect, paired_effect, simple_effect
from flyway.inputs import one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DESIGNS = ("auto", "simple", "paired", "changes", "mixed")


@dataclass(frozen=True)
class Baci:
    """A BACI effect: `estimate` (impact change minus control change), its `se`, `df`, `p_value`.

    design : the design that was used.
    means : table of the four means.
    variances : what scatters (sites, dates, samples).
    log : whether the effect is on the log scale.
    """

    estimate: float
    se: float
    df: float
    design: str
    means: pd.DataFrame
    variances: pd.Series
    n: int
    log: bool
    notes: tuple[str, ...]
    table: pd.DataFrame = field(repr=False)

    @property
    def t(self) -> float:
        """Estimate divided by its standard error."""
        return self.estimate / self.se

    @property
    def p_value(self) -> float:
        """Two-sided p value of "no effect"."""
        return float(2 * stats.t.sf(abs(self.t), self.df))

    @property
    def ratio(self) -> float:
        """With log=True: how many times as much is left as there would be without the impact."""
        if not self.log:
            raise ValueError("the ratio needs a log response: fit with log=True")
        return float(np.exp(self.estimate))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the t interval of the effect (on the log scale if log=True)."""
        return results.interval(self.estimate, self.se, level, self.df)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the effect, the change at impact and at control, and the variances."""
        nan = float("nan")
        low, high = self.interval(level)
        rows = [("BACI effect", self.estimate, self.se, low, high)]
        if self.log:
            ends = np.exp([low, high])
            rows.append(("ratio to no impact", self.ratio, self.ratio * self.se, *ends))
        for place in ("impact", "control"):
            change = self.means.loc[place, "after"] - self.means.loc[place, "before"]
            rows.append((f"change at {place}", change, nan, nan, nan))
        rows += [(f"variance: {k}", v, nan, nan, nan) for k, v in self.variances.items()]
        return results.table(rows)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the means of impact and control, before and after, with all values."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        for shift, (code, name) in enumerate(((0, "control"), (1, "impact"))):
            part = self.table[self.table["impact"] == code]
            x = part["after"] + 0.04 * (2 * shift - 1)
            line = ax.plot([0, 1], self.means.loc[name], marker="o", label=name)
            ax.scatter(x, part["y"], s=14, alpha=0.6, color=line[0].get_color())
        ax.set_xticks([0, 1], ["before", "after"])
        ax.set(xlim=(-0.3, 1.3), ylabel="log of the response" if self.log else "response")
        ax.legend()
        return ax


def baci(
    data: pd.DataFrame,
    response: str = "count",
    *,
    treatment: str = "treatment",
    period: str = "period",
    site: str | None = None,
    date: str | None = None,
    impact: Hashable | None = None,
    before: Hashable | None = None,
    log: bool = False,
    design: str = "auto",
    random: Iterable[str] | None = None,
    equal_variance: bool = True,
) -> Baci:
    """Estimate how much more the impact site changed than its controls.

    - "simple": one impact and one control site, several samples at each: least squares, n − 4 df.
      The samples tell about these two sites only: any other cause that acts on one of them counts
      as impact.
    - "paired": one visit of both on each of several dates: t test on the differences impact −
      control (several sites of a kind are averaged), before against after.
    - "changes": one number for each site, its mean after − its mean before, impact against controls: t
      with sites − 2 df. The controls show how differently places change when nothing is built there,
      so the interval holds also where good and poor years of a site come in runs. 2 or more controls,
      every site counted on the same dates.
    - "mixed": random effects of sites, dates and their mixtures by REML, t with Satterthwaite df.
    - "auto": paired for one pair of sites with two or more dates in both periods, mixed for more
      sites or samples within dates, else simple.

    Parameters
    ----------
    design : one of these words.
    data : one row per sample. response : its column (birds, density). treatment, period : columns
        of impact/control and before/after. site, date : columns, where there are several.
    impact, before : the values that mean impact and before, if the columns use other words.
    log : analyse log(response), so that the effect is a ratio; no zeros.
    random : for "mixed": which of "site", "date", "site:period", "site:date" vary at random. Default:
        what the table can tell apart, without site:period when there are several dates (Schwarz);
        a note says when sites changed so differently that site:period is needed.
    equal_variance : for "paired": pooled variance, as in the mixed model, or Welch's test.

    Errors: ValueError naming row and column for blanks in labels, words that are neither impact nor
    control, a site or date with two labels, a missing quarter of the design, too few values.
    Assumes that without the impact the sites would have gone up and down together.
    Misleads when controls also feel the impact (birds move there), when control and impact would
    have parted anyway, and when the effect comes slowly (see `progressive_baci`).
    """
    one_of(design, "design", DESIGNS)
    study = read_design(data, response, treatment, period, site, date, impact, before, log)
    table = study.table
    per_cell = table.groupby(["site", "date"]).size().max()
    if design == "auto":
        if study.sites == 2 and min(study.dates) >= 2:
            design = "paired" if per_cell == 1 else "mixed"
        else:
            design = "mixed" if study.sites > 2 or max(study.dates) > 1 else "simple"
    if design == "simple":
        found = simple_effect(study)
    elif design == "paired":
        found = paired_effect(study, equal_variance)
    elif design == "changes":
        found = change_effect(study)
    else:
        found = mixed_effect(study, random)
    estimate, se, df, variances, notes = found
    if se <= 1e-12 * max(1.0, float(np.abs(table["y"]).max())):
        raise ValueError(
            f"the {response} values of each group do not differ at all: without scatter there is no "
            f"standard error. Check whether averages were entered instead of counts"
        )
    means = table.pivot_table(values="y", index="impact", columns="after")
    means = means.set_axis(["control", "impact"]).set_axis(["before", "after"], axis=1)
    return Baci(
        estimate, se, df, design, means, variances, len(table), log, study.notes + notes, table
    )
