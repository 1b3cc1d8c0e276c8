"""Automatic checks of a tower's table: units, clock, sun, humidity, flux and what is left after filtering.

Each check is one module with CHECK. None changes a value. An E- problem says that a column must not be used as it is,
a W- problem what to doubt, an N- problem what was assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.eddy.checks.parts.running import Found, run
    from halosink.eddy.checks.registry import checks

__all__ = ["Found", "checks", "run"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from halosink.eddy.checks import registry
        from halosink.eddy.checks.parts import running

        return getattr(registry if name == "checks" else running, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
