"""Lets `nbgrader` and formgrader, started in this folder, find the course of one class.

The class is `cohorts/class`, or the one that the environment variable FLYWAY_COHORT names.
"""

import os

from flyway_course.grading.cohort import Cohort, settings

c = get_config()  # noqa: F821, nbgrader gives this name to its configuration files
c.merge(settings(Cohort.of(os.environ.get("FLYWAY_COHORT", "class")).folder))
