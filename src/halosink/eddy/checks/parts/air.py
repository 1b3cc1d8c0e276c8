"""Humidity of the air, and units of temperature that tell themselves."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from halosink.eddy.checks.parts.tower import Tower

Values = NDArray[np.float64]

# kPa and degC, from -40 to 50 degC (alduchov1996)
E0, A, B = 0.61094, 17.625, 243.04
# own choice: kPa, a deficit that sensors tell from none; records that make a median
DRY, FEWEST = 0.2, 48


def saturation(celsius: Values) -> Values:
    """Saturation vapour pressure over water [kPa] at a temperature [degC] (alduchov1996); NaN beyond -60 to 70."""
    known = np.where((celsius > -60) & (celsius < 70), celsius, np.nan)
    return np.asarray(E0 * np.exp(A * known / (B + known)))


def dew_point(vapour: Values) -> Values:
    """The temperature [degC] at which this is the saturation vapour pressure [kPa]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(np.where(vapour > 0, vapour, np.nan) / E0)
        return np.asarray(B * log / (A - log))


def median(values: Values) -> float:
    """Median without the missing; NaN with fewer than 48."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size >= FEWEST else float("nan")


def temperature_unit(tower: Tower, field: str) -> str:
    """ "degC", or "K" or "degF" where the values are rather in that.

    Kelvin lies above 150. Fahrenheit: the first that is there of the temperature of the sonic, of the soil (the air
    for soil), or the one that follows from deficit and relative humidity lies within 4 K of the values read as
    Fahrenheit and more than 6 K from them as they are; or the hottest hundredth lies above 62. Own choices: hotter
    than land, and twice what heights and depths differ by on average.
    """
    values = tower.get(field)
    if values is None:
        return "degC"
    if median(values) > 150:
        return "K"
    as_f = (values - 32) / 1.8
    for other in _others(tower, field):
        off, off_f = abs(median(values - other)), abs(median(as_f - other))
        if np.isfinite(off):
            if off > 6 and off_f < 4:
                return "degF"
            break
    return "degF" if float(np.nanpercentile(values, 99)) > 62 else "degC"


def celsius(tower: Tower) -> Values | None:
    """Air temperature where its unit is beyond doubt."""
    return tower.get("air_temperature") if temperature_unit(tower, "air_temperature") == "degC" else None


def deficit_of_humidity(tower: Tower) -> Values | None:
    """Vapour pressure deficit [kPa] from relative humidity and air temperature; None without them."""
    air, humidity = celsius(tower), tower.get("relative_humidity")
    if air is None or humidity is None or fraction(humidity):
        return None
    return saturation(air) * (1 - humidity / 100)


def fraction(humidity: Values) -> bool:
    """Whether a relative humidity is given as a fraction of one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return bool(np.nanpercentile(humidity, 99) <= 1.5)


def _others(tower: Tower, field: str) -> list[Values]:
    """Other temperatures of the place [degC], the best first."""
    names = (n for n in ("sonic_temperature", "air_temperature", "soil_temperature") if n != field)
    found = [values for values in map(tower.get, names) if values is not None]
    deficit, humidity = tower.get("vapour_pressure_deficit"), tower.get("relative_humidity")
    if field == "air_temperature" and deficit is not None and humidity is not None and not fraction(humidity):
        share = 1 - humidity / 100
        moist = (share > 0.1) & (deficit > DRY)
        found.append(dew_point(np.where(moist, deficit / np.where(share > 0, share, 1), np.nan)))
    return found
