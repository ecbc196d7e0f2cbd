"""The pictures of lesson 1.2."""

import re

from flyway.figures import counting


def test_pictures(check_pictures):
    check_pictures(counting, {"counter_errors": (0.7, 0.2), "small_flock_photos": (100,)})


def test_photographing_small_flocks_only_keeps_birds_lost():
    def share(largest):
        return int(re.search(r"on average (\d+) %", counting.small_flock_photos_alt(largest))[1])

    assert share(50) < share(400) < share(5000)
    assert share(5000) >= 98
