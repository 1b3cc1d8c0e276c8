"""Draws of a water analysis within its errors, to be put through the equations."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from halosink.soil.carbonates.solution import IONS, Ions
from halosink.soil.carbonates.water import Array


def analysis_draws(
    ions: Ions,
    ph: ArrayLike,
    alkalinity: ArrayLike,
    *,
    ion_error: float,
    ph_error: float,
    alkalinity_error: float,
    draws: int,
    seed: int,
) -> tuple[Ions, Array, Array]:
    """Ions, pH and alkalinity as (rows, draws), errors independent of each other.

    ions, ph, alkalinity: (rows,); ion_error, alkalinity_error: relative standard errors (lognormal with the measured
    value as its mean, so that no draw is negative; a negative alkalinity keeps its sign); ph_error: standard error in
    units of pH (normal). The errors are those of the laboratory and have no defaults.
    """
    names = ("ph", "alkalinity", *IONS)
    streams = dict(zip(names, np.random.SeedSequence(seed).spawn(len(names)), strict=True))

    def scattered(name: str, values: ArrayLike, error: float) -> Array:
        base = np.atleast_1d(np.asarray(values, dtype=float))[:, None]
        width = np.sqrt(np.log1p(error**2))
        normal = np.random.default_rng(streams[name]).standard_normal((base.shape[0], draws))
        return np.asarray(base * np.exp(width * normal - 0.5 * width**2))

    ph_rows = np.atleast_1d(np.asarray(ph, dtype=float))
    rows = len(ph_rows)
    drawn = Ions(*(scattered(n, np.broadcast_to(np.asarray(getattr(ions, n), float), rows), ion_error) for n in IONS))
    noise = np.random.default_rng(streams["ph"]).standard_normal((rows, draws))
    return drawn, ph_rows[:, None] + ph_error * noise, scattered("alkalinity", alkalinity, alkalinity_error)
