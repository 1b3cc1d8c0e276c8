"""LI-COR .ghg of an eddy-covariance station: a zip of raw readings (.data) and what their columns are (.metadata).

The .data begins with lines about the analyser and a heading row DATAH; its records begin with DATA. The .metadata, an
INI file, says of each column which variable it holds, in which unit and how it is scaled (EddyPro's Metadata File
Editor writes the same). Wind components and molar densities have no field in the vocabulary and are not kept.
"""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING, Any, NamedTuple

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import lines
from halosink.read.instruments.parts.chambers import number

if TYPE_CHECKING:
    import pandas as pd

VARIABLES = {
    ("co2", "mixing_ratio"): "co2_mole_fraction",
    ("co2", "mole_fraction"): "co2_mole_fraction_wet",
    ("ch4", "mixing_ratio"): "ch4_mole_fraction",
    ("ch4", "mole_fraction"): "ch4_mole_fraction_wet",
    ("n2o", "mixing_ratio"): "n2o_mole_fraction",
    ("n2o", "mole_fraction"): "n2o_mole_fraction_wet",
    ("h2o", "mole_fraction"): "h2o_mole_fraction",
    ("h2o", "mixing_ratio"): "h2o mixing ratio",
    ("ts", ""): "sonic_temperature",
    ("air_t", ""): "air_temperature",
    ("air_p", ""): "air_pressure",
    ("rho", ""): "wind_speed",
    ("theta", ""): "wind_direction",
    ("diag_75", ""): "diagnostic_code",
    ("diag_72", ""): "diagnostic_code",
}
"""Field of a variable and its measure type."""
HEADINGS = {
    "CO2 dry(umol/mol)": ("co2_mole_fraction", 1.0),
    "CO2 (umol/mol)": ("co2_mole_fraction_wet", 1.0),
    "CH4 (umol/mol)": ("ch4_mole_fraction_wet", 1000.0),
    "H2O (mmol/mol)": ("h2o_mole_fraction", 1.0),
    "H2O dry(mmol/mol)": ("h2o mixing ratio", 1.0),
    "Diagnostic Value": ("diagnostic_code", 1.0),
}
"""Columns that LI-7200 and LI-7500 analysers name so, for what the .metadata leaves out: field and factor."""
UNITS: dict[str, tuple[float, float]] = {
    "co2 ppm": (1.0, 0.0),
    "co2 umol_mol": (1.0, 0.0),
    "co2 ppt": (1000.0, 0.0),
    "co2 mmol_mol": (1000.0, 0.0),
    "ch4 ppm": (1000.0, 0.0),
    "ch4 umol_mol": (1000.0, 0.0),
    "ch4 ppb": (1.0, 0.0),
    "ch4 nmol_mol": (1.0, 0.0),
    "n2o ppm": (1000.0, 0.0),
    "n2o umol_mol": (1000.0, 0.0),
    "n2o ppb": (1.0, 0.0),
    "n2o nmol_mol": (1.0, 0.0),
    "h2o ppt": (1.0, 0.0),
    "h2o mmol_mol": (1.0, 0.0),
    "h2o ppm": (0.001, 0.0),
    "kelvin": (1.0, -273.15),
    "ckelvin": (0.01, -273.15),
    "celsius": (1.0, 0.0),
    "ccelsius": (0.01, 0.0),
    "kpa": (1.0, 0.0),
    "hpa": (0.1, 0.0),
    "pa": (0.001, 0.0),
    "m_sec": (1.0, 0.0),
    "cm_sec": (0.01, 0.0),
    "mm_sec": (0.001, 0.0),
    "degrees": (1.0, 0.0),
    "": (1.0, 0.0),
    "dimensionless": (1.0, 0.0),
}
"""(a, b) of the field's unit = a * value + b, by unit and, for gases, gas."""
SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "space": ""}
TIMES = ("Seconds", "Nanoseconds", "Date", "Time")


class Column(NamedTuple):
    """A column of the .data, counted from 0, and how it becomes a field."""

    position: int
    field: str
    scale: float
    offset: float


def recognise(opened: Opened) -> bool:
    return bool(_members(opened)[0] and _members(opened)[1])


def read(opened: Opened) -> pd.DataFrame:
    """`time` is the clock of the analyser, with its fraction of a second. attrs: "latitude", "longitude",
    "altitude" (m), "canopy_height" (m), "frequency" (s-1) and "instruments" as the .metadata states them.
    """
    import pandas as pd

    data, described = _members(opened)
    about = _metadata(opened, described)
    description = about["FileDescription"] if about.has_section("FileDescription") else {}
    sep = SEPARATORS.get(description.get("separator", "tab"), "\t")
    heading, header = _heading(opened, data, sep, int(number(description.get("header_rows") or 0)))
    names = lines.unique(header)
    columns = _columns(description, names)
    lines.lacking(opened.name, names, [n for n in ("Date", "Time") if "Seconds" not in names])
    if not columns:
        lines.lacking(opened.name, (), ("co2, h2o, ch4, n2o, ts",))
    label = names[0] if names[0] == "DATAH" else ""
    frame, problems = lines.table(
        opened,
        names,
        sep=sep,
        after=heading,
        member=data,
        wanted=[*TIMES, *(names[c.position] for c in columns)],
        text=("Date", "Time"),
        missing=("-9999", "-9999.0"),
        keep=(lambda _, line: line.startswith(b"DATA" + sep.encode())) if label else None,
    )
    frame, doubts = _timed(frame, opened.name)
    result = pd.DataFrame({"time": frame["time"], "source_row": frame["source_row"]})
    for c in columns:
        values = frame[names[c.position]].to_numpy() * c.scale + c.offset
        if c.field == "h2o mixing ratio":
            values, target = values / (1 + values / 1000), "h2o_mole_fraction"
        else:
            target = c.field
        if target not in result:
            result[target] = values
    result.attrs |= _site(about) | _head(opened, data) | {"problems": [*problems, *doubts]}
    return result


def _members(opened: Opened) -> tuple[str, str]:
    """Names of the .data and the .metadata; those of the weather sensors (biomet) are others."""
    inside = [m for m in opened.members if "biomet" not in m.lower()]
    found = [next((m for m in inside if m.lower().endswith(end)), "") for end in (".data", ".metadata")]
    return found[0], found[1]


def _metadata(opened: Opened, member: str) -> configparser.ConfigParser:
    with lines.stream(opened, member) as source:
        text = source.read().decode("utf-8-sig", "replace")
    about = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        about.read_string(text)
    except configparser.Error as error:
        raise lines.damaged(opened.name, f"{member}: {error.message}") from None
    return about


def _heading(opened: Opened, member: str, sep: str, rows: int) -> tuple[int, list[str]]:
    """Line number and cells of the row DATAH, or of the last of the header rows that the .metadata counts."""
    with lines.stream(opened, member) as source:
        head = [source.readline(1 << 20).decode("utf-8", "replace").strip("\ufeff\r\n") for _ in range(max(rows, 60))]
    for i, line in enumerate(head, 1):
        if line.startswith("DATAH"):
            return i, line.split(sep or None)
    if 0 < rows <= len(head) and head[rows - 1]:
        return rows, head[rows - 1].split(sep or None)
    raise lines.damaged(opened.name, Text(f"{member} has no heading row", f"{member} 中没有表头行"))


def _columns(description: Any, names: list[str]) -> list[Column]:
    """Columns the .metadata describes, then those known by their heading."""
    count = sum(1 for key in description if key.startswith("col_") and key.endswith("_variable"))
    first = 1 if names[0] == "DATAH" and count < len(names) else 0
    found: list[Column] = []
    for i in range(1, count + 1):
        told = {k: (description.get(f"col_{i}_{k}") or "").strip() for k in PROPERTIES}
        variable, measure = told["variable"].lower(), told["measure_type"].lower()
        target = VARIABLES.get((variable, measure)) or VARIABLES.get((variable, ""))
        position = i - 1 + first
        if target is None or position >= len(names):
            continue
        scaling = _scaling(told)
        unit = (told["unit_out"] if told["conversion"] else "") or told["unit_in"]
        to = UNITS.get(f"{variable} {unit.lower()}") or UNITS.get(unit.lower())
        if to and scaling:
            found.append(Column(position, target, scaling[0] * to[0], scaling[1] * to[0] + to[1]))
    have = {c.field for c in found}
    found += [Column(names.index(n), t, f, 0.0) for n, (t, f) in HEADINGS.items() if n in names and t not in have]
    return sorted(found, key=lambda c: c.field == "h2o mixing ratio")


PROPERTIES = ("variable", "measure_type", "unit_in", "unit_out", "conversion", "a_value", "b_value")


def _scaling(told: dict[str, str]) -> tuple[float, float] | None:
    """(a, b) of value in unit_out = a * value + b; None for a scaling other than gain and offset."""
    if not told["conversion"]:
        return 1.0, 0.0
    if told["conversion"].lower() == "gain_offset":
        return number(told["a_value"] or 1), number(told["b_value"] or 0)
    return None


def _timed(frame: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Any]]:
    """Date and Time (hh:mm:ss:mmm); where these are missing, Seconds since 1970 (UTC)."""
    import pandas as pd

    if {"Date", "Time"} <= set(frame):
        clock = frame["Time"].str.strip().str.replace(r"^(\d+:\d+:\d+):(\d+)$", r"\1.\2", regex=True)
        return lines.clock(frame, frame["Date"].str.strip() + " " + clock, file)
    nanoseconds = frame["Nanoseconds"].fillna(0) if "Nanoseconds" in frame else 0
    stamp = pd.to_datetime(frame["Seconds"], unit="s", errors="coerce") + pd.to_timedelta(nanoseconds, unit="ns")
    return lines.clock(frame, stamp, file)


def _head(opened: Opened, member: str) -> dict[str, Any]:
    """Analyser and time zone of the lines above the headings."""
    with lines.stream(opened, member) as source:
        head = source.read(4096).decode("utf-8", "replace").splitlines()
    told = {name: value.strip() for name, colon, value in (line.partition(":") for line in head) if colon}
    analyser = " ".join(filter(None, (told.get("Model", ""), told.get("SN", ""))))
    return {"analyser": analyser, "timezone": told.get("Timezone", "")}


def _site(about: configparser.ConfigParser) -> dict[str, Any]:
    site = about["Site"] if about.has_section("Site") else {}
    timing = about["Timing"] if about.has_section("Timing") else {}
    numbers = {k: number(site.get(k)) for k in ("latitude", "longitude", "altitude", "canopy_height")}
    models = dict(about["Instruments"]) if about.has_section("Instruments") else {}
    instruments = [v for k, v in models.items() if k.endswith("_model") and v]
    return {**numbers, "frequency": number(timing.get("acquisition_frequency")), "instruments": instruments}


FORMAT = InstrumentFormat(
    "ghg",
    Text("LI-COR eddy covariance raw data (.ghg)", "LI-COR 涡度相关原始数据（.ghg）"),
    recognise,
    read,
    "licor_ghg",
    (".ghg",),
    "eddy",
)
