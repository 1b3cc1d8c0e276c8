"""The files of a layer: patterns of years and months, variables, heads."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink.contracts import Text
from halosink.problems import Problem, did_you_mean
from halosink.study_region.align import Frame
from halosink.study_region.boundary import LISTED
from halosink.study_region.rasters import Raster, opened
from halosink.study_region.sources import roles
from halosink.study_region.zarr3 import PREFIX, is_zarr3
from halosink.vocabulary import units

if TYPE_CHECKING:
    from halosink.settings_region import Layer

DEGREES_WITHOUT_SYSTEM = ("netCDF", "Zarr", "HDF5", "HDF5Image")
"""Drivers whose files in degrees often name no system; longitude and latitude on WGS 84 is meant. Own choice."""
VARIABLES = {"netCDF": 'NETCDF:"{}":{}', "Zarr": 'ZARR:"{}":/{}', "HDF5Image": 'HDF5:"{}"://{}'}
PERSONS = re.compile(r"^\s*(persons?|people|inhabitants?|capita|\u4eba)\s*(/|per)?\s*", re.IGNORECASE)
Files = tuple[tuple[int, tuple[Raster, ...]], ...]


def files(folder: Path, role: str, layer: Layer) -> tuple[Files, list[Problem]]:
    """The rasters of a layer by year (0 where it has none), and all that is wrong with finding and opening them."""
    label = roles()[role].label
    problems: list[Problem] = []
    found: list[tuple[int, tuple[Raster, ...]]] = []
    years = layer.years
    if "{year}" in layer.file and not years:
        years = _years(folder, layer.file)
    if "{year}" not in layer.file:
        years = layer.years if len(layer.years) == 1 else (0,)
    absent: list[int] = []
    values: dict[str, Any]
    for year in years or (0,):
        name = layer.file.replace("{year}", str(year))
        names = [name]
        if "{month}" in name:
            names = [_month(folder, name, m) for m in range(1, 13)]
        lost = [n for n in names if not (folder / n).exists()]
        outside = [n for n in names if not (folder / n).resolve().is_relative_to(folder.resolve())]
        if outside:
            problems.append(Problem("E-REGION-OUTSIDE", file=outside[0], values={"layer": label, "file": outside[0]}))
        elif lost and len(lost) < len(names):
            months = ", ".join(str(names.index(n) + 1) for n in lost)
            values = {"layer": label, "months": months, "file": lost[0]}
            problems.append(Problem("E-REGION-MONTHS", file=lost[0], values=values))
        elif lost and year and len(years) > 1:
            absent.append(year)
        elif lost:
            meant = did_you_mean(lost[0], _known(folder))
            values = {"layer": label, "file": lost[0], "meant": meant}
            problems.append(Problem("E-REGION-FILE", file=lost[0], values=values))
        else:
            rasters = []
            for n in names:
                raster, wrong = _head(folder, n, role, layer)
                problems += wrong
                if raster:
                    rasters.append(raster)
            if len(rasters) == len(names):
                found.append((year, tuple(rasters)))
    if absent:
        values = {"layer": label, "file": layer.file, "years": ", ".join(map(str, absent)), "number": len(absent)}
        problems.append(Problem("E-REGION-YEARS", file=layer.file, values=values))
    return tuple(sorted(found)), problems


def _head(folder: Path, name: str, role: str, layer: Layer) -> tuple[Raster | None, list[Problem]]:
    from rasterio.errors import RasterioIOError

    label = roles()[role].label
    opens = f"{PREFIX}{folder / name}" if is_zarr3(folder / name) else str(folder / name)
    try:
        with opened(opens) as file:
            parts = list(file.subdatasets)
            count, place, driver = file.count, not file.transform.is_identity, file.driver
    except RasterioIOError as error:
        reason = str(error).replace(str(folder), "").strip()
        return None, [Problem("E-REGION-NO-RASTER", file=name, values={"layer": label, "file": name, "reason": reason})]
    if parts and (layer.variable or not (count and place)):
        variables = {re.split(r"[:/|]", p)[-1].strip('"'): p for p in parts}
        if layer.variable not in variables and not (len(variables) == 1 and not layer.variable):
            values = {"layer": label, "file": name, "variable": layer.variable or "-", "known": ", ".join(variables),
                      "meant": did_you_mean(layer.variable, variables)}  # fmt: skip
            return None, [Problem("E-REGION-VARIABLE", file=name, values=values)]
        opens = variables[layer.variable] if layer.variable else parts[0]
    elif layer.variable:
        form = f"{PREFIX}{{}}|{{}}" if opens.startswith(PREFIX) else VARIABLES.get(driver, "{}")
        try:
            named = form.format(folder / name, layer.variable)
            with opened(named):
                opens = named
        except (RasterioIOError, KeyError):
            values = {"layer": label, "file": name, "variable": layer.variable, "known": "-", "meant": "-"}
            return None, [Problem("E-REGION-VARIABLE", file=name, values=values)]
    with opened(opens) as file:
        return _raster(file, name, opens, role, layer)


def _raster(file: Any, name: str, opens: str, role: str, layer: Layer) -> tuple[Raster | None, list[Problem]]:
    from rasterio.enums import MaskFlags

    known = roles()[role]
    problems: list[Problem] = []

    def wrong(code: str, **values: Any) -> None:
        problems.append(Problem(code, file=name, values={"layer": known.label, "file": name, **values}))

    bands = layer.bands or tuple(range(1, file.count + 1))
    if max(bands, default=0) > file.count or min(bands, default=1) < 1:
        wrong("E-REGION-BAND-ABSENT", bands=", ".join(map(str, bands)), number=file.count)
        return None, problems
    wanted = (1,) if "{month}" in layer.file else known.bands
    if len(bands) not in wanted:
        words = Text(" or ".join(map(str, wanted)), " 或 ".join(map(str, wanted)))
        wrong("E-REGION-BANDS", number=len(bands), wanted=words)
    if file.transform.is_identity:
        wrong("E-REGION-NO-PLACE")
        return None, problems
    crs = _crs(layer.crs) if layer.crs else file.crs.to_wkt() if file.crs else ""
    if not crs and not layer.crs and file.driver in DEGREES_WITHOUT_SYSTEM and _degrees(file):
        crs = "EPSG:4326"
        wrong("N-REGION-DEGREES")
    if not crs:
        wrong("E-REGION-CRS-UNKNOWN" if layer.crs else "E-REGION-NO-CRS", crs=layer.crs)
        return None, problems
    own = tuple(dict.fromkeys(file.nodatavals[b - 1] for b in bands if file.nodatavals[b - 1] is not None))
    masked = any(MaskFlags.per_dataset in file.mask_flag_enums[b - 1] for b in bands)
    scale, offset = layer.scale, layer.offset
    if (scale, offset) == (1.0, 0.0):
        scale, offset = file.scales[bands[0] - 1], file.offsets[bands[0] - 1]
    a, b, problem = _conversion(role, layer, file.units[bands[0] - 1] or "")
    if problem:
        wrong(problem.code, **problem.values)
    raster = Raster(
        name, opens, tuple(bands), Frame(crs, tuple(file.transform)[:6], file.shape), file.dtypes[bands[0] - 1],
        tuple(dict.fromkeys((*own, *layer.no_data))), tuple(layer.valid), scale * a, offset * a + b, masked, file.count,
        known.label,
    )  # fmt: skip
    return raster, problems


def _conversion(role: str, layer: Layer, declared: str) -> tuple[float, float, Problem | None]:
    """(a, b) such that the role's unit = a x unit of the file + b."""
    known = roles()[role]
    if known.kind == "class" or layer.resampling == "sum":
        return 1.0, 0.0, None
    for unit, given in ((layer.unit, True), (declared, False)):
        if not unit:
            continue
        text = PERSONS.sub("", unit) if role == "population" else unit
        if role == "population" and not text:
            return 1.0, 0.0, Problem("E-REGION-COUNTS", values={"unit": unit})
        tries = [text]
        if role in ("population", "precipitation", "radiation"):
            tries += [f"1/{text}", f"{text} month-1"]
        error: units.UnitError | None = None
        for attempt in tries:
            for substance in ("", "C"):
                try:
                    return *units.factor(attempt, known.unit, substance), None
                except units.UnitError as e:
                    error = error or e
        if given and error:
            would = ", ".join(error.suggestions) or known.unit
            values = {"unit": unit, "wanted": known.unit, "would": would}
            return 1.0, 0.0, Problem("E-REGION-UNIT-UNKNOWN", values=values)
    return 1.0, 0.0, None


def _degrees(file: Any) -> bool:
    """Whether the corners can be longitudes and latitudes."""
    a, b, c, d, e, f = tuple(file.transform)[:6]
    rows, columns = file.shape
    x, y = (c, c + a * columns + b * rows), (f, f + d * columns + e * rows)
    return bool(max(map(abs, x)) <= 360 and max(map(abs, y)) <= 90.5)


def _crs(text: str) -> str:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return str(CRS.from_user_input(text).to_wkt())
    except CRSError:
        return ""


def _month(folder: Path, name: str, month: int) -> str:
    padded = name.replace("{month}", f"{month:02d}")
    plain = name.replace("{month}", str(month))
    return plain if (folder / plain).exists() and not (folder / padded).exists() else padded


def _years(folder: Path, pattern: str) -> tuple[int, ...]:
    """Years for which a file of the pattern exists."""
    form = re.escape(pattern).replace(r"\{month\}", r"\d{1,2}")
    form = form.replace(r"\{year\}", r"(\d{4})", 1).replace(r"\{year\}", r"\1")
    base = folder / Path(pattern.split("{")[0] + "-").parent
    known = (f.relative_to(folder).as_posix() for f in sorted(base.rglob("*")))
    found = {int(m[1]) for f in known if (m := re.fullmatch(form, f))}
    return tuple(sorted(found))


def _known(folder: Path) -> list[str]:
    return sorted(f.relative_to(folder).as_posix() for f in islice(folder.rglob("*"), LISTED))
