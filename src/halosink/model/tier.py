"""The monthly tier: processes in turn on stocks of layers, month after month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from halosink.model.arrays import Array, jax, jnp
from halosink.model.compiling import again, once
from halosink.model.flows import Moved, Stocks, apply
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter
from halosink.model.process import Process, Values

TURNS = ("water", "salt", "exchange", "plant", "amendment", "carbon", "carbonate")
"""Order of the turns of a month; conditions of a turn's processes see the stocks after the turns before."""
SUBSTEPS = {"salt": 4}
"""Turns that are done in several equal parts of the month. Own choice for salt: water that passes carries it through
more than one layer."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Processes in the order in which their conditions follow each other.

    Raises ValueError for a process whose needs no earlier one sets, for two that share a name or a parameter with
    different records, and for an unknown turn.
    """

    processes: tuple[Process, ...]

    def __post_init__(self) -> None:
        wrong = [p.name for p in self.processes if p.turn not in TURNS]
        if wrong:
            raise ValueError(f"unknown turn: {', '.join(wrong)}; known: {', '.join(TURNS)}")
        names = [p.name for p in self.processes]
        if len(set(names)) < len(names):
            raise ValueError(f"processes of one name: {sorted({n for n in names if names.count(n) > 1})}")
        known: set[str] = set()
        for process in self.ordered():
            lacking = [n for n in process.needs if n not in known]
            if lacking:
                raise ValueError(f"{process.name} needs {', '.join(lacking)}, which no process before it sets")
            known |= set(process.sets)
        seen: dict[str, Parameter] = {}
        for parameter in (p for process in self.processes for p in process.parameters):
            if seen.setdefault(parameter.name, parameter) != parameter:
                raise ValueError(f"two parameters named {parameter.name}")

    def ordered(self) -> list[Process]:
        """By turn, then as given."""
        return [p for turn in TURNS for p in self.processes if p.turn == turn]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Each once, in order."""
        return tuple({p.name: p for process in self.ordered() for p in process.parameters}.values())

    def without(self, *names: str) -> Tier:
        """The tier without these processes; what needs them must go too."""
        return Tier(tuple(p for p in self.processes if p.name not in names))


class Month(NamedTuple):
    stocks: dict[str, Array]
    conditions: dict[str, Array]
    moved: list[Moved]


def month(tier: Tier, stocks: Stocks, now: Forcing, site: Site, parameters: Values) -> Month:
    """One month: each turn sets its conditions, gathers its flows and applies them."""
    held, conditions, moved = dict(stocks), dict[str, Array](), list[Moved]()
    for turn in TURNS:
        parts = SUBSTEPS.get(turn, 1)
        for _ in range(parts):
            here = [p for p in tier.processes if p.turn == turn]
            for process in here:
                conditions |= again(partial(_set, process, site), held, conditions, now, dict(parameters))
            work = partial(_applied, here, site, 1 / parts)
            held, carried = again(work, held, conditions, now, dict(parameters))
            moved += carried
    return Month(held, conditions, moved)


def _set(
    process: Process, site: Site, held: Stocks, conditions: Mapping[str, Array], now: Forcing, parameters: Values
) -> dict[str, Array]:
    if process.conditions is None:
        return {}
    found = process.conditions(held, conditions, now, site, parameters)
    return {name: once(value) for name, value in found.items()}


def _applied(
    here: Sequence[Process],
    site: Site,
    part: float,
    held: Stocks,
    conditions: Mapping[str, Array],
    now: Forcing,
    parameters: Values,
) -> tuple[dict[str, Array], list[Moved]]:
    flows = [f for p in here if p.flows is not None for f in p.flows(held, conditions, now, site, parameters)]
    after, carried = apply(held, flows, part)
    return {name: once(value) for name, value in after.items()}, carried


Kept = tuple[dict[str, Array], dict[str, Array], dict[str, Array]]


class Run(NamedTuple):
    """stocks: {name: (months, ...)} at the end of each month; conditions: those asked for, {name: (months, ...)};
    moved: {(process, source, target): (months, lanes)}, of flows that carry on past the last layer also
    (process, source, over)."""

    stocks: dict[str, Array]
    conditions: dict[str, Array]
    moved: dict[tuple[str, str, str], Array]


def run(
    tier: Tier,
    forcing: Forcing,
    site: Site,
    parameters: Values,
    stocks: Stocks,
    keep: Sequence[str] = (),
    every: int = 1,
) -> Run:
    """Months one after the other; jit-able and differentiable. keep: conditions whose course is kept.

    every: months of a stretch, such as 12; stocks and conditions are kept at the end of each and what moved is summed
    over it, so that `months` of Run counts stretches. Raises ValueError where months are no multiple of it.
    """
    months = forcing.temperature.shape[0]
    if months % every:
        raise ValueError(f"{months} months are no multiple of {every}")

    def one(held: Mapping[str, Array], now: Forcing) -> tuple[dict[str, Array], Kept]:
        after = month(tier, held, now, site, parameters)
        kept = {name: after.conditions[name] for name in keep}
        return after.stocks, (after.stocks, kept, ledger(after.moved))

    def stretch(held: dict[str, Array], nows: Forcing) -> tuple[dict[str, Array], Kept]:
        def add(state: tuple[dict[str, Array], Kept], now: Forcing) -> tuple[tuple[dict[str, Array], Kept], None]:
            after, (_, kept, moved) = one(state[0], now)
            total = {name: state[1][2][name] + value for name, value in moved.items()}
            return (after, (after, kept, total)), None

        first = jax.eval_shape(one, held, jax.tree.map(lambda x: x[0], nows))[1]
        empty: Kept = jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), first)
        (after, kept), _ = jax.lax.scan(jax.checkpoint(add), (held, empty), nows)
        return after, kept

    if every == 1:
        _, (held, conditions, moved) = jax.lax.scan(jax.checkpoint(one), dict(stocks), forcing)
    else:
        cut = Forcing(*(x.reshape(months // every, every, *x.shape[1:]) for x in forcing))
        _, (held, conditions, moved) = jax.lax.scan(stretch, dict(stocks), cut)
    return Run(held, conditions, {_key(name): value for name, value in moved.items()})


def ledger(moved: Sequence[Moved]) -> dict[str, Array]:
    """{"process>source>target": (lanes,)}; keys are text since JAX sorts them."""
    found: dict[str, Array] = {}
    for one in moved:
        inside = f"{one.process}>{one.source}>{one.target}"
        found[inside] = found.get(inside, jnp.zeros(())) + one.total
        if one.left is not None:
            over = f"{one.process}>{one.source}>{one.over}"
            found[over] = found.get(over, jnp.zeros(())) + one.left
    return found


def _key(name: str) -> tuple[str, str, str]:
    process, source, target = name.split(">")
    return process, source, target
