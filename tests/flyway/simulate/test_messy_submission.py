"""A messy count form: the key mends it back to the clean one, and validation finds what can be found."""

import pandas as pd
import pytest

from flyway.simulate.messy import KINDS, messy_submission
from flyway.survey.validation import validate

REGION = (37.0, 39.0, 126.0, 128.5)


def mended(made):
    table = made.messy.copy()
    for line in made.key[made.key["error"]].itertuples():
        if line.right is None:
            table = table.drop(index=line.row)
        elif line.kind == "lat and lon swapped":
            table.loc[line.row, ["lat", "lon"]] = table.loc[line.row, ["lon", "lat"]].to_numpy()
        else:
            table.loc[line.row, line.column] = line.right
    return table


@pytest.mark.parametrize("seed", range(5))
def test_the_key_leads_back_to_the_clean_form(seed):
    made = messy_submission(seed=seed)
    assert made.key["error"].sum() == 40
    assert (~made.key["error"]).sum() == 3
    assert set(made.key.loc[made.key["error"], "kind"]) == set(KINDS.values())
    assert made.key.loc[made.key["error"], "row"].is_unique
    pd.testing.assert_frame_equal(mended(made).infer_objects(), made.clean, check_dtype=False)


@pytest.mark.parametrize("seed", range(5))
def test_validation_finds_every_slip_and_no_error_in_the_clean_form(seed):
    made = messy_submission(seed=seed)
    options = {"region": REGION, "latest": "2026-01-01"}
    assert validate(made.clean, **options).ok
    log = validate(made.messy, **options).log
    missed = [
        (line.kind, line.row)
        for line in made.key[made.key["error"]].itertuples()
        if not ((log["row"] == line.row) & (log["rule"] != "site moved")).any()
    ]
    # ten times as many birds may still be within the history of a site with few and scattered counts
    assert {kind for kind, _ in missed} <= {"one zero too many"}
    assert len(missed) <= 1


def test_the_true_oddities_are_in_both_tables_and_look_odd():
    made = messy_submission(seed=3)
    odd = made.key[~made.key["error"]]
    assert (made.messy.loc[odd["row"], "count"] == made.clean.loc[odd["row"], "count"]).all()
    assert (made.clean.loc[odd["row"], "notes"] != "").all()
    log = validate(made.clean).log
    assert (log["rule"] == "unlike its history").sum() >= 1


def test_the_seed_decides_and_the_size_is_as_asked():
    assert messy_submission(seed=1).messy.equals(messy_submission(seed=1).messy)
    assert not messy_submission(seed=1).messy.equals(messy_submission(seed=2).messy)
    none = messy_submission(7, 0, seed=1)
    assert len(none.clean) == 6 * 7 * 2
    assert none.messy.astype(str).equals(none.clean.astype(str))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dates": 3}, "dates is 3"),
        ({"dates": 99}, "50 or fewer"),
        ({"errors": 500}, "at most 64 fit"),
        ({"errors": 2.5}, "errors is 2.5"),
    ],
)
def test_settings_out_of_range_are_named(settings, words):
    with pytest.raises(ValueError, match=words):
        messy_submission(**settings, seed=1)
