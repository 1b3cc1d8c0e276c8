"""Response of each class against the reference: ln ratio, percent change and difference, with what could be detected.

lnRR = ln(mean / reference mean) (hedges1999), its variance by the delta method from the joint covariance of the two
means, its interval from Student's t with Satterthwaite degrees of freedom. The small-sample bias term of
lajeunesse2015, (var/mean^2 - var_ref/mean_ref^2) / 2, is an option; it is off by default because with equal relative
scatter it vanishes for equal replication, and with it lnRR no longer is the ratio of the two means shown beside it.
Where a place mean is negative no ratio exists, and for scales without a true zero (pH, degC, mV, per mil) it means
nothing: there the difference is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from halosink.drivers.class_means import method
from halosink.drivers.design import Factor
from halosink.drivers.mixed import Estimate, t_quantile
from halosink.drivers.model import ClassModel, fit_classes

COLUMNS = (
    "quantity", "unit", "table", "factor", "class", "reference", "mean", "reference_mean", "log_ratio",
    "standard_error", "df", "low", "high", "percent", "percent_low", "percent_high", "p_value", "difference",
    "difference_low", "difference_high", "minimum_detectable_percent", "minimum_detectable_difference", "separable",
    "confounded", "units", "sites", "loso_low", "loso_high", "loso_site", "loso_flips", "level", "method",
)  # fmt: skip
INTERVAL_UNITS = frozenset({"degC", "mV", "permil"})
"""Units whose zero is a convention (temperature, redox potential, isotope delta). Own choice of what to list."""
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
    names: Mapping[str, Mapping[int, str]] | None = None,
) -> list[dict[str, Any]]:
    """One record per class other than the reference (columns: COLUMNS less quantity, unit, table).

    low, high, standard_error and df are those of log_ratio, or of the difference where log_ratio is NaN; so are
    loso_low and loso_high, the range of the estimate when one site after the other is left out (one region, where
    the interval rests on regions). names: per level ("site", "region") the name of each key.
    """
    found = []
    place = "region" if model.layout.level == "region" else "site"
    alone = _without_each(f"{place}_key", units, factor, others, model) if leave_one_out else {}
    called = dict((names or {}).get(place, {}))
    for name in (c for c in model.classes if c != factor.reference):
        ratio, change = compare(model, name, factor.reference, correct_bias)
        chosen = ratio if np.isfinite(ratio.value) else change
        low, high = chosen.interval(alpha)
        change_low, change_high = difference_interval(model, name, factor.reference, change, alpha)
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
            "difference_low": change_low,
            "difference_high": change_high,
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

        found.append(row | sensitivity(alone, without, chosen.value, bool(row["separable"]), called))
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


def without_zero(quantity: str, unit: str) -> bool:
    """Whether the scale has no true zero, so that ratios mean nothing: pH, degC, mV, per mil."""
    return unit in INTERVAL_UNITS or bool(re.search(r"(^|_)ph(_|$)", quantity.lower()))


def difference_interval(
    model: ClassModel, name: str, reference: str, change: Estimate, alpha: float
) -> tuple[float, float]:
    """The interval of the difference of two means.

    Where scatter is proportional it is put together from the limits of the two means on the ln scale and their
    correlation r (zou_donner2008): low = d - sqrt(a^2 - 2 r a b + b^2), a and b the distances of the means to their
    limits on the side in question, so that it is skewed as the means are and agrees with the interval of the ratio.
    The quantile of t is that of the difference. With small scatter this is the symmetric interval.
    """
    if model.scatter != "proportional" or not model.smallest > 0 or not change.df > 0:
        return change.interval(alpha)
    one, two = model.mean(name), model.mean(reference)
    spread = one.standard_error**2 + two.standard_error**2 - change.standard_error**2
    r = float(np.clip(spread / (2 * one.standard_error * two.standard_error), -1, 1))
    t = t_quantile(1 - alpha / 2, change.df)
    with np.errstate(over="ignore", invalid="ignore"):
        down_one, down_two = (e.value * -np.expm1(-t * e.standard_error / e.value) for e in (one, two))
        up_one, up_two = (e.value * np.expm1(t * e.standard_error / e.value) for e in (one, two))
        below = np.sqrt(max(down_one**2 - 2 * r * down_one * up_two + up_two**2, 0.0))
        above = np.sqrt(max(up_one**2 - 2 * r * up_one * down_two + down_two**2, 0.0))
    return change.value - float(below), change.value + float(above)


def detectable(one: Estimate, alpha: float, power: float) -> float:
    """Smallest true effect that a design with this standard error would find with the given power."""
    return (t_quantile(1 - alpha / 2, one.df) + t_quantile(power, one.df)) * one.standard_error


def percent(log_ratio: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.expm1(log_ratio) * 100)


def excludes_zero(low: float, high: float) -> bool:
    return bool(low > 0 or high < 0)


def _without_each(
    key: str, units: pd.DataFrame, factor: Factor, others: tuple[Factor, ...], whole: ClassModel
) -> dict[int, ClassModel | None]:
    """The model refitted without each place, scatter of the same form; None where that leaves too little."""
    if key not in units or units[key].nunique() < 3:
        return {}
    found: dict[int, ClassModel | None] = {}
    for place in units[key].unique():
        try:
            model = fit_classes(units[units[key] != place], factor, others, whole.scatter)
            found[int(place)] = replace(model, smallest=min(model.smallest, whole.smallest))
        except (ValueError, np.linalg.LinAlgError):
            found[int(place)] = None
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
