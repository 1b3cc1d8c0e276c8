"""Temperature and salinity response of the groups of a table of incubations, and pooled parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from halosink.soil.incubation.pooling import partial_pool
from halosink.soil.incubation.salt import salt_response
from halosink.soil.incubation.series import Array
from halosink.soil.incubation.speed import common_amount, log_speed
from halosink.soil.incubation.table import Incubations
from halosink.soil.incubation.temperature import temperature_response

# own choice: a speed that this share of the draws never reaches within ten times the incubation is not known
MOST_LOST = 0.1
FEW_LEVELS, NOT_FITTED, SPEED_UNKNOWN = "few_levels", "not_fitted", "speed_unknown"
_COLUMNS = ["incubation_group", "series", "levels", "amount", "form", "value", "error", "draws", "scatter",
            "log_likelihood", "reason"]  # fmt: skip


def responses(
    found: Incubations, frame: pd.DataFrame, along: str = "incubation_temperature", draws: int = 200, seed: int = 0
) -> pd.DataFrame:
    """One row per group and form: how the speed of release changes along a column of `frame`.

    frame: the table that was fitted, with `incubation_group` (series of one soil that differ only in `along`; without
    it all series are one group). incubation_temperature gives q10, arrhenius, lloyd_taylor; any other column is a
    measure of salinity and gives `salt` [% per unit]. value, error (half of the middle 68 % of the draws), draws
    (an array each), amount [mg g-1] at which speeds are compared. reason: few_levels, not_fitted or speed_unknown
    where there is no value.
    """
    first = frame.groupby("incubation", sort=False).first()
    group = first["incubation_group"] if "incubation_group" in first else pd.Series("", index=first.index)
    level = pd.to_numeric(first[along], errors="coerce") if along in first else pd.Series(np.nan, index=first.index)
    rows: list[dict[str, Any]] = []
    for place, (name, members) in enumerate(group.groupby(group, sort=False)):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(place,)))
        rows += _one(found, str(name), level[members.index], along, draws, rng)
    return pd.DataFrame(rows, columns=_COLUMNS)


def pooled(found: Incubations, parameter: str, draws: int = 200, seed: int = 0) -> pd.DataFrame:
    """A parameter of all series, drawn to their common mean on the log scale, one row per series and model.

    Columns: incubation, value and log_error as fitted, pooled (median), pooled_log_error, shrinkage, draws. Series
    whose readings leave the parameter open enter with the little weight that they have. Models are pooled apart: the
    fast pool of two is not that of three. Without three series of one model nothing is pooled.
    """
    rows = found.parameters[found.parameters["parameter"] == parameter]
    parts = []
    for place, (_, part) in enumerate(rows.groupby("model", sort=True)):
        known = part["log_error"].gt(0) & part["value"].gt(0)
        if known.sum() < 3:
            continue
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(place,)))
        result = partial_pool(np.log(part["value"]), part["log_error"], draws, rng)
        parts.append(
            part[["incubation", "model", "parameter", "value", "log_error"]].assign(
                pooled=np.exp(np.median(result.values, axis=0)),
                pooled_log_error=result.values.std(axis=0),
                shrinkage=result.shrinkage,
                draws=list(np.exp(result.values).T),
            )
        )
    columns = ["incubation", "model", "parameter", "value", "log_error", "pooled", "pooled_log_error", "shrinkage"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*columns, "draws"])


def _one(
    found: Incubations, name: str, level: pd.Series, along: str, draws: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    level = level.dropna()
    row: dict[str, Any] = {"incubation_group": name, "series": len(level), "levels": level.nunique(), "reason": ""}
    if level.nunique() < 2:
        return [row | {"reason": FEW_LEVELS}]
    known = [n for n in level.index if n in found.draws]
    if level[known].nunique() < 2:
        return [row | {"reason": NOT_FITTED}]
    amount = common_amount([found.fitted[n] for n in known])
    speed, error, usable = _speeds(found, known, amount)
    level = level[[n for n, u in zip(known, usable, strict=True) if u]]
    if level.nunique() < 2:
        return [row | {"amount": amount, "reason": SPEED_UNKNOWN}]
    speed, error = speed[usable], error[usable]
    row |= {"amount": amount, "series": len(level), "levels": level.nunique()}
    if along != "incubation_temperature":
        salt = salt_response(level.to_numpy(), speed, error, None, draws, rng)
        told = [("salt", salt.percent, salt.percent_draws, salt.slope)]
    else:
        by_form = temperature_response(level.to_numpy(), speed, error, None, draws, rng)
        told = [(form, r.value, r.draws, r.slope) for form, r in by_form.items()]
    return [
        row | {"form": form, "value": value, "error": float(np.diff(np.quantile(drawn, [0.16, 0.84]))[0] / 2),
               "draws": drawn, "scatter": slope.scatter, "log_likelihood": slope.log_likelihood}
        for form, value, drawn, slope in told
    ]  # fmt: skip


def _speeds(found: Incubations, names: list[str], amount: float) -> tuple[Array, Array, Array]:
    speed, error = np.full(len(names), np.nan), np.full(len(names), np.nan)
    for i, name in enumerate(names):
        speed[i], drawn = log_speed(found.fitted[name], found.draws[name], amount)
        reached = np.isfinite(drawn)
        if reached.mean() >= 1 - MOST_LOST:
            error[i] = drawn[reached].std()
    return speed, error, np.isfinite(speed) & np.isfinite(error) & (error > 0)
