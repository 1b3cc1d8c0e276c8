"""Columns computed from other columns: unit multiples, logs, ratios, products, sums and differences of two.

Such columns carry no information of their own: in a regression or a count of "significant" quantities they stand twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.drivers.sharing import digits

Array = NDArray[np.float64]
LEAST_ROWS = 8
"""Rows in which all columns are known before a relation is believed. Own choice."""
TOLERANCE = 2e-3
"""Largest relative misfit in 95 % of rows. Own choice: three written digits; chance relations miss by far more."""
MOST_ROWS = 2000
"""Rows looked at, evenly spread over the table. Own choice: enough to see a rule, few enough for sensor tables."""
EXACT_SHARE = 0.95
"""Share of rows that must obey: a few cells typed by hand or corrected later do not hide the rule. Own choice."""


@dataclass(frozen=True, slots=True)
class Computed:
    """`column` equals `formula` (such as "a / b"), within `misfit` (median relative) over `rows` rows."""

    column: str
    formula: str
    parts: tuple[str, ...]
    factor: float
    misfit: float
    rows: int

    def sentence(self) -> str:
        return f"{self.column} = {self.formula}"


def computed_columns(frame: pd.DataFrame, columns: list[str] | None = None) -> list[Computed]:
    """All columns that others determine, each reported once with its simplest rule.

    Multiples, ratios and products may carry one constant factor (a unit). Rules that only rearrange one already found
    (a = b / c, b = a c) are left out: measured numbers are written with few digits, so the column with most digits,
    among equals the one most to the right, is taken as the computed one.
    """
    names = columns or [str(c) for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    frame = frame.iloc[:: max(1, len(frame) // MOST_ROWS)]
    names = [n for n in names if _usable(frame[n])]
    values = frame[names].to_numpy(float)
    found = _pairs(values, names)
    explained = {f.column for f in found}
    found += _logs(values, names, explained)
    explained = {f.column for f in found}
    triples = _triples(values, names, [i for i, n in enumerate(names) if n not in explained])
    return found + triples


def _usable(series: pd.Series) -> bool:
    known = series.dropna()
    return len(known) >= LEAST_ROWS and known.nunique() >= 5


def _fits(ratio: Array) -> tuple[bool, float, float]:
    """Whether a ratio is one constant: (verdict, constant, median misfit)."""
    constant = float(np.median(ratio))
    if constant == 0 or not np.isfinite(constant):
        return False, constant, np.inf
    miss = np.abs(ratio / constant - 1)
    return bool(np.quantile(miss, EXACT_SHARE) < TOLERANCE), constant, float(np.median(miss))


def _both(*columns: Array) -> NDArray[np.bool_]:
    keep = np.ones(len(columns[0]), bool)
    for c in columns:
        keep &= np.isfinite(c) & (c != 0)
    return keep


def _times(factor: float) -> str:
    return "" if abs(factor - 1) < TOLERANCE else f" x {factor:.6g}"


def _pairs(values: Array, names: list[str]) -> list[Computed]:
    found: list[Computed] = []
    done: set[int] = set()
    for b in range(1, len(names)):
        for a in range(b):
            keep = _both(values[:, a], values[:, b])
            if a in done or keep.sum() < LEAST_ROWS or np.unique(values[keep, a]).size < 5:
                continue
            good, factor, miss = _fits(values[keep, b] / values[keep, a])
            if good:
                formula = f"{names[a]}{_times(factor)}"
                found.append(Computed(names[b], formula, (names[a],), factor, miss, int(keep.sum())))
                done.add(b)
                break
    return found


def _logs(values: Array, names: list[str], explained: set[str]) -> list[Computed]:
    """b = slope ln(a) + shift with slope 1 / ln(base), base e, 2 or 10."""
    found = []
    for b, target in enumerate(names):
        for a, source in enumerate(names):
            x, y = values[:, a], values[:, b]
            keep = np.isfinite(x) & np.isfinite(y) & (x > 0)
            if a == b or {source, target} & explained or keep.sum() < LEAST_ROWS or np.unique(x[keep]).size < 5:
                continue
            for word, log in (("ln", np.log), ("log10", np.log10), ("log2", np.log2)):
                for shift, inner in ((0.0, source), (1.0, f"{source} + 1")):
                    miss = np.abs(y[keep] - log(x[keep] + shift))
                    if np.quantile(miss, EXACT_SHARE) < TOLERANCE * np.std(y[keep]):
                        rows = int(keep.sum())
                        found.append(Computed(target, f"{word}({inner})", (source,), 1.0, float(np.median(miss)), rows))
                        break
                else:
                    continue
                break
            else:
                continue
            break
    return found


def _triples(values: Array, names: list[str], use: list[int]) -> list[Computed]:
    found: list[Computed] = []
    taken: set[frozenset[int]] = set()
    length = [digits(v[np.isfinite(v) & (v != 0)]) for v in values.T]
    for c in sorted(use, key=lambda i: (length[i], i), reverse=True):
        rules = _rules(values, c, [i for i in use if i != c])
        for rule, a, b, factor, miss, rows in sorted(rules, key=lambda r: length[r[1]] + length[r[2]]):
            trio = frozenset((a, b, c))
            if trio in taken:
                continue
            taken.add(trio)
            formula = f"{names[a]} {rule} {names[b]}{_times(factor)}"
            found.append(Computed(names[c], formula, (names[a], names[b]), factor, miss, rows))
            break
    return found[::-1]


Rule = tuple[str, int, int, float, float, int]


def _rules(values: Array, c: int, others: list[int]) -> list[Rule]:
    """Rules for column c from two others, best first: screened on a few rows for all pairs at once, then confirmed."""
    target = values[:, c]
    known = np.flatnonzero(np.isfinite(target) & (target != 0))
    if len(known) < LEAST_ROWS:
        return []
    pool = values[:, others]
    hits: list[tuple[float, str, int, int, float, float, int]] = []
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        logs = np.log(np.abs(np.where(pool == 0, np.nan, pool)))
        log_target = np.log(np.abs(target))
        for position, a in enumerate(others):
            forms = {
                "/": log_target[:, None] - logs[:, [position]] + logs,
                "x": log_target[:, None] - logs[:, [position]] - logs,
                "+": (pool[:, [position]] + pool) / target[:, None],
                "-": (pool[:, [position]] - pool) / target[:, None],
            }
            for rule, table in forms.items():
                for other in _steady(table[known], rule in "/x", position, commutes=rule in "x+"):
                    b = others[other]
                    hit = _confirm(values, a, b, c, rule)
                    if hit is not None:
                        hits.append((hit[1], rule, a, b, *hit))
    hits.sort(key=lambda h: (abs(h[4] - 1) > TOLERANCE, h[0]))
    return [(rule, a, b, factor, miss, rows) for _, rule, a, b, factor, miss, rows in hits]


def _steady(table: Array, logarithmic: bool, position: int, commutes: bool) -> list[int]:
    """Columns of the table that are constant down most of their rows."""
    good = np.isfinite(table)
    enough = good.sum(axis=0) >= LEAST_ROWS
    enough[position] = False
    if commutes:
        enough[:position] = False
    columns = np.flatnonzero(enough)
    if not len(columns):
        return []
    part = table[:, columns]
    middle = np.nanmedian(part, axis=0)
    miss = np.abs(part - middle) if logarithmic else np.abs(part - 1)
    within = (miss < 2 * TOLERANCE).sum(axis=0) / good[:, columns].sum(axis=0)
    return [int(i) for i in columns[within >= EXACT_SHARE - 0.02]]


def _confirm(values: Array, a: int, b: int, c: int, rule: str) -> tuple[float, float, int] | None:
    x, y, z = values[:, a], values[:, b], values[:, c]
    keep = _both(x, y, z)
    x, y, z = x[keep], y[keep], z[keep]
    if len(z) < LEAST_ROWS or min(np.unique(x).size, np.unique(y).size, np.unique(z).size) < 5:
        return None
    made = {"/": lambda: x / y, "x": lambda: x * y, "+": lambda: x + y, "-": lambda: x - y}[rule]()
    if rule in "+-":
        # A sum is only believed where both parts matter: else c is nearly a, whatever b is.
        weight = min(np.median(np.abs(x)), np.median(np.abs(y))) / np.median(np.abs(z))
        miss = np.abs(made / z - 1)
        if weight < 10 * TOLERANCE or np.quantile(miss, EXACT_SHARE) >= TOLERANCE:
            return None
        return 1.0, float(np.median(miss)), len(z)
    # A ratio to a column that hardly varies is only a multiple of the other.
    if min(np.std(np.log(np.abs(v))) for v in (x, y, z)) < 10 * TOLERANCE:
        return None
    good, factor, misfit = _fits(z / made)
    return (factor, misfit, len(z)) if good else None
