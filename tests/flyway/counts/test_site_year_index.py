import numpy as np
import pandas as pd
import pytest

from flyway.counts.bootstrap import bootstrap_index
from flyway.counts.index import fit_index
from flyway.counts.slope import classify


def counts(rng, sites=40, years=10, slope=0.05, phi=3.0, missing=0.4, first=2010):
    """Sites with their own level, a shared yearly change, scatter phi times Poisson, gaps at random."""
    level = np.exp(rng.normal(3.5, 0.8, sites))
    when = np.arange(first, first + years)
    mean = np.outer(level, np.exp(slope * (when - first)))
    table = pd.DataFrame(
        {
            "site": np.repeat([f"S{i:03d}" for i in range(sites)], years),
            "year": np.tile(when, sites),
            "count": rng.negative_binomial(mean / (phi - 1), 1 / phi).ravel().astype(float),
        }
    )
    table.loc[rng.random(len(table)) < missing, "count"] = np.nan
    uncounted = table.groupby("site")["count"].transform(lambda c: c.notna().sum()) == 0
    return table[~uncounted], mean.sum(axis=0)


def small():
    return pd.DataFrame(
        {
            "site": list("AAABBBCCC"),
            "year": [2019, 2020, 2021] * 3,
            "count": [10, 20, 40, 5, None, 20, None, 30, 60],
        }
    )


def test_exact_doubling_is_found_and_gaps_are_filled_with_it():
    fit = fit_index(small(), serial_correlation=False)
    assert fit.index()["estimate"].tolist() == pytest.approx([1, 2, 4])
    filled = fit.imputed().set_index(["site", "year"])
    assert filled.loc[("B", 2020), "imputed"] == pytest.approx(10)
    assert filled.loc[("C", 2019), "imputed"] == pytest.approx(15)
    assert np.isnan(filled.loc[("B", 2020), "count"])
    assert fit.totals()["imputed"].tolist() == pytest.approx([30, 60, 120])
    assert fit.totals()["sites_counted"].tolist() == [2, 2, 3]


def test_agrees_with_a_glm_with_site_dummies():
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    table, _ = counts(np.random.default_rng(5), sites=12, years=6)
    seen = table.dropna()
    glm = smf.glm(
        "count ~ C(site) + C(year)",
        seen,
        family=sm.families.Poisson(),
    )
    expected = glm.fit(tol=1e-12)
    years = [k for k in expected.params.index if k.startswith("C(year)")]
    fit = fit_index(table, overdispersion=False, serial_correlation=False)
    assert fit.coefficients["estimate"].tolist() == pytest.approx(
        expected.params[years].tolist(), abs=1e-7
    )
    assert fit.coefficients["se"].tolist() == pytest.approx(expected.bse[years].tolist(), rel=1e-6)


@pytest.mark.parametrize(("model", "missing"), [(2, 0.4), (3, 0.4), (3, 0.1)])
def test_slope_and_index_cover_the_truth(model, missing):
    rng = np.random.default_rng(31)
    runs, slopes, covered, last, inside = 120, [], 0, [], 0
    for _ in range(runs):
        table, totals = counts(rng, missing=missing)
        fit = fit_index(table, model=model)
        low, high = fit.slope().interval()
        slopes.append(fit.slope().slope)
        covered += low <= np.exp(0.05) <= high
        row = fit.index().iloc[-1]
        truth = totals[-1] / totals[0]
        last.append(row["estimate"] / truth)
        inside += row["lower"] <= truth <= row["upper"]
    assert np.mean(slopes) == pytest.approx(0.05, abs=0.003)
    assert np.mean(last) == pytest.approx(1, abs=0.03)
    assert 0.90 <= covered / runs <= 1.0  # t with 8 df on a sandwich variance: a little wide
    assert 0.90 <= inside / runs <= 0.99


def test_bootstrap_agrees_with_the_formula_and_stays_above_zero():
    table, _ = counts(np.random.default_rng(8), sites=60)
    fit = fit_index(table)
    boot = bootstrap_index(fit, replicates=80, seed=3)
    table = boot.summary()
    assert (table["lower"] > 0).all()
    assert table["se"].iloc[-1] == pytest.approx(fit.index()["se"].iloc[-1], rel=0.4)
    assert boot.summary().equals(bootstrap_index(fit, replicates=80, seed=3).summary())


def test_row_order_absent_rows_and_types_do_not_matter():
    expected = fit_index(small()).index()
    shuffled = small().sample(frac=1, random_state=1)
    absent = small().dropna()
    nullable = small().convert_dtypes()
    dated = small().assign(year=pd.to_datetime(small()["year"].astype(str) + "-01-15"))
    for table in (shuffled, absent, nullable, dated):
        pd.testing.assert_frame_equal(fit_index(table).index(), expected)


def test_a_zero_is_not_a_blank():
    zero = small().fillna({"count": 0})
    assert fit_index(zero).index()["estimate"][1] != pytest.approx(2)


def test_sites_with_zeros_only_are_kept_at_zero_and_told():
    empty = pd.DataFrame({"site": "Z", "year": [2019, 2020, 2021], "count": [0, None, 0]})
    fit = fit_index(pd.concat([small(), empty], ignore_index=True), serial_correlation=False)
    assert "Only zeros were counted at 1 site(s) (Z)" in fit.notes[0]
    assert fit.index()["estimate"].tolist() == pytest.approx([1, 2, 4])
    assert fit.imputed().query("site == 'Z'")["imputed"].tolist() == [0, 0, 0]
    assert fit.totals()["sites_counted"].tolist() == [3, 2, 4]


def test_a_skipped_year_is_skipped_by_model_3_and_crossed_by_model_2():
    table, _ = counts(np.random.default_rng(2), years=8)
    table = table[table["year"] != 2013]
    three, two = fit_index(table), fit_index(table, model=2)
    assert 2013 not in three.index()["year"].tolist()
    assert any("2013: no index" in note for note in three.notes)
    assert 2013 in two.index()["year"].tolist()
    assert any("2013: the line runs across" in note for note in two.notes)


def test_every_second_year_gives_a_slope_per_year():
    table = small().assign(year=lambda t: 2015 + 2 * (t["year"] - 2019))
    assert fit_index(table, model=2).slope().estimate == pytest.approx(np.sqrt(2), rel=1e-6)


def test_classes_of_sites_may_differ():
    table, _ = counts(np.random.default_rng(12), sites=30, slope=0.0)
    table["kind"] = np.where(table["site"] < "S015", "lake", "coast")
    lake = table["kind"] == "lake"
    table.loc[lake, "count"] = np.round(table["count"] * 1.3 ** (table["year"] - 2010))
    fit = fit_index(table, model=2, covariates="kind")
    assert fit.coefficients["group"].tolist() == [
        "first class of each covariate",
        "kind = lake (difference)",
    ]
    assert fit.coefficients["estimate"][1] == pytest.approx(np.log(1.3), abs=0.05)


def test_weights_scale_the_totals():
    table = small().assign(w=small()["site"].map({"A": 2.0, "B": 1.0, "C": 1.0}))
    plain = fit_index(small(), serial_correlation=False).totals()["imputed"]
    weighted = fit_index(table, weight="w", serial_correlation=False).totals()["imputed"]
    assert (weighted - plain).tolist() == pytest.approx([10, 20, 40])


def test_huge_counts():
    table = small().assign(count=lambda t: t["count"] * 1e7)
    assert fit_index(table).index()["estimate"].tolist() == pytest.approx([1, 2, 4])


def test_memory_and_time_grow_with_the_counts():
    table, _ = counts(np.random.default_rng(1), sites=2000, years=20, missing=0.5)
    fit = fit_index(table)
    assert fit.converged
    assert fit.slope().slope == pytest.approx(0.05, abs=0.003)


@pytest.mark.parametrize(
    ("slope", "se", "name"),
    [
        (0.10, 0.01, "Strong increase"),
        (0.03, 0.01, "Moderate increase"),
        (0.0, 0.01, "Stable"),
        (0.0, 0.05, "Uncertain"),
        (-0.03, 0.01, "Moderate decrease"),
        (-0.10, 0.01, "Strong decrease"),
    ],
)
def test_six_classes(slope, se, name):
    assert classify(slope, se, df=10) == name


def bad(change):
    table = small()
    change(table)
    return table


def set_at(row, column, value):
    def change(table):
        table[column] = table[column].astype(object)
        table.loc[row, column] = value

    return change


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (bad(set_at(1, "count", -3)), {}, r"count is negative \(-3\) in row 1 \(site A, 2020\)"),
        (bad(set_at(1, "count", 2.5)), {}, r"count is 2.5 in row 1 \(site A, 2020\)"),
        (bad(set_at(1, "count", "20?")), {}, r"'20\?' in row 1 \(site A, 2020\)"),
        (bad(set_at(1, "site", None)), {}, "site is missing in row 1"),
        (bad(set_at(1, "year", None)), {}, "year is missing in row 1"),
        (bad(set_at(1, "year", 2019)), {}, r"site A, 2019 is given twice \(rows 0 and 1\)"),
        (bad(set_at(1, "year", 2019.5)), {}, "2019.5 is not a whole year"),
        (small().iloc[:3], {}, r"one site \(A\).*trend"),
        (small()[small()["year"] == 2020], {}, "all counts are from 2020"),
        (small().iloc[:0], {}, "no rows"),
        (small().assign(count=0), {}, "every count is 0"),
        (small().drop(columns="year"), {}, "no column 'year'"),
        (small().assign(count=[1, 2, 3, None, None, None, 1, 2, 3]), {}, "site B has no count"),
        (small().assign(count=[1, None, 3, 4, None, 4, 1, None, 3]), {}, "every count of 2020 is blank"),
        (small().assign(count=[1, 0, 3, 4, 0, 4, 1, 0, 3]), {}, "only zeros were counted in 2020"),
        (small().assign(count=[1, 2, None, 3, 2, None, None, None, 3]), {"serial_correlation": False},
         "no site links the years 2021 with 2019"),
        (small(), {"model": 1}, "choose 3"),
        (small(), {"changepoints": [2020]}, "changepoints belong to model=2"),
        (small(), {"model": 2, "changepoints": [2021]}, "changepoint 2021 is not one of"),
        (small(), {"covariates": ["habitat"]}, "no column 'habitat'"),
        (small().assign(h=["x", None] + ["y"] * 7), {"covariates": ["h"]}, "covariate 'h' is missing in row 1"),
        (small().assign(h="x"), {"covariates": ["h"]}, "one class only"),
        (small().assign(w=0), {"weight": "w"}, "w is 0 in row 0"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused_by_name(table, options, message):
    with pytest.raises(ValueError, match=message):
        fit_index(table, **options)


def test_two_years_have_a_slope_without_a_class():
    fit = fit_index(small()[small()["year"] > 2019], overdispersion=False, serial_correlation=False)
    assert fit.slope().estimate == pytest.approx(2)
    assert fit.classification == "Uncertain"


def test_plot_draws_an_index():
    import matplotlib

    matplotlib.use("Agg")
    assert "index" in fit_index(small()).plot().get_ylabel()
