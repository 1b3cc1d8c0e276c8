"""Picarro analysers (G2301, G2401, G2508, G4301, G2201-i ...): text in columns of blanks, headings in one line.

CO2, CH4, N2O, C2H6 and CO are in ppm, NH3 in ppb and H2O in percent; names ending in _dry are per mole of dry air.
Carbon isotope analysers give 12CO2 and 13CO2 (and methane alike), whose sum is the gas; of the two ranges of methane,
HP (high precision) holds up to HP_LIMIT and HR (high dynamic range) above it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import dates, gases, headings, lines

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

UNITS = {"CO2": "ppm", "CH4": "ppm", "N2O": "ppm", "CO": "ppm", "C2H6": "ppm", "NH3": "ppb", "H2O": "%"}
MARKS = ("EPOCH_TIME", "ALARM_STATUS", "INST_STATUS", "FRAC_DAYS_SINCE_JAN1", "FRAC_HRS_SINCE_JAN1", "JULIAN_DAYS")
ISOTOPIC = ("12CO2", "12CO2_dry", "13CO2", "13CO2_dry", "12CH4", "12CH4_dry", "13CH4", "13CH4_dry")
RANGES = tuple(f"{r}_{n}" for r in ("HP", "HR") for n in (*ISOTOPIC[4:], "Delta_iCH4_Raw"))
DELTAS = ("Delta_Raw_iCO2", "Delta_Raw", "Delta_iCH4_Raw", "Delta_Raw_iCH4")
HP_LIMIT = 10.0
"""ppm of 12CH4 above which HR is read; goFlux switches at the same mole fraction (rheault2024goflux)."""
HIGHEST = {"N2O": (50.0, "ppb"), "CO": (5.0, "ppb"), "H2O": (20.0, "ppm")}
"""A median above it is in another unit (own choice: air holds 0.33 ppm of N2O, 0.1 ppm of CO, up to 7 % of H2O)."""
SERIAL = re.compile(r"(?:^|[/\\])([A-Z]{2,}\d{3,}|G\d{4}(?:-?i)?)[-_]")


def recognise(opened: Opened) -> bool:
    return _separator(opened) is not None


def read(opened: Opened) -> pd.DataFrame:
    """Moist and dry mole fractions, `diagnostic_code` from ALARM_STATUS; attrs["utc_offset"] in hours where the file
    tells the clock apart from its epoch time.
    """
    sep = _separator(opened) or ""
    row, written = headings.find(opened, sep, _fits)
    names = lines.unique(written)
    lines.lacking(opened.name, names, ("DATE", "TIME"))
    found = [gases.GasColumn(n, g, UNITS[g], n.endswith("_dry")) for n in names if (g := _gas(n))]
    numbers = ["EPOCH_TIME", "ALARM_STATUS", "MPVPosition", *ISOTOPIC, *RANGES, *DELTAS]
    kept = headings.DataLines(written, sep)
    frame, problems = lines.table(
        opened,
        names,
        sep=sep,
        after=row,
        wanted=["DATE", "TIME", *numbers, *(c.heading for c in found)],
        text=("DATE", "TIME"),
        keep=kept,
    )
    problems += kept.problems(opened.name)
    frame, doubts = dates.timed(frame, ("DATE", "TIME"), opened.name, "mdy")
    frame, found = _summed(frame, found)
    if not found:
        lines.lacking(opened.name, (), ("CO2_dry / CH4_dry / N2O_dry",))
    found, notes = _scaled(frame, found, opened.name)
    result = frame[["time", "source_row"]].assign(**gases.mole_fractions(frame, found))
    for gas, field in (("iCO2", "delta_13c_co2"), ("iCH4", "delta_13c_ch4")):
        column = _delta(frame, gas)
        if column in frame:
            result[field] = frame[column]
    if "ALARM_STATUS" in frame:
        result["diagnostic_code"] = frame["ALARM_STATUS"]
    if "MPVPosition" in frame and frame["MPVPosition"].nunique() > 1 and (frame["MPVPosition"] % 1 == 0).all():
        result["chamber"] = frame["MPVPosition"].map("{:.0f}".format)
    serial = SERIAL.search(opened.name)
    result.attrs |= {
        "analyser": f"Picarro {serial[1]}" if serial else "Picarro",
        "problems": [*problems, *doubts, *notes],
        **_offset(frame),
    }
    return result


def _fits(names: list[str]) -> bool:
    return ("DATE" in names or "TIME" in names) and any(m in names for m in MARKS)


def _separator(opened: Opened) -> str | None:
    return next((sep for sep in ("", ",") if headings.find(opened, sep, _fits)[0]), None)


def _gas(name: str) -> str:
    gas = name.removesuffix("_dry")
    return gas if gas in UNITS else ""


def _summed(frame: pd.DataFrame, found: list[gases.GasColumn]) -> tuple[pd.DataFrame, list[gases.GasColumn]]:
    """With 12C and 13C added up for a gas that the file gives only by isotope; a dry 13C that it lacks is computed
    from the moist one and H2O.
    """
    import numpy as np

    new: dict[str, np.ndarray] = {}
    if precise := [n for n in ("HP_12CH4_dry", "HP_12CH4") if n in frame]:
        high = frame[precise[0]].to_numpy() > HP_LIMIT
        for name in (*ISOTOPIC[4:], "Delta_iCH4_Raw"):
            if {f"HP_{name}", f"HR_{name}"} <= set(frame):
                new[name] = np.where(high, frame[f"HR_{name}"], frame[f"HP_{name}"])
    frame = frame.assign(**new)
    for gas in ("CO2", "CH4"):
        if any(c.gas == gas for c in found):
            continue
        for end in ("", "_dry"):
            light, heavy = frame.get(f"12{gas}{end}"), frame.get(f"13{gas}{end}")
            if heavy is None and f"13{gas}" in frame and "H2O" in frame:
                heavy = frame[f"13{gas}"] / (1 - frame["H2O"] / 100)
            if light is not None and heavy is not None:
                frame = frame.assign(**{f"{gas}{end}": light + heavy})
                found = [*found, gases.GasColumn(f"{gas}{end}", gas, UNITS[gas], bool(end))]
    return frame, found


def _scaled(
    frame: pd.DataFrame, found: list[gases.GasColumn], file: str
) -> tuple[list[gases.GasColumn], list[Problem]]:
    """With another unit for columns whose values are too high for the common one."""
    kept, notes = [], []
    for column in found:
        median = frame[column.heading].median()
        highest, unit = HIGHEST.get(column.gas, (float("inf"), ""))
        if median > highest:
            column = column._replace(unit=unit)
            values = {"value": f"{median:.4g}", "unit": unit}
            notes.append(Problem("N-INSTRUMENT-MAGNITUDE", file, column=column.heading, values=values))
        kept.append(column)
    return kept, notes


def _delta(frame: pd.DataFrame, gas: str) -> str:
    """Heading of the raw delta 13C of a gas; `Delta_Raw` alone is that of the only one."""
    own = next((n for n in DELTAS if gas in n and n in frame), "")
    only = "Delta_Raw" if f"13{gas[1:]}" in frame or f"12{gas[1:]}" in frame else ""
    return own or only


def _offset(frame: pd.DataFrame) -> dict[str, float]:
    """Hours that the clock is ahead of the epoch time, if it is the same in all rows."""
    import numpy as np

    if "EPOCH_TIME" not in frame or frame.empty:
        return {}
    seconds = frame["time"].to_numpy().astype("datetime64[us]").astype("int64") / 1e6 - frame["EPOCH_TIME"].to_numpy()
    quarters = np.unique(np.round(seconds[np.isfinite(seconds)] / 900))
    return {"utc_offset": float(quarters[0]) / 4} if len(quarters) == 1 and abs(quarters[0]) <= 60 else {}


FORMAT = InstrumentFormat(
    "picarro",
    Text("Picarro gas analyser", "Picarro 气体分析仪"),
    recognise,
    read,
    "rella2013",
    (".dat", ".txt", ".csv"),
)
