"""Carbon in the soil of each cell down to a metre, organic and inorganic apart.

Index (zhang_wensu, equation 3): (P_ic + P_oc) 0.3 + (S_ic + S_oc) 0.7 of topsoil P (0-30 cm) and subsoil S (30-100 cm).
It has no bulk density, gravel or unit, so from concentrations it is no stock, only a mean by thickness (k22).

Stock: concentration * fine earth per volume * thickness, in t C hm-2; inorganic carbon is 12.0 % of calcium carbonate.
Where bulk density is missing it follows from organic carbon by the pedotransfer functions of hs.soil, with their error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.stocks import density_lines
from halosink.soil.stocks.fixed_depth import PER_CENTIMETRE, fine_earth
from halosink.soil.stocks.organic_carbon import CARBONATE_CARBON

Array = NDArray[np.float32]

TOPSOIL, SUBSOIL = 0.3, 0.7
"""m: thickness of 0-30 cm and of 30-100 cm. Source: zhang_wensu."""
UNITS = {"g kg-1": 1.0, "percent": 10.0}
"""g kg-1 per unit of concentration. HWSD gives percent by weight."""
MEASURED_DENSITY_SD = 0.05
"""Relative standard deviation of a mapped bulk density. Own choice, the layer error of hs.soil.stocks.errors; a mapped
one is worse than a measured one by more than is known."""
MODES = ("index", "stock")


@dataclass(frozen=True, slots=True)
class SoilLayer:
    """A layer of the soil: arrays of one shape, NaN where unknown.

    organic: concentration of organic carbon; inorganic: of inorganic carbon, 0 where there is none; density: bulk
    density [g cm-3], NaN where to be estimated; gravel: share of the volume that is coarse fragments, 0 to 1;
    thickness: m.
    """

    organic: Array
    inorganic: Array
    density: Array
    gravel: Array
    thickness: float


@dataclass(frozen=True, slots=True)
class SoilCarbon:
    """t C hm-2 of organic and inorganic carbon in each layer, top first, and the share of thickness whose bulk density
    was estimated; organic_sd: standard deviation of the whole organic stock from bulk density alone."""

    organic: tuple[Array, ...]
    inorganic: tuple[Array, ...]
    estimated: Array
    organic_sd: Array
    inorganic_sd: Array

    @property
    def total(self) -> Array:
        """t C hm-2 of all layers, both kinds."""
        return np.asarray(np.sum(self.organic, axis=0) + np.sum(self.inorganic, axis=0), np.float32)


def soil_index(
    top_inorganic: ArrayLike, top_organic: ArrayLike, sub_inorganic: ArrayLike, sub_organic: ArrayLike
) -> NDArray[Any]:
    """Equation 3 of zhang_wensu, in the unit of the inputs times metres (k22: an index, no stock); NaN passes."""
    top = np.asarray(top_inorganic) + np.asarray(top_organic)
    below = np.asarray(sub_inorganic) + np.asarray(sub_organic)
    return np.asarray(TOPSOIL * top + SUBSOIL * below)


def inorganic_of_carbonate(carbonate: ArrayLike) -> NDArray[Any]:
    """Inorganic carbon of calcium carbonate equivalent, in its unit: times 12.011 / 100.087 = 0.1200."""
    return np.asarray(np.asarray(carbonate) * CARBONATE_CARBON)


def known_density(
    density: ArrayLike, organic: ArrayLike, *, setting: str = "mineral"
) -> tuple[Array, NDArray[np.bool_]]:
    """Bulk density [g cm-3], gaps filled from organic carbon [g kg-1], and where they were; NaN where both are unknown.

    The mean of the published lines of hs.soil (manrique1991, alexander1980, ruehlmann2009; setting "marsh":
    morris2016), whose error is density_lines.SCATTER, 0.2 g cm-3.
    """
    found = np.array(density, dtype=np.float32)
    carbon = np.asarray(organic, dtype=np.float64)
    gaps = np.isnan(found) & np.isfinite(carbon)
    if gaps.any():
        found[gaps] = density_lines.central(carbon[gaps] / 10, setting)
    return found, gaps


def layer_stock(
    content: ArrayLike, density: ArrayLike, gravel: ArrayLike, thickness: float, *, whole_soil: bool = False
) -> Array:
    """t C hm-2 of a layer.

    content: g kg-1 of fine earth; density: bulk density [g cm-3] of the fine earth, or of all the soil with its gravel
    (whole_soil); gravel: share of the volume; thickness: m. ValueError for gravel outside 0 to 1.
    """
    stones = np.asarray(gravel)
    if np.any((stones < 0) | (stones > 1)):
        raise ValueError("gravel is a share of the volume, 0 to 1")
    earth = fine_earth(np.asarray(density), 1 - stones, whole_soil=whole_soil)
    return np.asarray(PER_CENTIMETRE * 100 * thickness * np.asarray(content) * earth, np.float32)


def soil_carbon(
    layers: tuple[SoilLayer, ...], *, unit: str = "g kg-1", whole_soil: bool = False, setting: str = "mineral"
) -> SoilCarbon:
    """Stock of each layer [t C hm-2] with the error that bulk density brings.

    unit: of the concentrations, "g kg-1" or "percent". Density errors of layers of one cell count as one error: they
    come from one map or one line. KeyError for another unit.
    """
    factor = UNITS[unit]
    organic: list[Array] = []
    inorganic: list[Array] = []
    spread_organic: list[Array] = []
    spread_inorganic: list[Array] = []
    guessed = []
    for layer in layers:
        density, gaps = known_density(layer.density, factor * layer.organic, setting=setting)
        relative = np.where(gaps, density_lines.SCATTER / density, MEASURED_DENSITY_SD)
        for content, into, spread in (
            (layer.organic, organic, spread_organic),
            (layer.inorganic, inorganic, spread_inorganic),
        ):
            one = layer_stock(factor * content, density, layer.gravel, layer.thickness, whole_soil=whole_soil)
            into.append(one)
            spread.append(relative * one)
        guessed.append(layer.thickness * gaps)
    depth = sum(layer.thickness for layer in layers)
    return SoilCarbon(
        tuple(organic),
        tuple(inorganic),
        np.asarray(np.sum(guessed, axis=0) / depth, np.float32),
        np.asarray(np.sum(spread_organic, axis=0), np.float32),
        np.asarray(np.sum(spread_inorganic, axis=0), np.float32),
    )
