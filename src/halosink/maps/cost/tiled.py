"""Least accumulated cost tile by tile: the same bits as in memory, on arrays larger than memory, by several threads.

Each tile is settled by itself, entered from the ring of cells around it wherever that lowers a cost; the tile with the
least such cost is next, until none is left. A distance is then the least over all ways of the same sums as in memory
(addition of floats does not decrease, so the order in which ways are tried cannot matter): no approximation. Then
ids follow the steps that meet the final distances exactly, again tile by tile, the smallest id kept.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from halosink.maps.cost.crossing import NONE, enter, leave, spread
from halosink.maps.cost.distance import look, refuse
from halosink.maps.cost.settling import bucket_plan, half_lengths, settle
from halosink.maps.grid import TILE

Index = tuple[int, int]
Window = tuple[slice, slice]


class Raster(Protocol):
    """Two dimensions read and written by windows: a numpy array, a memory map, a zarr array."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> Any: ...
    def __getitem__(self, window: Window, /) -> Any: ...


class Canvas(Raster, Protocol):
    """That can be written too."""

    def __setitem__(self, window: Window, values: Any, /) -> None: ...


class Edges:
    """The outermost rows and columns of every tile of one raster: what its neighbours see of it."""

    def __init__(self, shape: tuple[int, int], tile: int, dtype: Any, outside: float):
        self.tile, self.shape, self.outside = tile, shape, outside
        down, across = -(-shape[0] // tile), -(-shape[1] // tile)
        self.rows = np.full((2 * down, shape[1]), outside, dtype)
        self.columns = np.full((shape[0], 2 * across), outside, dtype)

    def keep(self, index: Index, inside: NDArray[Any]) -> None:
        (i, j), (rows, columns) = index, self.window(index)
        self.rows[2 * i, columns], self.rows[2 * i + 1, columns] = inside[0], inside[-1]
        self.columns[rows, 2 * j], self.columns[rows, 2 * j + 1] = inside[:, 0], inside[:, -1]

    def window(self, index: Index) -> Window:
        top, left = index[0] * self.tile, index[1] * self.tile
        return slice(top, min(top + self.tile, self.shape[0])), slice(left, min(left + self.tile, self.shape[1]))

    def ringed(self, index: Index, inside: NDArray[Any]) -> NDArray[Any]:
        """The tile with the cells around it, `outside` beyond the raster."""
        (i, j), (rows, columns) = index, self.window(index)
        whole = np.full((inside.shape[0] + 2, inside.shape[1] + 2), self.outside, self.rows.dtype)
        whole[1:-1, 1:-1] = inside
        left, right = max(columns.start - 1, 0), min(columns.stop + 1, self.shape[1])
        across = slice(left - columns.start + 1, right - columns.start + 1)
        if i > 0:
            whole[0, across] = self.rows[2 * i - 1, left:right]
        if rows.stop < self.shape[0]:
            whole[-1, across] = self.rows[2 * i + 2, left:right]
        if j > 0:
            whole[1:-1, 0] = self.columns[rows, 2 * j - 1]
        if columns.stop < self.shape[1]:
            whole[1:-1, -1] = self.columns[rows, 2 * j + 2]
        return whole


def tiled_cost_distance(
    resistance: Raster, sources: Raster, distance: Canvas, allocation: Canvas, width: float, height: float,
    tile: int = TILE, threads: int = 1,
) -> dict[str, float]:  # fmt: skip
    """`cost_distance` from raster to raster, holding `threads` tiles and the edges of all tiles in memory.

    resistance float32 or float64, sources int32, distance float64 and allocation int32, all (rows, columns); the last
    two need no content before and are complete afterwards. `width`, `height` of a cell in metres, `tile` in cells (a
    multiple of the chunks of the rasters reads fastest). Two threads never work on tiles that touch. Memory: about 50
    bytes per cell of a tile and thread and 64 / tile bytes per cell of the raster.

    Gives visits: tiles worked on per tile, for distances and for ids, and settled: cells settled per cell.
    Raises ValueError like `cost_distance`; nothing is written then.
    """
    shapes = {tuple(raster.shape) for raster in (resistance, sources, distance, allocation)}
    if len(shapes) != 1 or len(resistance.shape) != 2:
        raise ValueError(f"the four rasters must be two-dimensional and alike, not {sorted(shapes)}")
    if not (width > 0 and height > 0 and tile > 0 and threads > 0):
        raise ValueError("width, height, tile and threads must be above 0")
    run = _Run(resistance, sources, distance, allocation, half_lengths(width, height), tile)
    cells = run.shape[0] * run.shape[1]
    with ThreadPoolExecutor(threads) as pool:
        lowest, highest, first = run.look(pool)
        plan = bucket_plan(lowest, highest, width, height, cells)
        visits = _sweep(lambda index: run.settle(index, *plan), first, pool, threads)
        run.rewind()
        visits_ids = _sweep(run.spread, first, pool, threads)
    many, settled = max(len(first), 1), sum(run.settled.values())
    return {"visits": visits / many, "visits_ids": visits_ids / many, "settled": settled / max(cells, 1)}


class _Run:
    """The rasters, the edges of their tiles, and which tiles have been worked on."""

    def __init__(self, resistance: Raster, sources: Raster, distance: Canvas, allocation: Canvas,
                 halves: NDArray[np.float64], tile: int):  # fmt: skip
        self.resistance, self.sources, self.distance, self.allocation = resistance, sources, distance, allocation
        self.halves, self.shape = halves, (int(resistance.shape[0]), int(resistance.shape[1]))
        self.dtype = np.float32 if resistance.dtype == np.float32 else np.float64
        self.costs = Edges(self.shape, tile, self.dtype, np.nan)
        self.far = Edges(self.shape, tile, np.float64, np.nan)
        self.ids = Edges(self.shape, tile, np.int32, NONE)
        down, across = len(self.costs.rows) // 2, self.costs.columns.shape[1] // 2
        self.indices = [(i, j) for i in range(down) for j in range(across)]
        self.settled = dict.fromkeys(self.indices, 0)
        self.seen: set[Index] = set()

    def begun(self, index: Index) -> tuple[Any, ...]:
        """resistance, distance, allocation of a tile as `look` leaves them, and what it gives"""
        window = self.costs.window(index)
        resistance = np.ascontiguousarray(self.resistance[window], self.dtype)
        sources = np.ascontiguousarray(self.sources[window], np.int32)
        distance, allocation = np.empty(resistance.shape), np.empty(resistance.shape, np.int32)
        found = look(resistance.ravel(), sources.ravel(), distance.ravel(), allocation.ravel())
        return resistance, distance, allocation, found

    def look(self, pool: ThreadPoolExecutor) -> tuple[float, float, dict[Index, float]]:
        """Lowest and highest resistance, and the cost each tile starts at: 0 with sources, inf without."""
        lowest, highest, wrong, where, first = np.inf, -np.inf, 0, (0, 0), {}
        found = pool.map(self.first_look, self.indices)
        for index, ((low, high, bad, at), source) in zip(self.indices, found, strict=True):
            if bad and not wrong:
                rows, columns = self.costs.window(index)
                across = columns.stop - columns.start
                where = rows.start + at // across, columns.start + at % across
            wrong += bad
            lowest, highest = min(lowest, low), max(highest, high)
            first[index] = 0.0 if source else np.inf
        refuse(wrong, *where)
        return lowest, highest, first

    def first_look(self, index: Index) -> tuple[tuple[Any, ...], bool]:
        """Keep the edges of a tile; what `look` finds in it and whether it has a source."""
        resistance, distance, allocation, found = self.begun(index)
        self.costs.keep(index, resistance)
        self.far.keep(index, distance)
        return found, bool((allocation < 0).any())

    def rewind(self) -> None:
        """Every tile as not worked on, with final distances; what no source reached is written."""
        for index in self.indices:
            if index not in self.seen:
                window = self.far.window(index)
                self.distance[window], self.allocation[window] = self.begun(index)[1:3]
        self.seen.clear()

    def settle(self, index: Index, scale: float, ordered: bool) -> NDArray[np.float64]:
        """Settle the distances of a tile; gives what `leave` gives."""
        window, scan = self.far.window(index), index not in self.seen
        if scan:
            resistance, distance, allocation, _ = self.begun(index)
        else:
            resistance, distance = self.resistance[window], self.distance[window]
            allocation = np.zeros((1, 1), np.int32)
        costs, far = self.costs.ringed(index, resistance), self.far.ringed(index, distance)
        ids = self.ids.ringed(index, allocation) if scan else allocation
        starts = enter(costs, far, ids, self.halves, False)
        starts = starts[np.argsort(far[starts >> 32, starts & 0xFFFFFFFF], kind="stable")]
        rows, stride = far.shape
        box = np.array([1, rows - 1, 1, stride - 1])
        self.settled[index] += settle(
            costs.ravel(), far.ravel(), ids.ravel(), False, stride, box, starts, scan, self.halves, scale, ordered
        )
        self.seen.add(index)
        self.far.keep(index, far[1:-1, 1:-1])
        self.distance[window] = far[1:-1, 1:-1]
        least: NDArray[np.float64] = leave(costs, far, ids, self.halves, False)
        return least

    def spread(self, index: Index) -> NDArray[np.float64]:
        """Carry ids through a tile; gives what `leave` gives."""
        window, scan = self.ids.window(index), index not in self.seen
        resistance, _, allocation, _ = self.begun(index)
        far = self.far.ringed(index, self.distance[window])
        if not scan:
            known = self.allocation[window]
            allocation = np.where(allocation < 0, allocation, known)
        allocation[allocation == 0] = NONE
        costs, ids = self.costs.ringed(index, resistance), self.ids.ringed(index, allocation)
        starts = enter(costs, far, ids, self.halves, True)
        spread(costs, far, ids, self.halves, starts, scan)
        self.seen.add(index)
        inside = ids[1:-1, 1:-1]
        self.ids.keep(index, inside)
        self.allocation[window] = np.where(inside == NONE, 0, np.abs(inside))
        least: NDArray[np.float64] = leave(costs, far, ids, self.halves, True)
        return least


def _sweep(
    work: Callable[[Index], NDArray[np.float64]], first: dict[Index, float], pool: ThreadPoolExecutor, threads: int
) -> int:
    """Work on the tile with the least pending cost until none is pending; gives how often a tile was worked on."""
    pending = {index: cost for index, cost in first.items() if cost < np.inf}
    running: dict[Future[NDArray[np.float64]], Index] = {}
    visits = 0
    while pending or running:
        while len(running) < threads:
            free = [i for i in pending if all(abs(i[0] - j[0]) > 1 or abs(i[1] - j[1]) > 1 for j in running.values())]
            if not free:
                break
            index = min(free, key=lambda i: (pending[i], i))
            del pending[index]
            running[pool.submit(work, index)] = index
            visits += 1
        for done in wait(running, return_when=FIRST_COMPLETED).done:
            (i, j), least = running.pop(done), done.result()
            for r, c in np.argwhere(least < np.inf):
                index = (i + int(r) - 1, j + int(c) - 1)
                pending[index] = min(pending.get(index, np.inf), float(least[r, c]))
    return visits
