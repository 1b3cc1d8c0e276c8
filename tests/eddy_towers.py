"""A year of half-hours of the tower at Tharandt, and what REddyProc and ONEFlux got from it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

FOLDER = "oracles/flux"
CANONICAL = {
    "NEE": "nee",
    "LE": "latent_heat_flux",
    "H": "sensible_heat_flux",
    "Rg": "shortwave_radiation",
    "Tair": "air_temperature",
    "Tsoil": "soil_temperature",
    "rH": "relative_humidity",
    "VPD": "vapour_pressure_deficit",
    "Ustar": "friction_velocity",
}


def de_tha(reference: Path) -> pd.DataFrame:
    """17,520 half-hours of 1998 on canonical columns; time is the start of the half-hour, the deficit is in kPa."""
    raw = pd.read_csv(reference / FOLDER / "reddyproc_detha98/input_Example_DETha98.csv.gz")
    table = raw[list(CANONICAL)].rename(columns=CANONICAL).astype(float)
    table["vapour_pressure_deficit"] /= 10
    table.insert(0, "time", half_hours(len(table)))
    return table


def reddyproc(reference: Path, which: Literal["uStarAnnual", "noUstar", "LE_H"]) -> pd.DataFrame:
    """Outputs under the names that REddyProc gives them, with `time` as in `de_tha`."""
    table = pd.read_csv(reference / FOLDER / f"reddyproc_detha98/results_{which}.csv.gz", low_memory=False)
    table.insert(0, "time", half_hours(len(table)))
    return table.drop(columns="DateTime")


def oneflux(reference: Path, which: Literal["uStar0.41625", "noUstar"]) -> pd.DataFrame:
    """Outputs under the names that ONEFlux gives them, -9999 as NaN, with `time` as in `de_tha`."""
    table = pd.read_csv(reference / FOLDER / f"oneflux_detha98/o_{which}/in_mds_{which}_mds.csv.gz")
    table = table.replace(-9999, np.nan)
    table.insert(0, "time", half_hours(len(table)))
    return table.drop(columns="TIMESTAMP_END")


def half_hours(number: int, start: str = "1998-01-01") -> pd.DatetimeIndex:
    return pd.date_range(start, periods=number, freq="30min", unit="s")
