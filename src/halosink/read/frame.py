"""Typed columns become the canonical frame: calibrated, probes stacked, constants and codes filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from halosink import vocabulary
from halosink.read.cells import Cells
from halosink.read.labels import is_label, normal
from halosink.read.numeric import NUMBER
from halosink.read.records import EMPTY, Grid, Mapped, Stop
from halosink.settings import TableSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def assemble(
    cells: Cells, mapped: Sequence[Mapped], settings: TableSettings, grid: Grid
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The frame, numbers float64, and {field: kinds of missing}. Takes the columns out of `cells`. Raises Stop."""
    import numpy as np

    _calibrate(cells, mapped, grid)
    keep = _not_blank(cells)
    sensors = list(dict.fromkeys(s for _, s in cells.values if s))
    missing = _stack_missing(cells, sensors) if sensors else {f: m for (f, _), m in cells.missing.items()}
    columns = _stack(cells, sensors) if sensors else {f: cells.values[f, ""] for f, _ in list(cells.values)}
    count = len(cells.rows) * max(1, len(sensors))
    rows = cells.rows.astype(np.int32)
    rows = np.tile(rows, len(sensors)) if sensors else rows
    if sensors:
        columns |= _probes(mapped, sensors, len(cells.rows))
        keep = None if keep is None else np.tile(keep, len(sensors))
    cells.values, cells.missing = {}, {}
    kind = vocabulary.table_kinds()[settings.kind]
    if "time" in kind.required and "time" not in columns and "date" in columns:
        columns["time"] = columns["date"]
    for name, value in settings.constant.items():
        columns[name] = constant(name, value, count, grid)
    order = sorted(columns, key=lambda c: kind.key.index(c) if c in kind.key else len(kind.key))
    return _frame(columns, order, rows, grid.file, keep, missing)


def _frame(
    columns: dict[str, Any],
    order: Sequence[str],
    rows: np.ndarray,
    file: str,
    keep: np.ndarray | None,
    missing: dict[str, np.ndarray],
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    import pandas as pd
    import pyarrow as pa

    data: dict[str, Any] = {}
    for name in order:
        value = columns.pop(name)
        data[name] = value.to_pandas() if isinstance(value, (pa.Array, pa.ChunkedArray)) else value
    data["source_file"] = _same(file, len(rows)).to_pandas()
    data["source_row"] = rows
    frame = pd.DataFrame(data, copy=False)
    if keep is not None:
        frame = frame[keep].reset_index(drop=True)
        missing = {name: m[keep] for name, m in missing.items()}
    return frame, {name: m for name, m in missing.items() if m.any()}


def _not_blank(cells: Cells) -> np.ndarray | None:
    """Which rows hold anything; None if all do."""
    import numpy as np
    import pyarrow as pa

    keep = np.zeros(len(cells.rows), dtype=bool)
    for key, values in cells.values.items():
        if isinstance(values, (pa.Array, pa.ChunkedArray)):
            keep |= values.is_valid().to_numpy(zero_copy_only=False) if values.null_count else True
        else:
            keep |= cells.missing[key] != EMPTY if key in cells.missing else True
        if keep.all():
            return None
    return keep


def _calibrate(cells: Cells, mapped: Sequence[Mapped], grid: Grid) -> None:
    for column in mapped:
        if not column.calibration:
            continue
        how = vocabulary.calibrations()[column.calibration]
        if column.field not in (how.from_field, how.to_field):
            values = {"calibration": how.name, "field": column.field, "from_field": how.from_field}
            raise Stop(grid.problem("E-CALIBRATION-FIELD", column.heading, [grid.heading_row or 1], **values))
        raw = cells.values.pop((column.field, column.sensor))
        missing = cells.missing.pop((column.field, column.sensor), None)
        cells.values[how.from_field, column.sensor] = raw
        cells.values[how.to_field, column.sensor] = how.slope * raw + how.intercept
        if missing is not None:
            cells.missing[how.from_field, column.sensor] = missing
            cells.missing[how.to_field, column.sensor] = missing


def _stack(cells: Cells, sensors: Sequence[str]) -> dict[str, Any]:
    """Columns of a wide logger file below one another, sensor by sensor; columns of no sensor are repeated.

    Takes them out of `cells` one field after the other, so that no column is held twice for long.
    """
    import numpy as np
    import pyarrow as pa

    count = len(cells.rows)
    columns: dict[str, Any] = {}
    for name in dict.fromkeys(f for f, _ in cells.values):
        shared = cells.values.pop((name, ""), None)
        parts = [cells.values.pop((name, s), shared) for s in sensors]
        sample = next(p for p in parts if p is not None)
        if isinstance(sample, (pa.Array, pa.ChunkedArray)):
            null = pa.nulls(count, pa.string())
            columns[name] = pa.concat_arrays([_flat(null if p is None else p) for p in parts])
        else:
            blank = np.full(count, np.nan if sample.dtype.kind == "f" else np.datetime64("NaT"), dtype=sample.dtype)
            columns[name] = np.concatenate([blank if p is None else p for p in parts])
    return columns


def _stack_missing(cells: Cells, sensors: Sequence[str]) -> dict[str, np.ndarray]:
    import numpy as np

    count = len(cells.rows)
    missing: dict[str, np.ndarray] = {}
    for name in dict.fromkeys(f for f, _ in cells.values):
        pieces = []
        for sensor in sensors:
            key = (name, sensor) if (name, sensor) in cells.values else (name, "")
            absent = np.full(count, 0 if key in cells.values else EMPTY, dtype=np.uint8)
            pieces.append(cells.missing.get(key, absent))
        missing[name] = np.concatenate(pieces)
    return missing


def _probes(mapped: Sequence[Mapped], sensors: Sequence[str], count: int) -> dict[str, Any]:
    """Name and, where declared, depth of the probe of each row."""
    import numpy as np
    import pyarrow as pa

    known = sorted(sensors)
    codes = np.array([known.index(s) for s in sensors], dtype=np.int16)
    names = pa.DictionaryArray.from_arrays(np.repeat(codes, count), pa.array(known, pa.string()))
    depths: Mapping[str, float] = {c.sensor: c.depth for c in mapped if c.sensor and c.depth is not None}
    if not depths:
        return {"sensor": names}
    return {"sensor": names, "sensor_depth": np.repeat([depths.get(s, np.nan) for s in sensors], count)}


def constant(name: str, value: str | float, count: int, grid: Grid) -> Any:
    """One value in every row, as the field wants it. Raises Stop."""
    import numpy as np

    field = vocabulary.fields()[name]
    text = f"{value:.15g}" if isinstance(value, float) else value
    if field.numeric:
        if not NUMBER.fullmatch(text.strip()):
            raise Stop(grid.problem("E-CONSTANT", name, value=text, field=name))
        return np.full(count, float(text))
    if field.kind in ("time", "date"):
        try:
            return np.full(count, np.datetime64(text, "us"))
        except ValueError:
            raise Stop(grid.problem("E-CONSTANT", name, value=text, field=name)) from None
    return _same(normal(text) if is_label(field) else text, count)


def _same(text: str, count: int) -> Any:
    """One text in every row, stored once."""
    import numpy as np
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(np.zeros(count, dtype=np.int8), pa.array([text], pa.string()))


def _flat(array: Any) -> Any:
    import pyarrow as pa

    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
