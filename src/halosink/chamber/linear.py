"""Flux of a closed chamber from a straight line through its concentrations.

F = dC/dt * P V / (R T A)                                            (Pedersen et al. 2010, linear case)

dC/dt is the ordinary least squares slope of the mole fraction over the time since closure; its standard
error and the t quantile with n - 2 degrees of freedom give the interval. The air of the chamber is taken
as an ideal gas at the mean temperature and pressure of the closure. A straight line understates a flux whose
concentration curve bends; the fit's r_squared and the residuals are where to look.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from halosink.quality.closures import keyed, mixed

# J mol-1 K-1, exact since the 2019 SI
GAS_CONSTANT = 8.314462618
# own choice: with two points the line is exact and its error unknown
FEWEST_POINTS = 3
# mole fraction field -> (gas, flux field); 1 umol mol-1 gives umol m-2 s-1, 1 nmol mol-1 gives nmol m-2 s-1
GASES = {
    "co2_mole_fraction": ("co2", "co2_flux", "umol m-2 s-1"),
    "ch4_mole_fraction": ("ch4", "ch4_flux", "nmol m-2 s-1"),
    "n2o_mole_fraction": ("n2o", "n2o_flux", "nmol m-2 s-1"),
}
KEPT = ("salinity_class", "vegetation", "season", "time")
COLUMNS = (
    "gas",
    "field",
    "unit",
    "flux",
    "standard_error",
    "low",
    "high",
    "n",
    "r_squared",
    "duration",
    "reason",
)


def linear_fluxes(frame: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """One row per closure and gas.

    frame: rows of one reading each, in the order of reading, with `closure`, `elapsed_time` [s], at least one of
    co2_mole_fraction [umol mol-1], ch4_mole_fraction, n2o_mole_fraction [nmol mol-1], and chamber_volume [L],
    chamber_area [m2], chamber_temperature [degC], chamber_pressure [kPa] (any of these may repeat down the closure;
    their mean counts). One closure is what the columns of closures.KEY name together; a frame with `time` but no
    `date` gets the date from it. The columns of KEPT (the first time) are carried over.

    Result: the columns of the key and the kept ones, gas, field (co2_flux ...), unit, flux, standard_error, low, high
    in that unit (positive: out of the soil), n readings, r_squared, duration [s], reason (empty, or why there is no
    flux: "several_closures", "few_points", "no_time", "no_chamber").
    Raises KeyError if a needed column is missing. Source: pedersen2010hmr.
    """
    needed = ("closure", "elapsed_time", "chamber_volume", "chamber_area", "chamber_temperature", "chamber_pressure")
    missing = [c for c in needed if c not in frame]
    if missing:
        raise KeyError(f"linear_fluxes needs the columns {', '.join(missing)}")
    frame, key = keyed(frame[frame["closure"].notna()].reset_index(drop=True))
    frame = frame.assign(_mixed=mixed(frame))
    frame["_closure"] = frame.groupby(key, dropna=False, observed=True, sort=True).ngroup()
    closures = frame.groupby("_closure", sort=True)
    kept = frame.drop_duplicates("_closure").set_index("_closure")[key]
    kept = kept.join(closures[[c for c in KEPT if c in frame]].first())
    air = closures[["chamber_volume", "chamber_area", "chamber_temperature", "chamber_pressure"]].mean()
    moles = _moles_per_area(air)
    found = [
        _one_gas(frame, field, gas, flux, unit, moles, confidence)
        for field, (gas, flux, unit) in GASES.items()
        if field in frame and frame[field].notna().any()
    ]
    if not found:
        return pd.DataFrame(columns=[*kept.columns, *COLUMNS])
    table = pd.concat([kept.join(one, how="right") for one in found]).rename_axis("_closure").reset_index()
    ordered: pd.DataFrame = table.sort_values(["_closure", "gas"], kind="stable", ignore_index=True)
    return ordered.drop(columns="_closure")


def _moles_per_area(air: pd.DataFrame) -> pd.Series:
    """mol of air above 1 m2 of soil; NaN where the chamber is not described or not possible."""
    kelvin = air["chamber_temperature"] + 273.15
    usable = (air["chamber_volume"] > 0) & (air["chamber_area"] > 0) & (air["chamber_pressure"] > 0) & (kelvin > 0)
    volume, pressure = air["chamber_volume"] / 1000.0, air["chamber_pressure"] * 1000.0
    return (pressure * volume / (GAS_CONSTANT * kelvin * air["chamber_area"])).where(usable)


def _one_gas(
    frame: pd.DataFrame, field: str, gas: str, flux: str, unit: str, moles: pd.Series, confidence: float
) -> pd.DataFrame:
    use = frame[["_closure", "elapsed_time", field]].dropna()
    time, value, key = use["elapsed_time"], use[field], use["_closure"]
    n = value.groupby(key).size()
    t_centred = time - time.groupby(key).transform("mean")
    c_centred = value - value.groupby(key).transform("mean")
    s_tt = (t_centred**2).groupby(key).sum()
    s_tc = (t_centred * c_centred).groupby(key).sum()
    s_cc = (c_centred**2).groupby(key).sum()
    span = time.groupby(key).max() - time.groupby(key).min()
    slope = (s_tc / s_tt).where(s_tt > 0)
    residual = c_centred - t_centred * key.map(slope)
    squares = (residual**2).groupby(key).sum()
    df = (n - 2).astype(float)
    error = np.sqrt((squares / df.where(df > 0)) / s_tt.where(s_tt > 0))

    every = np.unique(frame["_closure"])
    out = pd.DataFrame({"slope": slope, "error": error, "df": df, "n": n, "duration": span}).reindex(every)
    out["n"] = out["n"].fillna(0).astype(int)
    factor = moles.reindex(every)
    several = frame["_mixed"].groupby(frame["_closure"]).any().reindex(every)
    enough = (out["n"] >= FEWEST_POINTS) & ~several
    quantile = stats.t.ppf(0.5 + confidence / 2, out["df"].where(out["df"] > 0))
    out["flux"] = (out["slope"] * factor).where(enough)
    out["standard_error"] = (out["error"] * factor).where(enough)
    out["low"] = out["flux"] - quantile * out["standard_error"]
    out["high"] = out["flux"] + quantile * out["standard_error"]
    out["r_squared"] = (1 - (squares / s_cc.where(s_cc > 0))).reindex(every).where(~several)
    out["reason"] = np.select(
        [several.to_numpy(), ~enough.to_numpy(), out["slope"].isna().to_numpy(), factor.isna().to_numpy()],
        ["several_closures", "few_points", "no_time", "no_chamber"],
        default="",
    )
    out["gas"], out["field"], out["unit"] = gas, flux, unit
    return out[list(COLUMNS)]
