"""Land use within each category of sinks, as the paper's Tables 7 to 9 give it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.maps.patches.profile import CODES
from halosink.maps.patches.zones import cross_table


def category_land_use(category: NDArray[np.uint8], land_use: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Cells by category 1..3 (rows) and land use (columns, `CODES`) of one tile; tables of tiles are added."""
    sinks = np.where(category <= 3, category, 0).astype(np.int32)
    return cross_table(sinks, land_use, 3, CODES)[1:]


def land_use_areas(cells: NDArray[Any], cell_area: float, codes: Sequence[int] = CODES) -> pd.DataFrame:
    """category, land_use, area_km2, percent (of the category), a row per land use that occurs.

    cells: (3, codes), as `category_land_use`, or areas in the unit of `cell_area`; cell_area m2.
    """
    area = np.asarray(cells, np.float64) * cell_area / 1e6
    category, column = np.nonzero(area)
    found = area[category, column]
    return pd.DataFrame({
        "category": (category + 1).astype(np.uint8),
        "land_use": np.asarray(codes, np.uint8)[column],
        "area_km2": found,
        "percent": 100 * found / area.sum(axis=1)[category],
    })  # fmt: skip
