"""How do we count, and can we trust the table?

Before the season: how many surveys, units and sites are enough, and when is there light and high water?
After it: was it one census, what is wrong in the table, and how is it shared without giving nests away?
Nothing here drops a row or fills a blank in silence. A blank means "not counted", a zero "none seen".

- `power`: will the change be seen? · `stratified`, `allocation`: totals from samples, and how many units
- `selection`: which sites · `daylight`, `simultaneous`, `double_count`: one census on one day
- `form` (`form_fields`, `empty_form`), `reading`: from a file to the count form
- `validation`, `corrections`, `audit`: the audit log, mending on record, and what was done
- `exchange`, `archive`, `iwc`: sharing · `places`: keeping nests safe
- `cell_rules`, `table_rules`, `written_dates`, `findings`: what validation is made of
"""
