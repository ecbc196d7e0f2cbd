"""The pictures of lesson 2.2."""

from flyway import datasets
from flyway.figures import audit
from flyway.survey.validation import validate


def test_pictures(check_pictures):
    check_pictures(
        audit,
        {
            "rules_caught": ("+ all rows together",),
            "history_rule": (3,),
            "three_ways": (audit.AS_SENT,),
        },
    )


def test_every_rule_that_speaks_belongs_to_a_set():
    log = validate(datasets.load("messy_submission"), **audit.WINTER).log
    every = audit.CELL | audit.LINE | audit.TABLE | audit.HISTORY
    assert set(log.loc[log["severity"] != "note", "rule"]) <= every


def test_each_set_of_rules_catches_more():
    caught = [len(audit._score(rules).caught) for rules in audit.RULES]
    assert caught == sorted(set(caught)) and caught[-1] == 40


def test_a_lower_threshold_catches_more_errors_and_marks_more_true_records():
    said = [audit._said(fold) for fold in (1.2, 1.5, 2, 3, 4, 6, 8, 12)]
    caught, _, alarms = zip(*said, strict=True)
    assert list(caught) == sorted(caught, reverse=True) and caught[0] > caught[-1]
    assert list(alarms) == sorted(alarms, reverse=True) and alarms[0] > 20


def test_only_asking_gives_every_site_its_true_peak():
    truth = audit._peaks("truth")
    assert audit._peaks(audit.ASK).equals(truth)
    for way in (audit.AS_SENT, audit.DELETE):
        assert (audit._peaks(way).reindex(truth.index) == truth).sum() < len(truth)
