"""Response of each class against the reference: ln ratio, percent change and difference, with what could be detected.

lnRR = ln(mean / reference mean) (hedges1999), its variance by the delta method from the joint covariance of the two
means, its interval from Student's t with Satterthwaite degrees of freedom. The small-sample bias term of
lajeunesse2015, (var/mean^2 - var_ref/mean_ref^2) / 2, is an option; it is off by default because with equal relative
scatter it vanishes for equal replication, and with it lnRR no longer is the ratio of the two means shown beside it.
Where a value is negative no ratio exists and the difference is the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from halosink.drivers.class_means import method
from halosink.drivers.design import Factor
from halosink.drivers.mixed import Estimate, t_quantile
from halosink.drivers.model import ClassModel, Scatter, fit_classes

COLUMNS = (
    "quantity", "unit", "table", "factor", "class", "reference", "mean", "reference_mean", "log_ratio",
    "standard_error", "df", "low", "high", "percent", "percent_low", "percent_high", "p_value", "difference",
    "difference_low", "difference_high", "minimum_detectable_percent", "minimum_detectable_difference", "separable",
    "confounded", "units", "sites", "loso_low", "loso_high", "loso_site", "loso_flips", "level", "method",
)  # fmt: skip
NAN = Estimate(float("nan"), float("nan"), float("nan"))


def response_ratios(
    units: pd.DataFrame,
    model: ClassModel,
    factor: Factor,
    others: tuple[Factor, ...] = (),
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    correct_bias: bool = False,
    leave_one_out: bool = True,
    site_names: dict[int, str] | None = None,
) -> list[dict[str, Any]]:
    """One record per class other than the reference (columns: COLUMNS less quantity, unit, table).

    low, high, standard_error and df are those of log_ratio, or of the difference where log_ratio is NaN; so are
    loso_low and loso_high, the range of the estimate when one site after the other is left out.
    """
    found = []
    alone = _without_each_site(units, factor, others, model.scatter) if leave_one_out else {}
    for name in (c for c in model.classes if c != factor.reference):
        ratio, change = compare(model, name, factor.reference, correct_bias)
        chosen = ratio if np.isfinite(ratio.value) else change
        low, high = chosen.interval(alpha)
        part = units[units[factor.column].isin([name, factor.reference])]
        detect = {e: detectable(e, alpha, power) for e in (ratio, change)}
        row = {
            "factor": factor.column,
            "class": name,
            "reference": factor.reference,
            "mean": model.mean(name).value,
            "reference_mean": model.mean(factor.reference).value,
            "log_ratio": ratio.value,
            "standard_error": chosen.standard_error,
            "df": chosen.df,
            "low": low,
            "high": high,
            "percent": percent(ratio.value),
            "percent_low": percent(ratio.interval(alpha)[0]),
            "percent_high": percent(ratio.interval(alpha)[1]),
            "p_value": chosen.p_value,
            "difference": change.value,
            "difference_low": change.interval(alpha)[0],
            "difference_high": change.interval(alpha)[1],
            "minimum_detectable_percent": percent(detect[ratio]),
            "minimum_detectable_difference": detect[change],
            "separable": excludes_zero(low, high),
            "confounded": model.layout.confounded,
            "units": len(part),
            "sites": int(part["site_key"].nunique()) if "site_key" in part else 0,
            "level": model.layout.level,
            "method": ("lnRR: " if chosen is ratio else "difference: ") + method(model),
        }

        def without(
            reduced: ClassModel, name: str = name, on_ratio: bool = chosen is ratio
        ) -> tuple[float, bool | None]:
            if name not in reduced.classes or factor.reference not in reduced.classes:
                return float("nan"), None
            pair = compare(reduced, name, factor.reference, correct_bias)
            one = pair[0] if on_ratio and np.isfinite(pair[0].value) else pair[1] if not on_ratio else NAN
            return one.value, excludes_zero(*one.interval(alpha))

        found.append(row | sensitivity(alone, without, chosen.value, bool(row["separable"]), site_names or {}))
    return found


def compare(model: ClassModel, name: str, reference: str, correct_bias: bool = False) -> tuple[Estimate, Estimate]:
    """ln ratio and difference of two classes; without interval when both rest on one place."""
    ratio, change = model.log_ratio(name, reference), model.difference(name, reference)
    if correct_bias and np.isfinite(ratio.value):
        a, b = model.mean(name), model.mean(reference)
        bias = ((a.standard_error / a.value) ** 2 - (b.standard_error / b.value) ** 2) / 2
        ratio = replace(ratio, value=ratio.value + bias)
    if min(model.counts[name], model.counts[reference]) < 2:
        ratio, change = (Estimate(e.value, float("nan"), float("nan")) for e in (ratio, change))
    return ratio, change


def detectable(one: Estimate, alpha: float, power: float) -> float:
    """Smallest true effect that a design with this standard error would find with the given power."""
    return (t_quantile(1 - alpha / 2, one.df) + t_quantile(power, one.df)) * one.standard_error


def percent(log_ratio: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.expm1(log_ratio) * 100)


def excludes_zero(low: float, high: float) -> bool:
    return bool(low > 0 or high < 0)


def _without_each_site(
    units: pd.DataFrame, factor: Factor, others: tuple[Factor, ...], scatter: Scatter
) -> dict[int, ClassModel | None]:
    """The model refitted without each site; None where that leaves too little."""
    if "site_key" not in units or units["site_key"].nunique() < 3:
        return {}
    found: dict[int, ClassModel | None] = {}
    for site in units["site_key"].unique():
        try:
            found[int(site)] = fit_classes(units[units["site_key"] != site], factor, others, scatter)
        except (ValueError, np.linalg.LinAlgError):
            found[int(site)] = None
    return found


def sensitivity(
    models: dict[int, Any],
    estimate: Callable[[Any], tuple[float, bool | None]],
    whole: float,
    separable: bool,
    names: dict[int, str],
) -> dict[str, Any]:
    """loso_low, loso_high, loso_site, loso_flips. A verdict that cannot be reached without a site has flipped."""
    each = {site: (float("nan"), None) if m is None else estimate(m) for site, m in models.items()}
    values = {site: v for site, (v, _) in each.items() if np.isfinite(v)}
    if not values or not np.isfinite(whole):
        return {"loso_low": float("nan"), "loso_high": float("nan"), "loso_site": "", "loso_flips": False}
    mover = max(values, key=lambda s: abs(values[s] - whole))
    gone = [s for s, (v, verdict) in each.items() if separable and (verdict is None or not np.isfinite(v))]
    return {
        "loso_low": min(values.values()),
        "loso_high": max(values.values()),
        "loso_site": names.get(gone[0] if gone else mover, str(gone[0] if gone else mover)),
        "loso_flips": any(bool(v) != separable for _, v in each.values()),
    }
