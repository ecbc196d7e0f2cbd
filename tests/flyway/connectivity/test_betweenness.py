import networkx as nx
import pandas as pd
import pytest

from flyway.connectivity import betweenness
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


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_sparse_matrices_and_networkx_agree(monkeypatch, seed, directed):
    graph = nx.gnp_random_graph(30, 0.08, seed=seed, directed=directed)
    sites = pd.DataFrame({"site": range(30)})
    monkeypatch.setattr(betweenness, "LARGE", 0)
    many = measure_betweenness(table(graph), sites, directed=directed).sites
    assert many.to_dict() == pytest.approx(nx.betweenness_centrality(graph), abs=1e-12)
    monkeypatch.setattr(betweenness, "LARGE", 500)
    few = measure_betweenness(table(graph), sites, directed=directed).sites
    assert few.tolist() == pytest.approx(many.tolist(), abs=1e-12)


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
