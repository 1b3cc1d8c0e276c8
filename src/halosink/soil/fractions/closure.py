"""Whether fractions add up, row by row: flags, and refusal where a unit must be wrong. Nothing is rescaled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.soil.fractions.basis import Basis
from halosink.soil.fractions.declared import FRACTIONS
from halosink.soil.fractions.schemes import SCHEMES, WHOLE_MASS, Scheme, verdicts
from halosink.soil.fractions.screening import problem, screen
from halosink.vocabulary import field, texts

Array = NDArray[np.float64]
COLUMNS = tuple(dict.fromkeys(["soil_organic_carbon", *(c for s in SCHEMES.values() for c in s.columns)]))
NOTE = ["source_file", "source_row"]


def closure_checks(frame: pd.DataFrame, basis: Mapping[str, Basis] | None = None) -> tuple[pd.DataFrame, list[Problem]]:
    """Recovery of every scheme that the table has a part of: (table, problems).

    frame: vocabulary columns, with source_file and source_row where known. The table has one row per row of the frame
    and such scheme: `row` (position), source_file, source_row, scheme, total, whole [g kg-1 soil], recovery [1],
    verdict ("closed", "open", "refused", "not_judged"), reason (texts soil_fractions.reason) and missing (columns).
    Every row of the frame is in it for each such scheme. Sources of the limits: schemes.py.
    """
    values, found = screen(frame, COLUMNS, basis)
    return table(frame, values, found)


def table(frame: pd.DataFrame, values: dict[str, Array], found: list[Problem]) -> tuple[pd.DataFrame, list[Problem]]:
    """closure_checks of screened values."""
    parts = []
    for scheme in SCHEMES.values():
        if not any(c in values for c in scheme.columns):
            continue
        total, whole, missing = _sums(frame, values, scheme)
        recovery, verdict, reason = verdicts(scheme, total, whole)
        part = pd.DataFrame(
            {
                "row": np.arange(len(frame)),
                **{c: frame[c].to_numpy() for c in NOTE if c in frame},
                "scheme": scheme.name,
                "total": total,
                "whole": whole,
                "recovery": recovery,
                "verdict": verdict,
                "reason": np.where(verdict == "not_judged", "lacks", reason),
                "missing": missing,
            }
        )
        parts.append(part)
        found += _problems(frame, scheme, part)
    names = ["row", *(c for c in NOTE if c in frame)]
    names += ["scheme", "total", "whole", "recovery", "verdict", "reason", "missing"]
    return (pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)), found


def refuse(values: dict[str, Array], checks: pd.DataFrame) -> dict[str, Array]:
    """Values without the parts of refused sums; bulk organic carbon stays."""
    kept = {name: array.copy() for name, array in values.items()}
    for name, rows in checks[checks["verdict"] == "refused"].groupby("scheme")["row"]:
        for column in SCHEMES[str(name)].columns:
            if column in kept:
                kept[column][rows.to_numpy()] = np.nan
    return kept


def _sums(frame: pd.DataFrame, values: Mapping[str, Array], scheme: Scheme) -> tuple[Array, Array, NDArray[np.object_]]:
    empty = np.full(len(frame), np.nan)
    total = np.zeros(len(frame))
    for part in scheme.parts:
        if isinstance(part, str):
            scale = FRACTIONS[part].per_soil if part in FRACTIONS else 1.0
            total = total + values.get(part, empty) * scale
        else:
            mass, carbon = (values.get(c, empty) for c in part)
            total = total + mass * carbon / WHOLE_MASS
    whole = values.get(scheme.whole, empty) if scheme.whole else np.full(len(frame), WHOLE_MASS)
    names = (*scheme.columns, *((scheme.whole,) if scheme.whole else ()))
    absent = [np.where(np.isfinite(values.get(c, empty)), "", c + " ") for c in names]
    missing = np.array(["".join(row).strip() for row in zip(*absent, strict=True)], dtype=object)
    return total, whole, missing


def _problems(frame: pd.DataFrame, scheme: Scheme, part: pd.DataFrame) -> list[Problem]:
    found = []
    label = texts()[f"soil_fractions.scheme.{scheme.name}"]
    whole = texts()["soil_fractions.soil_mass"] if not scheme.whole else field(scheme.whole).label
    codes = {"refused": "E-FRACTION-PART" if scheme.nested else "E-FRACTION-SUM", "open": "W-FRACTION-RECOVERY"}
    for verdict, code in codes.items():
        for reason, rows in part[part["verdict"] == verdict].groupby("reason"):
            first = rows.iloc[0]
            why: Text = texts()[f"soil_fractions.reason.{reason}"]
            found.append(
                problem(
                    code,
                    frame,
                    rows["row"],
                    scheme.columns[0],
                    scheme=label,
                    whole=whole,
                    total=f"{first['total']:.4g}",
                    bulk=f"{first['whole']:.4g}",
                    ratio=f"{first['recovery']:.3g}",
                    low=f"{scheme.low:g}",
                    high=f"{scheme.high:g}",
                    reason=why,
                )
            )
    return found
