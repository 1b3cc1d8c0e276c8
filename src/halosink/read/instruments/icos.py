"""Raw meteorological files of ICOS ecosystem stations: csv, usually zipped, names and units above the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import eddy_table, fluxnet_names
from halosink.read.instruments.parts.fluxnet_names import Column
from halosink.read.instruments.toa5 import plain_unit

if TYPE_CHECKING:
    import pandas as pd

STAMP = re.compile(r"\d{14}(\.\d+)?")


def _data_at(rows: eddy_table.Heads) -> int:
    """Lines above the data."""
    return next((i for i, row in enumerate(rows) if row and STAMP.fullmatch(row[0])), -1)


def _names_at(rows: eddy_table.Heads) -> int:
    if not rows or not rows[0] or rows[0][0] != "TIMESTAMP" or not 1 <= _data_at(rows) <= 4:
        return -1
    return 0 if any(fluxnet_names.split(n) for n in rows[0]) else -1


def _read(opened: Opened) -> pd.DataFrame:
    member, rows, at = eddy_table.pick(opened, _names_at) or ("", [], -1)
    after = _data_at(rows)
    choice = fluxnet_names.choose(rows[at], ("",))
    if after > 1:
        given = dict(zip(rows[0], rows[1], strict=False))
        choice = {f: [Column(c.heading, _unit(given.get(c.heading, ""), c)) for c in o] for f, o in choice.items()}
    frame = eddy_table.read(
        opened, rows[at], choice, after=after, stamps=("TIMESTAMP",), form="%Y%m%d%H%M%S", member=member
    )
    if station := re.match(r"([A-Z]{2}-\w{3})_", (member or opened.path.name).split("/")[-1]):
        frame.attrs["site"] = station[1]
    return frame


def _unit(text: str, column: Column) -> str:
    return plain_unit(text) or column.unit


FORMAT = InstrumentFormat(
    name="icos",
    label=Text("ICOS ecosystem station, raw meteorology", "ICOS 生态系统站原始气象文件"),
    recognise=lambda opened: eddy_table.pick(opened, _names_at) is not None,
    read=_read,
    source="icos_meteo_format",
    suffixes=(".zip", ".csv"),
    kind="weather",
)
