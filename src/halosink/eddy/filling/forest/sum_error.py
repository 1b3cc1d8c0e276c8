"""How wrong a sum of filled records may be: errors of neighbouring records hang together.

The error of record i is sd_i e_i, with correlation of e over a lag d [days]

    rho(d) = sum over m of c_m exp(-d / T_m),  d > 0;  rho(0) = 1,  c_m >= 0,  sum of c_m <= 1

so that a sum over the records S has the variance

    var = sum over i, j in S of sd_i sd_j rho(|t_i - t_j|)
        = sum of sd_i^2 (1 - sum c_m)                       what is each record's own
        + sum over m of c_m sum_ij sd_i sd_j exp(-d_ij/T_m)  weather of hours and days; a level held over weeks

The c_m are taken from records that were left out in blocks of days, as if they lay in a gap: the products of errors
r_i r_j over those of sd, pooled by lag within blocks, are fitted by non-negative least squares. A mixture of
exponentials with positive weights is a valid correlation at any length of gap. That errors of long gaps grow faster
than those of independent records: richardson2007; that records left out must be left out in blocks: roberts2017. The
five times T: own choice, from an hour and a half to a month, each three to five times the one before; the longest makes
the error of a level nearly common to a gap of weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, signal, special

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

TIMES = (1 / 16, 0.25, 1.0, 5.0, 30.0)
LAGS = 24  # own choice: classes of lag, equally wide in their logarithm


@dataclass(frozen=True, slots=True)
class SumError:
    """weights: c of each of TIMES. freedom: blocks that were left out (of the shorter cut), less one.

    step: length of a step [days].
    """

    weights: tuple[float, ...]
    freedom: int
    step: float

    def covariance(self, sd: Array, groups: Integers, number: int) -> Array:
        """(number, number) covariance of the error sums of groups 0 to number - 1 [unit^2].

        sd: (n,) of single records on the regular grid of the tower; groups: (n,), -1 for records in none.
        """
        used = (groups >= 0) & np.isfinite(sd)
        scale = np.where(used, sd, 0.0)
        member = np.zeros((number, len(sd)))
        member[groups[used], np.flatnonzero(used)] = scale[used]
        total = (1 - sum(self.weights)) * (member @ member.T)
        for weight, time in zip(self.weights, TIMES, strict=True):
            if weight > 0:
                keep = float(np.exp(-self.step / time))
                ahead = signal.lfilter([1.0], [1.0, -keep], member, axis=1)
                one = ahead @ member.T
                total += weight * (one + one.T - member @ member.T)
        return np.asarray((total + total.T) / 2, dtype=np.float64)

    def sd(self, sd: Array, rows: NDArray[np.bool_]) -> float:
        """Standard deviation of the error of the sum over these rows [unit of sd]."""
        return float(np.sqrt(max(self.covariance(sd, np.where(rows, 0, -1), 1)[0, 0], 0.0)))

    def quantile(self, confidence: float = 0.95) -> float:
        """Half width of an interval in standard deviations: Student's t, for blocks of which there are not many."""
        return float(special.stdtrit(max(self.freedom, 1), 0.5 + confidence / 2))


def estimate(lots: Sequence[tuple[Array, Integers]], sd: Array, step: float) -> SumError:
    """From errors of records left out in blocks, once per way to cut the series into blocks.

    lots: for each way the errors (2, n) of two halves of the trees, NaN where there is none, and the block of each
    record (n,); sd: (n,). Errors of which there is one kind only stand in both rows.
    """
    found = [_products(errors, sd, block) for errors, block in lots]
    number = max(blocks for _, _, _, blocks in found)
    none = SumError((0.0,) * len(TIMES), max(number - 1, 1), step)
    longest = max(len(counts) for counts, _, _, _ in found)
    if number < 2 or longest < 2:
        return none
    totals = np.zeros((3, longest))
    for counts, products, scales, _ in found:
        totals[:, : len(counts)] += counts, products, scales
    lag = np.arange(1, longest)
    edges = np.unique(np.round(np.geomspace(1, longest, LAGS + 1)).astype(int))
    kind = np.searchsorted(edges, lag, side="right") - 1
    pairs, over, under = (np.bincount(kind, total[1:], len(edges)) for total in totals)
    far = np.bincount(kind, lag * totals[0, 1:], len(edges))
    good = (pairs > 0.5) & (under > 0)
    if not good.any():
        return none
    # What counts for a sum is the product of correlation and number of pairs, so classes weigh by their pairs.
    weigh = np.sqrt(under[good] / under[good].sum())
    base = np.exp(-(far[good] / pairs[good])[:, None] * step / np.array(TIMES))
    weights, _ = optimize.nnls(base * weigh[:, None], over[good] / under[good] * weigh)
    return SumError(tuple(float(c) for c in weights / max(1.0, weights.sum())), number - 1, step)


def _products(errors: Array, sd: Array, block: Integers) -> tuple[Array, Array, Array, int]:
    """By lag in steps, within blocks: pairs, sum of r_i r_j, sum of sd_i sd_j; and blocks that hold anything."""
    known = np.isfinite(errors).all(axis=0) & np.isfinite(sd) & (sd > 0)
    edges = np.flatnonzero(np.diff(block, prepend=block[0] - 1, append=block[-1] + 1))
    lengths = np.diff(edges)
    longest = int(lengths.max())
    size = 1 << (2 * longest - 1).bit_length()
    squares = np.zeros((4, len(lengths), longest))
    row = np.repeat(np.arange(len(lengths)), lengths)
    column = np.arange(len(block)) - np.repeat(edges[:-1], lengths)
    squares[:, row, column] = known, np.where(known, sd, 0.0), *np.where(known, errors, 0.0)
    spectra = np.fft.rfft(squares, size)
    crossed = np.stack([*np.abs(spectra[:2]) ** 2, (spectra[2].conj() * spectra[3]).real])
    counts, scales, products = np.fft.irfft(crossed.sum(axis=1), size)[:, :longest]
    return counts, products, scales, int(squares[0].any(axis=1).sum())
