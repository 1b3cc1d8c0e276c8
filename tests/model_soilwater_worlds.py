"""Soil, weather and tiers of water and salt shared by the tests and the validation of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from halosink.model.arrays import Array, jax, jnp
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.gapon import exchange_capacity
from halosink.model.parameters import middle
from halosink.model.processes import acidity, capillary, exchange, gypsum, salt, structure, water
from halosink.model.tier import Run, Tier, run

TIER = Tier(tuple(m.PROCESS for m in (capillary, water, salt, gypsum, exchange, acidity, structure)))
WATER_AND_SALT = Tier((water.PROCESS, salt.PROCESS))
MIDDLE = middle(TIER.parameters)


def sets(tier: Tier) -> tuple[str, ...]:
    """Names of all conditions that are set."""
    return tuple(dict.fromkeys(name for process in tier.processes for name in process.sets))


_jitted = jax.jit(lambda tier, *given: run(tier, *given, sets(tier)), static_argnums=0)


def go(tier: Tier, forcing: Forcing, soil: Site, values: Any, first: Any) -> Run:
    """The tier over these months, compiled once for each shape, with all conditions kept."""
    return _jitted(tier, forcing, soil, dict(values), dict(first))


def slopes(measure: Any, forcing: Forcing, soil: Site, first: Any, names: Any) -> list[tuple[str, float, float]]:
    """(name, derivative, central difference) of measure(run) by each of these parameters."""

    def amount(values: Any) -> Array:
        return measure(run(TIER, forcing, soil, {**MIDDLE, **values}, first))

    chosen = {n: jnp.asarray(MIDDLE[n]) for n in names}
    forward = jax.jit(amount)
    exact = jax.jit(jax.grad(amount))(chosen)
    found = []
    for n in names:
        step = 1e-5 * MIDDLE[n]
        high, low = (forward({**chosen, n: chosen[n] + d}) for d in (step, -step))
        found.append((n, float(exact[n]), float(high - low) / (2 * step)))
    return found


def site(thickness: Any = (0.1, 0.2, 0.7), **other: Any) -> Site:
    """A loam of 20 % clay and 40 % sand with a conductivity of 100 mm a day."""
    known = {
        "thickness": np.asarray(thickness, dtype=float)[:, None],
        "clay": 20.0,
        "sand": 40.0,
        "bulk_density": 1.4,
        "ph": 8.5,
        "cation_exchange_capacity": 15.0,
        "porosity": 0.46,
        "field_capacity": 0.30,
        "wilting_point": 0.13,
        "saturated_conductivity": 100.0,
        "halophyte": 0.0,
        "sulphate": 1.0,
        "latitude": 38.0,
    }
    return Site(**{k: jnp.asarray(v, dtype=float) for k, v in (known | other).items()})


def weather(months: int, **series: Any) -> Forcing:
    """Nothing but these series, each a number or (months,) or (months, lanes)."""
    known = {"groundwater_depth": 50.0, "tillage": 1.0} | series
    found = {}
    for name in Forcing._fields:
        value = jnp.asarray(known.get(name, 0.0), dtype=float)
        found[name] = value if value.ndim else jnp.broadcast_to(value, (months,))
    return Forcing(**found)


def seasons(months: int, rain: float, evaporation: float, **series: Any) -> Forcing:
    """A summer of rain and demand; sums of a year in mm."""
    wave = 1.0 - 0.9 * np.cos(2 * np.pi * (np.arange(months) + 0.5) / 12)
    return weather(
        months,
        **{
            "precipitation": rain / 12 * wave,
            "potential_evaporation": evaporation / 12 * wave,
            "temperature": 25.0 * wave - 12.0,
            "cover": 0.35 * wave,
            **series,
        },
    )


def stocks(soil: Site, lanes: int = 1, mmolc: Any = 50.0, sodium: Any = 0.7, esp: Any = 20.0, moist: Any = 1.0) -> dict:
    """Layers at `moist` times field capacity, with soil water of `mmolc` L-1, of which this share is sodium."""
    shape = (soil.thickness.shape[0], lanes)
    held = jnp.broadcast_to(1000.0 * soil.thickness * soil.field_capacity * moist, shape)
    charge = held * mmolc / 1000.0
    return {
        "water": held,
        "salt": charge,
        "sodium": charge * sodium,
        "exchangeable_sodium": jnp.broadcast_to(exchange_capacity(soil) * esp / 100.0, shape),
        "gypsum": jnp.zeros(shape),
        "structure": jnp.ones(shape),
    }


def across(done: Any, name: str) -> Array:
    """What came into the stock from outside, less what left it, (months, lanes)."""
    outside = {"sky", "brought", "below", "taken", "rock", "air"}
    total = jnp.zeros(())
    for (_, source, target), amount in done.moved.items():
        total = total + (amount if source in outside and target == name else 0.0)
        total = total - (amount if source == name and target in outside else 0.0)
    return total


def through(done: Any, name: str) -> Array:
    """All that moved into or out of the stock, (months, lanes)."""
    return sum(v for (_, source, target), v in done.moved.items() if name in (source, target))


def harsh(kind: str, lanes: int, months: int, seed: int = 5) -> tuple[Site, Forcing, dict[str, Array]]:
    """Soil, weather and start of plots at the edge of what occurs.

    saline: arid over saline groundwater at 0.5 to 3 m; leached: ponded with 600 mm a month; still: no evaporation;
    rainless: no rain at all. Soils from sand to clay, fresh to crusted, free of sodium to full of it.
    """
    rng = np.random.default_rng(seed)
    wilting = rng.uniform(0.0, 0.25, lanes)
    field = wilting + rng.uniform(0.03, 0.2, lanes)
    soil = site(
        clay=rng.uniform(0, 80, lanes),
        sand=rng.uniform(0, 95, lanes),
        ph=rng.uniform(6.5, 10.5, lanes),
        cation_exchange_capacity=rng.uniform(1, 45, lanes),
        porosity=field + rng.uniform(0.02, 0.2, lanes),
        field_capacity=field,
        wilting_point=wilting,
        saturated_conductivity=10 ** rng.uniform(-1, 3.5, lanes),
        halophyte=rng.uniform(0, 1, lanes),
    )
    series: dict[str, Any] = {
        "groundwater_depth": rng.uniform(0.5, 3.0, lanes)[None] * np.ones((months, 1)),
        "groundwater_salt": 10 ** rng.uniform(0, 3.3, lanes)[None] * np.ones((months, 1)),
        "groundwater_sodium": rng.uniform(0, 1, lanes)[None] * np.ones((months, 1)),
        "gypsum": np.where(np.arange(months) % 24 == 3, 800.0, 0.0),
    }
    rain, demand = {"saline": (120, 2200), "leached": (500, 900), "still": (700, 0), "rainless": (0, 1800)}[kind]
    if kind == "leached":
        series |= {"irrigation": 600.0, "irrigation_salt": 3.0, "irrigation_sodium": 0.5}
    first = stocks(
        soil,
        lanes,
        10 ** rng.uniform(-2, 3.6, lanes),
        rng.uniform(0, 1, lanes),
        rng.uniform(0, 100, lanes),
        rng.uniform(0.3, 1.1, lanes),
    )
    return soil, seasons(months, rain, demand, **series), first
