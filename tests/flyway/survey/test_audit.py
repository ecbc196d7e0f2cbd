"""The audit of a mended table: against a key, what stays open, and the sentence about it."""

import pandas as pd
import pytest

from flyway.simulate.submission import ASIDE, KEEP, MEND, OPEN, UNANSWERED, submission
from flyway.survey.audit import against_key, marked_rows, open_rows, statement
from flyway.survey.corrections import apply_corrections
from flyway.survey.validation import validate

WINTER = {"earliest": "2024-11-01", "latest": "2025-03-31"}


def mend(made, replies=(MEND, KEEP)):
    answers = made.answers
    return apply_corrections(
        made.submitted,
        answers[answers["reply"].isin(replies)],
        aside=answers[answers["reply"] == ASIDE],
    )


# Seeds where no true count outside the key looks odd: about such a count nobody would have asked.
@pytest.fixture(scope="module", params=[2, 33])
def made(request):
    return submission(seed=request.param)


def test_a_key_counts_what_is_caught_missed_and_marked_for_nothing():
    log = pd.DataFrame(
        {"row": [1, 1, 4, 7, None], "severity": ["error", "check", "check", "note", "check"]}
    )
    key = pd.DataFrame({"row": [1, 7, 9, 4], "error": [True, True, True, False]})
    score = against_key(log, key)
    assert score.caught["row"].tolist() == [1]
    assert score.missed["row"].tolist() == [7, 9]
    assert score.false_alarms == (4,)
    assert score.summary()["rows"].tolist() == [1, 2, 1]
    assert marked_rows(log) == [1, 4]


def test_a_key_without_errors_is_refused():
    log = pd.DataFrame({"row": [1], "severity": ["error"]})
    with pytest.raises(ValueError, match="error"):
        against_key(log, pd.DataFrame({"row": [1]}))


def test_answers_lead_back_to_a_table_with_nothing_wrong_but_the_open_rows(made):
    mended = mend(made)
    again = validate(mended.data, **WINTER)
    unanswered = made.answers[made.answers["reply"] == OPEN]
    assert len(unanswered) == len(UNANSWERED)
    assert set(open_rows(again, mended)) == set(unanswered["row"])
    assert set(again.errors["row"]) < set(unanswered["row"])


def test_a_confirmed_oddity_is_settled_and_an_unconfirmed_one_is_open(made):
    odd = made.key[~made.key["error"]]["row"]
    again = validate(mend(made).data, **WINTER)
    still_marked = set(odd) & set(marked_rows(again.log))
    assert still_marked
    assert not still_marked & set(open_rows(again, mend(made)))
    assert still_marked <= set(open_rows(again, mend(made, replies=(MEND,))))


def test_an_error_is_open_even_when_somebody_confirmed_it():
    table = pd.DataFrame(
        {"site": ["A"], "date": ["2025-01-10"], "species": ["Hooded Crane"], "count": ["ca. 30"]}
    )
    line = {"row": [0], "column": ["count"], "value": ["ca. 30"], "who": ["x"], "why": ["so said"]}
    mended = apply_corrections(table, pd.DataFrame(line))
    assert open_rows(validate(mended.data, **WINTER), mended) == [0]


def test_the_statement_counts_every_kind_of_decision(made):
    mended = mend(made)
    again = validate(mended.data, **WINTER)
    said = statement(validate(made.submitted, **WINTER), mended, again)
    replies = made.answers["reply"].value_counts()
    assert said.startswith(f"{len(made.submitted)} rows were submitted; ")
    assert f"{replies[MEND]} cells were changed; {replies[ASIDE]} rows were set aside" in said
    assert f"{replies[KEEP]} odd records were confirmed and kept" in said
    assert f"{len(open_rows(again, mended))} rows are still open. Each change has a name" in said


def test_the_file_as_sent_is_unchanged(made):
    before = made.submitted.copy(deep=True)
    mend(made)
    pd.testing.assert_frame_equal(made.submitted, before)


def test_thresholds_of_the_rule_on_history(made):
    def alarms(fold):
        log = validate(made.submitted, **WINTER, outlier_fold=fold, outlier_spreads=0).log
        return (log["rule"] == "unlike its history").sum()

    assert alarms(1.2) > alarms(3) >= alarms(12)
    with pytest.raises(ValueError, match="fold of 1 or more"):
        validate(made.submitted, outlier_fold=0.5)
