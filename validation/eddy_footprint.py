"""Footprints and energy balance: agreement with the authors' program, invariants, time, memory, coverage.

    python validation/eddy_footprint.py [REFERENCE] [SETS]

REFERENCE: folder with oracles/ (default: HALOSINK_REFERENCE); SETS: simulated towers of the coverage (default 400).
Ends with exit code 1 when a line is missed. Lines without a bound are told only.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from halosink.eddy.energy import energy_balance
from halosink.eddy.footprints import kljun
from halosink.eddy.footprints.climatology import mean_footprint
from halosink.eddy.footprints.contours import levels, outlines, reach
from halosink.eddy.footprints.estimate import Footprint, footprint
from halosink.eddy.footprints.inside import share_inside

MISSED: list[str] = []


def line(what: str, value: object, met: bool | None = None) -> None:
    mark = "     " if met is None else "ok   " if met else "MISS "
    print(f"{mark}{what:88} {value}")
    if met is False:
        MISSED.append(what)


def single_cases(folder: Path) -> None:
    cases = pd.read_csv(folder / "ffp_cases.csv")
    along, peak, far, exact = 0.0, 0.0, 0.0, 0.0
    for number, case in cases.iterrows():
        found = footprint(
            case["ustar"], case["ol"], case["sigmav"], case["wind_dir"], height=case["zm"],
            roughness_length=case["z0"], wind_speed=case["umean"], boundary_layer_height=case["h"], extent=10, cell=5,
        )  # fmt: skip
        one = found.single()
        told = pd.read_csv(folder / f"case{number}_x_ci_f_ci.csv").to_numpy()
        along = max(along, float(np.abs(np.column_stack([one.distance, one.density]) / told - 1).max()))
        peak = max(peak, abs(one.peak_distance / case["x_ci_max"] - 1), abs(one.density.max() / case["f_max"] - 1))
        _, _, weight = one.plane()
        apart = one.distance[2] - one.distance[1]
        across = (np.arange(weight.shape[1]) - weight.shape[1] // 2) * apart
        edges = levels(weight, apart**2, (0.5, 0.8))
        for share, edge, column in zip((0.5, 0.8), edges, ("r50_maxdist", "r80_maxdist"), strict=True):
            far = max(far, abs(reach(outlines(across, one.distance, weight, edge)) / case[column] - 1))
            area = next(a for a in one.source_areas if a.share == share)
            exact = max(exact, abs(float(np.hypot(area.x, area.y).max()) / case[column] - 1))
    line(
        "six single footprints, distance and density along the wind: largest relative difference",
        f"{along:.1e}",
        along <= 1e-6,
    )
    line("  place and height of the peak", f"{peak:.1e}", peak <= 1e-6)
    line("  reach of the 50 and 80 % source areas on the authors' grid", f"{far:.1e}", far <= 1e-6)
    line("  the same by integration instead of their grid (their grid's own error)", f"{exact:.1e}")


def climatology(folder: Path) -> Footprint:
    rows = pd.read_csv(folder / "climatology_input.csv")
    told = np.loadtxt(folder / "climatology_fclim_2d.csv.gz", delimiter=",")
    found = None
    times = []
    for _ in range(4):
        start = time.process_time()
        found = footprint(
            rows["ustar"], rows["ol"], rows["sigmav"], rows["wind_dir"], height=rows["zm"],
            roughness_length=rows["z0"], boundary_layer_height=rows["h"], extent=300, cell=2, fetch=100,
        )  # fmt: skip
        times.append((time.process_time() - start) / len(rows) * 1000)
    assert found is not None
    worst = float(np.abs(found.grid.weight / told - 1).max())
    line(
        "mean footprint of 480 half-hours, 301 x 301 cells: largest relative difference of a cell",
        f"{worst:.1e}",
        worst <= 1e-6,
    )
    sums = abs(found.grid.held / 0.9474893804689041 - 1), abs(found.grid.weight.max() / 0.00048268631134870985 - 1)
    line("  its sum and its maximum", f"{max(sums):.1e}", max(sums) <= 1e-6)
    line("  CPU ms per half-hour, best of four (authors' program 5.1)", f"{min(times):.2f}", min(times) <= 1)
    start = time.process_time()
    for row in range(200):
        found.single(row % len(rows))
    each = (time.process_time() - start) / 200 * 1000
    line("  CPU ms of one footprint with nine source areas (authors' program 270)", f"{each:.2f}", each <= 1)
    return found


def invariants(found: Footprint) -> None:
    scales = found.scales
    grid = mean_footprint(scales, 1000, 4, smooth=False)
    distance = np.hypot(*np.meshgrid(grid.x, grid.y))
    worst = max(
        abs(float(share_inside(scales, r).mean()) * kljun.TOTAL - float(grid.weight[distance <= r].sum()) * 16)
        for r in (50.0, 100.0, 200.0, 400.0)
    )
    line("share inside a circle against the sum of cells: largest difference", f"{worst:.1e}", worst <= 5e-3)
    line("half-hours of the 480 that have a footprint", int(scales.good.sum()), bool(scales.good.all()))


def decade() -> None:
    rng = np.random.default_rng(1)
    n = 175_200
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    footprint(
        rng.uniform(0.05, 0.6, n), rng.choice([-50.0, 30.0], n), rng.uniform(0.2, 1.2, n), rng.uniform(0, 360, n),
        height=3.0, wind_speed=rng.uniform(1, 6, n), extent=300, cell=20,
    )  # fmt: skip
    spent = time.process_time() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    line(
        "ten years of half-hours on 31 x 31 cells: memory above the start [MiB], CPU s",
        f"{grown:.0f}, {spent:.1f}",
        grown <= 200,
    )


def coverage(sets: int) -> None:
    """Towers whose closure wanders from day to day about 0.8: how often the interval of 95 % holds it.

    kept: correlation of a day with the next.
    """
    for days, kept in ((30, 0.0), (90, 0.0), (90, 0.6), (365, 0.0), (365, 0.6)):
        held = np.zeros(2)
        for seed in range(sets):
            rng = np.random.default_rng(seed)
            hour = np.arange(days * 48) % 48 / 2
            net = 500 * np.maximum(np.sin((hour - 6) / 12 * np.pi), -0.1) * rng.uniform(0.3, 1, days).repeat(48)
            wander = rng.normal(size=days)
            for i in range(1, days):
                wander[i] = kept * wander[i - 1] + np.sqrt(1 - kept**2) * wander[i]
            closure = 0.8 * (1 + 0.15 * wander.repeat(48))
            table = pd.DataFrame(
                {
                    "time": pd.date_range("2019-01-01", periods=len(net), freq="30min"),
                    "net_radiation": net,
                    "soil_heat_flux": 0.0,
                    "latent_heat_flux": 0.5 * closure * net + 15 * rng.normal(size=len(net)),
                    "sensible_heat_flux": 0.5 * closure * net,
                }
            )
            row = energy_balance(table, by="all").iloc[0]
            held += [row[f"{name}_low"] <= 0.8 <= row[f"{name}_high"] for name in ("slope", "ratio")]
        low, high = held.min() / sets, held.max() / sets
        line(f"closure over {days} days, correlation {kept}: coverage of 95 % intervals of slope and ratio",
             f"{low:.3f}, {high:.3f}", low >= 0.90 and high <= 0.98)  # fmt: skip


def main() -> None:
    where = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HALOSINK_REFERENCE")
    if not where:
        sys.exit("HALOSINK_REFERENCE is not set and no folder is given")
    folder = Path(where) / "oracles/flux/ffp"
    single_cases(folder)
    invariants(climatology(folder))
    decade()
    coverage(int(sys.argv[2]) if len(sys.argv) > 2 else 400)
    if MISSED:
        sys.exit(f"{len(MISSED)} missed")


if __name__ == "__main__":
    main()
