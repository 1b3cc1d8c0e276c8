"""What casts doubt on a difference that its own interval sets apart: place, a single site, chance among many."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

MATERIAL = 0.5
"""Share of the half width of its interval by which an estimate must move, when one site is left out, to say that this
site carries it, where the analysis does not tell the two apart itself (loso_unconfirmed). Own choice: smaller moves are
within what the interval allows anyway; the verdict is then lost because fewer sites remain, not because one decides."""


def reasons(row: pd.Series) -> tuple[str, ...]:
    """Of place, site and chance those that a separable row has to be doubted for; none for one not separable."""
    if not bool(row.get("separable")):
        return ()
    found = {"place": bool(row.get("confounded")), "site": carried(row), "chance": bool(row.get("by_chance"))}
    return tuple(name for name, true in found.items() if true)


def doubtful(frame: pd.DataFrame) -> pd.Series:
    """Rows with a reason for doubt."""
    return pd.Series([bool(reasons(row)) for _, row in frame.iterrows()], index=frame.index, dtype=bool)


def carried(row: pd.Series) -> bool:
    """Whether the verdict hangs on one site, whose absence moves the estimate as well."""
    flips = bool(row.get("loso_flips")) and bool(row.get("loso_site"))
    return flips and ("loso_unconfirmed" in row or not _close(row))


def unconfirmed(row: pd.Series) -> bool:
    """Whether without one site the verdict is lost while the estimate stays: the others are too few to confirm it."""
    if "loso_unconfirmed" in row:
        return bool(row.get("separable")) and bool(row["loso_unconfirmed"]) and not carried(row)
    return bool(row.get("separable")) and bool(row.get("loso_flips")) and _close(row)


def _close(row: pd.Series) -> bool:
    mid = next((v for k in ("log_ratio", "slope", "difference") if math.isfinite(v := _number(row.get(k)))), math.nan)
    low, high, *ends = (_number(row.get(k)) for k in ("low", "high", "loso_low", "loso_high"))
    return all(abs(end - mid) <= MATERIAL * (high - low) / 2 for end in ends)


def _number(value: Any) -> float:
    return float(value) if hasattr(value, "__float__") else math.nan
