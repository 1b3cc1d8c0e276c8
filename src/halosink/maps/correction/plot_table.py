"""The rows of a table of plots that a correction can use, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from halosink.maps.correction.methods import Rows
from halosink.problems import Problem, UserError

FEWEST_PLOTS = 20
"""Own choice: with fewer, folds by squares hold one or two plots and say nothing of skill."""


def plot_rows(
    table: pd.DataFrame, quantity: str, covariates: Sequence[str], x: str, y: str, plot: str, transform: str
) -> tuple[Rows, list[Problem]]:
    """Rows with all numbers (values not yet transformed) and warnings. Raises UserError, see field_plots.correct."""
    missing = [c for c in (quantity, x, y, *covariates) if c not in table]
    if missing:
        raise UserError(
            Problem(
                "E-REGION-PLOTS-COLUMN", column=c, values={"column": c, "columns": ", ".join(map(str, table.columns))}
            )
            for c in missing
        )
    frame = table[[quantity, x, y, *covariates]].apply(pd.to_numeric, errors="coerce").astype(float)
    numbers = frame.to_numpy()
    good = np.isfinite(numbers).all(axis=1)
    problems = []
    if not good.all():
        counts = {c: int((~np.isfinite(frame[c])).sum()) for c in frame}
        worst = max(counts, key=lambda c: counts[c])
        problems.append(
            Problem("W-REGION-PLOTS-LEFT-OUT", column=worst, count=int((~good).sum()),
                    values={"number": int((~good).sum()), "total": len(frame), "column": worst, "most": counts[worst]})
        )  # fmt: skip
    numbers = numbers[good]
    names = table[plot].astype(str).to_numpy()[good] if plot in table else np.arange(len(table))[good]
    number = len(np.unique(names))
    wrong = []
    if number < FEWEST_PLOTS:
        wrong.append(Problem("E-REGION-PLOTS-FEW", values={"number": number, "least": FEWEST_PLOTS}))
    else:
        values, points = numbers[:, 0], numbers[:, 1:3]
        if np.ptp(values) == 0:
            wrong.append(Problem("E-REGION-PLOTS-CONSTANT", column=quantity, values={"quantity": quantity}))
        if transform != "none" and ((values < 0).any() or not (values > 0).any()):
            wrong.append(Problem("E-REGION-PLOTS-NOT-POSITIVE", column=quantity, count=int((values < 0).sum()),
                                 values={"quantity": quantity, "number": int((values < 0).sum())}))  # fmt: skip
        if np.abs(points[:, 0]).max() <= 360 and np.abs(points[:, 1]).max() <= 90:
            wrong.append(Problem("E-REGION-PLOTS-DEGREES", column=x, values={"x": x, "y": y}))
    if wrong:
        raise UserError(wrong)
    return Rows(numbers[:, 1:3], numbers[:, 0], numbers[:, 3:], names), problems
