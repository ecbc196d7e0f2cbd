"""What holds for all birds that were and were not seen: found by hypothesis, not by example."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flyway.detection.calibration import calibrate
from flyway.detection.closed import METHODS, mark_resight
from flyway.detection.distance import fit_distance
from flyway.detection.double_observer import independent_observers
from flyway.detection.huggins import huggins
from flyway.detection.nmixture import fit_nmixture
from flyway.detection.observer import observer_ratio
from flyway.detection.occupancy import fit_occupancy

quick = settings(max_examples=40, deadline=None, derandomize=True)
few = settings(max_examples=12, deadline=None, derandomize=True)


@quick
@given(st.integers(1, 500), st.integers(1, 500), st.data(), st.sampled_from(METHODS))
def test_a_group_is_no_smaller_than_the_birds_that_were_seen(n1, n2, data, method):
    m = data.draw(st.integers(1, min(n1, n2)))
    fit = mark_resight(n1, n2, m, method)
    seen = n1 + n2 - m
    low, high = fit.interval()
    assert low >= seen - 1e-9
    assert low <= max(fit.estimate, seen) <= high + 1e-9
    more_known = mark_resight(n1, n2, min(m + 1, n1, n2), method)
    assert more_known.estimate <= fit.estimate + 1e-9


@few
@given(
    st.lists(st.floats(0.5, 200), min_size=12, max_size=60),
    st.sampled_from(["line", "point"]),
    st.floats(0.01, 100),
)
def test_detection_is_a_chance_that_no_unit_changes(distances, transect, unit):
    assume(np.std(distances) > 0.1)
    fit = fit_distance(distances, transect=transect)
    assert 0 < fit.estimate <= 1
    low, high = fit.interval()
    assert np.isnan(low) or low <= fit.estimate <= high
    assert 0 < fit.effective_m <= fit.truncation_m * (1 + 1e-9)
    falls = fit.detection(np.linspace(0, fit.truncation_m, 20))
    assert falls[0] == 1
    assert (np.diff(falls) <= 0).all()
    other = fit_distance(np.multiply(distances, unit), transect=transect)
    assert other.estimate == pytest.approx(fit.estimate, rel=1e-3)
    mixed = fit_distance(distances[::-1], transect=transect)
    assert mixed.estimate == pytest.approx(fit.estimate, rel=1e-6)


@quick
@given(
    st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=2, max_size=9).filter(
        lambda rows: all(np.sum(rows, axis=0) > 0)
    )
)
def test_two_observers_can_change_places(rows):
    table = pd.DataFrame(rows, columns=["only_first", "only_second", "both"])
    fit = independent_observers(table)
    turned = independent_observers(
        table.rename(columns={"only_first": "only_second", "only_second": "only_first"})
    )
    assert turned.estimate == pytest.approx(fit.estimate)
    assert (turned.p_first, turned.p_second) == pytest.approx((fit.p_second, fit.p_first))
    assert fit.estimate >= table.to_numpy().sum() - 1e-9
    low, high = fit.interval()
    assert low <= fit.estimate <= high
    assert max(fit.p_first, fit.p_second) <= fit.p_either <= 1


@few
@given(st.integers(3, 40), st.integers(3, 40), st.integers(3, 40))
def test_flocks_one_by_one_agree_with_the_plain_formula(x10, x01, x11):
    rows = [(1, 0)] * x10 + [(0, 1)] * x01 + [(1, 1)] * x11
    fit = huggins(pd.DataFrame(rows, columns=["seen_first", "seen_second"]))
    assert fit.estimate == pytest.approx((x10 + x11) * (x01 + x11) / x11, rel=1e-3)


@quick
@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), min_size=3, max_size=20),
    st.integers(2, 9),
)
def test_an_observer_is_as_good_in_pairs_of_birds(flocks, factor):
    seen, true = np.array(flocks).T
    fit = observer_ratio(seen, true)
    assert fit.estimate == pytest.approx(np.exp(np.mean(np.log(seen / true))))
    assert observer_ratio(seen * factor, true * factor).estimate == pytest.approx(fit.estimate)
    assert observer_ratio(true, seen).estimate == pytest.approx(1 / fit.estimate)
    ratio = calibrate(seen, true, "ratio").correct([100])["corrected"].iloc[0]
    assert ratio == pytest.approx(100 * true.sum() / seen.sum())


@few
@given(st.integers(0, 10**6), st.integers(15, 60), st.integers(2, 5))
def test_occupied_sites_are_no_fewer_than_those_where_the_species_was_seen(seed, sites, visits):
    rng = np.random.default_rng(seed)
    seen = (rng.random((sites, visits)) < 0.5) & (rng.random(sites) < 0.6)[:, None]
    assume(seen.any())
    table = pd.DataFrame(seen.astype(int))
    fit = fit_occupancy(table)
    assert fit.estimate >= fit.naive - 1e-4
    assert fit.estimate <= 1
    other = fit_occupancy(table.iloc[::-1, ::-1])
    assert other.fit.loglik == pytest.approx(fit.fit.loglik, abs=1e-4)


@few
@given(st.integers(0, 10**6))
def test_birds_are_no_fewer_than_the_highest_counts(seed):
    rng = np.random.default_rng(seed)
    birds = rng.poisson(3, 30)
    counts = pd.DataFrame(rng.binomial(birds[:, None], 0.6, (30, 3)).astype(float))
    fit = fit_nmixture(counts, K=40)
    table = fit.sites()
    assert (table["birds"] >= table["highest_count"] - 1e-9).all()
    assert (table["birds"] <= 40).all()
