"""A row per patch: area, composition, importance, centre, outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.maps.patches.zones import Zonal, cross_table, outline_sides, shape_index
from halosink.maps.rules import Rules

Classes = NDArray[np.uint8]
CODES = (11, 12, 21, 22, 23, 24, 31, 32, 33, 41, 42, 43, 44, 45, 46, 51, 52, 53, 61, 62, 63, 64, 65, 66, 67, 99)
"""CNLUCC second level."""


@dataclass(slots=True)
class Profile:
    """The counts of some tiles: cells by patch and land use, by patch and importance class, by patch and category;
    positions; outline. Those of other tiles are merged in any order."""

    land_use: NDArray[np.int64]
    importance: NDArray[np.int64]
    category: NDArray[np.int64]
    zonal: Zonal
    sides: NDArray[np.int64]

    @classmethod
    def empty(cls, count: int) -> Profile:
        """For patches 1..count."""
        use, importance, category = (np.zeros((count + 1, n), np.int64) for n in (len(CODES), 5, 3))
        return cls(use, importance, category, Zonal.empty(count), np.zeros((2, count + 1), np.int64))

    def add(
        self, patch: NDArray[np.int32], category: Classes, importance_class: Classes, land_use: Classes, row0: int = 0,
        column0: int = 0, below: NDArray[np.int32] | None = None, right: NDArray[np.int32] | None = None,
    ) -> None:  # fmt: skip
        """Take in one tile; below, right: the patches of the next row and column of the grid, None at its edge."""
        count = self.zonal.cells.size - 1
        self.land_use += cross_table(patch, land_use, count, CODES)
        self.importance += cross_table(patch, importance_class, count, (1, 2, 3, 4, 5))
        self.category += cross_table(patch, category, count, (1, 2, 3))
        self.zonal.add(patch, importance_class, row0, column0)
        self.sides += outline_sides(patch, count, below, right, row0 == 0, column0 == 0)

    def merge(self, other: Profile) -> None:
        self.land_use += other.land_use
        self.importance += other.importance
        self.category += other.category
        self.zonal.merge(other.zonal)
        self.sides += other.sides

    def table(self, rules: Rules, width: float, height: float) -> pd.DataFrame:
        """patch, category, cells, area_km2, importance (mean class), high_share (in the classes of primary sinks),
        natural_share, cultivated_share, row, column (mean, of cell centres), perimeter_km, shape_index.

        width, height: of a cell, m.
        """
        cells = self.zonal.cells[1:].astype(float)
        area = cells * width * height
        row, column = self.zonal.centres()
        perimeter = self.sides[0, 1:] * height + self.sides[1, 1:] * width

        def share(counts: NDArray[np.int64], wanted: tuple[int, ...], codes: tuple[int, ...]) -> NDArray[np.float64]:
            total: NDArray[np.float64] = counts[1:, np.isin(codes, wanted)].sum(axis=1) / cells
            return total

        return pd.DataFrame({
            "patch": np.arange(1, cells.size + 1, dtype=np.int32),
            "category": (self.category[1:].argmax(axis=1) + 1).astype(np.uint8),
            "cells": self.zonal.cells[1:],
            "area_km2": area / 1e6,
            "importance": self.zonal.means()[1:],
            "high_share": share(self.importance, rules.primary_classes, (1, 2, 3, 4, 5)),
            "natural_share": share(self.land_use, rules.natural_codes, CODES),
            "cultivated_share": share(self.land_use, rules.cultivated_codes, CODES),
            "row": row[1:],
            "column": column[1:],
            "perimeter_km": perimeter / 1e3,
            "shape_index": shape_index(perimeter, area),
        })  # fmt: skip


def profile(
    patch: NDArray[np.int32], category: Classes, importance_class: Classes, land_use: Classes, count: int,
    cell_area: float, rules: Rules,
) -> pd.DataFrame:  # fmt: skip
    """The table of whole rasters, cells taken as square. cell_area m2."""
    counts = Profile.empty(count)
    counts.add(patch, category, importance_class, land_use)
    return counts.table(rules, cell_area**0.5, cell_area**0.5)
