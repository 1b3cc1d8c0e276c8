"""Fluxes measured over the year beside what the model gives for the first year; nothing is fitted to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace

SECONDS = 365.25 * 86400.0
CARBON = 12.011
"""g mol-1."""
PAIRS: Mapping[str, tuple[str, float]] = {
    "nee": ("nee", 1e-6 * CARBON * SECONDS),
    "respiration": ("reco", 1e-6 * CARBON * SECONDS),
    "methane": ("ch4_flux", 1e-9 * CARBON * SECONDS),
}
"""{quantity of the model: field of the tables, g C m-2 in a year of one of its unit}. Reco holds what plants respire,
which the model, having net production, does not: it is an upper end of heterotrophic respiration."""
A_YEAR = 330
"""Readings of a class from which their mean may stand for a year. Own choice: nearly a year of days, so that chamber
campaigns of a season do not pass for it."""


def measured(workspace: Workspace, factor: str, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Of each class and quantity of PAIRS its mean in g C m-2 a year and how many readings it rests on."""
    from halosink.soil_tables import tables

    fields = [field for field, _ in PAIRS.values()]
    frames: list[pd.DataFrame] = list(tables(workspace, ("fluxes",), fields).values())
    for quantity, (field, per_unit) in PAIRS.items():
        for frame in (f for f in frames if field in f and (factor in f or not factor)):
            for name in names:
                own = frame[frame[factor].astype(str) == name] if factor else frame
                values = own[field].dropna().to_numpy(float)
                if len(values) >= A_YEAR:
                    mean = float(np.mean(values)) * per_unit
                    yield {
                        "class": name,
                        "quantity": quantity,
                        "field": field,
                        "measured": mean,
                        "readings": len(values),
                    }
