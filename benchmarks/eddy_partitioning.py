"""Partitioning of a site-year of half-hours, in processor time, against the peers' recorded seconds.

The year is made up (no data is needed). Besides one run, many runs with the same drivers, as over thresholds of u*, and
ten years at once.

python benchmarks/eddy_partitioning.py [ROUNDS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from eddy_partition_worlds import World, world
from halosink.eddy.partitioning.day_time import day_time
from halosink.eddy.partitioning.night_time import night_time

# s per site-year with one thread: REddyProc 1.3.3, diive 0.92, hesseflux 5.0
PEERS = {"night-time": (1.4, 0.19, 1.2), "day-time": (39.6, 4.5, 6.0)}
SHARE_MEASURED, NOISE = 0.55, 1.5


def best(run: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        run()
        found.append(time.process_time() - begin)
    return min(found)


def year(years: int = 1) -> tuple[World, np.ndarray, np.ndarray]:
    place = world(days=365 * years)
    draw = np.random.default_rng(11)
    nee = place.nee + draw.normal(0, NOISE, len(place.nee))
    measured = np.where(draw.random(len(nee)) < SHARE_MEASURED, nee, np.nan)
    return place, measured, nee


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    place, measured, nee = year()
    sd = np.full(len(nee), NOISE)
    runs: dict[str, Callable[[], object]] = {
        "night-time": lambda: night_time(place.drivers, measured, nee, sd),
        "day-time": lambda: day_time(place.drivers, measured, sd),
    }
    for name, run in runs.items():
        run()
        seconds = best(run, rounds)
        peers = ", ".join(
            f"{peer} {their / seconds:.0f} times"
            for peer, their in zip(("REddyProc", "diive", "hesseflux"), PEERS[name], strict=True)
        )
        print(f"{name:<12} {seconds:8.4f} s per site-year; {peers}")
    place, measured, nee = year(10)
    sd = np.full(len(nee), NOISE)
    print(f"night-time   {best(lambda: night_time(place.drivers, measured, nee, sd), 1):8.4f} s for ten years at once")
    print(f"day-time     {best(lambda: day_time(place.drivers, measured, sd), 1):8.4f} s for ten years at once")


if __name__ == "__main__":
    main()
