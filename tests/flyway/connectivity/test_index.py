import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flyway.connectivity import detours, paths, routes
from flyway.connectivity.index import compare_distances, lose_sites, measure_connectivity


def chain():
    """Three sites in a row, linked with probability 0.5, and one alone."""
    links = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "p": [0.5, 0.5]})
    sites = pd.DataFrame({"site": list("abcd"), "birds": [1.0, 2.0, 3.0, 4.0]})
    return links, sites


def test_pc_and_its_fractions_by_hand():
    links, sites = chain()
    found = measure_connectivity(links, sites, attribute="birds", probability="p")
    total = 1 + 4 + 9 + 16 + 2 * (1 * 2 * 0.5 + 2 * 3 * 0.5 + 1 * 3 * 0.25)
    assert found.estimate == pytest.approx(total / 100)
    assert found.equivalent == pytest.approx(np.sqrt(total))
    b = found.sites.set_index("site").loc["b"]
    assert b["intra"] == pytest.approx(100 * 4 / total)
    assert b["flux"] == pytest.approx(100 * 8 / total)
    assert b["connector"] == pytest.approx(100 * 1.5 / total)
    assert b["estimate"] == pytest.approx(b[["intra", "flux", "connector"]].sum())
    assert found.sites["part"].tolist() == [1, 1, 1, 2]
    assert "2 parts" in found.notes[0] and "1 of them are single" in found.notes[0]


def test_iic_by_hand_counts_the_isolated_site():
    links, sites = chain()
    found = measure_connectivity(links, sites, kind="IIC", attribute="birds")
    total = 1 + 4 + 9 + 16 + 2 * (2 / 2 + 6 / 2 + 3 / 3)
    assert found.estimate == pytest.approx(total / 100)
    alone = found.sites.set_index("site").loc["d"]
    assert alone["estimate"] == pytest.approx(100 * 16 / total)
    assert alone[["flux", "connector"]].tolist() == [0, 0]


def test_a_detour_as_good_makes_no_stepping_stone():
    links = pd.DataFrame(
        {"from": ["a", "b", "a", "d"], "to": ["b", "c", "d", "c"], "p": [0.5, 0.5, 0.5, 0.4]}
    )
    found = measure_connectivity(links, probability="p").sites.set_index("site")["connector"]
    total = 4 + 2 * (0.5 + 0.5 + 0.5 + 0.4 + 0.25 + 0.25)  # a-c and b-d take two steps
    # without b, a reaches c over d: 0.20 for 0.25; b and d meet over a as well as over c: 0.25 for 0.20
    assert found["b"] == pytest.approx(100 * 2 * (0.25 - 0.20) / total)
    assert found["d"] == pytest.approx(0, abs=1e-9)
    assert found["a"] == pytest.approx(100 * 2 * (0.25 - 0.20) / total)
    assert found["c"] == pytest.approx(0, abs=1e-9)
    same = measure_connectivity(links, kind="IIC").sites
    assert same["connector"].tolist() == pytest.approx([0, 0, 0, 0], abs=1e-9)


def by_networkx(graph, a, kind):
    def total(g):
        found = 0.0
        for i in g:
            if kind == "PC":
                d = nx.single_source_dijkstra_path_length(
                    g, i, weight=lambda u, v, e: -np.log(e["p"])
                )
                found += sum(a[i] * a[j] * np.exp(-x) for j, x in d.items())
            else:
                d = nx.single_source_shortest_path_length(g, i)
                found += sum(a[i] * a[j] / (1 + x) for j, x in d.items())
        return found

    whole = total(graph)
    without = [total(graph.subgraph(set(graph) - {k})) for k in graph]
    return whole, np.array([100 * (whole - w) / whole for w in without])


def random_network(seed, n, share, directed):
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(n, share, seed=seed, directed=directed)
    a = rng.integers(0, 20, n).astype(float)
    a[0] = 5
    for u, v in graph.edges:  # few different values: many ties; some links are certain
        graph[u][v]["p"] = float(rng.choice([0.1, 0.5, 0.5, 0.9, 1.0]))
    links = pd.DataFrame(
        [(u, v, e["p"]) for u, v, e in graph.edges(data=True)], columns=["from", "to", "p"]
    )
    return graph, a, links, pd.DataFrame({"site": range(n), "birds": a})


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(2, 14), st.floats(0.0, 0.6), st.booleans())
def test_every_site_removed_in_turn_agrees_with_networkx(seed, n, share, directed):
    graph, a, links, sites = random_network(seed, n, share, directed)
    for kind in ("PC", "IIC"):
        found = measure_connectivity(
            links, sites, kind=kind, attribute="birds", probability="p", directed=directed
        )
        whole, loss = by_networkx(graph, a, kind)
        assert found.estimate == pytest.approx(whole / a.sum() ** 2, rel=1e-9)
        assert found.sites["estimate"].tolist() == pytest.approx(loss.tolist(), abs=1e-7)
        assert 0 < found.estimate <= 1 + 1e-12
        assert (found.sites["connector"] >= 0).all()


@pytest.mark.parametrize("kind", ["PC", "IIC"])
@pytest.mark.parametrize("directed", [False, True])
def test_a_larger_network_worked_in_small_pieces_agrees(monkeypatch, kind, directed):
    monkeypatch.setattr(routes, "CELLS", 500)
    monkeypatch.setattr(paths, "PAIRS", 50)
    monkeypatch.setattr(detours, "STARTS", 3)
    monkeypatch.setattr(detours, "HISTORY", 1)
    graph, a, links, sites = random_network(5, 40, 0.08, directed)
    found = measure_connectivity(
        links, sites, kind=kind, attribute="birds", probability="p", directed=directed
    )
    assert found.sites["estimate"].tolist() == pytest.approx(
        by_networkx(graph, a, kind)[1].tolist(), abs=1e-7
    )


def test_more_than_64_starts_and_a_ring_whose_detour_is_long():
    n = 150
    links = pd.DataFrame({"from": range(n), "to": [*range(1, n), 0]})
    found = measure_connectivity(links, kind="IIC")
    ring = np.minimum(np.arange(n), n - np.arange(n))
    whole = n * (1 / (1 + ring)).sum()
    chain = sum(2 * (n - 1 - d) / (1 + d) for d in range(1, n - 1)) + n - 1
    assert found.sites["estimate"].tolist() == pytest.approx([100 * (whole - chain) / whole] * n)


def test_leaving_out_weak_paths_changes_little():
    _, _, links, sites = random_network(8, 40, 0.08, False)
    exact = measure_connectivity(links, sites, attribute="birds", probability="p")
    cut = measure_connectivity(links, sites, attribute="birds", probability="p", negligible=1e-3)
    assert cut.estimate == pytest.approx(exact.estimate, abs=1e-3)
    assert cut.estimate <= exact.estimate
    gap = (cut.sites["estimate"] - exact.sites["estimate"]).abs()
    assert gap.max() < 1
    assert any("count as none" in n for n in cut.notes)


def test_a_large_network_is_right_and_say_what_was_left_out():
    rng = np.random.default_rng(1)
    place = rng.uniform(size=(600, 2))
    gap = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    i, j = np.nonzero(np.triu(gap < 0.07, 1))
    links = pd.DataFrame({"from": i, "to": j, "p": np.exp(-40 * gap[i, j])})
    found = measure_connectivity(links, pd.DataFrame({"site": range(600)}), probability="p")
    assert any("below 1e-06" in n for n in found.notes)
    for site in found.summary()["site"].head(2):  # against removing the site in earnest
        assert lose_sites(found, site).estimate == pytest.approx(
            found.sites.set_index("site").loc[site, "estimate"], abs=1e-6
        )


def test_losing_two_stepping_stones_that_stand_in_for_each_other():
    links = pd.DataFrame({"from": ["a", "b", "a", "d"], "to": ["b", "c", "d", "c"]})
    sites = pd.DataFrame({"site": list("abcd"), "birds": [1, 0, 1, 0]})
    whole = measure_connectivity(links, sites, kind="IIC", attribute="birds")
    one, both = lose_sites(whole, "b"), lose_sites(whole, ["b", "d"])
    assert one.estimate == pytest.approx(0)
    assert both.estimate == pytest.approx(100 * (2 / 3) / (2 + 2 / 3))
    assert both.parts_after == 2
    assert both.cut_off[["from", "to", "links"]].to_numpy().tolist() == [["a", "c", 2]]
    assert one.cut_off.empty
    assert one.summary()["after"].tolist() == pytest.approx([(2 + 2 / 3) / 4, 1])


def test_the_area_changes_the_index_and_no_share():
    links, sites = chain()
    options = {"attribute": "birds", "probability": "p"}
    small = measure_connectivity(links, sites, **options)
    large = measure_connectivity(links, sites, area=100, **options)
    assert large.estimate == pytest.approx(small.estimate / 100)
    assert large.sites["estimate"].tolist() == pytest.approx(small.sites["estimate"].tolist())


def test_distances_are_compared():
    sites = pd.DataFrame({"site": list("abc"), "lat": [30, 31, 32], "lon": [120, 120, 120]})
    found = compare_distances(sites, [50, 500])
    assert found.groupby("distance_km")["site"].count().tolist() == [3, 3]
    middle = found[found["site"] == "b"].set_index("distance_km")["rank"]
    assert middle.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"kind": "EC"}, "choose one of 'PC', 'IIC'"),
        ({}, {}, "PC needs probability"),
        ({"p": [0.5, 1.5]}, {"probability": "p"}, "p is 1.5 in row 1: it must be 1 or less"),
        ({"p": [0.5, None]}, {"probability": "p"}, "p is missing in row 1"),
        ({"to": ["b", "z"]}, {"kind": "IIC"}, "to is 'z' in row 1 of the links"),
        ({"to": ["b", "b"]}, {"kind": "IIC"}, "joins 'b' with itself"),
        ({"from": ["a", "b"], "to": ["b", "a"]}, {"kind": "IIC"}, "row 1 of the links repeats"),
        ({}, {"kind": "IIC", "area": 2, "attribute": "birds"}, "area is 2, below the sum"),
        ({}, {"kind": "IIC", "attribute": "geese"}, "no column 'geese'"),
    ],
)
def test_bad_input_is_named(change, options, message):
    links, sites = chain()
    with pytest.raises(ValueError, match=message):
        measure_connectivity(links.assign(**change), sites, **options)


def test_bad_sites_are_named():
    links, sites = chain()
    with pytest.raises(ValueError, match="site 'a' is given twice"):
        measure_connectivity(links, sites.assign(site=["a", "a", "b", "c"]), kind="IIC")
    with pytest.raises(ValueError, match="every birds is 0"):
        measure_connectivity(links, sites.assign(birds=0), kind="IIC", attribute="birds")
    found = measure_connectivity(links, sites, kind="IIC")
    with pytest.raises(ValueError, match="'z', which is no site"):
        lose_sites(found, ["a", "z"])
    with pytest.raises(ValueError, match="would remain"):
        lose_sites(found, list("abcd"))


def test_plot_names_the_sites():
    import matplotlib

    matplotlib.use("Agg")
    links, sites = chain()
    ax = measure_connectivity(links, sites, kind="IIC").plot(top=2)
    assert len(ax.get_yticklabels()) == 2
