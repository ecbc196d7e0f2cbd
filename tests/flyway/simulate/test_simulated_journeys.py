"""Simulated journeys between real places, birds with transmitters, and outbreaks."""

import numpy as np
import pytest

from flyway import datasets
from flyway.connectivity.journeys import count_moves
from flyway.simulate.journeys import (
    PLACES,
    ROUTES,
    crane_journeys,
    fit_transmitters,
    outbreak_winters,
)


def test_the_package_is_made_again_from_its_seed():
    made = datasets.package("simulated_moves")["simulation"]
    again = crane_journeys(**made["parameters"], seed=made["seed"])
    stored = datasets.load("simulated_moves", "journeys")
    assert again["birds"].tolist() == stored["birds"].tolist()
    moves = count_moves(again, by=("species", "season"))
    assert moves["birds"].tolist() == datasets.load("simulated_moves")["birds"].tolist()
    assert stored.groupby(["species", "season"])["birds"].sum().eq(1000).all()


def test_every_place_is_a_real_site_known_for_the_species():
    uses = datasets.load("flyway_sites", "site_species")
    known = set(zip(uses["site_id"], uses["species"], strict=True))
    for species, _, route, _ in ROUTES:
        for place in route.split(" > "):
            assert (PLACES[place], species) in known, (place, species)


def test_shares_are_of_a_hundred_and_winter_homes_agree():
    total, homes = {}, {}
    for species, season, route, share in ROUTES:
        total[species, season] = total.get((species, season), 0) + share
        ends = route.split(" > ")
        home = ends[-1] if season == "autumn" else ends[0]
        homes.setdefault((species, season), {}).setdefault(home, 0)
        homes[species, season][home] += share
    assert set(total.values()) == {100}
    assert homes["HC", "autumn"] == homes["HC", "spring"]


def test_transmitters_show_only_journeys_from_their_place():
    truth = crane_journeys(seed=3)
    seen = fit_transmitters(truth, ["Khurkh"], 30, seed=1)
    assert seen["birds"].sum() == 30
    assert seen["route"].str.startswith("Khurkh").all()
    with pytest.raises(ValueError, match="no journey begins at Atlantis"):
        fit_transmitters(truth, "Atlantis", seed=1)


def test_the_mean_loss_does_not_depend_on_the_number_of_roosts():
    one, eight = (outbreak_winters(n, winters=200_000, seed=5) for n in (1, 8))
    assert one.mean() == pytest.approx(0.01, abs=0.0003)
    assert eight.mean() == pytest.approx(0.01, abs=0.0003)
    assert np.std(eight) == pytest.approx(np.std(one) / np.sqrt(8), rel=0.02)
