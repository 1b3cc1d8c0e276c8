"""The mean of a quantity in each class with an interval that respects the design."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from halosink.drivers.cells import layout
from halosink.drivers.design import Factor
from halosink.drivers.mixed import Estimate, t_quantile
from halosink.drivers.model import ClassModel

COLUMNS = (
    "quantity", "unit", "table", "factor", "class", "rows", "units", "sites", "places", "mean", "standard_error", "df",
    "low", "high", "level", "method",
)  # fmt: skip


def class_means(
    units: pd.DataFrame, model: ClassModel | None, factor: Factor, alpha: float = 0.05
) -> list[dict[str, Any]]:
    """One record per class: rows, units, sites, mean, standard_error, df, low, high, level, method.

    Where every cell value is positive the interval is formed on the ln scale, exp(ln mean -+ t SE / mean): field
    quantities that cannot be negative have right-skewed means, and the interval cannot cross zero; where some are zero
    and none negative it ends at zero. A class with one place has no interval, nor has any class without a model (no
    replication at all). places: how many independent places of the `level` the mean rests on.
    """
    found = []
    for name, part in units.groupby(factor.column, sort=True, observed=True):
        sites = int(part["site_key"].nunique()) if "site_key" in part else 0
        row: dict[str, Any] = {
            "factor": factor.column,
            "class": str(name),
            "rows": int(part["rows"].sum()),
            "units": len(part),
            "sites": sites,
        }
        if model is None or str(name) not in model.means:
            blank = float("nan")
            level = layout(units, factor).level
            row |= {"mean": float(part["value"].mean()), "standard_error": blank, "df": blank, "low": blank}
            row |= {"high": blank, "level": level, "method": "mean", "places": places_of(part, level)}
        else:
            one = model.mean(str(name))
            if model.counts[str(name)] < 2:
                one = Estimate(one.value, float("nan"), float("nan"))
            low, high = mean_interval(one, model.smallest > 0, alpha)
            low = max(low, 0.0) if model.smallest == 0 else low
            row |= {"mean": one.value, "standard_error": one.standard_error, "df": one.df, "low": low, "high": high}
            row |= {"level": model.layout.level, "method": method(model), "places": model.counts[str(name)]}
        found.append(row)
    return found


def places_of(units: pd.DataFrame, level: str) -> int:
    """Independent places of the level among these units."""
    return len(units) if level == "plot" else int(units[f"{level}_key"].nunique())


def mean_interval(one: Estimate, positive: bool, alpha: float) -> tuple[float, float]:
    """The interval of a mean, on the ln scale when the quantity is positive."""
    if not positive or not one.value > 0:
        return one.interval(alpha)
    half = t_quantile(1 - alpha / 2, one.df) * one.standard_error / one.value
    with np.errstate(over="ignore"):
        return one.value * float(np.exp(-half)), one.value * float(np.exp(half))


def method(model: ClassModel) -> str:
    """How the interval was made, for the table."""
    random = " + ".join(model.fit.variances) or "none"
    if model.fit.fixed:
        random += f"; {' + '.join(model.fit.fixed)} fixed, since totals tie"
    allowed = ""
    if model.others:
        how = "with interactions" if model.interactions else "without interactions"
        allowed = f"; allowing for {' + '.join(model.others)} {how}"
    return f"REML, random: {random}{allowed}; scatter {model.scatter}; Satterthwaite df"
