"""The slope of a quantity along a gradient, among sites and within them.

What changes from site to site may have any cause that differs among sites; what changes within a site has the site
held fixed. A model with a random intercept per site and one slope blends the two, weighting them by how surely each is
known, which is an answer to neither question; hence two slopes (mundlak1978, vandepol_wright2009):

    site mean of y = a + b_among * site mean of x + e     each site counts once, as in the class means
    y - its site   = b_within * (x - its site) + e        sites (and blocks, as random terms) taken out

Their estimates are independent of each other. The headline `slope` is that of the level at which the gradient varies:
among sites where at least half of its sum of squares lies among them, else within. Without sites, units are regressed
(random intercepts of blocks).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from halosink.drivers.design import Gradient
from halosink.drivers.mixed import Estimate, NoScatter, fit_mixed
from halosink.drivers.model import power_of_two
from halosink.drivers.response_ratio import NAN, detectable, excludes_zero, judged, sensitivity

COLUMNS = (
    "quantity", "unit", "table", "gradient", "gradient_unit", "transform", "slope", "standard_error", "df", "low",
    "high", "p_value", "p_adjusted", "slope_of", "among_site_slope", "among_site_low", "among_site_high",
    "within_site_slope", "within_site_low", "within_site_high", "slopes_differ_p", "slopes_differ", "through_x",
    "through_y", "units", "sites", "places", "separable", "minimum_detectable_slope", "loso_low", "loso_high",
    "loso_site", "loso_flips", "loso_unconfirmed", "method",
)  # fmt: skip
LEAST_ROWS = 4
"""Rows (units or sites) below which no slope is given. Own choice: fewer leave under two degrees of freedom."""
WITHIN_SHARE = 0.5
"""Share of the gradient's sum of squares within sites above which the slope within sites is the headline. Own choice:
where most of the gradient lies within sites, the few site means hardly span it. It looks at x only, never at y."""
NO_SPREAD = 1e-9
"""Share of the gradient's sum of squares taken as none. Own choice: rounding of recorded values."""
Slope = Literal["among sites", "within sites", "units"]


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

    Slopes are per unit of the gradient, or per tenfold of it (log10). `slope_of` says which slope `slope` is, with its
    interval, p and detectable size: "among sites", "within sites" or "units". The line goes through (through_x,
    through_y), on the transformed scale: the mean over sites, or over units. Raises ValueError when no slope can be
    estimated: fewer than four places, a gradient without spread; mixed.NoScatter where the line fits exactly.
    """
    data = transformed(units, gradient)
    among, within = among_slope(data), within_slope(data)
    slope_of = which_slope(data)
    chosen, method = slope_at(data, slope_of)
    low, high = chosen.interval(alpha)
    sites = data["site_key"].nunique() if "site_key" in data else 0
    each: dict[int, Estimate | None] = {}
    for site in data["site_key"].unique() if leave_one_out and sites >= 3 else ():
        try:
            each[int(site)] = slope_at(data[data["site_key"] != site], slope_of)[0]
        except (ValueError, np.linalg.LinAlgError):
            each[int(site)] = None
    separable = excludes_zero(low, high)
    gap = difference(within, among)
    middle = data.groupby("site_key")[["x", "value"]].mean() if slope_of == "among sites" else data[["x", "value"]]
    logs = {"gradient": gradient.log10, "quantity": gradient.log10_quantity}
    bounds = {"among_site": among.interval(alpha), "within_site": within.interval(alpha)}
    return {
        "gradient": gradient.column,
        "gradient_unit": gradient.unit,
        "transform": " ".join(f"log10({name})" for name, on in logs.items() if on) or "none",
        "slope": chosen.value,
        "standard_error": chosen.standard_error,
        "df": chosen.df,
        "low": low,
        "high": high,
        "p_value": chosen.p_value,
        "slope_of": slope_of,
        "among_site_slope": among.value,
        "within_site_slope": within.value,
        **{f"{name}_low": ends[0] for name, ends in bounds.items()},
        **{f"{name}_high": ends[1] for name, ends in bounds.items()},
        "slopes_differ_p": gap.p_value,
        "slopes_differ": excludes_zero(*gap.interval(alpha)),
        "through_x": float(middle["x"].mean()),
        "through_y": float(middle["value"].mean()),
        "units": len(data),
        "sites": int(sites),
        "places": int(sites) if slope_of == "among sites" else len(data),
        "separable": separable,
        "minimum_detectable_slope": detectable(chosen, alpha, power),
        **sensitivity(each, lambda m: judged(m, alpha), chosen.value, (high - low) / 2, site_names or {}),
        "method": method,
    }


def transformed(units: pd.DataFrame, gradient: Gradient) -> pd.DataFrame:
    """Columns x and value, log10 of them where the gradient says so; rows without a logarithm are dropped."""
    data = units.rename(columns={gradient.column: "x"})
    for name, on in (("x", gradient.log10), ("value", gradient.log10_quantity)):
        if on:
            data = data[data[name] > 0].copy()
            data[name] = np.log10(data[name])
    return data


def which_slope(data: pd.DataFrame) -> Slope:
    """The slope that answers for the gradient, from where the gradient varies."""
    if "site_key" not in data or data["site_key"].nunique() < 2:
        return "units"
    many = data["site_key"].nunique() >= LEAST_ROWS
    return "among sites" if _share_within(data) <= (WITHIN_SHARE if many else NO_SPREAD) else "within sites"


def slope_at(data: pd.DataFrame, slope_of: Slope) -> tuple[Estimate, str]:
    """That slope and how it was made. Raises ValueError where it cannot be estimated."""
    if slope_of == "units":
        groups = _groups(data, ("region_key", "block_key"))
        random = " + ".join(groups) or "none"
        return _fit(data, np.ones((len(data), 1)), groups), f"units; REML, random: {random}; Satterthwaite df"
    one = among_slope(data, strict=True) if slope_of == "among sites" else within_slope(data, strict=True)
    if not np.isfinite(one.value):
        raise ValueError(f"too few places for a slope {slope_of}")
    if slope_of == "among sites":
        return one, "among sites: regression of site means"
    return one, "within sites: regression with an intercept per site"


def among_slope(data: pd.DataFrame, strict: bool = False) -> Estimate:
    """Slope of site means on site means, each site once; NaN with fewer than four sites.

    strict: mixed.NoScatter is raised, else it gives NaN as well."""
    if "site_key" not in data or data["site_key"].nunique() < LEAST_ROWS:
        return NAN
    region = {"region_key": "first"} if "region_key" in data else {}
    means = data.groupby("site_key", as_index=False).agg({"value": "mean", "x": "mean", **region})
    try:
        return _fit(means, np.ones((len(means), 1)), _groups(means, ("region_key",)))
    except (ValueError, np.linalg.LinAlgError) as problem:
        if strict and isinstance(problem, NoScatter):
            raise
        return NAN


def within_slope(data: pd.DataFrame, strict: bool = False) -> Estimate:
    """Slope with an intercept per site; NaN where there are under two sites, or the gradient does not vary in them.

    strict: mixed.NoScatter is raised, else it gives NaN as well."""
    if "site_key" not in data or data["site_key"].nunique() < 2 or _share_within(data) < NO_SPREAD:
        return NAN
    site = pd.factorize(data["site_key"])[0]
    centred = data.assign(x=data["x"] - data.groupby("site_key")["x"].transform("mean"))
    try:
        return _fit(centred, np.eye(site.max() + 1)[site], _groups(data, ("block_key",), site))
    except (ValueError, np.linalg.LinAlgError) as problem:
        if strict and isinstance(problem, NoScatter):
            raise
        return NAN


def difference(one: Estimate, other: Estimate) -> Estimate:
    """one - other for independent estimates, degrees of freedom by Satterthwaite's rule (satterthwaite1946)."""
    largest = max(one.standard_error, other.standard_error)
    if not (one.df > 0 and other.df > 0 and largest > 0):
        return NAN
    parts = [(one.standard_error / largest) ** 2, (other.standard_error / largest) ** 2]
    df = sum(parts) ** 2 / (parts[0] ** 2 / one.df + parts[1] ** 2 / other.df)
    return Estimate(one.value - other.value, largest * float(np.sqrt(sum(parts))), float(df))


def _share_within(data: pd.DataFrame) -> float:
    """Share of the spread of x that lies within sites."""
    x = data["x"]
    total = float(((x - x.mean()) ** 2).sum())
    inside = float(((x - x.groupby(data["site_key"]).transform("mean")) ** 2).sum())
    return inside / total if total > 0 else 0.0


def _groups(data: pd.DataFrame, keys: tuple[str, ...], *known: Any) -> dict[str, Any]:
    """Random intercepts of these levels, those left out that equal another, the rows, or one of the known groupings."""
    groups: dict[str, Any] = {}
    seen = [tuple(pd.factorize(code)[0].tolist()) for code in known]
    for key in (k for k in keys if k in data):
        code = tuple(pd.factorize(data[key])[0].tolist())
        if 1 < len(set(code)) < len(data) and code not in seen:
            seen.append(code)
            groups[key.removesuffix("_key")] = np.array(code)
    return groups


def _fit(data: pd.DataFrame, intercepts: Any, groups: dict[str, Any]) -> Estimate:
    """Slope of value on x beside the intercepts; x is scaled so that units of the gradient do not matter."""
    if len(data) < LEAST_ROWS:
        raise ValueError(f"{len(data)} independent rows are too few for a slope")
    x = data["x"].to_numpy(float)
    large = power_of_two(x)
    scale = float(np.std(x / large)) * large
    if scale <= 1e-12 * float(np.max(np.abs(x))):
        raise ValueError("the gradient has no spread")
    design = np.column_stack([intercepts, (x - x.mean()) / scale])
    y = data["value"].to_numpy(float)
    unit = power_of_two(y)
    one = fit_mixed(y / unit, design, groups).contrast(np.eye(design.shape[1])[-1])
    return Estimate(one.value / scale * unit, one.standard_error / scale * unit, one.df)
