"""Least accumulated cost: processor time beside xarray-spatial, bytes per cell, two threads, larger than memory.

    python benchmarks/maps_cost.py                      in memory, 1e7 cells
    python benchmarks/maps_cost.py --cells 1e8          the size the limits are set for (about 4 GB)
    python benchmarks/maps_cost.py --threads 2          tile by tile in memory: one thread and two
    python benchmarks/maps_cost.py --disk FOLDER --cells 1e9    out of core; takes 20 bytes of disk per cell

The surface is `maps_cost_county.surface`. Processor time is the least of the runs, wall time is given beside it with
the load of the machine. Bytes per cell: the highest resident memory while it runs, less that before the surface was
made, so with resistance and sources. Out of core, the rasters are files read and written by windows; the answer is
judged cell by cell (tests/maps_cost_certificate.py), and against the whole in memory up to 1e8 cells.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from halosink.maps.cost.distance import cost_distance
from halosink.maps.cost.tiled import tiled_cost_distance
from maps_cost_certificate import all_faults
from maps_cost_county import surface

BYTES, FASTER, MEMORY = 25.0, 1.6, 4e9


def resident(name: str = "VmRSS") -> int:
    """Bytes; VmHWM the highest since `forget`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


def forget() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Processor and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def compile_all() -> None:
    resistance, sources, cell = surface(64)
    cost_distance(resistance, sources, cell, cell)
    distance, allocation = np.empty((64, 64)), np.empty((64, 64), np.int32)
    tiled_cost_distance(resistance, sources, distance, allocation, cell, cell, 20)
    all_faults(resistance, sources, distance, allocation, cell, cell)


def in_memory(side: int, rounds: int) -> bool:
    before = resident()
    resistance, sources, cell = surface(side)
    sources += 0  # every page of it resident
    masked = float(np.isnan(resistance).mean())
    span = f"{np.nanmin(resistance):.2f} to {np.nanmax(resistance):.2f}"
    print(f"{side} x {side} cells, {masked:.1%} masked, resistance {span}")
    ours, theirs, distance, allocation = [], [], np.empty(0), np.empty(0)
    forget()
    for _ in range(rounds):
        del distance, allocation
        cpu, wall = time.process_time(), time.perf_counter()
        distance, allocation = cost_distance(resistance, sources, cell, cell)
        ours.append((time.process_time() - cpu, time.perf_counter() - wall))
    peak = (resident("VmHWM") - before) / resistance.size
    print(f"halosink: {min(ours)[0]:.2f} s CPU, {min(o[1] for o in ours):.2f} s wall, {peak:.1f} bytes per cell")
    del allocation
    ratio = float("nan")
    try:
        import xarray as xr
        from xrspatial import cost_distance as peer
    except ImportError:
        print("xarray-spatial is not installed: no ratio")
    else:
        axes = {"y": -cell * np.arange(side), "x": cell * np.arange(side)}
        friction = xr.DataArray(resistance, dims=("y", "x"), coords=axes)
        starts = xr.DataArray(sources.astype(np.float32), dims=("y", "x"), coords=axes)
        peer(starts[:64, :64], friction[:64, :64])
        for _ in range(rounds):
            cpu, wall = time.process_time(), time.perf_counter()
            found = peer(starts, friction)
            theirs.append((time.process_time() - cpu, time.perf_counter() - wall))
        ratio = min(ours)[0] / min(theirs)[0]
        print(f"xarray-spatial: {min(theirs)[0]:.2f} s CPU, {min(t[1] for t in theirs):.2f} s wall; ratio {ratio:.2f}")
        worst = 0.0
        for row in range(0, side, 500):
            part, other = distance[row : row + 500], found.values[row : row + 500]
            both = np.isfinite(part) & (part > 0)
            worst = max(worst, float(np.abs(other[both] / part[both] - 1).max(initial=0)))
        print(f"largest relative difference to it (it gives float32): {worst:.1e}")
    return peak <= BYTES and not ratio > 1


def by_threads(side: int, threads: int, tile: int, rounds: int) -> bool:
    resistance, sources, cell = surface(side)
    whole = cost_distance(resistance, sources, cell, cell)
    distance, allocation = np.empty(resistance.shape), np.empty(resistance.shape, np.int32)
    best, same = {1: (9e9, 9e9), threads: (9e9, 9e9)}, True
    for _ in range(rounds):
        for number in best:

            def work(number: int = number) -> None:
                tiled_cost_distance(resistance, sources, distance, allocation, cell, cell, tile, number)

            cpu, wall = timed(work)
            best[number] = min(best[number][0], cpu), min(best[number][1], wall)
            same &= np.array_equal(distance, whole.distance, equal_nan=True)
            same &= np.array_equal(allocation, whole.allocation)
    for number, (cpu, wall) in best.items():
        print(f"{side} x {side} cells, tiles of {tile}, {number} threads: {cpu:.2f} s CPU, {wall:.2f} s wall")
    print(f"{best[1][1] / best[threads][1]:.2f} times as fast; bits as in memory: {same}")
    return same and best[1][1] / best[threads][1] >= FASTER


class File:
    """A raster in a file, mapped only while a window is read or written, so that it takes no memory in between."""

    def __init__(self, path: Path, shape: tuple[int, int], kind: type):
        self.path, self.shape, self.dtype = path, shape, np.dtype(kind)
        with path.open("wb") as file:
            file.truncate(shape[0] * shape[1] * self.dtype.itemsize)

    def __getitem__(self, window: tuple[slice, slice]) -> np.ndarray:
        return np.array(np.memmap(self.path, self.dtype, "r", shape=self.shape)[window])

    def __setitem__(self, window: tuple[slice, slice], values: np.ndarray) -> None:
        np.memmap(self.path, self.dtype, "r+", shape=self.shape)[window] = values


def on_disk(side: int, folder: str, tile: int, threads: int) -> bool:
    base = min(side, 4096)
    resistance, sources, cell = surface(base)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        kinds = {"resistance": np.float32, "sources": np.int32, "distance": np.float64, "allocation": np.int32}
        files = {key: File(Path(name) / key, (side, side), kind) for key, kind in kinds.items()}
        mirrored = np.concatenate((np.arange(base), np.arange(base)[::-1]))[np.arange(side) % (2 * base)]
        for row in range(0, side, 512):
            rows = slice(row, min(row + 512, side))
            files["resistance"][rows, slice(0, side)] = resistance[mirrored[rows]][:, mirrored]
            if row < base:
                files["sources"][slice(row, min(row + 512, base)), slice(0, base)] = sources[row : row + 512]
        del resistance, sources
        forget()
        start = resident()
        found = {}

        def work() -> None:
            found.update(tiled_cost_distance(*files.values(), cell, cell, tile, threads))

        cpu, wall = timed(work)
        peak = resident("VmHWM")
        print(f"{side} x {side} = {side**2:.3g} cells on disk, tiles of {tile}, threads {threads}: {cpu:.0f} s CPU, "
              f"{wall:.0f} s wall, {peak / 1e9:.2f} GB resident at most ({start / 1e9:.2f} before)")  # fmt: skip
        print(", ".join(f"{key} {value:.2f}" for key, value in found.items()))
        wrong = all_faults(*files.values(), cell, cell)
        print(f"cells with a wrong distance {wrong[0]}, a wrong id {wrong[1]}, steps that raise nothing {wrong[2]}")
        fine = peak <= MEMORY and wrong == (0, 0, 0)
        if side * side <= 1.01e8:
            everything = slice(0, side), slice(0, side)
            whole = cost_distance(files["resistance"][everything], files["sources"][everything], cell, cell)
            same = np.array_equal(whole.distance, files["distance"][everything], equal_nan=True)
            same &= np.array_equal(whole.allocation, files["allocation"][everything])
            print(f"bits as in memory: {same}")
            fine &= same
    return fine


def main() -> int:
    ask = argparse.ArgumentParser()
    ask.add_argument("--cells", type=float, default=1e7)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--tile", type=int, default=512)
    ask.add_argument("--threads", type=int, default=0)
    ask.add_argument("--disk", metavar="FOLDER")
    args = ask.parse_args()
    side = round(args.cells**0.5)
    compile_all()
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    if args.disk:
        fine = on_disk(side, args.disk, args.tile, max(args.threads, 1))
    elif args.threads > 1:
        fine = by_threads(side, args.threads, args.tile, args.rounds)
    else:
        fine = in_memory(side, args.rounds)
    print(f"load of the machine {os.getloadavg()[0]:.1f}")
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
