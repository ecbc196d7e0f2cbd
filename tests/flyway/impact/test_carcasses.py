import numpy as np
import pytest

from flyway.impact.carcasses import carcass_detection
from flyway.impact.killed import estimate_killed
from flyway.impact.trials import fit_persistence, searcher_efficiency
from flyway.simulate.impacts import turbine_searches

TRIAL = {"persistence": 0.9, "efficiency": 0.6, "interval_days": 7}


def test_korner_is_the_share_found_in_simulated_searches():
    runs = [turbine_searches(2000, seed=seed) for seed in range(10)]
    share = sum(r["found"] for r in runs) / 20_000
    p = carcass_detection(**TRIAL, searches=10).estimate
    assert share == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 20_000))


def test_area_searched_multiplies():
    whole = carcass_detection(**TRIAL, searches=10).estimate
    part = carcass_detection(**TRIAL, searches=10, share_searched=0.4).estimate
    assert part == pytest.approx(0.4 * whole)


def test_huso_lies_below_korner_which_lies_below_erickson():
    # Huso counts no carcass that was missed once; Erickson lets the searches go on for ever
    huso, korner, erickson = (
        carcass_detection(
            persistence=0.97, efficiency=0.5, interval_days=3, searches=8, method=method
        ).estimate
        for method in ("huso", "korner", "erickson")
    )
    assert huso < korner < erickson


def test_a_list_of_days_equals_a_constant_persistence():
    one = carcass_detection(**TRIAL, searches=4).estimate
    listed = carcass_detection(**TRIAL | {"persistence": [0.9] * 28}, searches=4).estimate
    assert listed == pytest.approx(one)
    short = carcass_detection(**TRIAL | {"persistence": [0.9] * 10}, searches=4).estimate
    assert short < one


@pytest.mark.parametrize("decline", [1.0, 0.25])
@pytest.mark.parametrize("daily", [[0.8] * 12, [0.9, 0.8, 0.85, 0.95, 0.7, 0.9, 0.6, 1, 0.5, 0.8]])
def test_korner_equals_following_each_carcass_day_by_day(daily, decline):
    found = 0.0
    for death in range(12):  # expected share of a carcass that is there and not yet found
        left, efficiency = 1.0, 0.72
        for age, day in enumerate(range(death + 1, 13)):
            left *= daily[age] if age < len(daily) else 0.0
            if day % 3 == 0:
                found += left * efficiency
                left *= 1 - efficiency
                efficiency *= decline
    p = carcass_detection(
        persistence=daily, efficiency=0.72, interval_days=3, searches=4, efficiency_decline=decline
    )
    assert p.estimate == pytest.approx(found / 12)


def test_searchers_who_see_worse_the_second_time_find_less():
    constant = carcass_detection(**TRIAL, searches=6).estimate
    worse = carcass_detection(**TRIAL, searches=6, efficiency_decline=0.25).estimate
    never = carcass_detection(**TRIAL, searches=6, efficiency_decline=0.0).estimate
    assert never < worse < constant
    # only the first search counts: f times the mean share still there
    assert never == pytest.approx(0.6 * np.mean(0.9 ** np.arange(1, 8)))


def test_perfect_searchers_and_carcasses_that_stay():
    sure = {"persistence": 1.0, "efficiency": 1.0, "interval_days": 5}
    for method in ("korner", "huso", "erickson"):
        assert carcass_detection(**sure, searches=3, method=method).estimate == pytest.approx(1)


def test_standard_error_by_delta_method_agrees_with_draws():
    result = carcass_detection(
        **TRIAL, searches=6, persistence_se=0.02, efficiency_se=0.05, share_searched_se=0.0
    )
    rng = np.random.default_rng(1)
    draws = [
        carcass_detection(persistence=s, efficiency=f, interval_days=7, searches=6).estimate
        for s, f in zip(rng.normal(0.9, 0.02, 800), rng.normal(0.6, 0.05, 800), strict=True)
    ]
    assert result.se == pytest.approx(np.std(draws), rel=0.1)
    low, high = result.interval()
    assert 0 < low < result.estimate < high < 1
    assert result.summary()["quantity"][0] == "killed bird is found"


def test_killed_is_covered_when_every_number_is_as_likely():
    # coverage averaged over N from 0 to 60, which is the prior, is the credibility itself
    rng = np.random.default_rng(2)
    p, inside, zero = 0.35, 0, 0
    killed = rng.integers(0, 61, 600)
    found = rng.binomial(killed, p)
    results = {x: estimate_killed(int(x), p) for x in np.unique(found)}
    for n, x in zip(killed, found, strict=True):
        low, high = results[x].interval()
        inside += low <= n <= high
        zero += x == 0
    assert 0.93 <= inside / 600 <= 0.99
    assert zero > 10


def test_an_uncertain_chance_is_covered():
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(150):
        p = rng.beta(20, 30)
        n = rng.integers(0, 80)
        result = estimate_killed(int(rng.binomial(n, p)), 0.4, np.sqrt(0.4 * 0.6 / 51))
        low, high = result.interval()
        inside += low <= n <= high
    assert 0.90 <= inside / 150 <= 0.99


def test_zero_found_is_not_zero_killed():
    result = estimate_killed(0, 0.1)
    assert result.ratio == 0
    assert result.interval()[1] >= 20
    assert "None found is not none killed" in result.notes[0]
    assert result.more_than(5) > 0.5


def test_less_is_known_when_the_chance_is_uncertain():
    known, doubtful = estimate_killed(8, 0.4), estimate_killed(8, 0.4, 0.1)
    assert doubtful.interval()[1] > known.interval()[1]
    detection = carcass_detection(**TRIAL, searches=6, efficiency_se=0.05)
    carried = estimate_killed(8, detection)
    assert carried.detection_se == detection.se


def test_a_limit_cuts_the_tail():
    result = estimate_killed(3, 0.5, largest=15)
    assert result.posterior.index.max() == 15
    assert result.posterior.sum() == pytest.approx(1)
    assert result.plot().get_xlabel() == "birds killed"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"efficiency": 1.2}, "efficiency is 1.2"),
        ({"persistence": -0.1}, "persistence is -0.1"),
        ({"interval_days": 0}, "interval_days is 0"),
        ({"interval_days": 2.5}, "interval_days is 2.5"),
        ({"searches": None}, "searches is missing"),
        ({"method": "bell"}, "method is 'bell'"),
        ({"method": "huso", "persistence": [0.9, 0.8]}, "persistence is a list"),
        ({"persistence": [0.9, 1.8]}, "persistence is 1.8 in row 1"),
        ({"persistence": [0.9, 0.8], "persistence_se": 0.1}, "not with a list"),
        ({"efficiency_se": -1}, "standard error is negative"),
    ],
)
def test_detection_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        carcass_detection(**TRIAL | {"searches": 4} | change)


@pytest.mark.parametrize(
    ("found", "p", "se", "message"),
    [
        (-1, 0.5, 0, "found is negative"),
        (1.5, 0.5, 0, "found is 1.5"),
        (2, 0.0, 0, "no killed bird can be found"),
        (2, 1.1, 0, "detection is 1.1"),
        (2, 0.5, 0.6, "too large for a chance"),
        (5, 1e-5, 0, "too low to say anything"),
    ],
)
def test_killed_refuses(found, p, se, message):
    with pytest.raises(ValueError, match=message):
        estimate_killed(found, p, se)


def looked_up(rng, n, mean, shape=1.0, days=(1, 2, 3, 5, 7, 10, 14, 21)):
    life = mean * rng.weibull(shape, n)
    grid = np.r_[0, days]
    position = np.searchsorted(grid, life, side="right") - 1
    last = grid[position].astype(float)
    absent = np.where(life >= grid[-1], np.nan, grid[np.minimum(position + 1, len(days))])
    return last, absent


def test_persistence_is_unbiased_and_covered():
    rng = np.random.default_rng(4)
    truth, inside, estimates = np.exp(-1 / 6), 0, []
    for _ in range(80):
        fit = fit_persistence(*looked_up(rng, 50, 6.0))
        low, high = fit.interval()
        inside += low <= truth <= high
        estimates.append(fit.estimate)
    assert np.mean(estimates) == pytest.approx(truth, abs=0.01)
    assert 0.90 <= inside / 80 <= 1


def test_weibull_persistence_finds_its_shape_and_feeds_korner():
    fit = fit_persistence(*looked_up(np.random.default_rng(5), 400, 6.0, shape=0.6), "weibull")
    log_shape = fit.fit.params["log shape"]
    assert log_shape == pytest.approx(np.log(0.6), abs=3 * fit.fit.se["log shape"])
    daily = fit.daily(28)
    assert (np.diff(daily) > 0).all()  # old carcasses lie longer
    assert np.cumprod(daily)[-1] == pytest.approx(fit.lasting([28])[0])
    found = carcass_detection(persistence=daily, efficiency=0.6, interval_days=7, searches=4)
    assert 0 < found.estimate < 0.6


@pytest.mark.parametrize(
    ("last", "absent", "message"),
    [
        ([1, 2, 3], [2, 1, 4], "gone later than it was seen"),
        ([1, 2, 3], [None, None, None], "0 of 3 carcasses vanished"),
        ([1, -2, 3], [2, 3, 4], "last_present is negative"),
        ([1, 2], [2, 3, 4], "differ in length"),
    ],
)
def test_persistence_refuses(last, absent, message):
    with pytest.raises(ValueError, match=message):
        fit_persistence(last, absent)


def test_searcher_efficiency():
    result = searcher_efficiency(14, 20)
    assert result.estimate == 0.7
    assert result.interval() == pytest.approx((0.4810, 0.8545), abs=1e-4)  # Wilson by hand
    assert searcher_efficiency(20, 20).interval()[0] > 0.8
    for wrong in ((3, 0), (5, 4), (-1, 4)):
        with pytest.raises(ValueError):
            searcher_efficiency(*wrong)
