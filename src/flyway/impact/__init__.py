"""Did this farm, line or turbine change it?

Two different questions. After the building: did this place change more than places without it
(`baci`), and how many birds were killed (`estimate_killed`)? Before the building: would a study notice
(`power_baci`), and how many birds would be killed (`estimate_collisions`)? And for farmland: which
habitat do birds choose, how long does the food last, what became of the fields?

- `baci`, `progressive`, `power`, `rehearsal`: before and after, with controls
- `transit` (`transit_risk`, `Bird`, `Turbine`), `collisions`, `doubt`: collision with turbines, before they are built
- `trials`, `carcasses`, `killed`: birds killed, from carcasses found
- `selection`, `resources`: which habitat birds choose · `food`: how many birds the food can feed
- `landcover`: what became of the fields
- `design`, `effects`, `mixed`, `heights`: what these share
"""
