"""Gasmet FTIR analysers (DX4015, GT5000): Calcmet's tables, one group of columns for each gas.

A gas stands in a column named after it (Methane CH4), followed by Unit, Compensation (wet: per mole of moist air as
measured; dry: corrected for water) and Residual. Which gases there are, and their order, is up to the user's library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from halosink import vocabulary
from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import lines
from halosink.read.instruments.parts.repeats import Repeats

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FIELDS = {
    "H2O": "h2o_mole_fraction",
    "CO2": "co2_mole_fraction",
    "CH4": "ch4_mole_fraction",
    "N2O": "n2o_mole_fraction",
    "CO": "co_mole_fraction",
    "NH3": "nh3_mole_fraction",
    "C2H6": "c2h6_mole_fraction",
    "O2": "o2_mole_fraction",
}
PRESSURES = ("ambient pressure", "pressure")
ATTRIBUTES = ("Unit", "Compensation", "Residual")
SPELLINGS = {"vol-%": "%", "vol%": "%", "vol-ppm": "ppm", "vol-ppb": "ppb"}
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y", "%m/%d/%Y")
"""The first of these that reads all dates is taken; days before months, as Calcmet's own default is year first."""


class Group(NamedTuple):
    """The columns of one quantity; "" where there is none."""

    field: str
    value: str
    unit: str
    compensation: str


def _recognise(opened: Opened) -> bool:
    names = _names(opened)
    return {"Date", "Time", "Unit", "Compensation"} <= set(names) and "Line" in names


def _names(opened: Opened) -> list[str]:
    first = next((line for line in opened.lines if line.strip()), "")
    return [n.strip() for n in first.split("\t")]


def groups(names: Sequence[str]) -> list[Group]:
    """The quantities of a table that the vocabulary knows, by name; names: headings made different by lines.unique."""
    found: list[Group] = []
    for at, name in enumerate(names):
        bare = name.strip()
        field = FIELDS.get(bare.rsplit(" ", 1)[-1], "air_pressure" if bare.lower() in PRESSURES else "")
        if not field or any(g.field == field for g in found):
            continue
        own: dict[str, str] = {}
        for follower in names[at + 1 : at + 1 + len(ATTRIBUTES)]:
            kind = re.sub(r"\.\d+$", "", follower)
            if kind not in ATTRIBUTES:
                break
            own[kind] = follower
        if "Unit" in own:
            found.append(Group(field, name, own["Unit"], own.get("Compensation", "")))
    return found


def _read(opened: Opened) -> pd.DataFrame:
    import pandas as pd

    again = Repeats(_names(opened), "\t")
    names = lines.unique(_names(opened))
    heading_line = next(i for i, line in enumerate(opened.head.split(b"\n"), 1) if line.strip())
    wanted = groups(names)
    texts = [n for g in wanted for n in (g.unit, g.compensation) if n]
    words = [n for n in ("Date", "Time", "Status", "LibraryFile") if n in names]
    table, problems = lines.table(
        opened,
        names,
        after=heading_line,
        wanted=[*words, *texts, *(g.value for g in wanted)],
        text=[*words, *texts],
        keep=again,
    )
    problems += again.problems(opened.name)
    table, more = moments(table, table["Date"], table["Time"], opened.name)
    problems += more
    raw = {g.field: (_values(table, g, opened.name, problems), _dry(table, g)) for g in wanted}
    columns: dict[str, object] = {"time": table["time"]}
    columns |= {g.field: raw[g.field][0] for g in wanted if g.field in ("air_pressure", "h2o_mole_fraction")}
    water = raw["h2o_mole_fraction"][0] / 1000 if "h2o_mole_fraction" in raw else None
    for group in wanted:
        if group.field not in columns:
            columns |= wet_and_dry(group.field, *raw[group.field], water)
    if uncorrected := [g.value for g in wanted if water is None and g.field not in columns]:
        values = {"columns": ", ".join(uncorrected)}
        problems.append(Problem("N-INSTRUMENT-MOIST", opened.name, values=values))
    frame = pd.DataFrame(columns | {"source_row": table["source_row"]})
    problems += _status(table, opened.name)
    serial = table["LibraryFile"].str.extract(r"SN(\d+)")[0].dropna().tolist() if "LibraryFile" in table else []
    frame.attrs["analyser"] = " ".join(["Gasmet", *serial[:1]])
    frame.attrs["problems"] = problems
    return frame


def wet_and_dry(field: str, values: np.ndarray, dry: np.ndarray, water: np.ndarray | None) -> dict[str, np.ndarray]:
    """Mole fractions per mole of dry and, where the vocabulary has the field, of moist air.

    values, dry (whether a value is per mole of dry air), water (mol per mol of moist air): equal length.
    dry = moist / (1 - water).
    """
    import numpy as np

    moist = f"{field}_wet"
    if water is None:
        found = {field: np.where(dry, values, np.nan)} if dry.any() else {}
        return found | (
            {moist: np.where(dry, np.nan, values)} if not dry.all() and moist in vocabulary.fields() else {}
        )
    found = {field: np.where(dry, values, values / (1 - water))}
    return found | ({moist: np.where(dry, values * (1 - water), values)} if moist in vocabulary.fields() else {})


def _values(table: pd.DataFrame, group: Group, file: str, problems: list[Problem]) -> np.ndarray:
    """Values in the field's unit; NaN where the unit cannot be converted."""
    import numpy as np

    from halosink.vocabulary import units

    values = table[group.value].to_numpy(dtype=np.float64)
    to = vocabulary.fields()[group.field].unit
    result = np.full(len(values), np.nan)
    written = table[group.unit].str.strip()
    for unit, rows in written.groupby(written).groups.items():
        at = table.index.get_indexer(rows)
        try:
            result[at] = units.convert(values[at], SPELLINGS.get(str(unit).lower(), str(unit)), to)
        except units.UnitError:
            shown = {"unit": unit, "expected": to}
            where = tuple(int(r) for r in table["source_row"].iloc[at[:5]])
            problems.append(Problem("W-INSTRUMENT-UNIT", file, "", group.value, where, len(at), shown))
    return result


def _dry(table: pd.DataFrame, group: Group) -> np.ndarray:
    import numpy as np

    if not group.compensation:
        return np.zeros(len(table), dtype=bool)
    return table[group.compensation].str.strip().str.lower().eq("dry").to_numpy()


def _status(table: pd.DataFrame, file: str) -> list[Problem]:
    """Readings that the analyser itself did not find in order."""
    if "Status" not in table:
        return []
    status = table["Status"].fillna("").str.strip()
    odd = status[~status.str.upper().isin(("OK", ""))]
    rows = tuple(int(r) for r in table.loc[odd.index[:5], "source_row"])
    said = {"number": len(odd), "value": ", ".join(sorted(set(odd)))}
    return [Problem("W-INSTRUMENT-STATUS", file, "", "Status", rows, len(odd), said)] if len(odd) else []


def moments(
    table: pd.DataFrame,
    dates: pd.Series,
    times: pd.Series,
    file: str,
    forms: Sequence[str] = DATES,
    certain: bool = False,
) -> tuple[pd.DataFrame, list[Problem]]:
    """The table with `time`, from dates in the first of `forms` that reads them all, or else most of them.

    certain: the order of `forms` is the instrument's own, so that nothing need be said where two of them fit.
    """
    import pandas as pd

    days = dates.fillna("").str.strip()
    known = pd.Series(days.unique())
    share = [pd.to_datetime(known, format=form, errors="coerce").notna().mean() if len(known) else 0 for form in forms]
    best = forms[share.index(max(share))]
    ambiguous = [f for f, s in zip(forms, share, strict=True) if s == max(share) > 0 and f != best]
    clock = times.fillna("").str.strip()
    frame, problems = lines.clock(table, days + " " + clock, file, f"{best} %H:%M:%S{_fraction(clock)}")
    if ambiguous and not certain:
        problems.append(Problem("N-INSTRUMENT-DATES", file, values={"value": days.iloc[0], "order": _order(best)}))
    return frame, problems


def _fraction(clock: pd.Series) -> str:
    return ".%f" if len(clock) and "." in clock.iloc[0] else ""


def _order(form: str) -> Text:
    words = {"Y": ("year", "年"), "y": ("year", "年"), "m": ("month", "月"), "d": ("day", "日")}
    parts = [words[c] for c in re.findall(r"%(\w)", form)]
    return Text("-".join(p[0] for p in parts), "".join(p[1] for p in parts))


FORMAT = InstrumentFormat(
    name="gasmet",
    label=Text("Gasmet DX4015, GT5000 (Calcmet table)", "Gasmet DX4015、GT5000（Calcmet 数据表）"),
    recognise=_recognise,
    read=_read,
    source="rheault2024goflux",
    suffixes=(".txt", ".TXT"),
)
