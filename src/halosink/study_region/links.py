"""Corridors between the source patches of a region."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.maps.cost.corridors import Corridor, corridors, spanning_network
from halosink.maps.grid import Grid
from halosink.problems import Problem
from halosink.study_region.passes import Mapped
from halosink.study_region.store import Stack

LINKED_CELLS = 50_000_000
"""Cells up to which corridors are traced. Own choice: their ways are followed in memory, 24 bytes a cell."""


def trace(stack: Stack, mapped: Mapped, problems: list[Problem]) -> list[Corridor]:
    grid = stack.grid
    if mapped.sources < 2:
        return []
    if grid.rows * grid.columns > LINKED_CELLS:
        problems.append(Problem("N-REGION-CORRIDORS", values={"cells": f"{LINKED_CELLS:.0g}"}))
        return []
    ground, source, cost, allocation = (stack.read(n) for n in ("resistance", "patch", "cost", "allocation"))
    return spanning_network(corridors(ground, source, cost, allocation, grid.width, grid.height))


def corridor_table(links: list[Corridor]) -> pd.DataFrame:
    rows = [(c.from_patch, c.to_patch, c.cost, c.length / 1000, c.mean_resistance) for c in links]
    columns = ["from_patch", "to_patch", "cost", "length_km", "mean_resistance"]
    kinds = dict.fromkeys(columns[:2], int) | dict.fromkeys(columns[2:], float)
    return pd.DataFrame(rows, columns=columns).astype(kinds)


def corridor_lines(links: list[Corridor], grid: Grid) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"corridor": i, "x": grid.left + (c.path[:, 1] + 0.5) * grid.width,
                      "y": grid.top - (c.path[:, 0] + 0.5) * grid.height})
        for i, c in enumerate(links, 1)
    ]  # fmt: skip
    empty = pd.DataFrame({"corridor": np.zeros(0, int), "x": np.zeros(0), "y": np.zeros(0)})
    return pd.concat(parts, ignore_index=True) if parts else empty
