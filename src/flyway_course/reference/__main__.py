"""Write the pages: `python -m flyway_course.reference`."""

import sys

from . import main

sys.exit(main())
