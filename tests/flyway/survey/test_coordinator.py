"""A coordinator's afternoon: from a messy file of a hundred sites to a defended trend."""

import io

import numpy as np
import pandas as pd
import pytest

from flyway.counts.index import fit_index
from flyway.counts.season import season_peaks
from flyway.survey.corrections import apply_corrections
from flyway.survey.reading import read_counts
from flyway.survey.validation import validate

NAMES = {"Site name": "site", "Date": "date", "Species": "species", "No. of birds": "count"}
GROWTH, YEARS = 0.04, range(2008, 2023)
WRITTEN = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d %b %Y"]
ME = "the coordinator"


@pytest.fixture(scope="module")
def submitted() -> str:
    """A CSV of 100 sites and 15 winters as offices send them: dates, blanks, spellings, a sum, copies."""
    rng = np.random.default_rng(5)
    level = np.exp(rng.normal(3, 1.3, 100))
    rows = []
    for site, year in [(s, y) for s in range(100) for y in YEARS if rng.random() > 0.25]:
        birds = rng.poisson(level[site] * np.exp(GROWTH * (year - 2008) + rng.normal(0, 0.25)))
        day = pd.Timestamp(year, 1, rng.integers(10, 25))
        faults = {0: "", 1: "-", 2: f"ca. {birds}"}
        name = f"Paddy {site:03d}"
        if site == 33 and year >= 2015:
            name = "Reservoir east"  # renamed half-way
        name = {0: f"{name} ", 1: name.lower()}.get(rng.integers(80), name)
        text = faults.get(rng.integers(60), str(birds))
        rows.append([name, day.strftime(rng.choice(WRITTEN)), "White-naped Crane", text])
    rows[100][3], rows[500][3] = "9999", str(20 * int(rows[500][3]))
    rows += [rows[40], rows[400], ["TOTAL", "", "", "123456"]]
    return pd.DataFrame(rows, columns=list(NAMES)).to_csv(index=False)


def test_from_a_messy_file_to_a_trend(submitted):
    raw = read_counts(io.StringIO(submitted), NAMES)
    found = validate(raw, date_order="day first")
    assert {"not a date", "not a number", "sum row", "spelling", "unlike its history"} <= set(
        found.log["rule"]
    )
    changes = [
        found.suggestions(ME),
        found.decide("not a number", "", ME, "the offices say: not visited", cell="-"),
        found.decide("not a number", lambda text: text[4:], ME, "best estimate of the counter")
        .query("value != ''"),
    ]  # fmt: skip
    step = apply_corrections(raw, pd.concat(changes), found.rows_with("sum row", ME, "a sum"))
    again = validate(step.data)
    step = apply_corrections(step.data, aside=again.rows_with("doubled row", ME, "a copy"))
    last = validate(step.data)
    assert last.ok
    unlike = set(last.log.query("rule == 'unlike its history'")["row"])
    assert {102, 502} <= unlike, "the planted outliers are found"
    assert len(unlike) <= 6, "few true counts are asked about"
    no_sheet = last.decide("unlike its history", "", ME, "no field sheet: taken as not counted")
    step = apply_corrections(step.data, no_sheet.query("row in [102, 502]"))
    counts = validate(step.data).counts()
    index = fit_index(season_peaks(counts, site="site"), count="peak")
    low, high = index.slope().interval()
    assert low < np.exp(GROWTH) < high
    assert index.classification == "Moderate increase"
    assert len(counts) == len(raw) - 3
