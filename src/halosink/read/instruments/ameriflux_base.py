"""AmeriFlux BASE, and half-hourly files in the upload format that AmeriFlux and the European database share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments import eddypro_fluxnet, fluxnet2015
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import eddy_table, fluxnet_names

if TYPE_CHECKING:
    import pandas as pd

SITE = re.compile(r"#\s*Site:\s*(\S+)", re.IGNORECASE)
VERSION = re.compile(r"#\s*Version:\s*(\S+)", re.IGNORECASE)
FEWEST = 1


def _names_at(rows: eddy_table.Heads) -> int:
    """Line of the names, below any lines that begin with #."""
    at = next((i for i, row in enumerate(rows) if row and not row[0].startswith("#")), -1)
    if at < 0 or not {"TIMESTAMP_START", "TIMESTAMP_END"} <= set(rows[at]):
        return -1
    named = at > 0 and any(SITE.match(row[0]) for row in rows[:at] if row)
    if not named and (eddypro_fluxnet.is_eddypro(rows[at]) or fluxnet2015.is_fluxnet(rows[at])):
        return -1
    known = [n for n in rows[at] if fluxnet_names.split(n)]
    return at if named or len(known) >= FEWEST else -1


def _read(opened: Opened) -> pd.DataFrame:
    member, rows, at = eddy_table.pick(opened, _names_at) or ("", [], -1)
    fluxnet2015.refuse_sums(opened, rows[at], next((r for r in rows[at + 1 :] if r), []))
    choice = fluxnet_names.choose(rows[at], fluxnet_names.UNFILLED)
    frame = eddy_table.read(
        opened, rows[at], choice, after=at + 1, stamps=("TIMESTAMP_START",), form="%Y%m%d%H%M", member=member
    )
    comments = "\n".join(row[0] for row in rows[:at] if row)
    for key, pattern in (("site", SITE), ("version", VERSION)):
        if found := pattern.search(comments):
            frame.attrs[key] = found[1]
    return frame


FORMAT = InstrumentFormat(
    name="ameriflux_base",
    label=Text("AmeriFlux BASE and files in its upload format", "AmeriFlux BASE 及其上传格式文件"),
    recognise=lambda opened: eddy_table.pick(opened, _names_at) is not None,
    read=_read,
    source="ameriflux_format",
    suffixes=(".csv", ".zip"),
    kind="eddy",
)
