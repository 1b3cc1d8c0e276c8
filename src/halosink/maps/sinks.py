"""Primary, secondary and potential sinks as patches (zhang_wensu, section 3.3), on whole rasters or tile by tile.

By tiles: 1. `source_regions` of a tile to `tile_record(..., contacts=True)`; 2. `join_records`, then `categorise`;
3. `tile_patches` of the same tile with `lookup=settled.patch` and `lookup=source_categories(settled)`. Potential sinks
likewise through `potential` and `potential_patches`, with `settled.patch` only: numbers above 0 are potential sinks,
to be counted on from the last source patch. `sink_pattern` and `with_potential` do this on whole rasters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.maps.grid import TILE, Grid, Tile
from halosink.maps.patches.profile import profile
from halosink.maps.patches.settle import Settled, settle
from halosink.maps.patches.tiled import Joined, join_records, tile_patches, tile_record
from halosink.maps.rules import OTHER, POTENTIAL, PRIMARY, SECONDARY, Rules

Classes = NDArray[np.uint8]
KM2 = 1e6
_OTHER, _NATURAL, _CULTIVATED, _WATER, _BUILT = 1, 2, 3, 4, 5
_POTENTIAL, _PRIMARY, _SECONDARY, _BARRED = 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class SourcePatches:
    """patch: 1.. by the first cell in reading order, potential sinks after the sources, 0 none. category: 1 primary,
    2 secondary, 3 potential, 4 other, 0 no data. table: a row per patch, see `profile`."""

    patch: NDArray[np.int32]
    category: Classes
    table: pd.DataFrame


def _lookup(codes: tuple[int, ...]) -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(codes)] = True
    return table


def candidates(importance_class: Classes, land_use: Classes, rules: Rules) -> Classes:
    """1 where a cell can be of a primary sink (class, natural cover), 2 of a secondary (cultivated cover), else 0."""
    natural = _lookup(rules.primary_classes)[importance_class] & _lookup(rules.natural_codes)[land_use]
    cultivated = _lookup(rules.secondary_classes)[importance_class] & _lookup(rules.cultivated_codes)[land_use]
    return natural.astype(np.uint8) + 2 * cultivated.astype(np.uint8)


def source_regions(importance_class: Classes, land_use: Classes, rules: Rules) -> Classes:
    """The raster whose patches `categorise` decides on: 0 no data, 1 other land, 2 and 3 the candidates, 4 and 5
    other land of `rules.inclusion_codes`: not built and built."""
    value = candidates(importance_class, land_use, rules) + np.uint8(_OTHER)
    narrow = np.zeros(256, np.uint8)
    narrow[list(rules.inclusion_codes)] = [_BUILT if code // 10 == 5 else _WATER for code in rules.inclusion_codes]
    of_land = narrow[land_use]
    value = np.where((value == _OTHER) & (of_land > 0), of_land, value)
    value[importance_class == 0] = 0
    return value


def categorise(joined: Joined, cell_area: float, rules: Rules) -> Settled:
    """Patch and kind (2 primary, 3 secondary) of every patch of `source_regions`. cell_area m2."""
    least = {
        _NATURAL: rules.minimum_primary_km2 * KM2 / cell_area,
        _CULTIVATED: rules.minimum_secondary_km2 * KM2 / cell_area,
    }
    return settle(joined, least, (), (_WATER, _BUILT), rules.inclusion_km2 * KM2 / cell_area, rules.enclosure)


def source_categories(settled: Settled) -> Classes:
    """Category by patch number of `source_regions`: 0 for no data, 1 and 2 for sinks, 4 for the rest."""
    category = np.where(settled.kind > 0, settled.kind - np.uint8(_OTHER), np.uint8(OTHER))
    category[0] = 0
    return category


def potential(
    importance_class: Classes, land_use: Classes, category: Classes, cost: NDArray[Any], cutoff: float, rules: Rules
) -> Classes:
    """The raster whose patches `potential_patches` decides on: 0 no data, 1 other land, 2 can be of a potential sink,
    3 primary, 4 secondary, 5 never (water, glacier, built land).

    cost: cost distance from the source patches (resistance times metres), NaN or infinite where none is reached; up to
    `cutoff` it counts as low.
    """
    able = _lookup(rules.potential_classes)[importance_class] & _lookup(rules.potential_codes)[land_use]
    value: Classes = np.where(able & (cost <= cutoff), np.uint8(_POTENTIAL), np.uint8(_OTHER))
    value[_lookup(rules.barred_codes)[land_use]] = _BARRED
    value[importance_class == 0] = 0
    value[category == PRIMARY] = _PRIMARY
    value[category == SECONDARY] = _SECONDARY
    return value


def potential_patches(joined: Joined, cell_area: float, rules: Rules) -> Settled:
    """Potential sinks of the patches of `potential`: large enough, with their inclusions, and connected as asked."""
    least = {_POTENTIAL: rules.minimum_potential_km2 * KM2 / cell_area}
    settled = settle(
        joined, least, (_PRIMARY, _SECONDARY, _BARRED), (), rules.inclusion_km2 * KM2 / cell_area, rules.enclosure
    )
    if rules.connected == "any":
        return settled
    touches = np.zeros((settled.count + 1, 6), np.bool_)
    touches[settled.neighbours[:, 0], settled.neighbours[:, 1]] = True
    sources = touches[:, [_PRIMARY, _SECONDARY]]
    stays = np.asarray(sources.any(axis=1) if rules.connected == "touch" else sources.all(axis=1))
    stays[0] = False
    number = np.where(stays, np.cumsum(stays), 0).astype(np.int32)
    patch = number[settled.patch]
    return Settled(patch, np.where(patch > 0, settled.kind, 0).astype(np.uint8), int(stays.sum()), settled.neighbours)


def _in_tiles(
    regions: Callable[[Tile], Classes], decide: Callable[[Joined], Settled], shape: tuple[int, int], rules: Rules
) -> tuple[NDArray[np.int32], Classes, int]:
    """Patch and category (as of sources) of every cell, and how many patches. regions: the raster to decide on, of a
    tile."""
    tiles = list(Grid("", 0.0, 0.0, 1.0, 1.0, *shape).tiles(TILE))
    joined = join_records(
        (tile_record(regions(tile), tile, shape, rules.neighbours, contacts=True) for tile in tiles), rules.neighbours
    )
    settled = decide(joined)
    categories = source_categories(settled)
    patch, category = np.empty(shape, np.int32), np.empty(shape, np.uint8)
    for tile in tiles:
        numbers = tile_patches(regions(tile), tile, joined, rules.neighbours)
        patch[tile.window], category[tile.window] = settled.patch[numbers], categories[numbers]
    return patch, category, settled.count


def sink_pattern(importance_class: Classes, land_use: Classes, cell_area: float, rules: Rules) -> SourcePatches:
    """Primary and secondary sinks of whole rasters. cell_area m2; cells taken as square for the outlines."""
    patch, category, count = _in_tiles(
        lambda tile: source_regions(importance_class[tile.window], land_use[tile.window], rules),
        lambda joined: categorise(joined, cell_area, rules),
        (importance_class.shape[0], importance_class.shape[1]),
        rules,
    )
    return SourcePatches(patch, category, profile(patch, category, importance_class, land_use, count, cell_area, rules))


def with_potential(
    sources: SourcePatches, importance_class: Classes, land_use: Classes, cost: NDArray[Any], cutoff: float,
    cell_area: float, rules: Rules,
) -> SourcePatches:  # fmt: skip
    """The sources of `sink_pattern` with potential sinks added; the numbers of source patches stay, so that allocations
    and corridors computed from them hold. cutoff: see `cutoff.cost_cutoff`."""

    def regions(tile: Tile) -> Classes:
        part = tile.window
        return potential(importance_class[part], land_use[part], sources.category[part], cost[part], cutoff, rules)

    shape = importance_class.shape[0], importance_class.shape[1]
    patch, _, count = _in_tiles(regions, lambda joined: potential_patches(joined, cell_area, rules), shape, rules)
    before = len(sources.table)
    found = patch > 0
    category = np.where(found, np.uint8(POTENTIAL), sources.category)
    patch += np.where(found, np.int32(before), sources.patch)
    table = profile(patch, category, importance_class, land_use, before + count, cell_area, rules)
    return SourcePatches(patch, category, table)
