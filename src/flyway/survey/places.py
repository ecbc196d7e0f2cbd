"""How do we keep nests and roosts safe? Blur coordinates before they are shared.

A point is moved to the centre of its grid cell. The cell, not a random shift, is used: repeated
exports of the same site then give the same point, so that nobody can average many shifts back to the
nest. Source: Chapman (2020) Current Best Practices for Generalizing Sensitive Species Occurrence Data,
GBIF Secretariat.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from flyway.inputs import numbers, same_length

KM_PER_DEGREE = 111.195


def blur_coordinates(lat: Iterable, lon: Iterable, cell_degrees: float = 0.1) -> pd.DataFrame:
    """Return coordinates at the centre of their grid cell, with the uncertainty to publish.

    Parameters
    ----------
    lat, lon : degrees; blanks stay blank. cell_degrees : width of the cell: 0.1 (about 11 km) for
        staging sites, 1 (about 110 km) for breeding colonies at risk; 0.001 to 10.

    Returns lat, lon, uncertainty_m (from the centre to the farthest corner) and a sentence for the
    record. Errors: ValueError for coordinates outside the earth, half a coordinate, bad cells.

    Examples
    --------
    >>> blur_coordinates([35.12], [129.08]).iloc[0, :2].round(2).tolist()
    [35.15, 129.05]
    """
    cell = float(numbers([cell_degrees], "cell_degrees", minimum=0.001, maximum=10)[0])
    index = lat.index if isinstance(lat, pd.Series) else None
    y = numbers(lat, "lat", minimum=-90, maximum=90, missing="keep")
    x = numbers(lon, "lon", minimum=-180, maximum=180, missing="keep")
    same_length(lat=y, lon=x)
    half = np.isnan(y) != np.isnan(x)
    if half.any():
        raise ValueError(
            f"row {int(np.flatnonzero(half)[0])} has only one of lat and lon: give both or neither"
        )
    # the last cell at a pole or at 180° ends there
    centre_lat = np.minimum(np.floor((y + 90) / cell) * cell + cell / 2 - 90, 90 - cell / 2)
    centre_lon = np.minimum(np.floor((x + 180) / cell) * cell + cell / 2 - 180, 180 - cell / 2)
    wide = (
        cell / 2 * KM_PER_DEGREE * np.cos(np.radians(np.maximum(np.abs(centre_lat) - cell / 2, 0)))
    )
    uncertainty = 1000 * np.hypot(cell / 2 * KM_PER_DEGREE, wide)
    told = f"Coordinates generalised to the centre of a grid cell of {cell:g} degrees."
    return pd.DataFrame(
        {
            "lat": np.round(centre_lat, 6),
            "lon": np.round(centre_lon, 6),
            "uncertainty_m": np.ceil(uncertainty),
            "generalised": np.where(np.isnan(y), "", told),
        },
        index=index,
    )
