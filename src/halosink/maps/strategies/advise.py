"""What to do on a patch: the measures of its pattern, then those of its land-use types in the order of need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.maps.strategies.catalogue import Goal, GoalProfile, goals, land_use_types, patterns

WEIGHT: dict[Goal, float] = {"boost": 3.0, "raise": 2.0, "maintain": 1.0, "none": 1.0}
"""Own choice: the order of the words of section 3.4; land the paper names no goal for counts as land to maintain."""
LEAST_SHARE = 0.01
"""Land below this share of a patch gets no measures of its own. Own choice: Tables 7 to 9 name smaller ones in print
only, and a measure for a hundredth of a patch would hide those for the rest."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One measure. order: 1 first. origin: the pattern (Table 10) or the land-use type (Table 6) it comes from, and its
    number; share: of the type in the patch (1 for the pattern); goal: of the type ("none" for the pattern)."""

    order: int
    origin: Literal["pattern", "type"]
    number: int
    name: Text
    share: float
    goal: Goal
    measure: Text


def advise_measures(
    pattern: int, composition: NDArray[np.integer] | NDArray[np.floating], codes: Sequence[int],
    profile: GoalProfile = "en", least_share: float = LEAST_SHARE,
) -> tuple[Advice, ...]:  # fmt: skip
    """Measures for one patch in the order of priority.

    pattern: 1..8, or 0 for none; composition: (codes,) areas, cells or shares of land use; profile: which half's goals
    (k11). First the measures of the pattern's strategy, then those of the types, ordered by the share of the type times
    the `WEIGHT` of its goal (of equals the lower code). Development land has no measures in the paper (k35).

    Raises ValueError: an unknown pattern or profile.
    """
    by_number = {p.number: p for p in patterns()}
    if pattern and pattern not in by_number:
        raise ValueError(f"pattern is {pattern}; known are {sorted(by_number)} and 0")
    total = float(np.sum(composition))
    shares = [
        float(np.sum(composition[np.asarray(codes) // 10 == n])) / total if total > 0 else 0.0 for n in range(1, 7)
    ]
    found: list[tuple[Literal["pattern", "type"], int, Text, float, Goal, Text]] = []
    if pattern:
        own = by_number[pattern]
        found += [("pattern", pattern, own.strategy, 1.0, "none", measure) for measure in own.measures]
    wanted = goals(profile)
    for land, share, goal in sorted(
        zip(land_use_types(), shares, wanted, strict=True), key=lambda row: (-row[1] * WEIGHT[row[2]], row[0].number)
    ):
        if share >= least_share:
            found += [("type", land.number, land.name, share, goal, measure) for measure in land.measures]
    return tuple(Advice(i, *rest) for i, rest in enumerate(found, 1))
