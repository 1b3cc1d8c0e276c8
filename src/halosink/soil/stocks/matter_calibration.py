"""Organic carbon from organic matter, re-estimated over studies that differ in slope.

c = (b + u_s) m + a m^2 + e,  u_s ~ N(0, between^2),  e ~ N(0, (residual m^POWER)^2), by REML; no intercept, as no
matter holds no carbon. Between studies is what a reader of someone else's formula has to reckon with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

Array = NDArray[np.float64]

POWER = 1.0
"""How the scatter grows with organic matter. Own choice: of 0, 0.5 and 1 the one with the highest likelihood on the
marsh soils of maxwell2023."""


@dataclass(frozen=True, slots=True)
class MatterLine:
    """carbon = linear * matter + square * matter^2 (percent of dry soil), with covariance of the two, standard
    deviation of the slope between studies, and residual standard deviation at 1 percent of matter."""

    linear: float
    square: float
    covariance: Array
    between: float
    residual: float
    pairs: int
    studies: int
    log_likelihood: float
    power: float = POWER

    def at(self, matter: Array) -> Array:
        """Percent of carbon at percent of matter, for a study of average slope."""
        return self.linear * matter + self.square * matter**2

    def draws(self, matter: Array, draws: int, rng: np.random.Generator) -> Array:
        """(n, draws) percent of carbon in soils of one new study; residual scatter of each soil included."""
        numbers = rng.multivariate_normal([self.linear, self.square], self.covariance, draws)
        slope = numbers[:, 0] + rng.normal(0, self.between, draws)
        m = np.asarray(matter, dtype=float)[:, None]
        noise = rng.normal(0, self.residual, (len(m), draws)) * np.abs(m) ** self.power
        return np.asarray(slope * m + numbers[:, 1] * m**2 + noise, dtype=float)


def fit(matter: Array, carbon: Array, study: NDArray[np.object_] | pd.Series, power: float = POWER) -> MatterLine:
    """Fit by REML. matter, carbon: (n,) percent > 0; study: (n,). ValueError with fewer than three studies."""
    code, names = pd.factorize(np.asarray(study))
    if len(names) < 3:
        raise ValueError("scatter between studies needs three of them")
    scale = matter**power
    x = np.column_stack([matter, matter**2]) / scale[:, None]
    y, z = carbon / scale, matter / scale
    sums = [np.bincount(code, z * v) for v in (z, x[:, 0], x[:, 1], y)]
    xx, xy, yy = x.T @ x, x.T @ y, float(y @ y)
    zx = np.column_stack(sums[1:3])

    def parts(ratio: float) -> tuple[Array, Array, float, float]:
        w = ratio / (1 + ratio * sums[0])
        a = xx - (zx * w[:, None]).T @ zx
        b = xy - (zx * w[:, None]).T @ sums[3]
        beta = np.asarray(np.linalg.solve(a, b), dtype=float)
        left = yy - float(w @ sums[3] ** 2) - float(beta @ b)
        return a, beta, left, float(np.log1p(ratio * sums[0]).sum())

    n = len(y)

    def negative(log_ratio: float) -> float:
        a, _, left, log_det = parts(float(np.exp(log_ratio)))
        return float(0.5 * ((n - 2) * np.log(left / (n - 2)) + log_det + np.linalg.slogdet(a)[1]))

    best = optimize.minimize_scalar(negative, bounds=(-18.0, 8.0), method="bounded")
    ratio = float(np.exp(best.x))
    a, beta, left, _ = parts(ratio)
    variance = left / (n - 2)
    return MatterLine(
        linear=float(beta[0]),
        square=float(beta[1]),
        covariance=np.asarray(variance * np.linalg.inv(a), dtype=float),
        between=float(np.sqrt(ratio * variance)),
        residual=float(np.sqrt(variance)),
        pairs=n,
        studies=len(names),
        log_likelihood=-float(best.fun) - float(np.log(scale).sum()),
        power=power,
    )


def leave_study_out(matter: Array, carbon: Array, study: NDArray[np.object_] | pd.Series) -> pd.DataFrame:
    """Each study predicted by the line of all others.

    Result, one row per study: study, pairs, bias and rmse [percent of dry soil], ratio (sum of predicted over sum of
    measured carbon), inside (share of pairs within the 95 % range that the line promises a new study).
    """
    names, rows = np.asarray(study), []
    for name in pd.unique(names):
        held = names == name
        line = fit(matter[~held], carbon[~held], names[~held])
        said = line.at(matter[held])
        new = line.draws(matter[held], 400, np.random.default_rng([7, int(held.sum())]))
        low, high = np.quantile(new, [0.025, 0.975], axis=1)
        off = said - carbon[held]
        inside = float(((carbon[held] >= low) & (carbon[held] <= high)).mean())
        rows.append(
            {
                "study": name,
                "pairs": int(held.sum()),
                "bias": float(off.mean()),
                "rmse": float(np.sqrt((off**2).mean())),
                "ratio": float(said.sum() / carbon[held].sum()),
                "inside": inside,
            }
        )
    return pd.DataFrame(rows)
