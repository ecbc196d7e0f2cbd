"""Give a mark by hand, as formgrader writes it."""

import sqlite3


def by_hand(home, who, cell, score, extra=None):
    book = sqlite3.connect(home.gradebook)
    book.execute(
        "UPDATE grade SET manual_score=?, extra_credit=?, needs_manual_grade=0 WHERE cell_id IN (SELECT id FROM base_cell "
        "WHERE name=? AND type='GradeCell') AND notebook_id IN (SELECT n.id FROM submitted_notebook n JOIN "
        "submitted_assignment s ON s.id=n.assignment_id WHERE s.student_id=?)",
        (score, extra, cell, who),
    )
    book.commit()
    book.close()
