"""How many birds did we miss?

- `observer`, `calibration`: an observer's bias, and correcting flock counts with photographs
- `closed`: Lincoln-Petersen, Chapman, Bailey · `double_observer`, `huggins`: two observers
- `distance`, `density`: line and point transects · `occupancy`, `nmixture`: repeated visits
- `likelihood`, `visits`: what these share
"""
