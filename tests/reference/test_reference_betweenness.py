import networkx as nx
import pandas as pd

from flyway.connectivity.betweenness import measure_betweenness


def test_florentine_families(case):
    families = case("betweenness_florentine")
    marriages = pd.DataFrame(list(nx.florentine_families_graph().edges), columns=["from", "to"])
    found = measure_betweenness(marriages)
    assert found.sites.to_dict() == families.near("betweenness")
