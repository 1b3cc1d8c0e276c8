"""Plots, weather and draws for the tests and the validation of the monthly tier."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from halosink.model.arrays import Array, jax, jnp
from halosink.model.compiling import UNFUSED
from halosink.model.forcing import Forcing, Site
from halosink.model.ledger import closure_by_month
from halosink.model.monthly import MONTHLY, fixed, start
from halosink.model.parameters import draw, middle
from halosink.model.plot import forcing, site
from halosink.model.tier import Run

MONTHS = np.arange(12)
WEATHER = {
    "temperature": np.round(12.5 + 14.5 * np.cos(2 * np.pi * (MONTHS - 6) / 12), 1),
    "precipitation": np.array([4, 7, 10, 22, 45, 70, 180, 150, 50, 30, 14, 6.0]),
    "potential_evaporation": np.array([25, 35, 80, 130, 170, 180, 150, 130, 105, 75, 40, 25.0]),
    "potential_production": np.array([0, 0, 5, 30, 70, 100, 120, 110, 60, 20, 0, 0.0]),
}
"""A year of the Yellow River delta, rounded [degC, mm, mm, g C m-2]."""
SALINE = {"groundwater_depth": 1.6, "groundwater_salt": 150.0}
MEASURED = {
    "ec_saturated_paste": 6.0,
    "exchangeable_sodium_percentage": 15.0,
    "soil_organic_carbon": [[9.0], [6.0], [3.0]],
}

jit = partial(jax.jit, compiler_options=UNFUSED)
"""Compiles quickly."""


def weather(years: int = 1, **other: Any) -> Forcing:
    series = {name: np.tile(value, years) for name, value in WEATHER.items()}
    return forcing(**{**series, **SALINE, **other})


def soil(**other: Any) -> Site:
    return site(**{"clay": 18.0, "sand": 35.0, "ph": 8.4, **other})


def values(lanes: int | None = None, seed: int = 1, measured: Any = MEASURED, **other: Any) -> dict[str, Array]:
    """Middles, or draws where lanes are given."""
    found = middle(MONTHLY.parameters) if lanes is None else draw(MONTHLY.parameters, lanes, seed)
    return {n: jnp.asarray(v) for n, v in {**found, **fixed(measured), **other}.items()}


def stocks(lanes: int = 1, measured: Any = MEASURED, **other: Any) -> dict[str, Array]:
    held = start(soil(), measured, lanes)
    return {n: jnp.asarray(other[n]) + jnp.zeros_like(v) if n in other else v for n, v in held.items()}


def tail(tree: Any) -> Any:
    return jax.tree.map(lambda x: x[-1], tree)


def month_by_month(done: Any, before: dict[str, Array]) -> dict[str, float]:
    """{kind: most that a month made from nothing, relative to stock plus throughput}, the first month too."""
    stocks = {n: jnp.concatenate([before[n][None], v]) for n, v in done.stocks.items()}
    moved = {n: jnp.concatenate([v[:1], v]) for n, v in done.moved.items()}
    return {kind: float(off.max()) for kind, off in closure_by_month(Run(stocks, {}, moved)).items()}
