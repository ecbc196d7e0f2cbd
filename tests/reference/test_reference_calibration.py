from flyway.detection.calibration import calibrate


def test_snow_geese_regression_and_ratio(case):
    geese = case("snowgeese_calibration")
    flocks = geese.table("flocks")
    line = calibrate(flocks["obs1"], flocks["photo"]).summary()
    assert line["estimate"].tolist() == geese.near("ols_coef")
    assert line["se"].tolist() == geese.near("ols_se")
    ratio = calibrate(flocks["obs1"], flocks["photo"], method="ratio")
    assert ratio.estimate == geese.near("ratio")
    assert ratio.se == geese.near("ratio_se")
