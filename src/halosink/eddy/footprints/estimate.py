"""The footprint of a tower: of one step, or the mean of many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.eddy.footprints.climatology import Grid, mean_footprint
from halosink.eddy.footprints.contours import SHARES, levels, outlines, reach, share_of_cells
from halosink.eddy.footprints.ground import boundary_layer_height as estimated_depth
from halosink.eddy.footprints.inside import share_inside
from halosink.eddy.footprints.kljun import Codes, Scales, scales
from halosink.eddy.footprints.single import Single, distance_of_share, peak_distance, single_footprint

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeanSourceArea:
    """Smallest area that gives `share` of the mean flux. level [m-2] on its edge; farthest [m]: its farthest point
    from the tower; area [m2]; lines: outlines (p, 2), m east and north. NaN and empty: it reaches beyond the grid."""

    share: float
    level: float
    farthest: float
    area: float
    lines: tuple[Array, ...]


@dataclass(frozen=True, slots=True)
class Footprint:
    """Footprints of n steps and their mean.

    peak_distance (n,) [m] upwind; inside (n,): share inside the fetch, NaN without fetch; grid: the mean of the good
    steps; levels (s,) [m-2]: on the edges of the source areas of `shares`; reason (n,): see kljun.REASONS.
    """

    scales: Scales
    grid: Grid
    shares: tuple[float, ...]
    levels: Array
    inside: Array

    @property
    def reason(self) -> Codes:
        return self.scales.reason

    @property
    def peak_distance(self) -> Array:
        return peak_distance(self.scales)

    def distance(self, share: float) -> Array:
        """Distance upwind [m] (n,) nearer than which this share of each footprint lies, integrated across the wind."""
        return distance_of_share(self.scales, share)

    def single(self, row: int = 0) -> Single:
        """The footprint of one step, along the wind and in two dimensions."""
        return single_footprint(self.scales, row, self.shares)

    def cell_shares(self) -> Array:
        """Smallest share whose source area holds the cell, shape of the grid; NaN outside all."""
        return share_of_cells(self.grid.weight, self.levels, self.shares)

    def source_areas(self) -> tuple[MeanSourceArea, ...]:
        """Source areas of the mean footprint, of rising share."""
        found = []
        for share, level in zip(self.shares, self.levels.tolist(), strict=True):
            lines = outlines(self.grid.x, self.grid.y, self.grid.weight, level)
            border = (self.grid.x[0], self.grid.x[-1])
            cut = any(np.isin(line, border).any() for line in lines)
            area = float((self.grid.weight >= level).sum()) * self.grid.cell**2 if lines and not cut else np.nan
            far = np.nan if cut else reach(lines)
            found.append(MeanSourceArea(share, level, far, area, tuple(lines)))
        return tuple(found)


def footprint(
    friction_velocity: ArrayLike,
    obukhov_length: ArrayLike,
    crosswind_sd: ArrayLike,
    wind_direction: ArrayLike,
    *,
    height: ArrayLike,
    roughness_length: ArrayLike = np.nan,
    wind_speed: ArrayLike = np.nan,
    boundary_layer_height: ArrayLike = np.nan,
    latitude: float | None = None,
    fetch: ArrayLike | None = None,
    extent: float | None = None,
    cell: float | None = None,
    smooth: bool = True,
    shares: tuple[float, ...] = SHARES,
    told: Callable[[int], None] | None = None,
) -> Footprint:
    """Footprint of flux measurements after Kljun et al. (2015), each argument a number or (n,).

    friction_velocity, crosswind_sd, wind_speed [m s-1]; obukhov_length [m]; wind_direction [degree, from which the
    wind comes]; height [m]: of the sonic anemometer above the displacement height; roughness_length [m] is taken
    where known, else wind_speed (equations 6 and 8 of kljun2015). boundary_layer_height [m]: where missing, see
    ground.boundary_layer_height, for which latitude [degree] is good. fetch [m]: see inside.share_inside.
    extent, cell [m], smooth, told: of the mean footprint, see climatology.mean_footprint.

    Steps that cannot be done have a reason (kljun.REASONS) and are left out of the mean.

    Raises ValueError: arguments of different lengths; an impossible grid, fetch or share.
    """
    if not all(0.01 <= share <= 0.95 for share in shares):
        raise ValueError("shares of source areas lie between 0.01 and 0.95")
    ustar, length = (np.asarray(v, dtype=np.float64) for v in (friction_velocity, obukhov_length))
    depth = np.asarray(boundary_layer_height, dtype=np.float64)
    depth = np.where(np.isnan(depth), estimated_depth(ustar, length, latitude), depth)
    found = scales(height, ustar, length, crosswind_sd, wind_direction, depth, roughness_length, wind_speed)
    grid = mean_footprint(found, extent, cell, smooth, told)
    inside = np.full(len(found), np.nan) if fetch is None else share_inside(found, fetch)
    return Footprint(found, grid, shares, levels(grid.weight, grid.cell**2, shares), inside)
