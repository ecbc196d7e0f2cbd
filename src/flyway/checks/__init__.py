"""How does a lesson tell me whether my answer is right?

`check("4.1 macao", answer)` says right, or not yet and why. `engine` compares, `verdict` shows,
`lessons` holds what is asked in each lesson.
"""

from flyway.checks.engine import UnknownCheck, check
from flyway.checks.entry import Check
from flyway.checks.verdict import Verdict

__all__ = ["Check", "UnknownCheck", "Verdict", "check"]
