"""From what was handed in to the notebook that is graded: what is an answer, and which one counts."""
