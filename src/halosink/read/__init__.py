"""Files of a study become canonical tables: `table` for one declared in study.toml, `file` for a single file.

Nothing heavy is imported until a table is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink.read.records import Reading

if TYPE_CHECKING:
    import pandas as pd

    from halosink.problems import Problem
    from halosink.settings import Factor, TableSettings

__all__ = ["Reading", "declared", "file", "instrument", "table"]


def table(folder: Path, name: str, settings: TableSettings, study_utc_offset: float = 0.0) -> Reading:
    """Read one table of a study; wrong data never raise but stand in Reading.problems.

    folder: the study folder; name: of the table in study.toml; study_utc_offset: the study's clock, hours ahead
    of UTC. The frame is None if any problem is an error.
    """
    from halosink.read.canonical import read

    return read(Path(folder), name, settings, study_utc_offset)


def file(path: str | Path, kind: str, **options: Any) -> Reading:
    """Read one file as a table of the given kind; options are those of [tables.NAME] in study.toml.

    Raises pydantic.ValidationError for an unknown option. Wrong data stand in Reading.problems.
    """
    from halosink.settings import TableSettings

    path = Path(path)
    offset = options.pop("study_utc_offset", 0.0)
    settings = TableSettings(file=path.name, kind=kind, **options)
    return table(path.parent, path.stem, settings, offset)


def instrument(path: str | Path) -> pd.DataFrame:
    """Read one file of a gas analyser, a chamber system, eddy-covariance software or a logger.

    The format is told from the content; halosink.read.instruments.formats() lists them. The frame has one row per
    record and columns named from the vocabulary, in the field's unit; besides them:
    time: datetime64[us], naive, as the instrument wrote it, fractions of a second kept; source_row: line or record in
    the file, from 1; source_file.
    Readings of chamber systems have closure (unique in the file), elapsed_time (s since the chamber closed, negative
    before), and of that closure chamber, chamber_volume (L, total), chamber_area (m2) and what else the file tells.
    frame.attrs: "format"; "kind", the kind of table ("analyser", "chamber_concentrations", "eddy", ...); "problems",
    warnings and notes (rows left out, values that are no numbers); where the file tells them "analyser", "timezone",
    "utc_offset" (h) and "vendor", what the instrument computed of each closure, a list of dicts.

    Raises UserError with E-INSTRUMENT-OPEN, -UNKNOWN (no known format), -EMPTY (no reading), -DAMAGED or -LACKS
    (columns missing that the format must have), E-FILE-EMPTY or E-ZIP-BOMB.
    """
    from halosink.read.instruments import read

    return read(Path(path))


def declared(frame: pd.DataFrame, factor: Factor) -> list[Problem]:
    """Classes of a frame that factor.order does not name, and a reference that never occurs.

    frame: canonical, with source_file and source_row.
    """
    from halosink.read.classes import check

    return check(frame, factor)
