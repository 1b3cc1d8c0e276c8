"""Mole fractions of the air outside, against which a chamber that has just been closed is judged."""

from __future__ import annotations

from collections.abc import Mapping

# global means of 2023 (NOAA): umol mol-1 for CO2, nmol mol-1 for CH4 and N2O
AMBIENT: Mapping[str, float] = {
    "co2_mole_fraction": 419.3,
    "ch4_mole_fraction": 1922.6,
    "n2o_mole_fraction": 336.7,
}
SOURCE = "noaa_gml_2023"


def ambient(name: str) -> float:
    """Of a gas column, dry or wet; the water of moist air does not matter here."""
    return AMBIENT[name.removesuffix("_wet")]
