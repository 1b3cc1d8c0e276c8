"""Names of the flux networks: base name, qualifiers, position; and the unit that a name stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from halosink import vocabulary

BASES = {
    "CO2": "co2_mole_fraction_wet",
    "CH4": "ch4_mole_fraction_wet",
    "N2O": "n2o_mole_fraction_wet",
    "CO2_MIXING_RATIO": "co2_mole_fraction",
    "CH4_MIXING_RATIO": "ch4_mole_fraction",
    "N2O_MIXING_RATIO": "n2o_mole_fraction",
    "VAPOR_PARTIAL_PRESSURE": "vapour_pressure",
    "TDEW": "dew_point",
    "ET": "evapotranspiration",
}
"""Base names that the vocabulary does not hold or means otherwise: the networks define mole fractions in moist air and
mixing ratios in dry air (fluxnet_variables)."""
UNITS = {
    "vapour_pressure_deficit": "hPa",
    "vapour_pressure": "hPa",
    "soil_moisture": "%",
    "evapotranspiration": "mm h-1",
}
"""Units that the networks fix for their names where they differ from the field's own (fluxnet_variables; ET:
licor_eddypro)."""
QUALITY = {
    "nee": "nee_quality",
    "co2_flux": "nee_quality",
    "ch4_flux": "ch4_flux_quality",
    "latent_heat_flux": "latent_heat_quality",
    "sensible_heat_flux": "sensible_heat_quality",
    "momentum_flux": "momentum_quality",
    "air_temperature": "air_temperature_quality",
    "shortwave_radiation": "shortwave_radiation_quality",
    "vapour_pressure_deficit": "vapour_pressure_deficit_quality",
}
GROUPS = ("flux", "eddy", "weather", "sensor")
"""Groups whose fields a tower measures; names of other groups are not looked for."""
UNFILLED = ("", "PI", "F", "PI_F")
"""Qualifiers of uploads and BASE files, best first: as measured, derived by the team, filled."""


class Name(NamedTuple):
    """TS_F_MDS_1: the field, the qualifiers (F_MDS) and the position (flag for letters, numbers)."""

    field: str
    qualifier: str
    place: tuple[int, ...]


class Column(NamedTuple):
    """A column of a file that may fill a field; `root`: a variance whose square root is wanted."""

    heading: str
    unit: str
    root: bool = False


@cache
def bases() -> Mapping[str, str]:
    """{base name: field}."""
    items = vocabulary.fields().values()
    known = {f.standard["fluxnet"]: f.name for f in items if f.numeric and "fluxnet" in f.standard}
    return {**{k: v for k, v in known.items() if vocabulary.fields()[v].group in GROUPS or k == "H2O"}, **BASES}


def split(heading: str) -> Name | None:
    """What a heading means, or None. Positions are _H_V_R, _H_V_A, _1, and those with letters (_T1_2_1)."""
    upper = heading.strip().upper()
    tokens = upper.split("_")
    for size in range(len(tokens), 0, -1):
        if field := bases().get("_".join(tokens[:size])):
            return _qualified(field, tokens[size:])
    return None


def _qualified(field: str, tokens: Sequence[str]) -> Name:
    words: list[str] = []
    place: list[int] = []
    letters = 0
    for token, following in zip(tokens, [*tokens[1:], ""], strict=False):
        if re.fullmatch(r"\d+(X\d+)?", token):
            place += [int(t) for t in token.split("X")]
        elif token == "A" and place:
            place.append(0)
        elif re.fullmatch(r"[A-Z][A-Z\d]*\d", token) and re.fullmatch(r"\d+(X\d+)?", following):
            letters = 1
            place += [int(t) for t in re.findall(r"\d+", token)]
        else:
            words.append(token)
    return Name(field, "_".join(words), (letters, *place) if place else ())


def choose(headings: Iterable[str], order: Sequence[str]) -> dict[str, list[Column]]:
    """{field: columns that may fill it, best first}; only qualifiers in `order`, its first is the best."""
    found: dict[str, list[tuple[int, tuple[int, ...], Column]]] = {}
    flags: dict[Name, str] = {}
    for heading in headings:
        name = split(heading)
        if name and name.qualifier in order:
            entry = (order.index(name.qualifier), name.place, Column(heading, unit(name.field)))
            found.setdefault(name.field, []).append(entry)
        elif name and (name.qualifier == "QC" or name.qualifier.endswith("_QC")):
            flags[name._replace(qualifier=name.qualifier.removesuffix("QC").strip("_"))] = heading
        elif known := direct(heading):
            found.setdefault(known, []).append((0, (), Column(heading, unit(known))))
    chosen = {field: [c for *_, c in sorted(entries)] for field, entries in found.items()}
    for field, quality in QUALITY.items():
        name = split(chosen[field][0].heading) if field in chosen else None
        if name and name in flags:
            chosen[quality] = [Column(flags[name], "1")]
    return chosen


def direct(heading: str) -> str:
    """The field that this very heading means in the vocabulary, or ""."""
    field = vocabulary.match(heading)
    return field if field and vocabulary.fields()[field].group in GROUPS and vocabulary.fields()[field].numeric else ""


def unit(field: str) -> str:
    return UNITS.get(field, vocabulary.fields()[field].unit)
