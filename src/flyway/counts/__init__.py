"""Is the population changing, and how many birds are there?

- `trend`, `smooth`, `groups`: one count a year · `index`, `bootstrap`, `slope`: many sites with gaps
- `population`: an estimate from incomplete coverage · `criterion`: the 1 % criterion · `iucn`: reductions
- `season`: peaks and season curves
- `glm`, `series`, `grid`, `gee`, `totals`, `yearmodel`: what these share
"""
