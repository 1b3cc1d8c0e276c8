"""Mean flux of a place over its visits, with an error that rests on visits rather than closures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FLUXES = ("co2_flux", "ch4_flux", "n2o_flux")


def mean_fluxes(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """One row per place: columns `by`, rows, visits, and of each flux in the frame its mean, <flux>_error, <flux>_df.

    frame: one row per closure, `date` optional. Closures of one day are averaged first, so a day counts once however
    often it was measured; the error is the standard deviation of the days over the square root of their number. With
    one day only, the closures of that day stand in for it (they say nothing of other days); one closure has no error.
    """
    names = [f for f in FLUXES if f in frame]
    groups = frame.groupby(list(by), dropna=False, sort=True, observed=True) if by else [((), frame)]
    found = []
    for key, part in groups:
        measured = part[part[names].notna().any(axis=1)]
        dated = "date" in measured and measured["date"].notna().any()
        days = measured.groupby("date", dropna=False, observed=True)[names].mean() if dated else measured[names]
        row = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        row |= {"rows": len(measured), "visits": len(days) if dated else 0}
        for name in names:
            values = days[name].dropna()
            spread = values if len(values) > 1 else measured[name].dropna()
            n = len(spread)
            row[name] = values.mean() if len(values) else np.nan
            row[f"{name}_error"] = spread.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
            row[f"{name}_df"] = float(n - 1) if n > 1 else np.nan
        if len(measured):
            found.append(row)
    wanted = [*by, "rows", "visits", *(f"{n}{s}" for n in names for s in ("", "_error", "_df"))]
    return pd.DataFrame(found, columns=wanted)


def mean_draws(means: pd.DataFrame, number: int, rng: np.random.Generator) -> dict[str, NDArray[np.float64]]:
    """{flux: (rows, number)} draws of each mean from Student's t with its degrees of freedom; NaN without an error.

    means: with <flux>, <flux>_error, <flux>_df. Gases are drawn independently of one another.
    """
    found = {}
    for name in (f for f in FLUXES if f in means):
        df = means[f"{name}_df"].to_numpy(dtype=float)
        noise = rng.standard_t(np.where(df > 0, df, 1.0)[:, None], (len(means), number))
        error = np.where(df > 0, means[f"{name}_error"].to_numpy(dtype=float), np.nan)
        found[name] = means[name].to_numpy(dtype=float)[:, None] + error[:, None] * noise
    return found
