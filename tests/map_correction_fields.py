"""Simulated regions for the correction of maps: Gaussian fields made by circulant embedding, not by what is tested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
CELL = 1000.0


def field(side: int, correlation: Callable[[Array], Array], rng: np.random.Generator) -> Array:
    """(side, side) of a stationary field with unit variance on cells of CELL metres, exact where the embedding is."""
    wide = 4 * max(side, 60)
    step = np.minimum(np.arange(wide), wide - np.arange(wide)) * CELL
    spectrum = np.fft.fft2(correlation(np.hypot(step[:, None], step[None, :]))).real
    assert spectrum.min() > -1e-6 * spectrum.max()
    noise = rng.normal(size=(wide, wide)) + 1j * rng.normal(size=(wide, wide))
    return np.fft.fft2(np.sqrt(np.maximum(spectrum, 0)) * noise / wide).real[:side, :side]


@dataclass
class Region:
    """x, y, covariates and truth on a square grid, and the plots: with an error of measurement, two rows each."""

    x: Array
    y: Array
    covariates: dict[str, Array]
    truth: Array
    plots: pd.DataFrame


def region(
    seed: int, *, side: int = 60, plots: int = 150, scale: float = 6000.0, gain: float = 1.0, field_sd: float = 1.0,
    place_sd: float = 0.4, measured_sd: float = 0.3, rows: int = 1, curved: bool = False, clustered: bool = False,
) -> Region:  # fmt: skip
    """truth = 1 + gain (covariates) + field + what changes from cell to cell; exponential correlation."""
    rng = np.random.default_rng([seed, 77])
    wet = field(side, lambda h: np.exp(-h / 12000.0), rng)
    high = field(side, lambda h: np.exp(-h / 9000.0), rng)
    trend = 0.8 * wet - 0.5 * high
    if curved:
        trend = 1.2 * np.tanh(2 * wet) + 0.8 * (high > 0.3) * (wet > 0)
    truth = 1 + gain * trend + field_sd * field(side, lambda h: np.exp(-h / scale), rng)
    truth = truth + place_sd * rng.normal(size=truth.shape)
    y, x = np.meshgrid((side - np.arange(side) - 0.5) * CELL + 4e6, (np.arange(side) + 0.5) * CELL + 5e5, indexing="ij")
    share = np.exp(1.5 * field(side, lambda h: np.exp(-h / 8000.0), rng)).ravel() if clustered else np.ones(side * side)
    at = rng.choice(side * side, plots, replace=False, p=share / share.sum())
    at = np.repeat(at, rows)
    table = pd.DataFrame(
        {
            "plot": [f"p{i}" for i in at],
            "x": x.ravel()[at],
            "y": y.ravel()[at],
            "wet": wet.ravel()[at],
            "high": high.ravel()[at],
            "value": truth.ravel()[at] + measured_sd * rng.normal(size=len(at)),
        }
    )
    return Region(x, y, {"wet": wet, "high": high}, truth, table)
