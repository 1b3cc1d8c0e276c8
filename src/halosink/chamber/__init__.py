"""Gas fluxes from closed chambers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.chamber.carbonate import two_part
    from halosink.chamber.closure_fluxes import fluxes
    from halosink.chamber.flux_draws import draws
    from halosink.chamber.options import Options

_HOME = {
    "Options": "options",
    "draws": "flux_draws",
    "fluxes": "closure_fluxes",
    "two_part": "carbonate",
}
__all__ = ["Options", "draws", "fluxes", "two_part"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"halosink.chamber.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
