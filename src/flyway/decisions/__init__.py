"""What should we do together?

- `scores`: weighted sum and TOPSIS · `ahp`: weights from pairwise comparisons
- `sensitivity`, `delegations`: would other weights choose another option?
- `brief`, `findings`: a two-page policy brief in which every number carries its doubt and its source
- `options`, `page`: what these share
"""
