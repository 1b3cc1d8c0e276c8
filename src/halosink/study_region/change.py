"""Change over years: land-use transitions with their carbon, trends of production and precipitation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial, reduce
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.maps.change.regional import SmallP, YearSums, false_discovery, mean_series, regional_trend, trend_shares
from halosink.maps.change.transitions import cross_tabulation, transition_table
from halosink.maps.change.trends import LEAST_YEARS, Trends, theil_sen
from halosink.maps.ensemble import Spread
from halosink.maps.grid import Tile
from halosink.maps.quantities import Methods
from halosink.maps.stock.vegetation import density_of_land_use, land_use_draws
from halosink.study_region.passes import Job
from halosink.study_region.sources import roles
from halosink.study_region.work import Crew

FOLLOWED = ("npp", "gpp", "ndvi", "precipitation", "annual_precipitation")
"""Layers whose trend is mapped where they have years."""
COLUMNS = [
    *("quantity", "unit", "slope", "low", "high", "p_value", "share_up", "share_down", "share_unclear", "years"),
]
DRAWS = 1000
"""Own choice: of the densities of vegetation behind the interval of each transition."""


def outputs(job: Job, crew: Crew, confidence: float, seed: int, spread: Spread) -> Iterator[tuple[str, Any]]:
    """Results of layers with several years; ("trend_<layer>", unit) for each array that was added to the stack."""
    land = job.sources["land_use"]
    if len(land.years) > 1:
        job.stack.add("transition", "uint8")
        yield "region/transitions.parquet", _transitions(job, crew, seed, spread)
        yield "transition", "1"
    rows = []
    for role in FOLLOWED:
        source = job.sources.get(role)
        if source is None or len(source.years) < LEAST_YEARS:
            continue
        unit = "mm a-1" if role == "precipitation" else roles()[role].unit
        job.stack.add(f"trend_{role}", "float32")
        job.stack.add(f"trend_{role}_width", "float32")
        job.stack.add(f"trend_{role}_clear", "uint8")
        tiles = list(crew.each(partial(_trend, job, role, confidence), job.stack.filled()))
        limit = false_discovery([t[1] for t in tiles])
        shares = reduce(np.add, crew.each(partial(_shares, job, role, confidence, limit), job.stack.filled()))
        series = mean_series([t[0] for t in tiles])
        whole = regional_trend(series, np.array(source.years, float))
        known = max(int(shares.sum()), 1)
        rows.append((
            role, _per_year(unit), float(whole.slope), float(whole.low), float(whole.high), float(whole.p_value),
            *(float(s) / known for s in shares), len(source.years),
        ))  # fmt: skip
        yield f"trend_{role}", _per_year(unit)
        yield f"trend_{role}_width", _per_year(unit)
        yield f"trend_{role}_clear", "1"
    if rows:
        yield "region/trends.parquet", pd.DataFrame(rows, columns=COLUMNS)


def _per_year(unit: str) -> str:
    return f"{unit[:-3]}a-2" if unit.endswith("a-1") else f"{unit} a-1" if unit != "1" else "a-1"


def _transitions(job: Job, crew: Crew, seed: int, spread: Spread) -> pd.DataFrame:
    years = job.sources["land_use"].years
    first, last = years[0], years[-1]
    matrix = reduce(np.add, crew.each(partial(_cross, job, first, last), job.stack.filled()))
    density, draws = _densities(job.methods, seed, spread)
    return transition_table(matrix, job.cell_area, (first, last), density, draws)


def _densities(methods: Methods, seed: int, spread: Spread) -> tuple[dict[int, float], dict[int, NDArray[np.float64]]]:
    """t C hm-2 by land use, of the study where it gives them, and draws; classes of one density err together."""
    density = density_of_land_use()
    if methods.vegetation == "vegetation" or dict(methods.density) == density:
        return density, land_use_draws(DRAWS, seed=seed)
    density = dict(methods.density)
    sd = float(np.sqrt(np.log1p(spread.vegetation_carbon**2)))
    rng = np.random.default_rng([seed, 11])
    of_value = {v: v * np.exp(sd * rng.standard_normal(DRAWS) - sd**2 / 2) for v in sorted(set(density.values()))}
    return density, {code: of_value[value] for code, value in density.items()}


def _cross(job: Job, first: int, last: int, tile: Tile) -> NDArray[np.int64]:
    """Transitions inside the boundary; the last year is the land use of the maps."""
    grid, source = job.stack.grid, job.sources["land_use"]
    after = job.stack.read("land_use", tile)
    before = np.where(after > 0, source.read(grid, tile, first), 0).astype(np.uint8)
    types = np.where((before > 0) & (after > 0), before // 10 * 10 + after // 10, 0)
    job.stack.write("transition", tile, types.astype(np.uint8))
    return cross_tabulation(before, after)


def _of_tile(job: Job, role: str, confidence: float, tile: Tile) -> tuple[NDArray[Any], Trends]:
    source = job.sources[role]
    inside = job.stack.read("land_use", tile) > 0
    read = (source.read(job.stack.grid, tile, year) for year in source.years)
    per_year = np.sum if role == "precipitation" else np.mean
    years = np.stack([per_year(v, axis=0) for v in read])
    years[:, ~inside] = np.nan
    return years, theil_sen(years, np.array(source.years, float), confidence=confidence)


def _trend(job: Job, role: str, confidence: float, tile: Tile) -> tuple[YearSums, SmallP]:
    years, trends = _of_tile(job, role, confidence, tile)
    job.stack.write(f"trend_{role}", tile, trends.slope)
    job.stack.write(f"trend_{role}_width", tile, trends.high - trends.low)
    return YearSums.of(years, complete=True), SmallP.of(trends.p_value, 1 - confidence)


def _shares(job: Job, role: str, confidence: float, limit: float, tile: Tile) -> NDArray[np.int64]:
    trends = _of_tile(job, role, confidence, tile)[1]
    job.stack.write(f"trend_{role}_clear", tile, (trends.p_value <= limit).astype(np.uint8))
    return trend_shares(trends, limit)
