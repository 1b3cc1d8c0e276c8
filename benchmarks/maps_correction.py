"""Kriging a map from plots, in CPU seconds, against gstools and pykrige where installed.

    python benchmarks/maps_correction.py [CELLS]

3,000 plots, 50 neighbours, CELLS cells (default 1,000,000) on a square grid. gstools has no neighbourhoods and solves
with all plots; pykrige solves each cell's 50 neighbours. Both are timed on a share of the cells and told per million.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from halosink.maps.correction.conditional_draws import conditional_draws
from halosink.maps.correction.kriging import fitted_kriging, krige
from halosink.maps.correction.likelihood import fit_likelihood, sites

PLOTS, NEIGHBOURS, SHARE = 3000, 50, 0.005


def seconds(work: Callable[[], object], rounds: int = 3) -> float:
    best = np.inf
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    side = int(np.sqrt(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
    rng = np.random.default_rng(1)
    points = rng.uniform(0, side * 30.0, (PLOTS, 2))
    values = np.sin(points[:, 0] / side / 4) + np.cos(points[:, 1] / side / 3) + 0.3 * rng.normal(size=PLOTS)
    one = np.ones((PLOTS, 1))
    data = sites(points, np.column_stack([values, one]), np.arange(PLOTS))
    fit = fit_likelihood(data)
    print(f"REML of {PLOTS} plots: {seconds(lambda: fit_likelihood(data)):.2f} s CPU; {fit.covariance}")
    axis = (np.arange(side) + 0.5) * 30.0
    cells = np.stack(np.meshgrid(axis, axis[::-1]), axis=-1).reshape(-1, 2)
    drift = np.ones((len(cells), 1))
    model = fitted_kriging(data, fit)
    krige(model, cells[:100], drift[:100], NEIGHBOURS)
    million = 1e6 / len(cells)
    own = seconds(lambda: krige(model, cells, drift, NEIGHBOURS)) * million
    print(f"{len(cells)} cells, {NEIGHBOURS} neighbours, mean and variance: {own:.1f} s CPU per million")
    wide = np.column_stack([drift, rng.normal(size=(len(cells), 10))])
    more = sites(points, np.column_stack([values, one, rng.normal(size=(PLOTS, 10))]), np.arange(PLOTS))
    with_drift = fitted_kriging(more, fit_likelihood(more))
    print(f"with 10 covariates: {seconds(lambda: krige(with_drift, cells, wide), 1) * million:.1f} s CPU per million")
    few = cells[rng.permutation(len(cells))[: int(len(cells) * SHARE)]]
    each = fitted_kriging(data, fit, 0.0)
    ones = np.ones((len(few), 1))
    alone = seconds(lambda: krige(each, few, ones, NEIGHBOURS)) * 1e6 / len(few)
    print(f"a neighbourhood of its own for each cell: {alone:.1f} s CPU per million")
    mean, variance = krige(model, few, ones, NEIGHBOURS)
    every = krige(each, few[:200], ones[:200], 300)
    sill = np.sqrt(fit.covariance.sill)
    print(f"largest difference to 300 neighbours: {np.abs(mean[:200] - every[0]).max() / sill:.4f} of the field's sd")
    drawn = seconds(lambda: conditional_draws(model, few, ones, 100, 1), 1)
    print(f"100 draws of {len(few)} cells together: {drawn:.1f} s CPU")
    c = fit.covariance
    try:
        import gstools

        peer = gstools.krige.Ordinary(
            gstools.Exponential(dim=2, var=c.sill, len_scale=c.scale, nugget=c.nugget), points.T, values, exact=False
        )
        took = seconds(lambda: peer(few.T), 1) * 1e6 / len(few)
        apart = np.abs(np.asarray(peer(few.T)[0]) - mean).max() / sill
        print(f"gstools {gstools.__version__}, all plots: {took:.1f} s CPU per million, {took / own:.1f} times; "
              f"largest difference {apart:.4f} of the field's sd")  # fmt: skip
    except ImportError:
        print("gstools is not installed")
    try:
        from pykrige.ok import OrdinaryKriging

        other = OrdinaryKriging(points[:, 0], points[:, 1], values, variogram_model="exponential",
                                variogram_parameters={"psill": c.sill, "range": 3 * c.scale,
                                                      "nugget": c.nugget})  # fmt: skip
        took = seconds(
            lambda: other.execute("points", few[:, 0], few[:, 1], backend="loop", n_closest_points=NEIGHBOURS), 1
        )
        took *= 1e6 / len(few)
        print(f"pykrige, 50 nearest: {took:.1f} s CPU per million, {took / own:.1f} times")
    except ImportError:
        print("pykrige is not installed")


if __name__ == "__main__":
    main()
