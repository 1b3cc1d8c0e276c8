"""Gas fluxes from closed chambers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.chamber.linear import linear_fluxes

__all__ = ["linear_fluxes"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from halosink.chamber import linear

        return getattr(linear, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
