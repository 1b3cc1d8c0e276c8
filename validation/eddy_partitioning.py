"""Respiration and photosynthesis against REddyProc (DE-Tha 1998), and over three further years of the same tower.

    python validation/eddy_partitioning.py [REFERENCE]

REFERENCE: folder with data/ and oracles/ (default: HALOSINK_REFERENCE). Ends with exit code 1 when a line is missed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.io import netcdf_file

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from eddy_partition_worlds import world
from eddy_towers import de_tha, reddyproc
from halosink.eddy.partitioning.day_time import day_time
from halosink.eddy.partitioning.night_time import night_time
from halosink.eddy.partitioning.parts import Parts
from halosink.eddy.partitioning.split import drivers_of, partition
from halosink.eddy.steps import Steps
from halosink.eddy.sun import potential_radiation

PLACE = {"latitude": 51.0, "longitude": 13.6, "utc_offset": 1.0}
GRAMS = 12.011e-6 * 1800  # g C of a half-hour at 1 umol m-2 s-1
CASES = {"uStarAnnual": ("_uStar", 138.13), "noUstar": ("", 118.82)}


class Lines:
    def __init__(self) -> None:
        self.missed = 0

    def add(self, what: str, value: float, most: float, unit: str) -> None:
        met = value <= most
        self.missed += not met
        print(f"{'met   ' if met else 'MISSED'}  {what:<66} {value:12.3g} (at most {most:g} {unit})")


def rmse(ours: NDArray[np.float64], theirs: pd.Series) -> float:
    return float(np.sqrt(np.mean((ours - theirs.to_numpy(dtype=float)) ** 2)))


def against_reddyproc(reference: Path, lines: Lines) -> None:
    for which, (suffix, e0) in CASES.items():
        theirs = reddyproc(reference, which)
        series = {"shortwave_radiation": ("Rg_f", 1), "air_temperature": ("Tair_f", 1)}
        series |= {"vapour_pressure_deficit": ("VPD_f", 0.1)}
        weather = {n: pd.DataFrame({"value": theirs[c].astype(float) * f}) for n, (c, f) in series.items()}
        table = de_tha(reference)
        sun = potential_radiation(Steps.of(table["time"].to_numpy()), **PLACE)
        drivers = drivers_of(table, weather, sun)
        filled = theirs[f"NEE{suffix}_f"].to_numpy(dtype=float)
        measured = np.where(theirs[f"NEE{suffix}_fqc"] == 0, filled, np.nan)
        night = night_time(drivers, measured, filled)
        lines.add(f"{which}: E0 {night.e0[0]:.2f} K, off {e0}", abs(night.e0[0] - e0), 0.01, "K")
        lines.add(f"{which}: night-time Reco, RMSE", rmse(night.reco, theirs[f"Reco{suffix}"]), 1e-3, "umol m-2 s-1")
        lines.add(f"{which}: night-time GPP, RMSE", rmse(night.gpp, theirs[f"GPP{suffix}_f"]), 1e-3, "umol m-2 s-1")
        sd = theirs[f"NEE{suffix}_fsd"].to_numpy(dtype=float)
        day = day_time(drivers, measured, sd)
        underived = day_time(drivers, measured, np.full(len(sd), np.nan))
        for name, ours, other in (("Reco", day.reco, underived.reco), ("GPP", day.gpp, underived.gpp)):
            expected = theirs[f"{name}_DT{suffix}"]
            lines.add(f"{which}: day-time {name}, RMSE", rmse(ours, expected), 0.10, "umol m-2 s-1")
            total, reference_total = ours.sum() * GRAMS, expected.sum() * GRAMS
            off = 100 * abs(total / reference_total - 1)
            lines.add(f"{which}: day-time {name} {total:.2f} g C m-2, theirs {reference_total:.2f}", off, 0.5, "%")
            off = 100 * abs(other.sum() / expected.sum() - 1)
            lines.add(f"{which}: the same where no sd is given", off, 0.5, "%")
        told(which, night)
        ratio = (day.reco_sd.mean(), theirs[f"Reco_DT{suffix}_SD"].mean())
        print(f"        {which}: mean sd of day-time Reco {ratio[0]:.2f}, theirs {ratio[1]:.2f} (30 bootstraps)")


def told(what: str, parts: Parts) -> None:
    print(f"        {what}: {parts.nights} nightly fluxes, {100 * parts.negative_nights:.1f} % of them below zero")


def over_three_years(reference: Path, lines: Lines) -> None:
    path = reference / "data/ec_reddyproc/Example_DE-Tha.1996.1998.hourly_selVars.nc"
    with netcdf_file(path, mmap=False) as file:
        held = {
            n: np.asarray(file.variables[n].data, dtype=float).ravel() for n in ("NEE", "NEE_f", "Rg", "rH", "Tair")
        }
    raw = {name: np.where(values < -9000, np.nan, values) for name, values in held.items()}
    step = np.timedelta64(30, "m")
    time = np.datetime64("1996-01-01T00:00:00") + np.arange(len(raw["NEE"])) * step
    vapour = 0.61078 * np.exp(17.08085 * raw["Tair"] / (234.175 + raw["Tair"])) * (1 - raw["rH"] / 100)
    table = pd.DataFrame(
        {
            "time": time,
            "shortwave_radiation": raw["Rg"],
            "air_temperature": raw["Tair"],
            "vapour_pressure_deficit": vapour,
        }
    )
    nee = pd.DataFrame({"value": raw["NEE_f"], "sd": np.nan})
    nee["source"] = np.where(np.isfinite(raw["NEE"]), "measured", "mds")
    for method in ("night_time", "day_time"):
        whole = partition(table, {"nee": nee}, method=method, **PLACE)  # type: ignore[arg-type]
        known = (np.isfinite(raw["NEE"]) & whole.table.notna().all(axis=1)).to_numpy()
        sums = whole.table.assign(year=table["time"].dt.year).groupby("year").agg(["sum", "count"])
        for year, row in sums.iterrows():
            reco, gpp, steps = row["reco", "sum"] * GRAMS, row["gpp", "sum"] * GRAMS, row["gpp", "count"]
            print(
                f"        {year} {method}: Reco {reco:7.1f}, GPP {gpp:7.1f} g C m-2, {steps:.0f} steps {whole.reason}"
            )
        rest = (whole.table["reco"] - whole.table["gpp"]).to_numpy()[known] - raw["NEE"][known]
        if method == "night_time":
            lines.add("1996 to 1998: night-time Reco - GPP less NEE, largest", float(np.abs(rest).max()), 1e-9, "")
        else:
            off = 100 * abs(float(rest.mean())) / float(whole.table["gpp"].to_numpy()[known].mean())
            lines.add("1996 to 1998: day-time Reco - GPP less measured NEE, mean over GPP", off, 5, "%")


def where_truth_is_known(lines: Lines) -> None:
    """A made-up year with noise of 1.5 umol m-2 s-1 and half of it missing: sums, and shares within 95 % intervals."""
    for seed in range(3):
        place, draw = world(days=365, seed=seed), np.random.default_rng(seed)
        nee = place.nee + draw.normal(0, 1.5, len(place.nee))
        measured, sd = np.where(draw.random(len(nee)) < 0.5, nee, np.nan), np.full(len(nee), 1.5)
        lit = place.drivers.radiation > 20
        runs = {"night": night_time(place.drivers, measured, nee, sd), "day": day_time(place.drivers, measured, sd)}
        for name, parts in runs.items():
            for flux, use in (("reco", np.ones(len(nee), dtype=bool)), ("gpp", lit)):
                truth, ours = getattr(place, flux)[use], getattr(parts, flux)[use]
                inside = float(np.mean(np.abs(ours - truth) < 1.96 * getattr(parts, f"{flux}_sd")[use]))
                off = 100 * (ours.sum() / truth.sum() - 1)
                print(
                    f"        year {seed}, {name}-time {flux}: sum {off:+.1f} %, {100 * inside:.1f} % within intervals"
                )
                lines.add(f"year {seed}, {name}-time {flux}: within intervals, off 95 %", abs(inside - 0.95), 0.07, "")


def main() -> int:
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HALOSINK_REFERENCE", "")
    if not folder:
        print("name the folder of the reference data, or set HALOSINK_REFERENCE")
        return 2
    lines = Lines()
    against_reddyproc(Path(folder), lines)
    over_three_years(Path(folder), lines)
    where_truth_is_known(lines)
    return int(lines.missed > 0)


if __name__ == "__main__":
    sys.exit(main())
