"""A forest of extremely randomised trees whose every part leaves out blocks of days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.eddy.filling.forest import features, sum_error
from halosink.eddy.filling.forest.sum_error import SumError
from halosink.eddy.steps import Steps

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
Matrix = NDArray[np.float32]
Predict = Callable[[Matrix], Array]

# own choices, by held-out gaps of 7 and 14 days (not those that were published): twice the trees, or leaves of 3 or 8,
# change the error by less than 1 %
TREES, LEAF, FEATURES = 10, 5, 0.6
HALVES = 2  # of the trees of a part, so that errors can be told from what few trees differ by
# own choice: the series is cut twice, into blocks of ten days, about the length of the gaps for which forests are used,
# and of 25 days, by which the error of a level shows itself; into shorter ones where that gives fewer blocks than
# these. Each fifth block goes to the same part, so that a block that is left out lies between four that are seen.
CUTS = ((10.0, 20), (25.0, 10))
PARTS = 5
# own choice: a forest of leaves of five needs some hundreds of records before it tells more than a mean
LEAST_RECORDS = 500
SPREAD_TREES, SPREAD_LEAF, LEAST_SPREAD = 10, 100, 0.1


@dataclass(frozen=True, slots=True)
class Forest:
    """Estimates of all n records of a tower, as far as its drivers go.

    estimate, sd: (n,) [unit of the flux], NaN throughout where there is a reason; sd is that of a single measured
    record around its estimate, when it lies in a gap of days. left_out: (n,) estimates of measured records by the trees
    that saw nothing of the days around them. lacking: (n,) records whose main drivers were all missing and stand for
    means of the same hour. missing: share of the records to fill, by driver, at which that driver was missing.
    reason: "" or why there is nothing: "forest_too_few_records", "forest_no_drivers".
    """

    field: str
    estimate: Array
    sd: Array
    left_out: Array
    lacking: Flags
    drivers: tuple[str, ...]
    missing: dict[str, float]
    records: int
    error: SumError
    error_lacking: SumError
    reason: str = ""

    def covariance(self, groups: Integers, number: int) -> Array:
        """(number, number) covariance of the errors of the sums of estimates over groups [unit^2].

        groups: (n,) the group (gap, month, year) of each filled record, -1 for records in none. Times the seconds of a
        step, and the mass of what flows, it is that of totals. Errors with and without drivers are taken as unrelated.
        """
        known = self.error.covariance(self.sd, np.where(self.lacking, -1, groups), number)
        if not (self.lacking & (groups >= 0)).any():
            return known
        return known + self.error_lacking.covariance(self.sd, np.where(self.lacking, groups, -1), number)

    def sum_sd(self, rows: Flags) -> float:
        """Standard deviation of the error of the sum of the estimates at these rows [unit of the flux]."""
        return float(np.sqrt(max(self.covariance(np.where(rows, 0, -1), 1)[0, 0], 0.0)))

    def interval(self, rows: Flags, confidence: float = 0.95) -> tuple[float, float]:
        """Between which the sum of the fluxes at these rows lies [unit of the flux]."""
        middle = float(self.estimate[rows].sum())
        wide = self.sum_sd(rows) * self.error.quantile(confidence)
        return middle - wide, middle + wide


def fill(
    table: pd.DataFrame, field: str, *, seed: int = 0, progress: Callable[[int, int], None] | None = None
) -> Forest:
    """Estimates of a flux at every step of a tower table, from its measured records (finite values).

    table: `time` on a regular grid and canonical columns; drivers may have holes. field: a flux ("nee", "ch4_flux",
    "latent_heat_flux", "sensible_heat_flux"). The same seed gives the same bytes. progress(done, of).

    The series is cut into blocks of ten days, and each fifth block makes a part; ten extremely randomised trees
    (geurts2006) are grown on all measured records but those of one part, for each part in turn. The same is done with
    blocks of 25 days. The estimate is the mean of all hundred trees. For a measured record the trees that saw nothing
    of its block tell how far an estimate in a gap is off, five of them at a time: products of the errors of one half
    and of the other are free of what few trees differ by. Those of a record with itself (blocks of ten days) give the
    sd by a second forest, those within blocks of both lengths the error of sums (sum_error). That a forest fills
    long gaps better than sampling of like conditions: kim2020, irvin2021; bias of the latter: vekuri2023.

    Raises KeyError: no such column. ValueError: times that are not regular (Steps.of).
    """
    steps = Steps.of(table["time"].to_numpy())
    flux = table[field].to_numpy(dtype=float, na_value=np.nan)
    flux = np.where(np.isfinite(flux), flux, np.nan)
    measured = np.isfinite(flux)
    found = features.drivers(table, field, steps)
    reason = ""
    if measured.sum() < LEAST_RECORDS:
        reason = "forest_too_few_records"
    elif not any(name in found.names for name in features.MAIN):
        reason = "forest_no_drivers"
    if reason:
        return _nothing(field, flux, found, reason, steps)
    seen = features.matrix(found, table, steps)
    cuts = blocks(measured, steps, seed)
    trees = _trees(seen, flux, [part for _, part in cuts], seed, progress)
    estimate, left_out = np.zeros(len(flux)), np.full((len(cuts), HALVES, len(flux)), np.nan)
    for c, (_, part) in enumerate(cuts):
        for k, halves in enumerate(trees[c]):
            for h, tree in enumerate(halves):
                value = tree(seen)
                estimate += value / (len(cuts) * PARTS * HALVES)
                left_out[c, h, part == k] = value[part == k]
    step = steps.seconds / 86_400
    errors = flux - left_out
    sd = spread(seen, errors[0], seed)
    error = sum_error.estimate([(e, block) for e, (block, _) in zip(errors, cuts, strict=True)], sd, step)
    lacking = found.lacking(len(flux))
    without = error
    if lacking.any():
        block, part = cuts[0]
        blind = flux - _blind(table, field, steps, trees[0], part)
        wider = np.maximum(spread(seen, blind, seed), sd)
        without = sum_error.estimate([(blind, block)], wider, step)
        sd = np.where(lacking, wider, sd)
    return Forest(
        field, estimate, sd, np.where(measured, left_out[0].mean(axis=0), np.nan), lacking, found.names,
        features.share_missing(found, ~measured, found.names), int(measured.sum()), error, without,
    )  # fmt: skip


def blocks(measured: Flags, steps: Steps, seed: int) -> list[tuple[Integers, Integers]]:
    """For each cut: (n,) block of each record and the part that it belongs to. The first block begins at random."""
    rows = np.flatnonzero(measured)
    span = (rows[-1] - rows[0] + 1) / steps.per_day
    rng = np.random.default_rng([seed, 1])
    out: list[tuple[Integers, Integers]] = []
    for days, fewest in CUTS:
        length = max(1, round(min(days, span / fewest) * steps.per_day))
        block = (np.arange(len(measured)) + rng.integers(length)) // length
        out.append((block, block % PARTS))
    return out


def _trees(
    seen: Matrix, flux: Array, cuts: list[Integers], seed: int, progress: Callable[[int, int], None] | None
) -> list[list[list[Predict]]]:
    from sklearn.ensemble import ExtraTreesRegressor

    measured = np.isfinite(flux)
    grown: list[list[list[Predict]]] = []
    for c, part in enumerate(cuts):
        grown.append([])
        for k in range(PARTS):
            rows = measured & (part != k)
            rows = rows if rows.any() else measured
            halves: list[Predict] = []
            for h in range(HALVES):
                state = _state(seed, (c * PARTS + k) * HALVES + h)
                trees = ExtraTreesRegressor(
                    TREES // HALVES, min_samples_leaf=LEAF, max_features=FEATURES, n_jobs=1, random_state=state
                )
                halves.append(trees.fit(seen[rows], flux[rows]).predict)
            grown[c].append(halves)
            if progress is not None:
                progress(c * PARTS + k + 1, len(cuts) * PARTS)
    return grown


def _state(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def spread(seen: Matrix, errors: Array, seed: int) -> Array:
    """(n,) sd of errors (2, n): root of the mean of the product of both in leaves of at least a hundred records.

    A tenth of the sd of all is the least (own choice: where products happen to sum to nothing).
    """
    from sklearn.ensemble import ExtraTreesRegressor

    product = errors[0] * errors[1]
    rows = np.isfinite(product)
    leaf = max(2, min(SPREAD_LEAF, int(rows.sum()) // 10))
    state = _state(seed, len(CUTS) * PARTS * HALVES)
    trees = ExtraTreesRegressor(
        SPREAD_TREES, min_samples_leaf=leaf, max_features=FEATURES, n_jobs=1, random_state=state
    )
    square = np.asarray(trees.fit(seen[rows], product[rows]).predict(seen), dtype=np.float64)
    return np.sqrt(np.maximum(square, max(0.0, float(product[rows].mean())) * LEAST_SPREAD**2))


def _blind(table: pd.DataFrame, field: str, steps: Steps, trees: list[list[Predict]], part: Integers) -> Array:
    """(2, n) estimates of each part by either half of the trees that did not see it, its drivers erased."""
    out = np.full((HALVES, len(table)), np.nan)
    for k, halves in enumerate(trees):
        rows = part == k
        if rows.any():
            seen = features.matrix(features.drivers(table, field, steps, erased=rows), table, steps)
            out[:, rows] = [tree(seen[rows]) for tree in halves]
    return out


def _nothing(field: str, flux: Array, found: features.Drivers, reason: str, steps: Steps) -> Forest:
    empty = np.full(len(flux), np.nan)
    none = SumError((0.0,) * len(sum_error.TIMES), 1, steps.seconds / 86_400)
    return Forest(
        field, empty, empty.copy(), empty.copy(), found.lacking(len(flux)), found.names, {},
        int(np.isfinite(flux).sum()), none, none, reason,
    )  # fmt: skip
