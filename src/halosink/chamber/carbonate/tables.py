"""Tables of a two-part fit: errors, parameters, the parts themselves and their shares."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.chamber.carbonate import held_out, respiration, warming
from halosink.chamber.carbonate.held_out import Errors, Series
from halosink.chamber.carbonate.respiration import Fit

NIGHT = (18, 6)
"""Own choice: hours of the local clock between which it is night, good enough for a share."""


def skill(errors: Errors, model: str) -> float:
    """1 - MSE / MSE of the mean: 0 is no better than the mean of the other weeks, 1 is perfect."""
    base = errors.rmse("mean")
    return 1 - (errors.rmse(model) / base) ** 2 if base else float("nan")


def models(series: list[Series], errors: list[Errors], total: Errors) -> pd.DataFrame:
    rows = []
    for name, one in [("", total), *((s.name, e) for s, e in zip(series, errors, strict=True))]:
        for model in held_out.MODELS:
            rows.append((name, model, int(one.n.sum()), one.rmse(model), one.mae(model), skill(one, model)))
    return pd.DataFrame(rows, columns=["series", "model", "n", "rmse", "mae", "skill"])


def parameters(series: Series, one: Fit, draws: list[Fit], confidence: float, varying: bool) -> pd.DataFrame:
    """Values with the percentiles over resampled weeks; moisture_half as moisture, not as its logarithm."""
    k = series.terms.shape[1]
    values, *drawn = (np.concatenate([f.shape, f.linear]) for f in (one, *draws))
    low, high = np.quantile(np.stack(drawn), [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    table = pd.DataFrame(
        {
            "series": series.name,
            "parameter": [*respiration.NAMES, *warming.NAMES[:k]],
            "unit": [*respiration.UNITS, *warming.UNITS[:k]],
            "value": values,
            "low": low,
            "high": high,
        }
    )
    if not varying:
        table = table[table["parameter"] != "sensitivity_per_moisture"]
    half = table["parameter"] == "moisture_half"
    table.loc[half, ["value", "low", "high"]] = np.exp(table.loc[half, ["value", "low", "high"]])
    return table.reset_index(drop=True)


def parts(series: Series, one: Fit) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "time": series.time,
            "series": series.name,
            "co2_flux": series.flux,
            "biotic": one.biotic(series.temperature, series.moisture),
            "abiotic": one.added(series.terms),
        }
    )


def shares(series: list[Series], fits: list[Fit], draws: list[list[Fit]], confidence: float) -> dict[str, float]:
    """Part of the gross exchange that is abiotic, and the abiotic mean, with what resampled weeks say of the share."""
    sums = np.zeros((3, 1 + len(draws[0])))
    for one, fitted, drawn in zip(series, fits, draws, strict=True):
        for i, trial in enumerate((fitted, *drawn)):
            added = trial.added(one.terms)
            sums[:, i] += np.abs(added).sum(), trial.biotic(one.temperature, one.moisture).sum(), added.sum()
    share = sums[0] / np.maximum(sums[0] + sums[1], 1e-300)
    low, high = np.quantile(share[1:], [(1 - confidence) / 2, (1 + confidence) / 2])
    n = sum(len(s.flux) for s in series)
    return {
        "abiotic_share": float(share[0]),
        "abiotic_share_low": float(low),
        "abiotic_share_high": float(high),
        "abiotic_mean": float(sums[2, 0] / n),
    }


def negative(frame: pd.DataFrame) -> dict[str, float]:
    """Share of fluxes below zero, of all that were measured."""
    flux = frame[["time", "co2_flux"]].dropna()
    hour = pd.to_datetime(flux["time"]).dt.hour
    dark = (hour >= NIGHT[0]) | (hour < NIGHT[1])
    below = flux["co2_flux"] < 0
    return {
        "negative": float(below.mean()),
        "negative_day": float(below[~dark].mean()),
        "negative_night": float(below[dark].mean()),
    }
