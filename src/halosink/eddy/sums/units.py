"""From mean fluxes of steps to amounts per area."""

from __future__ import annotations

CARBON = 12.011
"""Molar mass of carbon [g mol-1]; the value of the sums of wutzler2018 and pastorello2020."""

UNITS = {
    "nee": "g m-2",
    "gpp_night": "g m-2",
    "reco_night": "g m-2",
    "gpp_day": "g m-2",
    "reco_day": "g m-2",
    "ch4_flux": "g m-2",
    "latent_heat_flux": "MJ m-2",
    "sensible_heat_flux": "MJ m-2",
    "evapotranspiration": "mm",
}
"""Unit of the sum of each field; g m-2 is of carbon."""


def amount(field: str, seconds: int) -> float:
    """What one unit of a mean flux over a step of that many seconds adds to a sum in UNITS[field].

    CO2 [umol m-2 s-1] and CH4 [nmol m-2 s-1] to g C m-2, heat [W m-2] to MJ m-2; evapotranspiration is already in mm a
    step. Raises KeyError: a field without a unit.
    """
    UNITS[field]
    if field == "ch4_flux":
        return CARBON * 1e-9 * seconds
    if field.endswith("heat_flux"):
        return 1e-6 * seconds
    if field == "evapotranspiration":
        return 1.0
    return CARBON * 1e-6 * seconds
