"""The response model: carbon transformation and stabilisation under salt, alkali and water stress."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "CALIBRATED": "monthly",
    "MONTHLY": "monthly",
    "fixed": "monthly",
    "start": "monthly",
    "site": "plot",
    "Site": "forcing",
    "Forcing": "forcing",
    "Parameter": "parameters",
    "draw": "parameters",
    "middle": "parameters",
    "merged": "parameters",
    "Process": "process",
    "Flow": "flows",
    "Tier": "tier",
    "Run": "tier",
    "run": "tier",
    "Core": "core",
    "as_core": "spin_up",
    "from_measured": "spin_up",
    "prior_predictive": "ensemble",
    "quantiles": "ensemble",
    "ROTHC": "cores.rothc",
    "ROTHC_SALT": "cores.rothc_salt",
    "CENTURY": "cores.century",
    "MIMICS": "cores.mimics",
    "MILLENNIAL": "cores.millennial",
}
_MODULES = (
    "core",
    "ensemble",
    "forcing",
    "interventions",
    "ledger",
    "monthly",
    "observe",
    "plot",
    "spin_up",
    "steady",
    "tier",
)
__all__ = [*sorted(_NAMES), *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"halosink.model.{_NAMES[name]}"), name)
    if name in _MODULES:
        return import_module(f"halosink.model.{name}")
    raise AttributeError(f"module 'halosink.model' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
