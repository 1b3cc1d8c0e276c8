"""Fluxes of closed chambers: one row per closure and gas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from halosink.chamber.batch import Array
from halosink.chamber.flux import flags
from halosink.chamber.flux.estimate import estimate
from halosink.chamber.flux.packing import GASES, UNITS, Closures, batches, closures, gases, series
from halosink.chamber.options import Options

NUMBERS = (
    "flux", "standard_error", "low", "high", "median", "freedom", "duration", "window_start", "window_end", "delay",
    "linear_flux", "linear_error", "robust_flux", "robust_error", "hm_flux", "hm_error", "hm_rate", "hmr_flux",
    "hmr_rate", "rate_max", "g_factor", "intercept", "r_squared", "rmse", "autocorrelation", "noise",
    "minimal_detectable_flux", "ebullition",
)  # fmt: skip
COLUMNS = (
    "gas", "field", "unit", "flux", "standard_error", "low", "high", "confidence", "median", "freedom", "model",
    "choice", "reason", "quality", "flags", "n", "duration", "window_start", "window_end", "delay", "linear_flux",
    "linear_error", "robust_flux", "robust_error", "hm_flux", "hm_error", "hm_rate", "hmr_flux", "hmr_rate", "rate_max",
    "g_factor", "intercept", "r_squared", "rmse", "autocorrelation", "noise", "minimal_detectable_flux", "ebullition",
    "ebullition_events", "moles_per_area", "water_correction",
)  # fmt: skip
SOURCES = (
    "hutchinson1981", "pedersen2010hmr", "huppi2018", "huber1981", "kutzbach2007", "livingston2006",
    "rheault2024goflux", "gelman2013",
)  # fmt: skip


def fluxes(
    concentrations: pd.DataFrame,
    options: Options | None = None,
    *,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """One row per closure and gas: the flux, how sure it is, which model gave it and why, and what all models say.

    F = dC/dt at closing * P V (1 - W) / (R T A), C per mole of dry air, positive out of the soil.

    concentrations: rows of one reading each in the order of reading: `closure`, `elapsed_time` [s since closing],
    chamber_volume [L], chamber_area [m2], chamber_temperature [degC], chamber_pressure [kPa], and gases:
    co2_mole_fraction [umol mol-1], ch4_, n2o_mole_fraction [nmol mol-1] per mole of dry air, or the same with _wet per
    mole of moist air and h2o_mole_fraction [mmol mol-1 of moist air]; deadband, closure_length [s] where known. One
    closure is what the columns of quality.closures.KEY name together. Readings before closing do not count.
    progress(done, of): called as closures are done.

    Result: key columns and KEPT, then COLUMNS. flux, standard_error, low, high (at `confidence`), *_flux, *_error,
    minimal_detectable_flux, ebullition in `unit`; hm_rate, hmr_rate, rate_max [s-1]; duration, window_start,
    window_end, delay [s]; intercept, rmse, noise as the mole fraction; moles_per_area [mol m-2]. Where `reason` is not
    empty there is no flux. Where the model is hutchinson_mosier, flux is the median over all rates, weighted by how
    well they fit, and hm_flux the best fitting one. Where the gas came late (`delay`), the slope where the rise begins
    counts.
    standard_error is half the width of the middle 68 %. A flux is never set to zero or left out for its sign.
    ebullition is what bubbles carried in the window, and is not part of flux.
    Raises KeyError if a needed column is missing, ValueError if one holds no numbers or stands twice.
    The words for model, choice, reason, quality and flags are in vocabulary/texts/chamber.toml. Sources: SOURCES.
    """
    options = options or Options()
    found = closures(concentrations)
    names = gases(found)
    parts, total = [], len(names) * len(found.table)
    ended = np.full(len(found.table), np.nan)
    for i, gas in enumerate(names):
        part, end = _one(found, ended, gas, options, seed, progress, i * len(found.table), total)
        parts.append(part)
        ended = np.fmin(ended, end)
    if not parts:
        return pd.DataFrame(columns=[*found.table.columns, *COLUMNS])
    if progress:
        progress(total, total)
    table = pd.concat(parts).rename_axis("_closure").reset_index()
    ordered: pd.DataFrame = table.sort_values(["_closure", "gas"], kind="stable", ignore_index=True)
    return ordered.drop(columns="_closure")


def _one(
    found: Closures,
    ended: Array,
    gas: str,
    options: Options,
    seed: int,
    progress: Callable[[int, int], None] | None,
    done: int,
    total: int,
) -> tuple[pd.DataFrame, Array]:
    """The rows of one gas, and where its course broke [s], NaN where it did not.

    ended: where that of another gas broke: a chamber that leaks or is lifted does so for all of them.
    """
    length = np.fmin(found.length, ended)
    one, number = series(found, gas, options.gas_constant), len(found.table)
    out: dict[str, np.ndarray] = {name: np.full(number, np.nan) for name in (*NUMBERS, "whole", "curve_r_squared")}
    out |= {name: np.full(number, "", dtype="<U24") for name in ("model", "choice")}
    out |= {name: np.zeros(number, dtype=int) for name in ("n", "ebullition_events")}
    out |= {name: np.zeros(number, dtype=bool) for name in ("cut_start", "cut_end", "spiked")}
    out["reason"] = np.where(one.reason == "", "few_points", one.reason).astype("<U24")
    out["n"] = np.bincount(one.code, minlength=number)
    for at, batch in batches(one):
        columns = estimate(batch, gas, one.moles[at], found.height[at], found.deadband[at], length[at], options, seed)
        for name, values in columns.items():
            out[name][at] = values
        done += len(at)
        if progress:
            progress(done, total)
    out["moles_per_area"], out["water_correction"] = one.moles, one.correction
    out["confidence"] = np.full(number, options.confidence)
    broke = np.where(out["cut_end"] & (out["reason"] == ""), out["window_end"], np.nan)
    out["cut_beside"] = (ended < np.fmin(found.length, np.inf)) & ~out["cut_end"]
    told = flags.found(out)
    out["flags"], out["quality"] = flags.joined(told), flags.quality(told, out["reason"])
    out["gas"], out["field"], out["unit"] = (np.full(number, x) for x in (gas, GASES[gas], UNITS[gas]))
    refused = out["reason"] != ""
    for name in ("model", "choice"):
        out[name] = np.where(refused, "", out[name])
    numbers = pd.DataFrame({c: out[c] for c in COLUMNS}, index=found.table.index)
    texts = numbers.select_dtypes(exclude="number").columns
    return found.table.join(numbers.astype(dict.fromkeys(texts, "str"))), broke
