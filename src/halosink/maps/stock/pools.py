"""Carbon by land cover: four pools for each class, as the carbon model of InVEST has them.

A cell holds above-ground, below-ground, soil and dead carbon [t C hm-2] of its class; a scenario is another map of
classes, and the change is the difference of the two. No flow, no inorganic carbon, no time: the whole difference is
there once the class has changed. Source of the method: invest_carbon.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.maps.stock.vegetation import HECTARE, density_map

if TYPE_CHECKING:
    import pandas as pd

POOLS = ("above", "below", "soil", "dead")


@dataclass(frozen=True, slots=True)
class Pools:
    """t C hm-2 of a class; relative_sd: standard deviation of the sum as a share of it, 0 where not given."""

    above: float
    below: float
    soil: float
    dead: float
    relative_sd: float = 0.0

    @property
    def total(self) -> float:
        return self.above + self.below + self.soil + self.dead


def carbon_map(classes: ArrayLike, pools: Mapping[int, Pools], *, pool: str = "total") -> NDArray[np.float32]:
    """t C hm-2 of each cell of uint8 classes, all pools or one; NaN for 0 and classes not in the table."""
    return density_map(classes, {code: float(getattr(row, pool)) for code, row in pools.items()})


def missing_classes(counts: ArrayLike, pools: Mapping[int, Pools]) -> tuple[int, ...]:
    """Classes with cells (256,) that the table does not have; 0, no data, is none."""
    return tuple(int(c) for c in np.flatnonzero(np.asarray(counts)) if c != 0 and int(c) not in pools)


def pool_table(counts: ArrayLike, pools: Mapping[int, Pools], cell_area: float) -> pd.DataFrame:
    """Classes with cells: code, area_hm2, above_t, below_t, soil_t, dead_t, total_t. counts: (256,); cell_area: m2."""
    import pandas as pd

    rows = []
    for code, row in pools.items():
        area = float(np.asarray(counts)[code]) * cell_area / HECTARE
        if area > 0:
            rows.append((code, area, *(area * getattr(row, p) for p in POOLS), area * row.total))
    return pd.DataFrame(rows, columns=["code", "area_hm2", *(f"{p}_t" for p in POOLS), "total_t"])


def scenario_change(
    now: ArrayLike, then: ArrayLike, pools: Mapping[int, Pools], pools_then: Mapping[int, Pools] | None = None
) -> NDArray[np.float32]:
    """t C hm-2 gained in each cell by going from the classes `now` to `then`; NaN where either has none.

    pools_then: another table for the scenario, or the same.
    """
    return carbon_map(then, pools_then or pools) - carbon_map(now, pools)
