"""Which sites hold the flyway together, and what should be protected next?

A flyway is a network: sites, and links between them that birds fly. Here you ask what would be lost
with a site, where routes meet, which link limits the passage, and which sites add most to what is
protected already. The network is taken as known. A link that nobody recorded is missing from every answer.

- `network` (`link_sites`): links from distances · `index`: connectivity, and what is lost with each site
- `betweenness`: hubs of routes · `seasons`: the network of each season, and its bottleneck
- `journeys` (`break_journeys`): whose journey breaks with a site
- `protection`: complementarity
- `paths`, `routes`, `detours`: what these share
"""
