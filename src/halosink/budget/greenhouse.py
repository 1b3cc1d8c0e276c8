"""Fluxes of CO2, CH4 and N2O on one scale: grams of CO2-equivalent.

co2e = flux x molar mass x time x GWP, summed over the gases that were measured

Molar masses from standard atomic weights (prohaska2022), a year of 365.25 days, potentials of the named IPCC report.

What the sum is not: the CO2 flux of a soil chamber is respiration, and the CO2 flux of a vegetated chamber is that of
the hour it stood there. Neither counts the carbon that plants fixed and that stays in soil, so the sum is a balance of
gases through the chamber and no climate balance of the site. A gas that was not measured is named in `missing`; it
is not taken for zero, and the sum then stands for the others only. A rate per year is the measured rate written per
year, not an annual sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.budget.potentials import metric as named
from halosink.vocabulary.units import convert

Array = NDArray[np.float64]
GASES = {"co2": "umol", "ch4": "nmol", "n2o": "nmol"}
PER = {"second": "s", "day": "d", "year": "yr"}
NORMAL_SD = (0.158655, 0.841345)
"""Half of what lies between is one standard deviation of a normal distribution, and finite where tails are long."""
DEFAULT = ("AR6 GWP100", "AR6 GWP20")
COLUMNS = (
    "metric", "gas", "mass", "mass_unit", "potential", "co2e", "standard_error", "low", "high", "unit", "missing",
    "source",
)  # fmt: skip


def greenhouse_balance(
    fluxes: pd.DataFrame,
    metric: str | Sequence[str] = DEFAULT,
    *,
    per: str = "day",
    fossil: bool = False,
    draws: Mapping[str, Array] | None = None,
    number: int = 2000,
    seed: int = 1,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """CO2-equivalents of each row of fluxes, gas by gas and summed.

    fluxes: any of co2_flux [umol m-2 s-1], ch4_flux, n2o_flux [nmol m-2 s-1], positive to the air; NaN where a gas was
    not measured; optional co2_flux_standard_error ... in the same units. Other columns are carried over.
    metric: names of metrics(); per: "second", "day" or "year"; fossil: methane of fossil origin, not that of soil.
    draws: {"co2_flux": (rows, number)} take the place of standard errors; draw k of one gas belongs with draw k of the
    others. Without draws, errors are taken as normal and those of different gases as independent (`number`, `seed`).

    One row per row of fluxes, metric and gas ("co2", "ch4", "n2o", then "sum"): COLUMNS; mass [g of the gas m-2 per
    time, NaN for the sum], potential, co2e [g CO2e m-2 per time], standard_error, low, high (NaN where no error was
    given), missing: the gases not measured, comma-joined, in the row of the sum ("" if all were). No sum if no gas was
    measured. Raises KeyError for an unknown metric or no flux column, ValueError for an unknown `per`.
    """
    if per not in PER:
        raise ValueError(f"per must be one of {', '.join(PER)}, not {per!r}")
    present = [g for g in GASES if f"{g}_flux" in fluxes]
    if not present:
        raise KeyError("greenhouse_balance needs one of co2_flux, ch4_flux, n2o_flux")
    chosen = [named(m) for m in ([metric] if isinstance(metric, str) else metric)]
    rng = np.random.default_rng(seed)
    masses = {g: grams(fluxes[f"{g}_flux"], g, per) for g in present}
    drawn = {g: _drawn(fluxes, g, per, masses[g], draws, number, rng) for g in present}
    known = {g: np.isfinite(masses[g]) for g in present}
    nothing = np.zeros(len(fluxes), bool)
    missing = [",".join(g for g in GASES if not known.get(g, nothing)[i]) for i in range(len(fluxes))]
    uncertain = ~np.any([known[g] & ~np.isfinite(drawn[g]).any(axis=1) for g in present], axis=0)
    carried = fluxes.drop(columns=[c for c in fluxes if _is_input(str(c))])
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    parts = []
    for one in chosen:
        common = {"metric": one.name, "source": one.source, "unit": f"g CO2e m-2 {PER[per]}-1"}
        total, total_draws = np.zeros(len(fluxes)), np.zeros_like(drawn[present[0]])
        for gas in present:
            factor = one.of(gas, fossil)
            rates = factor * drawn[gas]
            total += np.where(known[gas], factor * masses[gas], 0.0)
            total_draws += np.where(known[gas][:, None], rates, 0.0)
            row: dict[str, Any] = {"gas": gas, "mass": masses[gas], "mass_unit": f"g {gas.upper()} m-2 {PER[per]}-1"}
            row |= {"potential": factor, "co2e": factor * masses[gas], "missing": ""}
            parts.append(_table(carried, row | common, rates, tails))
        any_known = np.any(list(known.values()), axis=0)
        row = {"gas": "sum", "mass": np.nan, "mass_unit": "", "potential": np.nan}
        row |= {"co2e": np.where(any_known, total, np.nan), "missing": missing}
        usable = np.where((any_known & uncertain)[:, None], total_draws, np.nan)
        parts.append(_table(carried, row | common, usable, tails))
    table = pd.concat(parts)
    table = table.sort_index(kind="stable").reset_index(drop=True)
    return table[[*carried.columns, *COLUMNS]]


def grams(flux: pd.Series | Array, gas: str, per: str = "day") -> Array:
    """g of the gas m-2 per time from umol (co2) or nmol (ch4, n2o) m-2 s-1."""
    formula = gas.upper()
    unit, to = f"{GASES[gas]} {formula} m-2 s-1", f"g {formula} m-2 {PER[per]}-1"
    return np.asarray(convert(np.asarray(flux, dtype=np.float64), unit, to, formula))


def _is_input(column: str) -> bool:
    return any(column in (f"{g}_flux", f"{g}_flux_standard_error") for g in GASES)


def _drawn(
    fluxes: pd.DataFrame,
    gas: str,
    per: str,
    mass: Array,
    draws: Mapping[str, Array] | None,
    number: int,
    rng: np.random.Generator,
) -> Array:
    """(rows, number) draws of the mass rate; NaN where the error is not known."""
    if draws is not None:
        size = next(iter(draws.values())).shape[1]
        given = draws.get(f"{gas}_flux")
        return grams(given, gas, per) if given is not None else np.full((len(fluxes), size), np.nan)
    name = f"{gas}_flux_standard_error"
    error = grams(fluxes[name], gas, per) if name in fluxes else np.full(len(fluxes), np.nan)
    return np.asarray(mass[:, None] + error[:, None] * rng.standard_normal((len(fluxes), number)))


def _table(carried: pd.DataFrame, row: dict[str, Any], draws: Array, tails: list[float]) -> pd.DataFrame:
    known = np.isfinite(draws).all(axis=1)
    low, high, error = (np.full(len(draws), np.nan) for _ in range(3))
    if known.any():
        low[known], high[known] = np.quantile(draws[known], tails, axis=1)
        error[known] = np.diff(np.quantile(draws[known], NORMAL_SD, axis=1), axis=0)[0] / 2
    return carried.reset_index(drop=True).assign(**row, standard_error=error, low=low, high=high)
