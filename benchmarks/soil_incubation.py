"""Five hundred incubations fitted, chosen between seven models and drawn from, in one thread.

Two pools, 24 readings over 240 days, 5 % errors. Everything that table.incubations does: units, noise, all models with
and without a memory of the errors, choice, 200 draws, verdicts. Beside it scipy.optimize.curve_fit of the two-pool
model alone from ten random starts on every tenth of the same series, in the same run: processor time per series, and
how often its best sum of squares is larger than ours.

OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/soil_incubation.py
"""

import sys
import time
import warnings

import numpy as np
import pandas as pd
from scipy import optimize

from halosink.soil.incubation import fitting, models, noise, series
from halosink.soil.incubation.table import incubations

SERIES, MOST_SECONDS, STARTS, EVERY = 500, 30.0, 10, 10
DAYS = np.array([1, 2, 3, 5, 7, 10, 14, 18, 22, 28, 35, 42, 50, 60, 70, 80, 95, 110, 130, 150, 170, 190, 210, 240.0])
START = np.concatenate([[0.0], DAYS[:-1]])


def two_pool(days: np.ndarray, *log_values: float) -> np.ndarray:
    """Mean fluxes from the logarithms of two pools and two rates."""
    fast, quick, slow, weak = np.exp(log_values)
    width = DAYS - START
    fall = [c * (np.exp(-k * START) - np.exp(-k * DAYS)) / width for c, k in ((fast, quick), (slow, weak))]
    return fall[0] + fall[1]


def table() -> pd.DataFrame:
    rng = np.random.default_rng(17)
    parts = []
    for place in range(SERIES):
        truth = np.log([2, 0.1, 25, 0.004]) + rng.normal(0, 0.3, 4)
        flux = two_pool(DAYS, *truth) * (1 + 0.05 * rng.standard_normal(len(DAYS)))
        parts.append(
            pd.DataFrame({"incubation": f"s{place}", "incubation_time": DAYS, "carbon_release_rate_carbon": flux})
        )
    return pd.concat(parts, ignore_index=True)


def many_starts(flux: np.ndarray, rng: np.random.Generator) -> float:
    """Least sum of squares of curve_fit over random starts."""
    best = np.inf
    for _ in range(STARTS):
        start = np.log([2, 0.1, 25, 0.004]) + rng.normal(0, 2, 4)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found, _ = optimize.curve_fit(two_pool, DAYS, flux, start, maxfev=2000)
            except RuntimeError:
                continue
            squares = float(np.sum((flux - two_pool(DAYS, *found)) ** 2))
        best = min(best, squares) if np.isfinite(squares) else best
    return best


def main() -> int:
    frame = table()
    incubations(frame.iloc[: 5 * len(DAYS)])
    begin = time.process_time()
    found, _ = incubations(frame)
    spent = time.process_time() - begin
    share = float((found.series["model"] == "two_pool").mean())
    print(f"{SERIES} series: {spent:.1f} s (wanted: at most {MOST_SECONDS:g}), two pools chosen for {share:.0%}")
    rng = np.random.default_rng(3)
    fluxes = frame["carbon_release_rate_carbon"].to_numpy().reshape(SERIES, -1)[::EVERY]
    begin = time.process_time()
    theirs = np.array([many_starts(flux, rng) for flux in fluxes])
    peer = (time.process_time() - begin) / len(fluxes)
    begin = time.process_time()
    ours = []
    for flux in fluxes:
        task = fitting.Task(series.from_rates(DAYS, flux), noise.Noise(np.ones(len(DAYS)), np.diff(DAYS)))
        fit = fitting.fit(task, models.MODELS["two_pool"]) or fitting.fit(task, models.MODELS["one_pool_steady"])
        ours.append(np.inf if fit is None else fit.squares)
    alone = (time.process_time() - begin) / len(fluxes)
    worse = float((theirs > np.array(ours) * (1 + 1e-6)).mean())
    behind = float((np.array(ours) > theirs * (1 + 1e-6)).mean())
    times = f"{alone * 1e3:.1f} ms; curve_fit from {STARTS} starts {peer * 1e3:.1f} ms: {peer / alone:.0f} times"
    print(f"two pools alone: {times}")
    print(f"larger sum of squares: curve_fit {worse:.0%} of the series, ours {behind:.0%}")
    return 0 if spent <= MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
