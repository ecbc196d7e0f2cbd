"""Who lives with the birds, and what did they learn?

- `household`: weighted means, shares and totals from a household survey
- `likert`, `reliability`: answers on a scale of words, and whether questions hang together
- `learning`: learning gain, before and after · `disaggregate`: tables by sex and age that give no one away
- `design`, `suppression`: what these share
"""
