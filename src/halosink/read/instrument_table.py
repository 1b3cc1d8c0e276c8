"""A file of an instrument as part of a table: recognised by content, settings applied or refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink import vocabulary
from halosink.problems import Problem, UserError
from halosink.read import clock
from halosink.read.frame import constant
from halosink.read.labels import is_label, normal
from halosink.read.records import CODE, EMPTY, Grid, Stop, Want, at
from halosink.read.times import offset
from halosink.settings import TableSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from halosink.read.instruments import InstrumentFormat

CHAMBER = ("analyser", "chamber_concentrations")
FED = (*CHAMBER, "closures", "fluxes", "eddy", "weather", "sensors")
"""Kinds of table that files of instruments may fill."""
ORDINARY = ("toa5",)
"""Formats whose headings and units are better read as a table, so that columns can be declared."""
REFUSED = (
    *("columns", "split", "keep", "leave_out", "sheet", "delimiter", "encoding", "decimal", "units_row", "orientation"),
    "time_format",
)
"""Settings that describe a table of plain columns and say nothing of an instrument's file."""


class Fields(Grid):
    """Stands for a file whose columns are fields already; it only places problems."""

    def __init__(self, file: str, fields: list[str]):
        self.file, self.headings, self.head, self.heading_row = file, fields, [], 0

    def load(self, skip: int, want: Mapping[int, Want], decimal: str) -> tuple[dict[int, Any], np.ndarray]:
        """No cells: the frame has been made from the file already."""
        import numpy as np

        return {}, np.empty(0, dtype=np.int64)


def recognised(path: Path, name: str, settings: TableSettings) -> InstrumentFormat | None:
    """The format to read the file with, None where it is to be read as an ordinary table. Raises Stop."""
    if settings.format not in ("auto", "instrument"):
        return None
    asked = settings.format == "instrument"
    if not asked and (settings.kind not in FED or (settings.columns and settings.kind not in CHAMBER)):
        return None
    from halosink.read import instruments
    from halosink.read.content import kind_of
    from halosink.read.instruments.format import Opened

    try:
        found = instruments.recognise(Opened.open(path, name))
        if found is None and (asked or (settings.kind in CHAMBER and kind_of(path) == "binary")):
            instruments.read(path, name)
    except OSError:
        return None
    except UserError as error:
        raise Stop(*error.problems) from None
    if found is None or (not asked and found.name in ORDINARY):
        return None
    if found.kind == settings.kind or (settings.kind == "analyser" and found.kind in CHAMBER):
        return found
    if asked or found.kind in (*CHAMBER, "closures") or settings.kind in CHAMBER:
        kinds = vocabulary.table_kinds()
        meant = "analyser" if found.kind in CHAMBER else found.kind
        values: dict[str, Any] = {"format": found.label, "kind": settings.kind, "meant_kind": meant}
        values["holds"] = kinds[found.kind].label
        raise Stop(Problem("E-INSTRUMENT-KIND", name, values=values))
    return None


def read(
    path: Path, name: str, settings: TableSettings, study_offset: float, form: InstrumentFormat
) -> tuple[pd.DataFrame, dict[str, np.ndarray], list[Problem]]:
    """Frame, kinds of missing, problems of one file. Raises Stop."""
    import numpy as np

    from halosink.read import instruments

    defaults = TableSettings.model_fields
    refused = [s for s in REFUSED if getattr(settings, s) != defaults[s].get_default(call_default_factory=True)]
    if refused:
        values = {"settings": ", ".join(refused), "format": form.label}
        raise Stop(Problem("E-INSTRUMENT-SETTING", name, values=values))
    try:
        frame = instruments.read(path, name)
    except UserError as error:
        raise Stop(*error.problems) from None
    attrs, frame.attrs = {str(k): v for k, v in frame.attrs.items()}, {}
    problems = list(attrs.get("problems", ()))
    if isinstance(attrs.get("analyser"), str) and "analyser" not in frame:
        frame["analyser"] = attrs["analyser"]
    frame = frame.drop(columns=_ignored(frame, name, settings, problems))
    grid = Fields(name, [str(c) for c in frame])
    problems += _texts(frame, grid, settings)
    missing = _numbers(frame, settings)
    if "time" in frame:
        frame["time"] = _times(frame, attrs, grid, settings, study_offset, problems)
        if (gone := np.isnat(frame["time"].to_numpy())).any():
            missing["time"] = np.where(gone, EMPTY, 0).astype(np.uint8)
    for field, value in settings.constant.items():
        given = constant(field, value, len(frame), grid)
        frame[field] = given.to_pandas() if hasattr(given, "to_pandas") else given
        missing.pop(field, None)
    frame["source_file"] = constant("source_file", name, len(frame), grid).to_pandas()
    frame["source_row"] = frame["source_row"].to_numpy(np.int32)
    problems += _lacking(frame, grid, settings, form)
    key = vocabulary.table_kinds()[settings.kind].key
    last = ("source_file", "source_row")
    order = sorted(frame, key=lambda c: (c in last, key.index(c) if c in key else len(key)))
    return frame[order], missing, problems


def plain(name: str, settings: TableSettings) -> list[Problem]:
    """What to say where a file of raw records is none of an instrument known here and fails as a table too."""
    if settings.kind != "analyser":
        return []
    from halosink.read import instruments

    return [instruments.plain(name)]


def _ignored(frame: pd.DataFrame, name: str, settings: TableSettings, problems: list[Problem]) -> list[str]:
    """Fields of the file that settings.ignore names, by field or by any of its usual headings."""
    found = {text: vocabulary.match(text, settings.kind) for text in settings.ignore}
    absent = [text for text, field in found.items() if field not in frame]
    if absent:
        values = {"names": ", ".join(absent), "fields": ", ".join(map(str, frame))}
        problems.append(Problem("W-INSTRUMENT-IGNORE", name, values=values))
    return [field for field in found.values() if field in frame and not field.startswith("source_")]


def _texts(frame: pd.DataFrame, grid: Grid, settings: TableSettings) -> list[Problem]:
    """Text of the frame as categories, labels made plain, codes put into words."""
    import pandas as pd

    fields, problems = vocabulary.fields(), []
    for column in [c for c in map(str, frame) if c in fields and not fields[c].numeric]:
        field = fields[column]
        if field.kind in ("time", "date") or column in ("source_file", "source_row"):
            continue
        index, known = pd.factorize(frame[column])
        words = [normal(str(t)) if is_label(field) else str(t) for t in known]
        codes = settings.codes.get(column, {})
        meanings = {normal(k): normal(v) for k, v in codes.items()}
        unknown = [w for w in words if codes and w not in meanings and w not in meanings.values()]
        if unknown:
            where, count = at(frame["source_row"].to_numpy(), pd.Index(words).isin(unknown)[index] & (index >= 0))
            values = {"value": ", ".join(unknown[:5]), "codes": ", ".join(meanings)}
            problems.append(grid.problem("W-CODE-UNKNOWN", column, where, count, **values))
        told = pd.Series(
            [None if w in ("", *settings.missing) else meanings.get(w, w) for w in words] + [None], dtype="str"
        )
        frame[column] = pd.Categorical(told.iloc[index])
    absent = [c for c in settings.codes if c not in frame]
    if absent:
        values = {"names": ", ".join(absent), "fields": ", ".join(grid.headings)}
        problems.append(grid.problem("W-INSTRUMENT-IGNORE", **values))
    return problems


def _numbers(frame: pd.DataFrame, settings: TableSettings) -> dict[str, np.ndarray]:
    """Numbers as float64 with the study's own codes for missing taken out, and their kinds of missing."""
    import numpy as np
    import pandas as pd

    fields = vocabulary.fields()
    codes = [float(v) for v in pd.to_numeric(pd.Series(settings.missing, dtype=object), errors="coerce").dropna()]
    missing: dict[str, np.ndarray] = {}
    for column in [c for c in map(str, frame) if c in fields and fields[c].numeric and c != "source_row"]:
        values = frame[column].to_numpy(np.float64)
        kinds = np.where(np.isnan(values), EMPTY, 0).astype(np.uint8)
        if codes and (coded := np.isin(values, codes)).any():
            kinds[coded] = CODE
            values = np.where(coded, np.nan, values)
        frame[column] = values
        if kinds.any():
            missing[column] = kinds
    return missing


def _times(
    frame: pd.DataFrame,
    attrs: Mapping[str, Any],
    grid: Grid,
    settings: TableSettings,
    study_offset: float,
    problems: list[Problem],
) -> np.ndarray:
    """Stamps on the study's clock where settings say how the instrument's stands, else as they are."""
    import numpy as np

    moments = frame["time"].to_numpy().astype("datetime64[us]")
    own = attrs.get("utc_offset")
    if settings.utc_offset is not None:
        shift = study_offset - settings.utc_offset
        if shift:
            moments = moments + np.timedelta64(round(shift * 3600), "s")
            shown = {"file_offset": offset(settings.utc_offset), "offset": offset(study_offset)}
            problems.append(grid.problem("N-TIME-SHIFTED", "time", hours=f"{shift:+g}", **shown))
    elif own is not None and float(own) != study_offset:
        shown = {"file_offset": offset(float(own)), "offset": offset(study_offset), "hours": f"{float(own):g}"}
        problems.append(grid.problem("N-INSTRUMENT-ZONE", "time", **shown))
    problems += clock.daylight_saving(moments, frame["source_row"].to_numpy(), None, grid, "time")
    moments, said = clock.to_start(moments, None, settings, grid, "time")
    problems += said
    return moments


def _lacking(frame: pd.DataFrame, grid: Grid, settings: TableSettings, form: InstrumentFormat) -> list[Problem]:
    """Fields that the kind of table needs and the file does not hold."""
    from halosink.read.required import named

    kind = vocabulary.table_kinds()[settings.kind]
    lacking = [f for f in kind.required if f not in frame or frame[f].isna().all()]
    if not lacking:
        return []
    values = {"fields": named(lacking), "kind": kind.label, "format": form.label}
    return [grid.problem("E-INSTRUMENT-REQUIRED", ", ".join(lacking), **values)]
