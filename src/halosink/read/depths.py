"""Depths of a layer written in one column: 0-10, 10–20 cm, 20~40; or a single depth."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from halosink import vocabulary
from halosink.problems import Problem
from halosink.read.numeric import MINUS
from halosink.read.records import Grid, Mapped, at
from halosink.read.units import to_field_unit

if TYPE_CHECKING:
    import numpy as np

WORDS = frozenset(
    vocabulary.plain(w)
    for w in (
        *("depth", "soil depth", "sampling depth", "sample depth", "layer depth", "soil layer depth"),
        *("depth interval", "depth range", "土层深度", "深度", "土壤深度", "采样深度", "取样深度", "土深"),
        *("深度范围", "土层范围", "采样土层", "取样土层"),
    )
)
"""Headings that speak of the depth of a layer and do not say which limit."""
UNITS = {"cm": 1.0, "厘米": 1.0, "m": 100.0, "米": 100.0, "mm": 0.1, "毫米": 0.1}
_NUMBER, _UNIT = r"(\d+(?:\.\d+)?)", r"(cm|mm|m|厘米|毫米|米)?"
RANGE = re.compile(rf"{_NUMBER}\s*{_UNIT}\s*(?:-{{1,2}}|~|to|至|到)\s*{_NUMBER}\s*{_UNIT}(?:土层|层)?", re.IGNORECASE)
BELOW = re.compile(rf"[>≥]\s*{_NUMBER}\s*{_UNIT}|{_NUMBER}\s*{_UNIT}\s*(?:\+|以下)", re.IGNORECASE)
DATE = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*|\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{1,2}", re.DOTALL
)
"""What a spreadsheet makes of 10-20: the twentieth of October."""
SHALLOW = 3.0
"""Own choice, cm: soil is rarely sampled in layers that all end above this, while 3 m is deep for a soil pit."""
THIN = 1.0
"""Own choice, cm: the same where the columns say cm, as a template does whatever is written below it."""
SAME = 1e-6
"""Own choice, cm: limits that differ by less are the same number written in two ways."""
MANY = 0.5
"""Own choice: a column where half of the cells are ranges holds ranges, and the others are slips."""


def means_depth(heading: str) -> bool:
    """Whether a heading speaks of the depth of a layer without saying which limit."""
    bare = re.sub(r"\s*[(\[（【][^()（）\[\]【】]*[)\]）】]\s*$", "", heading)
    return bool(
        WORDS & {vocabulary.plain(heading), vocabulary.plain(bare), vocabulary.plain(heading).removesuffix("cm")}
    )


def field_of(cells: Sequence[str]) -> str:
    """What such a column holds: "layer" if its cells are ranges, else one limit.

    A single depth is the lower limit, as when 20, 40, 60 stand for 0-20, 20-40, 40-60; where 0 occurs it is the upper.
    """
    shown = [c.strip() for c in cells if any(ch.isdigit() for ch in c)]
    if sum(_is_range(c) for c in shown) > MANY * len(shown):
        return "layer"
    return "depth_top" if any(re.fullmatch(r"0+(\.0+)?", c) for c in shown) else "depth_bottom"


def limits(text: str, own: float = 1.0) -> tuple[float, float] | None:
    """Upper and lower limit in cm, the lower NaN for "below 60"; None if the text is no range.

    own: cm in the unit of numbers that carry none.
    """
    plain = unicodedata.normalize("NFKC", text).translate(MINUS).translate(str.maketrans("∼〜～", "~~~")).strip()
    if found := RANGE.fullmatch(plain):
        last = UNITS[found[4].lower()] if found[4] else UNITS[found[2].lower()] if found[2] else own
        first = UNITS[found[2].lower()] if found[2] else last
        return float(found[1]) * first, float(found[3]) * last
    if found := BELOW.fullmatch(plain):
        said = found[2] or found[4]
        return float(found[1] or found[3]) * (UNITS[said.lower()] if said else own), float("nan")
    return None


def _is_range(text: str) -> bool:
    return limits(text) is not None or DATE.fullmatch(text) is not None


def split(
    layers: Any, column: Mapped, rows: np.ndarray, grid: Grid
) -> tuple[tuple[np.ndarray, np.ndarray, Any] | None, list[Problem]]:
    """depth_top and depth_bottom [cm] from a text column of ranges, and the layers in one spelling (0-20); None if the
    column names layers otherwise."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = pc.dictionary_encode(layers.combine_chunks() if isinstance(layers, pa.ChunkedArray) else layers)
    known = codes.dictionary.to_pylist()
    if sum(map(_is_range, filter(None, known))) <= MANY * sum(map(bool, known)):
        return None, []
    own, problems = to_field_unit(np.ones(1), replace(column, field="depth_top"), grid)
    index = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found = [limits(t or "", float(own[0])) for t in known]
    wrong = np.array([bool(t) and f is None for t, f in zip(known, found, strict=True)] + [False])
    if wrong[index].any():
        where, count = at(rows, wrong[index])
        first = known[int(index[np.flatnonzero(wrong[index])[0]])]
        problems.append(grid.problem("E-LAYER", column.heading, where, count, value=first))
    nan = float("nan")
    values = np.array([*(f or (nan, nan) for f in found), (nan, nan)], dtype=float)[index]
    example = next((i for i, f in enumerate(found) if f), None)
    if example is not None:
        top, bottom = found[example] or (nan, nan)
        shown = {"value": known[example], "top": f"{top:g}", "bottom": f"{bottom:g}"}
        problems.append(grid.problem("N-LAYER", column.heading, **shown))
    names = pa.array([_name(f) if f else t for t, f in zip(known, found, strict=True)], pa.string())
    return (values[:, 0].copy(), values[:, 1].copy(), names.take(codes.indices)), problems


def contradicting(
    layers: Any, given: Mapping[str, np.ndarray], column: Mapped, rows: np.ndarray, grid: Grid
) -> list[Problem]:
    """Layers such as 0-20 that are not those of the columns depth_top and depth_bottom [cm] beside them.

    Numbers without a unit may be metres here, for the columns tell.
    """
    import numpy as np

    found, said = split(layers, column, rows, grid)
    if found is None or any(p.level == "error" for p in said):
        return []
    told = dict(zip(("depth_top", "depth_bottom"), found, strict=False))
    wrong = np.zeros(len(rows), dtype=bool)
    for name, values in given.items():
        both = np.isfinite(values) & np.isfinite(told[name])
        same = np.isclose(values, told[name], atol=SAME) | np.isclose(values, told[name] * UNITS["m"], atol=SAME)
        wrong |= both & ~same
    if not wrong.any():
        return []
    where, count = at(rows, wrong)
    first = int(np.flatnonzero(wrong)[0])
    here = {n: f"{given[n][first]:g}" if n in given and np.isfinite(given[n][first]) else "?" for n in told}
    layer = layers.slice(first, 1).to_pylist()[0]
    values_ = {"value": layer, "top": here["depth_top"], "bottom": here["depth_bottom"]}
    return [grid.problem("E-LAYER-CONTRADICTS", column.heading, where, count, **values_)]


def metres(
    given: Mapping[str, np.ndarray], layers: Any, mapped: Sequence[Mapped], rows: np.ndarray, grid: Grid
) -> list[Problem]:
    """W-DEPTH-METRES where all depths [cm] of a file are so small that metres may be meant."""
    import numpy as np

    columns = [c for c in mapped if c.field in ("depth_top", "depth_bottom", "layer") and not c.sensor]
    texts = [] if layers is None else [t or "" for t in layers.unique().to_pylist()]
    if (
        not columns
        or any(c.unit not in ("", "cm") for c in columns)
        or any(u in t.lower() for t in texts for u in UNITS)
    ):
        return []
    deepest = np.fmax.reduce([np.fmax.reduce(v, initial=0.0) for v in given.values()], initial=0.0)
    if not 0 < deepest < (THIN if any(c.unit for c in columns) else SHALLOW):
        return []
    name = next(n for n, v in given.items() if np.fmax.reduce(v, initial=0.0) == deepest)
    column = next((c for c in columns if c.field == name), columns[0])
    where, count = at(rows, np.isfinite(given[name]))
    return [grid.problem("W-DEPTH-METRES", column.heading, where, count, deepest=f"{deepest:g}")]


def _name(limits: tuple[float, float]) -> str:
    top, bottom = limits
    return f"{top:g}-{bottom:g}" if bottom == bottom else f">{top:g}"
