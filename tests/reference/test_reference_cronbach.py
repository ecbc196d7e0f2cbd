from flyway.people.reliability import check_reliability


def test_alpha_of_the_attitude_survey(case):
    attitude = case("cronbach_attitude")
    assert check_reliability(attitude.table("attitude")).estimate == attitude.near("alpha")
