"""Births, deaths and futures: why is the population changing, and how much can it bear?

A trend says that numbers change. Young birds in the flock and marked birds seen again say why. From
their rates follow growth, the risk to fall below a threshold, and the deaths that a population can
bear. All futures here are "what if": they hold as long as the rates do.

- `age_ratio`: young birds in the flock · `survival`: birds alive a year later, from marks
- `projection`, `stochastic`: growth from rates · `density`: does growth slow down?
- `extinction`: risk from counts alone · `removal`: how many birds may be lost
- `histories`, `cjs`, `real`, `steps`: what these share
"""
