"""How do I let people try something out?

`explore` turns a drawing function into sliders, `guess_flocks` is a counting game. With a kernel they
are live ipywidgets. With the environment variable `FLYWAY_STATIC=1`, which the build of the book sets,
they are plain HTML with all pictures inside, and need no kernel and no network.
"""

from flyway.widgets.explore import ExploreError, explore
from flyway.widgets.guess import guess_flocks

__all__ = ["ExploreError", "explore", "guess_flocks"]
