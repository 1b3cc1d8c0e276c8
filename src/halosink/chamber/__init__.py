"""Gas fluxes from closed chambers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.chamber import checks as checks
    from halosink.chamber.carbonate.two_part import two_part
    from halosink.chamber.flux.draws import draws
    from halosink.chamber.flux.fluxes import fluxes
    from halosink.chamber.options import Options

_HOME = {
    "Options": "options",
    "draws": "flux.draws",
    "fluxes": "flux.fluxes",
    "two_part": "carbonate.two_part",
}
__all__ = ["Options", "checks", "draws", "fluxes", "two_part"]


def __getattr__(name: str) -> Any:
    if name == "checks":
        return import_module("halosink.chamber.checks")
    if name in _HOME:
        return getattr(import_module(f"halosink.chamber.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
