"""How many birds did we miss?

A count is a share of the birds that were there. These methods find out how large that share was, each
from something extra that the counters wrote down: a photograph, a second observer, the distance, or
another visit. Without such a record no method can tell few birds from birds that are hard to see.

- `observer`, `calibration`: an observer's bias, and correcting flock counts with photographs
- `closed` (`mark_resight`): birds marked once and seen again
- `double_observer` (`independent_observers`, `dependent_observers`), `huggins`: two observers
- `distance`, `density`: line and point transects
- `occupancy` (`fit_occupancy`), `nmixture`: repeated visits
- `likelihood`, `visits`, `design`: what these share
"""
