"""How the readings of one series scatter: their relative size, and whether neighbours hang together.

Readings are divided by `scale`, then every one is rid of what the one before foretells, with a correlation
exp(-gap / memory) over the time between (continuous autoregression of first order, jones1993). What is left is
independent with one variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from halosink.soil.incubation.series import Array

# own choice: a parameter costs at least 1 in log-likelihood by AICc; half of that may still be gained by a new fit
LEAST_GAIN = 0.5


@dataclass(frozen=True, slots=True)
class Noise:
    """scale (n,), gap (n - 1,) between readings and memory [d], 0 where neighbours are independent."""

    scale: Array
    gap: Array
    memory: float = 0.0

    def correlation(self) -> Array:
        """(n - 1,) between each reading and the one before."""
        return np.exp(-self.gap / self.memory) if self.memory > 0 else np.zeros_like(self.gap)

    def whiten(self, values: Array, axis: int = -1) -> Array:
        """Values as if the readings were independent, of one variance. axis: -1 or -2, where the readings stand."""
        z = np.asarray(values / (self.scale if axis == -1 else self.scale[:, None]))
        if self.memory > 0:
            phi = self.correlation()
            share = np.sqrt(1 - phi**2)
            if axis == -1:
                z[..., 1:] = (z[..., 1:] - phi * z[..., :-1]) / share
            else:
                z[..., 1:, :] = (z[..., 1:, :] - phi[:, None] * z[..., :-1, :]) / share[:, None]
        return z

    def log_size(self) -> float:
        """Logarithm of the factor by which `whiten` shrinks a volume; enters the likelihood."""
        total = float(np.log(self.scale).sum())
        if self.memory > 0:
            total += 0.5 * float(np.log1p(-(self.correlation() ** 2)).sum())
        return total


def log_likelihood(squares: float, n: int, noise: Noise) -> float:
    """Largest log-likelihood over the variance: -n/2 (ln(2 pi RSS / n) + 1) - ln |scale|."""
    return -0.5 * n * (math.log(2 * math.pi * max(squares, 1e-300) / n) + 1) - noise.log_size()


def best_memory(residual: Array, noise: Noise, choices: Array) -> tuple[float, float]:
    """The memory among `choices` under which these residuals are likeliest and what it gains in log-likelihood.

    0 where none gains enough to matter.
    """
    without = log_likelihood(float(np.sum(noise.whiten(residual) ** 2)), len(residual), noise)
    best, most = 0.0, without + LEAST_GAIN
    for memory in choices:
        trial = Noise(noise.scale, noise.gap, float(memory))
        likelihood = log_likelihood(float(np.sum(trial.whiten(residual) ** 2)), len(residual), trial)
        if likelihood > most:
            best, most = float(memory), likelihood
    return best, most - without
