"""How well gaps are filled, by gaps that were made for the purpose in the same series."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.eddy.filling import sampling
from halosink.eddy.filling.conventions import Convention
from halosink.eddy.filling.fill import usable_drivers
from halosink.eddy.filling.forest import gaps as made
from halosink.eddy.filling.forest import model, sum_error
from halosink.eddy.filling.forest.sum_error import SumError
from halosink.eddy.steps import Steps

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

COLUMNS = (
    "field", "gap_days", "model", "rmse", "mae", "bias", "bias_low", "bias_high", "r2", "coverage", "records", "gaps",
    "reason",
)  # fmt: skip
MODELS = ("mds", "forest")
RESAMPLES = 2000  # own choice: a percentile of 2.5 % then rests on 50 of them
LEAST_SHARE_FILLED = 0.9  # own choice: below, a sum of the gap would mostly tell where the model had no answer


def held_out_score(
    table: pd.DataFrame,
    field: str,
    *,
    gap_days: Sequence[float] = (1, 7, 14),
    gaps: int = 20,
    seed: int = 0,
    convention: Convention = "reddyproc",
    models: Sequence[str] = MODELS,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """One row per length of gap and model ("mds", "forest"), both on the same gaps and the same records.

    table, field: as for fill. gap_days: lengths [days]; gaps: about how many of each; no more than a tenth of the
    records is set aside at once, and the forest is grown anew for each round (about a second a site-year).
    rmse, mae, bias (estimate less measured) [unit of the flux] and r2 (squared correlation) over all records set aside
    that every model has an answer for; bias_low, bias_high: 95 %, gaps drawn anew 2,000 times, as the records of one
    gap are not independent. coverage: share of the gaps of which the 95 % interval of the filled sum holds the measured
    sum, over the records that were measured; of both models by sum_error. reason: "" or "forest_too_few_records",
    "forest_no_drivers", "forest_no_gaps"; then there are no figures.

    Artificial gaps as test of fillers: moffat2007.
    """
    unknown = set(models) - set(MODELS)
    if unknown:
        raise ValueError(f"models are {', '.join(MODELS)}, not {', '.join(sorted(unknown))}")
    steps = Steps.of(table["time"].to_numpy())
    flux = table[field].to_numpy(dtype=float, na_value=np.nan)
    measured = np.isfinite(flux)
    lots = [
        (days, lot)
        for number, days in enumerate(gap_days)
        for lot in made.rounds(measured, steps.per_day, days, gaps, np.random.default_rng([seed, 2, number]))
    ]
    rows: list[dict[str, object]] = []
    parts: dict[float, list[dict[str, list[Array]]]] = {days: [] for days in gap_days}
    reasons: dict[float, str] = dict.fromkeys(gap_days, "forest_no_gaps")
    for done, (days, lot) in enumerate(lots):
        reasons[days], answers = _round(table, field, steps, lot, models, seed + done, convention)
        parts[days] += answers
        if progress is not None:
            progress(done + 1, len(lots))
    for days in gap_days:
        for name in models:
            start = {"field": field, "gap_days": float(days), "model": name}
            if parts[days]:
                rng = np.random.default_rng([seed, 3])
                rows.append({**start, **_figures([gap[name] for gap in parts[days]], rng), "reason": ""})
            else:
                rows.append({**start, "reason": reasons[days]})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"records": "Int64", "gaps": "Int64"})


def _round(
    table: pd.DataFrame,
    field: str,
    steps: Steps,
    lot: list[tuple[int, int]],
    models: Sequence[str],
    seed: int,
    convention: Convention,
) -> tuple[str, list[dict[str, list[Array]]]]:
    """Reason, or for each gap and model [estimate, measured, [inside]]."""
    flux = table[field].to_numpy(dtype=float, na_value=np.nan)
    aside = np.zeros(len(flux), dtype=bool)
    for first, end in lot:
        aside[first:end] = True
    kept = table.assign(**{field: np.where(aside, np.nan, flux)})
    estimates: dict[str, tuple[Array, Array, SumError]] = {}
    forest = None
    for name in models:
        if name == "forest":
            forest = model.fill(kept, field, seed=seed)
            if forest.reason:
                return forest.reason, []
            estimates[name] = forest.estimate, forest.sd, forest.error
        else:
            estimates[name] = sampled(kept, field, steps, seed, convention)
    answered = np.logical_and.reduce([np.isfinite(value) for value, _, _ in estimates.values()])
    out: list[dict[str, list[Array]]] = []
    for first, end in lot:
        here = np.zeros(len(flux), dtype=bool)
        here[first:end] = np.isfinite(flux[first:end])
        rows = here & answered
        if rows.sum() < LEAST_SHARE_FILLED * here.sum():
            continue
        gap: dict[str, list[Array]] = {}
        for name, (value, sd, error) in estimates.items():
            if name == "forest" and forest is not None:
                wide = forest.sum_sd(rows) * error.quantile()
            else:
                wide = error.sd(sd, rows) * error.quantile()
            inside = abs(float((value - flux)[rows].sum())) <= wide
            gap[name] = [value[rows], flux[rows], np.array([float(inside)])]
        out.append(gap)
    return "", out


def sampled(
    table: pd.DataFrame, field: str, steps: Steps, seed: int, convention: Convention
) -> tuple[Array, Array, SumError]:
    """Marginal distribution sampling of the missing records: estimate, sd, and the error of sums.

    The latter as for the forest: each tenth of the blocks is left out and estimated from the others.
    """
    flux = table[field].to_numpy(dtype=float, na_value=np.nan)
    measured = np.isfinite(flux)
    series = usable_drivers(table, field)
    filled = sampling.sample(flux, series, steps.per_day, convention=convention, rows=~measured)
    cuts = model.blocks(measured, steps, seed)
    errors, sd = np.full((len(cuts), len(flux)), np.nan), np.full(len(flux), np.nan)
    for c, (_, part) in enumerate(cuts):
        for k in range(model.PARTS):
            rows = measured & (part == k)
            if rows.any():
                kept = np.where(part == k, np.nan, flux)
                other = sampling.sample(kept, series, steps.per_day, convention=convention, rows=rows)
                errors[c, rows] = (flux - other.mean)[rows]
                sd[rows] = other.sd[rows] if c == 0 else sd[rows]
    good = np.isfinite(errors[0]) & (sd > 0)
    # Records sampled in a gap scatter more around their mean than those beside measured ones: the sd is brought to it.
    scale = float(np.sqrt(np.sum(errors[0, good] ** 2) / np.sum(sd[good] ** 2))) if good.any() else 1.0
    lots = [(np.stack([e, e]), block) for e, (block, _) in zip(errors, cuts, strict=True)]
    error = sum_error.estimate(lots, sd * scale, steps.seconds / 86_400)
    return np.where(measured, np.nan, filled.mean), filled.sd * scale, error


def _figures(gaps: list[list[Array]], rng: np.random.Generator) -> dict[str, object]:
    estimate, truth = (np.concatenate([gap[k] for gap in gaps]) for k in (0, 1))
    error = estimate - truth
    totals = np.array([float((gap[0] - gap[1]).sum()) for gap in gaps])
    counts = np.array([len(gap[0]) for gap in gaps])
    drawn = rng.integers(0, len(gaps), (RESAMPLES, len(gaps)))
    low, high = np.quantile(totals[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975])
    flat = len(truth) < 2 or np.ptp(estimate) == 0 or np.ptp(truth) == 0
    return {
        "rmse": float(np.sqrt(np.mean(error**2))),
        "mae": float(np.mean(np.abs(error))),
        "bias": float(error.mean()),
        "bias_low": float(low),
        "bias_high": float(high),
        "r2": np.nan if flat else float(np.corrcoef(estimate, truth)[0, 1] ** 2),
        "coverage": float(np.mean([gap[2][0] for gap in gaps])),
        "records": len(truth),
        "gaps": len(gaps),
    }
