"""Births, deaths and futures: age ratio, survival from marks, projection, extinction, removal limits."""
