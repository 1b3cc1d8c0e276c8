"""Inorganic carbon of a soil layer: how its stock changed, and what that meant for the air.

Carbonate that forms takes up CO2 for good only where neither its calcium nor its alkalinity came from carbonate: from
a silicate, CaSiO3 + CO2 = CaCO3 + SiO2, one mole of CO2 is bound per mole of carbonate. Calcium that carbonate gave
has taken up one mole when that dissolved and gives it back when carbonate forms again: nothing (batool2024). Calcium of
gypsum, salts or water binds none: it lets carbonate form from bicarbonate that is there, which gives off one mole of
CO2, or from soda, which gives off none (REACTIONS of amendment.py). Whether the CO2 given off leaves the soil at once
is another question (carmi2019).

here          = (silicate - carbonate - salt_with_bicarbonate) formed + (1 - 2 acid) dissolved
with_sources  = here + what carbonate calcium beyond that dissolved in this layer took up where it dissolved

with formed and dissolved in mol C m-2, shares of the calcium of what formed, and acid the share dissolved by a strong
acid (of nitrification, fertiliser, sulfide), which gives off CO2 where carbonic acid takes it up. What was dissolved
stays taken up only while its bicarbonate stays in water.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.carbonates.amendment import REACTIONS
from halosink.soil.carbonates.water import Array

# g mol-1 (prohaska2022)
CARBON = 12.011
FORMED_BY = {
    "carbonate": "calcite_forms",
    "silicate": "silicate_to_carbonate",
    "salt_with_bicarbonate": "gypsum_with_bicarbonate",
    "salt_with_soda": "gypsum_with_soda",
}
"""Source of the calcium: the reaction by which carbonate forms from it."""


@dataclass(frozen=True, slots=True)
class CarbonBalance:
    """mol C m-2, arrays of one shape. stock_change: pedogenic and lithogenic together; formed, dissolved: both
    positive; uptake_here: CO2 of the air taken up by this layer (negative: given off); uptake_with_sources: and where
    the calcium came from.
    """

    stock_change: Array
    formed: Array
    dissolved: Array
    uptake_here: Array
    uptake_with_sources: Array

    def grams(self) -> CarbonBalance:
        """The same in g C m-2."""
        return CarbonBalance(*(CARBON * getattr(self, n) for n in self.__slots__))


def inorganic_carbon_balance(
    pedogenic_change: ArrayLike,
    shares: Mapping[str, ArrayLike],
    lithogenic_change: ArrayLike = 0.0,
    acid_share: ArrayLike = 0.0,
) -> CarbonBalance:
    """Change in stock and exchange with the air of layers, as two outputs.

    pedogenic_change, lithogenic_change: change in carbonate carbon [mol C m-2], (layers,) or (layers, draws); where the
    two are not told apart, all is pedogenic_change. A lithogenic gain is carbonate brought in and exchanges nothing.
    shares: {source of FORMED_BY: share of the calcium in what formed}, draws of calcium_shares for instance; they must
    add up to 1. acid_share: of what dissolved, by strong acid. All broadcast; NaN stays NaN.
    Raises KeyError for an unknown source, ValueError where shares do not add up to 1.
    Source: batool2024, carmi2019; the balance follows from the reactions.
    """
    unknown = sorted(set(shares) - set(FORMED_BY))
    if unknown:
        raise KeyError(f"no source of calcium {', '.join(unknown)}; there are {', '.join(FORMED_BY)}")
    parts = {n: np.asarray(v, dtype=float) for n, v in shares.items()}
    total = sum(parts.values(), np.zeros(()))
    if np.any(np.abs(total - 1) > 1e-6):
        raise ValueError("the shares of the sources of calcium do not add up to 1")
    pedogenic, lithogenic = np.asarray(pedogenic_change, float), np.asarray(lithogenic_change, float)
    formed = np.maximum(pedogenic, 0.0)
    dissolved = -np.minimum(pedogenic, 0.0) - np.minimum(lithogenic, 0.0)
    acid = np.asarray(acid_share, dtype=float)
    by = {"calcite_in_acid": acid, "calcite_dissolves": 1 - acid}
    here = dissolved * sum(-REACTIONS[n].air * v for n, v in by.items())
    here = here + formed * sum(-REACTIONS[FORMED_BY[n]].air * v for n, v in parts.items())
    elsewhere = np.maximum(parts.get("carbonate", np.zeros(())) * formed - dissolved, 0.0)
    arrays = np.broadcast_arrays(pedogenic + lithogenic, formed, dissolved, here, here + elsewhere)
    return CarbonBalance(*(np.asarray(a, dtype=np.float64) for a in arrays))


def calcium_shares(mean: Mapping[str, float], sureness: float, draws: int, seed: int) -> dict[str, Array]:
    """{source: (draws,)} shares of calcium by source, drawn so that each set adds up to 1.

    mean: expected shares, adding up to 1; sureness: as many samples as the knowledge is worth (the shares follow a
    Dirichlet distribution of `mean` times it, so that the variance of one is mean (1 - mean) / (sureness + 1)).
    Raises ValueError for a negative mean or means that do not add up to 1, KeyError for an unknown source.
    """
    if set(mean) - set(FORMED_BY):
        raise KeyError(f"sources of calcium are {', '.join(FORMED_BY)}")
    values = np.array(list(mean.values()), dtype=float)
    if np.any(values < 0) or abs(values.sum() - 1) > 1e-6 or sureness <= 0:
        raise ValueError("means must be 0 or more and add up to 1, and sureness more than 0")
    rng = np.random.default_rng(np.random.SeedSequence([seed, *b"calcium shares"]))
    found = np.zeros((len(values), draws))
    some = values > 0
    found[some] = rng.dirichlet(sureness * values[some], draws).T
    return dict(zip(mean, found, strict=True))


def carbonate_share_from_strontium(
    sample: tuple[ArrayLike, ArrayLike],
    carbonate: tuple[float, float],
    other: tuple[float, float],
    draws: int,
    seed: int,
    strontium_ratio: float = 1.0,
) -> Array:
    """(rows, draws) share of the calcium of pedogenic carbonate that carbonate gave, from 87Sr/86Sr.

    sample, carbonate, other: ratio and its standard error, of the rows and of two sources; strontium_ratio: Sr/Ca of
    the carbonate over that of the other source. Share of Sr f = (x - other) / (carbonate - other), of Ca
    f / (f + strontium_ratio (1 - f)). Not cut at 0 and 1: draws beyond say that the sources do not enclose the sample.
    Raises ValueError where the two sources have the same ratio.
    Source: reynolds2012 for strontium as a tracer of calcium; the rest is the balance of two sources.
    """
    if carbonate[0] == other[0]:
        raise ValueError("two sources with the same 87Sr/86Sr cannot be told apart")
    rng = np.random.default_rng(np.random.SeedSequence([seed, *b"strontium"]))
    value, error = (np.atleast_1d(np.asarray(x, dtype=float))[:, None] for x in sample)
    x = value + error * rng.standard_normal((value.shape[0], draws))
    one, two = (m + s * rng.standard_normal(draws) for m, s in (carbonate, other))
    f = (x - two) / (one - two)
    return np.asarray(f / (f + strontium_ratio * (1 - f)), dtype=np.float64)
