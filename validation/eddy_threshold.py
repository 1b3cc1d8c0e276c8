"""Thresholds of friction velocity against those of REddyProc and ONEFlux for the tower at Tharandt, 1998.

    python validation/eddy_threshold.py [REFERENCE]

REFERENCE: folder with oracles/ (default: HALOSINK_REFERENCE). Ends with exit code 1 when a line is missed. The
reference of ONEFlux lists its 100 resamples: 5, 50 and 95 % of 1,000 of ours have to lie between the two of its order
statistics that hold the true percentile in 99 of 100 cases. REddyProc tells only the percentiles of its 100: they have
to lie within 99 % of the percentiles of 100 out of 1,000 of ours.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from eddy_towers import de_tha
from halosink.eddy.threshold.find import ustar_threshold

SHARES = (0.05, 0.5, 0.95)
SEED = 11
ROUNDS = 3
REDDYPROC_SECONDS = 49.0  # 100 resamples on the machine of the references, with nothing beside


def order_interval(sample: NDArray[np.float64], share: float) -> tuple[float, float]:
    ordered, number = np.sort(sample), len(sample)
    low, high = int(binom.ppf(0.005, number, share)) - 1, int(binom.ppf(0.995, number, share))
    return float(ordered[max(low, 0)]), float(ordered[min(high, number - 1)])


def main(reference: Path) -> int:
    folder = reference / "oracles/flux"
    tower = de_tha(reference)
    missed = 0

    def line(what: str, ours: float, wanted: str, met: bool) -> None:
        nonlocal missed
        missed += not met
        print(f"{'met   ' if met else 'MISSED'}  {what:<58} {ours:12.9f}  {wanted}")

    for method, seasons, peer, wanted in (
        ("moving_point", "continuous", "REddyProc, moving point", 0.41625),
        ("moving_point", "calendar", "ONEFlux, moving point", 0.63),
        ("change_point", "continuous", "REddyProc, change point", 0.559997185702379),
    ):
        found = ustar_threshold(tower, method=method, seasons=seasons).year[0]  # type: ignore[arg-type]
        line(f"{peer}, {seasons} seasons", found, f"{wanted:.9f} to 1e-6", abs(found - wanted) <= 1e-6)

    printed = (folder / "oneflux_detha98/ust/DETha_1998_qca_ustar_ut.txt").read_text().splitlines()
    rows = [row.split() for row in printed if row.endswith("forward mode 2")]
    theirs = np.array([max(float(one) for one in row[:4]) for row in rows if len(row) == 7])
    ours = ustar_threshold(tower, seasons="calendar", bootstraps=1000, seed=SEED).draws[0]
    for share in SHARES:
        value, (low, high) = float(np.percentile(ours, share * 100)), order_interval(theirs, share)
        line(f"ONEFlux, {share:.0%} of 1,000 resamples", value, f"{low:.4f} to {high:.4f}", low <= value <= high)

    draws = ustar_threshold(tower, bootstraps=1000, seed=SEED).draws[0]
    some = draws[np.random.default_rng(SEED).integers(0, len(draws), (20_000, len(theirs)))]
    with (folder / "reddyproc_detha98/ustar_bootstrap100_seed42.csv").open(encoding="utf-8") as lines:
        year = list(csv.DictReader(lines))[1]
    for share in SHARES:
        low, high = np.percentile(np.percentile(some, share * 100, axis=1), [0.5, 99.5])
        value = float(year[f"{share:.0%}"])
        line(f"REddyProc's {share:.0%} of 100 resamples", value, f"{low:.4f} to {high:.4f}", low <= value <= high)
        print(f"        {'ours of 1,000':<58} {np.percentile(draws, share * 100):12.9f}")

    for method in ("moving_point", "change_point"):
        spent = []
        for _ in range(ROUNDS):
            start = time.process_time()
            ustar_threshold(tower, method=method, bootstraps=100, seed=SEED)  # type: ignore[arg-type]
            spent.append(time.process_time() - start)
        within = f"at most 0.5 s (REddyProc {REDDYPROC_SECONDS:.0f})" if method == "moving_point" else "told only"
        line(f"100 resamples, {method}, CPU s", min(spent), within, min(spent) <= 0.5 or method == "change_point")
    return int(missed > 0)


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HALOSINK_REFERENCE")
    if not given:
        sys.exit("name the folder of the references, or set HALOSINK_REFERENCE")
    sys.exit(main(Path(given)))
