"""Fluxes of closures from a table of readings: 1000 closures of 300 readings, and a million readings in bounded memory.

Everything that chamber.fluxes does: packing, window, bubbles, all models, posterior, choice, flags; processor time of
one thread. The time of a peer in R is the one recorded with its reference values.

OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/chamber_fluxes.py
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from halosink.chamber import fluxes

CLOSURES, READINGS, MANY = 1000, 300, 1_000_000
# ms per closure, goFlux 0.2.1 (line and curve, 180 readings)
PEER = 58.0
MOST_MS, MOST_MIB = 2.0, 400.0


def table(number: int, readings: int) -> pd.DataFrame:
    draws = np.random.default_rng(17)
    seconds = np.tile(np.arange(float(readings)), number)
    rate = np.repeat(draws.uniform(2e-5, 2e-3, number), readings)
    slope = np.repeat(draws.uniform(-0.1, 0.5, number), readings)
    late = np.repeat(draws.uniform(-20, 20, number), readings) * np.exp(-seconds / 8)
    value = 420 + slope * -np.expm1(-rate * seconds) / rate + late + draws.normal(0, 0.3, len(seconds))
    closed = {"closure": np.repeat(np.arange(number), readings), "elapsed_time": seconds, "co2_mole_fraction": value}
    air = {"chamber_volume": 20.0, "chamber_area": 0.08, "chamber_temperature": 20.0, "chamber_pressure": 101.0}
    return pd.DataFrame(closed | air)


def memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def main() -> int:
    fluxes(table(5, READINGS))
    frame = table(CLOSURES, READINGS)
    begin = time.process_time()
    fluxes(frame)
    each = (time.process_time() - begin) / CLOSURES * 1e3
    print(
        f"{each:.2f} ms per closure of {READINGS} readings (wanted: at most {MOST_MS:g}); peer {PEER / each:.0f} times"
    )
    frame = table(MANY // READINGS, READINGS)
    before = memory("VmRSS")
    begin = time.process_time()
    fluxes(frame)
    spent, more = time.process_time() - begin, memory("VmHWM") - before
    size = frame.memory_usage().sum() / 2**20
    print(f"{len(frame)} readings: {spent:.1f} s, {more:.0f} MiB above the table of {size:.0f} MiB")
    return 0 if each <= MOST_MS and more <= MOST_MIB else 1


if __name__ == "__main__":
    sys.exit(main())
