"""A carbon model of one kind: pools, parameters and a step of one month, so that models can be run side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from halosink.contracts import Text
from halosink.model.arrays import Array, jax, jnp
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter

Values = Mapping[str, Any]
"""Parameters by name, scalars or (lanes,)."""


class Step(NamedTuple):
    """What one month gave: pools after it (pools, lanes) [g C m-2], and out of them to the air as CO2 (lanes,)
    [g C m-2 month-1]. `memory` is what the core remembers beside carbon (a soil moisture deficit), any pytree."""

    pools: Array
    memory: Any
    respired: Array


@dataclass(frozen=True, slots=True)
class Core:
    """A model of soil carbon.

    step(pools, memory, forcing of one month, site, parameters) -> Step, pure, over lanes by broadcasting.
    start(site, parameters, lanes) -> (pools, memory). substeps happen inside step.
    """

    name: str
    label: Text
    about: Text
    pools: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    step: Callable[[Array, Any, Forcing, Site, Values], Step]
    start: Callable[[Site, Values, int], tuple[Array, Any]]
    source: str


class Run(NamedTuple):
    """pools: (months, pools, lanes) at the end of each month; respired: (months, lanes); memory: the last."""

    pools: Array
    respired: Array
    memory: Any


def run(core: Core, forcing: Forcing, site: Site, parameters: Values, pools: Array, memory: Any) -> Run:
    """Months one after the other. Jit-able and differentiable; carbon [g C m-2]."""

    def month(state: tuple[Array, Any], now: Forcing) -> tuple[tuple[Array, Any], tuple[Array, Array]]:
        after = core.step(state[0], state[1], now, site, parameters)
        return (after.pools, after.memory), (after.pools, after.respired)

    (_, memory), (held, respired) = jax.lax.scan(month, (pools, memory), forcing)
    return Run(held, jnp.asarray(respired), memory)
