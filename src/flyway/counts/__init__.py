"""Is the population changing, and how many birds are there?

From counts to numbers that a report can carry, each with its uncertainty. Choose by the table you have:
one count a year (`trend`, `smooth`), many sites with gaps (`fit_index`), one season of dates
(`season_curve`), or one census that did not reach every site (`estimate_population`).

- `trend`, `smooth`, `groups`: one count a year
- `index` (`fit_index`), `bootstrap`, `slope`: many sites with gaps
- `population`: an estimate from incomplete coverage · `criterion`: the 1 % criterion · `iucn`: reductions
- `season`: peaks and season curves
- `glm`, `series`, `grid`, `gee`, `totals`, `yearmodel`, `wald`: what these share
"""
