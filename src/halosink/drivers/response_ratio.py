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
from scipy import stats

from halosink.drivers.class_means import method, places_of
from halosink.drivers.design import Factor
from halosink.drivers.mixed import Estimate, t_quantile
from halosink.drivers.model import ClassModel, without_each

COLUMNS = (
    "quantity", "unit", "table", "factor", "class", "reference", "mean", "reference_mean", "log_ratio",
    "standard_error", "df", "low", "high", "percent", "percent_low", "percent_high", "p_value", "p_adjusted",
    "difference", "difference_low", "difference_high", "minimum_detectable_percent", "minimum_detectable_difference",
    "places_to_detect_20_percent", "separable", "confounded", "units", "sites", "places", "loso_low", "loso_high",
    "loso_site", "loso_flips", "loso_unconfirmed", "level", "method",
)  # fmt: skip
INTERVAL_UNITS = frozenset({"degC", "mV", "permil"})
"""Units whose zero is a convention (temperature, redox potential, isotope delta). Own choice of what to list."""
PLANNED_CHANGE = 0.2
"""Relative change for which places are planned. Own choice: about the change that ecologists call worth detecting."""
MOST_PLACES = 1000
"""Places per class beyond which no number is given. Own choice: no field study has them."""
FEW_LEFT = 3
"""Sites of which any two may agree so well by chance that an effect seems to appear. Own choice: one degree of freedom
is left."""
SAME_MOVE = 9
"""Decimals, in half widths of the interval (in estimates without one), to which two sites move the estimate alike; the
first is then named. Own choice: far above rounding errors, far below what matters."""
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
    alone = without_each(units, factor, others, model) if leave_one_out else {}
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
            "places_to_detect_20_percent": places_to_detect(
                ratio, model.counts[name], model.counts[factor.reference], alpha, power
            ),
            "separable": excludes_zero(low, high),
            "confounded": model.layout.confounded,
            "units": len(part),
            "sites": int(part["site_key"].nunique()) if "site_key" in part else 0,
            "places": places_of(part, model.layout.level),
            "level": model.layout.level,
            "method": ("lnRR: " if chosen is ratio else "difference: ") + method(model),
        }

        def without(
            reduced: ClassModel, name: str = name, on_ratio: bool = chosen is ratio
        ) -> tuple[float, bool | None]:
            if name not in reduced.classes or factor.reference not in reduced.classes:
                return float("nan"), None
            pair = compare(reduced, name, factor.reference, correct_bias, alone=True)
            return judged(pair[0] if on_ratio else pair[1], alpha)

        found.append(row | sensitivity(alone, without, chosen.value, (high - low) / 2, called))
    return found


def compare(
    model: ClassModel, name: str, reference: str, correct_bias: bool = False, alone: bool = False
) -> tuple[Estimate, Estimate]:
    """ln ratio and difference of two classes.

    A class with one place gives no interval, unless `alone` lets it be judged by the scatter of the other classes:
    that is no basis for a claim, but shows whether one that was made hangs on the place left out.
    """
    ratio, change = model.log_ratio(name, reference), model.difference(name, reference)
    if correct_bias and np.isfinite(ratio.value):
        a, b = model.mean(name), model.mean(reference)
        bias = ((a.standard_error / a.value) ** 2 - (b.standard_error / b.value) ** 2) / 2
        ratio = replace(ratio, value=ratio.value + bias)
    if min(model.counts[name], model.counts[reference]) < 2 and not alone:
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
    se_one, se_two, se_change = (e.standard_error / model.scale for e in (one, two, change))
    r = float(np.clip((se_one**2 + se_two**2 - se_change**2) / (2 * se_one * se_two), -1, 1))
    t = t_quantile(1 - alpha / 2, change.df)
    with np.errstate(over="ignore", invalid="ignore"):
        down_one, down_two = (e.value / model.scale * -np.expm1(-t * e.standard_error / e.value) for e in (one, two))
        up_one, up_two = (e.value / model.scale * np.expm1(t * e.standard_error / e.value) for e in (one, two))
        below = np.sqrt(max(down_one**2 - 2 * r * down_one * up_two + up_two**2, 0.0))
        above = np.sqrt(max(up_one**2 - 2 * r * up_one * down_two + down_two**2, 0.0))
    return change.value - float(below) * model.scale, change.value + float(above) * model.scale


def detectable(one: Estimate, alpha: float, power: float) -> float:
    """Smallest true effect that a design with this standard error would find with the given power."""
    return (t_quantile(1 - alpha / 2, one.df) + t_quantile(power, one.df)) * one.standard_error


def places_to_detect(
    ratio: Estimate, places: int, reference_places: int, alpha: float, power: float, change: float = PLANNED_CHANGE
) -> float:
    """Independent places per class with which a ln ratio of ln(1 + change) would be found with the given power.

    For planning: the variance of the estimate is taken to fall as 1 / n1 + 1 / n2, its degrees of freedom to grow as
    the places per class less one, scatter to stay as it was found. NaN where it was not, inf beyond MOST_PLACES.
    """
    if not ratio.standard_error > 0 or not ratio.df > 0 or min(places, reference_places) < 2:
        return float("nan")
    parts = 1 / places + 1 / reference_places
    n = np.arange(2, MOST_PLACES + 1)
    error = ratio.standard_error * np.sqrt(2 / n / parts)
    df = np.maximum(ratio.df * (n - 1) / (2 / parts - 1), 1.0)
    found = (stats.t.ppf(1 - alpha / 2, df) + stats.t.ppf(power, df)) * error <= np.log1p(change)
    return float(n[np.argmax(found)]) if found.any() else float("inf")


def percent(log_ratio: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.expm1(log_ratio) * 100)


def judged(one: Estimate, alpha: float) -> tuple[float, bool | None]:
    """The value, and whether its interval leaves out zero; None where there is no interval."""
    low, high = one.interval(alpha)
    return one.value, excludes_zero(low, high) if np.isfinite(low) else None


def excludes_zero(low: float, high: float) -> bool:
    return bool(low > 0 or high < 0)


def sensitivity(
    models: dict[int, Any],
    estimate: Callable[[Any], tuple[float, bool | None]],
    whole: float,
    half: float,
    names: dict[int, str],
) -> dict[str, Any]:
    """loso_low, loso_high, loso_site, loso_flips, loso_unconfirmed: the estimate with each site gone.

    half: half the width of the interval with all sites; what it leaves out of zero is separable. A separable effect
    flips where it is not separable without a site *and* the estimate has moved: beyond the interval, or so far that an
    interval of the width with all sites would hold zero. Where it has not moved, or nothing can be judged without the
    site, fewer sites merely say less: loso_unconfirmed. An effect that is not separable flips where it is without a
    site, which fewer sites alone do not bring about, and where it has moved or at least three sites remain (two agree
    by chance too often). loso_site is, in this order, the site without which the verdict flips, without which it is
    unconfirmed, which moves the estimate most; among several of a kind that which moves it most.
    An effect without an interval is not separable. Beside these, not columns of the table: loso_missing, the sites
    without which there is no estimate, and loso_weak, whether any of the unconfirmed has one.
    models: per site the refit (None where there is none) that `estimate` reads.
    """
    each = {site: (float("nan"), None) if m is None else estimate(m) for site, m in models.items()}
    values = {site: v for site, (v, _) in each.items() if np.isfinite(v)}
    ends = {"loso_low": float("nan"), "loso_high": float("nan"), "loso_site": ""}
    separable = bool(np.isfinite(whole)) and abs(whole) > half
    missing = tuple(names.get(s, str(s)) for s in each if s not in values)
    if not values or not np.isfinite(whole):
        lost = separable and bool(each)
        return ends | {"loso_flips": False, "loso_unconfirmed": lost, "loso_weak": False, "loso_missing": missing}
    judged_so = {s: bool(verdict) for s, (_, verdict) in each.items() if verdict is not None or separable}
    changed = [s for s, verdict in judged_so.items() if s in values and verdict != separable]
    flipping = [s for s in changed if separable != (abs(values[s]) > half) or abs(values[s] - whole) > half]
    if not separable and len(each) > FEW_LEFT:
        flipping = changed
    weak = [s for s in each if separable and s not in flipping and not judged_so[s]]
    unit = half if 0 < half < np.inf else abs(whole) or 1.0
    moved = {s: round(abs(values.get(s, whole) - whole) / unit, SAME_MOVE) for s in each}
    named = max(flipping or weak or list(values), key=lambda s: moved[s])
    return {
        "loso_low": min(values.values()),
        "loso_high": max(values.values()),
        "loso_site": names.get(named, str(named)),
        "loso_flips": bool(flipping),
        "loso_unconfirmed": bool(weak) and not flipping,
        "loso_weak": any(s in values for s in weak) and not flipping,
        "loso_missing": missing,
    }
