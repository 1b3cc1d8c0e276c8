"""The stocks of a run of profiles by each method, for all draws at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.soil.stocks import density_lines, mass_preserving
from halosink.soil.stocks.equal_mass import down_to_mass
from halosink.soil.stocks.fixed_depth import PER_CENTIMETRE, SOIL_PER_CENTIMETRE, fine_earth, thickness_above
from halosink.soil.stocks.organic_carbon import central
from halosink.soil.stocks.profiles import TOUCHING, Layers

Array = NDArray[np.float64]

MATTER_PER_CARBON = 2.0
"""Organic matter per organic carbon where matter was not measured. Source: pribyl2010."""
WHOLE = 0.999
"""Share of a depth that must have layers. Own choice: rounding of depths."""


class Work:
    """Layers with their middle estimates, and what holds for whole profiles."""

    def __init__(
        self, found: Layers, top: Array, bottom: Array, *, whole_soil: bool, mineral_mass: bool, setting: str
    ) -> None:
        self.layers, self.top, self.bottom, self.setting = found, top, bottom, setting
        self.whole_soil, self.mineral_mass = whole_soil, mineral_mass
        self.content = central(found.carbon)
        estimated = ~np.isfinite(found.density)
        said = density_lines.central(self.content[estimated] / 10, setting) if estimated.any() else np.empty(0)
        self.density = found.density.copy()
        self.density[estimated] = said
        self.estimated = estimated
        self.unbroken = self._unbroken()

    def fine(self, density: Array, rows: slice) -> Array:
        """Fine earth per volume [g cm-3] of (n, draws) densities."""
        return fine_earth(density, self.layers.fine[rows, None], whole_soil=self.whole_soil)

    def mass_share(self, content: Array, rows: slice) -> Array:
        """Share of the fine earth that counts as soil mass: all, or what is not organic matter."""
        if not self.mineral_mass:
            return np.ones_like(content)
        matter = self.layers.matter[rows, None]
        return np.clip(1 - np.where(np.isfinite(matter), matter, MATTER_PER_CARBON * content) / 1000, 0.02, 1.0)

    def _unbroken(self) -> NDArray[np.intp]:
        """(p,) layers of each profile from the surface down to its first gap."""
        first = np.zeros(len(self.top), dtype=bool)
        first[self.layers.start] = True
        above = np.where(first, 0.0, np.concatenate([[0.0], self.bottom[:-1]]))
        broken = self.top > above + TOUCHING
        before = np.cumsum(broken)
        base = np.where(self.layers.start > 0, before[self.layers.start - 1], 0)
        intact: NDArray[np.bool_] = (before - base[self.layers.profile]) == 0
        return np.bincount(self.layers.profile, intact, len(self.layers.start)).astype(np.intp)

    def sum_profiles(self, values: Array) -> Array:
        """Sums over the layers of each profile."""
        return np.add.reduceat(values, self.layers.start, axis=0) if len(values) else values[:0]

    def soil_mass(self, depths: Array) -> tuple[Array, NDArray[np.bool_]]:
        """(p, q) soil mass down to each depth [t ha-1], and whether layers cover that depth."""
        rows = slice(0, len(self.top))
        per = self.fine(self.density[:, None], rows) * self.mass_share(self.content[:, None], rows)
        thick = np.column_stack([thickness_above(self.top, self.bottom, d) for d in depths])
        return self.sum_profiles(SOIL_PER_CENTIMETRE * per * thick), self.sum_profiles(thick) >= WHOLE * depths

    def describe(self, method: str, targets: Array, middle: Array, summary: Array, weights: Array) -> pd.DataFrame:
        """The table of stocks."""
        found, (people, wide) = self.layers, middle.shape
        depth = np.full(wide, np.inf) if method == "equal_mass" else targets
        thick = np.column_stack([thickness_above(self.top, self.bottom, d) for d in depth])
        bare = np.column_stack([thickness_above(found.top, found.bottom, d) for d in depth])
        if method == "equal_mass":
            thick, bare = thick * self._intact()[:, None], bare * self._intact()[:, None]
        covered, measured = self.sum_profiles(thick), self.sum_profiles(bare)
        rows = slice(0, len(self.top))
        fine = self.fine(self.density[:, None], rows)
        mass = self.sum_profiles(SOIL_PER_CENTIMETRE * fine * self.mass_share(self.content[:, None], rows) * thick)
        present = self.sum_profiles(PER_CENTIMETRE * self.content[:, None] * fine * thick)
        deepest = np.maximum.reduceat(self.bottom, found.start) if people else np.empty(0)
        surface = self.top[found.start] <= TOUCHING if people else np.empty(0, dtype=bool)
        reach = np.broadcast_to(deepest[:, None], (people, wide))
        whole = covered >= WHOLE * depth if method != "equal_mass" else mass >= targets * WHOLE
        last = mass if method == "equal_mass" else reach
        goal = targets * WHOLE if method == "equal_mass" else depth * WHOLE
        reason = np.select(
            [~np.isfinite(np.broadcast_to(targets, (people, wide))), ~np.broadcast_to(surface[:, None], (people, wide)),
             last < goal, ~whole],
            ["no_reference", "not_from_surface", "not_deep_enough", "gap"], "",
        )  # fmt: skip
        if method == "equal_mass":
            cut = self.unbroken < np.bincount(found.profile, minlength=people)
            reason = np.where(cut[:, None] & (reason == "not_deep_enough"), "gap", reason)
        inorganic = self._inorganic(fine, weights) if method != "equal_mass" else np.full((people, wide), np.nan)
        none = reason != ""
        cut = np.column_stack([(self.top < d) & (self.bottom > d + TOUCHING) for d in depth])
        partial = self.sum_profiles(thick * cut)
        guessed = self.sum_profiles(thick * self.estimated[:, None])
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(covered > 0, guessed / covered, 0.0)
            part = np.where(np.isfinite(depth), covered / depth, np.where(mass > 0, np.minimum(mass / targets, 1), 0))
            gap = np.where(np.isfinite(depth), np.minimum(depth, reach), reach) - covered
        table = found.keys.loc[found.keys.index.repeat(wide)].reset_index(drop=True)

        def flat(a: Array) -> Array:
            return np.asarray(np.broadcast_to(a, (people, wide)).reshape(-1))

        table["method"] = method
        table["depth_bottom"] = flat(np.full(wide, np.nan) if method == "equal_mass" else targets)
        table["reference_mass"] = flat(targets if method == "equal_mass" else np.full(wide, np.nan))
        table["soil_mass"] = flat(np.where(none, np.nan, targets) if method == "equal_mass" else mass)
        table["soil_organic_carbon_stock"] = flat(np.where(none, np.nan, middle))
        table["stock_measured"] = flat(present)
        for i, name in enumerate(("stock_mean", "stock_sd", "stock_low", "stock_high")):
            table[name] = flat(np.where(none, np.nan, summary[..., i]))
        table["soil_inorganic_carbon_stock"] = flat(np.where(none, np.nan, inorganic))
        table["layers"] = flat(self.sum_profiles((thick > 0).astype(float))).astype(int)
        table["covered"], table["deepest"] = flat(part), flat(reach)
        table["partial"] = flat(partial)
        table["gap"], table["bridged"] = flat(np.maximum(gap, 0)), flat(covered - measured)
        table["density_estimated"], table["reason"] = flat(share), reason.reshape(-1)
        return table

    def _intact(self) -> Array:
        """(n,) 1 for layers above the first gap of their profile, else 0."""
        place = np.arange(len(self.top)) - self.layers.start[self.layers.profile]
        return (place < self.unbroken[self.layers.profile]).astype(float)

    def _inorganic(self, fine: Array, weights: Array) -> Array:
        """(p, q) carbonate carbon stock [t ha-1]; NaN where one layer above the depth lacks it."""
        content = self.layers.inorganic[:, None]
        used = np.abs(weights) > 0
        value = np.where(used, np.where(np.isfinite(content), content, 0.0) * fine * weights * PER_CENTIMETRE, 0.0)
        lacking = self.sum_profiles((used & ~np.isfinite(content)).astype(float)) > 0
        return np.where(lacking, np.nan, self.sum_profiles(value))


def weighted(work: Work, method: str, targets: Array, smoothing: float) -> Array:
    """(n, q) centimetres by which each layer counts down to each depth; zeros for equal masses."""
    if method == "equal_mass":
        return np.zeros((len(work.top), len(targets)))
    if method == "fixed_depth":
        return np.column_stack([thickness_above(work.top, work.bottom, d) for d in targets])
    out = np.full((len(work.top), len(targets)), np.nan)
    for rows in _buckets(work, np.diff(np.append(work.layers.start, len(work.top)))):
        for q, depth in enumerate(targets):
            one = mass_preserving.weights(work.top[rows], np.maximum.accumulate(work.bottom[rows], axis=1), depth,
                                          smoothing)  # fmt: skip
            out[rows, q] = one
    return np.where(np.isfinite(out), out, 0.0)


def fixed(work: Work, first: int, last: int, contents: Array, dense: Array, weights: Array) -> Array:
    """(p, q, draws) stocks as weighted sums over the layers of the profiles first to last."""
    start = work.layers.start[first:last]
    rows = slice(start[0], start[0] + len(contents))
    per = PER_CENTIMETRE * contents * work.fine(dense, rows)
    sums = [np.add.reduceat(per * weights[:, [q]], start - start[0], axis=0) for q in range(weights.shape[1])]
    return np.stack(sums, axis=1)


def spline_by_mass(work: Work, first: int, last: int, contents: Array, dense: Array, targets: Array) -> Array:
    """(p, q, draws) stocks down to each reference mass, profiles with equally many layers together."""
    begin = int(work.layers.start[first])
    rows = slice(begin, begin + len(contents))
    thick = (work.bottom - work.top)[rows, None]
    fine = work.fine(dense, rows) * thick
    mass = SOIL_PER_CENTIMETRE * fine * work.mass_share(contents, rows)
    carbon = PER_CENTIMETRE * contents * fine
    out = np.full((last - first, len(targets), contents.shape[1]), np.nan)
    there = np.flatnonzero(np.isfinite(targets))
    count = work.unbroken[first:last]
    for size in np.unique(count[count > 0]):
        people = np.flatnonzero(count == size)
        at = (work.layers.start[first:last][people] - begin) + np.arange(size)[:, None]
        value = down_to_mass(np.maximum(mass[at], 1e-9), carbon[at], targets[there][:, None, None])
        out[people[:, None], there[None, :]] = np.moveaxis(value, 0, 1)
    return out


def _buckets(work: Work, count: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Row numbers (profiles, layers) of the profiles with equally many layers."""
    for size in np.unique(count):
        people = np.flatnonzero(count == size)
        step = max(1, int(4_000_000 // (size * size * 8)))
        for i in range(0, len(people), step):
            yield work.layers.start[people[i : i + step]][:, None] + np.arange(size)
