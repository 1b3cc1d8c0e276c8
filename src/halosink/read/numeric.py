"""Cells become numbers: missing codes, decimal commas, full-width digits, detection limits, and what is no number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from halosink.problems import Problem
from halosink.read.labels import normal
from halosink.read.records import BELOW, CODE, EMPTY, TEXT, Grid, at

if TYPE_CHECKING:
    import numpy as np

    from halosink.vocabulary import Field

MISSING = frozenset(
    ("na", "nan", "n/a", "#n/a", "null", "none", "nil", "#value!", "#div/0!", "#ref!", "#num!", "#name?", "#null!")
    + ("missing", "缺测", "未测", "缺失", "无", "无数据", "空", "/", "\\")
)
LOST = frozenset(("na", "nan", "n/a", "#n/a", "null", "缺测", "未测", "缺失", "-", "--", "—"))
"""What means missing in a cell of text."""
DASHES = frozenset(("", "-", "--", "---", "—", "——", "–", ".", "_"))
BELOW_WORDS = frozenset(("nd", "n.d.", "n.d", "bdl", "<lod", "<loq", "<dl", "<mdl", "lod", "未检出", "低于检出限"))
ALWAYS = (-9999.0, -99999.0)
"""Numeric codes that always mean missing: FLUXNET and AmeriFlux write -9999."""
OUTSIDE = (-999.0, -6999.0, -7999.0)
"""Numeric codes that mean missing where the field's plausible range excludes them; positive ones must be declared,
for 6999 or 9999 is a possible reading of most instruments."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
PERCENT = re.compile(r"([^%]*\S)\s*%")
CENSORED = re.compile(r"[<≤>≥]\s*[\d.,]+.*")
FORMULA = re.compile(r"=.+|[+\-@].*[(|!].*", re.DOTALL)
MINUS = str.maketrans(dict.fromkeys("−–—‒‐‑﹣－", "-") | {"\u00a0": " ", "\u3000": " ", "\u200b": "", "\ufeff": ""})


def numbers(
    array: Any,
    rows: np.ndarray,
    grid: Grid,
    heading: str,
    field: Field,
    extra: Sequence[str],
    decimal: str,
    unit: str = "",
) -> tuple[np.ndarray, np.ndarray | None, list[Problem]]:
    """Values as float64 with NaN where missing, the kinds of missing (None if nothing is), and problems.

    array: Arrow float64 or string. Units are those of the file; `unit` names them, for cells that repeat a %.
    """
    import numpy as np
    import pyarrow as pa

    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        percent = (unit or field.unit).strip() in ("%", "％")
        values, missing, problems = _from_text(array, rows, grid, heading, extra, decimal, percent)
    else:
        empty = np.asarray(array.is_null()) if array.null_count else None
        values = array.to_numpy() if isinstance(array, pa.ChunkedArray) else array.to_numpy(zero_copy_only=False)
        values = np.array(values, dtype=float) if not values.flags.writeable else values
        missing = np.zeros(len(values), dtype=np.uint8)
        missing[np.isnan(values)] = TEXT
        if empty is not None:
            missing[empty] = EMPTY
        problems = []
    codes = [*ALWAYS, *(c for c in OUTSIDE if not _plausible(c, field)), *_declared(extra)]
    low = np.fmin.reduce(values, initial=np.inf)
    for code in codes:
        if code >= low or code > 0:
            hit = values == code
            if hit.any():
                missing[hit] = CODE
                values[hit] = np.nan
    infinite = np.isinf(values)
    if infinite.any():
        where, count = at(rows, infinite)
        problems.append(grid.problem("E-NUMBER", heading, where, count, value="inf", meant="-"))
    return values, missing if missing.any() else None, problems


def words(
    array: Any,
    rows: np.ndarray,
    grid: Grid,
    heading: str,
    extra: Sequence[str],
    label: bool = False,
    named: bool = False,
) -> tuple[Any, list[Problem]]:
    """Text cells: trimmed, null where missing; formulas refused; labels in characters of ordinary width.

    named: the column names places or classes, so that a code for missing which study.toml does not declare is doubted.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = pc.dictionary_encode(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
    known = [_clean(t) if t else "" for t in codes.dictionary.to_pylist()]
    index = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    problems: list[Problem] = []
    formula = np.array([bool(FORMULA.fullmatch(t)) for t in known] + [False])
    if formula.any() and formula[index].any():
        where, count = at(rows, formula[index])
        first = known[int(index[np.flatnonzero(formula[index])[0]])]
        problems.append(grid.problem("E-FORMULA", heading, where, count, value=first))
    if label:
        plain = [normal(t) for t in known]
        changed = np.array([p != t for p, t in zip(plain, known, strict=True)] + [False])
        if changed.any() and changed[index].any():
            where, count = at(rows, changed[index])
            position = int(index[np.flatnonzero(changed[index])[0]])
            values_ = {"value": known[position], "read": plain[position]}
            problems.append(grid.problem("N-NORMALISED", heading, where, count, **values_))
        known = plain
    declared = {t.casefold() for t in extra} | {""}
    gone = LOST | declared
    values = pa.array([None if t.casefold() in gone else t for t in known], pa.string())
    doubtful = np.array([named and t.casefold() in LOST - declared for t in known] + [False])
    if doubtful.any() and doubtful[index].any():
        where, count = at(rows, doubtful[index])
        texts = ", ".join(f'"{t}"' for t, odd in zip(known, doubtful, strict=False) if odd)
        problems.append(grid.problem("W-LABEL-MISSING", heading, where, count, value=texts, number=count))
    return values.take(codes.indices), problems


def _plausible(code: float, field: Field) -> bool:
    low = -float("inf") if field.minimum is None else field.minimum
    high = float("inf") if field.maximum is None else field.maximum
    return low <= code <= high and (field.minimum is not None or field.maximum is not None)


def _declared(extra: Sequence[str]) -> list[float]:
    return [float(t) for t in extra if NUMBER.fullmatch(t.strip())]


def _clean(text: str) -> str:
    return text.strip().strip("\u3000\u00a0\ufeff").replace("\x00", "")


def _from_text(
    array: Any, rows: np.ndarray, grid: Grid, heading: str, extra: Sequence[str], decimal: str, percent: bool
) -> tuple[np.ndarray, np.ndarray, list[Problem]]:
    """Each distinct text is judged once."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = pc.dictionary_encode(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
    index = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    known = [t or "" for t in codes.dictionary.to_pylist()]
    gone = frozenset(t.strip().casefold() for t in extra)
    judged = [judge(t, gone, decimal, percent) for t in known] + [(np.nan, EMPTY, "")]
    value = np.array([j[0] for j in judged], dtype=float)[index]
    missing = np.array([j[1] for j in judged], dtype=np.uint8)[index]
    problems = []
    verdicts = np.array([j[2] for j in judged])
    for code in dict.fromkeys(v for v in verdicts.tolist() if v):
        hit = (verdicts == code)[index]
        if hit.any():
            where, count = at(rows, hit)
            first = known[int(index[np.flatnonzero(hit)[0]])]
            near = _meant(first)
            values = {"value": first, "meant": near or "-", "read": f"{judge(first, gone, decimal, percent)[0]:g}"}
            problems.append(grid.problem(code, heading, where, count, **values))
    return value, missing, problems


def judge(
    text: str, gone: frozenset[str] = frozenset(), decimal: str = ".", percent: bool = False
) -> tuple[float, int, str]:
    """(value, kind of missing, problem code or "") of one cell; `percent` says that the column is in per cent."""
    nan = float("nan")
    plain = text.strip()
    if not plain:
        return nan, EMPTY, ""
    if plain.casefold() in gone:
        return nan, TEXT, ""
    if decimal == "." and NUMBER.fullmatch(plain):
        return float(plain), 0, ""
    if decimal == "," and COMMA.fullmatch(plain):
        return float(plain.replace(",", ".")), 0, ""
    lower = plain.casefold()
    if lower in DASHES:
        return nan, EMPTY, ""
    if lower in MISSING:
        return nan, TEXT, ""
    if lower in BELOW_WORDS or CENSORED.fullmatch(plain):
        return nan, BELOW, "W-CENSORED"
    if plain.startswith(("=", "@")) or FORMULA.fullmatch(plain):
        return nan, 0, "E-FORMULA"
    normal = unicodedata.normalize("NFKC", plain).translate(MINUS).strip().replace("- ", "-")
    if normal != plain:
        value, kind, code = judge(normal, gone, decimal, percent)
        return value, kind, code or ("N-NORMALISED" if not kind else "")
    if found := PERCENT.fullmatch(plain):
        value, kind, code = judge(found[1], gone, decimal)
        if code in ("", "N-NORMALISED") and not kind:
            return (value, 0, "N-NORMALISED") if percent else (nan, 0, "E-PERCENT")
    if decimal == ",":
        if re.fullmatch(r"[+-]?[0-9]+([eE][+-]?[0-9]+)?", plain):
            return float(plain), 0, ""
        return nan, 0, "E-DECIMAL-POINT" if NUMBER.fullmatch(plain) else "E-NUMBER"
    if THOUSANDS.fullmatch(plain) and (plain.count(",") > 1 or "." in plain):
        return nan, 0, "E-THOUSANDS"
    return nan, 0, "E-DECIMAL-COMMA" if COMMA.fullmatch(plain) else "E-NUMBER"


def _meant(text: str) -> str:
    """The number a mistyped cell seems to hold."""
    plain = unicodedata.normalize("NFKC", text).translate(MINUS).strip()
    letters = plain.translate(str.maketrans("OoIl", "0011"))
    for guess in (plain.replace(",", "."), plain.replace(" ", ""), letters, plain.replace("..", ".")):
        if guess != plain and NUMBER.fullmatch(guess):
            return guess
    found = re.match(r"[+-]?\d+(\.\d+)?", plain)
    return found[0] if found else ""
