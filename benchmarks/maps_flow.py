"""Net ecosystem production, heat sums, trends and transitions beside plain numpy or scipy in the same run.

    python benchmarks/maps_flow.py [CELLS] [ROUNDS]

CELLS: of the NEP run (default 1e8; twelve months of temperature and precipitation in float32 are made anew for every
2e6 cells, so memory stays below 6 GB, and their making is not timed); ROUNDS: repeats of the small runs, the best
counts (default 5). CPU seconds of one process. Exit code 1 when 12 x 1e8 cells take more than 3 s.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy import stats

from halosink.maps.change.transitions import cross_tabulation
from halosink.maps.change.trends import ordinary_trend, theil_sen
from halosink.maps.flow.climate import accumulated_temperature
from halosink.maps.flow.nep import net_ecosystem_production

PART = 2_000_000
"""Cells made at once for the NEP run."""
SMALL = 1_000_000
LOOPED = 2_000


def cpu(work: Callable[[], object], rounds: int) -> float:
    best = np.inf
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return float(best)


def peak() -> float:
    """GB at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def plain(made: np.ndarray, warm: np.ndarray, wet: np.ndarray) -> np.ndarray:
    """As a user writes it."""
    return made - (0.22 * (np.exp(0.0913 * warm) + np.log(0.3145 * wet + 1)) * 30 * 0.465).sum(axis=0)


def climate(rng: np.random.Generator, cells: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Production of the year and twelve months of temperature and precipitation."""
    season = (14 * np.sin((np.arange(12) - 3) / 12 * 2 * np.pi)).astype(np.float32)[:, None]
    warm = 8 + season + 5 * rng.standard_normal((1, cells), np.float32)
    wet = 6 * rng.standard_exponential((12, cells), np.float32)
    return 300 * rng.random(cells, np.float32), warm.astype(np.float32), wet


def main() -> int:
    cells = int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    rng = np.random.default_rng(0)
    made, warm, wet = climate(rng, SMALL)
    net_ecosystem_production(made[:10], warm[:, :10], wet[:, :10])
    spent, out = 0.0, np.empty(cells, np.float32)
    for start in range(0, cells, PART):
        parts = climate(rng, min(PART, cells - start))
        begin = time.process_time()
        out[start : start + PART] = net_ecosystem_production(*parts)
        spent += time.process_time() - begin
    print(f"NEP of 12 x {cells:.0e} cells: {spent:.2f} CPU s, peak memory {peak():.2f} GB")
    ours = cpu(lambda: net_ecosystem_production(made, warm, wet), rounds)
    theirs = cpu(lambda: plain(made, warm, wet), rounds)
    print(f"NEP of 12 x {SMALL:.0e}: {ours:.4f} s, plain numpy {theirs:.4f} s, ratio {theirs / ours:.1f}")

    for method in ("days", "months"):
        taken = cpu(lambda m=method: accumulated_temperature(warm, method=m), rounds)
        print(f"heat sum of 12 x {SMALL:.0e} by {method}: {taken:.3f} s")

    years = np.arange(2010, 2024)
    data = rng.standard_normal((len(years), SMALL), np.float32)
    theil_sen(data[:, :10], years)
    ours = cpu(lambda: theil_sen(data, years), rounds)
    few = data[:, :LOOPED].astype(float)
    begin = time.process_time()
    for column in few.T:
        stats.theilslopes(column, years)
        stats.kendalltau(years, column, method="asymptotic")
    theirs = (time.process_time() - begin) * SMALL / LOOPED
    print(f"trend of 14 x {SMALL:.0e}: {ours:.2f} s, loop of scipy (from {LOOPED} cells) {theirs:.0f} s, "
          f"ratio {theirs / ours:.0f}")  # fmt: skip
    print(f"least squares of 14 x {SMALL:.0e}: {cpu(lambda: ordinary_trend(data, years), rounds):.2f} s")

    before, after = rng.integers(0, 68, (2, 10 * SMALL)).astype(np.uint8)
    print(f"cross-tabulation of {10 * SMALL:.0e}: {cpu(lambda: cross_tabulation(before, after), rounds):.3f} s")
    return int(spent > 3.0 * cells / 1e8)


if __name__ == "__main__":
    raise SystemExit(main())
