"""From inputs to rows that can be solved, and from what was solved to a SoilWater; the reasons why not."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.carbonates import activity
from halosink.soil.carbonates.constants import LN_10, NAMES
from halosink.soil.carbonates.solution import IONS, Ions, SoilWater
from halosink.soil.carbonates.solver import Asked, Found
from halosink.soil.carbonates.speciation import ALKALI, CALCIUM, LEAST, Bools, Q, R
from halosink.soil.carbonates.water import KELVIN, Array

TEMPERATURES = (0.0, 50.0)
"""degC, own choice: soils that are not frozen; the constants themselves hold to 90 degC (plummer1982)."""
PH = (3.0, 12.0)
"""Own choice: beyond, other acids and bases than those of SPECIES decide."""


class Rows:
    """Inputs as flat rows of one length; what a row becomes is put in with `put`."""

    def __init__(
        self,
        ions: Ions,
        alkalinity: ArrayLike | None,
        given: ArrayLike,
        temperature: ArrayLike,
        index: ArrayLike = 0.0,
    ):
        total = ions.charge() if alkalinity is None else np.asarray(alkalinity, dtype=float)
        inputs = [np.asarray(getattr(ions, n), float) for n in IONS]
        rest = (np.asarray(x, float) for x in (index, given, temperature))
        arrays = np.broadcast_arrays(*inputs, total, *rest)
        self.shape = arrays[0].shape
        self.flat = [np.ravel(x).astype(np.float64) for x in arrays]
        self.given, self.index = self.flat[-2], self.flat[-3]
        self.reason = refused(self.flat)
        size = len(self.reason)
        self.out = {f.name: np.full(size, np.nan) for f in fields(SoilWater) if f.name != "reason"}

    def refuse(self, where: Bools, reason: str) -> None:
        """Give rows that have none yet this reason."""
        self.reason[(self.reason == "") & where] = reason

    def refuse_outside(self, values: Array, limits: tuple[float, float], reason: str) -> None:
        self.refuse(~((values >= limits[0]) & (values <= limits[1])), reason)

    @property
    def usable(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.reason == "")

    def ask(self, use: NDArray[np.intp], is_open: bool, calcite: bool = False, gypsum: bool = False) -> Asked:
        part = [x[use] for x in self.flat]
        ions = dict(zip(IONS, part, strict=False))
        alkalinity, index, given, temperature = part[len(IONS) :]
        there, too = np.full(len(use), calcite), np.full(len(use), gypsum)
        return Asked(ions, alkalinity, temperature + KELVIN, given, is_open, there, too, index)

    def put(self, use: NDArray[np.intp], water: SoilWater, keep: Bools) -> None:
        for name, values in self.out.items():
            values[use[keep]] = getattr(water, name)[keep]
        self.reason[use[keep]] = water.reason[keep]

    def water(self) -> SoilWater:
        """In the shape of the inputs; NaN where there is a reason, but for what the reason rests on."""
        for name, values in self.out.items():
            if name not in ("ionic_strength", "charge_error"):
                values[self.reason != ""] = np.nan
        return SoilWater(**self.out, reason=self.reason).shaped(self.shape)


def refused(flat: list[Array]) -> NDArray[np.str_]:
    """Why a row cannot be worked with; "" where it can. flat: ions, alkalinity, index, what is given, temperature."""
    temperature = flat[-1]
    reason = np.full(len(temperature), "", dtype="U24")
    reason[~((temperature >= TEMPERATURES[0]) & (temperature <= TEMPERATURES[1]))] = "temperature"
    reason[np.any([x < 0 for x in flat[: len(IONS)]], axis=0)] = "negative"
    reason[np.any([~np.isfinite(x) for x in flat], axis=0)] = "missing"
    return reason


def described(found: Found, asked: Asked) -> SoilWater:
    """What is dissolved, by name; not yet blanked."""
    m = found.molality
    at = {n: m[NAMES.index(n)] for n in ("HCO3-", "CO3-2", "CO2", "Ca+2")}
    calcium, sulfate, alkalinity = m[CALCIUM].sum(axis=0), R @ m, ALKALI @ m
    gypsum = np.where(asked.with_gypsum, sulfate - asked.ions["sulfate"], 0.0)
    calcite = np.where(asked.with_calcite, calcium - asked.ions["calcium"] - gypsum, 0.0)
    plus = 2 * (calcium + asked.ions["magnesium"]) + asked.ions["sodium"] + asked.ions["potassium"]
    minus = asked.ions["chloride"] + asked.ions["nitrate"] + 2 * sulfate + alkalinity
    gone = np.abs(plus) + np.abs(minus)
    error = 100 * np.divide(plus - minus, gone, out=np.zeros_like(gone), where=gone > 0)
    reason = np.where(found.solved, "", "no_solution").astype("U24")
    reason[found.solved & (found.strength > activity.LIMIT)] = "too_salty"
    si_gypsum = np.where((sulfate > 10 * LEAST) & (calcium > 0), found.si_gypsum, -np.inf)
    return SoilWater(
        -found.ln_h / LN_10, np.exp(found.ln_pco2), alkalinity, Q @ m, calcium, sulfate, at["HCO3-"], at["CO3-2"],
        at["CO2"], at["Ca+2"], found.strength, found.water, found.si_calcite, si_gypsum, calcite, gypsum, error, reason,
    )  # fmt: skip
