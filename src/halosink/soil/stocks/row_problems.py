"""What is wrong with the rows of a table of soil samples, as Problems."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.problems import Problem, did_you_mean
from halosink.soil.stocks.organic_carbon import METHODS

CODES = {
    "depth_above_surface": ("E-STOCK-DEPTH-ABOVE", "depth_top"),
    "depth_order": ("E-STOCK-DEPTH-ORDER", "depth_top"),
    "no_thickness": ("W-STOCK-NO-THICKNESS", "depth_top"),
    "depth_too_deep": ("E-STOCK-DEPTH-DEEP", "depth_bottom"),
    "carbon_below_zero": ("E-STOCK-CARBON-NEGATIVE", "soil_organic_carbon"),
    "carbon_too_high": ("E-STOCK-CARBON-HIGH", "soil_organic_carbon"),
    "carbon_as_fraction": ("E-STOCK-CARBON-FRACTION", "soil_organic_carbon"),
    "density_impossible": ("E-STOCK-DENSITY", "bulk_density"),
    "gravel_impossible": ("E-STOCK-GRAVEL", "coarse_fragments"),
    "overlap": ("E-STOCK-OVERLAP", "depth_top"),
    "no_depth": ("W-STOCK-NO-DEPTH", "depth_top"),
    "no_carbon": ("W-STOCK-NO-CARBON", "soil_organic_carbon"),
    "no_density": ("W-STOCK-NO-DENSITY", "bulk_density"),
}
SHOWN = 10
"""Rows and values named one by one. Own choice: what a reader looks up."""


def row_problems(frame: pd.DataFrame, reason: NDArray[np.object_]) -> list[Problem]:
    """One problem per reason and source file, with its rows (source_row, else counted from 1) and first values."""
    files = frame["source_file"].to_numpy() if "source_file" in frame else np.full(len(frame), "", dtype=object)
    numbers = frame["source_row"].to_numpy() if "source_row" in frame else np.arange(1, len(frame) + 1)
    out = []
    for name, (code, column) in CODES.items():
        for file in pd.unique(files[reason == name]):
            rows = np.flatnonzero((reason == name) & (files == file))
            names = [c for c in (column, "depth_bottom" if column == "depth_top" else column) if c in frame]
            shown = frame.iloc[rows[:SHOWN]][list(dict.fromkeys(names))].drop_duplicates()
            text = "; ".join("-".join(f"{v:g}" for v in row if v == v) for row in shown.to_numpy(dtype=float))
            values = {"number": len(rows), "total": len(frame), "shown": text}
            listed = tuple(int(n) for n in numbers[rows[:SHOWN]])
            out.append(Problem(code, str(file), "", column, listed, len(rows), values))
    return out


def method_problems(frame: pd.DataFrame) -> list[Problem]:
    """What was assumed of rows whose organic carbon was not measured by dry combustion, and methods not known."""
    if "carbon_method" not in frame or "soil_organic_carbon" not in frame:
        return []
    method = frame["carbon_method"].fillna("").astype(str)
    there = frame["soil_organic_carbon"].notna()
    out = []
    for name, code in (("walkley_black", "N-STOCK-WALKLEY-BLACK"), ("loss_on_ignition", "N-STOCK-IGNITION")):
        number = int((there & (method == name)).sum())
        if number:
            out.append(Problem(code, column="carbon_method", count=number, values={"number": number}))
    for name in method[there & ~method.isin(["", *METHODS])].unique():
        number = int((there & (method == name)).sum())
        values = {"number": number, "method": name, "known": ", ".join(METHODS), "meant": did_you_mean(name, METHODS)}
        out.append(Problem("W-STOCK-METHOD", column="carbon_method", count=number, values=values))
    return out
