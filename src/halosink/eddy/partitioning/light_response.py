"""Net exchange by light, vapour pressure deficit and temperature, and its fit to the days of a window."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Places in a set of parameters: k [hPa-1], beta [umol m-2 s-1], alpha [umol J-1], rref [umol m-2 s-1], e0 [K]
K, BETA, ALPHA, RREF, E0 = range(5)
DEFICIT = 10.0  # hPa; below it photosynthesis does not depend on the deficit (lasslop2010)
# First guesses of k and alpha, of beta as multiples of the range of the fluxes, and the sd of the priors around the
# guesses, in the order of the parameters; bounds (lasslop2010, table A1, as in REddyProc: wutzler2018).
FIRST_K, FIRST_ALPHA, BETAS = 0.05, 0.1, (1.0, 1.3, 0.8)
PRIOR_SD = (50.0, 600.0, 10.0, 80.0)
MOST_ALPHA, MOST_BETA, DOUBTFUL_BETA = 0.22, 250.0, 100.0
# The fit ends when a step lowers the cost by less than this share, or after so many steps. Line search (nocedal2006): a
# step is shortened to a fifth until the cost falls by at least that share of what its slope promises. Slopes are taken
# over this distance to both sides. All as in the optimiser that REddyProc calls (wutzler2018): fits that end so early
# are alike only where they end alike.
TOLERANCE, STEPS, SHORTER, PROMISED, DIFFERENCE = 1e-3, 100, 0.2, 1e-4, 1e-3

# A fit is called singular where the condition of its curvature exceeds this (own choice: no digit is left then).
MOST_CONDITION = 1e14

# What came of a fit.
FITTED, NOT_CONVERGED, OUT_OF_BOUNDS, SINGULAR = range(4)


@njit(cache=True, error_model="numpy")
def _cost(theta: Floats, free: Integers, data: Floats, prior: Floats) -> float:
    """Sum of squares over sd of the fluxes, and over that of their priors of the free parameters."""
    k, beta, alpha, rref = theta[K], theta[BETA], theta[ALPHA], theta[RREF]
    total = 0.0
    for i in range(data.shape[1]):
        most = beta * np.exp(-k * (data[1, i] - DEFICIT)) if data[1, i] > DEFICIT else beta
        gross = alpha * data[0, i] * most / (alpha * data[0, i] + most)
        total += ((gross - rref * data[4, i] - data[2, i]) / data[3, i]) ** 2
    for a in free:
        total += ((theta[a] - prior[a]) / PRIOR_SD[a]) ** 2
    return total


@njit(cache=True, error_model="numpy")
def _slope(theta: Floats, free: Integers, data: Floats, prior: Floats, slope: Floats) -> None:
    """Fill the slope of the cost along the free parameters, by central differences."""
    for a in range(len(free)):
        at = theta[free[a]]
        theta[free[a]] = at + DIFFERENCE
        above = _cost(theta, free, data, prior)
        theta[free[a]] = at - DIFFERENCE
        slope[a] = (above - _cost(theta, free, data, prior)) / (2 * DIFFERENCE)
        theta[free[a]] = at


@njit(cache=True, error_model="numpy")
def _descend(theta: Floats, free: Integers, data: Floats, prior: Floats) -> tuple[bool, float]:
    """Change the free places of theta to a smaller cost by BFGS steps: whether it converged, and the cost.

    Once a step no longer pays, one along the steepest descent before it is tried, and the fit ends when that does not
    pay either.
    """
    m = len(free)
    cost = _cost(theta, free, data, prior)
    if not np.isfinite(cost):
        return False, cost
    slope, step, change, reach, tried = np.zeros(m), np.zeros(m), np.zeros(m), np.zeros(m), theta.copy()
    _slope(theta, free, data, prior, slope)
    inverse, turns = np.eye(m), 0
    steps = 0
    while steps < STEPS:
        promise = 0.0
        for a in range(m):
            step[a] = 0.0
            for b in range(m):
                step[a] -= inverse[a, b] * slope[b]
            promise += step[a] * slope[a]
        moved, lower, length = False, cost, 1.0
        while promise < 0:
            same = 0
            for a in range(m):
                tried[free[a]] = theta[free[a]] + length * step[a]
                same += tried[free[a]] + 10.0 == theta[free[a]] + 10.0
            if same == m:
                break
            lower = _cost(tried, free, data, prior)
            if np.isfinite(lower) and lower <= cost + promise * length * PROMISED:
                moved = True
                break
            length *= SHORTER
        pays = moved and abs(lower - cost) > TOLERANCE * (abs(cost) + TOLERANCE)
        if moved:
            cost = lower
            for a in range(m):
                theta[free[a]] = tried[free[a]]
        if not pays:
            if turns == 0:
                return True, cost
            inverse, turns = np.eye(m), 0
            continue
        for a in range(m):
            change[a] = slope[a]
        _slope(theta, free, data, prior, slope)
        steps += 1
        turns += 1
        turned = 0.0
        for a in range(m):
            change[a] = slope[a] - change[a]
            step[a] *= length
            turned += step[a] * change[a]
        if turned > 0 and turns <= 2 * m:
            across = 0.0
            for a in range(m):
                reach[a] = 0.0
                for b in range(m):
                    reach[a] += inverse[a, b] * change[b]
                across += reach[a] * change[a]
            scale = 1 + across / turned
            for a in range(m):
                for b in range(m):
                    inverse[a, b] += (scale * step[a] * step[b] - step[a] * reach[b] - reach[a] * step[b]) / turned
        else:
            inverse, turns = np.eye(m), 0
    return False, cost


@njit(cache=True, error_model="numpy")
def _bounded(theta: Floats, data: Floats, prior: Floats, dry: bool, last_alpha: float) -> tuple[int, float, int]:
    """Fit from theta, then again with k = 0 or alpha of the window before where one is beyond its bounds.

    dry: whether any deficit exceeds 10 hPa, so that k can be found. Gives what came of it, cost, and the places that
    were free as a sum of powers of two.
    """
    first = theta.copy()
    with_k, with_alpha = dry, True
    for _ in range(3):
        theta[:] = first
        if dry and not with_k:
            theta[K] = 0.0
        if not with_alpha:
            theta[ALPHA] = last_alpha
        free = np.array([a for a in range(4) if (a != K or with_k) and (a != ALPHA or with_alpha)])
        converged, cost = _descend(theta, free, data, prior)
        if dry and with_k and theta[K] < 0:
            with_k = False
        elif with_alpha and theta[ALPHA] > MOST_ALPHA:
            with_alpha = False
        else:
            break
    places = 0
    for a in free:
        places += 2**a
    if not converged or not np.isfinite(cost):
        return NOT_CONVERGED, cost, places
    if theta[ALPHA] < 0 or theta[RREF] < 0 or theta[BETA] < 0 or theta[BETA] >= MOST_BETA:
        return OUT_OF_BOUNDS, cost, places
    return FITTED, cost, places


def fit(data: Floats, e0: float, e0_sd: float, rref: float, last_alpha: float) -> tuple[int, Floats, Floats]:
    """The curve of a window: what came of it, its parameters (5,) and their covariance (5, 5), NaN where not fitted.

    data: (6, n) rows light [W m-2], deficit [hPa], net uptake [umol m-2 s-1], its sd, exp(e0 slowness), slowness. e0
    [K] stays as given; its sd is carried into the covariance. rref: that of the nights; last_alpha: alpha of the window
    before. From three guesses of beta the fit of least cost is taken.
    """
    low, high = np.quantile(data[2], (0.03, 0.97))
    prior = np.array([FIRST_K, high - low, FIRST_ALPHA, rref, e0])
    dry = bool((data[1] >= DEFICIT).any())
    outcome, best, free, theta = NOT_CONVERGED, np.inf, 0, np.full(5, np.nan)
    for times in BETAS:
        tried = prior * (1.0, times, 1.0, 1.0, 1.0)
        came, cost, places = _bounded(tried, data, prior, dry, last_alpha)
        if came == FITTED and cost < best:
            outcome, best, free, theta = FITTED, cost, places, tried
        elif outcome != FITTED:
            outcome = came
    covariance = np.full((5, 5), np.nan)
    if outcome != FITTED:
        return outcome, theta, covariance
    at = np.array([a for a in range(4) if free & 2**a])
    curve = _curvature(theta, at, data)
    inner = curve[np.ix_(at, at)]
    if not np.isfinite(inner).all() or np.linalg.cond(inner) > MOST_CONDITION:
        return SINGULAR, np.full(5, np.nan), covariance
    inverse = np.linalg.inv(inner)
    # when e0 moves, the parameters fitted with it move along
    moves = np.zeros(5)
    moves[at], moves[E0] = -inverse @ curve[at, E0], 1.0
    covariance = np.outer(moves, moves) * e0_sd**2
    covariance[np.ix_(at, at)] += inverse * max(best / max(data.shape[1] - len(at), 1), 1.0)
    if theta[BETA] > DOUBTFUL_BETA and covariance[BETA, BETA] >= theta[BETA] ** 2:
        return OUT_OF_BOUNDS, np.full(5, np.nan), covariance
    return FITTED, theta, covariance


def _curvature(theta: Floats, at: Integers, data: Floats) -> Floats:
    """(5, 5) Gauss-Newton curvature of half the cost; its priors along the places `at` only."""
    light, deficit, _, sd, warmth, turn = data
    by = np.stack([*by_parameter(theta, light, deficit), -warmth, -theta[RREF] * warmth * turn]) / sd
    curve = by @ by.T
    curve[at, at] += 1 / np.square(PRIOR_SD)[at]
    return np.asarray(curve, dtype=np.float64)


def by_parameter(theta: Floats, light: Floats, deficit: Floats) -> tuple[Floats, Floats, Floats]:
    """Derivatives of photosynthesis by k, beta and alpha, for parameters (5,) or (5, n); 0 in the dark."""
    above = np.maximum(deficit - DEFICIT, 0.0)
    fall = np.exp(-theta[K] * above)
    rise, rest = _shares(theta, light, theta[BETA] * fall)
    by_most = rise**2
    return -by_most * theta[BETA] * fall * above, by_most * fall, np.maximum(light, 0.0) * rest**2


def photosynthesis(theta: Floats, light: Floats, deficit: Floats) -> Floats:
    """alpha beta R / (alpha R + beta), beta falling by exp(-k (D - 10 hPa)) above 10 hPa; parameters (5,) or (5, n).

    Radiation below zero, the offset of a sensor at night, is darkness.
    """
    most = theta[BETA] * np.exp(-theta[K] * np.maximum(deficit - DEFICIT, 0.0))
    return np.asarray(most * _shares(theta, light, most)[0], dtype=np.float64)


def _shares(theta: Floats, light: Floats, most: Floats) -> tuple[Floats, Floats]:
    """alpha R and beta as shares of their sum; 0 and 1 where both are nothing."""
    rising = theta[ALPHA] * np.maximum(light, 0.0)
    total = rising + most
    nothing = total <= 0
    rise = rising / np.where(nothing, 1.0, total)
    return rise, np.where(nothing, 1.0, most / np.where(nothing, 1.0, total))
