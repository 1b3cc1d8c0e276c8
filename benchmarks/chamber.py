"""Models of chamber closures: 300 closures of 300 readings each, and a million readings in bounded memory.

Straight line, robust line, and the curve of Hutchinson and Mosier with the limit kappa.max, in processor time. The time
of a peer in R is the one recorded with its reference values; that of a plain loop over scipy is measured beside ours.

python benchmarks/chamber.py [ROUNDS]
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy import optimize, stats

from halosink.chamber.batch import Batch
from halosink.chamber.models import detection, hutchinson_mosier, kappa_max, robust, straight

CLOSURES, READINGS, MANY = 300, 300, 1_000_000
# ms per closure: goFlux 0.2.1 (line and curve, 180 readings), gasfluxes 0.7 (four methods, 4 readings)
PEERS = {"goFlux": 58.0, "gasfluxes": 10.5}
MEASURE = """
import sys
from pathlib import Path
sys.path.insert(0, {folder!r})
import chamber
def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
batch = chamber.closures({number}, {readings})
chamber.models(chamber.closures(3, {readings}))
before = memory("VmHWM")
seconds = chamber.seconds(lambda: chamber.models(batch), 1)
print([seconds, memory("VmHWM") - before, batch.value.nbytes / 2**20])
"""


def closures(number: int, readings: int) -> Batch:
    draws = np.random.default_rng(17)
    time_of = np.tile(np.arange(float(readings)), (number, 1))
    rate = draws.uniform(2e-4, 5e-3, (number, 1))
    slope = draws.uniform(-0.1, 0.5, (number, 1))
    value = 420 + slope * -np.expm1(-rate * time_of) / rate + draws.normal(0, 0.3, time_of.shape)
    return Batch(time_of, value, np.ones(time_of.shape, dtype=bool))


def models(batch: Batch) -> None:
    line = straight.fit(batch)
    robust.fit(batch)
    duration = batch.time.max(axis=1)
    most = kappa_max.rate_max(line.slope, detection.from_precision(0.3, duration), duration)
    hutchinson_mosier.fit(batch, most)


def plain(batch: Batch) -> None:
    """One closure after the other with scipy: line and curve only."""
    for t, c in zip(batch.time, batch.value, strict=True):
        line = stats.linregress(t, c)

        def curve(t: np.ndarray, start: float, slope: float, rate: float) -> np.ndarray:
            return start + slope * -np.expm1(-rate * t) / rate

        optimize.curve_fit(curve, t, c, p0=(line.intercept, line.slope, 1e-3), maxfev=2000)


def seconds(work: Callable[[], None], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return statistics.median(found)


def main(rounds: int = 5) -> int:
    batch = closures(CLOSURES, READINGS)
    models(batch)
    print(f"{CLOSURES} closures of {READINGS} readings, ms per closure, median of {rounds} rounds")
    for name, model in (("line", straight), ("robust line", robust), ("curve", hutchinson_mosier)):
        print(f"  {name}: {seconds(lambda model=model: model.fit(batch), rounds) / CLOSURES * 1e3:.3f}")
    ours = seconds(lambda: models(batch), rounds) / CLOSURES * 1e3
    few = Batch(batch.time[:20], batch.value[:20], batch.valid[:20])
    loop = seconds(lambda: plain(few), 3) / 20 * 1e3
    print(f"  all models: {ours:.3f} (at most 1); a loop over scipy without the robust line: {loop:.2f}")
    for name, peer in PEERS.items():
        print(f"  {name} as recorded: {peer} = {peer / ours:.0f} times ours")
    fine = ours <= 1
    for readings in (4, READINGS, 10_000):
        number = MANY // readings
        code = MEASURE.format(folder=os.path.dirname(os.path.abspath(__file__)), number=number, readings=readings)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        wall, peak, size = json.loads(done.stdout.splitlines()[-1])
        print(
            f"{number} closures of {readings} readings: {wall:.2f} s, "
            f"peak memory {peak:.0f} MB beyond {3 * size:.0f} MB of data"
        )
        fine &= peak < 500
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
