"""A submission with answers: all cells are text, and only the named kinds stay without an answer."""

from flyway.simulate.messy import messy_submission
from flyway.simulate.submission import OPEN, UNANSWERED, as_written, submission


def test_cells_are_text_as_a_file_holds_them():
    assert [as_written(v) for v in (2.0, 71.5, 1640, "about 3", "", None, float("nan"))] == [
        "2", "71.5", "1640", "about 3", None, None, None,
    ]  # fmt: skip
    made = submission(seed=33)
    cells = made.submitted.stack().dropna()
    assert cells.map(type).eq(str).all()


def test_every_line_of_the_key_has_its_answer():
    made = submission(seed=33)
    assert set(made.answers["row"]) == set(made.key["row"])
    unanswered = made.answers[made.answers["reply"] == OPEN]["row"]
    kinds = made.key.set_index("row").loc[unanswered, "kind"]
    assert sorted(kinds) == sorted(UNANSWERED)


def test_an_answer_gives_the_true_value():
    made, clean = submission(seed=33), messy_submission(seed=33).clean
    mended = made.answers[made.answers["reply"] == "mend"]
    truth = [as_written(clean.loc[line.row, line.column]) for line in mended.itertuples()]
    assert mended["value"].tolist() == truth


def test_the_seed_decides():
    assert submission(seed=5).submitted.equals(submission(seed=5).submitted)
    assert not submission(seed=5).submitted.equals(submission(seed=6).submitted)
