"""FLUXNET2015 and later FLUXNET products: FULLSET and SUBSET, half-hourly or hourly, as csv or zip."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import eddy_table, fluxnet_names
from halosink.read.records import Stop

if TYPE_CHECKING:
    import pandas as pd

ORDER = (
    *("F", "F_MDS", "VUT_REF", "NT_VUT_REF", "", "CUT_REF", "NT_CUT_REF"),
    *("VUT_USTAR50", "NT_VUT_USTAR50", "DT_VUT_REF", "DT_CUT_REF"),
)
"""Consolidated values first, then the reference u* threshold that varies by year and night-time partitioning, as
pastorello2020 recommends for most uses."""
MARKS = re.compile(r"_F_MDS(_|$)|_(VUT|CUT)_|^TA_F(_QC)?$")
FEWEST = 3


def is_fluxnet(names: list[str]) -> bool:
    return "TIMESTAMP_START" in names and sum(bool(MARKS.search(n)) for n in names) >= FEWEST


def _names_at(rows: eddy_table.Heads) -> int:
    return 0 if rows and is_fluxnet(rows[0]) else -1


def refuse_sums(opened: Opened, names: list[str], first: list[str]) -> None:
    """Raises Stop for files of weeks, whose stamps are days and whose fluxes are sums in other units."""
    stamp = dict(zip(names, first, strict=False)).get("TIMESTAMP_START", "")
    if re.fullmatch(r"\d{4}(\d{2}(\d{2})?)?", stamp):
        raise Stop(Problem("E-EDDY-SUMS", opened.name, "", "TIMESTAMP_START", (2,), values={"value": stamp}))


def _read(opened: Opened) -> pd.DataFrame:
    found = eddy_table.pick(opened, lambda rows: _names_at(rows) if _half_hours(rows) else -1)
    member, rows, at = found or eddy_table.pick(opened, _names_at) or ("", [], -1)
    refuse_sums(opened, rows[at], next((r for r in rows[at + 1 :] if r), []))
    choice = fluxnet_names.choose(rows[at], ORDER)
    return eddy_table.read(
        opened, rows[at], choice, after=at + 1, stamps=("TIMESTAMP_START",), form="%Y%m%d%H%M", member=member
    )


def _half_hours(rows: eddy_table.Heads) -> bool:
    return any(len(c) == 12 and c.isdigit() for row in rows[1:3] for c in row[:2])


FORMAT = InstrumentFormat(
    name="fluxnet2015",
    label=Text("FLUXNET product (FULLSET, SUBSET)", "FLUXNET 数据产品（FULLSET、SUBSET）"),
    recognise=lambda opened: eddy_table.pick(opened, _names_at) is not None,
    read=_read,
    source="pastorello2020",
    suffixes=(".csv", ".zip"),
    kind="eddy",
)
