"""A number that is not known exactly: its mean, its spread, where it ends, and where that is from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Prior:
    """A normal distribution cut at `low` and `high`. source: key of a bib entry, or own_choice."""

    mean: float
    sd: float
    low: float
    high: float
    unit: str
    source: str

    def __post_init__(self) -> None:
        if not (self.sd >= 0 and self.low <= self.mean <= self.high):
            raise ValueError(f"mean {self.mean:g} outside {self.low:g} to {self.high:g}, or sd {self.sd:g} below zero")

    def draw(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> NDArray[np.float64]:
        """Draws of that shape; those outside the ends are drawn anew, and after 100 rounds put on the end."""
        out = rng.normal(self.mean, self.sd, size)
        for _ in range(100):
            outside = (out < self.low) | (out > self.high)
            if not outside.any():
                break
            out[outside] = rng.normal(self.mean, self.sd, int(outside.sum()))
        return np.clip(out, self.low, self.high)
