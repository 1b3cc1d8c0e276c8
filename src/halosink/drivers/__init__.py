"""Effects of classes, treatments and gradients on measured quantities, and the design behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.drivers.analysis import Effects, Settings, effects
    from halosink.drivers.design import Design, Factor, Gradient
    from halosink.drivers.mixed import fit_mixed

_HOME = {
    "Design": "design",
    "Factor": "design",
    "Gradient": "design",
    "Effects": "analysis",
    "Settings": "analysis",
    "effects": "analysis",
    "fit_mixed": "mixed",
}

__all__ = ["Design", "Effects", "Factor", "Gradient", "Settings", "effects", "fit_mixed"]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
