"""How do we count? Power, design, site selection, simultaneous counts, validation, exchange."""
