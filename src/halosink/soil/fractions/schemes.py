"""Which fractions should add up to what, and how far from it a laboratory may be.

recovery = sum of the complementary fractions / whole. The whole is bulk organic carbon, or 1000 g per kg soil where
masses are added. Nothing is ever rescaled to close.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
# Of 903 published particle-size fractionations of topsoil the middle 80 % recover 0.797 to 1.091 of the bulk carbon
# (own computation on the data of georgiou2022; all methods, 1071: 0.749 to 1.104). Rounded.
RECOVERY = (0.80, 1.10)
# own choice: one published fractionation in a hundred recovers twice the bulk or more, four in a thousand less than
# 0.05 of it (data of georgiou2022); beyond that a unit or a row is wrong
REFUSED = (0.05, 2.0)
# own choice: sieving weighs, and loses little; dispersed salt and fine clay in the water are the usual loss
MASS = (0.95, 1.02)
MASS_REFUSED = (0.5, 1.5)
WHOLE_MASS = 1000.0
# own choice: how near a sum must come to a telling number (100, 1) or ratio (10, 1000) to be taken for it
NEAR_SUM = 0.01
NEAR_RATIO = 0.15
# C in organic matter was long taken to be 58 %; told as a hint only, never applied
MATTER = 1.724


@dataclass(frozen=True, slots=True)
class Scheme:
    """Fractions that should add up.

    parts: terms, each one column or, as a pair, mass [g kg-1 soil] and carbon [g kg-1 fraction] of a fraction. whole: a
    column or "" for the mass of the soil. nested: the parts lie within the whole and need not make it up; only the
    upper bound is judged. low, high: within these the scheme closes; least, most: beyond these it is refused.
    """

    name: str
    parts: tuple[str | tuple[str, str], ...]
    whole: str = "soil_organic_carbon"
    nested: bool = False
    low: float = RECOVERY[0]
    high: float = RECOVERY[1]
    least: float = REFUSED[0]
    most: float = REFUSED[1]
    source: str = "georgiou2022"

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the parts, one by one."""
        return tuple(c for part in self.parts for c in ((part,) if isinstance(part, str) else part))


def _nested(name: str, part: str) -> Scheme:
    # a part beyond the whole by more than a laboratory's spread is in another unit
    return Scheme(name, (part,), nested=True, low=0.0, least=0.0, most=RECOVERY[1], source="own_choice")


_CLASSES = ("aggregates_large_macro", "aggregates_small_macro", "aggregates_micro", "aggregates_silt_clay")
_ALL = (
    Scheme("density", ("light_fraction_carbon", "heavy_fraction_carbon")),
    Scheme("particle_size", ("poc", "maoc")),
    Scheme("aggregate_mass", ("macroaggregates", "microaggregates"), "", False, *MASS, *MASS_REFUSED, "own_choice"),
    Scheme("aggregate_classes", _CLASSES, "", False, *MASS, *MASS_REFUSED, "own_choice"),
    Scheme(
        "aggregate_carbon",
        (("macroaggregates", "macroaggregate_carbon"), ("microaggregates", "microaggregate_carbon")),
    ),
    Scheme("humus", ("humin_carbon", "fulvic_acid_carbon", "humic_acid_carbon")),
    Scheme("hydrolysis", ("acid_hydrolysable_carbon", "unhydrolysable_carbon")),
    Scheme("hydrolysis_steps", ("labile_pool_1_carbon", "labile_pool_2_carbon", "unhydrolysable_carbon")),
    _nested("oxidisable", "readily_oxidisable_carbon"),
    _nested("dissolved", "doc"),
    _nested("hydrolysable", "acid_hydrolysable_carbon"),
    _nested("biomass", "microbial_biomass_carbon"),
    _nested("mineralisable", "potentially_mineralisable_carbon"),
)
SCHEMES: Mapping[str, Scheme] = MappingProxyType({one.name: one for one in _ALL})


def verdicts(scheme: Scheme, total: ArrayLike, whole: ArrayLike) -> tuple[Array, NDArray[np.str_], NDArray[np.str_]]:
    """Recovery [1], verdict and reason of each sample.

    total: sum of the parts; whole: what they should add up to, same unit, (n,) each. Verdict is "closed", "open"
    (outside low to high: flagged, used), "refused" (outside least to most, or a sum that tells another unit: not used)
    or "not_judged" (something lacks). Reason: "" or the likely cause: "share_percent" (the sum is 100), "share_one"
    (the sum is 1), "thousandfold", "tenfold", "matter", "per_fraction" (concentrations in the fractions were added),
    "above_whole", "low".
    """
    total, whole = np.broadcast_arrays(np.asarray(total, dtype=float), np.asarray(whole, dtype=float))
    known = np.isfinite(total) & np.isfinite(whole) & (whole > 0)
    recovery = np.divide(total, whole, out=np.full(total.shape, np.nan), where=known)
    wide = (recovery < scheme.low) | (recovery > scheme.high)
    shares = np.zeros(total.shape, dtype=bool) if scheme.nested else wide & _near(total, 100.0, NEAR_SUM)
    ones = np.zeros(total.shape, dtype=bool) if scheme.nested else wide & _near(total, 1.0, NEAR_SUM)
    refused = known & (shares | ones | (recovery < scheme.least) | (recovery > scheme.most))
    reason = np.select(
        [
            ~wide,
            shares,
            ones,
            _near(recovery, 1000.0, NEAR_RATIO),
            _near(recovery, 10.0, NEAR_RATIO),
            _near(recovery, MATTER, NEAR_RATIO / 3),
            recovery > scheme.high,
        ],
        ["", "share_percent", "share_one", "thousandfold", "tenfold", "matter", _beyond(scheme)],
        "low",
    )
    verdict = np.select([~known, refused, wide], ["not_judged", "refused", "open"], "closed")
    return recovery, verdict.astype(str), np.where(known, reason, "").astype(str)


def _beyond(scheme: Scheme) -> str:
    return "above_whole" if scheme.nested or not scheme.whole else "per_fraction"


def _near(value: Array, target: float, share: float) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(value - target) <= share * target)
