import numpy as np
import pytest

from flyway.detection.closed import mark_resight
from flyway.detection.double_observer import (
    dependent_nll,
    dependent_observers,
    independent_observers,
)
from flyway.detection.likelihood import NotIdentifiable


def test_independent_double_observer(case):
    published = case("double_observer_indep")
    result = independent_observers(published.table("y"), "only_A", "only_B", "both")
    fit = result.coefficients
    for key, value in zip(("log_lambda", "logit_pA", "logit_pB"), fit.params, strict=True):
        assert value == published.near(key)
    assert fit.se.tolist() == published.near("se")
    assert -fit.loglik == published.near("nll")


def test_dependent_without_role_swap_is_refused_because_the_likelihood_is_flat(case):
    trap = case("dep_double_trap")
    y = trap.table("y")
    primary, extra = y["primary"].to_numpy(), y["secondary_only"].to_numpy()
    # the published vector, and another one with less detection and more birds
    published = (2.0416, 0.7430, 0.4564)
    assert dependent_nll(*published, primary, extra) == trap.near("nll")
    lam, p1 = np.exp(2.0416) * 1.2, 1 / (1 + np.exp(-0.7430)) / 1.2
    p2 = extra.mean() / (lam * (1 - p1))
    other = (np.log(lam), np.log(p1 / (1 - p1)), np.log(p2 / (1 - p2)))
    assert dependent_nll(*other, primary, extra) == trap.near("nll")
    assert not trap.value("identifiable")
    with pytest.raises(NotIdentifiable, match="swap roles"):
        dependent_observers(y.assign(leader="A"), "leader", "primary", "secondary_only")


def test_lincoln_petersen_chapman_bailey(case):
    fsa = case("petersen_fsa")
    for method in ("petersen", "chapman", "bailey"):
        result = mark_resight(fsa.data["n1"], fsa.data["n2"], fsa.data["m"], method)
        assert [result.estimate, result.se] == fsa.near(method)
