"""What goes in and out of the ground, joined: the greenhouse balance of measured gas fluxes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.budget.greenhouse import greenhouse_balance
    from halosink.budget.gwp_star import warming_equivalent
    from halosink.budget.potentials import metrics

_HOME = {"greenhouse_balance": "greenhouse", "metrics": "potentials", "warming_equivalent": "gwp_star"}
__all__ = ["greenhouse_balance", "metrics", "warming_equivalent"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"halosink.budget.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
