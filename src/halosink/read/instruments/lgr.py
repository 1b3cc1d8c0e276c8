"""Los Gatos Research and ABB analysers (UGGA, MGGA, GLA131, GLA151, GLA331, N2O isotopes ...): comma-separated text.

A line with serial number and build, headings such as [CH4]_ppm (as measured) and [CH4]d_ppm (per mole of dry air), each
with its standard deviation, then records, and often a signed block of settings at the end.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.format import HEAD, InstrumentFormat, Opened
from halosink.read.instruments.parts import dates, gases, headings, lines
from halosink.read.records import Stop

if TYPE_CHECKING:
    import pandas as pd

GAS = re.compile(r"\[?(CO2|CH4|N2O|H2O|CO|NH3|C2H6|O2)\]?(d?)_(ppm|ppb|pct|%)")
SERIAL = re.compile(r"\bSN:\s*(\S+)")
ABOUT = (b"SN:", b"VC:", b"BD:")
ISOTOPES = {"d15N": "delta_15n_n2o", "d18O": "delta_18o_n2o"}
GOOD_FIT = 3
"""Fit_Flag of a spectrum that was fitted well; less is worse."""


def recognise(opened: Opened) -> bool:
    return headings.find(_unpacked(opened)[0], ",", _fits)[0] > 0


def read(opened: Opened) -> pd.DataFrame:
    """Both moist and dry mole fractions where the file has both; `diagnostic_code` is how much Fit_Flag is below 3."""
    import numpy as np

    opened, member = _unpacked(opened)
    row, written = headings.find(opened, ",", _fits)
    names = lines.unique(written)
    found = [gases.GasColumn(n, g[1], _unit(g[3]), bool(g[2])) for n in names if (g := GAS.fullmatch(n))]
    kept = headings.DataLines(written, ",", ABOUT)
    wanted = ["Time", "Fit_Flag", "MIU_VALVE", "MIU_DESC", *ISOTOPES, *(c.heading for c in found)]
    frame, problems = lines.table(
        opened, names, sep=",", after=row, wanted=wanted, text=("Time", "MIU_DESC"), keep=kept, member=member
    )
    problems += kept.problems(opened.name)
    frame, doubts = dates.timed(frame, ("Time",), opened.name, "dmy")
    result = frame[["time", "source_row"]].assign(**gases.mole_fractions(frame, found))
    if "n2o_mole_fraction" in result or "n2o_mole_fraction_wet" in result:
        result = result.assign(**{field: frame[name] for name, field in ISOTOPES.items() if name in frame})
    if "Fit_Flag" in frame:
        result["diagnostic_code"] = np.maximum(GOOD_FIT - frame["Fit_Flag"].to_numpy(), 0)
    if "MIU_VALVE" in frame and (frame["MIU_VALVE"] >= 0).any():
        valve = frame["MIU_VALVE"].map("{:.0f}".format, na_action="ignore")
        named = frame.get("MIU_DESC", valve).fillna("").str.strip()
        result["chamber"] = named.mask(named.isin(["", "Disabled"]), valve).where(frame["MIU_VALVE"] >= 0, "")
    serial = next((s[1] for line in opened.lines[: max(row - 1, 0)] if (s := SERIAL.search(line))), "")
    result.attrs |= {"analyser": f"LGR {serial}".strip(), "problems": [*problems, *doubts]}
    return result


def _unpacked(opened: Opened) -> tuple[Opened, str]:
    """The file; of a zip archive with one text in it, as the analyser packs them, that text and its name."""
    texts = [m for m in opened.members if m.lower().endswith(".txt")]
    if len(texts) != 1:
        return opened, ""
    try:
        with lines.stream(opened, texts[0]) as source:
            return replace(opened, head=source.read(HEAD)), texts[0]
    except Stop:
        return opened, ""


def _fits(names: list[str]) -> bool:
    return "Time" in names and any(n.startswith("[") and GAS.fullmatch(n) for n in names)


def _unit(written: str) -> str:
    return "%" if written == "pct" else written


FORMAT = InstrumentFormat(
    "lgr",
    Text("Los Gatos Research (ABB) gas analyser", "Los Gatos Research（ABB）气体分析仪"),
    recognise,
    read,
    "abb_icos_manual",
    (".txt",),
)
