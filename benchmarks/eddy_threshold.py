"""Thresholds of friction velocity: a year and ten years of half-hours, with resamples, in processor time.

The seconds of peers are those recorded with their reference values, for 17,520 half-hours and 100 resamples; a plain
numpy program that sorts each resample anew is measured beside ours.

python benchmarks/eddy_threshold.py [ROUNDS]
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from halosink.eddy.threshold.find import ustar_threshold

PEERS = {"REddyProc": 49.0, "hesseflux": 6.0, "diive": 0.5, "ONEFlux": 0.16}
RESAMPLES = 100


def tower(years: int) -> pd.DataFrame:
    stream = np.random.default_rng(3)
    clock = pd.date_range("2001-01-01", f"{2001 + years}-01-01", freq="30min", unit="s", inclusive="left")
    hour = clock.hour.to_numpy()
    night = (hour < 6) | (hour >= 18)
    velocity = stream.gamma(2.5, 0.12, len(clock)).round(3)
    flux = 4 * np.minimum(velocity / 0.3, 1) + stream.normal(0, 1.5, len(clock))
    season = -8 * np.cos(2 * np.pi * clock.day_of_year.to_numpy() / 365)
    return pd.DataFrame(
        {
            "time": clock,
            "nee": np.where(night, flux, -8.0),
            "friction_velocity": velocity,
            "air_temperature": (10 + season + stream.normal(0, 3, len(clock))).round(1),
            "shortwave_radiation": np.where(night, 0.0, 400.0),
        }
    )


def plain(table: pd.DataFrame) -> None:
    """Only draws, sorts and takes the means of classes of one year, without the tests."""
    stream = np.random.default_rng(1)
    night = table[table["shortwave_radiation"] < 10]
    t, u, y = (night[name].to_numpy() for name in ("air_temperature", "friction_velocity", "nee"))
    for _ in range(RESAMPLES):
        which = stream.integers(0, len(t), len(t))
        for season in np.array_split(np.sort(which), 4):
            for one in np.array_split(season[np.argsort(t[season])], 7):
                ranked = one[np.argsort(u[one])]
                for part in np.array_split(ranked, 20):
                    u[part].mean(), y[part].mean()


def seconds(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def main(rounds: int = 3) -> int:
    year, decade = tower(1), tower(10)
    for method in ("moving_point", "change_point"):
        ustar_threshold(year, method=method, bootstraps=1)  # type: ignore[arg-type]
    for table, label in ((year, "a year"), (decade, "ten years")):
        for method, seasons in (
            ("moving_point", "continuous"),
            ("moving_point", "calendar"),
            ("change_point", "continuous"),
        ):
            work = partial(ustar_threshold, table, method=method, seasons=seasons)
            alone, drawn = seconds(work, rounds), seconds(partial(work, bootstraps=RESAMPLES), rounds)
            print(f"{label:<10} {method:<13} {seasons:<11} {alone:7.3f} s, with {RESAMPLES} resamples {drawn:7.3f} s")
    print(f"plain numpy, {RESAMPLES} resamples of a year: {seconds(lambda: plain(year), 1):.2f} s")
    print("recorded, 100 resamples of a year: " + ", ".join(f"{name} {value} s" for name, value in PEERS.items()))
    print(f"most memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
