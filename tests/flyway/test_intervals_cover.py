"""Short seeded trials: the intervals hold the truth about as often as they say, and the bias is small.

The same trials run 400 times in `benchmarks/bench_coverage.py`; there each held the truth in 91-98 %.
"""

import numpy as np
import pytest
from interval_trials import TRIALS
from scipy import stats

SLOW = {
    "power_by_simulation": 0,  # seconds for one trial: the benchmark only
    "index_by_bootstrap": 5,
    "chance_of_loss": 10,
    "birds_per_site": 20,
    "mean_loss": 20,
    "total_loss": 20,
    "share_harmed": 20,
}
RUNS = {name: SLOW.get(name, 50) for name in TRIALS}


@pytest.mark.filterwarnings(
    "ignore"
)  # of fits at the edge of what is possible: other tests look at them
@pytest.mark.parametrize("name", [name for name, runs in RUNS.items() if runs])
def test_truth_is_held_and_bias_is_small(name):
    found = [TRIALS[name](seed) for seed in range(5000, 5000 + RUNS[name])]
    ends = np.array([e for e, _, _ in found], dtype=float)
    truth = np.array([t for _, _, t in found], dtype=float)
    ratio = np.array([estimate for _, estimate, _ in found], dtype=float) / truth
    there = np.isfinite(ends).all(axis=1)
    assert there.mean() >= 0.8  # an estimate at its limit has no interval
    held = ((ends[:, 0] <= truth) & (truth <= ends[:, 1]))[there]
    # so few that it would happen once in 500 times, if 93 % were right
    assert held.sum() >= stats.binom.ppf(0.002, len(held), 0.93)
    error = np.nanstd(ratio) / np.sqrt(len(ratio))
    assert np.nanmean(ratio) == pytest.approx(1, abs=0.03 + 3.5 * error)
