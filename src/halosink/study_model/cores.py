"""Other carbon models beside the monthly tier: the same climate and plant litter, each from the measured stock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.model.arrays import Array, jax, jnp
from halosink.model.core import Core, run
from halosink.model.cores import century, millennial, mimics, rothc, rothc_salt
from halosink.model.cores.inputs import over_depth
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import middle
from halosink.model.processes import water
from halosink.study_model.runs import measured_of, soil_of
from halosink.study_model.tables import Ground

Floats = NDArray[np.float64]
SETTLED = 1500
"""Years run before the shares of pools are taken. Own choice: then only the passive pool of CENTURY still moves, by 1 %
in a century; simply running is here far quicker than compiling steady.steady for each core."""


class Beside(NamedTuple):
    """One core: depth it speaks of [m], soc (years + 1, classes) [g m-2] from the start on, respired (years, classes)
    [g m-2 year-1]."""

    core: Core
    depth: float
    soc: Floats
    respired: Floats


def cores() -> tuple[tuple[Core, float], ...]:
    """Cores and the depth of soil that each speaks of [m]."""
    top = next(p.value for p in rothc.PARAMETERS if p.name == "topsoil") / 100.0
    return (
        (rothc.ROTHC, top),
        (rothc_salt.ROTHC_SALT, top),
        (century.CENTURY, century.DEPTH),
        (mimics.MIMICS, mimics.DEPTH),
        (millennial.MILLENNIAL, millennial.DEPTH),
    )


def beside(
    grounds: Sequence[Ground], year: Forcing, latitude: float, chosen: Any, shoots: Floats, roots: Floats
) -> list[Beside]:
    """All cores with the middles of their parameters, a lane for each class, for chosen.years.

    year: twelve months (12,). shoots, roots: carbon of a year that falls from shoots and dies in roots [g m-2]
    (classes,); of roots what lies within the depth of the core comes in, both spread evenly over the months (own
    choice). Each starts from the shares of pools after SETTLED years of this, scaled to the stock measured in its
    depth: so all begin alike, and what follows is their difference in kind.
    """
    soil, measured = soil_of(grounds, latitude, chosen), measured_of(grounds)
    beta = middle(water.PROCESS.parameters)["root_extinction"]
    bottom = 100.0 * float(np.asarray(soil.thickness).sum())
    mass = 1000.0 * np.asarray(soil.bulk_density) * np.asarray(soil.thickness)
    stock = measured["soil_organic_carbon"] * mass
    paste = measured["ec_saturated_paste"]
    found = []
    for core, depth in cores():
        share = (1.0 - beta ** (100.0 * depth)) / (1.0 - beta**bottom)
        litter = (shoots + share * roots) / 12.0
        months = jnp.broadcast_to(jnp.asarray(litter), (12, len(grounds)))
        cycle = year._replace(residue=months, potential_production=jnp.zeros(12))
        held = depth * np.asarray(over_depth(jnp.asarray(stock / np.asarray(soil.thickness)), soil.thickness, depth))
        salt = np.asarray(over_depth(jnp.asarray(paste), soil.thickness, depth))
        soc, respired = _one(core, cycle, soil, jnp.asarray(held), jnp.asarray(salt), chosen.years)
        found.append(Beside(core, depth, soc, respired))
    return found


def _one(core: Core, cycle: Forcing, soil: Site, held: Array, salt: Array, years: int) -> tuple[Floats, Floats]:
    values: dict[str, Any] = dict(middle(core.parameters))
    fixed: tuple[str, ...] = ()
    if "inert" in values:
        values["inert"] = rothc.inert_carbon(held)
        fixed = ("IOM",)
    if "ec_saturated_paste" in values:
        values["ec_saturated_paste"] = salt
    lanes = held.shape[0]

    def work(cycle: Forcing, soil: Site, values: dict[str, Any], held: Array) -> tuple[Array, Array]:
        pools, memory = core.start(soil, values, lanes)

        def again(state: tuple[Array, Any], _: None) -> tuple[tuple[Array, Any], tuple[Array, Array]]:
            done = run(core, cycle, soil, values, *state)
            return (done.pools[-1], done.memory), (done.pools[-1].sum(axis=0), done.respired.sum(axis=0))

        (shares, memory), _ = jax.lax.scan(again, (pools, memory), None, length=SETTLED)
        stays = jnp.array([name in fixed for name in core.pools])[:, None]
        rest = jnp.where(stays, 0.0, shares).sum(axis=0)
        first = jnp.where(stays, shares, shares * (held - jnp.where(stays, shares, 0.0).sum(axis=0)) / rest)
        _, (soc, respired) = jax.lax.scan(again, (first, memory), None, length=years)
        return jnp.concatenate([first.sum(axis=0)[None], soc]), respired

    soc, respired = jax.jit(work)(cycle, soil, values, held)
    return np.asarray(soc), np.asarray(respired)
