"""Carbon stocks with draws against a plain loop over profiles and draws with scipy, in the same run.

    python benchmarks/soil_stocks.py [ROUNDS]

Simulated table of 4,000 profiles with 3 to 12 layers; the loop does what a careful user writes: one profile after the
other, one draw after the other, with numpy and scipy's CubicSpline. It is timed on part of the profiles. With
HALOSINK_REFERENCE set, also the 115,359 layers of marsh_soil_ccn with 200 draws: seconds and memory above the start.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from halosink.soil.stocks.errors import Errors
from halosink.soil.stocks.table import Method, carbon_stocks
from soil_stock_studies import tidal_wetlands

PROFILES, LOOPED, DRAWS = 4000, 200, 200
DEPTH, MASS = 50.0, 5000.0


def made(number: int) -> pd.DataFrame:
    rng = np.random.default_rng(9)
    parts = []
    for i in range(number):
        limits = np.concatenate([[0.0], np.cumsum(rng.uniform(8, 25, rng.integers(3, 13)))])
        limits[-1] = max(limits[-1], 60.0)
        n = len(limits) - 1
        parts.append(
            pd.DataFrame(
                {
                    "core": f"c{i}",
                    "depth_top": limits[:-1],
                    "depth_bottom": limits[1:],
                    "bulk_density": rng.uniform(1.1, 1.5, n),
                    "soil_organic_carbon": 20 * np.exp(-limits[:-1] / 40) * rng.uniform(0.8, 1.2, n),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def plain(frame: pd.DataFrame, method: Method, errors: Errors) -> list[float]:
    """One profile and one draw after the other."""
    rng = np.random.default_rng(1)
    out = []
    for _, core in frame.groupby("core", sort=False):
        top, bottom = core["depth_top"].to_numpy(), core["depth_bottom"].to_numpy()
        for _ in range(DRAWS):
            carbon = core["soil_organic_carbon"].to_numpy() * np.exp(errors.carbon_layer * rng.normal(size=len(top)))
            density = core["bulk_density"].to_numpy() * np.exp(errors.density_layer * rng.normal(size=len(top)))
            if method == "fixed_depth":
                thick = np.clip(np.minimum(bottom, DEPTH) - top, 0, None)
                out.append(float((carbon * density * thick).sum() / 10))
            else:
                mass = density * (bottom - top) * 100
                edges = np.concatenate([[0.0], np.cumsum(mass)])
                total = np.concatenate([[0.0], np.cumsum(mass * carbon / 1000)])
                out.append(float(CubicSpline(edges, total)(MASS)))
    return out


def seconds(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return statistics.median(found)


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    frame, errors = made(PROFILES), Errors(0.03, 0.0, 0.05, 0.0)
    some = frame[frame["core"].isin([f"c{i}" for i in range(LOOPED)])]
    methods: tuple[Method, ...] = ("fixed_depth", "equal_mass")
    for method in methods:
        masses = (MASS,) if method == "equal_mass" else None

        def ours(method: Method = method, masses: tuple[float, ...] | None = masses) -> object:
            return carbon_stocks(frame, (DEPTH,), method=method, masses=masses, draws=DRAWS, errors=errors)

        def loop(method: Method = method) -> object:
            return plain(some, method, errors)

        fast = seconds(ours, rounds) / PROFILES * 1e3
        slow = seconds(loop, 1) / LOOPED * 1e3
        print(f"{method}: {fast:.3f} ms per profile with {DRAWS} draws; loop {slow:.1f} ms; ratio {slow / fast:.0f}")
    folder = os.environ.get("HALOSINK_REFERENCE")
    if folder:
        wetlands = tidal_wetlands(Path(folder)).drop(columns="soil_organic_matter")
        before = memory()
        for method in methods:
            start = time.perf_counter()
            made_stocks, _ = carbon_stocks(
                wetlands, method=method, profile=("study", "site", "core"), laboratory="study", setting="marsh"
            )
            took = time.perf_counter() - start
            print(
                f"marsh_soil_ccn, {method}: {len(wetlands)} layers, {made_stocks.rows['used'].sum()} used, 200 draws: "
                f"{took:.1f} s, {memory() - before:.0f} MB above {before:.0f} MB"
            )


if __name__ == "__main__":
    main()
