"""LI-COR LI-6400 and LI-6400XT in closed mode, with the soil chamber LI-6400-09 or a chamber of one's own: text log.

Lines about the configuration, constants ("Const=" lines: volume, area), $STARTOFDATA$, a heading row that begins with
"Obs", then records. Mode 1 or 3 is a reading with the chamber closed; 2 or 4 ends the closure with the flux.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import chambers, lines
from halosink.read.instruments.parts.chambers import number

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COLUMNS = {
    "Cdry": "co2_mole_fraction",
    "C2dry": "co2_mole_fraction",
    "CO2S": "co2_mole_fraction_wet",
    "H2OS": "h2o_mole_fraction",
    "Tair": "chamber_temperature",
    "Press": "chamber_pressure",
    "PARo": "photosynthetic_photon_flux",
    "Tsoil": "soil_temperature",
}
READING = (1, 3)
RESULT = (2, 4)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OPENED = re.compile(r'"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{4}) ')
PROMPT = re.compile(r"<label>\"([^\"]+)\"</label>")
UNIT = re.compile(r'<li6400><factory><unit>"([^"]+)"')


def recognise(opened: Opened) -> bool:
    return opened.text.lstrip().startswith('"OPEN ') and "$STARTOFDATA$" in opened.text


def read(opened: Opened) -> pd.DataFrame:
    """A closure ends with its Mode 2 or 4 record, or where ETime falls back. `elapsed_time` is ETime, the clock of the
    analysis program; where it is missing, time since the first reading. Total volume and area are the constants Vtot
    (cm3) and Area (cm2) of the log. attrs["vendor"]: flux (umol m-2 s-1) and slope of each closure.
    """
    import numpy as np
    import pandas as pd

    blocks, constants, prompts = _blocks(opened)
    names = {n for b in blocks for n in b["names"]}
    lines.lacking(opened.name, names, ("Obs", "HHMMSS", "Mode"))
    if not names & {"Cdry", "C2dry", "CO2S"}:
        lines.lacking(opened.name, names, ("CO2S",))
    labels = [p for p in prompts if p in names]
    frame, problems = lines.tables(
        opened,
        [(b["row"], b["names"]) for b in blocks],
        lambda line: line[:1].isdigit(),
        wanted=("Obs", "HHMMSS", "Mode", "ETime", "CFlux", "EFFLUX", "xdC/dt", "dC/dt", *COLUMNS, *labels),
        text=("HHMMSS", *labels),
        ragged=True,
        ended=True,
    )
    frame, doubts = _dated(frame, [b["opened"] for b in blocks], opened.name)
    mode = frame["Mode"].to_numpy()
    elapsed = frame["ETime"].to_numpy() if "ETime" in frame else np.full(len(frame), np.nan)
    ended = np.isin(mode, RESULT)
    fallen = (np.diff(elapsed) < 0) & ~ended[1:]
    begins = np.r_[True, ended[:-1] | fallen | (np.diff(frame["block"]) != 0)][: len(frame)]
    frame["number"] = np.cumsum(begins)
    inside = np.isin(mode, READING)
    readings = frame[inside].copy()
    if readings.empty:
        return readings
    first = readings.groupby("number")["time"].transform("first")
    since = (readings["time"] - first).dt.total_seconds()
    result = readings[["time", "source_row"]].copy()
    result["elapsed_time"] = pd.Series(elapsed, index=frame.index)[inside].fillna(since)
    for name, target in COLUMNS.items():
        if name in readings and target not in result:
            result[target] = readings[name]
    named = readings[labels].fillna("").agg(" ".join, axis=1).str.strip() if labels else ""
    zero = readings["time"] - pd.to_timedelta(result["elapsed_time"], unit="s")
    start = zero.groupby(readings["number"]).transform("median")
    keys = zip(pd.Series(named, index=readings.index), readings["number"], start.dt.floor("s"), strict=True)
    result.insert(0, "closure", [chambers.closure_name(*key) for key in keys])
    places = [p for p in labels if "plot" in p.lower() or "chamber" in p.lower() or "collar" in p.lower()]
    result["chamber"] = readings[places[0]].fillna("").str.strip() if places else named
    result = result.assign(**_told(constants, readings["source_row"].to_numpy()))
    result["analyser"] = pd.Series([b["analyser"] for b in blocks]).take(readings["block"].to_numpy()).to_numpy()
    closure = result["closure"].groupby(readings["number"]).first()
    result = result.reset_index(drop=True)
    result.attrs |= {"vendor": _vendor(frame[ended], closure), "problems": [*problems, *doubts]}
    result.attrs["analyser"] = blocks[0]["analyser"] if blocks else ""
    return result


def _blocks(opened: Opened) -> tuple[list[dict[str, Any]], list[tuple[int, dict[str, float]]], list[str]]:
    """Heading rows with analyser and date, constants with the line from which they hold, what the user was asked."""
    blocks: list[dict[str, Any]] = []
    constants: list[tuple[int, dict[str, float]]] = [(0, {})]
    prompts: list[str] = []
    about: dict[str, Any] = {"opened": None, "analyser": "LI-6400"}
    for start, chunk in lines.numbered(opened):
        for row, line in enumerate(chunk, start):
            if line[:1].isdigit():
                continue
            text = line.decode("latin-1").rstrip("\r\n")
            cells = [c.strip().strip('"') for c in text.split("\t")]
            if cells[0] == "Const=" and len(cells) > 3:
                constants.append((row, {**constants[-1][1], cells[2]: number(cells[3])}))
            elif cells[0] == "Obs":
                blocks.append({**about, "row": row, "names": lines.unique(cells)})
            elif found := OPENED.match(text):
                about = {**about, "opened": _moment(*found.groups())}
            elif "<prompts>" in text:
                prompts = PROMPT.findall(text)
            elif unit := UNIT.match(text):
                about = {**about, "analyser": f"LI-6400 {unit[1]}"}
    return blocks, constants, prompts


def _moment(month: str, day: str, year: str) -> datetime | None:
    """The date, whatever the language of this computer."""
    try:
        return datetime(int(year), MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None


def _dated(frame: pd.DataFrame, opened: list[datetime | None], file: str) -> tuple[pd.DataFrame, list[Any]]:
    """Time of day and the date on which the log was opened; the date goes on where the clock falls back by hours."""
    import numpy as np
    import pandas as pd

    if opened and all(o is None for o in opened):
        raise lines.damaged(file, Text("the line with the date is missing", "缺少日期行"))
    known = next((o for o in opened if o is not None), datetime(1970, 1, 1))
    days = pd.Series([f"{o or known:%Y-%m-%d}" for o in opened]).reindex(frame["block"]).to_numpy()
    frame, problems = lines.clock(frame.assign(day=days), days + " " + frame["HHMMSS"].str.strip(), file)
    back = frame["time"].diff().dt.total_seconds().to_numpy() < -HALF_DAY
    first = ~frame["block"].duplicated().to_numpy()
    nights = pd.Series(np.where(first, 0, back)).groupby(frame["block"].to_numpy()).cumsum()
    frame["time"] = frame["time"] + pd.to_timedelta(nights.to_numpy(), unit="D")
    return frame, problems


HALF_DAY = 43_200
"""Own choice: a clock that falls back by more has passed midnight, s."""


def _told(constants: list[tuple[int, dict[str, float]]], rows: np.ndarray) -> dict[str, Any]:
    import numpy as np

    of = np.searchsorted([row for row, _ in constants], rows) - 1

    def column(name: str, scale: float = 1.0) -> Any:
        return np.array([known.get(name, math.nan) * scale for _, known in constants], float)[of]

    return {
        "closure_length": column("MeasTime"),
        "chamber_volume": column("Vtot", 1 / chambers.CM3_PER_L),
        "chamber_area": column("Area", 1 / chambers.CM2_PER_M2),
        "collar_offset": column("Offset"),
    }


def _vendor(results: pd.DataFrame, closure: pd.Series) -> list[dict[str, Any]]:
    def value(row: Any, *names: str) -> float:
        return next((number(row[n]) for n in names if n in row), math.nan)

    return [
        {
            "closure": closure[row["number"]],
            "gas": "co2",
            "linear_flux": value(row, "EFFLUX", "CFlux"),
            "linear_slope": value(row, "dC/dt", "xdC/dt"),
        }
        for _, row in results.iterrows()
        if row["number"] in closure.index
    ]


FORMAT = InstrumentFormat(
    "li_6400",
    Text("LI-COR LI-6400 in closed mode", "LI-COR LI-6400（闭路模式）"),
    recognise,
    read,
    "licor_6400",
    (".txt", ""),
    "chamber_concentrations",
)
