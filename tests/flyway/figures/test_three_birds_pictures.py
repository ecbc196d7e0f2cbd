"""The pictures of lesson 0.1."""

from flyway.figures import three_birds


def test_pictures(check_pictures):
    check_pictures(three_birds, {"known_sites": (0.3,)})
