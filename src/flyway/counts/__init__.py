"""Is the population changing? Trends, site × year indices, population estimates, criteria."""
