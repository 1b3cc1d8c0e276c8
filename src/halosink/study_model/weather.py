"""The climate of a study as the response model takes it: from its settings, else from its tables of weather."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from halosink.plant.evaporation import DAYS, thornthwaite
from halosink.problems import Problem
from halosink.study_model.climate import Floats, hargreaves

if TYPE_CHECKING:
    from halosink.runner import Workspace


class Climate(NamedTuple):
    """Twelve months each, (12,) or (12, classes), in the units of model.forcing; latitude [degree]."""

    temperature: Floats
    precipitation: Floats
    evaporation: Floats
    latitude: float

    def of(self, classes: Sequence[int]) -> Climate:
        """Of these classes only, where classes differ."""
        warm, rain, dry = (v if v.ndim == 1 else v[:, list(classes)] for v in self[:3])
        return Climate(warm, rain, dry, self.latitude)


def without_climate(chosen: Any, names: Sequence[str]) -> list[str]:
    """Classes that are left out where climates are given per class."""
    return [n for n in names if chosen.climates and n not in chosen.climates]


def _of_classes(chosen: Any, names: Sequence[str], problems: list[Problem]) -> Climate:
    own = [chosen.climates[name] for name in names]
    warm, rain = (np.array([getattr(c, n) for c in own], float).T for n in ("temperature", "precipitation"))
    evaporation = np.array([thornthwaite(np.array(c.temperature), c.latitude) for c in own]).T
    sums = evaporation.sum(axis=0)
    problems.append(Problem("N-MODEL-THORNTHWAITE", values={"sum": f"{sums.min():.0f}–{sums.max():.0f}"}))
    return Climate(warm, rain, evaporation, float(np.mean([c.latitude for c in own])))


def climate(workspace: Workspace, names: Sequence[str], problems: list[Problem]) -> Climate | None:
    """As set under [model], else of the tables; None where temperature or precipitation of a month lacks.

    names: classes in order, all of them in [model.climates] where that is given.
    """
    chosen = workspace.settings.model
    if chosen.climates:
        return _of_classes(chosen, names, problems)
    measured = _weather(workspace)
    warm = np.array(chosen.temperature) if chosen.temperature else measured.get("temperature")
    rain = np.array(chosen.precipitation) if chosen.precipitation else measured.get("precipitation")
    if warm is None or rain is None:
        return None
    latitude = chosen.latitude if chosen.latitude is not None else _latitude(workspace)
    if latitude is None:
        latitude = 38.0
        problems.append(Problem("N-MODEL-LATITUDE", values={"latitude": "38"}))
    if chosen.potential_evaporation:
        evaporation = np.array(chosen.potential_evaporation)
    elif "evaporation" in measured and not chosen.temperature:
        evaporation = measured["evaporation"]
    else:
        wide = measured.get("range") if not chosen.temperature else None
        evaporation = thornthwaite(warm, latitude) if wide is None else hargreaves(warm, wide, latitude)
        code = "N-MODEL-THORNTHWAITE" if wide is None else "N-MODEL-HARGREAVES"
        problems.append(Problem(code, values={"sum": f"{evaporation.sum():.0f}"}))
    return Climate(warm, rain, evaporation, latitude)


def _weather(workspace: Workspace) -> dict[str, Floats]:
    """Months of temperature, daily range, precipitation and evaporation from tables; only what all months have."""
    import pandas as pd

    from halosink.soil_tables import tables

    found: dict[str, Floats] = {}
    wanted = ("air_temperature", "precipitation", "reference_evapotranspiration")
    names = ("temperature", "precipitation", "evaporation")
    for frame in tables(workspace, ("weather", "eddy"), wanted).values():
        clock = next((c for c in ("time", "date") if c in frame and frame[c].notna().any()), None)
        if clock is None:
            continue
        day = pd.to_datetime(frame[clock]).dt.floor("D")
        for name, column in zip(names, wanted, strict=True):
            if name in found or column not in frame or frame[column].isna().all():
                continue
            by = frame[column].groupby(day)
            daily = by.mean() if name == "temperature" else by.sum(min_count=1)
            monthly = daily.groupby(pd.DatetimeIndex(daily.index).month).mean().reindex(range(1, 13)).to_numpy(float)
            if np.isfinite(monthly).all():
                found[name] = monthly if name == "temperature" else monthly * DAYS
                if name == "temperature" and float(by.count().median()) >= 8:
                    wide = by.max() - by.min()
                    found["range"] = wide.groupby(pd.DatetimeIndex(wide.index).month).mean().to_numpy(float)
    return found


def _latitude(workspace: Workspace) -> float | None:
    for name in workspace.settings.tables:
        frame = workspace.frame(f"tables/{name}")
        if "latitude" in frame and frame["latitude"].notna().any():
            return float(frame["latitude"].mean())
    return workspace.settings.eddy.latitude
