"""Blanks fall where they are told to fall."""

import numpy as np
import pytest

from flyway.simulate import winter_counts
from flyway.simulate.gaps import WHERE, leave_out


@pytest.fixture(scope="module")
def full():
    return winter_counts(seed=3, gaps=0).counts


@pytest.mark.parametrize("where", WHERE)
def test_the_share_is_kept_and_no_site_or_winter_is_lost(full, where):
    gappy = leave_out(full, 0.3, where, seed=1)
    assert gappy["count"].isna().sum() == 150
    assert (gappy.groupby("site")["count"].count() > 0).all()
    assert (gappy.groupby("winter")["count"].count() > 0).all()
    kept = gappy["count"].notna()
    assert (gappy.loc[kept, "count"] == full.loc[kept, "count"]).all()


def test_blanks_fall_where_they_should(full):
    def blank(where):
        return leave_out(full, 0.3, where, seed=1)["count"].isna()

    size = full.groupby("site")["count"].transform("mean").astype(float)
    relative = full["count"].astype(float) / size
    assert full["winter"][blank("first winters")].mean() < full["winter"].mean() - 3
    assert np.log(size)[blank("small sites")].mean() < np.log(size).mean() - 0.5
    assert relative[blank("few birds")].mean() < 0.8
    assert abs(relative[blank("anywhere")].mean() - 1) < 0.1


def test_a_larger_share_blanks_the_same_cells_and_more(full):
    few = leave_out(full, 0.1, "anywhere", seed=9)["count"].isna()
    many = leave_out(full, 0.4, "anywhere", seed=9)["count"].isna()
    assert (many | ~few).all()


def test_the_order_of_the_rows_does_not_matter(full):
    mixed = full.sample(frac=1, random_state=1)
    sites = sorted(full["site"].unique())
    assert list(mixed["site"].unique()) != sites
    assert leave_out(mixed, 0.2, "few birds", seed=1)["count"].isna().sum() == 100


@pytest.mark.parametrize(
    ("share", "where", "word"), [(1.0, "anywhere", "share"), (0.2, "at night", "where")]
)
def test_refusals_name_the_argument(full, share, where, word):
    with pytest.raises(ValueError, match=word):
        leave_out(full, share, where, seed=1)


def test_tables_with_blanks_or_holes_are_refused(full):
    gappy = leave_out(full, 0.2, "anywhere", seed=1)
    with pytest.raises(ValueError, match="blank in row"):
        leave_out(gappy, 0.2, "anywhere", seed=1)
    with pytest.raises(ValueError, match="one row for each site and winter"):
        leave_out(full.iloc[1:], 0.2, "anywhere", seed=1)
