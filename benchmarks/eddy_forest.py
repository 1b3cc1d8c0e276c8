"""CPU seconds of the forest for one site-year, against the plain forest and boosting that the comparisons used.

    python benchmarks/eddy_forest.py [ROUNDS]

With HALOSINK_REFERENCE the year 1998 of DE-Tha; the peers (200 trees of a random forest, boosted histograms) run in the
same process on the same features, without sd, error of sums or left-out estimates. One thread.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor

from eddy_towers import de_tha, oneflux
from halosink.eddy.filling.forest import features, fill
from halosink.eddy.steps import Steps


def seconds(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    folder = os.environ.get("HALOSINK_REFERENCE")
    if not folder:
        raise SystemExit("HALOSINK_REFERENCE is not set")
    table = de_tha(Path(folder))
    table["nee"] = oneflux(Path(folder), "uStar0.41625")["NEE"].to_numpy(dtype=float)
    steps = Steps.of(table["time"].to_numpy())
    flux = table["nee"].to_numpy()
    known = np.isfinite(flux)
    seen = features.matrix(features.drivers(table, "nee", steps), table, steps)

    def peer(model: RandomForestRegressor | HistGradientBoostingRegressor) -> Callable[[], object]:
        return lambda: model.fit(seen[known], flux[known]).predict(seen[~known])

    ours = seconds(lambda: fill(table, "nee"), rounds)
    print(f"forest: estimates, sd, left-out estimates, error of sums: {ours:.2f} s (at most 2)")
    forest = RandomForestRegressor(200, min_samples_leaf=5, n_jobs=1, random_state=0)
    print(f"random forest of 200 trees, estimates only: {seconds(peer(forest), 1):.2f} s")
    print(f"boosted histograms, estimates only: {seconds(peer(HistGradientBoostingRegressor()), rounds):.2f} s")
    if ours > 2:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
