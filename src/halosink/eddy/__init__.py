"""Eddy covariance: from half-hours to annual sums with their intervals."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.eddy.chain import process
    from halosink.eddy.energy import energy_balance
    from halosink.eddy.filling.fill import fill_gaps
    from halosink.eddy.footprints.estimate import footprint
    from halosink.eddy.grid import regular
    from halosink.eddy.options import Options
    from halosink.eddy.partitioning.split import partition
    from halosink.eddy.steps import Steps
    from halosink.eddy.sums.total import annual_sums
    from halosink.eddy.sun import potential_radiation
    from halosink.eddy.threshold.find import ustar_threshold

_HOME = {
    "Options": "options",
    "Steps": "steps",
    "annual_sums": "sums.total",
    "energy_balance": "energy",
    "fill_gaps": "filling.fill",
    "footprint": "footprints.estimate",
    "partition": "partitioning.split",
    "potential_radiation": "sun",
    "process": "chain",
    "regular": "grid",
    "ustar_threshold": "threshold.find",
}
__all__ = [
    "Options",
    "Steps",
    "annual_sums",
    "energy_balance",
    "fill_gaps",
    "footprint",
    "partition",
    "potential_radiation",
    "process",
    "regular",
    "ustar_threshold",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"halosink.eddy.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
