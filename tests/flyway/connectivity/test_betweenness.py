import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flyway.connectivity import routes
from flyway.connectivity.betweenness import measure_betweenness
from flyway.connectivity.network import link_sites


def table(graph):
    return pd.DataFrame(list(graph.edges), columns=["from", "to"])


def test_a_star_by_hand():
    links = pd.DataFrame({"from": ["hub"] * 3, "to": ["a", "b", "c"]})
    found = measure_betweenness(links)
    assert found.sites["hub"] == 1
    assert found.sites["a"] == 0
    assert measure_betweenness(links, normalised=False).sites["hub"] == 3
    assert found.summary().iloc[0][["site", "rank"]].tolist() == ["hub", 1]


def test_directions_count():
    links = pd.DataFrame({"from": ["a", "b", "d"], "to": ["b", "c", "b"]})
    assert measure_betweenness(links, directed=True, normalised=False).sites["b"] == 2
    assert measure_betweenness(links, normalised=False).sites["b"] == 3


def test_a_longer_way_round_is_not_used():
    links = pd.DataFrame(
        {"from": ["a", "b", "a", "d"], "to": ["b", "c", "d", "c"], "km": [100, 100, 300, 300]}
    )
    even = measure_betweenness(links, normalised=False).sites
    assert even["b"] == even["d"] == 0.5
    far = measure_betweenness(links, distance="km", normalised=False).sites
    assert far[["b", "d"]].tolist() == [1, 0]


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10**6),
    st.integers(2, 30),
    st.floats(0, 0.5),
    st.booleans(),
    st.sampled_from([0, 3]),
)
def test_any_network_agrees_with_networkx(seed, n, share, directed, lengths):
    graph = nx.gnp_random_graph(n, share, seed=seed, directed=directed)
    links = table(graph).astype({"from": int, "to": int})
    if lengths:  # few lengths: many routes are equally long
        links["km"] = np.random.default_rng(seed).integers(1, lengths + 1, len(links))
        nx.set_edge_attributes(graph, dict(zip(graph.edges, links["km"], strict=True)), "km")
    options = {"directed": directed, "distance": "km" if lengths else None}
    found = measure_betweenness(links, pd.DataFrame({"site": range(n)}), **options).sites
    told = nx.betweenness_centrality(graph, weight="km" if lengths else None)
    assert found.to_dict() == pytest.approx(told, abs=1e-12)


@pytest.mark.parametrize("km", [0.1, 1e-5, 1e9, 1e300, 1e-300])
def test_equally_long_routes_are_equal_in_any_unit(km):
    links = pd.DataFrame(
        {"from": ["a", "b", "a"], "to": ["b", "c", "c"], "km": [km, 2 * km, 3 * km]}
    )
    assert measure_betweenness(links, distance="km", normalised=False).sites["b"] == 0.5


@pytest.mark.parametrize("cells", [1, 70])
def test_pieces_of_bounded_size_give_the_same(monkeypatch, cells):
    graph = nx.gnp_random_graph(40, 0.1, seed=3)
    whole = measure_betweenness(table(graph)).sites
    monkeypatch.setattr(routes, "CELLS", cells)
    assert measure_betweenness(table(graph)).sites.to_dict() == pytest.approx(
        whole.to_dict(), abs=1e-12
    )


def test_sites_without_links_are_kept_and_told():
    links = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"]})
    found = measure_betweenness(links, pd.DataFrame({"site": list("abcd")}))
    assert found.sites["d"] == 0
    assert "2 parts" in found.notes[0]


def test_lengths_of_zero_are_refused():
    links = pd.DataFrame({"from": ["a"], "to": ["b"], "km": [0]})
    with pytest.raises(ValueError, match="km is 0 in row 0"):
        measure_betweenness(links, distance="km")
    with pytest.raises(ValueError, match="no column 'miles'"):
        measure_betweenness(links, distance="miles")


def test_links_from_coordinates():
    sites = pd.DataFrame({"site": list("abc"), "lat": [0, 0, 60], "lon": [179.5, -179.5, 0]})
    links = link_sites(sites, distance=100)
    assert links[["from", "to"]].to_numpy().tolist() == [["a", "b"]]  # across the date line
    assert links["distance_km"][0] == pytest.approx(111.2, abs=0.1)
    assert links["probability"][0] == pytest.approx(0.5 ** (links["distance_km"][0] / 100))
    with pytest.raises(ValueError, match="lat is 95 in row 1"):
        link_sites(sites.assign(lat=[0, 95, 1]), distance=100)
    with pytest.raises(ValueError, match="distance is 0"):
        link_sites(sites, distance=0)
