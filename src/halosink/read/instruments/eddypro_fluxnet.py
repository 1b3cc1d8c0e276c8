"""EddyPro's FLUXNET output: one line of names, units fixed by the names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import eddy_table, fluxnet_names

if TYPE_CHECKING:
    import pandas as pd

ORDER = ("", "EP", "SINGLE")
"""Station sensors before EddyPro's own; SINGLE: storage from one height."""
MARKS = {"FILENAME_HF", "EXPECT_NR", "FC_SSITC_TEST", "BADM_LOCATION_LAT"}
"""Columns that only EddyPro writes; two of them are enough."""


def is_eddypro(names: list[str]) -> bool:
    return len(MARKS & set(names)) >= 2 and "TIMESTAMP_START" in names


def _names_at(rows: eddy_table.Heads) -> int:
    return 0 if rows and is_eddypro(rows[0]) else -1


def _read(opened: Opened) -> pd.DataFrame:
    member, rows, at = eddy_table.pick(opened, _names_at) or ("", [], -1)
    choice = fluxnet_names.choose(rows[at], ORDER)
    return eddy_table.read(
        opened, rows[at], choice, after=at + 1, stamps=("TIMESTAMP_START",), form="%Y%m%d%H%M", member=member
    )


FORMAT = InstrumentFormat(
    name="eddypro_fluxnet",
    label=Text("EddyPro FLUXNET output", "EddyPro FLUXNET 输出"),
    recognise=lambda opened: eddy_table.pick(opened, _names_at) is not None,
    read=_read,
    source="licor_eddypro",
    suffixes=(".csv",),
    kind="eddy",
)
