"""Which sites hold the flyway together? Connectivity, bottlenecks, and what to protect next."""
