"""Cells, the table of means from which classes are compared: one row per place and combination of classes.

The place is the level at which the classes are compared (region, site or block); at level "plot" every unit is a cell.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.drivers.design import Factor, constant_within

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
Level = Literal["plot", "block", "site", "region"]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where classes of one factor are compared: the level the interval rests on, and whether classes are confounded."""

    level: Level
    confounded: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """value: (n,); classes: per factor (n,) codes into its labels; places: per level, coarse to fine, (n,) codes."""

    value: Array
    classes: dict[str, Codes]
    labels: dict[str, tuple[str, ...]]
    places: dict[str, Codes]

    def __len__(self) -> int:
        return len(self.value)

    def keep(self, rows: NDArray[np.bool_]) -> Cells:
        """The cells of these rows; classes that are no longer there are dropped."""
        classes, labels = {}, {}
        for name, code in self.classes.items():
            found, classes[name] = np.unique(code[rows], return_inverse=True)
            labels[name] = tuple(self.labels[name][i] for i in found)
        return Cells(self.value[rows], classes, labels, {k: v[rows] for k, v in self.places.items()})


def layout(units: pd.DataFrame, factor: Factor) -> Layout:
    """Where the classes of the factor are compared, from one row per unit (see design.unit_values)."""
    labels = units[factor.column]
    for level in ("region", "site"):
        if f"{level}_key" in units and constant_within(labels, units[f"{level}_key"]):
            return Layout(level, True)
    if "site_key" in units and units["site_key"].nunique() >= 3:
        return Layout("site", False)
    if "block_key" in units and units["block_key"].nunique() >= 2:
        return Layout("block", False)
    return Layout("plot", False)


def make_cells(units: pd.DataFrame, where: Layout, names: list[str]) -> Cells:
    """Average the units of each place and combination of the named factors."""
    keys = [k for k in ("region_key", "site_key", "block_key") if k in units]
    if where.level == "plot":
        table = units
    else:
        by = [f"{where.level}_key", *names]
        how = {"value": "mean", **{k: "first" for k in keys if k not in by}}
        table = units.groupby(by, sort=False, observed=True).agg(how).reset_index()
    classes, labels = {}, {}
    for name in names:
        classes[name], found = pd.factorize(table[name], sort=True)
        labels[name] = tuple(str(v) for v in found)
    last = f"{where.level}_key" if where.level != "plot" else ""
    keys = keys[: keys.index(last) + 1] if last else [*keys, "unit_key"]
    places = {k.removesuffix("_key"): pd.factorize(table[k])[0] for k in keys}
    return Cells(table["value"].to_numpy(float), classes, labels, places)


def crossed(one: pd.Series | Codes, other: pd.Series | Codes) -> bool:
    """Whether two factors can be told apart: each class of one occurs with at least two classes of the other."""
    a, b = pd.factorize(np.asarray(one))[0], pd.factorize(np.asarray(other))[0]
    if not len(a):
        return False
    seen = np.zeros((a.max() + 1, b.max() + 1), bool)
    seen[a, b] = True
    return bool(seen.sum(axis=0).min() >= 2 and seen.sum(axis=1).min() >= 2)


def places_per_combination(cells: Cells) -> dict[tuple[str, ...], int]:
    """The number of places (units at level "plot") of each combination of classes, zero where it does not occur."""
    place = list(cells.places.values())[-1]
    codes = list(cells.classes.values())
    grid = itertools.product(*(range(len(v)) for v in cells.labels.values()))
    pairs = set(zip(*codes, place, strict=True))
    counts = dict.fromkeys(grid, 0)
    for *combination, _ in pairs:
        counts[tuple(combination)] += 1
    names = list(cells.labels.values())
    return {tuple(names[i][c] for i, c in enumerate(k)): v for k, v in counts.items()}


def fixed(cells: Cells, interactions: bool) -> tuple[Array, Array, Codes]:
    """Design rows of the cells, of the grid of all combinations, and the grid's codes of the first factor.

    interactions: one column per combination; else the classes of the first factor and the others' beyond their first.
    """
    sizes = [len(v) for v in cells.labels.values()]
    grid = np.array(list(itertools.product(*(range(s) for s in sizes))), dtype=np.intp).reshape(-1, len(sizes))
    codes = np.column_stack(list(cells.classes.values()))
    if interactions:
        index = np.ravel_multi_index(tuple(codes.T), tuple(sizes))
        return np.eye(len(grid))[index], np.eye(len(grid)), grid[:, 0]

    def rows(table: Codes) -> Array:
        parts = [np.eye(s)[table[:, i]] for i, s in enumerate(sizes)]
        return np.hstack([parts[0], *(p[:, 1:] for p in parts[1:])])

    return rows(codes), rows(grid), grid[:, 0]


def random_terms(cells: Cells, where: Layout, landscape: list[str], x: Array) -> dict[str, Codes]:
    """Random intercepts that the cells can tell apart from each other, from the fixed effects x and from the residual.

    landscape: the factors that are properties of the ground; their whole plots within the place share an intercept.
    """
    n = len(cells)
    terms: list[tuple[str, list[Codes]]] = [(k, [v]) for k, v in cells.places.items() if k != "unit"]
    if terms:
        place, last = terms[-1][0], terms[-1][1][0]
        terms += [(f"{place} x {name}", [last, cells.classes[name]]) for name in landscape]
    if where.level == "plot":
        terms.append(("unit", [cells.places["unit"]]))
    groups: dict[str, Codes] = {}
    seen: list[bytes] = []
    full = x
    for name, parts in terms:
        code = parts[0] if len(parts) == 1 else parts[0] * (parts[1].max() + 1) + parts[1]
        plain = pd.factorize(code)[0]
        if not 1 < plain.max() + 1 < n or plain.tobytes() in seen:
            continue
        seen.append(plain.tobytes())
        wider = np.hstack([full, np.eye(plain.max() + 1)[plain]])
        if np.linalg.matrix_rank(wider) >= n:
            continue
        full = wider
        groups[name] = plain
    return groups
