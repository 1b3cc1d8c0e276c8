"""The land behind the county: square cells of 500 m, each with one land use, and smooth fields over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.uint8]
CRS = "EPSG:32644"
CELL, SIDE, MARGIN = 500.0, 150, 8  # m, cells along the county, cells around it that the layers cover too
LEFT, TOP = 462_500.0, 4_607_500.0  # outer corner of the county, m
MONTHS = np.array([-8.0, -3.0, 6.0, 14.0, 19.0, 23.0, 25.0, 24.0, 18.5, 10.5, 1.5, -6.0])  # degC at 1100 m
RAIN = np.array([2, 2, 3, 5, 11, 20, 24, 16, 8, 4, 2, 3]) / 100  # share of the year in each month
LAPSE = -6.5  # degC per km
# own choice: yearly production in g C m-2, of the order that satellites show over oases and steppes of arid basins
PRODUCTION: dict[int, float] = {11: 450, 12: 420, 21: 430, 22: 160, 23: 300, 24: 360, 31: 290, 32: 190, 33: 80, 46: 95,
                                61: 4, 62: 9, 63: 55, 64: 340, 65: 20, 66: 10}  # fmt: skip
ORGANIC: dict[int, float] = {11: 1.1, 12: 0.95, 21: 3.2, 22: 0.7, 23: 2.6, 24: 1.0, 31: 2.4, 32: 1.2, 33: 0.6,
                             46: 0.5, 51: 0.7, 52: 0.8, 61: 0.1, 62: 0.2, 63: 0.45, 64: 1.8,
                             65: 0.3, 66: 0.3}  # fmt: skip
"""% of the topsoil. Own choice: a third to a half of what stands in humid places."""
BARE_OF_PRODUCTION = {41: 32766, 43: 32766, 44: 32764, 51: 32762, 52: 32762}  # codes of the file where nothing is given


@dataclass(frozen=True, slots=True)
class Waves:
    """A smooth random surface with mean 0 and standard deviation 1: a sum of waves of random direction."""

    east: Array
    north: Array
    phase: Array

    @staticmethod
    def drawn(rng: np.random.Generator, shortest: float, longest: float, number: int = 16) -> Waves:
        """Waves of lengths between shortest and longest, km."""
        turn, length = rng.uniform(0, 2 * np.pi, number), rng.uniform(shortest, longest, number) * 1000
        return Waves(2 * np.pi / length * np.cos(turn), 2 * np.pi / length * np.sin(turn), turn * 7 % (2 * np.pi))

    def at(self, x: Array, y: Array) -> Array:
        total = np.zeros(np.shape(x))
        for east, north, phase in zip(self.east, self.north, self.phase, strict=True):
            total += np.cos(east * (x - LEFT) + north * (y - TOP) + phase)
        return np.asarray(total * np.sqrt(2 / len(self.phase)))


class World:
    """Fields as functions of metres east and north; land use, vegetation and production constant within a cell."""

    def __init__(self, rng: np.random.Generator) -> None:
        lengths = {"ridges": (7, 14), "fan": (9, 20), "stand": (4, 10), "oasis": (8, 20), "village": (3, 5),
                   "rough": (2, 4), "salt": (5, 12), "growth": (6, 15), "carbon": (8, 25), "lime": (10, 30),
                   "wrong": (12, 30)}  # fmt: skip
        self.waves = {name: Waves.drawn(rng, *limits) for name, limits in lengths.items()}
        self.bend = rng.uniform(0, 2 * np.pi, 3)
        cells = np.arange(-MARGIN, SIDE + MARGIN) + 0.5
        self.x, self.y = np.meshgrid(LEFT + CELL * cells, TOP - CELL * cells)
        self.land = {year: self._land(year) for year in (2000, 2020)}
        self.types = self._types()
        growth = 1 + 0.12 * self.waves["growth"].at(self.x, self.y)
        self.npp = _table(PRODUCTION, np.nan)[self.land[2020]] * np.clip(growth, 0.5, 1.6)
        self.organic = _smooth(_table(ORGANIC, 0.1)[self.land[2020]])
        self.stones = _smooth(_table({62: 30, 66: 30, 44: 30}, 5)[self.land[2020]])

    def inside(self, x: Array, y: Array) -> NDArray[np.bool_]:
        """Whether a point lies in the square that the layers cover."""
        row, column = self._place(x, y)
        side = SIDE + 2 * MARGIN
        return (row >= 0) & (row < side) & (column >= 0) & (column < side)

    def pick(self, cells: NDArray[np.generic], x: Array, y: Array) -> NDArray[np.generic]:
        """What the cell around each point holds; points outside take the nearest cell."""
        row, column = self._place(x, y)
        side = SIDE + 2 * MARGIN - 1
        return cells[np.clip(row, 0, side), np.clip(column, 0, side)]

    def _place(self, x: Array, y: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        row, column = np.floor((TOP - y) / CELL) + MARGIN, np.floor((x - LEFT) / CELL) + MARGIN
        return row.astype(np.int64), column.astype(np.int64)

    def _shape(self, x: Array, y: Array) -> tuple[Array, Array, Array, Array]:
        """Share of the way east and south, and km to the tributary and to the main river."""
        u, v = (x - LEFT) / (SIDE * CELL), (TOP - y) / (SIDE * CELL)
        course = 0.5 + 0.05 * np.sin(6 * v + self.bend[0]) + 0.015 * np.sin(17 * v + self.bend[1])
        main = 0.87 + 0.02 * np.sin(8 * u + self.bend[2])
        tributary = np.where(v < main, np.abs(u - course), 1.0) * SIDE * CELL / 1000
        return u - course, v, tributary, np.abs(v - main) * SIDE * CELL / 1000

    def elevation(self, x: Array, y: Array) -> Array:
        """m"""
        _, v, tributary, _ = self._shape(x, y)
        rise = np.clip((0.40 - v + 0.015 * self.waves["fan"].at(x, y)) / 0.40, 0, None)
        mountain = np.clip(3 * rise, 0, 1)
        plain = 1010 + 90 * (1 - v) + 230 * np.clip((0.56 - v) / 0.2, 0, 1) ** 1.5
        rough = 700 * (0.8 - np.abs(self.waves["ridges"].at(x, y))) + 90 * self.waves["rough"].at(x, y)
        ridges = rough - 350 * np.exp(-((tributary / 1.5) ** 2))
        return np.asarray(plain + 3000 * rise**1.1 + mountain * ridges)

    def temperature(self, x: Array, y: Array) -> Array:
        """Monthly means, degC, (12, ...)"""
        high = LAPSE / 1000 * (self.elevation(x, y) - 1100)
        return np.asarray(high + MONTHS.reshape(12, *[1] * high.ndim))

    def precipitation(self, x: Array, y: Array) -> Array:
        """Monthly sums, mm, (12, ...); they follow the height of the range, not each ridge."""
        _, v, _, _ = self._shape(x, y)
        year = 62 + 420 * np.clip((0.46 - v) / 0.46, 0, None) ** 1.3 + 4 * self.waves["fan"].at(x, y)
        return np.multiply.outer(RAIN, year)

    def population(self, x: Array, y: Array) -> Array:
        """persons km-2"""
        centre, v, _, _ = self._shape(x, y)
        town = np.exp(-(((centre - 0.03) ** 2 + (v - 0.57) ** 2) * (SIDE * CELL / 1800) ** 2))
        villages = np.clip(self.waves["village"].at(x, y) - 1.2, 0, None) ** 2
        return np.asarray(0.3 + 70 * np.clip(self._oasis(x, y), 0, None) * (1 + 9 * villages) + 3600 * town)

    def _oasis(self, x: Array, y: Array) -> Array:
        centre, v, _, _ = self._shape(x, y)
        return np.asarray(
            1
            - (centre / 0.24) ** 2
            - ((v - 0.61) / 0.13) ** 2
            + 0.2 * self.waves["oasis"].at(x, y)
            + 0.06 * self.waves["rough"].at(x, y)
        )

    def _land(self, year: int) -> Codes:
        """CNLUCC codes of all cells. Between the years the oasis grows at the cost of saline meadows and Gobi."""
        x, y = self.x, self.y
        centre, v, tributary, main = self._shape(x, y)
        high, stand, salt = self.elevation(x, y), self.waves["stand"].at(x, y), self.waves["salt"].at(x, y)
        oasis = self._oasis(x, y)
        zone = v + 0.022 * self.waves["oasis"].at(x, y) + 0.008 * self.waves["rough"].at(x, y)
        salt = salt + 0.35 * self.waves["rough"].at(x, y)
        code = np.full(x.shape, 62, np.uint8)
        low = (zone > 0.61) & (zone < 0.94)
        code[low] = 65
        code[low & (salt > -0.7)] = 32
        code[low & (salt > 0.35)] = 63
        code[zone >= 0.94] = 61
        code[(zone >= 0.94) & (salt > 0.9)] = 33
        code[(oasis > (0.35 if year == 2020 else 0.55))] = 12
        code[(oasis > 0.5) & (tributary < 3) & (v > 0.6)] = 11
        code[(oasis > 0.45) & (stand > 1.25)] = 24
        code[main < 2.2] = 46
        code[(main < 2.8) & (stand > 0.5)] = 22
        code[(main < 2.4) & (stand < -0.9)] = 64
        code[(tributary < 0.8) & (v > 0.40)] = 46
        for least, kind in ((1360, 33), (1650, 32), (2100, 31), (3000, 32), (3400, 66), (4050, 44)):
            code[(high > least) & (v < 0.45)] = kind
        code[(high > 1360) & (high < 1650) & (v < 0.45) & (salt < -0.3)] = 66
        trees = (high > 2050) & (high < 2900) & (v < 0.45)
        code[trees & (stand > (0.35 if year == 2020 else 0.3))] = 23
        code[trees & (stand > 0.55)] = 21
        code[(tributary < 0.3) | (main < 0.35)] = 41
        code[(centre - 0.10) ** 2 + (v - 0.49) ** 2 < 0.016**2] = 43
        code[(oasis > 0.5) & (self.waves["village"].at(x, y) > 1.7)] = 52
        code[(centre - 0.03) ** 2 + (v - 0.57) ** 2 < (0.024 if year == 2020 else 0.016) ** 2] = 51
        return code

    def _types(self) -> Codes:
        """Rows of the published table of vegetation (1 to 16) of all cells."""
        land, high = self.land[2020], self.elevation(self.x, self.y)
        table = np.full(256, 16, np.uint8)
        for code, kind in {21: 1, 23: 1, 22: 2, 24: 15, 11: 15, 12: 15, 31: 8, 32: 10, 33: 10, 46: 10, 61: 4, 62: 3,
                           63: 6, 64: 11, 65: 5, 66: 14}.items():  # fmt: skip
            table[code] = kind
        found = table[land]
        found[(land == 31) & (high > 2700)] = 12
        found[(land == 32) & (high > 1400)] = 7
        found[(land == 33) & (high > 1400)] = 9
        found[(land == 66) & (high < 2500)] = 5
        return found

    def soil(self, name: str, x: Array, y: Array, measured: bool = False) -> Array:
        """Topsoil and subsoil: organic carbon, inorganic carbon (as carbonate) and gravel in %, bulk density in g cm-3.

        The layers of organic carbon are wrong in places, as maps drawn from few profiles are; `measured` is the truth.
        """
        depth, what = name.split("_", 1)
        deep = depth == "subsoil"
        if what == "organic_carbon":
            true = self._blend(self.organic, x, y) * np.exp(0.2 * self.waves["carbon"].at(x, y)) * (0.55 if deep else 1)
            return np.asarray(true if measured else true * np.exp(0.3 * self.waves["wrong"].at(x, y) - 0.15))
        if what == "inorganic_carbon":
            lime = 13 * np.exp(0.25 * self.waves["lime"].at(x, y)) * np.clip(1.25 - self.elevation(x, y) / 4000, 0.2, 1)
            return np.asarray(lime * (1.3 if deep else 1))
        if what == "gravel":
            return self._blend(self.stones, x, y) * (1.2 if deep else 1)
        light = np.clip(self.soil(f"{depth}_organic_carbon", x, y, True), 0, 4)
        return np.asarray(1.5 - 0.12 * light + (0.04 if deep else 0))

    def _blend(self, cells: Array, x: Array, y: Array) -> Array:
        """Between the centres of cells, linear both ways."""
        row, column = (TOP - y) / CELL + MARGIN - 0.5, (x - LEFT) / CELL + MARGIN - 0.5
        last = SIDE + 2 * MARGIN - 2
        r, c = np.clip(np.floor(row), 0, last).astype(int), np.clip(np.floor(column), 0, last).astype(int)
        south, east = np.clip(row - r, 0, 1), np.clip(column - c, 0, 1)
        upper = cells[r, c] * (1 - east) + cells[r, c + 1] * east
        return np.asarray(upper * (1 - south) + (cells[r + 1, c] * (1 - east) + cells[r + 1, c + 1] * east) * south)


def _table(values: dict[int, float], otherwise: float) -> Array:
    table = np.full(256, otherwise)
    for code, value in values.items():
        table[code] = value
    return table


def _smooth(cells: Array, reach: int = 3) -> Array:
    """Means over squares of 2 reach + 1 cells, cut at the edge."""
    padded = np.pad(cells, reach, mode="edge")
    window = np.lib.stride_tricks.sliding_window_view(padded, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(window.mean(axis=(2, 3)))
