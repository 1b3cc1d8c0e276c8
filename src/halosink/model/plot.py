"""Site and Forcing of plots from plain numbers and series, checked, with defaults for what is seldom measured."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.model.arrays import Array, jax, jnp
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.hydraulics import air_entry, exponent, hanging

LAYERS = (0.1, 0.2, 0.7)
"""Thickness of the layers [m]: 0 to 10, 10 to 30 and 30 to 100 cm. Own choice: depths that are sampled."""
SOLID = 2.65
"""Density of soil minerals [g cm-3], quartz."""
FIELD_HEAD, WILTING_HEAD = 3.37, 153.0
"""m of water that 33 and 1500 kPa are."""
INCH_PER_HOUR = 25.4 * 24.0
"""mm d-1."""
CHARGE_OF_CLAY = 0.6
"""cmolc kg-1 per % of clay where CEC is not given. Own choice: illite with some smectite; organic matter left out."""
COVERED_BY = 40.0
"""g C m-2 month-1 of potential production that cover 63 % of the ground, where cover is not given. Own choice."""

SITE_RANGES = {
    "thickness": (0.005, 10.0),
    "clay": (0.0, 100.0),
    "sand": (0.0, 100.0),
    "bulk_density": (0.1, 2.4),
    "ph": (3.0, 11.5),
    "cation_exchange_capacity": (0.1, 150.0),
    "porosity": (0.1, 0.97),
    "field_capacity": (0.01, 0.97),
    "wilting_point": (0.0, 0.7),
    "saturated_conductivity": (0.01, 20000.0),
    "halophyte": (0.0, 1.0),
    "sulphate": (0.0, 1000.0),
    "latitude": (-90.0, 90.0),
}
FORCING_RANGES = {
    "temperature": (-60.0, 60.0),
    "precipitation": (0.0, 3000.0),
    "potential_evaporation": (0.0, 1000.0),
    "irrigation": (0.0, 3000.0),
    "irrigation_salt": (0.0, 6000.0),
    "irrigation_sodium": (0.0, 1.0),
    "groundwater_depth": (0.0, 1000.0),
    "groundwater_salt": (0.0, 6000.0),
    "groundwater_sodium": (0.0, 1.0),
    "potential_production": (0.0, 1000.0),
    "cover": (0.0, 1.0),
    "residue": (0.0, 10000.0),
    "manure": (0.0, 10000.0),
    "compost": (0.0, 10000.0),
    "biochar": (0.0, 50000.0),
    "gypsum": (0.0, 50000.0),
    "harvest": (0.0, 1.0),
    "tillage": (0.0, 20.0),
}
"""What values may be, in the units of Site and Forcing; own choice, wide, to catch other units."""
DEFAULTS = {"irrigation_sodium": 0.5, "groundwater_depth": 100.0, "groundwater_sodium": 0.7, "tillage": 1.0}
"""Of series that are not given; the others are 0. Own choice: no water table in reach."""


@jax.ensure_compile_time_eval()
def site(
    thickness: Any = LAYERS,
    *,
    clay: Any = 20.0,
    sand: Any = 40.0,
    bulk_density: Any = 1.4,
    ph: Any = 8.3,
    cation_exchange_capacity: Any = None,
    porosity: Any = None,
    field_capacity: Any = None,
    wilting_point: Any = None,
    saturated_conductivity: Any = None,
    halophyte: Any = 0.0,
    sulphate: Any = 2.0,
    latitude: Any = 38.0,
) -> Site:
    """Soil in the units of Site: numbers, (lanes,), or (layers, 1) and (layers, lanes) where layers differ.

    thickness [m]: one number for each layer, or (layers, lanes). Left out, porosity is 1 - bulk density / 2.65, water
    at 33 and 1500 kPa follows clapp1978 and conductivity cosby1984 from texture, CEC is 0.6 cmolc kg-1 per % of clay.
    Raises ValueError for values that are out of range, do not fit each other, or have other layers.
    """
    thick = np.asarray(thickness, dtype=np.float64)
    thick = thick.reshape(-1, 1) if thick.ndim < 2 else thick
    clay, sand, density = (np.asarray(v, dtype=np.float64) for v in (clay, sand, bulk_density))
    if cation_exchange_capacity is None:
        cation_exchange_capacity = np.maximum(CHARGE_OF_CLAY * clay, 1.0)
    pores = 1.0 - density / SOLID if porosity is None else np.asarray(porosity, dtype=np.float64)
    b, head = exponent(jnp.asarray(clay)), air_entry(jnp.asarray(sand))
    if field_capacity is None:
        field_capacity = hanging(jnp.asarray(pores), b, head, jnp.asarray(FIELD_HEAD))
    if wilting_point is None:
        wilting_point = hanging(jnp.asarray(pores), b, head, jnp.asarray(WILTING_HEAD))
    if saturated_conductivity is None:
        saturated_conductivity = INCH_PER_HOUR * 10.0 ** (-0.884 + 0.0153 * sand)
    found = Site(
        **{
            name: jnp.asarray(_checked(name, value, *SITE_RANGES[name]))
            for name, value in {
                "thickness": thick,
                "clay": clay,
                "sand": sand,
                "bulk_density": density,
                "ph": ph,
                "cation_exchange_capacity": cation_exchange_capacity,
                "porosity": pores,
                "field_capacity": field_capacity,
                "wilting_point": wilting_point,
                "saturated_conductivity": saturated_conductivity,
                "halophyte": halophyte,
                "sulphate": sulphate,
                "latitude": latitude,
            }.items()
        }
    )
    _fit(found)
    return found


def _fit(soil: Site) -> None:
    layers = soil.thickness.shape[0]
    for name, value in soil._asdict().items():
        if value.ndim > 2 or (value.ndim == 2 and value.shape[0] != layers):
            raise ValueError(f"{name}: has shape {value.shape}, but there are {layers} layers: give ({layers}, lanes)")
    for name in ("halophyte", "sulphate", "latitude"):
        if getattr(soil, name).ndim > 1:
            raise ValueError(f"{name}: one value for each lane, not for each layer")
    pairs = (("wilting_point", "field_capacity"), ("field_capacity", "porosity"))
    for lower, upper in pairs:
        if bool(jnp.any(getattr(soil, lower) >= getattr(soil, upper))):
            raise ValueError(f"{lower} must be below {upper}")
    if bool(jnp.any(soil.clay + soil.sand > 100.0)):
        raise ValueError("clay and sand together exceed 100 %")


def forcing(
    temperature: Any, precipitation: Any, potential_evaporation: Any, potential_production: Any, **other: Any
) -> Forcing:
    """Monthly series in the units of Forcing, each a number, (months,) or (months, lanes).

    other: further fields of Forcing by name; what is left out is 0, the water table out of reach, tillage as usual, and
    cover 1 - exp(-potential production / 40). Raises ValueError for an unknown name, values out of range or not finite,
    and series of different lengths.
    """
    unknown = sorted(set(other) - set(FORCING_RANGES))
    if unknown:
        raise ValueError(f"no such series: {', '.join(unknown)}; known: {', '.join(FORCING_RANGES)}")
    given = {
        "temperature": temperature,
        "precipitation": precipitation,
        "potential_evaporation": potential_evaporation,
        "potential_production": potential_production,
        **other,
    }
    given.setdefault("cover", 1.0 - np.exp(-np.asarray(potential_production, dtype=np.float64) / COVERED_BY))
    series = {
        name: _checked(name, given.get(name, DEFAULTS.get(name, 0.0)), *ends) for name, ends in FORCING_RANGES.items()
    }
    lengths = {name: v.shape[0] for name, v in series.items() if v.ndim}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"series of different lengths: {', '.join(f'{n} {m}' for n, m in lengths.items())}")
    lanes = {name: v.shape[1] for name, v in series.items() if v.ndim == 2 and v.shape[1] > 1}
    if len(set(lanes.values())) > 1:
        raise ValueError(f"series of different lanes: {', '.join(f'{n} {m}' for n, m in lanes.items())}")
    months = next(iter(lengths.values()))
    return Forcing(**{name: _monthly(v, months) for name, v in series.items()})


def _monthly(values: NDArray[np.float64], months: int) -> Array:
    return jnp.asarray(values if values.ndim else np.full(months, float(values)))


def _checked(name: str, values: Any, low: float, high: float) -> NDArray[np.float64]:
    found = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(found)):
        raise ValueError(f"{name}: has values that are missing or not finite")
    if np.any((found < low) | (found > high)):
        worst = float(found.min() if np.any(found < low) else found.max())
        raise ValueError(f"{name}: {worst:g} lies outside {low:g} to {high:g}")
    return found
