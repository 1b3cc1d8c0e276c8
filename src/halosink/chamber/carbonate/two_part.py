"""Does soil CO2 flux need a second, abiotic part beside respiration? Decided on weeks the models have not seen.

F(t) = R(T, w) + A(dT/dt, w): respiration (respiration.py) plus what carbonate and saline-alkaline soil gives off and
takes up as it warms and cools (warming.py); xie2009, ma2013 and hamerlynck2013 report such uptake at night. Each
chamber has its own parameters. Negative fluxes count like all others.

A better prediction is not yet a proof of carbonate chemistry. Respiration that follows the temperature of another
depth than the probe's lags behind it, and to first order that too is a term in dT/dt. So respiration at a shifted
temperature stands as a rival ("lagged"); where it does as well, the data cannot tell the two apart. Neither model
knows of pulses after rain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from halosink.chamber.carbonate import held_out
from halosink.chamber.carbonate import tables as carbonate_tables
from halosink.chamber.carbonate.flux_series import FEWEST_WEEKS, NEEDED, SERIES, TooShort, prepared
from halosink.chamber.carbonate.week_draws import parameter_draws


@dataclass(frozen=True, slots=True)
class TwoPart:
    """verdict: "two_part" (the second part helps for certain, by a hundredth of the error or more, and more than a lag
    of temperature would), "biotic" (it gains less than that for certain, or a lag explains it) or "undecided".

    comparison: one row, see two_part. models: one row per series and model, series "" for all together (series,
    model, n, rmse, mae, skill = 1 - MSE/MSE of the mean). parameters: series, parameter, unit, value, low, high.
    parts: time, series, co2_flux, biotic, abiotic as fitted to all weeks. left_out: series, reason ("few_weeks").
    """

    verdict: str
    comparison: pd.DataFrame
    models: pd.DataFrame
    parameters: pd.DataFrame
    parts: pd.DataFrame
    left_out: pd.DataFrame


def two_part(
    frame: pd.DataFrame,
    *,
    seed: int,
    by: Sequence[str] | None = None,
    repeats: int = 5,
    confidence: float = 0.95,
    varying_sensitivity: bool = False,
    resamples: int = 100,
) -> TwoPart:
    """Respiration alone against respiration plus an abiotic part, by error on held-out weeks.

    frame: time (datetime64), co2_flux [umol m-2 s-1, positive to the air], soil_temperature [degC], soil_moisture
    [m3 m-3], optional air_pressure [kPa]; by: columns that tell chambers apart (default: those of SERIES it has). Rows
    without a value, with moisture below 0, or where temperature is not known for hours on either side are left out for
    all models alike.

    comparison: series, n, weeks, rmse_mean, rmse_biotic, rmse_lagged, rmse_two_part, skill_biotic, skill_two_part;
    difference, low, high (two_part minus biotic, umol m-2 s-1), percent, percent_low, percent_high, wins (share of
    repeats), against_biotic ("two_part", "biotic", "undecided"); lag_difference, lag_low, lag_high, against_lag
    ("two_part", "lagged", "undecided"); verdict; abiotic_share with _low, _high (sum of |A| over that of |A| + |R|),
    abiotic_mean; negative, negative_day, negative_night (shares of fluxes below 0).
    varying_sensitivity: let the temperature sensitivity follow moisture. resamples: of weeks, for the intervals of
    parameters and share.
    Raises KeyError for a missing column, TooShort (a ValueError) if no series has FEWEST_WEEKS weeks.
    """
    missing = [c for c in NEEDED if c not in frame]
    if missing:
        raise KeyError(f"two_part needs the columns {', '.join(missing)}")
    names = [c for c in SERIES if c in frame] if by is None else list(by)
    series, left_out, weeks = prepared(frame, names)
    if not series:
        raise TooShort(f"no series of {FEWEST_WEEKS} weeks with flux, temperature and moisture")
    rng = np.random.default_rng(seed)
    deal = np.arange(weeks) % held_out.FOLDS
    groups = np.stack([rng.permutation(deal) for _ in range(repeats)])
    fits = [held_out.whole(s, varying_sensitivity) for s in series]
    errors = [held_out.errors(s, f, groups) for s, f in zip(series, fits, strict=True)]
    total = sum(errors[1:], errors[0])
    tests = {r: held_out.compare(total, "two_part", r, rng, confidence) for r in ("biotic", "lagged")}
    said = {r: held_out.verdict(tests[r], "two_part", r) for r in tests}
    decided = said["biotic"] if said["biotic"] != "two_part" else said["lagged"].replace("lagged", "biotic")
    both = [f.two_part for f in fits]
    draws = [parameter_draws(s, f, rng, resamples, varying_sensitivity) for s, f in zip(series, both, strict=True)]
    parameters = [
        carbonate_tables.parameters(*o, confidence, varying_sensitivity) for o in zip(series, both, draws, strict=True)
    ]
    row = {
        "series": len(series),
        "n": int(total.n.sum()),
        "weeks": int((total.n > 0).sum()),
        **{f"rmse_{m}": total.rmse(m) for m in held_out.MODELS},
        **{f"skill_{m}": carbonate_tables.skill(total, m) for m in ("biotic", "two_part")},
        **tests["biotic"],
        "against_biotic": said["biotic"],
        **{f"lag_{k}": tests["lagged"][k] for k in ("difference", "low", "high")},
        "against_lag": said["lagged"],
        "verdict": decided,
        **carbonate_tables.shares(series, both, draws, confidence),
        **carbonate_tables.negative(frame),
    }
    return TwoPart(
        decided,
        pd.DataFrame([row]),
        carbonate_tables.models(series, errors, total),
        pd.concat(parameters, ignore_index=True),
        pd.concat([carbonate_tables.parts(*o) for o in zip(series, both, strict=True)], ignore_index=True),
        pd.DataFrame(left_out, columns=["series", "reason"]),
    )
