"""What the county really holds, counted on its own cells without any of the functions that draw the maps.

Equations and tables as in zhang_wensu: NEP by eq. 1 and 2, soil carbon by concentration, density and depth, importance
by eq. 4 and 5, resistance by Table 5 with entropy weights. Class breaks are the best ones for numbers put in 1024 equal
bins, so they hold to a bin.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from halosink.samples.county.world import CELL, LAPSE, LEFT, MARGIN, MONTHS, SIDE, TOP, Array, World

DENSITY = np.array([52.3, 7.7, 1.0, 1.0, 1.0, 1.0, 2.1, 2.1, 2.1, 3.7, 3.9, 1.8, 3.3, 3.3, 5.7, 0.0])
"""t C hm-2 of the 16 types, zhang_wensu Table 2."""
NATURAL, CULTIVATED = (21, 22, 23, 31, 32, 33, 64), (11, 12, 24)
POTENTIAL = (*NATURAL, 24, 46, 61, 62, 63, 65, 66, 67)
LEAST = 10.0  # km2, of a patch
BINS = 1024
Mask = NDArray[np.bool_]


def centres() -> tuple[Array, Array]:
    """Metres east and north of the centres of the county's cells."""
    steps = (np.arange(SIDE) + 0.5) * CELL
    x, y = np.meshgrid(LEFT + steps, TOP - steps)
    return x, y


def county(cells: NDArray[Any]) -> NDArray[Any]:
    """The county's cells, without those around it."""
    return cells[MARGIN:-MARGIN, MARGIN:-MARGIN]


def soil(world: World, x: Array, y: Array, measured: bool) -> tuple[Array, Array]:
    """Organic and inorganic carbon to 100 cm, t hm-2, as the layers give it or as it is."""
    organic, inorganic = np.zeros(np.shape(x)), np.zeros(np.shape(x))
    for depth, centimetres in (("topsoil", 30), ("subsoil", 70)):
        fine = world.soil(f"{depth}_bulk_density", x, y) * (1 - world.soil(f"{depth}_gravel", x, y) / 100)
        organic += world.soil(f"{depth}_organic_carbon", x, y, measured) * fine * centimetres
        inorganic += 0.12 * world.soil(f"{depth}_inorganic_carbon", x, y) * fine * centimetres
    return organic, inorganic


def found(world: World, inside: Mask) -> dict[str, Any]:
    """Everything that truth.json holds."""
    x, y = centres()
    quarters = [(-125, -125), (-125, 125), (125, -125), (125, 125)]
    high = np.mean([world.elevation(x + a, y + b) for a, b in quarters], axis=0)
    warm = LAPSE / 1000 * (high - 1100) + MONTHS[:, None, None]
    wet = world.precipitation(x, y)
    respiration = (0.22 * (np.exp(0.0913 * warm) + np.log(0.3145 * wet + 1)) * 30 * 0.465).sum(axis=0)
    npp, land = county(world.npp), county(world.land[2020])
    nep = npp - respiration
    vegetation = DENSITY[county(world.types) - 1]
    organic, inorganic = soil(world, x, y, measured=False)
    true_organic, _ = soil(world, x, y, measured=True)
    has_flow = inside & np.isfinite(nep)
    stock = true_organic + inorganic
    score = 0.5 * _scaled(nep, has_flow) + 0.25 * _scaled(vegetation, inside) + 0.25 * _scaled(stock, inside)
    breaks = _breaks(score[has_flow])
    classes = np.where(has_flow, 1 + np.searchsorted(breaks[1:-1], np.nan_to_num(score), side="left"), 0)
    levels = _resistances(high, land, wet.sum(axis=0), world.population(x, y))
    weights = _weights([v[inside] for v in levels.values()])
    resistance = sum(w * v for w, v in zip(weights, levels.values(), strict=True))
    category, cutoff = _categories(classes, land, np.where(inside, resistance, np.inf))
    area, grams = (CELL / 100) ** 2, (CELL / 1000) ** 2  # hm2 of a cell; 1e6 g m-2 to t over a cell is km2 of a cell
    shares = {
        str(c): {str(k): _km2((category == c) & (land == k)) for k in np.unique(land[category == c])} for c in (1, 2, 3)
    }
    changed = inside & (county(world.land[2000]) != land)
    return {
        "synthetic": True,
        "about": "True values on cells of 500 m (EPSG:32644) whose centres lie inside the boundary. NPP, NEP and "
        "respiration: only where production is given (not on water, ice and built land). Sinks: without inclusions "
        "of other land.",
        "area_km2": _km2(inside),
        "totals": {
            "npp_t_C_a-1": _sum(npp[has_flow], grams),
            "respiration_t_C_a-1": _sum(respiration[has_flow], grams),
            "respiration_of_all_cells_t_C_a-1": _sum(respiration[inside], grams),
            "nep_t_C_a-1": _sum(nep[has_flow], grams),
            "nep_area_km2": _km2(has_flow),
            "vegetation_t_C": _sum(vegetation[inside], area),
            "soil_organic_by_layers_t_C": _sum(organic[inside], area),
            "soil_inorganic_by_layers_t_C": _sum(inorganic[inside], area),
            "soil_organic_true_t_C": _sum(true_organic[inside], area),
        },
        "nep_range_g_C_m-2_a-1": [round(float(v), 2) for v in (nep[has_flow].min(), nep[has_flow].max())],
        "importance_breaks": [round(float(b), 5) for b in breaks],
        "importance_bin": round(float((breaks[-1] - breaks[0]) / BINS), 6),
        "class_area_km2": {str(c): _km2(classes == c) for c in range(1, 6)},
        "weights": dict(zip(levels, (round(float(w), 5) for w in weights), strict=True)),
        "cost_cutoff_m": round(cutoff, 1),
        "category_area_km2": {str(c): _km2(category == c) for c in (1, 2, 3)},
        "category_land_use_km2": shares,
        "land_use_km2": {str(year): {str(k): _km2(inside & (county(world.land[year]) == k)) for k in np.unique(land)}
                         for year in world.land},
        "changed_km2": _km2(changed),
    }  # fmt: skip


def _km2(cells: Mask) -> float:
    return round(float(cells.sum()) * (CELL / 1000) ** 2, 4)


def _sum(values: Array, factor: float) -> float:
    return round(float(values.sum() * factor), 1)


def _scaled(values: Array, where: Mask) -> Array:
    low, high = values[where].min(), values[where].max()
    return np.asarray((values - low) / (high - low))


def _breaks(values: Array, classes: int = 5) -> Array:
    """Lowest number, limits and highest number of the classes with the least sum of squares."""
    edges = np.linspace(values.min(), values.max(), BINS + 1)
    place = np.clip(((values - edges[0]) / (edges[-1] - edges[0]) * BINS).astype(int), 0, BINS - 1)
    count = np.concatenate([[0.0], np.bincount(place, minlength=BINS).cumsum()])
    total = np.concatenate([[0.0], np.bincount(place, values, BINS).cumsum()])
    square = np.concatenate([[0.0], np.bincount(place, values**2, BINS).cumsum()])
    n, s, q = (a[None, :] - a[:, None] for a in (count, total, square))
    cost = np.where(n > 0, q - s**2 / np.maximum(n, 1), 0)
    cost[np.tril_indices(BINS + 1)] = np.inf
    best, cuts = cost[0], []
    for _ in range(classes - 1):
        together = best[:, None] + cost
        cuts.append(together.argmin(axis=0))
        best = together.min(axis=0)
    limits, end = [edges[-1]], BINS
    for cut in reversed(cuts):
        end = int(cut[end])
        limits.append(edges[end])
    return np.array([edges[0], *limits[::-1]])


def _resistances(high: Array, land: NDArray[Any], rain: Array, people: Array) -> dict[str, Array]:
    """Resistance of each factor, zhang_wensu Table 5."""
    padded = np.pad(high, 1, mode="edge")
    side = {(i, j): padded[1 + i : 1 + i + SIDE, 1 + j : 1 + j + SIDE] for i in (-1, 0, 1) for j in (-1, 0, 1)}
    east = sum(w * (side[i, 1] - side[i, -1]) for i, w in ((-1, 1), (0, 2), (1, 1))) / (8 * CELL)
    south = sum(w * (side[1, j] - side[-1, j]) for j, w in ((-1, 1), (0, 2), (1, 1))) / (8 * CELL)
    slope = np.degrees(np.arctan(np.hypot(east, south)))
    heights = np.linspace(high.min(), high.max(), 500)
    daily = _course() + (LAPSE / 1000 * (heights - 1100))[:, None]
    warmth = np.interp(high, heights, np.where(daily >= 10, daily, 0).sum(axis=1))
    by_type = np.array([0, 3, 1, 1, 5, 10, 5])

    def level(values: Array, limits: tuple[float, ...], steps: tuple[float, ...]) -> Array:
        return np.asarray(np.array(steps)[np.searchsorted(limits, values, side="right")], float)

    return {
        "slope": level(slope, (20, 40, 60, 80), (1, 3, 5, 7, 9)),
        "elevation": level(high, (2000, 3000, 4000, 5000, 6000), (1, 2, 4, 6, 8, 10)),
        "land_use": by_type[land // 10].astype(float),
        "accumulated_temperature": level(warmth, (1000, 2000, 3000, 4000), (9, 7, 5, 3, 1)),
        "annual_precipitation": level(rain, (150, 300, 450, 600), (9, 7, 5, 3, 1)),
        "population_density": level(people, (1000, 2000, 3000, 4000), (1, 3, 5, 7, 9)),
    }


def _course() -> Array:
    """Temperature of each of 365 days at 1100 m: the smooth wave whose means over the months are MONTHS."""
    wave = np.fft.rfft(MONTHS) / 12
    turn = 2 * np.pi * ((np.arange(365) + 0.5) / 365 - 1 / 24)
    total = np.full(365, wave[0].real)
    for k in range(1, 6):
        strength = 2 * wave[k] / np.sinc(k / 12)
        total += strength.real * np.cos(k * turn) - strength.imag * np.sin(k * turn)
    return total


def _weights(factors: list[Array]) -> Array:
    """Entropy weights by shares of the sum; a factor that is the same everywhere weighs nothing."""
    difference = []
    for values in factors:
        share = values / values.sum()
        difference.append(1 + (share * np.log(share)).sum() / np.log(share.size))
    return np.asarray(np.array(difference) / sum(difference))


def _categories(classes: NDArray[Any], land: NDArray[Any], resistance: Array) -> tuple[NDArray[Any], float]:
    """1 primary, 2 secondary, 3 potential, 4 other, 0 none; and the cost distance up to which land is potential."""
    strong = classes >= 4
    category = np.where(classes > 0, 4, 0)
    category[_large(strong & np.isin(land, NATURAL))] = 1
    category[_large(strong & np.isin(land, CULTIVATED))] = 2
    sources = (category == 1) | (category == 2)
    cost = _cost(resistance, sources)
    away = np.isfinite(cost) & (cost > 0)
    cutoff = float(_breaks(cost[away])[1])
    weak = (classes > 0) & (classes < 4) & np.isin(land, POTENTIAL) & (cost <= cutoff) & ~sources
    number, count = ndimage.label(_large(weak), np.ones((3, 3)))
    beside = ndimage.binary_dilation(sources)
    kept = np.zeros(count + 1, bool)
    kept[np.unique(number[beside])] = True
    kept[0] = False
    category[kept[number]] = 3
    return category, cutoff


def _large(cells: Mask) -> Mask:
    """Patches, corners touching, of at least LEAST km2."""
    number, count = ndimage.label(cells, np.ones((3, 3)))
    size = np.bincount(number.ravel(), minlength=count + 1) * (CELL / 1000) ** 2
    size[0] = 0
    return np.asarray((size >= LEAST)[number])


def _cost(resistance: Array, sources: Mask) -> Array:
    """Least cost to a source: lengths of steps times the mean of both cells, until nothing gets shorter."""
    best = np.where(sources & np.isfinite(resistance), 0.0, np.inf)
    steps = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    while True:
        before = best
        around, weight = np.pad(best, 1, constant_values=np.inf), np.pad(resistance, 1, constant_values=np.inf)
        for i, j in steps:
            window = slice(1 + i, 1 + i + SIDE), slice(1 + j, 1 + j + SIDE)
            best = np.minimum(best, around[window] + (weight[window] + resistance) / 2 * CELL * np.hypot(i, j))
        if np.array_equal(best, before):
            return best
