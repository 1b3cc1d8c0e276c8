"""A random forest bagged over plots, with out-of-bag predictions that no row of the same plot has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeRegressor

Array = NDArray[np.float64]

TREES = 300
"""Own choice: the more the better, against seconds per fit."""
LEAF = 5
SHARE = 1 / 3
"""Least rows of a leaf, and share of covariates tried at each split. Own choice: usual for regression."""
LEAST_SPREAD = 0.2
"""Least local spread as a share of the overall one. Own choice: leaves of few rows can be alike by chance."""


@dataclass(frozen=True, slots=True)
class Forest:
    """trees; per tree the mean squared out-of-bag residual of each leaf; importance (p,) sums to 1.

    out_of_bag (n,): prediction of each training row by the trees whose bag has none of its plot's rows;
    spread (n,): the local spread of a training row by the same trees.
    """

    trees: tuple[DecisionTreeRegressor, ...]
    leaves: tuple[Array, ...]
    importance: Array
    out_of_bag: Array
    spread: Array
    floor: float


def grow(covariates: Array, values: Array, plots: NDArray[Any], seed: int, trees: int = TREES) -> Forest:
    """covariates (n, p), values (n,), plots (n,): bags are drawn of plots, not of rows.

    Bagging of rows would put horizons of one pedon in and out of the same bag: out-of-bag errors would then be too
    small (breiman2001 assumes independent rows). The same seed gives the same forest.
    """
    x = np.ascontiguousarray(covariates, dtype=np.float32)
    names, code = np.unique(plots, return_inverse=True)
    rng = np.random.default_rng(np.random.SeedSequence([seed, 7]))
    grown, places, outs = [], [], []
    total, count = np.zeros(len(values)), np.zeros(len(values))
    for _ in range(trees):
        drawn = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[code]
        tree = DecisionTreeRegressor(min_samples_leaf=LEAF, max_features=SHARE, random_state=int(rng.integers(2**31)))
        inside = drawn > 0
        tree.fit(x[inside], values[inside], sample_weight=drawn[inside].astype(float))
        place = tree.tree_.apply(x)
        total += np.where(inside, 0.0, tree.tree_.value[place, 0, 0])
        count += ~inside
        grown.append(tree)
        places.append(place.astype(np.int32))
        outs.append(~inside)
    out_of_bag = np.where(count > 0, total / np.maximum(count, 1), np.average(values))
    square = (values - out_of_bag) ** 2
    overall = float(square.mean())
    leaves = []
    spread = np.zeros(len(values))
    for tree, place, out in zip(grown, places, outs, strict=True):
        nodes = tree.tree_.node_count
        rows = np.bincount(place, minlength=nodes)
        leaf = np.bincount(place, square, nodes) / np.maximum(rows, 1)
        leaves.append(leaf)
        spread += np.where(out, leaf[place], 0.0)
    floor = LEAST_SPREAD * float(np.sqrt(overall))
    local = np.sqrt(np.where(count > 0, spread / np.maximum(count, 1), overall))
    importance = np.mean([t.feature_importances_ for t in grown], axis=0)
    importance = importance / importance.sum() if importance.sum() > 0 else np.full(x.shape[1], 1 / x.shape[1])
    return Forest(tuple(grown), tuple(leaves), importance, out_of_bag, np.maximum(local, floor), floor)


def forest_mean(forest: Forest, covariates: Array) -> tuple[Array, Array]:
    """Mean of the trees and local spread at covariates (m, p): the root of the mean squared out-of-bag residual of the
    training rows that share leaves with a place, the weights of meinshausen2006. NaN where a covariate is NaN."""
    mean, square = np.full(len(covariates), np.nan), np.full(len(covariates), np.nan)
    usable = np.isfinite(covariates).all(axis=1)
    x = np.ascontiguousarray(covariates[usable], dtype=np.float32)
    if len(x):
        m, s = np.zeros(len(x)), np.zeros(len(x))
        for tree, leaf in zip(forest.trees, forest.leaves, strict=True):
            place = tree.tree_.apply(x)
            m += tree.tree_.value[place, 0, 0]
            s += leaf[place]
        mean[usable], square[usable] = m / len(forest.trees), s / len(forest.trees)
    return mean, np.maximum(np.sqrt(square), forest.floor)
