"""Who lives with the birds, and what did they learn?

Answers of people, counted as carefully as birds: weighted by how they were chosen, told with their
uncertainty, and published so that no one is given away.

- `household`: weighted means, shares and totals from a household survey
- `likert`, `reliability`: answers on a scale of words, and whether questions hang together
- `learning`: learning gain, before and after · `disaggregate`: tables by sex and age that give no one away
- `design`, `suppression`: what these share
"""
