"""Errors of models of a flux series on weeks they have not seen, and what they decide.

Weeks are left out whole because neighbouring readings are alike (roberts2017): a random tenth of the rows would be
predicted by its neighbours. Each repeat deals the weeks anew into FOLDS groups; each group is predicted by models
fitted to the other weeks. Means of squared errors per week, over the repeats, are what a week is worth; weeks are
resampled for the interval. The two sides of a border between weeks still touch, so errors are a little too small, for
all models alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.carbonate.respiration import Fit, fit

Array = NDArray[np.float64]
MODELS = ("mean", "biotic", "lagged", "two_part")
FOLDS = 5
"""Own choice: four fifths of the weeks to learn from."""
RESAMPLES = 2000
WORTH = 1.0
"""Own choice: per cent of the rival's error by which a model with more parameters must do better to be worth them."""


@dataclass(frozen=True, slots=True)
class Series:
    """One chamber: n readings in order of time, without gaps in what they hold.

    week: number of the week counted over all series; terms: (n, k) of the second part; shifted: (n, lags) the
    temperature some hours before, of which column `same` is the temperature itself.
    """

    name: str
    time: NDArray[np.datetime64]
    week: NDArray[np.int64]
    flux: Array
    temperature: Array
    moisture: Array
    terms: Array
    shifted: Array
    same: int

    @property
    def nothing(self) -> Array:
        return np.empty((len(self.flux), 0))


@dataclass(frozen=True, slots=True)
class Fits:
    """Fits to all weeks: respiration at each shift of temperature, and the model of two parts; varying: see fit."""

    shifts: list[Fit]
    two_part: Fit
    varying: bool


def whole(series: Series, varying: bool) -> Fits:
    """Fit each model to all weeks of a series."""
    shifts = [fit(t, series.moisture, series.flux, series.nothing, varying=varying) for t in series.shifted.T]
    return Fits(shifts, fit(series.temperature, series.moisture, series.flux, series.terms, varying=varying), varying)


def predictions(series: Series, fits: Fits, groups: NDArray[np.int64]) -> dict[str, Array]:
    """Per model, each reading predicted without its own group of weeks; groups: (weeks,) a number below FOLDS.

    The shift of the lagged model is chosen on the weeks it learns from.
    """
    out = {m: np.full(len(series.flux), np.nan) for m in MODELS}
    shift_errors = np.stack(
        [(series.flux - f.biotic(t, series.moisture)) ** 2 for f, t in zip(fits.shifts, series.shifted.T, strict=True)]
    )
    group = groups[series.week]
    for number in np.unique(group):
        new = group == number
        old = ~new
        if old.sum() < 10:
            continue
        moisture, flux, none = series.moisture[old], series.flux[old], series.nothing
        out["mean"][new] = flux.mean()
        best = int(np.argmin(shift_errors[:, old].sum(axis=1)))
        for model, column in (("biotic", series.same), ("lagged", best)):
            if model == "lagged" and best == series.same:
                out[model][new] = out["biotic"][new]
                continue
            warm = series.shifted[:, column]
            one = fit(warm[old], moisture, flux, none[old], fits.shifts[column].shape, fits.varying)
            out[model][new] = one.biotic(warm[new], series.moisture[new])
        two = fit(series.temperature[old], moisture, flux, series.terms[old], fits.two_part.shape, fits.varying)
        out["two_part"][new] = two.biotic(series.temperature[new], series.moisture[new]) + two.added(series.terms[new])
    return out


@dataclass(frozen=True, slots=True)
class Errors:
    """Per model the sums of squared and absolute errors, (repeats, weeks); n: readings behind them, (weeks,)."""

    squares: dict[str, Array]
    absolute: dict[str, Array]
    n: Array

    def rmse(self, model: str) -> float:
        return float(np.sqrt(self.squares[model].mean(axis=0).sum() / self.n.sum()))

    def mae(self, model: str) -> float:
        return float(self.absolute[model].mean(axis=0).sum() / self.n.sum())

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            {m: self.squares[m] + other.squares[m] for m in MODELS},
            {m: self.absolute[m] + other.absolute[m] for m in MODELS},
            self.n + other.n,
        )


def errors(series: Series, fits: Fits, groups: NDArray[np.int64]) -> Errors:
    """Errors on held-out weeks; groups: (repeats, weeks)."""
    repeats, weeks = groups.shape
    squares = {m: np.zeros((repeats, weeks)) for m in MODELS}
    absolute = {m: np.zeros((repeats, weeks)) for m in MODELS}
    for repeat in range(repeats):
        for model, predicted in predictions(series, fits, groups[repeat]).items():
            left = np.nan_to_num(series.flux - predicted)
            squares[model][repeat] = np.bincount(series.week, left**2, weeks)
            absolute[model][repeat] = np.bincount(series.week, np.abs(left), weeks)
    return Errors(squares, absolute, np.bincount(series.week, minlength=weeks).astype(float))


def compare(found: Errors, model: str, rival: str, rng: np.random.Generator, confidence: float) -> dict[str, float]:
    """RMSE of `model` minus that of `rival`: difference, low, high, the same in percent of the rival, and the share
    of repeats in which the model was better. Interval: percentiles over resampled weeks.
    """
    one, two = (found.squares[m].mean(axis=0) for m in (model, rival))
    counts = rng.multinomial(len(one), np.full(len(one), 1 / len(one)), RESAMPLES).astype(float)
    n = np.maximum(counts @ found.n, 1.0)
    ours, theirs = np.sqrt(counts @ one / n), np.sqrt(counts @ two / n)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(ours - theirs, tails)
    percent = np.quantile(100 * (ours / np.maximum(theirs, 1e-300) - 1), tails)
    rmse = found.rmse(model), found.rmse(rival)
    wins = found.squares[model].sum(axis=1) < found.squares[rival].sum(axis=1)
    return {
        "difference": rmse[0] - rmse[1],
        "low": float(low),
        "high": float(high),
        "percent": 100 * (rmse[0] / rmse[1] - 1) if rmse[1] else 0.0,
        "percent_low": float(percent[0]),
        "percent_high": float(percent[1]),
        "wins": float(wins.mean()),
    }


def verdict(found: dict[str, float], model: str, rival: str) -> str:
    """`model` where it is better for certain and by WORTH or more, `rival` where for certain the model gains less than
    WORTH, else "undecided".
    """
    if found["high"] < 0 and found["percent"] <= -WORTH:
        return model
    return rival if found["percent_low"] > -WORTH else "undecided"
