"""The slope of a quantity along a gradient from a mixed model that respects regions, sites, blocks and units.

Total slope: value ~ gradient with random intercepts of region, site and block. It mixes the change among sites, which
anything else that differs among sites may cause, with the change within them; the within-site slope alone comes from
value ~ (gradient - site mean) + site mean (vandepol_wright2009). Where the gradient does not vary within sites only
site means count, and there is no within-site slope.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from halosink.drivers.design import Gradient
from halosink.drivers.mixed import Estimate, MixedFit, fit_mixed
from halosink.drivers.response_ratio import NAN, detectable, excludes_zero, sensitivity

COLUMNS = (
    "quantity", "unit", "table", "gradient", "gradient_unit", "transform", "slope", "standard_error", "df", "low",
    "high", "p_value", "within_site_slope", "within_site_low", "within_site_high", "units", "sites", "separable",
    "minimum_detectable_slope", "loso_low", "loso_high", "loso_site", "loso_flips", "method",
)  # fmt: skip
LEAST_ROWS = 4
"""Rows (units or sites) below which no slope is given. Own choice: fewer leave under two degrees of freedom."""


def slope_along(
    units: pd.DataFrame,
    gradient: Gradient,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    leave_one_out: bool = True,
    site_names: dict[int, str] | None = None,
) -> dict[str, Any]:
    """One record (COLUMNS less quantity, unit, table) from one row per unit with columns `value` and the gradient.

    The slope is per unit of the gradient, or per tenfold of it (log10). Raises ValueError when no slope can be
    estimated: fewer than four units, a gradient without spread.
    """
    data = _transformed(units, gradient)
    total, method = total_slope(data)
    low, high = total.interval(alpha)
    within = within_slope(data)
    within_low, within_high = within.interval(alpha)
    sites = data["site_key"].nunique() if "site_key" in data else 0
    each: dict[int, tuple[Estimate, str] | None] = {}
    for site in data["site_key"].unique() if leave_one_out and sites >= 3 else ():
        try:
            each[int(site)] = total_slope(data[data["site_key"] != site])
        except (ValueError, np.linalg.LinAlgError):
            each[int(site)] = None
    separable = excludes_zero(low, high)
    logs = {"gradient": gradient.log10, "quantity": gradient.log10_quantity}
    transforms = [f"log10({name})" for name, on in logs.items() if on]
    return {
        "gradient": gradient.column,
        "gradient_unit": gradient.unit,
        "transform": " ".join(transforms) or "none",
        "slope": total.value,
        "standard_error": total.standard_error,
        "df": total.df,
        "low": low,
        "high": high,
        "p_value": total.p_value,
        "within_site_slope": within.value,
        "within_site_low": within_low,
        "within_site_high": within_high,
        "units": len(data),
        "sites": int(sites),
        "separable": separable,
        "minimum_detectable_slope": detectable(total, alpha, power),
        **sensitivity(
            each, lambda m: (m[0].value, excludes_zero(*m[0].interval(alpha))), total.value, separable, site_names or {}
        ),
        "method": method,
    }


def _transformed(units: pd.DataFrame, gradient: Gradient) -> pd.DataFrame:
    data = units.rename(columns={gradient.column: "x"})
    for name, on in (("x", gradient.log10), ("value", gradient.log10_quantity)):
        if on:
            data = data[data[name] > 0].copy()
            data[name] = np.log10(data[name])
    return data


def total_slope(data: pd.DataFrame) -> tuple[Estimate, str]:
    """Slope of `value` on `x` with its random terms; site means where x does not vary within sites."""
    if "site_key" in data and data["site_key"].nunique() > 1 and _share_within(data) < 1e-9:
        data = data.groupby("site_key", as_index=False).agg(
            {"value": "mean", "x": "mean", **{k: "first" for k in ("region_key",) if k in data}}
        )
    groups = _groups(data)
    fit, scale = _fit(data, [data["x"].to_numpy(float)], groups)
    one = fit.contrast([0.0, 1 / scale[0]])
    return one, f"REML, random: {' + '.join(groups) or 'none'}; Satterthwaite df"


def within_slope(data: pd.DataFrame) -> Estimate:
    """Slope within sites; NaN where there are under two sites, or the gradient does not vary within them."""
    if "site_key" not in data or data["site_key"].nunique() < 2 or _share_within(data) < 1e-9:
        return NAN
    x = data["x"].to_numpy(float)
    between = data.groupby("site_key")["x"].transform("mean").to_numpy(float)
    parts = [x - between, between] if data["site_key"].nunique() > 2 else [x - between]
    try:
        fit, scale = _fit(data, parts, _groups(data))
    except (ValueError, np.linalg.LinAlgError):
        return NAN
    return fit.contrast([0.0, 1 / scale[0], *[0.0] * (len(parts) - 1)])


def _share_within(data: pd.DataFrame) -> float:
    """Share of the spread of x that lies within sites."""
    x = data["x"]
    total = float(((x - x.mean()) ** 2).sum())
    inside = float(((x - x.groupby(data["site_key"]).transform("mean")) ** 2).sum())
    return inside / total if total > 0 else 0.0


def _groups(data: pd.DataFrame) -> dict[str, Any]:
    groups: dict[str, Any] = {}
    seen: list[tuple[int, ...]] = []
    for key in ("region_key", "site_key", "block_key"):
        if key not in data:
            continue
        code = tuple(pd.factorize(data[key])[0].tolist())
        if 1 < len(set(code)) < len(data) and code not in seen:
            seen.append(code)
            groups[key.removesuffix("_key")] = np.array(code)
    return groups


def _fit(data: pd.DataFrame, parts: list[Any], groups: dict[str, Any]) -> tuple[MixedFit, list[float]]:
    if len(data) < LEAST_ROWS:
        raise ValueError(f"{len(data)} independent rows are too few for a slope")
    scale = [float(np.std(p)) for p in parts]
    if min(scale) <= 1e-12 * float(np.max(np.abs(parts))):
        raise ValueError("the gradient has no spread")
    x = np.column_stack([np.ones(len(data)), *((p - p.mean()) / s for p, s in zip(parts, scale, strict=True))])
    return fit_mixed(data["value"].to_numpy(float), x, groups), scale
