"""Change of stocks between two dates, from the sampling design, with the smallest change that could have been seen.

Stocks differ between plots; that scatter, with each plot's own measurement error in it, gives the standard error as the
design gives it (cochran1977). What a laboratory or a pedotransfer function does to all plots alike does not show in the
scatter: it is taken from the draws and added.

paired      d_i = after_i - before_i; mean and standard error of d_i
unpaired    difference of two means; variances not pooled, degrees of freedom of Satterthwaite (welch1947)
blocks      the same within each block, blocks weighted by their number of plots; Satterthwaite over blocks
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Array = NDArray[np.float64]

POWER = 0.8
"""Chance with which a change of the detectable size is seen. Own choice: the usual one."""


STOCK_COLUMNS = ("soil_organic_carbon_stock", "soil_inorganic_carbon_stock")


@dataclass(frozen=True, slots=True)
class Change:
    """Mean change in the unit of the stocks; `draws` (k,) of it.

    sampling_error: standard error from plots; shared_error: from what plots share; low, high: 95 % interval;
    detectable: smallest true change seen with probability POWER at the same design; design: "paired", "unpaired",
    "paired in blocks" or "unpaired in blocks"; units: plots before and after.
    """

    estimate: float
    sampling_error: float
    shared_error: float
    df: float
    low: float
    high: float
    detectable: float
    p_value: float
    design: str
    units: tuple[int, int]
    draws: Array


def stock_change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    paired: bool = False,
    blocks_before: ArrayLike | None = None,
    blocks_after: ArrayLike | None = None,
    draws_before: Array | None = None,
    draws_after: Array | None = None,
    seed: int = 0,
    alpha: float = 0.05,
    power: float = POWER,
) -> Change:
    """Change of the mean stock.

    before, after: (n,), (m,) stocks of the plots; paired: n = m, in the same order. blocks_*: (n,), (m,) names of
    blocks (strata); every block needs two plots, or two pairs, at least. draws_*: (n, k), (m, k) draws of the stocks,
    the k-th of both made with the same shared deviations (as carbon_stocks gives them in one call).
    Interval: estimate +- t (sampling_error^2 + shared_error^2)^(1/2), degrees of freedom of the sum by Satterthwaite,
    the shared part counting as known. detectable = (t_(1 - alpha/2) + t_power) * standard error (zar2010).
    ValueError where a mean or an error has too few plots. Sources: cochran1977, welch1947.
    """
    x, y = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if paired and len(x) != len(y):
        raise ValueError("pairs need as many plots after as before")
    block_x = np.zeros(len(x), dtype=np.intp) if blocks_before is None else np.asarray(blocks_before)
    block_y = block_x if paired else (np.zeros(len(y), dtype=np.intp) if blocks_after is None else blocks_after)
    block_y = np.asarray(block_y)
    if paired:
        there = np.isfinite(x) & np.isfinite(y)
        weights_y, variance, df = _mean_of(y[there] - x[there], block_x[there])
        weights_x = weights_y
        keep_x = keep_y = there
    else:
        keep_x, keep_y = np.isfinite(x), np.isfinite(y)
        if set(block_x[keep_x]) != set(block_y[keep_y]):
            raise ValueError("a block has plots at one date only")
        share = _shares(np.concatenate([block_x[keep_x], block_y[keep_y]]))
        weights_x, var_x, df_x = _mean_of(x[keep_x], block_x[keep_x], share)
        weights_y, var_y, df_y = _mean_of(y[keep_y], block_y[keep_y], share)
        variance = var_x + var_y
        df = variance**2 / (var_x**2 / df_x + var_y**2 / df_y) if variance > 0 else df_x + df_y
    estimate = float(weights_y @ y[keep_y] - weights_x @ x[keep_x])
    shared = _shared(draws_before, draws_after, keep_x, keep_y, weights_x, weights_y)
    total = variance + shared
    error = float(np.sqrt(total))
    freedom = df if shared == 0 or variance == 0 else df * (total / variance) ** 2
    freedom = min(freedom, 1e6)
    t = float(stats.t.ppf(1 - alpha / 2, freedom))
    size = max([d.shape[1] for d in (draws_before, draws_after) if d is not None], default=1000)
    rng = np.random.default_rng([seed, 1977])
    several = (blocks_before is not None) and len(set(block_x)) > 1
    design = ("paired" if paired else "unpaired") + (" in blocks" if several else "")
    return Change(
        estimate=estimate,
        sampling_error=float(np.sqrt(variance)),
        shared_error=float(np.sqrt(shared)),
        df=float(freedom),
        low=estimate - t * error,
        high=estimate + t * error,
        detectable=float((t + stats.t.ppf(power, freedom)) * error),
        p_value=float(2 * stats.t.sf(abs(estimate) / error, freedom)) if error > 0 else float("nan"),
        design=design,
        units=(int(keep_x.sum()), int(keep_y.sum())),
        draws=estimate + error * rng.standard_t(freedom, size),
    )


def _shares(blocks: NDArray[np.generic]) -> dict[object, float]:
    names, count = np.unique(blocks, return_counts=True)
    return dict(zip(names.tolist(), (count / count.sum()).tolist(), strict=True))


def _mean_of(
    values: Array, blocks: NDArray[np.generic], share: dict[object, float] | None = None
) -> tuple[Array, float, float]:
    """Weights of the stratified mean, its variance and degrees of freedom."""
    share = share or _shares(blocks)
    weights, parts, freedoms = np.zeros(len(values)), [], []
    for name, w in share.items():
        rows = np.flatnonzero(blocks == name)
        if len(rows) < 2:
            raise ValueError(f"block {name}: two plots at least are needed, there are {len(rows)}")
        weights[rows] = w / len(rows)
        parts.append(w**2 * float(values[rows].var(ddof=1)) / len(rows))
        freedoms.append(len(rows) - 1)
    total = float(sum(parts))
    spread = sum(p**2 / f for p, f in zip(parts, freedoms, strict=True))
    return weights, total, total**2 / spread if spread > 0 else float(sum(freedoms))


def _shared(
    draws_x: Array | None, draws_y: Array | None, keep_x: Array, keep_y: Array, weights_x: Array, weights_y: Array
) -> float:
    """Variance of the change that plots share: that of its draws less what independent plots would give."""
    if draws_x is None or draws_y is None:
        return 0.0
    a, b = draws_x[keep_x], draws_y[keep_y]
    mean = weights_y @ b - weights_x @ a
    if len(weights_x) == len(weights_y) and np.array_equal(keep_x, keep_y) and np.array_equal(weights_x, weights_y):
        alone = float((weights_y**2) @ (b - a).var(axis=1, ddof=1))
    else:
        alone = float((weights_y**2) @ b.var(axis=1, ddof=1) + (weights_x**2) @ a.var(axis=1, ddof=1))
    scale = 1 / (1 - float(np.sum(weights_y**2))) if len(weights_y) > 1 else 1.0
    return max(0.0, (float(mean.var(ddof=1)) - alone) * scale)


def change_table(
    stocks: pd.DataFrame, draws: Array | None, *, when: str, before: object, after: object, unit: str = "plot",
    block: str | None = None, paired: bool | None = None, within: str = "depth_bottom", seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Change at each depth (or reference mass) of a table of carbon_stocks.

    stocks: its table with the index it came with; draws: its draws or None; when: column of the date, with the two
    values `before` and `after`; unit: column that names the plot, whose profiles are averaged; paired: None takes pairs
    if the same plots stand at both dates, three at least. Columns: `within`, estimate, sampling_error, shared_error,
    df, low, high, detectable, p_value, design, units_before, units_after, before, after (means), reason ("",
    too_few_plots, blocks_differ).
    """
    name = next(n for n in STOCK_COLUMNS if n in stocks)
    stocks = stocks.rename(columns={name: "stock"})
    rows = []
    for level, part in stocks.groupby(within, sort=True):
        whole = part[np.isfinite(part["stock"])]
        sides = [whole[whole[when] == value] for value in (before, after)]
        means = [_plots(side, draws, unit, block) for side in sides]
        both = [p for p in means[0][0].index if p in set(means[1][0].index)]
        pairs = len(both) >= 3 if paired is None else paired
        if pairs:
            means = [(m.loc[both], None if d is None else d[m.index.get_indexer(pd.Index(both))]) for m, d in means]
        (first, draws_x), (second, draws_y) = means
        base: dict[str, object] = {within: level, "units_before": len(first), "units_after": len(second)}
        base["before"], base["after"] = first["stock"].mean(), second["stock"].mean()
        if block and not pairs and set(first["block"]) != set(second["block"]):
            rows.append(base | {"reason": "blocks_differ"})
            continue
        try:
            found = stock_change(
                first["stock"].to_numpy(float), second["stock"].to_numpy(float), paired=pairs,
                blocks_before=first["block"].to_numpy() if block else None,
                blocks_after=second["block"].to_numpy() if block else None,
                draws_before=draws_x, draws_after=draws_y, seed=seed,
            )  # fmt: skip
        except ValueError:
            rows.append(base | {"reason": "too_few_plots"})
            continue
        names = ("estimate", "sampling_error", "shared_error", "df", "low", "high", "detectable", "p_value", "design")
        rows.append(base | {n: getattr(found, n) for n in names} | {"reason": ""})
    return pd.DataFrame(rows)


def _plots(part: pd.DataFrame, draws: Array | None, unit: str, block: str | None) -> tuple[pd.DataFrame, Array | None]:
    """Mean stock of each plot and its draws."""
    if part.empty:
        return pd.DataFrame({"stock": [], "block": []}), None
    grouped = part.groupby(unit, sort=True)
    table = pd.DataFrame({"stock": grouped["stock"].mean()})
    table["block"] = grouped[block].first() if block else ""
    if draws is None:
        return table, None
    place = {name: np.asarray(rows, dtype=np.intp) for name, rows in grouped.groups.items()}
    return table, np.array([draws[place[name]].mean(axis=0) for name in table.index])
