"""Transfers of carbon, water and salt between stocks, applied in one place so that nothing is made or lost.

A flow leaves one stock and enters another, or comes from or goes to the outside. Leaving flows are rates k_i [month-1]
that compete for what is there: together they take X (1 - exp(-dt sum k)), each its share k_i / sum k. So no stock goes
below zero, whatever the rates, and what one stock loses others gain. Inflows from outside are amounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from halosink.model.arrays import Array, jax, jnp

Stocks = Mapping[str, Array]
"""{name: (layers, lanes) in the soil, or (lanes,) above ground}; carbon and salt [g m-2], water [mm]."""

OUTSIDE = frozenset({"air", "sky", "brought", "taken", "below", "rock"})
"""Where flows may come from and go to beside stocks: CO2 and photosynthesis (air), rain, evaporation (sky), what people
bring and take, ground below the last layer, minerals outside the budget."""


class Flow(NamedTuple):
    """One transfer.

    process: what does it. source, target: names of stocks or of OUTSIDE. rate: [month-1], of a source that is a
    stock, (layers, lanes) or (lanes,) like it; from a stock above ground into the soil (layers, lanes), a rate for each
    layer. amount: per month, of a source outside; of a stock where the process vouches that it is there, counting what
    comes in during the month (water on its way down). shift: 1 puts what leaves a layer into the next one down, -1 up;
    what leaves the last layer downward goes to `over`, as does what leaves the first upward.
    """

    process: str
    source: str
    target: str
    rate: Array | None = None
    amount: Array | None = None
    shift: int = 0
    over: str = "below"


@partial(
    jax.tree_util.register_dataclass,
    data_fields=("total", "left"),
    meta_fields=("process", "source", "target", "over"),
)
@dataclass(frozen=True, slots=True)
class Moved:
    """What a flow carried: total of its layers (lanes,), and the part that left for `over`."""

    process: str
    source: str
    target: str
    total: Array
    over: str
    left: Array | None


def apply(stocks: Stocks, flows: Sequence[Flow], dt: float = 1.0) -> tuple[dict[str, Array], list[Moved]]:
    """Stocks after all flows at once, and what each flow carried.

    dt: months. Raises KeyError for a flow from or to a name that is neither a stock nor outside.
    """
    unknown = {n for f in flows for n in (f.source, f.target, f.over) if n not in stocks and n not in OUTSIDE}
    if unknown:
        raise KeyError(f"no stock and not outside: {', '.join(sorted(unknown))}")
    rates = _rates(stocks, flows)
    share = {name: _per_rate(total, dt) for name, total in rates.items()}
    after = dict(stocks) | {name: stocks[name] * jnp.exp(-total * dt) for name, total in rates.items()}
    moved = []
    for flow in flows:
        carried = _carried(stocks, share, flow, dt)
        if flow.source in after and flow.amount is not None:
            after[flow.source] = after[flow.source] - _like(carried, stocks[flow.source])
        inside, left = _shifted(carried, flow.shift)
        if flow.target in after:
            after[flow.target] = after[flow.target] + _like(inside, stocks[flow.target])
        if left is not None and flow.over in after:
            after[flow.over] = after[flow.over] + _like(left, stocks[flow.over])
        moved.append(
            Moved(flow.process, flow.source, flow.target, _total(inside), flow.over, None if left is None else left)
        )
    return after, moved


def _rates(stocks: Stocks, flows: Sequence[Flow]) -> dict[str, Array]:
    """{source: sum of the rates out of it}."""
    sums: dict[str, Array] = {}
    for flow in flows:
        if flow.source not in stocks or flow.amount is not None:
            continue
        if flow.rate is None:
            raise ValueError(f"{flow.process}: a flow out of {flow.source} needs a rate or an amount")
        rate = flow.rate
        if rate.ndim > stocks[flow.source].ndim:
            rate = rate.sum(axis=0)
        sums[flow.source] = sums.get(flow.source, jnp.zeros(())) + rate
    return sums


def _per_rate(total: Array, dt: float) -> Array:
    """(1 - exp(-K dt)) / K, dt where K is 0."""
    safe = jnp.where(total > 0, total, 1.0)
    return jnp.where(total > 0, -jnp.expm1(-safe * dt) / safe, dt)


def _carried(stocks: Stocks, share: Mapping[str, Array], flow: Flow, dt: float) -> Array:
    if flow.amount is not None:
        return flow.amount * dt
    if flow.rate is None or flow.source not in stocks:
        raise ValueError(f"{flow.process}: a flow from {flow.source} needs an amount")
    return stocks[flow.source] * share[flow.source] * flow.rate


def _shifted(carried: Array, shift: int) -> tuple[Array, Array | None]:
    if not shift:
        return carried, None
    empty = jnp.zeros_like(carried[:1])
    if shift == 1:
        return jnp.concatenate([empty, carried[:-1]]), carried[-1]
    return jnp.concatenate([carried[1:], empty]), carried[0]


def _like(carried: Array, stock: Array) -> Array:
    """Summed over layers where the stock has none."""
    return carried.sum(axis=0) if carried.ndim > stock.ndim else carried


def _total(carried: Array) -> Array:
    return carried.sum(axis=0) if carried.ndim > 1 else carried
