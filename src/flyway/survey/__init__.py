"""How do we count, and can we trust the table?

- `power`: will the change be seen? · `stratified`, `allocation`: totals from samples, and how many units
- `selection`: which sites · `daylight`, `simultaneous`, `double_count`: one census on one day
- `form`, `validation`: the count form and its audit log · `exchange`, `archive`, `iwc`: sharing
- `places`: keeping nests safe · `cell_rules`, `table_rules`, `findings`: what validation is made of
"""
