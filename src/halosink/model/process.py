"""A process: the conditions it sets for others, and the flows it drives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from halosink.contracts import Text
from halosink.model.arrays import Array
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import Parameter

Conditions = Mapping[str, Array]
"""What earlier processes of the month set: {name: (layers, lanes) or (lanes,)}, such as osmotic_potential."""
Values = Mapping[str, Any]
"""Parameters by name, scalars or (lanes,)."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process in one file.

    conditions(stocks, set so far, forcing of the month, site, parameters) -> {name: value} for those after it.
    flows(the same) -> flows of the month; those of one `turn` are applied together and compete, turns follow each
    other in the order of the tier. needs: names of conditions it reads, so that a tier can be checked before it runs.
    Either function may be absent.
    """

    name: str
    turn: str
    label: Text
    about: Text
    parameters: tuple[Parameter, ...] = ()
    conditions: Callable[[Stocks, Conditions, Forcing, Site, Values], dict[str, Array]] | None = None
    flows: Callable[[Stocks, Conditions, Forcing, Site, Values], Sequence[Flow]] | None = None
    sets: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
