"""What the answer rests on: a figure and tables per headline quantity, all others in compact form."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import effects, gradient, means, numbers, words
from halosink.figures.canvas import Figure
from halosink.report import choose
from halosink.report.contents import Contents
from halosink.report.contrasts import size, verdict
from halosink.report.sentences import detectable
from halosink.report.tables import Table, table, text

FOREST = 24  # own choice: comparisons in one forest plot that still fit a printed page


class Block(NamedTuple):
    """A heading with what stands below it, in the order figures, tables."""

    title: str
    figures: list[Figure]
    tables: list[Table]


def headline_blocks(contents: Contents, language: Language) -> list[Block]:
    """One block per headline quantity."""
    return [_block(q, contents, language) for q in choose.headlines(contents)]


def forest(contents: Contents, language: Language) -> list[Figure]:
    """The forest plots of all quantities with a ratio, in parts that fit a page."""
    ratios = contents.frame("effects/response_ratios")
    if ratios is None:
        return []
    ordered = choose.in_order(ratios[ratios["log_ratio"].notna()], contents)
    parts: list[list[int]] = [[]]
    for _, group in ordered.groupby("quantity", sort=False):
        if parts[-1] and len(parts[-1]) + len(group) > FOREST:
            parts.append([])
        parts[-1] += group.index.tolist()
    confidence = contents.settings.analysis.confidence
    return [effects.draw(ordered.loc[p], language, confidence, f"effects-{i}") for i, p in enumerate(parts) if p]


def other_tables(contents: Contents, language: Language) -> list[Table]:
    """Means, comparisons and slopes of everything that is no headline."""
    rest = set(choose.quantities(contents)) - set(choose.headlines(contents))
    return _tables(contents, language, rest, named=True)


def other_count(contents: Contents) -> int:
    return len(choose.quantities(contents)) - len(choose.headlines(contents))


def _block(quantity: str, contents: Contents, language: Language) -> Block:
    confidence = contents.settings.analysis.confidence
    drawn: list[Figure] = []
    found = _of(contents, "effects/class_means", {quantity})
    points = _of(contents, "effects/points", {quantity})
    if found is not None:
        for (place, factor), part in found.groupby(["table", "factor"], sort=False):
            single = None
            if points is not None:
                single = points[(points["factor"] == factor) & (points["table"] == place)]
            drawn.append(means.draw(part, single, language, confidence))
    slopes = _of(contents, "effects/gradients", {quantity})
    if slopes is not None:
        for _, slope in slopes.iterrows():
            dots = _gradient_points(contents, slope)
            if dots is not None and len(dots) > 2 and np.isfinite([slope["slope"], slope["low"], slope["high"]]).all():
                drawn.append(gradient.draw(dots, slope, language, confidence))
    return Block(words.titled(quantity, language), drawn, _tables(contents, language, {quantity}, named=False))


def _gradient_points(contents: Contents, slope: pd.Series) -> pd.DataFrame | None:
    """One dot per independent unit, from the table that holds quantity and gradient."""
    from halosink.drivers.design import level_keys, unit_values
    from halosink.steps.effects import design

    given = contents.frame("effects/gradient_points")
    if given is not None:
        part: pd.DataFrame = given[(given["quantity"] == slope["quantity"]) & (given["gradient"] == slope["gradient"])]
        if len(part):
            return part
    places = (contents.frame(f"{area}/{slope['table']}") for area in ("observations", "tables"))
    frame = next((f for f in places if f is not None), None)
    if frame is None or not {slope["quantity"], slope["gradient"]} <= set(frame.columns):
        return None
    laid = design(contents.settings)
    values: pd.DataFrame
    values, _ = unit_values(frame, str(slope["quantity"]), [str(slope["gradient"])], laid, level_keys(frame, laid))
    return values.rename(columns={slope["gradient"]: "gradient_value"})


def _tables(contents: Contents, language: Language, wanted: set[str], named: bool) -> list[Table]:
    makers = (("class_means", _mean_table), ("response_ratios", _ratio_table), ("gradients", _slope_table))
    found = [(make, frame) for n, make in makers if (frame := _of(contents, f"effects/{n}", wanted)) is not None]
    return [make(frame, contents, language, named) for make, frame in found]


def _of(contents: Contents, name: str, wanted: set[str]) -> pd.DataFrame | None:
    frame = contents.frame(name)
    found = None if frame is None else frame[frame["quantity"].isin(wanted)]
    if found is None or found.empty:
        return None
    return found if name.endswith("points") else choose.in_order(found, contents)


def _mean_table(frame: pd.DataFrame, contents: Contents, language: Language, named: bool) -> Table:
    cells = []
    for _, r in frame.iterrows():
        digits = numbers.interval_digits(r["mean"], r["low"], r["high"])
        cells.append([
            *_name(r, language, named, frame),
            words.quantity(str(r["factor"]), language),
            text(r["class"]),
            numbers.mean(r["mean"], digits, language),
            numbers.ends(r["mean"], r["low"], r["high"], language),
            _unit(r, language),
            numbers.count(r["rows"], language),
            size(r, language),
            words.word("level", r.get("level"), language),
        ])  # fmt: skip
    columns = _leading(named, frame) + "factor class mean interval unit rows sample_size level"
    caption = vocabulary.say("report.basis.means", language)
    return table(columns, cells, language, caption, percent=_confidence(contents))


def _ratio_table(frame: pd.DataFrame, contents: Contents, language: Language, named: bool) -> Table:
    planned, single = _filled(frame, "places_to_detect_20_percent"), frame["reference"].nunique() == 1
    several, relative = _filled(frame, "loso_low"), _filled(frame, "log_ratio")
    cells = []
    for _, r in frame.iterrows():
        ratio = r["log_ratio"] == r["log_ratio"]
        digits = numbers.interval_digits(r["difference"], r["difference_low"], r["difference_high"])
        cells.append([
            *_name(r, language, named, frame),
            text(r["class"]) if single else _contrast(r, language),
            *([effects.percent_note(r, language) if ratio else ""] if relative else []),
            numbers.interval(r["difference"], r["difference_low"], r["difference_high"], language, True),
            *([_unit(r, language)] if named else []),
            detectable(r, language),
            *([verdict(r, language)] if named else []),
            *([_left_out(r, bool(ratio), digits, language)] if several else []),
            *([_planned(r, language)] if planned else []),
            _p(r, language),
        ])  # fmt: skip
    columns = _leading(named, frame) + (
        ("class_against " if single else "comparison ") + "percent " * relative
        + ("difference unit" if named else "difference_in") + " detectable " + "finding " * named + "loso " * several
        + "places_needed " * planned + _p_heading(frame)
    )  # fmt: skip
    said = {"unit": _unit(frame.iloc[0], language), "reference": text(frame.iloc[0]["reference"])}
    caption = vocabulary.say("report.basis.overlay", language)
    return table(columns, cells, language, caption, percent=_confidence(contents), **said)


def _slope_table(frame: pd.DataFrame, contents: Contents, language: Language, named: bool) -> Table:
    parts = [k for k in ("among", "within") if f"{k}_site_slope" in frame and frame[f"{k}_site_slope"].notna().any()]
    told = bool(parts) and all(any(gradient.same(r, k) for k in parts) for _, r in frame.iterrows())
    cells = []
    for _, r in frame.iterrows():
        cells.append([
            *_name(r, language, named, frame),
            words.quantity(r["gradient"], language),
            *([] if told else [gradient.slope_note(r, language)]),
            *(gradient.part_note(r, k, language) for k in parts),
            gradient.detectable_note(r, language),
            verdict(r, language),
            size(r, language),
            _p(r, language),
        ])  # fmt: skip
    columns = _leading(named, frame) + " ".join(
        [
            "gradient" if told else "gradient slope",
            *parts,
            "detectable finding sample_size",
            _p_heading(frame),
        ]
    )
    return table(
        columns, cells, language, vocabulary.say("report.basis.gradients", language), percent=_confidence(contents)
    )


def _name(row: pd.Series, language: Language, named: bool, frame: pd.DataFrame) -> list[str]:
    """The leading cells: the quantity unless the heading says it, the table where there are several."""
    shown = [words.quantity(str(row["quantity"]), language)] if named else []
    return [*shown, words.origin(text(row["table"]), language)] if frame["table"].nunique() > 1 else shown


def _leading(named: bool, frame: pd.DataFrame) -> str:
    return ("quantity " if named else "") + ("table " if frame["table"].nunique() > 1 else "")


def _unit(row: pd.Series, language: Language) -> str:
    return words.unit(str(row["quantity"]), row.get("unit")) or vocabulary.say("report.page.dimensionless", language)


def _left_out(row: pd.Series, ratio: bool, digits: int | None, language: Language) -> str:
    low, high = (float(row.get(f"loso_{end}", math.nan)) for end in ("low", "high"))
    if math.isnan(low) or math.isnan(high):
        return ""
    if ratio:
        fold = bool(row.get("fold", numbers.many_fold(low, high)))
        shown = (
            numbers.joined([numbers.times(v, language) for v in (low, high)], language)
            if fold
            else numbers.changes(low, high, language) + numbers.percent_sign(language)
        )
    else:
        shown = numbers.span(low, high, language, digits, signed=True)
    return numbers.bracket(shown, text(row.get("loso_site")), language)


def _filled(frame: pd.DataFrame, column: str) -> bool:
    return column in frame and bool(frame[column].notna().any())


def _planned(row: pd.Series, language: Language) -> str:
    return numbers.places(row["places_to_detect_20_percent"], language)


def _contrast(row: pd.Series, language: Language) -> str:
    return words.say("effects.row", language, cls=row["class"], reference=row["reference"])


def _p(row: pd.Series, language: Language) -> str:
    """p, with p adjusted for the number of comparisons in brackets where the analysis gives it."""
    plain, adjusted = (_chance(row.get(k), language) for k in ("p_value", "p_adjusted"))
    return numbers.bracket(plain, adjusted, language)


def _p_heading(frame: pd.DataFrame) -> str:
    return "p_both" if "p_adjusted" in frame else "p_value"


def _chance(value: Any, language: Language) -> str:
    if value is None or value != value:
        return ""
    return "< 0.001" if float(value) < 0.001 else numbers.number(value, language, 3 if float(value) < 0.1 else 2)


def _confidence(contents: Contents) -> str:
    return f"{contents.settings.analysis.confidence * 100:g}"
