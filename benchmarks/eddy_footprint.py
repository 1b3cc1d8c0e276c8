"""Footprints beside the authors' program: CPU time per half-hour.

    python benchmarks/eddy_footprint.py [ROUNDS]

The inputs are 480 half-hours drawn as those of the recorded run of the authors' program (pyffp), 301 x 301 cells of
2 m; its seconds were taken on one core: 2.45 s for the 480, 0.270 s for a single footprint. With pyffp installed, or
its folder on PYTHONPATH, it runs in the same process.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from halosink.eddy.energy import energy_balance
from halosink.eddy.footprints.estimate import footprint
from halosink.eddy.footprints.inside import share_inside
from halosink.eddy.footprints.table import tower_footprint

N = 480
RECORDED_MEAN, RECORDED_SINGLE = 2452.4 / N, 270.3
EXTENT, CELL = 300.0, 2.0


def best(work: Callable[[], object], rounds: int) -> float:
    """CPU ms of the quickest round."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def made(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    return {
        "ustar": rng.uniform(0.12, 0.5, n),
        "ol": np.where(rng.random(n) < 0.5, -rng.uniform(20, 200, n), rng.uniform(20, 200, n)),
        "sigmav": rng.uniform(0.3, 1.2, n),
        "wind_dir": rng.uniform(0, 360, n),
        "h": rng.uniform(300, 1500, n),
    }


def tell(what: str, ours: float, theirs: float | None = None, how: str = "recorded") -> None:
    ratio = f"   peer {theirs:8.2f} ms ({how}), {theirs / ours:6.1f} times ours" if theirs else ""
    print(f"{what:52} {ours:9.3f} ms{ratio}")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    rows = made(N)

    def mean() -> object:
        return footprint(
            rows["ustar"], rows["ol"], rows["sigmav"], rows["wind_dir"], height=2.5, roughness_length=0.02,
            boundary_layer_height=rows["h"], extent=EXTENT, cell=CELL,
        )  # fmt: skip

    mean()
    found = footprint(
        rows["ustar"], rows["ol"], rows["sigmav"], rows["wind_dir"], height=2.5, roughness_length=0.02,
        boundary_layer_height=rows["h"], extent=EXTENT, cell=CELL,
    )  # fmt: skip
    theirs, how = _peer(rows) if importlib.util.find_spec("pyffp") else (RECORDED_MEAN, "recorded")
    tell("mean footprint, per half-hour", best(mean, rounds) / N, theirs, how)
    found.single(0)
    tell("single footprint with nine source areas", best(lambda: found.single(1), 20 * rounds), RECORDED_SINGLE)
    found.source_areas()
    tell("nine source areas of the mean", best(found.source_areas, rounds))
    share_inside(found.scales, 100.0), share_inside(found.scales, np.full(8, 100.0))
    tell("share inside a circle, per half-hour", best(lambda: share_inside(found.scales, 100.0), rounds) / N)
    sectors = np.full(8, 100.0)
    tell("share inside eight sectors, per half-hour", best(lambda: share_inside(found.scales, sectors), rounds) / N)
    table = _year()
    tell("tables of a site-year with fetch", best(lambda: tower_footprint(table, measurement_height=2.5, fetch=150), 2))
    tell("energy balance of a site-year by season", best(lambda: energy_balance(table, by="season"), rounds))


def _year() -> pd.DataFrame:
    n = 17_520
    rows = made(n)
    light = np.maximum(np.sin((np.arange(n) % 48 - 12) / 24 * np.pi), 0) * 700
    return pd.DataFrame(
        {
            "time": pd.date_range("2019-01-01", periods=n, freq="30min"),
            "friction_velocity": rows["ustar"],
            "obukhov_length": rows["ol"],
            "crosswind_sd": rows["sigmav"],
            "wind_direction": rows["wind_dir"],
            "wind_speed": 8 * rows["ustar"],
            "shortwave_radiation": light,
            "net_radiation": 0.7 * light - 40,
            "soil_heat_flux": 0.05 * light,
            "latent_heat_flux": 0.3 * light,
            "sensible_heat_flux": 0.2 * light,
        }
    )


def _peer(rows: dict[str, np.ndarray]) -> tuple[float, str]:
    program = importlib.import_module("pyffp.calc_footprint_FFP_climatology").FFP_climatology
    few = {name: values[:40].tolist() for name, values in rows.items()}
    fixed = {"zm": [2.5] * 40, "z0": [0.02] * 40, "domain": [-EXTENT, EXTENT, -EXTENT, EXTENT], "dx": CELL, "dy": CELL}
    quiet = {"rs": None, "smooth_data": 0, "verbosity": 0}
    return best(lambda: program(**few, **fixed, **quiet), 3) / 40, "same run"


if __name__ == "__main__":
    main()
