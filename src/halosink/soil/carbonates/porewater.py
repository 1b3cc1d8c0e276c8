"""A table of porewater analyses: pCO2, dissolved carbon and saturation of each row, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from halosink import vocabulary
from halosink.problems import Problem
from halosink.soil.carbonates.from_ph import carbonate_from_ph
from halosink.soil.carbonates.solution import Ions, molal
from halosink.soil.carbonates.speciation import Bools
from halosink.soil.carbonates.water import Array

PH, ALKALINITY, NITRATE = "porewater_ph", "total_alkalinity", "porewater_nitrate_nitrogen"
MAIN = ("calcium", "magnesium", "sodium", "potassium", "chloride", "sulfate")
NITRATE_PER_NITROGEN = 62.004 / 14.007
"""Molar masses of nitrate and nitrogen (prohaska2022)."""
TEMPERATURES = ("soil_temperature", "groundwater_temperature")
ASSUMED_TEMPERATURE = 25.0
"""degC, own choice: that of laboratories, at which pH is measured as a rule."""
UNBALANCED = 10.0
"""%, own choice: twice the 5 % that laboratories ask of themselves; many porewaters are small samples."""
SHOWN = 5
COLUMNS = {
    "pco2": "porewater_pco2",
    "alkalinity": "porewater_alkalinity",
    "dic": "porewater_dic",
    "ionic_strength": "porewater_ionic_strength",
    "si_calcite": "calcite_saturation_index",
    "si_gypsum": "gypsum_saturation_index",
    "charge_error": "ion_balance_error",
}
SCALE = {"alkalinity": 1000.0, "dic": 1000.0}
"""mol to mmol per kg of water."""
CODES = {
    "ph": "E-SOILWATER-PH", "negative": "E-SOILWATER-NEGATIVE", "temperature": "E-SOILWATER-TEMPERATURE",
    "missing": "W-SOILWATER-MISSING", "too_salty": "W-SOILWATER-SALTY", "low_alkalinity": "W-SOILWATER-ALKALINITY",
}  # fmt: skip


def porewater_carbonate(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """One row per row of a canonical porewater table, and what is to be said about them.

    frame: porewater_ph; total_alkalinity [meq L-1]; porewater_calcium, _magnesium, _sodium, _potassium, _chloride,
    _sulfate [mg L-1], porewater_nitrate_nitrogen [mg L-1]; soil_temperature or groundwater_temperature [degC], 25 where
    not given. A column that is not there counts as none of that ion and is named in a note. Without total_alkalinity
    it is the charge that the six main ions leave, for which all six must be there.

    Result: the columns that identify a row, source_file, source_row; porewater_pco2 [atm], porewater_alkalinity,
    porewater_dic [mmol per kg of water], porewater_ionic_strength [mol per kg], calcite_saturation_index,
    gypsum_saturation_index (NaN without calcium or sulfate), ion_balance_error [%]; alkalinity_from ("titration",
    "charge"); reason, "" or a key of texts soil_carbonates.reason.
    """
    keep = [c for c in (*vocabulary.table_kinds()["porewater"].key, "source_file", "source_row") if c in frame]
    result = frame[keep].reset_index(drop=True)
    problems: list[Problem] = []
    needed = [c for c in (PH, *(() if ALKALINITY in frame else (f"porewater_{n}" for n in MAIN))) if c not in frame]
    if needed:
        problems.append(Problem("E-SOILWATER-COLUMNS", file=_file(frame), values={"columns": ", ".join(needed)}))
        nothing = result.assign(**dict.fromkeys(COLUMNS.values(), np.nan), alkalinity_from="", reason="missing")
        return nothing, problems
    absent = [n for n in MAIN if f"porewater_{n}" not in frame]
    if absent:
        names = ", ".join(f"porewater_{n}" for n in absent)
        problems.append(Problem("N-SOILWATER-IONS", file=_file(frame), values={"columns": names}))
    mass = {n: _numbers(frame, f"porewater_{n}", 0.0) for n in MAIN}
    mass["nitrate"] = np.nan_to_num(_numbers(frame, NITRATE, 0.0)) * NITRATE_PER_NITROGEN
    temperature = _temperature(frame, problems)
    titrated = _numbers(frame, ALKALINITY, np.nan)
    ions, alkalinity = molal(Ions(**mass), np.nan_to_num(titrated), temperature)
    by_charge = ~np.isfinite(titrated) & (not absent)
    if by_charge.any():
        problems.append(_problem("N-SOILWATER-CHARGE", frame, by_charge))
    total = np.where(np.isfinite(titrated), alkalinity, np.where(by_charge, ions.charge(), np.nan))
    water = carbonate_from_ph(ions, _numbers(frame, PH, np.nan), total, temperature)
    for name, column in COLUMNS.items():
        values = getattr(water, name) * SCALE.get(name, 1.0)
        result[column] = np.where(np.isfinite(values), values, np.nan)
    result["alkalinity_from"] = np.where(by_charge, "charge", np.where(np.isfinite(titrated), "titration", ""))
    result["reason"] = water.reason.astype(object)
    for reason, code in CODES.items():
        rows = water.reason == reason
        if rows.any():
            problems.append(_problem(code, frame, rows))
    unbalanced = (np.abs(result["ion_balance_error"].to_numpy()) > UNBALANCED) & (water.reason == "") & (not absent)
    if unbalanced.any():
        problems.append(_problem("W-SOILWATER-BALANCE", frame, unbalanced, limit=f"{UNBALANCED:g}"))
    return result, problems


def _temperature(frame: pd.DataFrame, problems: list[Problem]) -> Array:
    found = np.full(len(frame), np.nan)
    for column in TEMPERATURES:
        found = np.where(np.isfinite(found), found, _numbers(frame, column, np.nan))
    unknown = ~np.isfinite(found)
    if unknown.any():
        problems.append(_problem("N-SOILWATER-TEMPERATURE", frame, unknown, value=f"{ASSUMED_TEMPERATURE:g}"))
    return np.where(unknown, ASSUMED_TEMPERATURE, found)


def _numbers(frame: pd.DataFrame, column: str, otherwise: float) -> Array:
    if column not in frame:
        return np.full(len(frame), otherwise)
    return pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)


def _problem(code: str, frame: pd.DataFrame, rows: Bools, **values: object) -> Problem:
    at = np.flatnonzero(rows)
    shown: Iterable[int] = frame["source_row"].iloc[at[:SHOWN]] if "source_row" in frame else ()
    column = PH if code == "E-SOILWATER-PH" else ""
    numbers = tuple(int(r) for r in shown)
    return Problem(code, _file(frame), "", column, numbers, len(at), {"number": len(at), **values})


def _file(frame: pd.DataFrame) -> str:
    if "source_file" not in frame:
        return ""
    files = frame["source_file"].astype(str).unique()
    return str(files[0]) if len(files) == 1 else ""
