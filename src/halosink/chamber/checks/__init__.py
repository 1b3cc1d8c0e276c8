"""Automatic checks of chamber measurements: units, clocks, water, analyser, chamber air and what the fluxes say.

Each check is one module with CHECK. None changes a value. An E- problem refuses the closures it names, a W- problem
says what to doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.chamber.checks.parts.running import Found, run
    from halosink.chamber.checks.registry import checks

__all__ = ["Found", "checks", "run"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from halosink.chamber.checks import registry
        from halosink.chamber.checks.parts import running

        return getattr(registry if name == "checks" else running, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
