"""Water that keeps salt out of the root zone, and water that takes it out once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.salinity.published_lines import Array
from halosink.soil.salinity.streams import Seed, generator

PONDED = {"coarse": 0.1, "medium": 0.17, "fine": 0.3, "peat": 0.45}
"""K of (C / C0)(DL / DS) = K under continuous ponding. Source: hoffman1980 for sandy loam, clay loam and peat; medium
is an own choice, the geometric mean of its neighbours."""
INTERMITTENT = 0.1
"""The same under intermittent ponding or sprinkling, any texture. Source: hoffman1980."""
SPREAD = 0.3
"""Own choice: standard deviation of ln K; the rule that 0.3 m of water per 0.3 m of soil takes 80 per cent of the salt
(K = 0.2) and the fields of one texture lie within a factor of two."""


def leaching_requirement(irrigation_ec: ArrayLike, tolerated_ece: ArrayLike) -> Array:
    """LR = ECw / (5 ECe - ECw), share of the water that must pass the root zone. Source: rhoades1974.

    irrigation_ec: ECw in dS/m; tolerated_ece: mean ECe in dS/m that the plant bears. NaN where the water is too salt
    for any share (LR of 1 or more) or a value is not positive.
    """
    water, soil = np.asarray(irrigation_ec, dtype=float), np.asarray(tolerated_ece, dtype=float)
    rest = 5.0 * soil - water
    share = np.divide(water, rest, out=np.full(np.shape(rest), np.nan), where=rest > 0)
    return np.asarray(np.where((share < 1) & (water >= 0) & (soil > 0), share, np.nan))


def water_with_leaching(evapotranspiration: ArrayLike, requirement: ArrayLike) -> Array:
    """AW = ET / (1 - LR), in the unit of ET. Source: ayers_westcot1985. NaN for LR outside 0 to 1."""
    share = np.asarray(requirement, dtype=float)
    good = (share >= 0) & (share < 1)
    needed = np.asarray(evapotranspiration, dtype=float) / np.where(good, 1.0 - share, 1.0)
    return np.asarray(np.where(good, needed, np.nan))


def reclamation_depth(
    ece: ArrayLike,
    ece_target: float,
    depth: ArrayLike,
    texture: str,
    *,
    irrigation_ec: float = 0.0,
    intermittent: bool = False,
    draws: int = 1000,
    seed: Seed = 0,
) -> Array:
    """(n, draws) depth of leaching water, in the unit of `depth`, that brings ECe (n,) or (n, draws) to ece_target.

    (C - Cw) / (C0 - Cw) = K DS / DL, the salt of the water Cw taken off both; K log-normal. Source: hoffman1980.
    The law holds from DL / DS of K on; 0 where ECe is below the target. NaN where the water is as salt as the target.
    KeyError for a texture that is not in PONDED.
    """
    k = INTERMITTENT if intermittent else PONDED[texture]
    salt = np.asarray(ece, dtype=float)
    salt = salt[:, None] if salt.ndim == 1 else salt
    if irrigation_ec >= ece_target:
        return np.full((len(salt), draws), np.nan)
    factor = k * np.exp(SPREAD * generator(seed, "soil", "salinity", "leaching").standard_normal(draws))
    layer = np.broadcast_to(np.asarray(depth, dtype=float), len(salt))[:, None]
    needed = layer * factor * (salt - irrigation_ec) / (ece_target - irrigation_ec)
    return np.asarray(np.where(salt > ece_target, needed, np.where(np.isnan(salt), np.nan, 0.0)))
