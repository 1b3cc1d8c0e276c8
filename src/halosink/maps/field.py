"""Errors that are alike nearby: Gaussian random fields on a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft


def random_field(
    shape: tuple[int, int], width: float, height: float, reach: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """A field of mean 0 and variance 1 whose correlation is exp(-3 h / reach), 0.05 at the distance `reach` [m].

    width, height of a cell [m]. White noise on a torus that is wider than the grid by `reach` (at most twice as wide),
    times the root of the spectrum of the correlation (circulant embedding: dietrich1997). Opposite edges of a wide grid
    meet round the torus, with less than 0.05. Where the torus makes the spectrum negative it counts as 0, and the rest
    is scaled to variance 1. reach 0: white noise.
    """
    if reach <= 0:
        return rng.standard_normal(shape).astype(np.float32)
    rows = fft.next_fast_len(shape[0] + min(int(reach / height) + 1, shape[0]), real=True)
    columns = fft.next_fast_len(shape[1] + min(int(reach / width) + 1, shape[1]), real=True)
    y = np.minimum(np.arange(rows), rows - np.arange(rows)) * height
    x = np.minimum(np.arange(columns), columns - np.arange(columns)) * width
    spectrum = fft.rfft2(np.exp(-3 * np.hypot(y[:, None], x[None, :]) / reach)).real
    spectrum = np.maximum(spectrum, 0)
    both = np.ones(spectrum.shape[1])
    both[1 : (columns + 1) // 2] = 2
    spectrum *= rows * columns / float((spectrum * both).sum())
    noise = fft.rfft2(rng.standard_normal((rows, columns)))
    found = fft.irfft2(noise * np.sqrt(spectrum), s=(rows, columns))
    return np.ascontiguousarray(found[: shape[0], : shape[1]], dtype=np.float32)
