"""Land use classes: the codes of CNLUCC, their names, and other legends translated to them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.contracts import Language, Text

Table = Mapping[int, int]
"""Code in a file: CNLUCC code, 0 for no data."""
GRASSLAND = (31, 32, 33)
COVER_LIMITS = (0.2, 0.5)
"""Shares of vegetation cover that part low, medium and high coverage grassland (liu2014landuse)."""


class Missing(NamedTuple):
    """A code that a table lacks and how many cells have it."""

    code: int
    cells: int


@dataclass(frozen=True, slots=True)
class LandUse:
    """One class: CNLUCC code, its name, its type (first figure; 9 ocean), what covers it, colour for maps."""

    code: int
    name: Text
    kind: Literal["natural", "cultivated", "built", "water", "bare"]
    colour: str

    @property
    def type(self) -> int:
        return self.code // 10


@cache
def classes() -> Mapping[int, LandUse]:
    """All classes by code, from classes.toml."""
    return {int(code): LandUse(int(code), Text(c["en"], c["zh"]), c["kind"], c["colour"])
            for code, c in _load("classes")["class"].items()}  # fmt: skip


@cache
def types() -> Mapping[int, Text]:
    """Names of the types: 1 farmland to 6 unused land, 9 ocean."""
    return {int(code): Text(t["en"], t["zh"]) for code, t in _load("classes")["type"].items()}


@cache
def legends() -> tuple[str, ...]:
    """Names of the legends that can be translated."""
    return tuple(_load("legends"))


@cache
def table(legend: str) -> Table:
    """Translation of a legend (cnlucc, igbp, esa, glc) to CNLUCC codes. KeyError for any other."""
    return {int(code): int(to) for code, to in _load("legends")[legend]["to"].items()}


@cache
def without_coverage(legend: str) -> frozenset[int]:
    """CNLUCC grassland codes whose coverage this legend does not tell."""
    return frozenset(_load("legends")[legend].get("coverage_unknown", ()))


def names(language: Language) -> dict[int, str]:
    """Class names by code."""
    return {code: c.name.to(language) for code, c in classes().items()}


def translate(codes: NDArray[Any], table: Table) -> tuple[NDArray[np.uint8], list[Missing]]:
    """CNLUCC codes (uint8, same shape) of the codes of a file, and those the table lacks, which become 0.

    Code 0 of a file is no data unless the table names it.
    """
    found, counts = np.unique(codes, return_counts=True)
    missing = [Missing(int(c), int(n)) for c, n in zip(found, counts, strict=True) if c != 0 and int(c) not in table]
    return recode(codes, tuple(table.items())), missing


def recode(codes: NDArray[Any], table: tuple[tuple[int, int], ...]) -> NDArray[np.uint8]:
    """Codes replaced as the (from, to) pairs say; 0 where none does."""
    pairs = sorted(table)
    if not pairs:
        return np.zeros(codes.shape, np.uint8)
    if codes.dtype == np.uint8:
        look_up = np.zeros(256, np.uint8)
        for code, to in pairs:
            if 0 <= code < 256:
                look_up[code] = to
        short: NDArray[np.uint8] = look_up[codes]
        return short
    known, targets = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs], np.uint8)
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return np.where(known[at] == codes, targets[at], np.uint8(0)).astype(np.uint8)


def vegetation_cover(ndvi: NDArray[np.float32], bare: float, full: float) -> NDArray[np.float32]:
    """Share of ground under vegetation: (NDVI - bare) / (full - bare), kept within 0 and 1 (gutman1998).

    `bare` and `full` are the NDVI of bare soil and of full vegetation. ValueError unless full > bare.
    """
    if not full > bare:
        raise ValueError("full must be above bare")
    cover: NDArray[np.float32] = np.clip((ndvi - np.float32(bare)) / np.float32(full - bare), 0, 1)
    return cover


def split_grassland(codes: NDArray[np.uint8], cover: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Codes with grassland parted by its vegetation cover (share): above 0.5 high, from 0.2 medium, below low.

    Where cover is NaN codes stay as they are.
    """
    low, high = COVER_LIMITS
    parted = np.where(cover > high, np.uint8(31), np.where(cover >= low, np.uint8(32), np.uint8(33)))
    return np.where(np.isin(codes, GRASSLAND) & ~np.isnan(cover), parted, codes).astype(np.uint8)


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("halosink.maps.landuse") / f"{name}.toml").read_text("utf-8"))
