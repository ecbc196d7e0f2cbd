"""How often does the interval of each estimator hold the truth? All of them, one table.

    python benchmarks/bench_coverage.py [--replicates 400] [--only NAME NAME ...]

The trials are those of `tests/flyway/interval_trials.py`, of which the tests run a few. For each:
the share of 95 % intervals that hold the truth (90-98 % is wanted), the median of estimate / truth, and
processor seconds for one trial. `bench_methods.py`, `bench_impact_demography.py` and
`bench_networks_people.py` hold the trials of the estimators that are not here.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "flyway"))

from interval_trials import TRIALS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--only", nargs="*", choices=sorted(TRIALS), default=sorted(TRIALS))
    asked = parser.parse_args()
    print("estimator                    covered  estimate / truth  seconds  without an interval")
    for name in asked.only:
        start, found = time.process_time(), []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = [TRIALS[name](seed) for seed in range(asked.replicates)]
        seconds = (time.process_time() - start) / asked.replicates
        ends = np.array([ends for ends, _, _ in found], dtype=float)
        truth = np.array([truth for _, _, truth in found], dtype=float)
        ratio = np.array([estimate for _, estimate, _ in found], dtype=float) / truth
        there = np.isfinite(ends).all(axis=1)
        inside = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
        share = 100 * inside[there].mean() if there.any() else np.nan
        print(
            f"{name:28s} {share:6.1f} %  {np.nanmedian(ratio):16.3f}  {seconds:7.3f}"
            f"  {(~there).sum() or ''}",
            flush=True,
        )


if __name__ == "__main__":
    main()
