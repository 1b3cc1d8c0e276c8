"""LI-COR LI-8250 multiplexer with long-term chambers: .82z, a zip of data.csv and metadata.json, one closure a file.

The table has three heading rows: device, variable, unit.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import chambers, lines
from halosink.read.instruments.parts.chambers import number

if TYPE_CHECKING:
    import pandas as pd

GASES = {
    "CO2_DRY": ("co2_mole_fraction", "umol mol-1"),
    "CH4_DRY": ("ch4_mole_fraction", "nmol mol-1"),
    "N2O_DRY": ("n2o_mole_fraction", "nmol mol-1"),
    "CO2": ("co2_mole_fraction_wet", "umol mol-1"),
    "CH4": ("ch4_mole_fraction_wet", "nmol mol-1"),
    "N2O": ("n2o_mole_fraction_wet", "nmol mol-1"),
    "NH3_DRY": ("nh3_mole_fraction", "nmol mol-1"),
    "NH3": ("nh3_mole_fraction", "nmol mol-1"),
    "H2O": ("h2o_mole_fraction", "mmol mol-1"),
    "DIAGNOSTIC": ("diagnostic_code", "1"),
}
AROUND = {
    ("LI-8250", "PA"): ("chamber_pressure", "kPa"),
    ("CHAMBER", "TA"): ("chamber_temperature", "degC"),
    ("CHAMBER", "SWC_1"): ("soil_moisture", "m3 m-3"),
    ("CHAMBER", "TS_1"): ("soil_temperature", "degC"),
}
ROWS = 3
CLOSED = 5
"""STATE of a chamber that has closed; 8 and 1 come before it."""


def recognise(opened: Opened) -> bool:
    return bool(_member(opened, "data.csv") and _member(opened, "metadata.json"))


def read(opened: Opened) -> pd.DataFrame:
    """Two analysers may each give water vapour and a diagnostic code; those of the first one are kept.

    The chamber counts as closed from its first STATE 5; if that never comes, the length of the observation is counted
    back from the last reading, and if that is not given either, the first reading is time 0.
    """
    import pandas as pd

    about = _about(opened)
    columns = _columns(opened)
    names = [c[0] for c in columns]
    lines.lacking(opened.name, names, ("DATE", "TIME"))
    if not any(c[1] for c in columns):
        lines.lacking(opened.name, (), ("CO2_DRY, CH4_DRY, N2O_DRY",))
    wanted = ["DATE", "TIME", "CHAMBER STATE", *(n for n, target, _ in columns if target)]
    member = _member(opened, "data.csv")
    frame, problems = lines.table(
        opened, names, sep=",", after=ROWS, member=member, wanted=wanted, text=("DATE", "TIME"), ended=True
    )
    frame, doubts = lines.clock(frame, frame["DATE"] + frame["TIME"].str.zfill(6), opened.name, "%Y%m%d%H%M%S")
    if frame.empty:
        return frame
    length = _value(about, "METADATA", "OBSERVATION")
    start = _closing(frame, length)
    result = pd.DataFrame({"time": frame["time"], "source_row": frame["source_row"]})
    result["elapsed_time"] = (frame["time"] - start).dt.total_seconds()
    for name, target, scale in columns:
        if target and target not in result and frame[name].notna().any():
            result[target] = frame[name] * scale
    analysers = [f"{d} {about[d].get('SERIAL_NUMBER', '')}".strip() for d in about if _analyser(d)]
    port = about.get("LI-8250", {}).get("PORT", "")
    label = str(about.get("LI-8250", {}).get("PORT_LABEL", "")).strip()
    result.insert(0, "closure", chambers.closure_name(label, port, start))
    told: dict[str, Any] = {
        "closure_length": length,
        "deadband": max((_number(f, "DEADBAND") for f in about.get("FLUX", [])), default=math.nan),
        "chamber": label or f"port {port}",
        "chamber_volume": _value(about, "METADATA", "VOLUME_TOTAL") / chambers.CM3_PER_L,
        "chamber_volume_bare": _value(about, "CHAMBER", "VOLUME") / chambers.CM3_PER_L,
        "chamber_area": _value(about, "CHAMBER", "AREA") / chambers.CM2_PER_M2,
        "collar_offset": _value(about, "CHAMBER", "COLLAR_HEIGHT"),
        "analyser": ", ".join(analysers),
    }
    result = result.assign(**told)
    result.attrs |= {"analyser": ", ".join(analysers), "problems": [*problems, *doubts]}
    return result


def _closing(frame: pd.DataFrame, length: float) -> pd.Timestamp:
    import pandas as pd

    if "CHAMBER STATE" in frame and (closed := frame["CHAMBER STATE"] == CLOSED).any():
        return pd.Timestamp(frame.loc[closed, "time"].iloc[0])
    first, last = pd.Timestamp(frame["time"].iloc[0]), pd.Timestamp(frame["time"].iloc[-1])
    return max(last - pd.Timedelta(seconds=length), first) if length > 0 else first


def _columns(opened: Opened) -> list[tuple[str, str, float]]:
    """(heading, field or "", factor) of each column; headings are device and variable, but for DATE and TIME."""
    member = _member(opened, "data.csv")
    with lines.stream(opened, member) as source:
        heads = [source.readline(1 << 20).decode("utf-8-sig", "replace").strip("\r\n").split(",") for _ in range(ROWS)]
    if len({len(h) for h in heads}) != 1:
        raise lines.damaged(opened.name, Text("the heading rows of data.csv differ", "data.csv 各表头行的列数不一致"))
    found = []
    for device, variable, unit in zip(*heads, strict=True):
        target, usual = AROUND.get((device, variable), ("", ""))
        if _analyser(device):
            target, usual = GASES.get(variable, ("", ""))
        scale = chambers.factor(_unit(unit), target, usual) if target else 1.0
        name = variable if variable in ("DATE", "TIME") else f"{device} {variable}"
        found.append((name, target, scale))
    unique = lines.unique(n for n, _, _ in found)
    return [(name, target, scale) for name, (_, target, scale) in zip(unique, found, strict=True)]


def _about(opened: Opened) -> dict[str, Any]:
    with lines.stream(opened, _member(opened, "metadata.json")) as source:
        text = source.read()
    try:
        about = json.loads(text.decode("utf-8-sig", "replace"))
    except ValueError as error:
        raise lines.damaged(opened.name, f"metadata.json: {error}") from None
    return about if isinstance(about, dict) else {}


def _member(opened: Opened, name: str) -> str:
    return next((m for m in opened.members if m.rsplit("/", 1)[-1] == name), "")


def _analyser(device: str) -> bool:
    return device.startswith("LI-") and not device.startswith("LI-82")


def _value(about: dict[str, Any], part: str, key: str) -> float:
    return _number(about.get(part, {}), key)


def _number(part: Any, key: str) -> float:
    value = part.get(key) if isinstance(part, dict) else None
    return number(value.get("VALUE") if isinstance(value, dict) else value)


def _unit(written: str) -> str:
    """[umol+1mol-1] as umol mol-1."""
    return re.sub(r"(?<=[A-Za-z])([+-]\d)(?=[A-Za-z])", r"\1 ", written.strip("[]")).replace("+1", "").replace("+", "")


FORMAT = InstrumentFormat(
    "li_82z",
    Text("LI-COR LI-8250 multiplexer", "LI-COR LI-8250 多通道土壤气体通量系统"),
    recognise,
    read,
    "licor_8250",
    (".82z",),
    "chamber_concentrations",
)
