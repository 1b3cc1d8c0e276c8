"""PP Systems EGM-5: comma-separated records, each beginning with its format (M1, M3, M5; R: stored by hand).

A line Start opens and a line End ends one closing of the soil chamber. Records outside them are taken as one closure
from one mark, or change of plot, to the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink import vocabulary
from halosink.contracts import Text
from halosink.read.instruments import gasmet
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import lines

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ORDER = (
    *("Tag", "Date", "Time", "Plot_No", "Rec_No", "CO2", "Pressure", "Flow", "H2O", "Tsen", "O2", "Error", "Aux_V"),
    *("PAR", "Tsoil", "Tair", "RH", "P1", "P2", "P3", "P4", "P5", "CRC"),
)
"""Fields of a record M5 (ppsystems_egm5, Measure Format Settings Table); a check sum may follow."""
CELLS = {b"1": 12, b"3": 17, b"5": 22}
"""Fields of records M1, M3 and M5."""
HEADING = re.compile(r"\s*\"?Tag\s*(\([^)]*\))?\"?\s*,.*\bPlot_No\b", re.IGNORECASE)
RECORD = re.compile(r"[MR][135]\s*,\s*\d\d/\d\d/\d\d\s*,\s*\d\d:\d\d:\d\d\s*,")
MARKS = (b"start", b"end", b"zero")
COLUMNS = {
    "CO2": ("co2_mole_fraction_wet", "ppm"),
    "O2": ("o2_mole_fraction", "%"),
    "Pressure": ("chamber_pressure", "mbar"),
    "PAR": ("photosynthetic_photon_flux", "umol m-2 s-1"),
    "Tsoil": ("soil_temperature", "degC"),
    "Tair": ("chamber_temperature", "degC"),
    "Msoil": ("soil_moisture", "%"),
    "RH": ("relative_humidity", "%"),
    "Error": ("diagnostic_code", "1"),
}
"""Units: ppsystems_egm5. The gas is not dried, so CO2 and O2 are per mole of moist air."""
DATES = ("%d/%m/%y", "%d/%m/%Y", "%m/%d/%y", "%Y/%m/%d", "%Y-%m-%d")
"""Day first is what the instrument writes (ppsystems_egm5); the others come from files changed since."""


def _recognise(opened: Opened) -> bool:
    first = [line for line in opened.lines[:40] if line.strip()]
    return bool(first) and (bool(HEADING.match(first[0])) or any(RECORD.match(line) for line in first))


def _read(opened: Opened) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    from halosink.vocabulary import units

    names, after = _heading(opened)
    marks: list[tuple[int, bytes]] = []
    cut: list[int] = []

    def keep(number: int, line: bytes) -> bool:
        word = line.strip().strip(b",").lower()
        if word in MARKS:
            marks.append((number, word))
        if word[:1] not in (b"m", b"r") or word[1:2] not in CELLS:
            return False
        if line.count(b",") - CELLS[word[1:2]] in (-1, 0):
            return True
        cut.append(number)
        return False

    words = ("Tag", "Date", "Time", "Plot_No")
    wanted = [*words, "H2O", *COLUMNS]
    table, problems = lines.table(
        opened, names, sep=",", after=after, wanted=wanted, text=words, keep=keep, ragged=True
    )
    problems += [lines.left_out(opened.name, cut, lines.CUT)] if cut else []
    lines.lacking(opened.name, table.columns, ("Date", "Time", "CO2"))
    table, more = gasmet.moments(table, table["Date"], table["Time"], opened.name, DATES, certain=True)
    table["Plot_No"] = table["Plot_No"].str.strip() if "Plot_No" in table else ""
    columns: dict[str, object] = {"time": table["time"], "chamber": table["Plot_No"]}
    for name, (field, unit) in COLUMNS.items():
        if name in table:
            columns[field] = units.convert(table[name].to_numpy(np.float64), unit, vocabulary.fields()[field].unit)
    if {"H2O", "Pressure"} <= set(table) and (table["H2O"] > 0).any():
        columns["h2o_mole_fraction"] = (table["H2O"] / table["Pressure"] * 1000).to_numpy(np.float64)
        water = columns["h2o_mole_fraction"] / 1000  # type: ignore[operator]
        columns["co2_mole_fraction"] = columns["co2_mole_fraction_wet"] / (1 - water)  # type: ignore[operator]
    frame = pd.DataFrame(columns | {"source_row": table["source_row"]})
    if len(frame):
        number = _runs(frame["source_row"].to_numpy(), table["Plot_No"].to_numpy(dtype=object), marks)
        day = frame["time"].dt.strftime("%Y-%m-%d")
        turn = number.groupby([table["Plot_No"], day]).transform(lambda run: pd.factorize(run)[0] + 1)
        frame["closure"] = table["Plot_No"] + "_" + turn.astype(str) + "_" + day.groupby(number).transform("first")
        frame["elapsed_time"] = (frame["time"] - frame["time"].groupby(number).transform("min")).dt.total_seconds()
        frame["closure_end"] = frame["time"].groupby(number).transform("max")
    frame.attrs |= {"analyser": "PP Systems EGM-5", "problems": problems + more}
    return frame


def _heading(opened: Opened) -> tuple[list[str], int]:
    """Names of all fields of a record, and lines above the first that may be one."""
    for at, line in enumerate(opened.lines[:40], 1):
        if HEADING.match(line):
            names = [re.sub(r"\(.*\)", "", n).strip() for n in line.split(",")]
            return lines.unique([*names, *ORDER[len(names) :]]), at
    return list(ORDER), 0


def _runs(rows: np.ndarray, plots: np.ndarray, marks: list[tuple[int, bytes]]) -> pd.Series:
    """Number of the run of records that each belongs to: ended by Start, End, a change of plot, or Zero outside."""
    import numpy as np
    import pandas as pd

    breaks, inside = [], False
    for line, word in marks:
        if word != b"zero" or not inside:
            breaks.append(line)
        inside = word == b"start" or (inside and word == b"zero")
    changed = np.concatenate([[False], plots[1:] != plots[:-1]])
    part = np.searchsorted(np.array(breaks, dtype=np.int64), rows)
    changed[1:] |= part[1:] != part[:-1]
    return pd.Series(np.cumsum(changed))


FORMAT = InstrumentFormat(
    name="egm5",
    label=Text("PP Systems EGM-5", "PP Systems EGM-5"),
    recognise=_recognise,
    read=_read,
    source="ppsystems_egm5",
    suffixes=(".txt", ".TXT"),
)
