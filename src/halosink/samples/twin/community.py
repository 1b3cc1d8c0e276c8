"""The microbial community of the twin: relative abundances, and what a sequencer shows of them on average.

A plot's relative abundances are p_i ~ exp(a_i(class, treatment) + z v_i), z normal with mean 0 and variance 1, the sum
of effects of block, zone and plot; counts are multinomial with the sample's depth. Expected diversity follows from the
parameters: for given z and depth it is a sum over taxa of binomial expectations, and the expectation over z is done by
Gauss-Hermite quadrature.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from halosink.samples.twin import parameters as p

Array = NDArray[np.float64]
Z_BLOCK, Z_ZONE, Z_PLOT = 0.5, 0.5, 0.5**0.5
NODES = 15
EXACT_BELOW = 60.0
"""Expected count up to which the binomial sum is done term by term; above, four terms of the expansion suffice."""


@cache
def _taxa() -> tuple[Array, Array, Array]:
    """Rank abundance (ln), affinity to salt, answer to z: constants of the land, the same for every seed."""
    fixed = np.random.default_rng(5823)
    rank = -7.5 * (np.arange(p.TAXA) / (p.TAXA - 1)) ** 0.8
    return rank, fixed.normal(0, 0.7, p.TAXA), fixed.normal(0, 0.3, p.TAXA)


def shares(salinity: int, treatment: int, z: Array | float) -> Array:
    """Relative abundances, shape (len(z), TAXA)."""
    rank, salt, answer = _taxa()
    level = salinity / 3 * (1.0 - 0.35 * treatment)
    log = rank * (1 + 0.25 * level) + salt * level + np.atleast_1d(z)[:, None] * answer
    raw: Array = np.exp(log - log.max(axis=1, keepdims=True))
    share: Array = raw / raw.sum(axis=1, keepdims=True)
    return share


@cache
def expected(salinity: int, treatment: int) -> dict[str, float]:
    """Expected diversity of a sample of this class and treatment, over z and over the depths that are dealt out."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    share = shares(salinity, treatment, nodes)
    least = min(p.DEPTHS)
    depths = np.array(p.DEPTHS, float)
    unseen = np.log1p(-share)
    observed = np.mean([-np.expm1(n * unseen).sum(axis=1) @ weights for n in depths])
    single = np.mean([(share * np.exp((n - 1) * unseen)).sum(axis=1) @ weights for n in depths])
    entropy = np.mean([_expected_entropy(share, n).sum(axis=1) @ weights for n in depths])
    return {
        "sequencing_depth": float(depths.mean()),
        "richness_observed": float(observed),
        "richness_rarefied": float(-np.expm1(least * unseen).sum(axis=1) @ weights),
        "shannon_diversity": float(entropy),
        "goods_coverage": float(1 - single),
    }


def _expected_entropy(share: Array, n: float) -> Array:
    """E[-(X/n) ln(X/n)] for X binomial(n, share)."""
    variance = share * (1 - share) / n
    third = variance * (1 - 2 * share) / n
    wide = -share * np.log(share) - variance / (2 * share) + third / (6 * share**2) - variance**2 / (4 * share**3)
    few = n * share <= EXACT_BELOW
    k = np.arange(1.0, 3 * EXACT_BELOW)
    q = share[few][:, None]
    log = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + k * np.log(q) + (n - k) * np.log1p(-q)
    wide[few] = (np.exp(log) * -(k / n) * np.log(k / n)).sum(axis=1)
    return wide
