"""The records of a season or year that can tell a threshold: at night, with flux, friction velocity and temperature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NIGHT_BELOW = 10.0  # W m-2 of shortwave radiation: wutzler2018, pastorello2020
NEEDED = {
    "shortwave_radiation": "no_light",
    "friction_velocity": "no_friction_velocity",
    "air_temperature": "no_temperature",
    "nee": "no_flux",
}


@dataclass(frozen=True, slots=True)
class Records:
    """of_step: (records,) the step of each; velocity, flux, temperature: from calm to windy; warmer: (records,) the
    records from cold to warm, equal ones in the order of time; steps: (all of the period,) by night and day; day: (of
    these,) not known to be night; lacking: reason why there are no records, "" where there are."""

    of_step: Integers
    velocity: Floats
    flux: Floats
    temperature: Floats
    warmer: Integers
    steps: Integers
    day: NDArray[np.bool_]
    lacking: str

    def __len__(self) -> int:
        return len(self.of_step)


def usable(columns: Mapping[str, Floats]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) which steps are at night, and which of these have all that is needed."""
    with np.errstate(invalid="ignore"):
        night = columns["shortwave_radiation"] < NIGHT_BELOW
    known = np.isfinite([columns[name] for name in NEEDED]).all(axis=0)
    return night, night & known


def select(columns: Mapping[str, Floats], steps: Integers) -> Records:
    """The records among some steps. columns: those of NEEDED, (n,) each, NaN where missing."""
    part = {name: columns[name][steps] for name in NEEDED}
    night, good = usable(part)
    lacking = "" if good.any() else _lacking(part, night)
    which = np.flatnonzero(good)
    which = which[np.argsort(part["friction_velocity"][which], kind="stable")]
    temperature = part["air_temperature"][which]
    return Records(
        of_step=steps[which],
        velocity=part["friction_velocity"][which],
        flux=part["nee"][which],
        temperature=temperature,
        warmer=np.lexsort((which, temperature)),
        steps=steps,
        day=~night,
        lacking=lacking,
    )


def _lacking(part: Mapping[str, Floats], night: NDArray[np.bool_]) -> str:
    for name, reason in NEEDED.items():
        if not np.isfinite(part[name]).any():
            return reason
    return "too_few_records" if night.any() else "no_night"
