import pytest

from flyway.impact.collisions import estimate_collisions
from flyway.impact.transit import Bird, Turbine, transit_risk


def gannet(case):
    band = case("band_gannet")
    d = band.data
    bird = Bird(d["body_length"], d["wing_span"], d["flight_speed"], "gliding")
    turbine = Turbine(
        d["rotor_radius"],
        d["rpm"],
        d["max_chord"],
        d["pitch_deg"],
        d["blades"],
        d["chord"]["c"],
    )
    return band, d, bird, turbine


def test_band_worked_example_1(case):
    band, d, bird, turbine = gannet(case)
    assert transit_risk(bird, turbine, share_upwind=d["prop_upwind"]).estimate == band.near(
        "p_single_transit"
    )
    result = estimate_collisions(
        bird,
        turbine,
        turbines=d["n_turbines"],
        density_km2=d["density_km2"],
        latitude=d["latitude"],
        avoidance=d["avoidance"],
        nocturnal=d["nocturnal"],
        operating=d["prop_operational"],
        share_at_height=d["prop_at_rotor_height"],
        width_km=d["width_km"],
    )
    assert result.large_array == band.near("large_array_factor")
    assert result.months["flux"][0] == band.near("flux_jan")
    assert result.months["collisions"].tolist() == band.near("collisions_month")
    assert result.estimate == band.near("annual")


def test_band_worked_example_2_flapping_flight(case):
    # numbers of the second worked example as transcribed in stochLAB; the blade is that of the first
    _, d, _, _ = gannet(case)
    bird = Bird(0.39, 1.08, 7.26, "flapping")
    turbine = Turbine(50, 10, 5.5, 2, 3, d["chord"]["c"])
    assert transit_risk(bird, turbine).estimate == pytest.approx(0.0979769390640759, abs=1e-12)
