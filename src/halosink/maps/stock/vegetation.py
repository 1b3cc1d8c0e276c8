"""Carbon of vegetation: a density for each type [t C hm-2] times its area; types of zhang_wensu or the study's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.contracts import Text
from halosink.soil.stocks.streams import stream

if TYPE_CHECKING:
    import pandas as pd

HECTARE = 1e4
"""m2."""
RELATIVE_SD = 0.3
"""Of a density without its own low and high. Own choice: the densities of zhang_wensu come from earlier inventories
without error; densities of one type differ between inventories by a third."""
Z = 1.959964
"""Standard deviations from the middle to the end of 95 %."""


@dataclass(frozen=True, slots=True)
class VegetationType:
    """density [t C hm-2]; low, high: its 95 % interval, NaN where not given; area [1e4 hm2] and storage [1e4 t] as
    published, NaN otherwise."""

    code: int
    title: Text
    group: Text
    density: float
    low: float = float("nan")
    high: float = float("nan")
    area: float = float("nan")
    storage: float = float("nan")

    @property
    def sd(self) -> float:
        """t C hm-2: from low and high, or RELATIVE_SD of the density."""
        given = (self.high - self.low) / (2 * Z)
        return given if given == given else RELATIVE_SD * self.density


@cache
def wensu_types() -> tuple[VegetationType, ...]:
    """The 16 types of Table 2 of zhang_wensu, codes 1 to 16."""
    raw = tomllib.loads((resources.files("halosink.maps.stock") / "vegetation.toml").read_text("utf-8"))
    return types_of(raw["type"])


def types_of(rows: Iterable[Mapping[str, Any]]) -> tuple[VegetationType, ...]:
    """Types from rows with code, name_en, name_zh, density and, if known, type_en, type_zh, low, high, area, storage.

    ValueError for a code that is not 1 to 255 or comes twice, a density below zero or outside its low and high.
    """
    found: list[VegetationType] = []
    for row in rows:
        name = str(row.get("name_en") or row.get("name_zh") or row["code"])
        title = Text(name, str(row.get("name_zh") or name))
        group = str(row.get("type_en") or "")
        ends = [float(row.get(k, "nan")) for k in ("low", "high", "area", "storage")]
        one = VegetationType(
            int(row["code"]), title, Text(group, str(row.get("type_zh") or group)), float(row["density"]), *ends
        )
        if not 1 <= one.code <= 255 or any(one.code == other.code for other in found):
            raise ValueError(f"code {one.code} is not 1 to 255 or comes twice")
        if not one.density >= 0 or one.low > one.density or one.high < one.density:
            raise ValueError(f"density {one.density:g} of {name} is below zero or outside {one.low:g} to {one.high:g}")
        found.append(one)
    return tuple(found)


def storage(density: ArrayLike, area: ArrayLike) -> NDArray[np.float64]:
    """Carbon [t] of densities [t C hm-2] and areas [hm2]. Source: zhang_wensu."""
    return np.asarray(np.asarray(density, float) * np.asarray(area, float))


def density_map(classes: ArrayLike, densities: Mapping[int, float]) -> NDArray[np.float32]:
    """t C hm-2 of each cell of uint8 classes; NaN for 0 and for classes without a density."""
    table = np.full(256, np.nan, np.float32)
    for code, density in densities.items():
        table[code] = density
    table[0] = np.nan
    return table[np.asarray(classes, np.uint8)]


def density_of_types(types: Sequence[VegetationType]) -> dict[int, float]:
    """{code: t C hm-2}"""
    return {one.code: one.density for one in types}


def class_counts(classes: ArrayLike) -> NDArray[np.int64]:
    """(256,) cells of each class; the counts of tiles add up exactly, in any order."""
    return np.bincount(np.asarray(classes, np.uint8).ravel(), minlength=256).astype(np.int64)


def vegetation_table(counts: ArrayLike, cell_area: float, types: Sequence[VegetationType]) -> pd.DataFrame:
    """Types with cells: code, name_en, name_zh, density [t C hm-2], area_hm2, storage_t, low, high [t, 95 %].

    counts: (256,) of class_counts; cell_area: m2.
    """
    import pandas as pd

    cells = np.asarray(counts)
    rows = []
    for one in types:
        area = float(cells[one.code]) * cell_area / HECTARE
        if area <= 0:
            continue
        low, high = max(one.density - Z * one.sd, 0.0), one.density + Z * one.sd
        carbon = (one.density * area, low * area, high * area)
        rows.append((one.code, one.title.en, one.title.zh, one.density, area, *carbon))
    columns = ["code", "name_en", "name_zh", "density", "area_hm2", "storage_t", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


LAND_USE_TYPE: Mapping[int, int] = MappingProxyType(
    {
        11: 15, 12: 15, 21: 1, 22: 2, 23: 15, 24: 15, 31: 10, 32: 7, 33: 3, 41: 16, 42: 16, 43: 16, 44: 16, 45: 16,
        46: 11, 51: 16, 52: 16, 53: 16, 61: 16, 62: 16, 63: 6, 64: 11, 65: 16, 66: 16, 67: 16,
    }
)  # fmt: skip
"""Type of Table 2 whose density stands for a CNLUCC class where there is no map of vegetation. Own choice for southern
Xinjiang: closed forest is spruce (1), open forest and orchards have the density of orchards (15), grassland of high,
medium and low cover is meadow, steppe and desert (10, 7, 3), saline-alkali land succulent halophytes (6), floodplain
and marsh marsh meadow (11); the rest bears nothing (16). Maps of land use and vegetation disagree (k06), so areas of
the one are never those of the other."""


def density_of_land_use() -> dict[int, float]:
    """{CNLUCC code: t C hm-2} by LAND_USE_TYPE."""
    known = density_of_types(wensu_types())
    return {code: known[kind] for code, kind in LAND_USE_TYPE.items()}


def density_draws(types: Sequence[VegetationType], draws: int, *, seed: int = 0) -> dict[int, NDArray[np.float64]]:
    """{code: (draws,) t C hm-2} of normal errors with the sd of each type, not below zero.

    One error for all cells of a type: densities are means of an inventory, not of a cell. A type has the same draws
    whatever other types there are.
    """
    return {
        one.code: np.maximum(one.density + one.sd * stream(seed, "vegetation", str(one.code)).normal(size=draws), 0.0)
        for one in types
    }


def land_use_draws(draws: int, *, seed: int = 0) -> dict[int, NDArray[np.float64]]:
    """{CNLUCC code: (draws,) t C hm-2} by LAND_USE_TYPE; classes that take one density share its draws."""
    known = density_draws(wensu_types(), draws, seed=seed)
    return {code: known[kind] for code, kind in LAND_USE_TYPE.items()}
