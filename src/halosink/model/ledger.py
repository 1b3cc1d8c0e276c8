"""Mechanism ledger: where carbon, water and salt went, how long stocks hold them, and what salt does by which way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from halosink.model.arrays import Array, jax, jnp
from halosink.model.flows import Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.monthly import CARBON, MONTHLY
from halosink.model.process import Values
from halosink.model.tier import Run, Tier, run

KINDS: Mapping[str, tuple[str, ...]] = {
    "carbon": (*CARBON, "carbonate"),
    "water": ("water",),
    "salt": ("salt", "shoot_salt", "gypsum"),
    "sodium": ("sodium", "exchangeable_sodium", "shoot_sodium"),
}
"""What is kept, and the stocks it is in; gypsum counts as the charge it dissolves to."""
ORGANIC = ("pom", "aggregate", "doc", "microbes", "maom", "biochar_labile", "biochar")
"""Carbon of the soil that a measurement of SOC finds; roots are picked out."""


class Entry(NamedTuple):
    """amount (lanes,): carried over the whole run, [g C m-2], [mm] or [molc m-2]."""

    kind: str
    process: str
    source: str
    target: str
    amount: Array


def entries(done: Run) -> list[Entry]:
    """All that was carried, by process, source and target. What passes by without entering a stock has the kind of the
    process: `carbon` for carbonate carried out with carbon of the air, "water" for runoff, "salt" for salt that water
    carries through at once."""
    passing = {"carbonate": "carbon", "water": "water", "salt": "salt"}
    found = []
    for (process, source, target), carried in done.moved.items():
        kind = next((k for k, names in KINDS.items() if source in names or target in names), passing.get(process))
        if kind is not None:
            found.append(Entry(kind, process, source, target, carried.sum(axis=0)))
    return found


def profile(stock: Array) -> Array:
    """Of all layers together: (months, lanes) of (months, layers, lanes), or as it is above ground."""
    return stock.sum(axis=1) if stock.ndim > 2 else stock


def closure(done: Run, before: Stocks) -> dict[str, Array]:
    """{kind: what the run made from nothing, relative to stock plus throughput} (lanes,): rounding, if all is well.

    before: stocks the run began with.
    """
    found = {}
    for kind, names in KINDS.items():
        held = [n for n in names if n in before]
        if not held:
            continue
        last = sum(_whole(done.stocks[n][-1]) for n in held)
        first = sum(_whole(before[n]) for n in held)
        change, through = last - first, first + last
        for _, _, source, target, amount in (e for e in entries(done) if e.kind == kind):
            gained = (target in held) * 1.0 - (source in held) * 1.0
            change = change - gained * amount
            through = through + jnp.abs(amount) * (gained != 0.0)
        found[kind] = jnp.abs(change) / jnp.where(through > 0, through, 1.0)
    return found


def closure_by_month(done: Run) -> dict[str, Array]:
    """{kind: most that any month after the first made from nothing, relative to stock plus throughput} (lanes,)."""
    found = {}
    for kind, names in KINDS.items():
        there = [profile(done.stocks[n]) for n in names if n in done.stocks]
        if not there:
            continue
        held = sum(there[1:], there[0])
        off, through = held[1:] - held[:-1], held[1:] + held[:-1]
        for (_, source, target), carried in done.moved.items():
            gained = (target in names) * 1.0 - (source in names) * 1.0
            if gained:
                off, through = off - gained * carried[1:], through + jnp.abs(carried[1:])
        found[kind] = (jnp.abs(off) / jnp.where(through > 0, through, 1.0)).max(axis=0)
    return found


def _whole(stock: Array) -> Array:
    return stock.sum(axis=0) if stock.ndim > 1 else stock


def residence(done: Run) -> dict[str, Array]:
    """{stock of carbon: mean stock over what leaves it} [yr] (lanes,), infinite where nothing leaves.

    What goes from layer to layer does not leave; carbon that returns (maom to doc to maom) leaves each time.
    """
    years = next(iter(done.stocks.values())).shape[0] / 12.0
    found = {}
    for name in KINDS["carbon"]:
        if name not in done.stocks:
            continue
        out = sum((e.amount for e in entries(done) if e.source == name and e.target != name), jnp.zeros(()))
        held = profile(done.stocks[name]).mean(axis=0)
        found[name] = jnp.where(out > 0, held * years / jnp.where(out > 0, out, 1.0), jnp.inf)
    return found


def shares(done: Run) -> dict[str, Array]:
    """{pool: share of the soil organic carbon, mean of the run} (lanes,), and what keeps it: `bound` on minerals,
    `enclosed` in aggregates, `charred`, `free` in neither."""
    means = {n: profile(done.stocks[n]).mean(axis=0) for n in ORGANIC if n in done.stocks}
    total = sum(means.values(), jnp.zeros(()))
    parts = {n: v / total for n, v in means.items()}
    ways = {
        "bound": ("maom",),
        "enclosed": ("aggregate",),
        "charred": ("biochar_labile", "biochar"),
        "free": ("pom", "doc", "microbes"),
    }
    return parts | {way: sum((parts[n] for n in names if n in parts), jnp.zeros(())) for way, names in ways.items()}


def organic(stocks: Mapping[str, Array], names: Sequence[str] = ORGANIC) -> Array:
    """Soil organic carbon of each layer [g C m-2], in the shape of the stocks."""
    return sum((stocks[n] for n in names if n in stocks), jnp.zeros(()))


class SaltResponse(NamedTuple):
    """Change of soil organic carbon of the profile at the end by salt [g C m-2] (lanes,): `whole`, and of it
    `less_input` by plants that grow less and `slower_decay` by microbes that work less. Each is the mean of its effect
    alone and beside the other, so that they add up to the whole; `together` is what both do beyond their sum."""

    whole: Array
    less_input: Array
    slower_decay: Array
    together: Array


SALT_SWITCHES: Mapping[str, Mapping[str, float]] = {
    "plants": {"plant_salt_response": 0.0, "osmotic_weight": 0.0},
    "decay": {"half_activity_potential": 1e9},
}
"""Parameters that cut the effect of salt: growth and uptake of water, and activity of microbes (with dormancy and
efficiency, which follow it). What sodium does to structure, sorption and pH stays in all runs."""


def salt_response(
    forcing: Forcing, site: Site, parameters: Values, stocks: Stocks, tier: Tier = MONTHLY
) -> SaltResponse:
    """Four runs from the same stocks: with salt, without its effect on plants, on decay, and on either."""

    def left(on: dict[str, Array]) -> Array:
        values: dict[str, Any] = dict(parameters)
        for way, switches in SALT_SWITCHES.items():
            values |= {n: jnp.where(on[way], parameters[n], cut) for n, cut in switches.items() if n in parameters}
        done = run(tier, forcing, site, values, stocks)
        return organic({n: v[-1] for n, v in done.stocks.items() if n in ORGANIC}).sum(axis=0)

    ways = {"plants": jnp.array([True, False, True, False]), "decay": jnp.array([True, True, False, False])}
    both, decay_only, input_only, none = jax.lax.map(left, ways)
    together = both - decay_only - input_only + none
    return SaltResponse(both - none, input_only - none + together / 2, decay_only - none + together / 2, together)
