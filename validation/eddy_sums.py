"""Annual sums of eddy covariance: reference values, and how often intervals hold the truth of simulated towers.

    python validation/eddy_sums.py [TOWERS] [auto|mds]

Needs HALOSINK_REFERENCE for the first part. TOWERS: simulated towers (60) of one year each, with gaps of up to four
weeks and nights that fade in calm air; every step of the chain is done on each. Ends with exit code 1 when a line is
missed. The towers follow other equations than ours (eddy_simulated.py).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from eddy_simulated import tower

from eddy_towers import de_tha
from halosink.eddy.filling.fill import divide, fill_gaps
from halosink.eddy.filling.forest import model as forest
from halosink.eddy.filters.low_turbulence import not_day, too_low
from halosink.eddy.options import Options
from halosink.eddy.partitioning.split import partition
from halosink.eddy.sums.total import annual_sums
from halosink.eddy.sums.units import amount
from halosink.eddy.threshold.find import ustar_threshold

# of wutzler2018's and pastorello2020's programs, DE-Tha 1998, u* threshold 0.41625 m s-1 by night or none [g C m-2]
REFERENCE = {("reddyproc", 0.41625): -612.58, ("oneflux", 0.41625): -612.97, ("reddyproc", 0.0): -643.79}
CLOSE = 0.01
COVERAGE = (0.91, 0.98)
# of towers that nothing was chosen by
FIRST_SEED = 9000
DRIVERS = ("shortwave_radiation", "air_temperature", "vapour_pressure_deficit", "soil_temperature")


def line(what: str, value: str, asked: str, met: bool) -> bool:
    print(f"{'ok  ' if met else 'MISS'} {what}: {value} (asked: {asked})")
    return met


def references(folder: Path) -> bool:
    good, table = True, de_tha(folder)
    dark = not_day(table["shortwave_radiation"].to_numpy())
    for (convention, limit), expected in REFERENCE.items():
        low = too_low(table["friction_velocity"].to_numpy(), limit, dark)
        kept = table.assign(nee=np.where(low, np.nan, table["nee"]))
        filled = {"nee": fill_gaps(kept, "nee", convention=convention, filler="mds")}
        found = annual_sums(kept, filled, options=Options(draws=0)).table["value"].iloc[0]
        what = f"sum of net exchange, {convention}, u* {limit}"
        good &= line(what, f"{found:.2f}", f"{expected} +- {CLOSE}", abs(found - expected) <= CLOSE)
    return good


def judged(seed: int, filler: str) -> dict[str, float]:
    """Of one tower: for each sum its error, whether the interval holds the truth, and what it is made of."""
    made = tower(seed)
    table = made.table
    place = {"latitude": made.latitude, "longitude": 0.0, "utc_offset": 0.0}
    found = ustar_threshold(table, bootstraps=100, seed=seed)
    dark = not_day(table["shortwave_radiation"].to_numpy())
    low = too_low(table["friction_velocity"].to_numpy(), found.per_step(), dark)
    kept = table.assign(nee=np.where(low, np.nan, table["nee"]))
    forests = {}
    if divide(kept["nee"].notna().to_numpy(), 48, "nee", filler=filler).by_forest.any():
        forests["nee"] = forest.fill(kept, "nee", seed=seed)
    filled = {"nee": fill_gaps(kept, "nee", filler=filler, forest=forests.get("nee"))}
    filled |= {d: fill_gaps(kept, d, filler="mds", every=False) for d in DRIVERS}
    parts = {"night_time": partition(kept, filled, method="night_time", temperature="soil_temperature", **place)}
    sums = annual_sums(
        table, filled, partitions=parts, thresholds=found, forests=forests, options=Options(**place),
        temperature="soil_temperature", seed=seed,
    ).table.set_index("field")  # fmt: skip
    unit = amount("nee", 1800)
    truth = {
        "nee": made.truth.sum() * unit,
        "reco_night": made.respiration.sum() * unit,
        "gpp_night": (made.respiration - made.truth).sum() * unit,
    }
    out = {"complete": float(bool(sums.loc["nee", "complete"])), "measured": sums.loc["nee", "measured_share"]}
    for name, value in truth.items():
        if name in sums.index:
            row = sums.loc[name]
            out[f"{name} error"] = row["value"] - value
            out[f"{name} inside"] = float(row["low"] <= value <= row["high"])
            out[f"{name} sd"] = float(np.sqrt(sum(row[f"sd_{p}"] ** 2 for p in ("threshold", "random", "filling"))))
    return out


def towers(number: int, filler: str) -> bool:
    rows = []
    for seed in range(number):
        rows.append(judged(FIRST_SEED + seed, filler))
        if (seed + 1) % 10 == 0:
            print(f"  {seed + 1} of {number} towers", file=sys.stderr)
    table, good = pd.DataFrame(rows), True
    print(f"{number} towers, filler {filler}, {table['measured'].mean():.0%} of steps measured and kept")
    for name in ("nee", "reco_night", "gpp_night"):
        own = table[table[f"{name} inside"].notna()]
        inside, error = own[f"{name} inside"].mean(), own[f"{name} error"]
        said = f"{inside:.1%} (rms error {np.sqrt((error**2).mean()):.1f}, mean {error.mean():.1f}, sd told "
        said += f"{np.sqrt((own[f'{name} sd'] ** 2).mean()):.1f} g C m-2)"
        if name == "nee":
            good &= line("95 % interval of the sum holds the truth, nee", said, "91 to 98 %",
                         COVERAGE[0] <= inside <= COVERAGE[1])  # fmt: skip
        else:
            print(f"     told only, {name}, by the temperature that the tower follows: {said}")
    return good


if __name__ == "__main__":
    folder = os.environ.get("HALOSINK_REFERENCE")
    done = references(Path(folder)) if folder else True
    if not folder:
        print("HALOSINK_REFERENCE is not set: no reference values")
    done &= towers(int(sys.argv[1]) if len(sys.argv) > 1 else 60, sys.argv[2] if len(sys.argv) > 2 else "auto")
    sys.exit(0 if done else 1)
