"""Resistance of each cell: factors reclassed by a table of levels, then added with their weights."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from halosink.maps.importance import check_weights

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Levels:
    """Resistance of one factor: steps (lower, upper, value) over [lower, upper), or classes (land use -> value).

    A class below 10 is a land-use type, others are second-level codes, which go before their type.
    """

    factor: str
    unit: str
    steps: tuple[tuple[float, float, float], ...] = ()
    classes: tuple[tuple[int, float], ...] = ()

    @classmethod
    def of(cls, factor: str, rows: Iterable[Mapping[str, Any]], unit: str = "1") -> Levels:
        """From rows with `value` and either `class` or `lower` and `upper` (missing or None: open).

        ValueError for values not above 0, steps that overlap or run backwards, a class twice, both kinds in one table
        or neither.
        """
        table = list(rows)
        if any(not (np.isfinite(r["value"]) and r["value"] > 0) for r in table):
            raise ValueError(f"{factor}: resistance must be above 0")
        named = [(int(r["class"]), float(r["value"])) for r in table if r.get("class") is not None]
        bounds = [(r.get("lower"), r.get("upper"), r["value"]) for r in table if r.get("class") is None]
        steps = sorted(
            (-np.inf if a is None else float(a), np.inf if b is None else float(b), float(v)) for a, b, v in bounds
        )
        if bool(named) == bool(steps):
            raise ValueError(f"{factor}: give either classes or steps")
        if any(not a < b for a, b, _ in steps) or any(p[1] > q[0] for p, q in zip(steps, steps[1:], strict=False)):
            raise ValueError(f"{factor}: steps overlap or run backwards")
        if len({c for c, _ in named}) < len(named):
            raise ValueError(f"{factor}: a class stands twice")
        return cls(factor, unit, tuple(steps), tuple(named))

    def rows(self) -> list[dict[str, Any]]:
        """As in a table: factor, lower, upper, class, unit, value; None where it does not apply."""
        head = {"factor": self.factor, "unit": self.unit}
        found = [
            head | {"lower": a if np.isfinite(a) else None, "upper": b if np.isfinite(b) else None, "class": None}
            | {"value": v} for a, b, v in self.steps
        ]  # fmt: skip
        return found + [head | {"lower": None, "upper": None, "class": c, "value": v} for c, v in self.classes]

    def by_code(self) -> NDArray[np.float64]:
        """Value for each of the codes 0..255, NaN where the table has none."""
        known = dict(self.classes)
        return np.array([np.nan if code == 0 else known.get(code, known.get(code // 10 if code > 9 else -1, np.nan))
                         for code in range(256)])  # fmt: skip


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("halosink.maps") / "levels.toml").read_text("utf-8"))


@cache
def published_levels() -> Mapping[str, Levels]:
    """Table 5 of zhang_wensu by factor, values as printed (k28, k29)."""
    return {name: Levels.of(name, part["levels"], part["unit"]) for name, part in _data().items()}


def published_weights() -> dict[str, float]:
    """Table 4 of zhang_wensu by factor, as shares that add up to 1."""
    total = sum(part["published_weight"] for part in _data().values())
    return {name: part["published_weight"] / total for name, part in _data().items()}


@njit(cache=True, nogil=True)
def _steps(values: NDArray[Any], steps: NDArray[np.float64], out: Floats32) -> None:
    for k in range(len(values)):
        v = values[k]
        for j in range(len(steps)):
            if steps[j, 0] <= v < steps[j, 1]:
                out[k] = steps[j, 2]
                break


def reclass(values: NDArray[Any], levels: Levels) -> Floats32:
    """Resistance of each cell of a factor; NaN for no data and for what the table lacks (see `missing_classes`).

    values: numbers in the unit of the levels with NaN for no data, or land-use codes (uint8, 0 no data). ValueError for
    codes of another kind.
    """
    if levels.classes:
        if values.dtype != np.uint8:
            raise ValueError(f"{levels.factor}: codes must be uint8, not {values.dtype}")
        table: Floats32 = levels.by_code().astype(np.float32)
        return np.asarray(table[values])
    out = np.full(np.shape(values), np.nan, dtype=np.float32)
    _steps(np.ravel(values), np.array(levels.steps), out.reshape(-1))
    return out


def missing_classes(values: NDArray[Any], levels: Levels) -> list[float]:
    """What the cells have and the table lacks: codes in order, or the least and greatest number in no step.

    Lists of tiles together are the list of the whole, after the same selection.
    """
    if levels.classes:
        present = np.flatnonzero(np.bincount(np.ravel(values).astype(np.uint8), minlength=256))
        return [float(c) for c in present if c and np.isnan(levels.by_code()[c])]
    flat = np.ravel(values)
    lost = flat[np.isnan(reclass(flat, levels)) & ~np.isnan(flat)]
    return sorted({float(lost.min()), float(lost.max())}) if len(lost) else []


def present_weights(weights: Mapping[str, float], factors: Collection[str]) -> tuple[dict[str, float], list[str]]:
    """Weights of the factors that a study has, brought to sum 1; and the factors it lacks, which must be said.

    ValueError when none with a weight is left.
    """
    kept = {name: w for name, w in weights.items() if name in factors}
    total = sum(kept.values())
    if not total > 0:
        raise ValueError("no factor with a weight is there")
    return {name: w / total for name, w in kept.items()}, [name for name in weights if name not in factors]


def weighted_resistance(layers: Mapping[str, NDArray[Any]], weights: Mapping[str, float]) -> Floats32:
    """Sum of weight x resistance of the factor; NaN where one has no data.

    layers: reclassed factors of one shape; weights as from `present_weights`. ValueError when a weight has no layer,
    and as `check_weights`.
    """
    check_weights(weights)
    lacking = [name for name in weights if name not in layers]
    if lacking:
        raise ValueError(f"no layer for the weights of {', '.join(lacking)}")
    total: Any = 0.0
    for name in sorted(weights):
        total = total + weights[name] * np.asarray(layers[name], dtype=np.float64)
    return np.asarray(total, dtype=np.float32)
