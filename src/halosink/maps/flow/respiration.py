"""Heterotrophic respiration of soil from the temperature and precipitation of a month.

R_H = 0.22 (exp(b T) + ln(0.3145 A + 1)) * 30 * 46.5 %   [g C m-2 per month]

T: monthly mean air temperature [degC], A: monthly precipitation [mm]. Equation 2 of zhang_wensu, who take it from the
budget of the alpine steppe by pei2010. b = 0.0913 degC-1 in the English text and 0.09137 in the Chinese (k01); 0.0912
circulates too. The equation is monthly: 30 is the days of every month, and the year is the sum over twelve (k23). One
call with the means of a year, 10.10 degC and 65.4 mm, gives 17.14 g C m-2 where twelve such months give near 129, so a
first axis of other than 12 is refused. It comes from cold
steppe and knows no soil carbon, salt or drought: bare desert respires too, and its NEP is negative by all of R_H.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

SCALE = 0.22
"""Leading factor [g m-2 d-1]. Source: zhang_wensu."""
PER_DEGREE = {"english": 0.0913, "chinese": 0.09137}
"""Coefficient of temperature [degC-1] as printed in the two halves of the paper (k01). Source: zhang_wensu."""
PER_MILLIMETRE = 0.3145
"""Coefficient of precipitation [mm-1]. Source: zhang_wensu."""
DAYS_PER_MONTH, CARBON = 30.0, 0.465
"""The factors 30 and 46.5 % of the equation. Source: zhang_wensu."""
MONTHS = 12
LEAST_PRECIPITATION = -1 / PER_MILLIMETRE
"""mm: at and below -3.18 the logarithm has no value. Precipitation below zero is refused before that."""
PER_DEGREE_SD = 0.0003
"""degC-1. Own choice: the spread of the three exponents in circulation (0.0912, 0.0913, 0.09137), widened to cover
them."""
RELATIVE_SD = 0.3
"""Of the whole equation in a place it was not fitted in. Own choice: the source gives no error; soil respiration from
temperature and rain alone scatters by a quarter to a third between sites of one climate."""


class AnnualDataError(ValueError):
    """Numbers of a year where those of twelve months belong."""


def respiration_of_month(
    temperature: ArrayLike, precipitation: ArrayLike, *, per_degree: float = PER_DEGREE["english"]
) -> NDArray[Any]:
    """R_H of one month [g C m-2 per month], of any shape; NaN where either is.

    temperature [degC], precipitation [mm per month]; float32 stays float32. ValueError for precipitation below zero.
    Source: zhang_wensu, pei2010.
    """
    warm, wet = np.asarray(temperature), np.asarray(precipitation)
    if np.any(wet < 0):
        raise ValueError(f"precipitation below zero: {float(np.nanmin(wet)):g} mm")
    return np.asarray(
        SCALE * DAYS_PER_MONTH * CARBON * (np.exp(per_degree * warm) + np.log(PER_MILLIMETRE * wet + 1)))  # fmt: skip


def respiration(
    temperature: ArrayLike, precipitation: ArrayLike, *, per_degree: float = PER_DEGREE["english"]
) -> NDArray[Any]:
    """(12, ...) R_H of each month [g C m-2 per month].

    temperature [degC], precipitation [mm per month]: twelve months on the first axis. The year is the sum over it.
    AnnualDataError when it is not 12 (k23); ValueError for precipitation below zero. Source: zhang_wensu, pei2010.
    """
    warm, wet = np.asarray(temperature), np.asarray(precipitation)
    check_months(warm, "temperature")
    check_months(wet, "precipitation")
    return respiration_of_month(warm, wet, per_degree=per_degree)


def check_months(values: NDArray[Any], name: str) -> None:
    """AnnualDataError unless the first axis has twelve months."""
    if values.ndim == 0 or values.shape[0] != MONTHS:
        raise AnnualDataError(
            f"{name} has shape {values.shape}: the equation is monthly and takes twelve months on the first axis; "
            "the mean or sum of a year gives an eighth of the true respiration or less"
        )
