"""How does a lesson tell me whether my answer is right?

`check("4.1 macao", answer)` says right, or not yet and why. The first value is the name of the question,
as the lesson gives it; the answer is a number, a text, a column or a table. The right answer is never shown.
"""

from flyway.checks.engine import UnknownCheck, check
from flyway.checks.entry import Check
from flyway.checks.verdict import Verdict

__all__ = ["Check", "UnknownCheck", "Verdict", "check"]
