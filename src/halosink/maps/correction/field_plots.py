"""Field plots against the layers of a region: which correction helps, judged where no plot was used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import CheckRow
from halosink.maps.correction.applicability import Applicability
from halosink.maps.correction.calibration import widening, widening_by_fold
from halosink.maps.correction.corrected import Correction, Plain
from halosink.maps.correction.correction_checks import correction_checks
from halosink.maps.correction.folds import FOLDS, block_folds, plot_folds, random_folds
from halosink.maps.correction.forest import TREES
from halosink.maps.correction.likelihood import Z95
from halosink.maps.correction.methods import Method, Rows, fit_method, held_out
from halosink.maps.correction.plot_table import plot_rows
from halosink.maps.correction.score import scores
from halosink.maps.correction.transforms import Name, Transform, smeared
from halosink.problems import Problem

Array = NDArray[np.float64]

SPLITS = ("random", "plot", "block")
METHODS: tuple[Method, ...] = ("kriging", "forest")
NARROWEST, WIDEST = 1 / 40, 1 / 4
"""Least and largest side of a square as a share of the longer and the shorter extent of the plots. Own choice: smaller
squares hold one plot each, larger ones leave too few for folds."""


def correct(
    table: pd.DataFrame, quantity: str, covariates: Sequence[str], *,
    method: Literal["auto", "kriging", "forest"] = "auto",
    x: str = "x", y: str = "y", plot: str = "plot", uncorrected: str | None = None, transform: Name = "none",
    measurement: float = 0.0, model: str = "exponential", seed: int = 0, folds: int = FOLDS,
    block_side: float | None = None, trees: int = TREES, splits: Sequence[str] = SPLITS,
) -> Correction:  # fmt: skip
    """Fits and judges a correction of a map by field plots.

    table: one row per sample (a horizon, a replicate); columns `quantity`, x, y [m, projected], `plot` (rows of one are
    never split, except by "random"; each row its own where the column is missing), `covariates` and `uncorrected` (the
    values of layers at the plots; `uncorrected` is the map to be corrected, in the quantity's unit, and is a covariate
    too). measurement: standard deviation of measuring on the transformed scale; it is not part of what a map shows.
    block_side [m]: default the effective range of the kriging residuals within NARROWEST..WIDEST of the extent.

    Each method is held out by rows at random, by plots and by squares of land (roberts2017). "auto" takes the method
    with the smaller error by squares. Where that is no better than the mean of the plots (r2 <= 0), or than the
    uncorrected map, the correction is not made: `method` is then "mean" or "uncorrected" and predict gives that with
    its error. skill: quantity, method, split, rmse, mae, r2, bias, coverage, n, folds, ccc, width, <score>_low,
    <score>_high, scale ("quantity", or the transform: rmse then is of the logarithm), used. As the best of two is
    taken by the squares' errors, its error there is, a little, too small. Deterministic for a seed.
    Raises UserError: E-REGION-PLOTS-COLUMN, -FEW, -CONSTANT, -NOT-POSITIVE, -DEGREES.
    """
    names = tuple(dict.fromkeys([*covariates, *([uncorrected] if uncorrected else [])]))
    rows, problems = plot_rows(table, quantity, names, x, y, plot, transform)
    scale = Transform.of(rows.values, transform)
    if uncorrected and not scale.plain:
        column = names.index(uncorrected)
        rows.covariates[:, column] = scale.forward(rows.covariates[:, column])
    observed = rows.values
    rows = Rows(rows.points, scale.forward(observed), rows.covariates, rows.plots)
    chosen: tuple[Method, ...] = (METHODS if names else METHODS[:1]) if method == "auto" else (method,)
    fitted = {m: fit_method(m, rows, seed=seed, model=model, trees=trees, intervals=True) for m in chosen}
    side = block_side or _side(rows.points, next(iter(fitted.values())).kriging.fit.covariance.effective_range)
    cut = {"random": random_folds(len(observed), folds, seed), "plot": plot_folds(rows.plots, folds, seed),
           "block": block_folds(rows.points, rows.plots, side, folds, seed)}  # fmt: skip
    skill: list[dict[str, Any]] = []
    errors: dict[str, tuple[Array, Array]] = {}
    for split in dict.fromkeys([*splits, "block"]):
        for m in chosen:
            start = fitted[m].kriging.fit.covariance
            got = held_out(m, rows, cut[split], seed=seed, model=model, start=start, trees=min(trees, 100))
            skill += _rows(quantity, m, split, observed, rows, scale, *got, cut[split], transform, seed)
            if split == "block":
                errors[m] = got
        plain = _mean_of_others(rows, cut[split])
        skill += _rows(quantity, "mean", split, observed, rows, scale, *plain, cut[split], transform, seed)
        if split == "block":
            errors["mean"] = plain
        if uncorrected:
            as_is = rows.covariates[:, names.index(uncorrected)]
            alike = np.full(len(as_is), np.sqrt(np.mean((rows.values - as_is) ** 2)))
            skill += _rows(
                quantity, "uncorrected", split, observed, rows, scale, as_is, alike, cut[split], transform, seed
            )
            if split == "block":
                errors["uncorrected"] = as_is, alike

    def rmse(m: str) -> float:
        return float(np.sqrt(np.mean((rows.values - errors[m][0]) ** 2)))

    best = min(chosen, key=rmse)
    r2 = 1 - rmse(best) ** 2 / float(rows.values.var())
    used: str = best
    if uncorrected and rmse("uncorrected") <= rmse(best):
        used = "uncorrected"
    if r2 <= 0 and (not uncorrected or rmse("mean") < rmse("uncorrected")):
        used = "mean"
    kept, simple = fitted[best], None
    mean, sd = errors[used]
    factor = widening(rows.values - mean, sd)
    if used != best:
        simple = Plain(float(_mean_of(rows)), float(np.mean(mean - rows.values)), rmse(used))
        sd = np.full(len(sd), simple.rmse)
        factor = widening(rows.values - mean, sd)
        problems.append(Problem("W-REGION-NO-CORRECTION", column=quantity,
                                values={"quantity": quantity, "method": used, "r2": round(r2, 3)}))  # fmt: skip
    shape = smeared(rows.values - mean, sd)
    out = pd.DataFrame(skill)
    out["used"] = out["method"] == used
    area = Applicability.of(rows.covariates, kept.importance, cut["block"], seed)
    checks: tuple[CheckRow, ...] = correction_checks(quantity, out, used, best, r2, factor, kept, area, side)
    return Correction(quantity, used, names, uncorrected, scale, kept, simple, area, factor, shape, measurement, out,
                      checks, tuple(problems), side)  # fmt: skip


def _side(points: Array, reach: float) -> float:
    extent = np.ptp(points, axis=0)
    return float(np.clip(reach, extent.max() * NARROWEST, max(extent.min() * WIDEST, extent.max() * NARROWEST)))


def _mean_of(rows: Rows) -> float:
    """Mean over plots of the mean of their rows: a plot with many horizons weighs no more than another."""
    code = np.unique(rows.plots, return_inverse=True)[1]
    return float(np.mean(np.bincount(code, rows.values) / np.bincount(code)))


def _mean_of_others(rows: Rows, folds: NDArray[Any]) -> tuple[Array, Array]:
    mean, sd = np.empty(len(folds)), np.empty(len(folds))
    for fold in np.unique(folds):
        out = folds == fold
        others = rows.of(~out)
        mean[out], sd[out] = _mean_of(others), others.values.std()
    return mean, sd


def _rows(quantity: str, method: str, split: str, observed: Array, rows: Rows, scale: Transform, mean: Array, sd: Array,
          folds: NDArray[Any], transform: str, seed: int) -> list[dict[str, Any]]:  # fmt: skip
    """Scores on the transformed scale and, where there is one, on the quantity's own."""
    wide = sd * widening_by_fold(rows.values - mean, sd, folds)
    low, high = mean - Z95 * wide, mean + Z95 * wide
    groups = folds if split == "block" else rows.plots
    versions = [("quantity" if scale.plain else transform, rows.values, mean, low, high)]
    if not scale.plain:
        middle = (
            scale.back(mean) if method == "uncorrected" else scale.mean(mean, sd, smeared(rows.values - mean, sd))[0]
        )
        versions.append(("quantity", observed, middle, scale.back(low), scale.back(high)))
    out = []
    for name, o, p, a, b in versions:
        found = scores(o, p, a, b, groups, seed=seed)
        row: dict[str, Any] = {"quantity": quantity, "method": method, "split": split}
        row |= {s: found[s][0] for s in ("rmse", "mae", "r2", "bias", "coverage")}
        row |= {"n": len(o), "folds": len(np.unique(folds)), "ccc": found["ccc"][0], "width": found["width"][0]}
        row |= {f"{s}_low": v[1] for s, v in found.items()} | {f"{s}_high": v[2] for s, v in found.items()}
        out.append(row | {"scale": name})
    return out
