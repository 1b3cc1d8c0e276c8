"""The chain tile by tile is the chain of the whole raster; empty tiles cost nothing."""

import math
import time
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

pytest.importorskip("rasterio")
pytest.importorskip("zarr")

import shapely

from halosink.maps.chain import Choices, Inputs, map_sinks
from halosink.maps.cost.tiled import tiled_cost_distance
from halosink.maps.grid import Grid, Tile
from halosink.maps.patches.profile import CODES
from halosink.maps.patches.rings import surroundings
from halosink.maps.patches.tiled import tile_record
from halosink.maps.patches.zones import cross_table
from halosink.maps.quantities import Methods, quantities
from halosink.maps.rules import Rules
from halosink.study_region import boundary, passes
from halosink.study_region.store import Stack
from halosink.study_region.work import Crew

CRS = "EPSG:32644"
CELL = 500.0
FACTORS = ("accumulated_temperature", "annual_precipitation", "elevation", "land_use")
METHODS = Methods("given", True, "stock", "land_use", factors=FACTORS)
SMALL = Rules(minimum_primary_km2=2.0, minimum_secondary_km2=1.0, minimum_potential_km2=1.0, inclusion_km2=1.0)
CHOICES = Choices({"nep": 0.5, "vegetation_carbon": 0.25, "soil_carbon": 0.25}, SMALL)
LAND = np.array([12, 33, 32, 31, 21, 62, 63, 41, 51, 64], np.uint8)


@dataclass
class Given:
    """A layer on the grid itself."""

    values: np.ndarray
    reads: int = 0

    def read(self, grid: Grid, tile: Tile, year: int | None = None) -> np.ndarray:
        self.reads += 1
        values = self.values[(..., *tile.window)].copy()
        return values[None] if values.ndim == 2 and values.dtype.kind == "f" else values


def world(seed: int, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)

    def smooth(width: float) -> np.ndarray:
        field = gaussian_filter(rng.standard_normal(shape), width, mode="wrap")
        return ((field - field.min()) / max(np.ptp(field), 1e-12)).astype(np.float32)

    height = 800 + 3000 * smooth(12)
    month = np.arange(12, dtype=np.float32)[:, None, None]
    layers = {
        "land_use": LAND[np.minimum((smooth(5) * len(LAND)).astype(int), len(LAND) - 1)],
        "npp": 600 * smooth(8),
        "temperature": 20 * np.sin(month / 2) + 10 - height[None] / 300,
        "precipitation": np.broadcast_to(40 * smooth(20), (12, *shape)).astype(np.float32),
        "elevation": height,
        "topsoil_organic_carbon": 30 * smooth(6),
        "topsoil_bulk_density": np.full(shape, 1.3, np.float32),
    }
    layers["land_use"][rng.random(shape) < 0.001] = 0
    layers["npp"][rng.random(shape) < 0.01] = np.nan
    layers["elevation"] = layers["elevation"].copy()
    layers["elevation"][rng.random(shape) < 0.001] = np.nan
    return {name: np.ascontiguousarray(v if name == "land_use" else v.astype(np.float32)) for name, v in layers.items()}


def grid_of(shape: tuple[int, int]) -> Grid:
    return Grid(CRS, 450_000.0, 4_600_000.0, CELL, CELL, *shape)


def measure(stack: Stack, patches: int) -> None:
    arrays = [stack.array(name) for name in ("resistance", "patch", "cost", "allocation")]
    tiled_cost_distance(*arrays, stack.grid.width, stack.grid.height, tile=stack.tile)


def tiled(folder, layers, tile, choices=CHOICES, methods=METHODS, edge=None, crew=None, ring=4, **more):
    shape = layers["land_use"].shape
    stack = Stack(folder / f"stack{tile}", grid_of(shape), tile)
    sources = {name: Given(values) for name, values in layers.items()}
    job = passes.Job(stack, sources, edge, methods, choices)
    return job, passes.run(job, crew or Crew(), measure, ring, **more)


def whole(layers, choices=CHOICES, methods=METHODS, edge=None):
    grid = grid_of(layers["land_use"].shape)
    inside = boundary.mask(edge, grid, Tile(0, grid.rows, 0, grid.columns))
    land = np.where(inside, layers["land_use"], 0).astype(np.uint8)
    made = quantities(layers | {"land_use": land}, methods)
    values = {name: made[name] for name in choices.weights}
    factors = {name.removeprefix("factor_"): v for name, v in made.items() if name.startswith("factor_")}
    inputs = Inputs(land, values, factors, grid.width, grid.height)
    return made, inputs, map_sinks(inputs, choices)


def agree(job, mapped, layers, choices=CHOICES, methods=METHODS, edge=None) -> None:
    made, inputs, found = whole(layers, choices, methods, edge)
    stack = job.stack
    for name, values in {
        "nep": made["nep"], "soil_carbon": made["soil_carbon"], "importance": found.importance,
        "importance_class": found.importance_class, "resistance": found.resistance, "cost": found.cost,
        "allocation": found.allocation, "sink": found.pattern.category, "sink_patch": found.pattern.patch,
    }.items():  # fmt: skip
        assert stack.read(name).tobytes() == np.ascontiguousarray(values).tobytes(), name
    assert mapped.edges.tobytes() == found.edges.tobytes()
    assert np.array(mapped.cutoff).tobytes() == np.array(found.cutoff).tobytes()
    assert {n: w.weight for n, w in mapped.weights.items()} == {n: w.weight for n, w in found.weights.items()}
    assert mapped.patches == len(found.pattern.table)
    by_land = cross_table(found.pattern.category.astype(np.int32), inputs.land_use, 4, CODES)
    assert (mapped.counted.land_use == by_land).all()
    near = surroundings(found.pattern.patch, inputs.land_use, mapped.patches, CODES, 4)
    assert (mapped.counted.around == near).all()
    area = stack.grid.cell_area
    table = mapped.counted.profile.table(choices.rules, stack.grid.width, stack.grid.height)
    for column in ("cells", "category", "importance", "perimeter_km", "row", "natural_share"):
        assert np.array_equal(table[column], found.pattern.table[column], equal_nan=True), column
    for name, zonal in mapped.counted.sums.items():
        inside = np.where(found.pattern.patch > 0, made[name], np.nan).astype(np.float64)
        truth = math.fsum(inside[np.isfinite(inside)].tolist())
        sums = float(np.nansum(zonal.sums()[1:]))
        assert sums * area == pytest.approx(truth * area, rel=1e-9, abs=1e-6), name
        everywhere = made[name].astype(np.float64)
        total = math.fsum(everywhere[np.isfinite(everywhere)].tolist())
        assert mapped.prepared.sums[name].total() == pytest.approx(total, rel=1e-12), name


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("tile", [64, 100, 333, 1024])
def test_tiles_give_what_the_whole_gives(tmp_path, seed, tile) -> None:
    layers = world(seed, (190, 260))
    agree(*tiled(tmp_path, layers, tile), layers)


def test_threads_change_nothing(tmp_path) -> None:
    layers = world(3, (150, 170))
    agree(*tiled(tmp_path, layers, 64, crew=Crew(workers=3)), layers)


@pytest.mark.parametrize(
    "changes",
    [
        {"trim": 0.02},
        {"breaks": (0.2, 0.3, 0.4, 0.5)},
        {"resistance_weights": {"elevation": 0.6, "land_use": 0.4}},
        {"rules": replace(SMALL, cutoff="quantile", neighbours=4, connected="any")},
        {"rules": replace(SMALL, cutoff="value", cost_value=2e5, connected="between")},
    ],
    ids=["trim", "breaks", "weights", "quantile", "value"],
)
def test_choices(tmp_path, changes) -> None:
    layers, choices = world(4, (140, 200)), replace(CHOICES, **changes)
    agree(*tiled(tmp_path, layers, 64, choices), layers, choices)


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (65, 64), (2, 2)])
def test_narrow_grids(tmp_path, shape) -> None:
    layers = world(5, shape)
    layers["land_use"][0, 0] = 33
    layers["npp"] = np.nan_to_num(layers["npp"], nan=100.0)
    agree(*tiled(tmp_path, layers, 64), layers)


def test_no_source_patch(tmp_path) -> None:
    layers = world(6, (90, 130))
    layers["land_use"][:] = 62
    job, mapped = tiled(tmp_path, layers, 64)
    agree(job, mapped, layers)
    assert mapped.sources == 0 and mapped.patches == 0 and math.isnan(mapped.cutoff)


def test_all_of_one_class(tmp_path) -> None:
    layers = world(7, (90, 130))
    for name in ("npp", "precipitation", "elevation", "topsoil_organic_carbon", "temperature"):
        layers[name][:] = 5.0
    layers["land_use"][:] = 33
    agree(*tiled(tmp_path, layers, 64), layers)


def test_a_layer_without_data_in_some_tiles(tmp_path) -> None:
    layers = world(8, (130, 200))
    layers["npp"][:64, :64] = np.nan
    layers["elevation"][64:128, :] = np.nan
    agree(*tiled(tmp_path, layers, 64), layers)


def test_without_a_factor(tmp_path) -> None:
    layers, methods = world(9, (100, 100)), replace(METHODS, factors=("elevation",))
    choices = replace(CHOICES, land_resistance=False)
    agree(*tiled(tmp_path, layers, 64, choices, methods), layers, choices, methods)


def test_no_cell_has_all(tmp_path) -> None:
    layers = world(10, (70, 70))
    layers["npp"][:] = np.nan
    with pytest.raises(ValueError, match="no cell"):
        tiled(tmp_path, layers, 64)
    layers["land_use"][:] = 0
    with pytest.raises(ValueError, match="no cell"):
        tiled(tmp_path, layers, 100)


def corner(grid: Grid, right: float = 0, down: float = 0) -> boundary.Boundary:
    """A slanting piece of the upper left, or so many cells from there."""
    x, y = grid.left + right * CELL, grid.top - down * CELL
    shape = shapely.Polygon([(x, y), (x + 70 * CELL, y - 10 * CELL), (x + 20 * CELL, y - 80 * CELL)])
    return boundary.Boundary(shapely.to_wkb(shape), CRS)


def test_a_boundary_that_leaves_most_tiles_empty(tmp_path) -> None:
    layers = world(11, (400, 500))
    edge = corner(grid_of((400, 500)))
    job, mapped = tiled(tmp_path, layers, 64, edge=edge)
    agree(job, mapped, layers, edge=edge)
    filled = job.stack.filled()
    assert len(filled) == 3 and len(job.stack.tiles) == 56
    assert job.sources["npp"].reads == 3 and job.sources["land_use"].reads == 3


def along_tiles(grid: Grid) -> boundary.Boundary:
    """Two boxes whose sides lie on the borders of tiles of 64 cells, and which meet in a corner."""
    boxes = [shapely.box(64 * a, -64 * d, 64 * b, -64 * c) for a, b, c, d in ((2, 4, 1, 3), (4, 5, 3, 4))]
    places = shapely.transform(shapely.MultiPolygon(boxes), lambda p: p * CELL + [grid.left, grid.top])
    return boundary.Boundary(shapely.to_wkb(places), CRS)


@pytest.mark.parametrize("place", [(130, 70), (300, 260), None])
def test_a_boundary_with_empty_tiles_all_around(tmp_path, place) -> None:
    layers = world(15, (400, 500))
    layers["land_use"][layers["land_use"] > 40] = 31
    grid = grid_of((400, 500))
    edge = corner(grid, *place) if place else along_tiles(grid)
    job, mapped = tiled(tmp_path, layers, 64, edge=edge)
    assert mapped.patches > 0 and len(job.stack.filled()) < 12
    agree(job, mapped, layers, edge=edge)


def test_empty_tiles_cost_almost_nothing(tmp_path) -> None:
    """1024 tiles, of which four hold land, take less than three times as long as those four alone."""
    few, many = world(12, (96, 96)), {"land_use": np.zeros((2048, 2048), np.uint8)}
    for name, values in few.items():
        many.setdefault(name, np.full((*values.shape[:-2], 2048, 2048), np.nan, np.float32))[..., :96, :96] = values
    edge = corner(grid_of((96, 96)))

    def seconds(layers: dict[str, np.ndarray], folder: str) -> float:
        begun = time.process_time()
        job = passes.Job(Stack(tmp_path / folder, grid_of(layers["land_use"].shape), 64),
                         {n: Given(v) for n, v in layers.items()}, edge, METHODS, CHOICES)  # fmt: skip
        passes.run(job, Crew(), lambda stack, patches: None, 4)
        return time.process_time() - begun

    seconds(few, "compiled")
    alone = min(seconds(few, f"few{k}") for k in range(2))
    assert seconds(many, "many") < 3 * alone + 1020 * 0.003


def test_record_of_a_tile_without_data() -> None:
    tile = Tile(64, 128, 0, 50)
    mine, theirs = passes._bare(tile), tile_record(np.zeros(tile.shape, np.uint8), tile, (200, 50), 8, contacts=True)
    for name in ("value", "first", "cells", "edge", "north", "south", "west", "east", "pairs", "sides"):
        one, other = getattr(mine, name), getattr(theirs, name)
        assert one.dtype == other.dtype and np.array_equal(one, other), name


def test_more_cells_than_are_sorted(tmp_path, monkeypatch) -> None:
    """Breaks and cutoffs through histograms; the quantile is still that of the whole."""
    layers = world(13, (200, 260))
    monkeypatch.setattr(passes, "EXACT", 1000)
    for cutoff in ("breaks", "quantile"):
        choices = replace(CHOICES, rules=replace(SMALL, cutoff=cutoff))
        job, mapped = tiled(tmp_path, layers, 100, choices)
        _, _, found = whole(layers, choices)
        assert mapped.edges == pytest.approx(found.edges, abs=1e-6)
        known = job.stack.read("cost")
        known = known[np.isfinite(known) & (known > 0)]
        if cutoff == "quantile":
            assert mapped.cutoff == np.quantile(known, 0.2, method="inverted_cdf")
        else:
            assert mapped.cutoff == pytest.approx(found.cutoff, rel=1e-4)


def test_progress_rises(tmp_path) -> None:
    heard: list[float] = []
    names: list[str] = []
    tiled(tmp_path, world(14, (190, 260)), 64, tick=heard.append, told=names.append)
    assert tuple(names) == passes.PASSES
    assert heard == sorted(heard) and heard[-1] == 1.0 and len(set(heard)) >= 15 * 7


def test_crew_keeps_the_order() -> None:
    assert list(Crew(workers=4).each(partial(pow, 2), range(50))) == [2**k for k in range(50)]
    with pytest.raises(ZeroDivisionError):
        list(Crew(workers=4).each(lambda k: 1 // k, [3, 2, 0, 1]))
