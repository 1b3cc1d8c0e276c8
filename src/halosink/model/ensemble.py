"""Prior-predictive runs: many draws of the parameters on many plots, in blocks that fit the cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.model.arrays import Array, jax, jnp
from halosink.model.compiling import FAST
from halosink.model.forcing import Forcing, Site
from halosink.model.monthly import MONTHLY, fixed, start
from halosink.model.parameters import draw
from halosink.model.process import Values
from halosink.model.tier import Run, Tier, run

BLOCK = 500
"""Lanes of one block. Own choice: stocks and conditions of a month stay in the cache."""
Summary = Callable[[Run, Site, Values], Mapping[str, Array]]
"""What is kept of a block: arrays whose last axis is lanes."""


def last_year(done: Run, site: Site, parameters: Values) -> dict[str, Array]:
    """Means of stocks over the last twelve months, {name: (layers, lanes) or (lanes,)}."""
    return {name: value[-12:].mean(axis=0) for name, value in done.stocks.items()}


def prior_predictive(
    forcing: Forcing,
    site: Site,
    draws: int,
    seed: int,
    *,
    measured: Mapping[str, Any] | None = None,
    stocks: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    tier: Tier = MONTHLY,
    summary: Summary = last_year,
    keep: Sequence[str] = (),
    block: int = BLOCK,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """{name: (..., draws, plots)} of `summary` for each draw of the priors on each plot, without any calibration.

    Plots are the lanes of forcing (months, plots), site and measured (..., plots); what has one lane holds for all.
    stocks: to start from, (layers, plots) or (plots,); else monthly.start of `measured`. values: parameters to hold
    instead of drawing, numbers or (plots,), (layers, plots). keep: conditions that `summary` needs. One draw is the
    same for all plots. progress(lanes done, lanes in all) after each block. Compiled once.
    Raises ValueError where plots do not agree.
    """
    given = {**(fixed(measured) if "reference_esp" in {p.name for p in tier.parameters} else {}), **(values or {})}
    start_from = dict(stocks) if stocks is not None else start(site, measured, _plots(forcing, site, measured))
    world = (forcing, site, {n: jnp.asarray(v) for n, v in given.items()}, start_from)
    plots = _plots(*world)
    drawn = draw([p for p in tier.parameters if p.name not in given], draws, seed)

    def work(forcing: Forcing, site: Site, parameters: Values, first: Mapping[str, Array]) -> Mapping[str, Array]:
        return summary(run(tier, forcing, site, parameters, first, keep), site, parameters)

    compiled = jax.jit(work, compiler_options=FAST if jax.default_backend() == "cpu" else None)
    lanes, size = draws * plots, min(block, draws * plots)
    found: list[Mapping[str, Any]] = []
    for begin in range(0, lanes, size):
        at = np.minimum(np.arange(begin, begin + size), lanes - 1)
        here, values_here = at % plots, {n: jnp.asarray(v[at // plots]) for n, v in drawn.items()}
        series = Forcing(*(_taken(v, here, plots, 1) for v in forcing))
        ground = Site(*(_taken(v, here, plots, 0) for v in site))
        held = {n: _taken(v, here, plots, 0) for n, v in world[2].items()}
        first = {n: jnp.broadcast_to(v, (*v.shape[:-1], plots))[..., here] for n, v in start_from.items()}
        got = compiled(series, ground, {**values_here, **held}, first)
        count = min(size, lanes - begin)
        found.append({n: np.asarray(v)[..., :count] for n, v in got.items()})
        if progress is not None:
            progress(begin + count, lanes)
    joined = {n: np.concatenate([one[n] for one in found], axis=-1) for n in found[0]}
    return {n: v.reshape(*v.shape[:-1], draws, plots) for n, v in joined.items()}


def quantiles(values: NDArray[np.float64], at: Sequence[float] = (0.05, 0.5, 0.95)) -> NDArray[np.float64]:
    """(quantiles, ..., plots) over the draws of what prior_predictive gave."""
    found: NDArray[np.float64] = np.quantile(values, at, axis=-2)
    return found


def _plots(*parts: Any) -> int:
    """Lanes of series, site and stocks together. Raises ValueError where they differ."""
    lanes = set()
    for part in parts:
        forced = isinstance(part, Forcing)
        for value in part.values() if isinstance(part, Mapping) else (part or ()):
            shape = np.shape(value)
            if len(shape) > (1 if forced else 0) and shape[-1] > 1:
                lanes.add(shape[-1])
    if len(lanes) > 1:
        raise ValueError(f"plots do not agree: {', '.join(map(str, sorted(lanes)))} lanes")
    return lanes.pop() if lanes else 1


def _taken(value: Any, here: NDArray[np.intp], plots: int, free: int) -> Array:
    """Lanes of a block; `free`: leading axes that a value may have without lanes."""
    array = jnp.asarray(value)
    if array.ndim <= free or array.shape[-1] != plots or plots == 1:
        return array
    return array[..., here]
