"""Our methods beside the R packages, on the same data in one run: do they agree, and who is faster?

    python benchmarks/bench_beside_r.py [--only trend baci] [--seconds 1]

Debian: sudo apt install r-cran-survey r-cran-mass r-cran-mgcv r-cran-lme4 r-cran-igraph r-cran-psych
r-cran-survival. The job `index` also needs the R package rtrim, which Debian does not have; a package
that is not installed is named and left out. Both sides get the same simulated table, read and fit it
in their own memory; the shortest of the repeated runs counts, without loading packages.

difference: the largest difference between the two, as a share of R's value (of its largest, for the
betweenness of sites, many of which are 0). times faster: R's seconds over ours.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from flyway.connectivity.betweenness import measure_betweenness
from flyway.counts.index import fit_index
from flyway.counts.smooth import smooth
from flyway.counts.trend import trend
from flyway.impact.baci import baci
from flyway.impact.trials import fit_persistence
from flyway.people.household import estimate_mean, estimate_total
from flyway.people.reliability import check_reliability
from flyway.survey.stratified import estimate_ratio, estimate_stratified

NO_R = "R is not installed (no program Rscript), so there is nothing to compare with."


def counts(rng, sites, years, missing=0.3, phi=3.0):
    """Site × year counts with gaps and scatter phi times Poisson."""
    mean = np.outer(rng.lognormal(3.5, 0.8, sites), np.exp(0.03 * np.arange(years)))
    table = pd.DataFrame(
        {
            "site": np.repeat(np.arange(sites), years),
            "year": np.tile(np.arange(years) + 1990, sites),
            "count": rng.negative_binomial(mean / (phi - 1), 1 / phi).ravel(),
        }
    )
    table = table[rng.random(len(table)) >= missing]
    return table[table.groupby("site")["count"].transform("sum") > 0]


def stratified(rng):
    size = rng.integers(300, 900, 10)
    n = size // 4
    data = pd.DataFrame({"stratum": np.repeat(np.arange(10), n), "size": np.repeat(size, n)})
    data["birds"] = rng.poisson(rng.gamma(2, 20, len(data)))

    def ours(d):
        fit = estimate_stratified(d, "birds", "stratum", "size")
        return [fit.estimate, fit.se, fit.total, fit.total_se]

    return data, ours


def ratio(rng):
    data = pd.DataFrame({"area": rng.gamma(3, 2, 400), "units": 1500})
    data["birds"] = rng.poisson(8 * data["area"])

    def ours(d):
        fit = estimate_ratio(d, "birds", "area", 1500)
        return [fit.estimate, fit.se]

    return data, ours


def households(rng):
    village = np.repeat(np.arange(120), 25)
    data = pd.DataFrame({"village": village, "stratum": village % 6})
    data["weight"] = rng.uniform(5, 40, len(data))
    data["nets"] = rng.poisson(np.repeat(rng.gamma(4, 1, 120), 25))

    def ours(d):
        design = {"weight": "weight", "strata": "stratum", "cluster": "village"}
        fits = [f(d, "nets", **design) for f in (estimate_mean, estimate_total)]
        return [v for fit in fits for v in fit.summary().loc[0, ["estimate", "se"]]]

    return data, ours


def one_series(rng):
    year = np.arange(1985, 2025)
    mean = 400 * np.exp(0.03 * (year - 2005) + 0.3 * np.sin(year / 6))
    return pd.DataFrame({"year": year, "count": rng.negative_binomial(8, 8 / (8 + mean))})


def steady(rng):
    def ours(d):
        fit = trend(d["year"], d["count"])
        return [fit.slope, fit.slope_se, fit.dispersion]

    return one_series(rng), ours


def negbin(rng):
    def ours(d):
        fit = trend(d["year"], d["count"], "negbin")
        return [fit.slope, fit.theta]

    return one_series(rng), ours


def curve(rng):
    return one_series(rng), lambda d: smooth(d["year"], d["count"], df=6).predict()["estimate"]


def mixed(rng):
    site, date, _ = np.meshgrid(np.arange(6), np.arange(16), np.arange(3), indexing="ij")
    data = pd.DataFrame({"site": site.ravel(), "date": date.ravel()})
    data["treatment"] = np.where(data["site"] < 2, "impact", "control")
    data["period"] = np.where(data["date"] < 8, "before", "after")
    effect = rng.normal(0, 4, 6)[site] + rng.normal(0, 3, 16)[date]
    effect = effect + rng.normal(0, 2, (6, 16))[site, date] + rng.normal(0, 3, site.shape)
    hit = ((data["site"] < 2) & (data["date"] >= 8)).to_numpy()
    data["count"] = 40 + effect.ravel() - 6 * hit

    def ours(d):
        random = ["site", "date", "site:date"]
        fit = baci(d, site="site", date="date", design="mixed", random=random)
        return [fit.estimate, fit.se]

    return data, ours


def network(rng):
    place = rng.uniform(0, 1000, (1000, 2))
    km = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)).round(1)  # some routes tie
    start, end = np.nonzero(np.triu(km < 60, 1))
    data = pd.DataFrame({"from": start, "to": end, "km": km[start, end]})
    return data, lambda d: measure_betweenness(d, distance="km").sites.sort_index()


def answers(rng):
    trait = rng.normal(size=(500, 1))
    data = pd.DataFrame(np.clip(np.rint(3 + trait + rng.normal(size=(500, 8))), 1, 5))
    data.columns = [f"q{i}" for i in range(8)]
    return data, lambda d: [check_reliability(d).estimate]


def carcasses(rng):
    gone, looks = rng.exponential(9, 300), np.array([0, 1, 2, 4, 7, 14, 28])
    later = np.searchsorted(looks, gone)
    first = np.append(looks.astype(float), np.nan)[later]
    data = pd.DataFrame({"last_present": looks[later - 1], "first_absent": first})

    def ours(d):
        return [fit_persistence(d["last_present"], d["first_absent"]).mean_days]

    return data, ours


def sites(rng):
    def ours(d):
        fit = fit_index(d, overdispersion=False, serial_correlation=False).coefficients
        return [*fit["estimate"], *fit["se"]]

    return counts(rng, 150, 20), ours


def index(rng):
    def ours(d):
        fit = fit_index(d)
        line, slope = fit.index(), fit.slope()
        deviations = fit.tests()["wald"][1]
        return [*line["estimate"], *line["se"], slope.slope, slope.slope_se, deviations]

    return counts(rng, 1000, 20), ours


JOBS = {
    "stratified": ("stratified count, 1,500 units", stratified),
    "ratio": ("ratio estimate, 400 units", ratio),
    "households": ("weighted survey, 3,000 people in clusters", households),
    "trend": ("quasi-Poisson trend, 40 years", steady),
    "negbin": ("negative-binomial trend, 40 years", negbin),
    "smooth": ("spline of fixed df, 40 years", curve),
    "baci": ("mixed BACI, 6 sites × 16 dates × 3", mixed),
    "betweenness": ("betweenness, 1,000 sites", network),
    "alpha": ("Cronbach's alpha, 500 × 8 answers", answers),
    "persistence": ("carcass persistence, 300 carcasses", carcasses),
    "sites": ("site × year model, 150 × 20, Poisson", sites),
    "index": ("TRIM index, 1,000 × 20, 30 % missing", index),
}


def in_r(job, data, seconds):
    """Fit in R; return package, shortest seconds and values, or the name of an absent package."""
    with tempfile.TemporaryDirectory() as folder:
        data.to_csv(Path(folder) / "data.csv", index=False)
        script = Path(__file__).with_name("beside.R")
        command = ["Rscript", "--vanilla", script, job, folder, str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"R stopped in the job {job}:\n{done.stderr}")
    lines = [line.split() for line in done.stdout.splitlines()]
    if lines[0][0] == "absent":
        return lines[0][1], None, None
    values = np.array([float(line[1]) for line in lines if line[0] == "value" and line[1:]])
    return " ".join(lines[0][1:]), float(lines[1][1]), values


def here(fit, data, seconds):
    """Fit with flyway again and again; return the shortest seconds and the values."""
    values = np.asarray(fit(data), dtype=float)
    best, end = np.inf, time.perf_counter() + seconds
    while time.perf_counter() < end or best == np.inf:
        start = time.perf_counter()
        fit(data)
        best = min(best, time.perf_counter() - start)
    return best, values


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=JOBS, default=list(JOBS))
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each side of a job")
    options = parser.parse_args()
    if not shutil.which("Rscript"):
        print(NO_R)
        return
    rows = []
    for job in options.only:
        text, make = JOBS[job]
        data, fit = make(np.random.default_rng(2026))
        package, r_seconds, r_values = in_r(job, data, options.seconds)
        if r_values is None:
            print(f"{text}: left out, because R has no package {package} here.")
            continue
        seconds, values = here(fit, data, options.seconds)
        scale = np.abs(r_values).max() if job == "betweenness" else np.abs(r_values)
        with np.errstate(invalid="ignore"):  # 0 beside 0, such as the error of the base year
            difference = np.nanmax(np.abs(values - r_values) / scale)
        rows.append(
            (text, package, difference, seconds * 1e3, r_seconds * 1e3, r_seconds / seconds)
        )
    columns = ["method", "R package", "difference", "ours ms", "R ms", "times faster"]
    form = {"difference": "{:.1e}".format, "times faster": "{:.2g}".format}
    form |= dict.fromkeys(["ours ms", "R ms"], "{:,.1f}".format)
    print(pd.DataFrame(rows, columns=columns).to_string(index=False, formatters=form))


if __name__ == "__main__":
    main()
