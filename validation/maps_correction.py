"""Correction of maps by field plots: skill on real pedons by three splits, coverage on simulated regions.

    python validation/maps_correction.py [REFERENCE] [SEEDS]

REFERENCE: folder with data/ (default: HALOSINK_REFERENCE), for soil_ec_sar_ncss_ucrb (nauman2019); SEEDS: simulated
regions of each kind (default 40, numbers 9000 and on). Ends with exit code 1 when a line is missed. Lines without a
bound are told only.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from halosink.maps.correction.field_plots import correct
from map_correction_fields import region

MISSED: list[str] = []
FIRST = 9000
EC = ("ec_12pre", "cop_ncss17_ec12_2D_covarsc.txt", "Pedon_key", "coords.x1", "coords.x2", "depth_t", "depth_b")
SAR = ("sar", "cop_ncss17SAR_pct_covarsc.txt", "pedon_key", "longitude_decimal_degrees", "latitude_decimal_degrees",
       "hzn_top", "hzn_bot")  # fmt: skip
CLASSES = ("GAP", "LFELEMS", "NLCDcl")
"""Covariates that are codes, not numbers: left out."""


def line(what: str, value: object, met: bool | None = None) -> None:
    mark = "     " if met is None else "ok   " if met else "MISS "
    print(f"{mark}{what:92} {value}", flush=True)
    if met is False:
        MISSED.append(what)


def pedons(folder: Path, made: tuple[str, ...]) -> None:
    """Coordinates of the SAR table are in metres although its columns are named degrees."""
    quantity, file, plot, x, y, top, bottom = made
    table = pd.read_csv(folder / file, sep="\t")
    table["depth"] = (table[top] + table[bottom]) / 2
    covariates = ["depth", *(c for c in table.columns[table.columns.get_loc("CAlog_10") :]
                             if c not in CLASSES and c != "depth")]  # fmt: skip
    start = time.process_time()
    found = correct(table, quantity, covariates, x=x, y=y, plot=plot, transform="log", seed=1)
    seconds = time.process_time() - start
    print(f"\n{quantity}: {found.skill['n'].iloc[0]} horizons of {len(found.fitted.kriging.residual)} pedons, "
          f"{len(covariates)} covariates, squares of {found.block_side / 1000:.0f} km; taken: {found.method}; "
          f"spread times {found.widening:.2f}; {seconds:.0f} s CPU")  # fmt: skip
    columns = ["method", "split", "rmse", "mae", "r2", "r2_low", "r2_high", "bias", "ccc", "coverage", "width", "folds"]
    for scale in ("log", "quantity"):
        print(f"scale: {scale}")
        print(found.skill.query("scale == @scale")[columns].round(3).to_string(index=False))
    logs = found.skill.query("scale == 'log'").set_index(["method", "split"])
    for method in ("kriging", "forest"):
        r2 = [float(logs.loc[(method, s), "r2"]) for s in ("random", "plot", "block")]
        line(f"{quantity}, {method}: r2 random, by pedon, by square", "  ".join(f"{v:.3f}" for v in r2))
    leak = [float(logs.loc[("forest", s), "r2"]) for s in ("random", "plot", "block")]
    line(
        f"{quantity}: random rows say more than pedons, pedons more than squares (forest)",
        "",
        leak[0] > leak[1] > leak[2],
    )
    covered = float(logs.loc[(found.method, "block"), "coverage"])
    line(
        f"{quantity}: coverage of 95 % intervals in held-out squares (91 to 98)",
        f"{covered:.1%}",
        0.91 <= covered <= 0.98,
    )
    for problem in found.problems:
        print("    ", problem.code, problem.say("what", "en"))


KINDS = {
    "kriging, linear truth": {"method": "kriging"},
    "kriging, plots in clusters": {"method": "kriging", "clustered": True},
    "kriging, three rows a plot": {"method": "kriging", "rows": 3},
    "kriging of a logarithm": {"method": "kriging", "transform": "log"},
    "forest, curved truth, 250 plots": {"method": "forest", "curved": True, "plots": 250},
    "auto": {"method": "auto"},
}


def simulated(seeds: int) -> None:
    print(f"\n{seeds} simulated regions of 40 x 40 cells each kind; truth without the error of measurement")
    for name, options in KINDS.items():
        chosen = dict(options)
        method, transform = chosen.pop("method"), chosen.pop("transform", "none")
        cells, means, z = [], [], []
        for seed in range(FIRST, FIRST + seeds):
            made = region(seed, side=40, **chosen)
            table, truth = made.plots, made.truth
            if transform == "log":
                table, truth = table.assign(value=np.exp(table["value"])), np.exp(truth)
            found = correct(table, "value", ["wet", "high"], method=method, transform=transform, measurement=0.3,
                            seed=seed, splits=("block",), trees=100)  # fmt: skip
            seen = found.predict(made.x, made.y, made.covariates)
            cells.append(float(((truth >= seen.low) & (truth <= seen.high)).mean()))
            mean = found.regional_mean(made.x, made.y, made.covariates, seed=seed, number=300)
            means.append(mean.low <= truth.mean() <= mean.high)
            z.append((mean.mean - truth.mean()) / mean.sd)
        held, right = float(np.mean(cells)), float(np.mean(means))
        error = np.sqrt(0.95 * 0.05 / seeds)
        line(f"{name}: cells in their 95 % interval (91 to 98)", f"{held:.1%}", 0.91 <= held <= 0.98)
        line(f"{name}: regional mean in its 95 % interval (91 to 98, +-2 errors of {seeds} regions)",
             f"{right:.1%}, sd of z {np.std(z):.2f}, mean of z {np.mean(z):+.2f}",
             0.91 - 2 * error <= right <= 0.98 + 2 * error)  # fmt: skip


def nothing(seeds: int) -> None:
    kept = 0
    for seed in range(FIRST, FIRST + seeds):
        made = region(seed, side=40)
        table = made.plots.assign(value=np.random.default_rng(seed).normal(size=len(made.plots)))
        kept += correct(table, "value", ["wet", "high"], seed=seed, splits=("block",), trees=50).method == "mean"
    line("plots of pure noise: share left at the mean of the plots", f"{kept}/{seeds}", kept >= 0.5 * seeds)


def main() -> int:
    arguments = sys.argv[1:]
    folder = arguments[0] if arguments else os.environ.get("HALOSINK_REFERENCE")
    seeds = int(arguments[1]) if len(arguments) > 1 else 40
    if folder:
        for made in (EC, SAR):
            pedons(Path(folder) / "data/soil_ec_sar_ncss_ucrb", made)
    else:
        print("no reference data: name the folder or set HALOSINK_REFERENCE")
    simulated(seeds)
    nothing(min(seeds, 20))
    print("\nmissed: " + "; ".join(MISSED) if MISSED else "\nall reached")
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
