"""What both ways of partitioning are told about a tower besides its net exchange."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.eddy.steps import Steps

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Drivers:
    """Weather of n steps; each (n,), NaN where missing.

    temperature: filled [degC]; temperature_measured: (n,) where it was measured. radiation_measured: incoming
    shortwave radiation without fills [W m-2]; radiation: filled. deficit: vapour pressure deficit, filled [kPa].
    potential: potential radiation [W m-2] (sun.potential_radiation). Raises ValueError: arrays of another length.
    """

    steps: Steps
    temperature: Floats
    temperature_measured: Flags
    radiation_measured: Floats
    radiation: Floats
    deficit: Floats
    potential: Floats

    def __post_init__(self) -> None:
        lengths = {name: len(getattr(self, name)) for name in self.__slots__ if name != "steps"}
        if set(lengths.values()) != {len(self.steps)}:
            raise ValueError(f"drivers of {len(self.steps)} steps differ in length: {lengths}")
        for name in lengths:
            object.__setattr__(self, name, own(getattr(self, name), bool if name == "temperature_measured" else float))


def own(values: ArrayLike, kind: type = float) -> NDArray[Any]:
    """A copy that lies in one piece: of one layout, so that compiled loops are compiled once."""
    return np.array(values, dtype=kind, order="C")
