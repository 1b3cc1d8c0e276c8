"""The chain of `maps.chain` tile by tile: each pass reads and writes tiles and gives a small record, records are merged
in the order of the tiles, the next pass applies what they say. The results are those of the whole raster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.breaks.bins import Bins
from halosink.maps.breaks.classes import classify
from halosink.maps.breaks.histogram import Histogram
from halosink.maps.breaks.natural import EXACT, GAP, ROUNDS, Breaks, finer_bins, natural_breaks
from halosink.maps.chain import Choices, chosen_weights
from halosink.maps.cutoff import cost_cutoff, reachable
from halosink.maps.ensemble import SUMS
from halosink.maps.entropy import EntropySums, FactorWeight, entropy_sums, entropy_weights
from halosink.maps.grid import Tile
from halosink.maps.importance import importance_score
from halosink.maps.landuse import split_grassland, vegetation_cover
from halosink.maps.normalise import Extremes, robust_limits
from halosink.maps.patches.profile import CODES, Profile
from halosink.maps.patches.rings import surroundings
from halosink.maps.patches.settle import Settled
from halosink.maps.patches.tiled import Joined, Record, join_records, tile_patches, tile_record
from halosink.maps.patches.zones import Zonal, cross_table
from halosink.maps.quantities import Methods, made_by, quantities
from halosink.maps.resistance import missing_classes, reclass, weighted_resistance
from halosink.maps.rules import POTENTIAL
from halosink.maps.sinks import categorise, potential, potential_patches, source_regions
from halosink.study_region import boundary
from halosink.study_region.sources import Source
from halosink.study_region.store import Stack
from halosink.study_region.work import Crew

VALUES = tuple(SUMS)
"""Quantities of a cell that are summed over patches."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every pass knows: the layers on disk, how quantities are made, the choices of the map."""

    stack: Stack
    sources: Mapping[str, Source]
    edge: boundary.Boundary | None
    methods: Methods
    choices: Choices
    own_densities: bool = False
    cover: tuple[float, float] | None = None
    """NDVI of bare ground and of full cover, where grassland is to be split by its cover."""

    @property
    def factors(self) -> list[str]:
        return sorted(self.methods.factors)

    @property
    def cell_area(self) -> float:
        return self.stack.grid.cell_area


@dataclass(slots=True)
class Prepared:
    """Of some tiles: extremes and exact sums by name, cells by code of land use and vegetation, values that a table of
    resistance lacks."""

    extremes: dict[str, Extremes] = field(default_factory=dict)
    sums: dict[str, Zonal] = field(default_factory=dict)
    land_use: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    vegetation: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    lacking: dict[str, set[float]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """No cell has a land use."""
        return not self.land_use[1:].any()

    def merge(self, other: Prepared) -> Prepared:
        for name, extremes in other.extremes.items():
            self.extremes[name] = self.extremes[name].merge(extremes) if name in self.extremes else extremes
        for name, zonal in other.sums.items():
            if name in self.sums:
                self.sums[name].merge(zonal)
            else:
                self.sums[name] = zonal
        for name, values in other.lacking.items():
            self.lacking.setdefault(name, set()).update(values)
        self.land_use += other.land_use
        self.vegetation += other.vegetation
        return self


def prepare(job: Job, tile: Tile) -> Prepared:
    """First pass: layers brought to the grid, quantities and levels of resistance written.

    Nothing is read or written where no cell lies inside the boundary: arrays begin without data.
    """
    grid, stack = job.stack.grid, job.stack
    inside = boundary.mask(job.edge, grid, tile)
    land = job.sources["land_use"].read(grid, tile) if inside.any() else np.zeros(tile.shape, np.uint8)
    land = np.where(inside, land, 0).astype(np.uint8)
    if not land.any():
        return Prepared()
    layers = {role: source.read(grid, tile) for role, source in job.sources.items() if role != "land_use"}
    layers["land_use"] = land
    if job.cover:
        cover = vegetation_cover(np.nanmax(layers["ndvi"], axis=0), *job.cover)
        layers["land_use"] = split_grassland(layers["land_use"], cover)
    made = quantities(layers, job.methods)
    inside = layers["land_use"] > 0
    found = Prepared(land_use=np.bincount(layers["land_use"].ravel(), minlength=256).astype(np.int64))
    stack.write("land_use", tile, layers["land_use"])
    one = np.ones(tile.shape, np.int32)
    for name in VALUES:
        if name in made:
            stack.write(name, tile, made[name])
            found.extremes[name] = Extremes.of(made[name])
            found.sums[name] = Zonal.empty(1)
            found.sums[name].add(one, made[name], tile.row0, tile.column0)
    for role, values in layers.items():
        if values.dtype.kind == "f":
            found.extremes[f"layer_{role}"] = _extremes(values, inside)
    if "vegetation" in layers:
        codes = np.where(inside, layers["vegetation"], 0)
        stack.write("vegetation", tile, codes.astype(np.uint8))
        found.vegetation += np.bincount(codes.ravel(), minlength=256)
    for name in job.factors:
        values = layers["land_use"] if name == "land_use" else made[f"factor_{name}"]
        levels = reclass(values, job.choices.of_levels(name))
        levels[~inside] = np.nan
        stack.write(f"level_{name}", tile, levels)
        found.extremes[f"level_{name}"] = Extremes.of(levels)
        found.lacking[name] = set(missing_classes(values, job.choices.of_levels(name)))
    return found


def _extremes(values: NDArray[Any], inside: NDArray[np.bool_]) -> Extremes:
    if inside.all():
        return Extremes.of(values)
    return reduce(Extremes.merge, (Extremes.of(band[inside]) for band in values))


@dataclass(frozen=True, slots=True)
class Scored:
    """Entropy sums of the levels of resistance, extremes of the importance."""

    entropy: dict[str, EntropySums]
    importance: Extremes

    def merge(self, other: Scored) -> Scored:
        sums = {name: one.merge(other.entropy[name]) for name, one in self.entropy.items()}
        return Scored(sums, self.importance.merge(other.importance))


def score(job: Job, limits: Mapping[str, Extremes], tile: Tile) -> Scored:
    """Second pass: the importance of each cell."""
    stack = job.stack
    used = {name: stack.read(name, tile) for name, weight in job.choices.weights.items() if weight > 0}
    importance = importance_score(used, limits, job.choices.weights)
    importance[stack.read("land_use", tile) == 0] = np.nan
    stack.write("importance", tile, importance)
    levels = {name: stack.read(f"level_{name}", tile) for name in job.factors}
    sums = entropy_sums(levels, {name: limits[f"level_{name}"] for name in levels})
    return Scored(sums, Extremes.of(importance))


def rate(job: Job, edges: NDArray[np.float64], weights: Mapping[str, float], tile: Tile) -> Record:
    """Third pass: class of importance and resistance; the record of the regions that source patches come from."""
    stack = job.stack
    classes = classify(stack.read("importance", tile), edges)
    stack.write("importance_class", tile, classes)
    levels = {name: stack.read(f"level_{name}", tile) for name in weights}
    stack.write("resistance", tile, weighted_resistance(levels, weights))
    rules = job.choices.rules
    regions = source_regions(classes, stack.read("land_use", tile), rules)
    return tile_record(regions, tile, stack.grid.shape, rules.neighbours, contacts=True)


def source_patches(job: Job, joined: Joined, settled: Settled, tile: Tile) -> None:
    """Fourth pass: the source patches, from which the cost distance is measured."""
    stack, rules = job.stack, job.choices.rules
    classes = stack.read("importance_class", tile)
    regions = source_regions(classes, stack.read("land_use", tile), rules)
    found = tile_patches(regions, tile, joined, rules.neighbours)
    stack.write("patch", tile, settled.patch[found])
    stack.write("category", tile, _category(settled, found, classes))


def _category(settled: Settled, found: NDArray[Any], classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As `maps.sinks.sink_pattern` has it."""
    kind = settled.kind[found]
    return np.where(settled.patch[found] > 0, kind - 1, np.where(classes > 0, 4, 0)).astype(np.uint8)


def potential_record(job: Job, cutoff: float, tile: Tile) -> Record:
    """Fifth pass: the record of the regions that potential sinks come from."""
    regions = _potential(job, cutoff, tile)
    return tile_record(regions, tile, job.stack.grid.shape, job.choices.rules.neighbours, contacts=True)


def _potential(job: Job, cutoff: float, tile: Tile) -> NDArray[np.uint8]:
    classes, land, category, cost = (
        job.stack.read(name, tile) for name in ("importance_class", "land_use", "category", "cost")
    )
    return potential(classes, land, category, cost, cutoff, job.choices.rules)


def sink_patches(job: Job, cutoff: float, joined: Joined, settled: Settled, before: int, tile: Tile) -> None:
    """Sixth pass: potential sinks beside the sources, in arrays of their own: other tiles still read the old ones."""
    found = tile_patches(_potential(job, cutoff, tile), tile, joined, job.choices.rules.neighbours)
    patch = settled.patch[found]
    stack = job.stack
    stack.write("sink_patch", tile, np.where(patch > 0, patch + before, stack.read("patch", tile)).astype(np.int32))
    stack.write("sink", tile, np.where(patch > 0, POTENTIAL, stack.read("category", tile)).astype(np.uint8))


@dataclass(slots=True)
class Counted:
    """Of some tiles: the profile of each patch, exact sums of quantities over it, the land use around it, cells by
    class of importance and by sink category and land use."""

    profile: Profile
    sums: dict[str, Zonal]
    around: NDArray[np.int64]
    classes: NDArray[np.int64]
    land_use: NDArray[np.int64]

    def merge(self, other: Counted) -> Counted:
        self.profile.merge(other.profile)
        for name, zonal in other.sums.items():
            self.sums[name].merge(zonal)
        self.around += other.around
        self.classes += other.classes
        self.land_use += other.land_use
        return self


def count(job: Job, patches: int, ring: int, bare: frozenset[Tile], tile: Tile) -> Counted:
    """Seventh pass: what the tables tell of patches and categories. bare: tiles that are passed over."""
    stack, grid = job.stack, job.stack.grid
    patch, sink, classes, land = (
        stack.read(name, tile) for name in ("sink_patch", "sink", "importance_class", "land_use")
    )
    below = right = None
    if tile.row1 < grid.rows:
        below = stack.read("sink_patch", Tile(tile.row1, tile.row1 + 1, tile.column0, tile.column1))[0]
    if tile.column1 < grid.columns:
        right = stack.read("sink_patch", Tile(tile.row0, tile.row1, tile.column1, tile.column1 + 1))[:, 0]
    profile = Profile.empty(patches)
    profile.add(patch, sink, classes, land, tile.row0, tile.column0, below, right)
    # A tile counts the sides to the next ones; a bare one is not there to count those to this one.
    if any(b.row1 == tile.row0 and b.column0 == tile.column0 for b in bare):
        profile.sides[1] += np.bincount(patch[0], minlength=patches + 1)
    if any(b.column1 == tile.column0 and b.row0 == tile.row0 for b in bare):
        profile.sides[0] += np.bincount(patch[:, 0], minlength=patches + 1)
    profile.sides[:, 0] = 0
    sums = {}
    for name in VALUES:
        if stack.has(name):
            sums[name] = Zonal.empty(patches)
            sums[name].add(patch, stack.read(name, tile), tile.row0, tile.column0)
    wide, inner = stack.around(tile, ring)
    margin = (inner[0].start, wide.shape[0] - inner[0].stop, inner[1].start, wide.shape[1] - inner[1].stop)
    around = (
        surroundings(stack.read("sink_patch", wide), stack.read("land_use", wide), patches, CODES, ring, margin)
        if ring and patches
        else np.zeros((patches + 1, len(CODES)), np.int64)
    )
    return Counted(
        profile, sums, around, np.bincount(classes.ravel(), minlength=6).astype(np.int64),
        cross_table(sink.astype(np.int32), land, 4, CODES),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the passes found, beside the layers of the stack."""

    prepared: Prepared
    limits: Mapping[str, Extremes]
    edges: NDArray[np.float64]
    gvf: float
    weights: Mapping[str, FactorWeight]
    cutoff: float
    sources: int
    patches: int
    candidates: tuple[int, int]
    counted: Counted


PASSES = ("layers", "importance", "classes", "sources", "cost", "potential", "sinks", "tables")
CLASSES = 5


class NoCellsError(ValueError):
    """No cell has all quantities that have a weight."""


Each = Callable[[Callable[[Tile], Any]], Iterator[Any]]
"""Results of a function for each tile that holds land, in order."""
Measure = Callable[[Stack, int], None]
"""Fills the arrays cost and allocation of a stack from resistance and patch."""


def run(
    job: Job, crew: Crew, measure: Measure, ring: int, told: Callable[[str], None] = lambda name: None,
    amend: Callable[[Prepared], None] = lambda prepared: None, tick: Callable[[float], None] = lambda share: None,
) -> Mapped:  # fmt: skip
    """All passes. `told` hears the name of each of PASSES as it begins, `tick` the share of all passes that is done,
    which never falls; `amend` may change values of the stack after the first and what was recorded of them.

    Tiles without land use are passed over after the first pass. Raises ValueError: no cell has all quantities that have
    a weight.
    """
    stack, rules = job.stack, job.choices.rules
    _add(job)
    tiles = stack.tiles

    def each(name: str, work: Callable[[Tile], Any]) -> Iterator[Any]:
        told(name)
        before = PASSES.index(name)
        for number, found in enumerate(crew.each(work, tiles), 1):
            tick((before + number / len(tiles)) / len(PASSES))
            yield found

    def quietly(work: Callable[[Tile], Any]) -> Iterator[Any]:
        return crew.each(work, tiles)

    prepared, filled = Prepared(), []
    for tile, found in zip(tiles, each("layers", partial(prepare, job)), strict=True):
        if not found.empty:
            filled.append(tile)
            prepared.merge(found)
    tiles, passed = filled, frozenset(tiles) - frozenset(filled)
    bare = [_bare(tile) for tile in sorted(passed)]
    if not tiles:
        raise NoCellsError("no cell has all quantities that have a weight")
    amend(prepared)
    if not all(prepared.extremes[name].count for name, weight in job.choices.weights.items() if weight > 0):
        raise NoCellsError("no cell has all quantities that have a weight")
    limits = {name: _limits(job, quietly, prepared, name) for name in prepared.extremes}
    scored = reduce(Scored.merge, each("importance", partial(score, job, limits)))
    edges, gvf = _edges(job, quietly, scored.importance)
    weights = _weights(job, scored)
    of_factor = {name: one.weight for name, one in weights.items()}
    joined = join_records([*each("classes", partial(rate, job, edges, of_factor)), *bare], rules.neighbours)
    settled = categorise(joined, job.cell_area, rules)
    candidates = int(joined.cells[joined.value == 2].sum()), int(joined.cells[joined.value == 3].sum())
    _done(each("sources", partial(source_patches, job, joined, settled)))
    told("cost")
    measure(stack, settled.count)
    cutoff = _cutoff(job, quietly) if settled.count else float("nan")
    joined = join_records([*each("potential", partial(potential_record, job, cutoff)), *bare], rules.neighbours)
    found = potential_patches(joined, job.cell_area, rules)
    _done(each("sinks", partial(sink_patches, job, cutoff, joined, found, settled.count)))
    patches = settled.count + found.count
    counted = reduce(Counted.merge, each("tables", partial(count, job, patches, ring, passed)))
    return Mapped(prepared, limits, edges, gvf, weights, cutoff, settled.count, patches, candidates, counted)


def _bare(tile: Tile) -> Record:
    """The record of a tile without data, as `tile_record` has it."""
    none, borders = np.zeros(1, np.int64), [np.zeros(n, np.int32) for n in (tile.shape[1], tile.shape[0])]
    north, west = borders
    pairs = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
    return Record(tile, none, none, none, np.zeros(1, np.bool_), north, north, west, west, *pairs)


def _done(results: Iterable[Any]) -> None:
    for _ in results:
        pass


def _add(job: Job) -> None:
    there = made_by(job.methods, job.sources)
    for name in (*there, "importance", "resistance", *(f"level_{f}" for f in job.factors)):
        job.stack.add(name, "float32")
    codes = ("land_use", "importance_class", "category", "sink")
    for name in (*codes, *(["vegetation"] if "vegetation" in job.sources else [])):
        job.stack.add(name, "uint8")
    for name in ("patch", "sink_patch", "allocation"):
        job.stack.add(name, "int32")
    job.stack.add("cost", "float64")


def _limits(job: Job, each: Each, prepared: Prepared, name: str) -> Extremes:
    """Between which a layer is brought to 0..1: its extremes, or without the shares at either end."""
    extremes = prepared.extremes[name]
    trim = job.choices.trim
    if name not in job.choices.weights or trim == 0 or extremes.constant or not extremes.count:
        return extremes
    bins = Bins.covering(extremes.minimum, extremes.maximum)
    return robust_limits(_histogram(job, each, name, bins), trim)


def _numbers(stack: Stack, name: str, tile: Tile) -> NDArray[Any]:
    values: NDArray[Any] = stack.read(name, tile)
    return reachable(values) if name == "cost" else values


def _fill(stack: Stack, name: str, bins: Bins, tile: Tile) -> Histogram:
    return Histogram.on(_numbers(stack, name, tile), bins)


def _histogram(job: Job, each: Each, name: str, bins: Bins) -> Histogram:
    found: Histogram = reduce(Histogram.merge, each(partial(_fill, job.stack, name, bins)))
    return found


def _breaks(job: Job, each: Each, name: str, classes: int, extremes: Extremes) -> Breaks:
    """Of more values than are sorted: as `natural_breaks` has them."""
    bins = Bins.covering(extremes.minimum, extremes.maximum)
    for _ in range(ROUNDS):
        histogram = _histogram(job, each, name, bins)
        found = natural_breaks(histogram, classes)
        if found.gap <= GAP or (finer := finer_bins(histogram, classes)).same(bins):
            break
        bins = finer
    return found


def _edges(job: Job, each: Each, extremes: Extremes) -> tuple[NDArray[np.float64], float]:
    if not extremes.count:
        raise NoCellsError("no cell has all quantities that have a weight")
    if given := job.choices.breaks:
        return np.array([min(0.0, *given), *given, max(1.0, *given)]), float("nan")
    if job.stack.grid.rows * job.stack.grid.columns <= EXACT:
        found = natural_breaks(job.stack.read("importance"))
    else:
        found = _breaks(job, each, "importance", CLASSES, extremes)
    return found.edges, found.gvf


def _weights(job: Job, scored: Scored) -> dict[str, FactorWeight]:
    try:
        entropy = entropy_weights(scored.entropy)
    except ValueError:
        entropy = {name: FactorWeight(1.0, 0.0, 1 / len(job.factors)) for name in job.factors}
    return chosen_weights(entropy, job.choices.resistance_weights)


def _reach(stack: Stack, tile: Tile) -> Extremes:
    return Extremes.of(_numbers(stack, "cost", tile))


def _known(stack: Stack, tile: Tile) -> NDArray[Any]:
    values = _numbers(stack, "cost", tile)
    known: NDArray[Any] = values[~np.isnan(values)]
    return known


def _within(stack: Stack, low: float, high: float, tile: Tile) -> NDArray[Any]:
    values = _known(stack, tile)
    return values[(values > low) & (values <= high)]


def _cutoff(job: Job, each: Each) -> float:
    """As `cost_cutoff` has it of the whole raster."""
    stack, rules = job.stack, job.choices.rules
    if rules.cutoff == "value":
        return rules.cost_value
    extremes = reduce(Extremes.merge, each(partial(_reach, stack)))
    if not extremes.count:
        return float("nan")
    if extremes.count <= EXACT:
        return cost_cutoff(np.concatenate(list(each(partial(_known, stack)))), rules)
    if rules.cutoff == "breaks":
        return float(_breaks(job, each, "cost", rules.cost_classes, extremes).edges[1])
    return _quantile(job, each, rules.cost_quantile, extremes)


def _quantile(job: Job, each: Each, share: float, extremes: Extremes) -> float:
    """Exact: the cells of the bin that it lies in are sorted."""
    bins = Bins.covering(extremes.minimum, extremes.maximum)
    cells = _histogram(job, each, "cost", bins).cells[:, 0]
    rank = max(int(np.ceil(share * extremes.count)), 1)
    total = np.cumsum(cells)
    at = int(np.searchsorted(total, rank))
    low, high = (bins.value(int(k) << bins.inner_bits) for k in (at, at + 1))
    inside = each(partial(_within, job.stack, -np.inf if at == 0 else low, high))
    return float(np.sort(np.concatenate(list(inside)))[rank - 1 - (int(total[at]) - int(cells[at]))])
