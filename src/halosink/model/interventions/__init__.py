"""What people do to saline-alkali land, as changes of what comes into the model.

An intervention changes forcing, site or parameters before the run and touches no stock, so budgets stay closed. Several
follow each other in order: `apply(apply(world, "leaching"), "halophyte_planting")`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from halosink.model.interventions.brought import BROUGHT
from halosink.model.interventions.management import MANAGEMENT
from halosink.model.interventions.planting import PLANTING
from halosink.model.interventions.record import Intervention, World
from halosink.model.interventions.water import WATER
from halosink.model.parameters import Parameter

__all__ = ["Intervention", "World", "apply", "apply_all", "effects", "interventions"]

_ALL = MappingProxyType({one.name: one for one in (*PLANTING, *BROUGHT, *WATER, *MANAGEMENT)})


def interventions() -> Mapping[str, Intervention]:
    """All interventions by name."""
    return _ALL


def effects() -> tuple[Parameter, ...]:
    """Uncertain effects of all interventions, to be drawn beside the parameters of the model."""
    return tuple(p for one in _ALL.values() for p in one.effects)


def apply(world: World, name: str, **amounts: Any) -> World:
    """Forcing, site and parameters under one intervention.

    amounts: options of the intervention by name, a number or one for each lane; those not given take their defaults.
    Effects are taken from the parameters where drawn there, else their middles. Raises KeyError for an unknown
    intervention or option, ValueError for an amount out of its range.
    """
    if name not in _ALL:
        raise KeyError(f"no such intervention: {name}; known: {', '.join(_ALL)}")
    return _ALL[name].applied(world, amounts)


def apply_all(world: World, plan: Sequence[tuple[str, Mapping[str, Any]]]) -> World:
    """Several interventions in order, [(name, amounts)]."""
    for name, amounts in plan:
        world = apply(world, name, **amounts)
    return world
