"""Conductivity of the saturation extract from that of a wider extract: a model with error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from halosink.soil.salinity.published_lines import Array, Line, extract_lines, factors
from halosink.soil.salinity.streams import Seed, generator

PRIOR_SPREAD, PRIOR_WEIGHT = 0.25, 4.0
"""Own choice: standard deviation of ln(ECe / EC) between soils before the lines are seen (published slopes at 1:5 span
a factor of two), and the number of studies this counts for."""
WITHIN = 0.15
"""Own choice: standard deviation of ln ECe of one sample about the line of its soil; RMSE of kargas2020 is 0.63 to 1.27
dS/m where ECe is 0.6 to 25.9."""
READING = 0.03
"""Own choice: relative error of one reading of a conductivity meter with its temperature compensation."""
EXPONENT, EXPONENT_SPREAD = 0.93, 0.03
"""Own choice: EC rises with concentration to this power; NaCl from 10 to 100 mmol/L by 0.952, from 50 to 500 by 0.912
(1.176, 5.49, 10.52 and 44.84 dS/m by PHREEQC)."""
SLAVICH = (2.46, 3.03)
"""ECe / EC1:5 = 2.46 + 3.03 / water content of the paste in kg/kg. Source: slavich1993."""
PASTE_SPREAD = 0.10
"""Own choice: standard deviation between soils that is left when the water of the paste is known."""


def saturation_extract_ec(
    ec: ArrayLike,
    ratio: float,
    texture: ArrayLike | None = None,
    saturation_percentage: ArrayLike | None = None,
    *,
    draws: int = 1000,
    seed: Seed = 0,
    lines: tuple[Line, ...] | None = None,
) -> Array:
    """(n, draws) ECe in dS/m from EC (n,) in dS/m of an extract of `ratio` kg water per kg soil (1, 2, 2.5 or 5).

    texture: (n,) "coarse", "medium", "fine" or "". saturation_percentage: (n,) g water per 100 g soil of the saturated
    paste, NaN where unknown. lines: the published lines to learn from, all of them by default.
    Where the water of the paste is unknown, ECe = EC S e: ln S follows Student's t about the mean of the published
    lines at this EC and texture, with their spread between studies drawn to PRIOR_SPREAD, e is the scatter of single
    samples. Where it is known, S is that of slavich1993 at 1:5 and (100 ratio / SP) ** EXPONENT otherwise. S is shared
    by the rows of one draw: they are one survey by one laboratory. So ECe stays positive. NaN for a negative EC.
    ValueError for a ratio without lines. Sources of the lines: tables/extract_lines.csv.
    """
    value = np.asarray(ec, dtype=float).ravel()
    n = len(value)
    classes: NDArray[np.str_] = np.full(n, "", dtype="<U6") if texture is None else np.asarray(texture, dtype="<U6")
    paste = np.full(n, np.nan) if saturation_percentage is None else np.asarray(saturation_percentage, dtype=float)
    random = generator(seed, "soil", "salinity", "ece", f"{ratio:g}")
    shared, power = random.uniform(size=draws), random.standard_normal(draws)
    own = random.standard_normal((n, draws)) * np.hypot(WITHIN, READING)
    known = np.where(value >= 0, value, np.nan)
    log = np.full((n, draws), np.nan)
    by_paste = np.isfinite(paste) & (paste > 0)
    rest = ~by_paste & (known > 0)
    if rest.any():
        found = factors(known[rest], ratio, classes[rest], extract_lines() if lines is None else lines)
        freedom = found.studies - 1.0 + PRIOR_WEIGHT
        spread = np.sqrt((found.squares + PRIOR_WEIGHT * PRIOR_SPREAD**2) / freedom * (1.0 + 1.0 / found.studies))
        degrees, where = np.unique(freedom, return_inverse=True)
        student = np.stack([special.stdtrit(d, shared) for d in degrees])[where]
        log[rest] = found.mean[:, None] + spread[:, None] * student
    if by_paste.any():
        log[by_paste] = _of_paste(paste[by_paste], ratio, shared, power)
    out = known[:, None] * np.exp(np.where(known[:, None] == 0, 0.0, log) + own)
    return np.asarray(out)


def _of_paste(paste: Array, ratio: float, shared: Array, power: Array) -> Array:
    between = PASTE_SPREAD * special.ndtri(shared)
    if ratio == 5.0:
        factor = SLAVICH[0] + SLAVICH[1] / (paste / 100.0)
        return np.asarray(np.log(factor)[:, None] + between)
    exponent = EXPONENT + EXPONENT_SPREAD * power
    return np.asarray(np.log(100.0 * ratio / paste)[:, None] * exponent + between)


def soil_solution_ec(
    ece: ArrayLike, saturation_percentage: ArrayLike, water_content: ArrayLike, *, draws: int = 1000, seed: Seed = 0
) -> Array:
    """(n, draws) conductivity in dS/m of the soil solution at a gravimetric water content (n,) in g/g.

    ece: (n,) or (n, draws) dS/m; saturation_percentage: (n,) per cent.
    ECsw = ECe (SP / (100 w)) ** EXPONENT: the salt of the paste in the water that is there, without what dissolves or
    precipitates on the way. At field capacity it is about twice ECe (ayers_westcot1985). NaN for w <= 0.
    """
    conductivity = np.asarray(ece, dtype=float)
    conductivity = conductivity[:, None] if conductivity.ndim == 1 else conductivity
    water = np.asarray(water_content, dtype=float)
    random = generator(seed, "soil", "salinity", "solution")
    ratio = np.asarray(saturation_percentage, dtype=float) / (100.0 * np.where(water > 0, water, np.nan))
    exponent = EXPONENT + EXPONENT_SPREAD * random.standard_normal(draws)
    own = random.standard_normal((len(water), draws)) * READING
    return np.asarray(conductivity * np.exp(np.log(ratio)[:, None] * exponent + own))
