"""Start of a run at the steady cycle of the tier, or from measured fractions, each with how far it is from steady.

The steady cycle is found in rounds: all stocks run on for `settle` cycles, in which water, salt and structure become
periodic; then the carbon that returns to itself under that water and salt is found by Newton's method (steady.py, with
derivatives by the implicit function theorem: those of a stock at the steady cycle take one cycle and one linear solve).
What salt does to plants and decay, and litter to evaporation, is taken up by the next round. Salt under a saline water
table that nothing leaches has no steady cycle: `change` says so. Land under restoration is seldom at one: compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from halosink.contracts import Text
from halosink.model.arrays import Array, jax, jnp
from halosink.model.core import Core, Step, Values
from halosink.model.forcing import Forcing, Site
from halosink.model.monthly import CARBON, MONTHLY, start
from halosink.model.steady import steady
from halosink.model.tier import Tier, ledger, month, run

ABOVE = frozenset({"shoot", "litter"})
"""Stocks of carbon that have no layers."""
INERT = ("biochar_labile", "biochar")
"""Kept as given: nothing brings them back within a cycle unless biochar is brought each cycle."""


class Start(NamedTuple):
    """Stocks to run from, and `change` of each over one cycle from there, largest of the layers (lanes,) relative to
    the profile's stock: near 0 at a steady cycle, else what the land is still doing."""

    stocks: dict[str, Array]
    change: dict[str, Array]


def as_core(tier: Tier = MONTHLY, layers: int = 3, carbon: Sequence[str] = CARBON) -> Core:
    """The tier as a Core, to run beside RothC and others: carbon of the layers as pools, other stocks as memory."""
    parts = [(n, i) for n in carbon for i in range(1 if n in ABOVE else layers)]

    def step(pools: Array, memory: Any, now: Forcing, site: Site, parameters: Values) -> Step:
        done = month(tier, {**memory, **_apart(pools, carbon, layers)}, now, site, parameters)
        other = {name: value for name, value in done.stocks.items() if name not in carbon}
        out = [value for key, value in ledger(done.moved).items() if key.endswith(">air")]
        return Step(_together(done.stocks, carbon), other, sum(out, jnp.zeros(pools.shape[-1])))

    def first(site: Site, parameters: Values, lanes: int) -> tuple[Array, Any]:
        held = start(site, lanes=lanes)
        return _together(held, carbon), {n: v for n, v in held.items() if n not in carbon}

    return Core(
        "monthly",
        Text("Monthly tier", "月尺度模型"),
        Text(
            "Water, salt, sodium, plants and carbon of three layers, coupled.",
            "三层土壤水、盐、钠、植物与碳的耦合模型。",
        ),
        tuple(n if n in ABOVE else f"{n}_{i + 1}" for n, i in parts),
        tier.parameters,
        step,
        first,
        "own_choice",
    )


def spin_up(
    cycle: Forcing,
    site: Site,
    parameters: Values,
    stocks: Mapping[str, Array],
    tier: Tier = MONTHLY,
    settle: int = 20,
    rounds: int = 3,
    steps: int = 30,
) -> Start:
    """Steady cycle under forcing that repeats, from this guess of the stocks; jit-able and differentiable.

    settle: cycles run in each round before carbon is solved. rounds: how often. steps: most Newton steps of a round.
    """
    layers = stocks["pom"].shape[0]
    core = as_core(tier, layers, [n for n in CARBON if n in stocks])
    carbon = [n for n in CARBON if n in stocks]
    inert = [f"{n}_{i + 1}" for n in INERT for i in range(layers) if n in stocks]

    def again(held: dict[str, Array], _: None) -> tuple[dict[str, Array], None]:
        memory = {n: v for n, v in held.items() if n not in carbon}
        found = steady(core, cycle, site, parameters, _together(held, carbon), memory, inert, settle, steps)
        return {**found.memory, **_apart(found.pools, carbon, layers)}, None

    held, _ = jax.lax.scan(again, dict(stocks), None, length=rounds)
    return Start(held, change(tier, cycle, site, parameters, held))


def from_measured(
    cycle: Forcing,
    site: Site,
    parameters: Values,
    measured: Mapping[str, Any],
    lanes: int = 1,
    tier: Tier = MONTHLY,
    settle: int = 0,
) -> Start:
    """Stocks from measured fractions (monthly.start), with what they change by in the cycle that follows.

    settle: cycles in which water, roots, shoots and litter find their course first, while the measured carbon of the
    soil, salt and sodium stay as measured.
    """
    held = start(site, measured, lanes)

    def again(now: dict[str, Array], _: None) -> tuple[dict[str, Array], None]:
        after = {n: v[-1] for n, v in run(tier, cycle, site, parameters, now).stocks.items()}
        return {n: after[n] if n in ("water", "root", "shoot", "litter") else held[n] for n in held}, None

    if settle:
        held, _ = jax.lax.scan(again, held, None, length=settle)
    return Start(held, change(tier, cycle, site, parameters, held))


def change(tier: Tier, cycle: Forcing, site: Site, parameters: Values, stocks: Mapping[str, Array]) -> dict[str, Array]:
    """{stock: largest change of a layer over one cycle, relative to the profile's stock}, (lanes,); 0 where none."""
    after = run(tier, cycle, site, parameters, dict(stocks)).stocks
    found = {}
    for name, before in stocks.items():
        off, whole = jnp.abs(after[name][-1] - before), jnp.abs(before)
        if before.ndim > 1:
            off, whole = off.max(axis=0), whole.sum(axis=0)
        found[name] = jnp.where(whole > 0, off / jnp.where(whole > 0, whole, 1.0), off)
    return found


def _together(stocks: Mapping[str, Array], carbon: Sequence[str]) -> Array:
    return jnp.concatenate([jnp.atleast_2d(stocks[n]) for n in carbon])


def _apart(pools: Array, carbon: Sequence[str], layers: int) -> dict[str, Array]:
    found, at = {}, 0
    for name in carbon:
        found[name] = pools[at] if name in ABOVE else pools[at : at + layers]
        at += 1 if name in ABOVE else layers
    return found
