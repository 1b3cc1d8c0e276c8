"""Net ecosystem production of a year: NEP = NPP - sum of R_H over twelve months, block by block.

Equation 1 of zhang_wensu. A block of cells goes through all months while it is in the cache, in float32: twelve
exponentials and twelve logarithms per cell become twelve exponentials and one logarithm per group of months (the
logarithm of a product), and no intermediate array is larger than a block. Against float64 the annual respiration
differs by less than 2e-6 of itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.flow.respiration import (
    CARBON,
    DAYS_PER_MONTH,
    MONTHS,
    PER_DEGREE,
    PER_MILLIMETRE,
    SCALE,
    check_months,
)

Float32 = NDArray[np.float32]

BLOCK = 65_536
"""Cells at a time. Own choice, measured: 256 KiB per buffer, three buffers; half or twice as many take as long."""
TOGETHER = 6
"""Months whose factors 0.3145 A + 1 are multiplied before one logarithm. With at most 3,000 mm a month each is below
945, and 945 ** 6 is 7e17, far inside float32."""


def annual_respiration(
    temperature: NDArray[Any], precipitation: NDArray[Any], *, per_degree: float = PER_DEGREE["english"]
) -> Float32:
    """(...) R_H of the year [g C m-2 a-1] from (12, ...) monthly layers [degC], [mm]; NaN where a month is.

    AnnualDataError when the first axis is not 12; ValueError for precipitation below zero.
    """
    return _blocks(temperature, precipitation, None, per_degree)


def net_ecosystem_production(
    production: NDArray[Any],
    temperature: NDArray[Any],
    precipitation: NDArray[Any],
    *,
    per_degree: float = PER_DEGREE["english"],
) -> Float32:
    """(...) NEP of the year [g C m-2 a-1].

    production: NPP of the year (...) [g C m-2 a-1], or of twelve months (12, ...) [g C m-2 per month]; temperature,
    precipitation: (12, ...) [degC], [mm per month]. NaN where any is. AnnualDataError when the first axis of the
    climate is not 12 (k23); ValueError for other shapes or precipitation below zero. Source: zhang_wensu.
    """
    return _blocks(temperature, precipitation, production, per_degree)


def _blocks(warm: NDArray[Any], wet: NDArray[Any], production: NDArray[Any] | None, per_degree: float) -> Float32:
    check_months(warm, "temperature")
    check_months(wet, "precipitation")
    place = warm.shape[1:]
    if wet.shape != warm.shape or (production is not None and production.shape not in (place, warm.shape)):
        found = None if production is None else production.shape
        raise ValueError(f"shapes differ: temperature {warm.shape}, precipitation {wet.shape}, production {found}")
    out = np.empty(place, np.float32)
    flat, cells = out.reshape(-1), out.size
    warm, wet = warm.reshape(MONTHS, -1), wet.reshape(MONTHS, -1)
    monthly = production is not None and production.ndim == warm.ndim - 1 + len(place)
    made = None if production is None else production.reshape(MONTHS, -1) if monthly else production.reshape(-1)
    heat, rain, part = (np.empty(min(BLOCK, cells), np.float32) for _ in range(3))
    below = np.empty(min(BLOCK, cells), np.bool_)
    scale, slope, per = (np.float32(x) for x in (SCALE * DAYS_PER_MONTH * CARBON, per_degree, PER_MILLIMETRE))
    for start in range(0, cells, BLOCK):
        rows = slice(start, min(start + BLOCK, cells))
        n = rows.stop - start
        total, product, one = heat[:n], rain[:n], part[:n]
        total.fill(0)
        for month in range(MONTHS):
            np.multiply(warm[month, rows], slope, out=one, casting="same_kind")
            np.exp(one, out=one)
            total += one
            np.multiply(wet[month, rows], per, out=one, casting="same_kind")
            if np.less(one, 0, out=below[:n]).any():
                raise ValueError(f"precipitation below zero: {float(np.nanmin(one) / per):g} mm")
            one += np.float32(1)
            if month % TOGETHER == 0:
                np.copyto(product, one)
            else:
                product *= one
            if month % TOGETHER == TOGETHER - 1:
                np.log(product, out=product)
                total += product
        total *= scale
        if made is None:
            flat[rows] = total
        else:
            of_year = made[:, rows].sum(axis=0) if monthly else made[rows]
            np.subtract(of_year, total, out=flat[rows], casting="same_kind")
    return out
