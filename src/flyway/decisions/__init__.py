"""What should we do together?

Choices with several aims and several countries. These functions do not choose: they show which option
follows from which weights, where the delegations differ, and how firm the winner is. The last step is a
brief in which every number carries its doubt and its source.

- `scores` (`score_weighted_sum`, `score_topsis`): which option does best
- `ahp`: weights from pairwise comparisons · `options` (`find_twin_criteria`): one concern counted twice?
- `sensitivity`, `delegations`: would other weights choose another option?
- `joint` (`choice_findings`): numbers of a choice for the brief
- `brief`, `findings` (`read_findings`): a two-page policy brief
- `page`: what these share
"""
