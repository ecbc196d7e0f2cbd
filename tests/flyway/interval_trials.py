"""One trial of each estimator that the other simulation tests do not repeat 400 times.

A trial draws data with known truth from its generator and returns (lower, upper), estimate, truth.
`test_intervals_cover.py` runs a few of each; `benchmarks/bench_coverage.py` runs them all 400 times.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from flyway.counts.bootstrap import bootstrap_index
from flyway.counts.index import fit_index
from flyway.counts.iucn import reduction_of_trend
from flyway.counts.season import season_curve
from flyway.counts.smooth import smooth
from flyway.counts.trend import trend
from flyway.demography.age_ratio import age_ratio
from flyway.demography.density import compare_density
from flyway.demography.extinction import extinction_risk
from flyway.demography.projection import project_matrix
from flyway.demography.stochastic import stochastic_growth
from flyway.demography.survival import fit_survival
from flyway.detection.calibration import calibrate
from flyway.detection.density import estimate_density
from flyway.detection.distance import fit_distance
from flyway.detection.double_observer import dependent_observers
from flyway.detection.huggins import huggins
from flyway.detection.nmixture import fit_nmixture
from flyway.detection.observer import observer_ratio
from flyway.impact.baci import baci
from flyway.impact.carcasses import carcass_detection
from flyway.impact.collisions import estimate_collisions
from flyway.impact.food import carrying_days
from flyway.impact.killed import estimate_killed
from flyway.impact.landcover import land_transitions
from flyway.impact.progressive import progressive_baci
from flyway.impact.resources import fit_resource_selection
from flyway.impact.selection import estimate_selection
from flyway.impact.transit import Bird, Turbine
from flyway.impact.trials import fit_persistence, searcher_efficiency
from flyway.people.disaggregate import disaggregate
from flyway.people.household import estimate_mean, estimate_share, estimate_total
from flyway.people.learning import compare_paired
from flyway.simulate.habitat import habitat_use, land_change
from flyway.simulate.households import household_survey, training_scores
from flyway.simulate.impacts import baci_samples
from flyway.simulate.lines import line_searches
from flyway.simulate.marked import marked_birds
from flyway.simulate.observers import estimate_flocks, flock_sizes
from flyway.simulate.populations import families, yearly_birds
from flyway.simulate.roosts import roost_counts
from flyway.simulate.strata import wetland_sample
from flyway.simulate.visits import line_sightings, site_visits
from flyway.survey.power import simulate_power
from flyway.survey.stratified import estimate_clusters, estimate_ratio, estimate_stratified

Trial = tuple[tuple[float, float], float, float]


def _row(table: pd.DataFrame, quantity: str) -> tuple[tuple[float, float], float]:
    row = table.set_index("quantity").loc[quantity]
    return (row["lower"], row["upper"]), row["estimate"]


# survey


def stratified_total(seed: int) -> Trial:
    made = wetland_sample(15, unevenness=0.5, seed=0, drawn=seed)
    fit = estimate_stratified(made.sample, "birds", "stratum", made.sizes)
    return *_row(fit.summary(), "total"), made.total


def ratio_total(seed: int) -> Trial:
    made = wetland_sample(
        {"all": 30}, kinds={"all": (200, 40.0)}, unevenness=0.7, seed=0, drawn=seed
    )
    fit = estimate_ratio(made.sample, "birds", "area_km2", 200, made.sites["area_km2"].sum())
    return *_row(fit.summary(), "total"), made.total


def cluster_total(seed: int) -> Trial:
    sites = wetland_sample(1, kinds={"all": (400, 40.0)}, unevenness=0.5, seed=0).sites
    district = np.arange(400) // 8
    drawn = np.random.default_rng(seed).choice(50, 20, replace=False)
    table = sites.assign(district=district)[np.isin(district, drawn)]
    fit = estimate_clusters(table, "birds", "district", 50, 400)
    return *_row(fit.summary(), "total"), sites["birds"].sum()


def power_by_simulation(seed: int) -> Trial:
    many = POWER.setdefault("truth", simulate_power(-0.05, 10, 200, 4, replicates=4000).estimate)
    fit = simulate_power(-0.05, 10, 200, 4, replicates=100, seed=seed + 10)
    return fit.interval(), fit.estimate, many


POWER: dict[str, float] = {}

# detection


def swapped_observers(seed: int) -> Trial:
    made = roost_counts(40, seed=seed)
    fit = dependent_observers(made.counts)
    return fit.interval(), fit.estimate, len(made.flocks)


def flocks_of_all_sizes(seed: int) -> Trial:
    flocks = roost_counts(40, p_a=0.6, p_b=0.6, size_effect=1.0, seed=seed).flocks
    table = flocks[flocks["seen_a"] | flocks["seen_b"]]
    table = table.assign(
        seen_first=table["seen_a"].astype(int), seen_second=table["seen_b"].astype(int)
    )
    fit = huggins(table, formula="np.log(birds)")
    return fit.interval(), fit.estimate, len(flocks)


def bias_of_an_observer(seed: int) -> Trial:
    sizes = flock_sizes(25, median=300, seed=seed)
    fit = observer_ratio(estimate_flocks(sizes, ratio=0.8, noise=0.2, seed=seed + 1), sizes)
    return fit.interval(), fit.estimate, 0.8


def calibrated_by_ratio(seed: int) -> Trial:
    sizes = flock_sizes(80, median=300, spread=0.6, seed=seed)
    seen = estimate_flocks(sizes, ratio=0.8, noise=0.15, seed=seed + 1)
    row = calibrate(seen[:40], sizes[:40], "ratio").total(seen[40:]).iloc[0]
    return (row["lower"], row["upper"]), row["estimate"], sizes[40:].sum()


def density_from_lines(seed: int) -> Trial:
    made = line_sightings(seed=seed)
    fit = estimate_density(made.sightings, made.transects, truncation_m=200)
    return fit.interval(), fit.estimate, 40


def detection_from_points(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    x = 150 * np.sqrt(rng.random(400))
    fit = fit_distance(x[rng.random(400) < np.exp(-(x**2) / 7200)], 150, "point")
    return fit.interval(), fit.estimate, 7200 / 150**2 * (1 - np.exp(-(150**2) / 7200))


def birds_per_site(seed: int) -> Trial:
    made = site_visits(120, occupied=1, birds=5, p=0.5, seed=seed)
    fit = fit_nmixture(made.visits, K=40)
    return fit.interval(), fit.estimate, 5


# counts


def index_by_bootstrap(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    mean = np.outer(np.exp(rng.normal(3.5, 0.8, 30)), np.exp(0.05 * np.arange(8)))
    table = pd.DataFrame(
        {
            "site": np.repeat(np.arange(30), 8),
            "year": np.tile(np.arange(2010, 2018), 30),
            "count": rng.negative_binomial(mean / 3, 1 / 4).ravel(),
        }
    )
    fit = bootstrap_index(fit_index(table[rng.random(240) > 0.3]), 99, seed)
    row = fit.summary().iloc[-1]
    return (row["lower"], row["upper"]), row["estimate"], np.exp(0.35)


def reduction(seed: int) -> Trial:
    rng, years = np.random.default_rng(seed), np.arange(2000, 2021)
    counts = rng.negative_binomial(500 * np.exp(-0.03 * (years - 2000)) / 3, 1 / 4)
    fit = reduction_of_trend(trend(years, counts), generation_years=8)
    return (fit.lower, fit.upper), fit.estimate, 1 - np.exp(-0.72)


def peak_of_a_season(seed: int) -> Trial:
    rng, days = np.random.default_rng(seed), np.arange(92, 290, 8)
    mean = 800 * np.exp(-((days - 180) ** 2) / (2 * 35**2)) + 1
    dates = pd.Timestamp("2023-07-01") + pd.to_timedelta(days - 1, unit="D")
    fit = season_curve(dates, rng.negative_binomial(mean / 3, 1 / 4), df=5)
    return fit.interval(), fit.estimate, 180


def level_on_a_bend(seed: int) -> Trial:
    rng, years = np.random.default_rng(seed), np.arange(1990, 2020)
    mean = 400 * np.exp(-0.004 * (years - 2005) ** 2)
    fit = smooth(years, rng.negative_binomial(mean / 2, 1 / 3), df=6).summary().iloc[20]
    return (fit["lower"], fit["upper"]), fit["estimate"], mean[20]


# demography


def scatter_of_growth(seed: int) -> Trial:
    made = yearly_birds(31, sd=0.14, growth=-0.01, seed=seed).birds
    fit = extinction_risk(made["year"], made["truth"], threshold=1e-6)
    return fit.sigma2_interval(), fit.sigma2, 0.14**2


def chance_of_loss(seed: int) -> Trial:
    made = yearly_birds(41, start=100, sd=0.2, growth=-0.02, seed=seed).birds
    options = {"threshold": 10, "horizon": 30, "current": 60}
    truth = LOSS.setdefault("truth", _true_loss(-0.02, 0.2, np.log(60 / 10), 30))
    fit = extinction_risk(made["year"], made["truth"], **options)
    return fit.interval(), fit.estimate, truth


LOSS: dict[str, float] = {}


def _true_loss(mu: float, sd: float, distance: float, t: float) -> float:
    """Share of Brownian paths that reach the threshold: many small steps, no formula of the package."""
    rng = np.random.default_rng(1)
    low = np.zeros(8000)
    place = np.zeros(8000)
    for _ in range(int(t * 50)):
        place += rng.normal(mu / 50, sd / np.sqrt(50), 8000)
        np.minimum(low, place, out=low)
    return float((low <= -distance).mean())


def level_of_a_population(seed: int) -> Trial:
    made = yearly_birds(41, start=100, growth=0.6, sd=0.15, capacity=400, seed=seed).birds
    fit = compare_density(made["year"], made["truth"], replicates=99)
    return fit.interval(), fit.estimate, 400


def young_of_alike_families(seed: int) -> Trial:
    made = families(40, seed=seed)
    fit = age_ratio(made.flocks)
    return fit.interval(), fit.estimate, made.share_young


def survival_by_year(seed: int) -> Trial:
    phi = [0.8, 0.6, 0.7, 0.75, 0.65, 0.7]
    row = fit_survival(marked_birds(300, 7, phi=phi, seed=seed), "time").summary().iloc[1]
    return (row["lower"], row["upper"]), row["estimate"], 0.6


# impact


def baci_of_one_date(seed: int) -> Trial:
    table = baci_samples(-0.5, sites=(1, 1), samples=10, sd_site_date=0, seed=seed)
    fit = baci(table, "response")
    return fit.interval(), fit.estimate, -0.5


def gradual_change(seed: int) -> Trial:
    rng, years = np.random.default_rng(seed), np.arange(2000, 2025)
    effect = -0.06 * np.maximum(years - 2012, 0)
    both = rng.normal(5, 0.3, len(years))
    table = pd.DataFrame(
        {
            "year": np.tile(years, 2),
            "treatment": np.repeat(["impact", "control"], len(years)),
            "count": np.r_[both + effect + rng.normal(0, 0.15, len(years)), both],
        }
    )
    fit = progressive_baci(table, start=2012)
    return fit.interval(), fit.estimate, effect[-1]


def share_of_carcasses_found(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    s, f = rng.normal(0.9, 0.01), rng.normal(0.6, 0.05)
    options = {"interval_days": 7, "searches": 10}
    fit = carcass_detection(
        persistence=s, efficiency=f, persistence_se=0.01, efficiency_se=0.05, **options
    )
    return (
        fit.interval(),
        fit.estimate,
        carcass_detection(persistence=0.9, efficiency=0.6, **options).estimate,
    )


def killed_under_a_line(seed: int) -> Trial:
    made = line_searches(80, days=84, trial=60, seed=seed)
    trial = searcher_efficiency(int(made.trials["found"].iloc[0]), 60)
    life = fit_persistence(made.persistence["last_seen"], made.persistence["first_gone"])
    p = carcass_detection(
        persistence=life.estimate,
        efficiency=trial.estimate,
        interval_days=7,
        searches=12,
        persistence_se=life.se,
        efficiency_se=trial.se,
    )
    fit = estimate_killed(made.found, p.estimate, p.se)
    return fit.interval(), fit.estimate, made.killed


def lasting_of_carcasses(seed: int) -> Trial:
    table = line_searches(1, trial=60, seed=seed).persistence
    fit = fit_persistence(table["last_seen"], table["first_gone"])
    return fit.interval(), fit.estimate, 0.93


def searchers(seed: int) -> Trial:
    fit = searcher_efficiency(int(np.random.default_rng(seed).binomial(25, 0.8)), 25)
    return fit.interval(), fit.estimate, 0.8


def change_of_land(seed: int) -> Trial:
    made = land_change(250, seed=seed)
    fit = land_transitions(made.plots["before"], made.plots["after"])
    table = fit.interval()
    row = table[(table["from"] == "wetland") & (table["to"] == "field")].iloc[0]
    return (row["lower"], row["upper"]), row["estimate"], 0.18


def choice_of_many_cranes(seed: int) -> Trial:
    made = habitat_use(20, own_taste=0.5, seed=seed)
    fit = estimate_selection(made.used, made.available)
    ends = fit.interval(bonferroni=False).iloc[0]
    return (ends["lower"], ends["upper"]), fit.ratios["estimate"].iloc[0], made.ratios.iloc[0]


def choice_of_places(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=1500)
    used = rng.random(1500) < 1 / (1 + np.exp(1 - 0.8 * x))
    fit = fit_resource_selection(pd.DataFrame({"used": used.astype(int), "x": x}), "x")
    ends = fit.interval().loc["x"]
    return (ends["lower"], ends["upper"]), fit.params["x"], 0.8


CRANE = Bird(1.3, 2.1, 15.0, "flapping")
TURBINE = Turbine(60, 12, 4.0, 10, 3, np.linspace(0.8, 0.1, 20))


def collisions_in_a_year(seed: int) -> Trial:
    """Densities and avoidance as they come out of studies, log-normal around the truth."""
    rng = np.random.default_rng(seed)
    farm = {"turbines": 25, "latitude": 37.0, "share_at_height": 0.3}
    truth = estimate_collisions(
        CRANE, TURBINE, density_km2=[0.5] * 12, avoidance=0.98, **farm
    ).estimate
    density = 0.5 * np.exp(rng.normal(-0.08, 0.4, 12))
    pass_by = 0.02 * np.exp(rng.normal(-(0.25**2) / 2, 0.25))
    fit = estimate_collisions(
        CRANE,
        TURBINE,
        density_km2=density,
        avoidance=1 - pass_by,
        density_se=density * np.sqrt(np.expm1(0.4**2)),
        avoidance_se=pass_by * np.sqrt(np.expm1(0.25**2)),
        **farm,
    )
    return fit.interval(), fit.estimate, truth


def days_that_food_lasts(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    fit = carrying_days(
        50, rng.normal(80, 8), energy_kj_g=15, need_kj=rng.normal(1500, 100), food_se=8, need_se=100
    )
    return fit.interval(), fit.estimate, 50 * 80 * 1000 * 15 / 1500


def growth_of_a_matrix(seed: int) -> Trial:
    """Rates estimated from birds that were followed: survival of 60 young and 120 adults, 80 nests."""
    rng = np.random.default_rng(seed)
    s0, s1, f = rng.binomial(60, 0.6) / 60, rng.binomial(120, 0.9) / 120, rng.poisson(0.3 * 80) / 80
    se = [[0, np.sqrt(f / 80)], [np.sqrt(s0 * (1 - s0) / 60), np.sqrt(s1 * (1 - s1) / 120)]]
    fit = project_matrix([[0, f], [s0, s1]], se=se)
    return fit.interval(), fit.estimate, project_matrix([[0, 0.3], [0.6, 0.9]]).estimate


def growth_in_good_and_bad_years(seed: int) -> Trial:
    good, bad = [[0, 0.5], [0.6, 0.92]], [[0, 0.1], [0.4, 0.85]]
    if "truth" not in GROWTH:
        GROWTH["truth"] = stochastic_growth([good, bad], years=100_000, seed=1).estimate
    fit = stochastic_growth([good, bad], years=2000, seed=seed + 10)
    return fit.interval(), fit.estimate, GROWTH["truth"]


GROWTH: dict[str, float] = {}


# people


def _homes(seed: int) -> tuple[pd.DataFrame, pd.Series, dict]:
    made = household_survey(20, seed=0, drawn=seed)
    design = {"weight": "weight", "strata": "zone", "cluster": "village"}
    return made.answers, made.truth.set_index("zone").loc["all"], design


def mean_loss(seed: int) -> Trial:
    table, truth, design = _homes(seed)
    fit = estimate_mean(table, "loss", **design)
    return fit.interval(), fit.estimate, truth["mean_loss"]


def total_loss(seed: int) -> Trial:
    table, truth, design = _homes(seed)
    fit = estimate_total(table, "loss", **design)
    return fit.interval(), fit.estimate, truth["total_loss"]


def share_harmed(seed: int) -> Trial:
    table, truth, design = _homes(seed)
    row = estimate_share(table, "harmed", **design).summary().iloc[1]
    return (row["lower"], row["upper"]), row["estimate"], truth["share_harmed"]


def points_gained(seed: int) -> Trial:
    made = training_scores(25, seed=seed).scores
    fit = compare_paired(made["before"], made["after"])
    return fit.interval(), fit.estimate, 0.45 * 10


def mean_of_a_group(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"sex": np.repeat(["woman", "man"], 20), "score": rng.normal(12, 3, 40)})
    cells = disaggregate(table, "sex", "score", limits=(-20, 50)).table
    row = cells[cells["sex"] == "woman"].iloc[0]
    return (row["lower"], row["upper"]), row["estimate"], 12


TRIALS = {
    name: trial
    for name, trial in list(globals().items())
    if callable(trial) and getattr(trial, "__annotations__", {}).get("return") == "Trial"
}
