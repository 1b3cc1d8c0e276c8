"""Steady cycle of a core: pools that come back to where they were after one cycle of forcing.

Solved by Newton's method on the map of a cycle, lane by lane and for all lanes at once; for cores that are linear in
carbon the first step is exact. Derivatives of the steady cycle come from the implicit function theorem: one cycle and
one linear solve, never the way to the steady cycle. Land under restoration is seldom there: report it beside a start
from measured fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from halosink.model.arrays import Array, jax, jnp
from halosink.model.core import Core, Values, run
from halosink.model.forcing import Forcing, Site

LEAST = 0.1
"""A Newton step leaves at least this share of a pool. Own choice: keeps stocks positive, and the last steps are far
smaller, so it changes no answer."""


class Steady(NamedTuple):
    """pools (pools, lanes) [g C m-2] and memory at the start of the cycle; `change`: the largest change of a pool over
    a cycle there, relative to the carbon of its lane (lanes,): near 1e-14 where found, large where there is none."""

    pools: Array
    memory: Any
    change: Array


def steady(
    core: Core,
    cycle: Forcing,
    site: Site,
    parameters: Values,
    pools: Array,
    memory: Any,
    held: Sequence[str] = (),
    settle: int = 10,
    steps: int = 50,
) -> Steady:
    """Steady cycle under forcing that repeats, (months,) or (months, lanes), from this guess of the pools.

    held: pools without turnover, kept as given (inert carbon). settle: cycles run first, from which memory (of water)
    settles and Newton starts. steps: most Newton steps; ends earlier where no pool changes by more than 1e-13 of its
    lane's carbon. Memory must not depend on the pools, nor a lane on others. Differentiable forward and back.
    Raises KeyError for a name in held that is no pool.
    """
    unknown = sorted(set(held) - set(core.pools))
    if unknown:
        raise KeyError(f"no such pools: {', '.join(unknown)}; known: {', '.join(core.pools)}")
    moves = jnp.array([name not in held for name in core.pools])[:, None]

    def again(state: tuple[Array, Any], _: None) -> tuple[tuple[Array, Any], None]:
        done = run(core, cycle, site, parameters, *state)
        return (done.pools[-1], done.memory), None

    (near, memory), _ = jax.lax.scan(again, (pools, memory), None, length=settle)
    guess = jax.lax.stop_gradient(jnp.where(moves, near, pools))

    def change(now: Array) -> Array:
        after = run(core, cycle, site, parameters, now, memory).pools[-1]
        return jnp.where(moves, after - now, pools - now)

    def newton(difference: Any, first: Array) -> Array:
        def going(state: tuple[Array, Array, Array]) -> Array:
            return (state[2] < steps) & jnp.any(_relative(state[1], state[0]) > 1e-13)

        def step(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
            now, off, count = state
            after = now - _solve(_slopes(lambda t: jax.jvp(difference, (now,), (t,))[1], now), off)
            after = jnp.maximum(after, LEAST * now)
            return after, difference(after), count + 1

        return jax.lax.while_loop(going, step, (first, difference(first), jnp.array(0)))[0]

    def tangent(linear: Any, right: Array) -> Array:
        return _solve(_slopes(linear, right), right)

    found: Array = jax.lax.custom_root(change, guess, newton, tangent)
    return Steady(found, memory, _relative(change(found), found))


def _relative(off: Array, pools: Array) -> Array:
    total = jnp.sum(jnp.abs(pools), axis=0)
    return jnp.max(jnp.abs(off), axis=0) / jnp.where(total > 0.0, total, 1.0)


def _slopes(linear: Any, like: Array) -> Array:
    """(lanes, pools, pools) of a map that leaves lanes apart: one pass for each pool, all lanes at once."""
    number, lanes = like.shape
    units = jnp.broadcast_to(jnp.eye(number)[:, :, None], (number, number, lanes))
    return jnp.transpose(jax.vmap(linear)(units), (2, 1, 0))


def _solve(slopes: Array, right: Array) -> Array:
    solved: Array = jnp.linalg.solve(slopes, right.T[:, :, None])
    return solved[:, :, 0].T
