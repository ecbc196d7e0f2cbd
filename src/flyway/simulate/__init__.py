"""What would a method find, if we knew the truth?

In the field nobody knows the true number of birds. Here it is known, because it is written down before
the counts are made. Use these tables to practise, to try a method on counts like yours before the
season begins, and to see how it fails when its assumptions fail. Every generator takes a seed: the same
seed gives the same numbers on every machine. What it makes is simulated; never print it as a count.
`winter_counts` (many sites, many winters, with gaps) is imported from the room itself.

- `forms`: filled count forms · `coverage`: a census that reaches more places each year · `flocks`: flocks to count
- `observers`: counters with a bias · `sitelist`: sites that somebody visited, and the others
- `marked`: marked birds that are seen or missed · `impacts`: studies and turbines with a known effect
- `messy`: a count form with slips, and their key · `strata`: wetlands, and those drawn to be counted
- `census_day`: flocks that move while three countries count · `roosts`: two observers, flocks noted
- `visits`: repeated visits, and birds seen from lines · `populations`: growth with a limit; families
- `lines`: a winter of searches under a power line · `spans`: two lines, searched span by span · `habitat`: fields chosen, land that changes
- `movements`: a flyway by season, and tracked birds · `households`: a survey; scores of a training
- `choices`: options whose true worth is known, and delegations who weigh them
- `joint`: six joint options and six delegations in two groups
- `journeys`: cranes between real sites, some with transmitters; outbreaks at roosts
- `basins`: winter counts in basins, one of which gets a project · `flights`: a day of flights, hour by hour
- `trend_series`: winters of counts for a trend report, with gaps and one odd winter
- `assessment`: an invented impact assessment with planted faults
- `census_plan`: ten sites in six countries, to plan one morning within a budget
- `limits`: what these share
"""

from flyway.simulate.counts import WinterCounts, winter_counts

__all__ = ["WinterCounts", "winter_counts"]
