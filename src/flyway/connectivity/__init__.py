"""Which sites hold the flyway together, and what should be protected next?

- `index`: connectivity (PC, IIC) and what is lost with each site · `betweenness`: hubs of routes
- `seasons`: the network of each season, and its bottleneck · `protection`: complementarity
- `network`, `paths`: what these share
"""
