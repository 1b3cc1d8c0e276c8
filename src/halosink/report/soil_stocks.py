"""Carbon stocks of profiles: by fixed depth and by equal mass, per class and profile by profile."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, soil_intervals, words
from halosink.figures.canvas import Figure
from halosink.report.contents import Contents
from halosink.report.soil_shared import Part, capped, counted, groups, places, say, times, worded
from halosink.report.tables import Table, table, text

DRAWN = 36  # own choice: profiles that still fit a page; beyond, each is a dot in the row of its class
METHODS = {"fixed_depth": ("fixed", "inorganic"), "equal_mass": ("mass", "inorganic_mass")}
COLUMNS = ("fixed", "mass", "inorganic", "inorganic_mass")
KINDS = ("soil_organic_carbon_stock", "soil_inorganic_carbon_stock")


def stocks(contents: Contents, language: Language) -> Part | None:
    """None without stocks."""
    frame = contents.frame("soil/stocks")
    if frame is None or "method" not in frame or not (kind := _kind(frame)):
        return None
    wide = _wide(frame.reset_index(drop=True), kind, contents, language)
    percent = f"{contents.settings.analysis.confidence * 100:g}"
    known = wide[wide[["fixed", "mass"]].notna().any(axis=1)]
    lines = _lines(wide, known, kind, language)
    tables, figures = [], []
    if len(known):
        tables.append(_classes(known, kind, language))
        figures = _figures(known, kind, percent, language)
    tables.append(capped(_profiles(wide, kind, percent, language), "soil/stocks", language))
    return Part(say("stocks", language), lines, figures, tables, say("stocks_not", language))


def _kind(frame: pd.DataFrame) -> str:
    return next((c for c in KINDS if c in frame), "")


def _wide(frame: pd.DataFrame, kind: str, contents: Contents, language: Language) -> pd.DataFrame:
    """One row per profile and depth: group, label, depth and, for each of COLUMNS, value, low, high and reason.

    Profiles are told apart by the columns before `method`, and by the table. fixed, mass: carbon of `kind` at fixed
    depth and at equal mass; inorganic, inorganic_mass: carbonate carbon beside organic carbon.
    """
    group = groups(frame, contents, language)
    aside = ["depth_top", "depth_bottom", "layer", *(f.field for f in contents.settings.design.factors[:1])]
    frame = frame.assign(group=group.of, label=places(frame, contents, language, aside))
    keys = [*frame.columns[: list(frame).index("method")], *(c for c in ("table",) if c in frame)]
    frame = frame.assign(_key=frame[keys].astype("string").fillna("").agg("|".join, axis=1) if keys else "")
    made = []
    for (_, depth), part in frame.groupby(["_key", "depth_bottom"], sort=False, dropna=False):
        row = {"group": part["group"].iloc[0], "label": part["label"].iloc[0], "depth": depth}
        for method, (name, beside) in METHODS.items():
            one = part[part["method"] == method]
            there = one.iloc[0] if len(one) else pd.Series(dtype=object)
            row |= _values(there, name, kind) | {f"{name}_there": bool(len(one))}
            row |= _values(there, beside, KINDS[1] if kind == KINDS[0] else "")
            row[f"{name}_estimated"] = float(there.get("density_estimated", 0.0) or 0.0)
        made.append(row)
    wide = pd.DataFrame(made)
    wide["estimated"] = wide[["fixed_estimated", "mass_estimated"]].max(axis=1)
    order = {g: i for i, g in enumerate(group.order)}
    ranks = pd.DataFrame({"d": wide["depth"], "g": wide["group"].map(order)})
    return wide.loc[ranks.sort_values(["d", "g"], kind="stable").index].reset_index(drop=True)


def _values(row: pd.Series, name: str, kind: str) -> dict[str, object]:
    """Value, interval and reason of one kind of carbon; inorganic carbon may stand beside organic carbon or alone."""
    apart = kind == KINDS[1] and "inorganic_low" in row
    stem, reason = ("inorganic", "inorganic_reason") if apart else ("stock", "reason")
    alone = kind in row and (apart or KINDS[0] not in row or kind == KINDS[0])
    ends = {f"{name}_{end}": float(row[f"{stem}_{end}"]) if alone else math.nan for end in ("low", "high")}
    value = float(row[kind]) if kind in row else math.nan
    return {name: value, **ends, f"{name}_reason": text(row[reason]) if alone else ""}


def _lines(wide: pd.DataFrame, known: pd.DataFrame, kind: str, language: Language) -> list[str]:
    what = words.quantity(kind, language)
    if known.empty:
        lines = [say("stocks_none", language, what=what, count=counted(wide["label"].nunique(), language))]
    else:
        depths = []
        for depth in wide["depth"].unique():
            part = _at(wide, depth)
            good = part["fixed"].notna().sum() if part["fixed_there"].any() else part["mass"].notna().sum()
            said = {"depth": _depth(depth, language), "good": counted(good, language)}
            depths.append(say("stocks_depth", language, all=counted(len(part), language), **said))
        joined = ("; " if language == "en" else "；").join(depths)
        lines = [say("stocks_lead", language, what=what, depths=joined)]
    for method in ("fixed", "mass"):
        left = Counter(r for r in wide[f"{method}_reason"] if r)
        if left:
            told = times([(_reason(r, language), n) for r, n in left.most_common()], language)
            lines.append(say(f"stocks_lacking_{method}", language, reasons=told))
    both = known[known[["fixed", "mass"]].notna().all(axis=1)]
    if len(both):
        apart = (both["mass"] - both["fixed"]).abs().median()
        said = {"count": counted(len(both), language), "apart": numbers.number(apart, language)}
        lines.append(say("stocks_apart", language, **said))
    guessed = known[known["estimated"] > 0]
    if len(guessed):
        lines.append(say("stocks_density", language, count=counted(len(guessed), language)))
    return lines


def _at(wide: pd.DataFrame, depth: float) -> pd.DataFrame:
    return wide[wide["depth"].isna() if depth != depth else wide["depth"] == depth]


def _depth(depth: float, language: Language) -> str:
    return say("stock_depth", language, depth=f"{depth:g}") if depth == depth else say("given_mass", language)


def _reason(code: str, language: Language) -> str:
    """Of a stock, or where every row of the profile shares it, of the rows."""
    area = "stock" if f"soil_stocks.stock.{code}" in vocabulary.texts() else "stock_row"
    return worded(f"soil_stocks.{area}.{code}", language)


def _classes(known: pd.DataFrame, kind: str, language: Language) -> Table:
    """Mean and range of the profiles of each class, by both methods."""
    cells = []
    for _, part in known.groupby(["depth", "group"], sort=False, dropna=False):
        cells.append([_depth(part["depth"].iloc[0], language), str(part["group"].iloc[0])])
        for method in COLUMNS:
            cells[-1] += [counted(part[method].notna().sum(), language), _spread(part[method].dropna(), language)]
    columns = " ".join(["depth_to class", *(f"n_{m} stock_{m}" for m in COLUMNS)])
    caption = say("stocks_classes", language, what=words.quantity(kind, language))
    columns, cells = _without_empty(columns, cells)
    return table(columns, cells, language, caption)


def _without_empty(columns: str, cells: list[list[str]]) -> tuple[str, list[list[str]]]:
    """Without the columns of a method or kind that nobody has."""
    names = columns.split()
    optional = [i for i, n in enumerate(names) if n.startswith(("stock_", "density_", "comment"))]
    drop = {i for i in optional if not any(row[i] for row in cells)}
    drop |= {i - 1 for i in drop if names[i - 1].startswith("n_")}
    kept = [i for i in range(len(names)) if i not in drop]
    return " ".join(names[i] for i in kept), [[row[i] for i in kept] for row in cells]


def _spread(values: pd.Series, language: Language) -> str:
    if values.empty:
        return ""
    middle, low, high = (_short(float(v), language) for v in (values.mean(), values.min(), values.max()))
    return middle if low == high else numbers.bracket(middle, numbers.joined([low, high], language), language)


def _short(value: float, language: Language) -> str:
    return numbers.number(float(f"{value:.3g}"), language)


def _figures(known: pd.DataFrame, kind: str, percent: str, language: Language) -> list[Figure]:
    found = []
    for depth in known["depth"].unique():
        part = _at(known, depth)
        name = f"stocks-{depth:g}"
        frame = part.rename(columns={"fixed_low": "low", "fixed_high": "high"})
        if not frame["fixed"].notna().any():
            frame = frame.assign(fixed=frame["mass"], low=frame["mass_low"], high=frame["mass_high"], mass=float("nan"))
        draw = soil_intervals.stocks if len(frame) <= DRAWN else soil_intervals.stock_groups
        what, down = words.quantity(kind, language), _depth(depth, language)
        found.append(draw(frame, name, what, down, percent, language))
    return found


def _profiles(wide: pd.DataFrame, kind: str, percent: str, language: Language) -> Table:
    cells, marks = [], []
    for r in wide.to_dict("records"):
        remark = _remark(r, language)
        cells.append([r["label"], str(r["group"]), _depth(r["depth"], language)])
        cells[-1] += [
            numbers.interval(r[m], r[f"{m}_low"], r[f"{m}_high"], language) if r[m] == r[m] else "" for m in COLUMNS
        ]
        cells[-1] += [numbers.percent(100 * r["estimated"], language) if r["estimated"] > 0 else "", remark]
        marks.append("open" if remark else "")
    columns = " ".join(["place class depth_to", *(f"stock_{m}" for m in COLUMNS), "density_estimated comment"])
    columns, cells = _without_empty(columns, cells)
    said = {"what": words.quantity(kind, language), "percent": percent}
    return table(columns, cells, language, say("stocks_profiles", language, **said), marks)


def _remark(row: Mapping[Any, Any], language: Language) -> str:
    """Why there is no stock; where one method only has none, of which."""
    reasons = {m: row[f"{m}_reason"] for m in ("fixed", "mass") if row[f"{m}_there"]}
    if len(set(reasons.values())) == 1:
        only = next(iter(reasons.values()))
        return _reason(only, language) if only else ""
    told = [say(f"stock_remark_{m}", language, why=_reason(r, language)) for m, r in reasons.items() if r]
    return ("; " if language == "en" else "；").join(told)
