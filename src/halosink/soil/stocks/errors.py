"""How far a measured number may lie from the truth: relative standard deviations, of each layer and of a laboratory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Errors:
    """Relative standard deviations. `_layer`: anew in each layer; `_shared`: one deviation for all layers that one
    laboratory or study measured.

    The defaults are own choices, to be replaced by the laboratory's own replicates: dry combustion repeats to about 3
    percent on well-ground soil, and laboratories differ by some percent in blind comparisons (even2025); a core of
    known volume gives bulk density to about 5 percent of a layer, its volume to about 2 percent.
    """

    carbon_layer: float = 0.03
    carbon_shared: float = 0.03
    density_layer: float = 0.05
    density_shared: float = 0.02

    def __post_init__(self) -> None:
        if min(self.carbon_layer, self.carbon_shared, self.density_layer, self.density_shared) < 0:
            raise ValueError("a standard deviation below zero")


NO_ERROR = Errors(0.0, 0.0, 0.0, 0.0)
"""Measured numbers taken as they stand; what is estimated from other numbers still scatters."""
