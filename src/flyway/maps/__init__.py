"""How do I put sites on a map, also without internet?

The land of the flyway comes with the package. Maps to move, and maps of the months, need no network.
Breeding colonies are shown coarsely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flyway.maps.base import MapFilesMissing, draw_land, land
from flyway.maps.months import MONTHS, in_month, month_alt, month_map

if TYPE_CHECKING:
    from flyway.maps.sites import SiteMap, site_map

__all__ = [
    "MONTHS",
    "MapFilesMissing",
    "SiteMap",
    "draw_land",
    "in_month",
    "land",
    "month_alt",
    "month_map",
    "site_map",
]


def __getattr__(name: str) -> Any:
    """Load folium when a map to move is first asked for, not before."""
    if name in {"SiteMap", "site_map"}:
        from flyway.maps import sites

        return getattr(sites, name)
    raise AttributeError(f"flyway.maps has no '{name}'; it has {', '.join(__all__)}.")
