"""What an intervention is, and how amounts are laid over monthly series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter
from halosink.model.process import Values

Amounts = Mapping[str, Any]
"""Options and effects of an intervention by name."""


class World(NamedTuple):
    """What comes into a run: monthly forcing, site, parameters."""

    forcing: Forcing
    site: Site
    parameters: Values


@dataclass(frozen=True, slots=True)
class Intervention:
    """One thing that people do.

    options: what a user sets, with default and range. effects: uncertain, with priors; apart from the parameters of
    processes. change(world, amounts) -> world. evidence: rows of the evidence table on what was measured where it was
    done, to compare with and not used as inputs unless `about` says so. sources: keys of the bibliography.
    """

    name: str
    label: Text
    about: Text
    options: tuple[Parameter, ...]
    change: Callable[[World, Amounts], World]
    effects: tuple[Parameter, ...] = ()
    evidence: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("own_choice",)

    def applied(self, world: World, amounts: Amounts) -> World:
        """The changed world. Raises KeyError for an unknown option, ValueError for an amount out of its range."""
        known = {p.name: p for p in self.options}
        unknown = sorted(set(amounts) - set(known))
        if unknown:
            raise KeyError(f"{self.name} has no option {', '.join(unknown)}; known: {', '.join(known)}")
        for name, amount in amounts.items():
            option = known[name]
            values = np.asarray(amount, dtype=np.float64)
            if not np.all((values >= option.low) & (values <= option.high)):
                raise ValueError(f"{self.name}: {name} must lie in {option.low:g} to {option.high:g} {option.unit}")
        chosen = {p.name: p.value for p in self.options} | dict(amounts)
        drawn = {p.name: world.parameters.get(p.name, p.value) for p in self.effects}
        return self.change(world, chosen | drawn)


def option(name: str, value: float, unit: str, low: float, high: float, label: Text, about: Text) -> Parameter:
    """An option: a number that a user sets, own choice of its default unless `about` names where it is from."""
    return Parameter(name, value, unit, low, high, "fixed", value, 0.0, label, about, "own_choice")


START = option(
    "start",
    0,
    "month",
    0,
    12000,
    Text("First month", "起始月"),
    Text("Months after the first of the run.", "自模拟首月起算的月数。"),
)


def every(value: float) -> Parameter:
    """Months between applications."""
    return option(
        "every",
        value,
        "month",
        0,
        1200,
        Text("Months between applications", "施用间隔月数"),
        Text("12 once a year, 0 only once.", "12 为每年一次，0 为仅一次。"),
    )


def on_months(months: int, amounts: Amounts) -> Array:
    """(months,): 1 in the months of application, from `start` each `every` months, once where that is 0."""
    start, step = int(amounts["start"]), int(amounts["every"])
    at = np.arange(months)
    hit = (at == start) if step == 0 else (at >= start) & ((at - start) % step == 0)
    return jnp.asarray(hit.astype(np.float64))


def from_start(months: int, amounts: Amounts) -> Array:
    """(months,): 1 from `start` on, 0 before."""
    return jnp.asarray((np.arange(months) >= int(amounts["start"])).astype(np.float64))


def laid(series: Array, mask: Array, amount: Any) -> tuple[Array, Array, Array]:
    """Series, mask and amount as arrays that fit each other: (months,) if none has lanes, else (months, 1 or lanes)."""
    series, amount = jnp.asarray(series), jnp.asarray(amount)
    if series.ndim == 1 and amount.ndim == 0:
        return series, mask, amount
    wide = series if series.ndim > 1 else series[:, None]
    return wide, mask[:, None], amount


def added(series: Array, mask: Array, amount: Any) -> Array:
    """Series plus an amount in the months of the mask."""
    one, where, more = laid(series, mask, amount)
    return one + where * more


def scaled(series: Array, mask: Array, factor: Any) -> Array:
    """Series times a factor in the months of the mask."""
    one, where, times = laid(series, mask, factor)
    return one * (1.0 + where * (times - 1.0))


def months_of(world: World) -> int:
    return int(jnp.asarray(world.forcing.temperature).shape[0])
