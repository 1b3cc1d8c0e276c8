"""How much of each species is dissolved, at given coefficients, for one of two questions and with or without minerals.

Unknown is u. Open to the air: u = ln h at a known pCO2, so that ln c = ln(k pCO2 a(H2O)) - 2 u. Measured: h is known
and u = ln c. The activity s of sulfate follows from its own balance within each u. A cation with a known total T has
the activity T / F with F = sum of K monomial / g over its species; calcium in equilibrium with a mineral has the
activity that the mineral's solubility product leaves. What is then asked of u is one equation that rises or falls
throughout:

measured    alkalinity(u) = measured
open        alkalinity(u) - 2 (Ca(u) - Ca_0 - n_gypsum(u)) = alkalinity_0,   n_gypsum = S(u) - S_0 with gypsum, else 0

where the bracket is the calcite dissolved, 0 without calcite. Alkalinity is that to CO2 and SO4-2: HCO3 + 2 CO3 + OH -
H - HSO4 with what is paired.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink.soil.carbonates.root import rising_root
from halosink.soil.carbonates.species import CATIONS, SPECIES
from halosink.soil.carbonates.water import Array

Bools = NDArray[np.bool_]

P, Q, R = (np.array([getattr(s, n) for s in SPECIES], dtype=float) for n in ("hydrogen", "carbonate", "sulfate"))
WATER = np.array([s.water for s in SPECIES], dtype=float)
ALKALI = 2 * Q - P
MEMBERS = [[i for i, s in enumerate(SPECIES) if s.cation == c] for c in CATIONS]
CALCIUM = MEMBERS[0]
GROUPS = [[i for i, s in enumerate(SPECIES) if not s.cation], *MEMBERS]
PLAIN, SULFATE = ([[i for i in g if R[i] == r] for g in GROUPS] for r in (0, 1))
MONOMIALS = sorted({(s.hydrogen, s.carbonate) for s in SPECIES})
WHICH = np.array([MONOMIALS.index((s.hydrogen, s.carbonate)) for s in SPECIES])
LN_H = (float(np.log(1e-14)), float(np.log(0.3)))
LN_C = (-80.0, 3.0)
LN_S = (-80.0, 3.0)
"""Bounds of the search, wider than any water."""
LEAST = 1e-30
"""mol kg-1 that stands for no sulfate, so that its logarithm exists."""


@dataclass(slots=True)
class Waters:
    """n rows. totals: (cations, n) [mol kg-1], calcium's without what minerals give; alkalinity, sulfate likewise.

    carbon: ln(c h^2) where open, ln h where measured; calcite, gypsum: ln of the products that they hold (gypsum's
    without water), used where the mineral is there.
    """

    totals: Array
    sulfate: Array
    alkalinity: Array
    carbon: Array
    open: bool
    with_calcite: Bools
    with_gypsum: Bools
    calcite: Array
    gypsum: Array


@dataclass(slots=True)
class State:
    """molality: (species, n); u, ln_h, ln_c: (n,); residual: of the equation for u [mol kg-1]."""

    molality: Array
    u: Array
    ln_h: Array
    ln_c: Array
    residual: Array


class Speciation:
    """The equations of n rows at fixed weights K a(H2O)^water / g: (species, n).

    Of each cation four sums over its species are kept, apart for those without (plain) and with sulfate: of the
    factors K monomial / g, of factor x d ln/du, of factor x alkalinity, of factor x alkalinity x d ln/du. With s they
    give F, its slopes, and what the cation binds, without going through the species again.
    """

    def __init__(self, waters: Waters, weights: Array, ln_s: Array, tolerance: float):
        self.at = waters
        self.weights = weights
        self.ln_s = ln_s
        self.tolerance = tolerance
        self.both = waters.with_calcite & waters.with_gypsum
        self.only_gypsum = waters.with_gypsum & ~waters.with_calcite
        self.any_sulfate = bool(waters.with_gypsum.any() or (waters.sulfate > 0).any())
        self.dh, self.dc = (1.0, -2.0) if waters.open else (0.0, 1.0)
        slope = P * self.dh + Q * self.dc
        self.sums = np.stack([np.ones_like(slope), slope, ALKALI, ALKALI * slope])

    def solve(self, u: Array) -> State:
        """The water, searched from u on."""
        low, high = (np.full_like(u, b) for b in (LN_H if self.at.open else LN_C))
        u = rising_root(lambda x: self._of(x)[:2], u, low, high, self.tolerance)
        asked, _, s, factors, activities = self._of(u)
        ln_h, ln_c = self._place(u)
        molality = factors * np.where(R[:, None] > 0, s, 1.0)
        for members, activity in zip(MEMBERS, activities, strict=True):
            molality[members] *= activity
        return State(molality, u, ln_h, ln_c, asked)

    def _place(self, u: Array) -> tuple[Array, Array]:
        return (u, self.at.carbon - 2 * u) if self.at.open else (self.at.carbon, u)

    def _of(self, u: Array) -> tuple[Array, Array, Array, Array, list[Array]]:
        """The equation and its slope, signed so that it rises; s, factors without s, activities of the cations."""
        at = self.at
        ln_h, ln_c = self._place(u)
        factors = self.weights * np.stack([np.exp(p * ln_h + q * ln_c) for p, q in MONOMIALS])[WHICH]
        plain, paired = ([self.sums[:, g] @ factors[g] for g in kind] for kind in (PLAIN, SULFATE))
        ln_s = self._sulfate(plain, paired, ln_c)
        s = np.exp(ln_s)
        zero = np.zeros_like(u)
        sulfate = s * np.stack([paired[0][0], paired[0][1], paired[0][0]])
        alkalinity = np.stack([plain[0][2], plain[0][3], zero]) + s * np.stack([*paired[0][2:], paired[0][2]])
        calcium = np.stack([zero, zero, zero])
        activities = []
        for k, total in enumerate(at.totals):
            bound = s * paired[k + 1]
            whole, rises, alkali, alkali_rises = plain[k + 1] + bound
            activity, by_u, by_s = total / whole, -rises / whole, -bound[0] / whole
            if k == 0:
                activity, by_u, by_s = self._calcium(activity, by_u, by_s, ln_c, ln_s)
                calcium = activity * np.stack([whole, rises + whole * by_u, bound[0] + whole * by_s])
            activities.append(activity)
            sulfate += activity * np.stack([bound[0], bound[1] + bound[0] * by_u, bound[0] * (1 + by_s)])
            alkalinity += activity * np.stack([alkali, alkali_rises + alkali * by_u, bound[2] + alkali * by_s])
        asked, slope = self._asked(calcium, sulfate, alkalinity)
        return *((-asked, -slope) if at.open else (asked, slope)), s, factors, activities

    def _asked(self, calcium: Array, sulfate: Array, alkalinity: Array) -> tuple[Array, Array]:
        """Each (3, n): the value, its slope in u, its slope in ln s."""
        at = self.at
        balance = sulfate - np.where(self.only_gypsum, calcium, 0.0)
        ds = -np.divide(balance[1], balance[2], out=np.zeros_like(balance[1]), where=balance[2] != 0)
        ds = np.where(self.both, self.dc, ds)
        values, slopes = zip(*((x[0], x[1] + x[2] * ds) for x in (calcium, sulfate, alkalinity)), strict=True)
        dissolved = values[0] - at.totals[0] - np.where(self.both, values[1] - at.sulfate, 0.0)
        rising = slopes[0] - np.where(self.both, slopes[1], 0.0)
        asked = values[2] - at.alkalinity - np.where(at.with_calcite, 2 * dissolved, 0.0)
        return asked, slopes[2] - np.where(at.with_calcite, 2 * rising, 0.0)

    def _calcium(
        self, activity: Array, by_u: Array, by_s: Array, ln_c: Array, ln_s: Array
    ) -> tuple[Array, Array, Array]:
        """Activity of calcium with its slopes of ln, where a mineral sets it; else as given."""
        at = self.at
        if at.with_calcite.any():
            activity = np.where(at.with_calcite, np.exp(at.calcite - ln_c), activity)
            by_u, by_s = np.where(at.with_calcite, -self.dc, by_u), np.where(at.with_calcite, 0.0, by_s)
        if self.only_gypsum.any():
            activity = np.where(self.only_gypsum, np.exp(np.minimum(at.gypsum - ln_s, 300.0)), activity)
            by_u, by_s = np.where(self.only_gypsum, 0.0, by_u), np.where(self.only_gypsum, -1.0, by_s)
        return activity, by_u, by_s

    def _sulfate(self, plain: list[Array], paired: list[Array], ln_c: Array) -> Array:
        """ln s by the balance of sulfate, or by both minerals."""
        at = self.at
        direct = at.gypsum - at.calcite + ln_c
        if self.both.all() or not self.any_sulfate:
            return np.where(self.both, direct, np.log(LEAST))
        target, calcium, product = np.maximum(at.sulfate, LEAST), np.exp(at.calcite - ln_c), np.exp(at.gypsum)

        def of(ln_s: Array) -> tuple[Array, Array]:
            s = np.exp(ln_s)
            slope = s * paired[0][0]
            value = slope - target
            for k, total in enumerate(at.totals):
                without, bound = plain[k + 1][0], s * paired[k + 1][0]
                part = bound / (without + bound)
                held, rises = total * part, total * part * (1 - part)
                if k == 0:
                    held = np.where(at.with_calcite, calcium * bound, held)
                    rises = np.where(at.with_calcite, held, rises)
                    free = product * without / s
                    held = np.where(self.only_gypsum, total - free, held)
                    rises = np.where(self.only_gypsum, free, rises)
                value, slope = value + held, slope + rises
            return value, slope

        low, high = (np.full_like(ln_c, b) for b in LN_S)
        self.ln_s = rising_root(of, self.ln_s, low, high, self.tolerance)
        return np.where(self.both, direct, self.ln_s)
