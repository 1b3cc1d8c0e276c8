"""Whether the turbulent heat adds up to the energy that was there."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import eddy_energy, numbers
from halosink.figures.canvas import Figure
from halosink.figures.eddy_energy import Line
from halosink.figures.eddy_sheet import say, sentence
from halosink.report.contents import Contents
from halosink.report.eddy_shared import Part, by_tower, half_hours, made, percent, place, reason, towers
from halosink.report.tables import Table, text

PERIODS = ("all", "year", "season")
STORED = ("sensible_heat_storage", "latent_heat_storage")


def energy(contents: Contents, language: Language) -> Part | None:
    """None without a table of energy balances."""
    frame = contents.frame("eddy/energy_balance")
    if frame is None or not {"tower", "slope", "ratio"} <= set(frame):
        return None
    lines, figures = [], []
    steps = half_hours(contents)
    for tower, part in by_tower(frame):
        where = place(tower, contents, language)
        main = _main(part)
        if main is None or not math.isfinite(_number(main, "ratio")) and not math.isfinite(_number(main, "slope")):
            codes = ",".join(dict.fromkeys(c for c in part["reason"].map(text) if c)) if "reason" in part else ""
            why = reason(codes, language, "energy", "footprint") or say("ustar.no_reason", language)
            lines.append(sentence("energy.none", language, where=where, why=why))
            continue
        said = {"where": where, "ratio": _ratio(main, "ratio", language), "slope": _ratio(main, "slope", language)}
        lines.append(sentence("energy.lead", language, **said, percent=percent(contents)))
        own = None if steps is None else steps[steps["tower"].astype(str) == tower]
        if own is not None and (drawn := _figure(own, main, tower, contents, language)):
            figures.append(drawn)
            if "soil_heat_flux" not in own or own["soil_heat_flux"].isna().all():
                lines.append(sentence("energy.no_soil", language, where=where))
    known = frame[["slope", "ratio"]].notna().any(axis=None)
    tables = [_table(frame, contents, language)] if known else []
    return Part(say("energy.title", language), lines, figures, tables, not_shown=say("energy.not", language))


def _main(part: pd.DataFrame) -> pd.Series | None:
    """The row of the longest period."""
    if "period" not in part:
        return part.iloc[0] if len(part) else None
    for period in PERIODS:
        rows = part[(part["period"].astype(str) == period) & (part["slope"].notna() | part["ratio"].notna())]
        if len(rows):
            return rows.iloc[0]
    return None


def _number(row: pd.Series, column: str) -> float:
    value = row.get(column)
    return float(value) if value is not None and value == value else math.nan


def _ratio(row: pd.Series, column: str, language: Language) -> str:
    mid, low, high = (_number(row, f"{column}{end}") for end in ("", "_low", "_high"))
    if not math.isfinite(mid):
        return ""
    shown = [numbers.number(v, language, 2) for v in (mid, low, high)]
    return numbers.bracket(shown[0], numbers.joined(shown[1:], language), language)


def _figure(steps: pd.DataFrame, row: pd.Series, tower: str, contents: Contents, language: Language) -> Figure | None:
    """Only steps in which every part was measured."""
    if not {"net_radiation", "latent_heat_flux", "sensible_heat_flux"} <= set(steps):
        return None
    soil = steps["soil_heat_flux"] if "soil_heat_flux" in steps and steps["soil_heat_flux"].notna().any() else 0.0
    stored = sum((steps[c].fillna(0) for c in STORED if c in steps), start=pd.Series(0.0, index=steps.index))
    available, turbulent = (
        steps["net_radiation"] - soil,
        steps["latent_heat_flux"] + steps["sensible_heat_flux"] + stored,
    )
    if int((available.notna() & turbulent.notna()).sum()) < 2:
        return None
    line = Line(*(_number(row, c) for c in ("slope", "slope_low", "slope_high", "intercept")))
    said = [
        say("energy.slope", language, value=_ratio(row, "slope", language)) if math.isfinite(line.slope) else "",
        say("energy.ratio", language, value=_ratio(row, "ratio", language)) if _ratio(row, "ratio", language) else "",
        say("energy.r2", language, value=numbers.number(row.get("r2"), language, 2)),
        say("energy.count", language, value=numbers.count(row.get("records"), language)),
    ]
    where = place(tower, contents, language)
    lines = [s for s in said if s]
    return eddy_energy.draw(available, turbulent, line, lines, where, percent(contents), language)


def _table(frame: pd.DataFrame, contents: Contents, language: Language) -> Table:
    several = len(towers(contents)) > 1
    rank = frame["period"].astype(str).map({p: i for i, p in enumerate(PERIODS)}) if "period" in frame else pd.Series(0)
    keys = pd.DataFrame({"t": pd.factorize(frame["tower"])[0], "r": np.asarray(rank), "i": np.arange(len(frame))})
    ordered = frame.iloc[keys.sort_values(["t", "r", "i"])["i"].to_numpy()]
    cells, marks = [], []
    for _, row in ordered.iterrows():
        kind = text(row.get("period")) or "all"
        when = {"all": say("energy.all", language), "year": _whole(row.get("year")), "season": text(row.get("season"))}
        cells.append([
            str(row["tower"]) if several else "", when.get(kind, kind) or _whole(row.get("year")),
            _ratio(row, "ratio", language), _ratio(row, "slope", language),
            numbers.number(row.get("intercept"), language, 1), numbers.number(row.get("r2"), language, 2),
            numbers.count(row.get("records"), language), reason(row.get("reason"), language, "energy", "footprint"),
        ])  # fmt: skip
        marks.append("open" if row["slope"] != row["slope"] else "")
    columns = "tower:k period:w ratio:w slope:w intercept:n r2:n records:n remark:l"
    return made(columns, cells, language, say("energy.table", language), marks, percent=percent(contents))


def _whole(value: object) -> str:
    return f"{int(value)}" if isinstance(value, (int, float, np.integer)) and value == value else text(value)
