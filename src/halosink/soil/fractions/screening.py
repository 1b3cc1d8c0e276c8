"""A table of fractions made fit for computing: numbers, one basis, nothing impossible. What is wrong is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink import vocabulary
from halosink.problems import Problem, did_you_mean
from halosink.soil.fractions.basis import BASES, Basis, per_soil
from halosink.soil.fractions.declared import FRACTIONS

SHOWN = 5
SUM = 100.0
# own choice: rounding of three shares to one decimal, and then some
SUM_TOLERANCE = 2.0


def problem(code: str, frame: pd.DataFrame, rows: Iterable[int], where: str = "", /, **values: object) -> Problem:
    """A problem of these positions of the frame and column `where`, with file and rows as the user sees them."""
    at = list(rows)
    files = sorted(set(frame["source_file"].iloc[at].astype(str))) if "source_file" in frame and at else []
    numbers: tuple[int, ...] = ()
    if "source_row" in frame:
        numbers = tuple(int(r) for r in pd.to_numeric(frame["source_row"].iloc[at], errors="coerce").dropna()[:SHOWN])
    file = files[0] if len(files) == 1 else ""
    return Problem(code, file=file, column=where, rows=numbers, count=len(at), values={"number": len(at), **values})


def screen(
    frame: pd.DataFrame, columns: Sequence[str], basis: Mapping[str, Basis] | None = None
) -> tuple[dict[str, NDArray[np.float64]], list[Problem]]:
    """Columns as float arrays (n,), NaN where missing, not a number or impossible, carbon per soil; and problems.

    Impossible is below the field's minimum or beyond its maximum; clay and silt that add up to more than 100 % and a
    layer that ends above its top too.
    Ranges are those of the vocabulary and are applied after the basis is changed.
    """
    found: list[Problem] = []
    present = [c for c in columns if c in frame]
    values = {c: _numbers(frame, c, found) for c in present}
    _to_soil(frame, values, basis or {}, found)
    for name, array in values.items():
        field = vocabulary.field(name)
        low = -np.inf if field.minimum is None else field.minimum
        high = np.inf if field.maximum is None else field.maximum
        wrong = np.isfinite(array) & ((array < low) | (array > high))
        if wrong.any():
            at = np.flatnonzero(wrong)
            found.append(
                problem(
                    "E-FRACTION-RANGE",
                    frame,
                    at,
                    name,
                    label=field.label,
                    value=f"{array[at[0]]:g}",
                    low=f"{low:g}",
                    high=f"{high:g}",
                    unit=field.unit,
                )
            )
            array[wrong] = np.nan
    if {"clay", "silt"} <= values.keys():
        with np.errstate(invalid="ignore"):
            over = values["clay"] + values["silt"] > SUM + SUM_TOLERANCE
        if over.any():
            found.append(problem("E-FRACTION-TEXTURE", frame, np.flatnonzero(over), "clay"))
            for one in ("clay", "silt"):
                values[one][over] = np.nan
    if {"depth_top", "depth_bottom"} <= values.keys():
        with np.errstate(invalid="ignore"):
            upside_down = values["depth_bottom"] <= values["depth_top"]
        if upside_down.any():
            found.append(problem("E-FRACTION-DEPTH", frame, np.flatnonzero(upside_down), "depth_bottom"))
            values["depth_bottom"][upside_down] = np.nan
    return values, found


def _numbers(frame: pd.DataFrame, column: str, found: list[Problem]) -> NDArray[np.float64]:
    raw = frame[column]
    numbers = pd.to_numeric(raw, errors="coerce").to_numpy(dtype=float, na_value=np.nan).copy()
    lost = np.flatnonzero(raw.notna().to_numpy() & ~np.isfinite(numbers))
    if len(lost):
        found.append(problem("E-FRACTION-NUMBER", frame, lost, column, value=str(raw.iloc[lost[0]])))
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _to_soil(
    frame: pd.DataFrame,
    values: dict[str, NDArray[np.float64]],
    basis: Mapping[str, Basis],
    found: list[Problem],
) -> None:
    rows = np.arange(len(frame))
    empty = np.full(len(frame), np.nan)
    for name, kind in basis.items():
        known = [n for n, f in FRACTIONS.items() if f.measures == "carbon"]
        if name not in known:
            meant = did_you_mean(name, known) or "-"
            found.append(problem("E-FRACTION-BASIS-COLUMN", frame, [], name, column=name, meant=meant))
            continue
        if kind not in BASES:
            found.append(problem("E-FRACTION-BASIS", frame, [], name, column=name, basis=kind, known=", ".join(BASES)))
            continue
        if name not in values or kind == "soil":
            continue
        fraction = FRACTIONS[name]
        whole = values.get("soil_organic_carbon", empty)
        mass = _numbers(frame, fraction.mass, found) if fraction.mass in frame else empty
        used = mass if kind == "fraction" else whole
        lacking = np.isfinite(values[name]) & ~np.isfinite(used)
        if lacking.any():
            needed = (fraction.mass or "-") if kind == "fraction" else "soil_organic_carbon"
            found.append(
                problem("E-FRACTION-BASIS-LACKS", frame, rows[lacking], name, column=name, basis=kind, needed=needed)
            )
        values[name] = per_soil(values[name], kind, whole, mass) / fraction.per_soil
