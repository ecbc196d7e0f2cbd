"""Data with a known truth: what a method should find is written down before it looks.

Every generator takes a seed, so that the same call gives the same numbers on every machine.
"""

from flyway.simulate.counts import WinterCounts, winter_counts

__all__ = ["WinterCounts", "winter_counts"]
