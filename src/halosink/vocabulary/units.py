"""Conversion of units into a field's one unit; the only module that uses pint.

Mass, amount and charge of a substance are converted by its molar mass and charge, and only where the unit or the
field says which substance it is: a milligram may be one of C or one of CO2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Literal

import numpy as np
import pint

from halosink.problems import did_you_mean
from halosink.vocabulary.notation import KNOWN, NotRead, read
from halosink.vocabulary.substances import ATOMIC_WEIGHTS, base_per_mole, moles_of

DEFINITIONS = (
    "equivalent = [charge_amount]",
    "permil = 0.001",
    "salinity_unit = 0.001",
    "parts_per_thousand = 0.001",
    "parts_per_billion = 0.000000001",
    "mu_land = 10000 / 15 * meter ** 2",
    "jin = 0.5 * kilogram",
)
STUFF = {"[mass]": "mass", "[substance]": "amount", "[charge_amount]": "charge", "[length]": "volume"}
# To kelvin: K = a * T + b. Definition of the Celsius and Fahrenheit scales.
SCALES = {
    "kelvin": (Fraction(1), Fraction(0)),
    "degree_Celsius": (Fraction(1), Fraction("273.15")),
    "degree_Fahrenheit": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
}


class UnitError(ValueError):
    """A unit that is not known, has the wrong dimension, or leaves open of what substance it is.

    kind: "unknown" | "dimension" | "substance". `values` (unit, to, suggestions) fill the sentences of a Problem;
    `suggestions` are spellings that would do.
    """

    def __init__(self, kind: Literal["unknown", "dimension", "substance"], unit: str, to: str, suggestions: list[str]):
        self.kind = kind
        self.unit = unit
        self.to = to
        self.suggestions = tuple(suggestions)
        self.values: dict[str, Any] = {"unit": unit, "to": to, "suggestions": ", ".join(suggestions)}
        super().__init__(f"{kind}: {unit!r} for {to!r}; would do: {self.values['suggestions'] or '-'}")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that was read.

    size in base units; dimensions; label of its substance; stuff: what its numerator counts; ratio: what it is a
    ratio of, when numerator and denominator are alike (g kg-1: mass); names of its factors.
    """

    size: Fraction
    dimensions: dict[str, int]
    label: str
    stuff: str
    ratio: str
    names: tuple[str, ...]

    def without_stuff(self) -> dict[str, int]:
        own = next(d for d, s in STUFF.items() if s == self.stuff)
        return _drop_zero({**self.dimensions, own: self.dimensions.get(own, 0) - 1})


@cache
def registry() -> pint.UnitRegistry[Any]:
    """The pint registry with the units of soil science, in exact fractions, built once."""
    ureg: pint.UnitRegistry[Any] = pint.UnitRegistry(non_int_type=Fraction)
    for definition in DEFINITIONS:
        ureg.define(definition)
    return ureg


@lru_cache(maxsize=4096)
def parse(text: str) -> Unit:
    """Read a unit. UnitError "unknown", with the nearest known spelling, if a part of it is not known."""
    try:
        factors, size, label = read(text)
    except NotRead as error:
        near = did_you_mean(error.symbol, KNOWN) if error.symbol else ""
        better = text.replace(error.symbol, near) if near else text
        raise UnitError("unknown", text, "", [better] if better != text else []) from None
    dimensions: dict[str, int] = {}
    above: list[str] = []
    below: list[str] = []
    for name, power in factors:
        scale, base = _base(name)
        size *= scale**power
        for dimension, times in base.items():
            dimensions[dimension] = dimensions.get(dimension, 0) + times * power
        kind = STUFF.get(next(iter(base), ""), "") if len(base) == 1 else ""
        if kind == "volume":
            kind = "volume" if abs(base["[length]"] * power) == 3 else ""
        if kind:
            (above if power > 0 else below).append(kind)
    dimensions = _drop_zero(dimensions)
    stuff = next((kind for kind in above if kind != "volume"), "")
    ratio = above[0] if above and above[:1] == below[:1] and not dimensions else ""
    return Unit(size, dimensions, label, stuff, ratio, tuple(f.name for f in factors))


def convert(values: Any, unit: str, to: str, substance: str = "") -> np.ndarray:
    """Values in `unit` as float64 values in `to`, of the same shape; the array itself if nothing is to be done.

    substance: what the target counts ("CO2"). A mass without label raises UnitError "substance" where the target
    counts moles or carries a label; a label that cannot stand for the target's substance does so too. UnitError
    "unknown" or "dimension" where the unit cannot be read or is of another dimension. Molar masses: prohaska2022.
    """
    array = np.asarray(values, dtype=np.float64)
    if unit == to:
        return array
    scale, offset = factor(unit, to, substance)
    if offset:
        return array * scale + offset
    return array if scale == 1.0 else array * scale


def compatible(unit: str, to: str, substance: str = "") -> bool:
    """Whether convert would succeed."""
    try:
        factor(unit, to, substance)
    except UnitError:
        return False
    return True


@lru_cache(maxsize=4096)
def factor(unit: str, to: str, substance: str = "") -> tuple[float, float]:
    """(a, b) such that the value in `to` = a * value in `unit` + b. Errors as in convert."""
    if unit == to:
        return 1.0, 0.0
    target = parse(to)
    try:
        source = parse(unit)
    except UnitError as error:
        raise UnitError("unknown", unit, to, [*error.suggestions, to]) from None
    if {"degree_Celsius", "degree_Fahrenheit"} & {*source.names[:1], *target.names[:1]}:
        return _temperature(source, target, unit, to)
    crossing = _crossing(source, target, unit, to)
    wanted = target.label or substance
    if crossing and not wanted:
        raise UnitError("dimension", unit, to, [to])
    if not source.label:
        ambiguous = target.label or (crossing and (target.stuff == "amount" or wanted not in ATOMIC_WEIGHTS))
        if source.stuff == "mass" and ambiguous:
            raise UnitError("substance", unit, to, labelled(unit, wanted))
        if not crossing:
            return float(source.size / target.size), 0.0
    elif not wanted:
        raise UnitError("substance", unit, to, [to])
    have = source.label or wanted
    moles = moles_of(have, wanted)
    if moles is None:
        alone = re.sub(r"CO2[- ]?eq?", "CO2", unit) if source.label == "CO2e" else to
        raise UnitError("substance", unit, to, [alone])
    if not target.stuff:
        return float(source.size / target.size), 0.0
    try:
        per_mole = base_per_mole(target.stuff, wanted) / base_per_mole(source.stuff, have)
    except KeyError:
        raise UnitError("substance", unit, to, [to]) from None
    return float(source.size / target.size * moles * per_mole), 0.0


def labelled(unit: str, substance: str) -> list[str]:
    """Spellings of a unit that say what it is a mass of: mg m-2 h-1 -> mg CO2 m-2 h-1, mg CO2-C m-2 h-1."""
    others = {"CO2": ["CO2", "CO2-C"], "CH4": ["CH4", "CH4-C"], "N2O": ["N2O", "N2O-N"], "C": ["C", "CO2"]}
    first = re.match(r"\s*[^\W\d_]+", unit)
    if not first or not substance:
        return []
    return [f"{first[0]} {label}{unit[first.end() :]}" for label in others.get(substance, [substance])]


def _crossing(source: Unit, target: Unit, unit: str, to: str) -> bool:
    """Whether the conversion goes from mass to amount, amount to charge and the like. UnitError "dimension"."""
    if source.ratio and target.ratio and source.ratio != target.ratio:
        raise UnitError("dimension", unit, to, [to])
    if "parts_per_thousand" in source.names and target.ratio == "amount":
        raise UnitError("dimension", unit, to, [to])
    if source.dimensions == target.dimensions:
        return False
    alike = source.stuff and target.stuff and source.stuff != target.stuff
    if alike and source.without_stuff() == target.without_stuff():
        return True
    raise UnitError("dimension", unit, to, [to])


def _temperature(source: Unit, target: Unit, unit: str, to: str) -> tuple[float, float]:
    if len(source.names) != 1 or len(target.names) != 1 or not {source.names[0], target.names[0]} <= SCALES.keys():
        raise UnitError("dimension", unit, to, [to])
    (a, b), (c, d) = SCALES[source.names[0]], SCALES[target.names[0]]
    return float(a / c), float((b - d) / c)


@cache
def _base(name: str) -> tuple[Fraction, dict[str, int]]:
    ureg = registry()
    size, base = ureg.get_base_units(name)
    if name in ("degree_Celsius", "degree_Fahrenheit"):
        size = SCALES[name][0]
    dimensions = {d: round(float(p.real)) for d, p in ureg.get_dimensionality(base).items()}
    return Fraction(str(size)), dimensions


def _drop_zero(dimensions: dict[str, int]) -> dict[str, int]:
    return {d: p for d, p in sorted(dimensions.items()) if p}
