"""LI-COR LI-78xx trace gas analysers (LI-7810, LI-7815, LI-7820, LI-7825): their .data text.

Lines about the analyser, a heading row DATAH, a row of units DATAU, records that begin with DATA. Every restart of the
analyser may append the whole block again. Mole fractions are per mole of dry air, but for water vapour. A copy that
Excel wrote as CSV, with commas and with dates in the way of its machine, is read as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import chambers, dates, lines

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

GASES = {
    "CO2": "co2_mole_fraction",
    "CH4": "ch4_mole_fraction",
    "N2O": "n2o_mole_fraction",
    "NH3": "nh3_mole_fraction",
    "CO": "co_mole_fraction",
    "H2O": "h2o_mole_fraction",
}
UNITS = {"H2O": "ppm", "CO2": "ppm"}
"""Units where the file has no row of units; the other gases are in ppb."""
DELTA = re.compile(r"(DELTA_?13C|C13_DELTA|13C_DELTA|DELTA_?C13)(_CO2)?")
TEXT = ("DATE", "TIME", "REMARK")
ABOUT = re.compile(rb"(Model|SN|Timezone):[\s,]*([^\r\n,]*)")
HEADING = ("DATAH\tSECONDS\tNANOSECONDS", "DATAH,SECONDS,NANOSECONDS")


def recognise(opened: Opened) -> bool:
    return any(line.startswith(HEADING) for line in opened.lines)


def read(opened: Opened) -> pd.DataFrame:
    """`time` is the clock of the analyser at the first record, also where it was put forward or back on the way."""
    import pandas as pd

    sep = "," if any(line.startswith(HEADING[1]) for line in opened.lines) else "\t"
    blocks = _blocks(opened, sep)
    names = {n for block in blocks for n in block["names"]}
    lines.lacking(opened.name, names, ("DATE", "TIME"))
    if not names & GASES.keys():
        lines.lacking(opened.name, names, ("CO2, CH4, N2O",))
    deltas = [n for n in names if DELTA.fullmatch(n)]
    wanted = ["SECONDS", "NANOSECONDS", "DIAG", *TEXT, *GASES, *deltas]
    headings = [(block["row"], block["names"]) for block in blocks]
    begin = f"DATA{sep}".encode()
    frame, problems = lines.tables(
        opened, headings, lambda line: line.startswith(begin), sep=sep, wanted=wanted, text=TEXT
    )
    if sep == ",":
        frame, doubts = dates.timed(frame, ("DATE", "TIME"), opened.name, "mdy")
    else:
        frame, doubts = lines.clock(frame, frame["DATE"] + " " + frame["TIME"], opened.name, "%Y-%m-%d %H:%M:%S")
    result = frame[["time", "source_row"]].copy()
    clock, offset = _steady(frame, opened.name)
    result["time"] = clock
    for gas, field in GASES.items():
        if gas in frame and frame[gas].notna().any():
            result[field] = _converted(frame, gas, field, blocks)
    for name in deltas:
        result["delta_13c_co2"] = frame[name]
    if "DIAG" in frame:
        result["diagnostic_code"] = frame["DIAG"]
    if "REMARK" in frame and (remarks := frame["REMARK"].fillna("").str.strip()).ne("").any():
        result["remark"] = remarks
    analysers = [" ".join(filter(None, (block.get("Model", ""), block.get("SN", "")))) for block in blocks]
    result["analyser"] = pd.Series(analysers).take(frame["block"].to_numpy()).to_numpy()
    result.attrs |= {"analyser": analysers[0], "timezone": blocks[0].get("Timezone", "")}
    if offset is not None:
        result.attrs["utc_offset"] = offset[0]
    result.attrs["problems"] = [*problems, *doubts, *(offset[1] if offset else ())]
    return result


def _blocks(opened: Opened, sep: str) -> list[dict[str, Any]]:
    """Heading rows with what was said of the analyser before them."""
    blocks: list[dict[str, Any]] = []
    about: dict[str, str] = {}
    for start, chunk in lines.numbered(opened):
        for row, line in enumerate(chunk, start):
            if line.startswith((b"DATA\t", b"DATA,")):
                continue
            cells = line.decode("utf-8", "replace").strip("\r\n").split(sep)
            if cells[0] == "DATAH":
                blocks.append({**about, "row": row, "names": lines.unique(cells), "units": {}})
            elif cells[0] == "DATAU" and blocks:
                blocks[-1]["units"] = dict(zip(blocks[-1]["names"], cells, strict=False))
            elif found := ABOUT.match(line):
                about[found[1].decode()] = found[2].decode("utf-8", "replace").strip()
    return blocks


def _converted(frame: pd.DataFrame, gas: str, field: str, blocks: list[dict[str, Any]]) -> np.ndarray:
    """Values in the field's unit; the unit may change from block to block."""
    import numpy as np

    per = np.array([chambers.factor(b["units"].get(gas, ""), field, UNITS.get(gas, "ppb")) for b in blocks])
    scaled: np.ndarray = frame[gas].to_numpy(float) * (per[0] if len(set(per)) == 1 else per[frame["block"].to_numpy()])
    return scaled


def _steady(frame: pd.DataFrame, file: str) -> tuple[pd.Series, tuple[float, list[Problem]] | None]:
    """Times with their microseconds, and hours ahead of UTC with N-INSTRUMENT-CLOCK if the clock was changed."""
    import numpy as np
    import pandas as pd

    if not {"SECONDS", "NANOSECONDS"} <= set(frame) or frame.empty:
        return frame["time"], None
    utc, part = frame["SECONDS"].to_numpy(), frame["NANOSECONDS"].to_numpy()
    part = np.where((part >= 0) & (part < 1e9), part, 0.0)
    local = frame["time"].to_numpy().astype("datetime64[s]").astype(np.int64)
    ahead = local - utc
    known = np.abs(ahead) <= FURTHEST
    if not known.any():
        return frame["time"], None
    first = ahead[known][0]
    moved = known & (np.abs(ahead - first) > CLOCK_STEP)
    seconds = local.astype(float)
    seconds[moved] = utc[moved] + first
    exact = seconds.astype("datetime64[s]").astype("datetime64[us]") + (part // 1000).astype("timedelta64[us]")
    rows = frame.loc[moved, "source_row"].tolist()
    values = {"number": len(rows), "hours": f"{(ahead[moved][0] - first) / 3600:+g}"} if rows else {}
    notes = [Problem("N-INSTRUMENT-CLOCK", file, "", "TIME", tuple(rows[:5]), len(rows), values)] if rows else []
    return pd.Series(exact, index=frame.index), (round(float(first)) / 3600, notes)


FURTHEST = 50_400
"""No local time is further from UTC (Line Islands, UTC+14), s."""
CLOCK_STEP = 60
"""Own choice: a change of the local clock against UTC by more than this is one of its setting, not of rounding, s."""

FORMAT = InstrumentFormat(
    "li_7810",
    Text("LI-COR LI-78xx trace gas analyser", "LI-COR LI-78xx 痕量气体分析仪"),
    recognise,
    read,
    "licor_7810",
    (".data", ".txt"),
)
