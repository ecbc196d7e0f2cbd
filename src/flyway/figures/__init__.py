"""The pictures of the lessons: for each, a function that draws it and one that says it in words.

A picture named ``x`` has its alternative text in ``x_alt``, called with the same values, so that the
words are computed from the numbers that are drawn. Lessons hand both to ``widgets.explore`` or to
``plots.show``; nothing else imports this room.
"""

from flyway.figures.counting import (
    counter_errors,
    counter_errors_alt,
    small_flock_photos,
    small_flock_photos_alt,
)
from flyway.figures.growth import (
    constant_growth,
    constant_growth_alt,
    coverage_growth,
    coverage_growth_alt,
    regional_counts,
    regional_counts_alt,
    trend_window,
    trend_window_alt,
)
from flyway.figures.sites import known_sites, known_sites_alt

__all__ = [
    "constant_growth",
    "constant_growth_alt",
    "counter_errors",
    "counter_errors_alt",
    "coverage_growth",
    "coverage_growth_alt",
    "known_sites",
    "known_sites_alt",
    "regional_counts",
    "regional_counts_alt",
    "small_flock_photos",
    "small_flock_photos_alt",
    "trend_window",
    "trend_window_alt",
]
