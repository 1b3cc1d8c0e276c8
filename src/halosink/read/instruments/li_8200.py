"""LI-COR LI-8200-01S Smart Chamber: .json with data sets (collars), each with repetitions, each with its readings."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import chambers, lines
from halosink.read.instruments.parts.chambers import number

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COLUMNS = {
    "co2": "co2_mole_fraction",
    "ch4": "ch4_mole_fraction",
    "n2o": "n2o_mole_fraction",
    "nh3": "nh3_mole_fraction",
    "h2o": "h2o_mole_fraction",
    "chamber_t": "chamber_temperature",
    "chamber_p": "chamber_pressure",
    "soilp_t": "soil_temperature",
    "soilp_m": "soil_moisture",
    "err": "diagnostic_code",
}
NO_PROBE = 9999.0
"""What stands for a soil probe that is not connected."""
CHAMBER_VOLUME = 4244.1
"""Volume of the chamber that its own files state, cm3; it stands in where a file says 0."""
BROKEN = Text("the file is not whole; only whole repetitions were read", "文件不完整，只读取了完整的重复测定")
NO_DATA = Text("their readings are missing or not of one length", "其读数缺失或长度不一致")
REP = re.compile(r'"(REP_\d+)"\s*:\s*(?=\{)')
SET = re.compile(r'\{\s*("(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")\s*:\s*\{\s*"remark"')


def recognise(opened: Opened) -> bool:
    start = opened.text.lstrip()
    return start.startswith("{") and '"datasets"' in start and ('"reps"' in start or '"REP_' in start)


def read(opened: Opened) -> pd.DataFrame:
    """`elapsed_time` is counted from the start of the repetition, when the chamber has closed. `source_row` is the
    number of the repetition in the file. attrs["vendor"]: fluxes that the chamber computed, in umol m-2 s-1 for CO2
    and nmol m-2 s-1 for the other gases.
    """
    import pandas as pd

    with lines.stream(opened) as source:
        text = source.read().decode("utf-8-sig", "replace")
    problems: list[Problem] = []
    try:
        repetitions = list(_repetitions(json.loads(text)))
    except (ValueError, TypeError, AttributeError, LookupError):
        repetitions, broken = _saved(text)
        problems.append(lines.left_out(opened.name, broken, BROKEN))
        if not repetitions:
            raise lines.damaged(opened.name, Text("no repetition is whole", "没有一次完整的重复测定")) from None
    frames, vendor, lost, told = [], [], [], []
    for i, (label, rep) in enumerate(repetitions, 1):
        frame = _readings(label, rep, i)
        if frame is None:
            lost.append(i)
            continue
        frames.append(frame)
        vendor += _vendor(frame, rep)
        if _no_volume(rep):
            told.append(i)
    if lost:
        problems.append(lines.left_out(opened.name, lost, NO_DATA))
    if told:
        values = {"volume": CHAMBER_VOLUME / chambers.CM3_PER_L, "number": len(told)}
        problems.append(
            Problem("W-INSTRUMENT-VOLUME", opened.name, "", "ChamVolume", tuple(told[:5]), len(told), values)
        )
    result = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    headers = [rep.get("header", {}) for _, rep in repetitions]
    result.attrs |= {"vendor": vendor, "problems": problems}
    if headers:
        result.attrs |= {"analyser": _analyser(headers[0]), "timezone": headers[0].get("TimeZone", "")}
    return result


def _readings(label: str, rep: dict[str, Any], order: int) -> pd.DataFrame | None:
    import numpy as np
    import pandas as pd

    header, data = rep.get("header"), rep.get("data")
    if not isinstance(header, dict) or not isinstance(data, dict):
        return None
    start = pd.to_datetime(str(header.get("Date", "")), format="%Y-%m-%d %H:%M:%S", errors="coerce")
    elapsed = _numbers(data.get("timestamp"))
    arrays = {target: _numbers(data[name]) for name, target in COLUMNS.items() if name in data}
    if pd.isna(start) or not len(elapsed) or any(len(a) != len(elapsed) for a in arrays.values()):
        return None
    time = np.datetime64(start, "us") + np.round(elapsed * 1e6).astype("timedelta64[us]")
    length = max(elapsed[-1] - elapsed[0], 0.0) + (np.median(np.diff(elapsed)) if len(elapsed) > 1 else 0.0)
    for target in ("soil_temperature", "soil_moisture"):
        if target in arrays:
            arrays[target][arrays[target] == NO_PROBE] = np.nan
    thermistor = _numbers(data.get("soil_t"))
    if len(thermistor) == len(elapsed) and np.isnan(arrays.get("soil_temperature", np.array([np.nan]))).all():
        arrays["soil_temperature"] = np.where(thermistor == NO_PROBE, np.nan, thermistor)
    bare, total = number(header.get("ChamVolume")), number(header.get("TotalVolume"))
    if _no_volume(rep):
        bare, total = CHAMBER_VOLUME, total + CHAMBER_VOLUME
    return pd.DataFrame(
        {
            "closure": chambers.closure_name(label, header.get("RepNum", order), start),
            "time": time,
            "source_row": order,
            "elapsed_time": elapsed,
            **arrays,
            "closure_length": length,
            "deadband": number(header.get("DeadBand")),
            "chamber": label,
            "chamber_volume": total / chambers.CM3_PER_L,
            "chamber_volume_bare": bare / chambers.CM3_PER_L,
            "instrument_volume": number(header.get("IrgaVolume")) / chambers.CM3_PER_L,
            "chamber_area": number(header.get("Area")) / chambers.CM2_PER_M2,
            "collar_offset": number(header.get("Offset")),
            "analyser": _analyser(header),
            "replicate": str(header.get("RepNum", "")),
            "latitude": number(header.get("latitude")),
            "longitude": number(header.get("longitude")),
        }
    )


def _vendor(frame: pd.DataFrame, rep: dict[str, Any]) -> list[dict[str, Any]]:
    footer = rep.get("footer") or {}
    header = rep["header"]
    first = frame.iloc[0]
    return [
        {
            "closure": first["closure"],
            "gas": fit.get("name", ""),
            "exponential_flux": number(fit.get("F_o")),
            "exponential_r_squared": number(fit.get("r2")),
            "slope": number(fit.get("slope")),
            "rate": number(fit.get("a")),
            "start": number(fit.get("t_o")),
            "total_volume": number(header.get("TotalVolume")) / chambers.CM3_PER_L,
            "area": float(first["chamber_area"]),
            "deadband": float(first["deadband"]),
            "closure_length": float(first["closure_length"]),
            "initial_pressure": number(footer.get("P_o")),
            "initial_temperature": number(footer.get("T_o")),
            "initial_water": number(footer.get("W_o")),
        }
        for fit in footer.get("fluxes") or []
        if isinstance(fit, dict)
    ]


def _no_volume(rep: dict[str, Any]) -> bool:
    return number(rep["header"].get("ChamVolume")) == 0 and math.isfinite(number(rep["header"].get("TotalVolume")))


def _analyser(header: dict[str, Any]) -> str:
    named = f"{header.get('InstrumentModel', '')} {header.get('InstrumentSerialNumber', '')}".strip()
    return "" if named == "generic generic" else named


def _numbers(values: Any) -> np.ndarray:
    import numpy as np

    if not isinstance(values, list):
        return np.empty(0)
    try:
        return np.array(values, dtype=float).reshape(len(values))
    except (TypeError, ValueError):
        return np.array([number(v) for v in values])


def _repetitions(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for collar in content["datasets"]:
        for label, held in collar.items():
            for rep in held["reps"].values():
                yield label, rep


def _saved(text: str) -> tuple[list[tuple[str, dict[str, Any]]], list[int]]:
    """Whole repetitions of a file that is not whole, and the numbers of those that are not."""
    decoder = json.JSONDecoder()
    labels = [(found.start(), json.loads(found[1], strict=False)) for found in SET.finditer(text)]
    whole, broken = [], []
    for order, found in enumerate(REP.finditer(text), 1):
        label = next((name for at, name in reversed(labels) if at < found.start()), "")
        try:
            whole.append((label, decoder.raw_decode(text, found.end())[0]))
        except ValueError:
            broken.append(order)
    return whole, broken


FORMAT = InstrumentFormat(
    "li_8200",
    Text("LI-COR LI-8200-01S Smart Chamber", "LI-COR LI-8200-01S 智能呼吸室"),
    recognise,
    read,
    "licor_8200",
    (".json",),
    "chamber_concentrations",
)
