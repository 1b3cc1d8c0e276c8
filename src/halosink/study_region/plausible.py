"""Whether the numbers of a layer can be what it is said to hold."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.maps import landuse
from halosink.maps.grid import Tile
from halosink.problems import Problem
from halosink.study_region import align, boundary
from halosink.study_region.boundary import Boundary
from halosink.study_region.rasters import Raster
from halosink.study_region.sources import Source, roles

if TYPE_CHECKING:
    from halosink.settings_region import Layer

SIDE = 200
"""A layer is judged by up to SIDE x SIDE cells spread over the region. Own choice."""
COUNTED = 10**8
"""Codes of files up to so many cells are counted wholly, of larger ones in the sample. Own choice: about a second."""
FILL_SHARE = 0.002
"""A lone number on this share of the cells, where no measurement can be, is a code. Own choice."""
ALONE = 0.05
"""A usual code that lies so far (of the span of the numbers) from all others is a code. Own choice: MODIS writes -3000
for no vegetation index, the lowest of which is -2000."""
EDGE = 16
"""Numbers so close to the end of a type of 16 or more bits are codes: MODIS uses 65529 to 65535 and 32761 to 32767."""
CODES = (-9999, -99999, -32768, -3000, -999, -99, 9999, 99999, 32767, 65535, 1e20, 9.96921e36, -3.4e38)
"""Codes for no data in common use."""
GAPS = 0.05
"""Share of the region without data that is worth a word. Own choice."""
OUT, MOST = 0.001, 0.5
"""Shares of numbers outside the plausible range from which they are warned of and from which the unit must be another.
Own choice."""
REMEDIES = (("offset = -273.15", 1.0, -273.15), ("scale = 0.1", 0.1, 0.0), ("scale = 0.01", 0.01, 0.0),
            ("scale = 0.001", 1e-3, 0.0), ("scale = 0.0001", 1e-4, 0.0),
            ("scale = 0.1, offset = -273.15", 0.1, -273.15), ("scale = 0.02, offset = -273.15", 0.02, -273.15),
            ("scale = 1000", 1e3, 0.0))  # fmt: skip
NO_UNIT = Text("shares or indices without a unit", "1（无量纲的比例或指数）")
COUNTS = re.compile(r"(^|[^a-z])(ppp|count|counts|headcount)([^a-z]|$)|人口数", re.IGNORECASE)


class Sample(NamedTuple):
    """raw: bands x n numbers of the file; data: where they are; inside: which of the n lie in the region."""

    raw: NDArray[Any]
    data: NDArray[np.bool_]
    inside: NDArray[np.bool_]


def check(source: Source, layer: Layer, outline: Boundary | None) -> list[Problem]:
    """Everything doubtful about the numbers of a layer that lies on the region."""
    problems: list[Problem] = []
    known = roles()[source.role]
    for _, rasters in source.files:
        months = []
        for raster in rasters:
            sample = take(raster, outline)
            if sample is None:
                continue
            problems += _empty(sample, raster, source.role)
            if known.kind == "class":
                problems += _classes(source, raster, sample, layer, outline)
            else:
                fills = _fills(sample, raster, source.role)
                problems += fills
                if not fills:
                    problems += _range(sample, raster, source.role, layer)
            months.append((raster, sample))
        problems += _same_months(source.role, months)
    problems += _declared(source)
    if source.role == "population" and layer.resampling != "sum" and COUNTS.search(layer.file):
        values = {"layer": known.label, "file": layer.file}
        problems.append(Problem("W-REGION-COUNTS-LIKELY", file=layer.file, values=values))
    return _gathered(problems)


def take(raster: Raster, outline: Boundary | None) -> Sample | None:
    """Numbers spread over the part of a file that the region touches; None if it is empty."""
    window = _part(raster, outline)
    rows, columns = window.shape
    if not rows or not columns:
        return None
    shape = min(rows, SIDE), min(columns, SIDE)
    raw: NDArray[Any] = raster.raw(window, shape)
    data = _data(raster, raw)
    if raster.masked:
        whole = raster.has(raster.raw(window), window) if rows * columns <= COUNTED else None
        if whole is not None:
            row, column = (np.arange(n) * size // n for n, size in zip(shape, window.shape, strict=True))
            data &= whole[:, row[:, None], column[None, :]]
    inside = np.ones(shape, bool)
    if outline is not None:
        import shapely

        a, b, c0, d, e, f = raster.frame.transform
        down = window.row0 + (np.arange(shape[0]) + 0.5) * rows / shape[0]
        right = window.column0 + (np.arange(shape[1]) + 0.5) * columns / shape[1]
        r, c = np.meshgrid(down, right, indexing="ij")
        x, y = align.transformer(raster.frame.crs, "EPSG:4326").transform(a * c + b * r + c0, d * c + e * r + f)
        inside = shapely.contains_xy(boundary.projected(outline, "EPSG:4326"), x, y)
        if not inside.any():
            inside = np.ones(shape, bool)
    n = len(raster.bands)
    return Sample(raw.reshape(n, -1), data.reshape(n, -1), inside.ravel())


def _data(raster: Raster, raw: NDArray[Any]) -> NDArray[np.bool_]:
    from dataclasses import replace

    return replace(raster, masked=False).has(raw)


def _part(raster: Raster, outline: Boundary | None) -> Tile:
    rows, columns = raster.frame.shape
    if outline is None:
        return Tile(0, rows, 0, columns)
    import shapely

    shape = boundary.projected(outline, raster.frame.crs)
    a, b, c, d, e, f = raster.frame.transform
    x, y = shapely.get_coordinates(shape).T
    scale = a * e - b * d
    u, v = (e * (x - c) - b * (y - f)) / scale, (a * (y - f) - d * (x - c)) / scale
    return Tile(max(int(np.floor(v.min())), 0), min(int(np.ceil(v.max())), rows),
                max(int(np.floor(u.min())), 0), min(int(np.ceil(u.max())), columns))  # fmt: skip


def _empty(sample: Sample, raster: Raster, role: str) -> list[Problem]:
    values: dict[str, Any] = {"layer": roles()[role].label, "file": raster.file}
    if not sample.data[:, sample.inside].any():
        code = ", ".join(f"{c:g}" for c in raster.no_data) or "-"
        return [Problem("E-REGION-EMPTY", file=raster.file, values={**values, "codes": code})]
    blank = [b for b, row in zip(raster.bands, sample.data[:, sample.inside], strict=True) if not row.any()]
    if blank:
        values["bands"] = ", ".join(map(str, blank))
        return [Problem("E-REGION-EMPTY-BAND", file=raster.file, values=values)]
    share = 1.0 - sample.data[:, sample.inside].mean()
    if share > GAPS:
        values["percent"] = f"{100 * share:.1f}"
        return [Problem("W-REGION-GAPS", file=raster.file, values=values)]
    return []


def _fills(sample: Sample, raster: Raster, role: str) -> list[Problem]:
    known = roles()[role]
    numbers = sample.raw[sample.data]
    found, counts = np.unique(numbers, return_counts=True)
    shares = counts / max(sample.raw.size, 1)
    values = found * np.float64(raster.scale) + raster.offset
    outside = (values < known.lowest) | (values > known.highest)
    edge = np.zeros(found.shape, bool)
    if found.dtype.kind in "iu" and found.dtype.itemsize > 1:
        limits = np.iinfo(found.dtype)
        edge = found >= limits.max - EDGE
        if found.dtype.kind == "i":
            edge |= found <= limits.min + EDGE
    common = np.isin(found.astype(np.float64), np.array([*CODES, *np.array(CODES, np.float32).tolist()]))
    if found.dtype == np.uint8:
        edge = outside & (found >= 250)
    huge = np.abs(found.astype(np.float64)) > 1e15
    rest = values[~(edge | huge)]
    lonely = outside & (shares >= 25 * FILL_SHARE) & (rest.size > 1) if rest.size else outside & False
    ordinary = ~outside & ~edge
    alone = _gap(found.astype(np.float64)) > ALONE
    codes = (shares >= FILL_SHARE) & (
        edge | huge | (common & (outside | alone)) | (lonely & (shares[ordinary].sum() > 0.1))
    )
    if not codes.any():
        return []
    inside = sample.data[:, sample.inside] & np.isin(sample.raw[:, sample.inside], found[codes])
    declared = ", ".join(f"{c:g}" for c in raster.no_data) or "-"
    return [Problem("E-REGION-FILL", file=raster.file, values={
        "layer": known.label, "file": raster.file, "codes": ", ".join(f"{c:g}" for c in found[codes]),
        "percent": f"{100 * inside.mean():.1f}", "declared": declared,
    })]  # fmt: skip


def _gap(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each of the sorted numbers from the nearest other, as a share of the span of the others."""
    if found.size < 10:
        return np.zeros(found.shape)
    beside = np.diff(found)
    near = np.minimum(np.append(beside, np.inf), np.insert(beside, 0, np.inf))
    span = np.full(found.shape, found[-1] - found[0])
    span[0], span[-1] = found[-1] - found[1], found[-2] - found[0]
    return np.asarray(near / np.maximum(span, 1e-300))


def _range(sample: Sample, raster: Raster, role: str, layer: Layer) -> list[Problem]:
    known = roles()[role]
    raw = sample.raw[:, sample.inside][sample.data[:, sample.inside]].astype(np.float64)
    if not raw.size or layer.resampling == "sum":
        return []
    values = raw * raster.scale + raster.offset
    low, high = known.lowest, known.highest
    share = float(np.mean((values < low) | (values > high)))
    said = {"layer": known.label, "file": raster.file, "lowest": f"{low:g}", "highest": f"{high:g}", "unit": known.unit,
            "minimum": f"{values.min():.4g}", "middle": f"{np.median(values):.4g}", "maximum": f"{values.max():.4g}",
            "percent": f"{100 * share:.1f}"}  # fmt: skip
    fits = (text for text, a, b in _fit(role) if np.mean((values * a + b >= low) & (values * a + b <= high)) > 0.999)
    meant = next(fits, "-") if share > 0.02 else "-"
    if share > MOST:
        unit = NO_UNIT if known.unit == "1" else known.unit
        return [Problem("E-REGION-UNIT", file=raster.file, values={**said, "unit": unit, "meant": meant})]
    if share > OUT:
        return [Problem("W-REGION-RANGE", file=raster.file, values={**said, "meant": meant})]
    whole = raster.dtype.startswith(("int", "uint")) and raster.scale == 1.0
    if role in ("npp", "gpp") and whole and not layer.unit:
        return [Problem("W-REGION-SCALE", file=raster.file, values={**said, "dtype": raster.dtype})]
    if role in ("npp", "gpp") and np.percentile(values, 99) < 6:
        return [Problem("W-REGION-SMALL", file=raster.file, values=said)]
    return []


def _fit(role: str) -> list[tuple[str, float, float]]:
    """Remedies that can be meant for a role."""
    if role == "temperature":
        return [r for r in REMEDIES if r[0] != "scale = 1000"]
    return [r for r in REMEDIES if not r[2]]


def _same_months(role: str, months: list[tuple[Raster, Sample]]) -> list[Problem]:
    """Twelve months that do not differ: a year's number repeated."""
    if role not in ("temperature", "precipitation", "radiation") or not months:
        return []
    shapes = {s.raw.shape[1] for _, s in months}
    if len(shapes) > 1:
        return []
    raw = np.concatenate([s.raw * r.scale + r.offset for r, s in months]).astype(np.float64)
    data = np.concatenate([s.data for _, s in months]).all(axis=0)
    if len(raw) != 12 or not data.any():
        return []
    spread = np.ptp(raw[:, data], axis=0)
    if np.mean(spread <= 0.01 * np.abs(raw[:, data]).max(axis=0)) < 0.9 or np.abs(raw[:, data]).max() == 0:
        return []
    raster = months[0][0]
    values = {"layer": roles()[role].label, "file": raster.file, "number": f"{np.median(raw[:, data]):.4g}",
              "unit": roles()[role].unit}  # fmt: skip
    return [Problem("E-REGION-SAME-MONTHS", file=raster.file, values=values)]


def _classes(source: Source, raster: Raster, sample: Sample, layer: Layer, outline: Boundary | None) -> list[Problem]:
    label = roles()[source.role].label
    counts, exact = _codes(raster, sample, outline)
    if source.table is None:
        high = [c for c in counts if not 0 <= c <= 255]
        if not high:
            return []
        too_high = {"layer": label, "file": raster.file, "codes": ", ".join(map(str, high[:10]))}
        return [Problem("E-REGION-CODE-HIGH", file=raster.file, values=too_high)]
    table = dict(source.table)
    missing = {c: n for c, n in counts.items() if c != 0 and c not in table}
    if not missing:
        return []
    total = sum(counts.values())
    known = {name: sum(n for c, n in counts.items() if c in landuse.table(name)) for name in landuse.legends()}
    best = max(known, key=lambda n: known[n])
    better = best if known[best] > sum(n for c, n in counts.items() if c in table) else "-"
    shown = ", ".join(f"{c} ({n})" for c, n in sorted(missing.items())[:20])
    first = min(missing)
    legend = layer.classes or "cnlucc"
    values = {"layer": label, "file": raster.file, "codes": shown if exact else "~ " + shown, "first": first,
              "percent": f"{100 * sum(missing.values()) / total:.2g}", "meant": better,
              "legend": legend if isinstance(legend, str) else "classes"}  # fmt: skip
    return [Problem("E-REGION-CLASS", file=raster.file, values=values)]


def _codes(raster: Raster, sample: Sample, outline: Boundary | None) -> tuple[Counter[int], bool]:
    """How many cells have each code within the bounds of the region; whether all were counted."""
    window = _part(raster, outline)
    counts: Counter[int] = Counter()
    if window.shape[0] * window.shape[1] > COUNTED:
        found, number = np.unique(sample.raw[sample.data], return_counts=True)
        return Counter(dict(zip(map(int, found), map(int, number), strict=True))), False
    step = max((1 << 22) // window.shape[1], 1)
    for row in range(window.row0, window.row1, step):
        part = window._replace(row0=row, row1=min(row + step, window.row1))
        raw = raster.raw(part)
        found, number = np.unique(raw[raster.has(raw, part)], return_counts=True)
        counts.update(dict(zip(map(int, found), map(int, number), strict=True)))
    return counts, True


def _declared(source: Source) -> list[Problem]:
    """Codes for no data that differ between the years of a layer."""
    codes = {year: rasters[0].no_data for year, rasters in source.files if year}
    if len(set(codes.values())) < 2:
        return []
    kinds = Counter(codes.values())
    listed = "; ".join(
        f"{', '.join(f'{c:g}' for c in kind) or '-'} ({', '.join(str(y) for y, k in codes.items() if k == kind)})"
        for kind in kinds
    )
    values = {"layer": roles()[source.role].label, "codes": listed}
    return [Problem("N-REGION-NODATA-DIFFERS", file=source.files[0][1][0].file, values=values)]


def _gathered(problems: list[Problem]) -> list[Problem]:
    """Problems of one code over several files of a layer as one that names the files."""
    together: dict[tuple[Any, ...], list[Problem]] = {}
    for p in problems:
        together.setdefault((p.code,), []).append(p)
    found = []
    for same in together.values():
        first = same[0]
        if len(same) > 1:
            names = ", ".join(dict.fromkeys(p.file for p in same))
            first = Problem(first.code, file=names, count=len(same), values={**first.values, "file": names})
        found.append(first)
    return found
