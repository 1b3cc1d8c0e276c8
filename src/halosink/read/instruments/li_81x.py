"""LI-COR LI-8100, LI-8100A and LI-8150: .81x text of soil flux measurements, many observations one after the other.

An observation is a header of "Name: value" lines, a row of headings that begins with Type, records of Type 1
(readings), 2 (initial values), 3 (means) and 4 (ranges), and a footer with the fluxes that the instrument computed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import chambers, lines
from halosink.read.instruments.parts.chambers import CM2_PER_M2, CM3_PER_L, number, seconds

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "Cdry": "co2_mole_fraction",
    "CO2": "co2_mole_fraction_wet",
    "H2O": "h2o_mole_fraction",
    "Tcham": "chamber_temperature",
    "Pressure": "chamber_pressure",
}
INITIAL = "2\t"


@dataclass
class Observation:
    """What stands above and below the readings of one observation."""

    row: int
    """Line of its headings."""
    names: list[str]
    header: dict[str, str]
    initial: dict[str, str] = field(default_factory=dict)
    footer: list[tuple[str, str]] = field(default_factory=list)

    def cm3(self, *names: str) -> float:
        """Sum of volumes of the header, in L; one left blank is nothing."""
        return sum(number(self.header.get(n) or 0) for n in names) / CM3_PER_L

    @property
    def total(self) -> float:
        """Total volume, L."""
        given = number(self.header.get("Vtotal")) / CM3_PER_L
        collar = number(self.header.get("Offset") or 0) * number(self.header.get("Area")) / CM3_PER_L
        return given if given > 0 else self.cm3("Vcham", "Virga", "Vext", "Vmux") + collar

    @property
    def area(self) -> float:
        return number(self.header.get("Area")) / CM2_PER_M2

    @property
    def deadband(self) -> float:
        return next((seconds(v) for n, v in self.footer if n == "Dead Band"), math.nan)

    @property
    def length(self) -> float:
        return seconds(self.header.get("Observation Length", ""))

    @property
    def chamber(self) -> str:
        label, port = self.header.get("Label", ""), self.header.get("Port#", "")
        return label or (f"port {port}" if port else "")

    @property
    def analyser(self) -> str:
        return " ".join(filter(None, (self.header.get("model", ""), self.header.get("Serial Number", ""))))


def recognise(opened: Opened) -> bool:
    return any(line.startswith("Type\tEtime\tDate") for line in opened.lines) and any(
        line.startswith("LI-81") for line in opened.lines
    )


def read(opened: Opened) -> pd.DataFrame:
    """`elapsed_time` is negative while the chamber closes. attrs["vendor"]: for each observation, and gas where the
    footer names several, what the instrument computed (fluxes in umol m-2 s-1, slopes in umol mol-1 s-1).
    """
    import numpy as np
    import pandas as pd

    observations = _observations(opened)
    lines.lacking(opened.name, {n for o in observations for n in o.names}, ("Etime", "Date"))
    if not {"Cdry", "CO2"} & {n for o in observations for n in o.names}:
        lines.lacking(opened.name, (), ("Cdry",))
    headings = [(o.row, o.names) for o in observations]
    frame, problems = lines.tables(
        opened,
        headings,
        lambda line: line.startswith(b"1\t"),
        wanted=("Etime", "Date", *COLUMNS),
        text=("Date",),
        ragged=True,
        ended=True,
    )
    frame, doubts = lines.clock(frame, frame["Date"], opened.name, "%Y-%m-%d %H:%M:%S")
    frame = frame[frame["Etime"].notna()].reset_index(drop=True)
    if frame.empty:
        return frame
    closing = _closing(frame)
    since = (frame["time"] - frame["block"].map(closing)).dt.total_seconds()
    result = frame[["time", "source_row"]].copy()
    names = {
        i: chambers.closure_name(o.header.get("Label", ""), o.header.get("Obs#", ""), closing[i])
        for i, o in enumerate(observations)
        if i in closing.index
    }
    result.insert(0, "closure", frame["block"].map(names))
    result["elapsed_time"] = np.where(frame["Etime"] >= 0, frame["Etime"], since)
    for name, target in COLUMNS.items():
        if name in frame:
            result[target] = frame[name]
    told = pd.DataFrame([_geometry(o) for o in observations])
    for column in told:
        result[column] = told[column].take(frame["block"].to_numpy()).to_numpy()
    vendor = [v for i, o in enumerate(observations) if i in names for v in _vendor(o, names[i])]
    analyser = observations[0].analyser if observations else ""
    result.attrs |= {"analyser": analyser, "vendor": vendor, "problems": [*problems, *doubts]}
    return result


def _closing(frame: pd.DataFrame) -> pd.Series:
    """{observation: time of closing}, from the first reading with Etime of 0 or more; else its last reading."""
    import pandas as pd

    closed = frame[frame["Etime"] >= 0].groupby("block")
    start = closed["time"].first() - pd.to_timedelta(closed["Etime"].first(), unit="s")
    return start.reindex(frame["block"].unique()).fillna(frame.groupby("block")["time"].last())


def _observations(opened: Opened) -> list[Observation]:
    found: list[Observation] = []
    header: dict[str, str] = {}
    for start, chunk in lines.numbered(opened):
        for row, line in enumerate(chunk, start):
            if line.startswith((b"1\t", b"-1\t", b"3\t", b"4\t")):
                continue
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            name, colon, value = text.partition(":")
            if text.startswith("LI-81"):
                header = {"model": name}
            elif text.startswith("Type\t"):
                found.append(Observation(row, lines.unique(text.split("\t")), header))
                header = {}
            elif text.startswith(INITIAL) and found:
                found[-1].initial = dict(zip(found[-1].names, text.split("\t"), strict=False))
            elif colon and header:
                header[name] = value.strip()
            elif colon and found:
                found[-1].footer.append((name, value.strip()))
    return found


def _geometry(o: Observation) -> dict[str, Any]:
    return {
        "closure_length": o.length,
        "deadband": o.deadband,
        "chamber": o.chamber,
        "chamber_volume": o.total,
        "chamber_volume_bare": o.cm3("Vcham") or math.nan,
        "instrument_volume": o.cm3("Virga", "Vext", "Vmux"),
        "chamber_area": o.area,
        "collar_offset": number(o.header.get("Offset")),
        "analyser": o.analyser,
    }


def _vendor(o: Observation, closure: str) -> list[dict[str, Any]]:
    """One record for each fitted gas of the footer."""
    fits: list[dict[str, str]] = []
    for name, value in o.footer:
        if not fits or (name in fits[-1] and name in ("GasColumnID", "CrvFitStatus")):
            fits.append({})
        fits[-1].setdefault(name, value)
    common = {
        "closure": closure,
        "total_volume": o.total,
        "area": o.area,
        "deadband": o.deadband,
        "closure_length": o.length,
        "initial_pressure": number(o.initial.get("Pressure")),
        "initial_temperature": number(o.initial.get("Tcham")),
        "initial_water": number(o.initial.get("H2O")),
    }
    return [
        common
        | {
            "gas": fit.get("GasColumnID", "Cdry"),
            "status": fit["CrvFitStatus"],
            "linear_flux": number(fit.get("Lin_Flux")),
            "linear_slope": _slope(fit, "Lin"),
            "linear_r_squared": number(fit.get("Lin_R2")),
            "exponential_flux": number(fit.get("Exp_Flux")),
            "exponential_slope": _slope(fit, "Exp"),
            "exponential_r_squared": number(fit.get("Exp_R2")),
        }
        for fit in fits
        if "CrvFitStatus" in fit
    ]


def _slope(fit: dict[str, str], model: str) -> float:
    return next((number(v) for n, v in fit.items() if n.startswith(f"{model}_dC")), math.nan)


FORMAT = InstrumentFormat(
    "li_81x",
    Text("LI-COR LI-8100A or LI-8150 soil flux system", "LI-COR LI-8100A/LI-8150 土壤通量系统"),
    recognise,
    read,
    "licor_8100a",
    (".81x", ".txt"),
    "chamber_concentrations",
)
