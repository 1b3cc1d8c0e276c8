"""Campbell Scientific TOA5 tables: loggers of weather and soil, and those of flux systems."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from halosink import vocabulary
from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import eddy_table, fluxnet_names
from halosink.read.instruments.parts.fluxnet_names import Column
from halosink.read.toa5 import SPELLINGS

if TYPE_CHECKING:
    import pandas as pd

SUFFIX = re.compile(r"_wvc\(1\)$|(_(avg|smp|tot))?(\((?P<index>\d+)\))?$", re.IGNORECASE)
"""How a value was processed, and which of an array it is, as Campbell programs end their names; spreads and extremes
are not means and stay out."""
FLUXES = {"co2_flux", "nee", "latent_heat_flux", "sensible_heat_flux", "friction_velocity"}
"""Two of these make a logger table one of a flux tower."""


def plain_unit(text: str) -> str:
    """A unit as loggers spell it, in words that the vocabulary knows; "" if there is none."""
    unit = SPELLINGS.get(text.strip().lower(), text.strip())
    if unit.lower().startswith("unnamed"):
        return ""
    unit = re.sub(r"(?i)\bmeters?\b", "m", unit)
    return re.sub(r"(?i)^%\s*vol\.?$|^vol\.?[- ]?%$", "%", unit)


def columns(names: Sequence[str], units: Sequence[str]) -> dict[str, list[Column]]:
    """{field: columns}: headings that the vocabulary knows, then names of the flux networks with positions."""
    found: dict[str, list[tuple[int, tuple[int, ...], Column]]] = {}
    for name, unit in zip(names, [*units, *[""] * len(names)], strict=False):
        ending = SUFFIX.search(name)
        bare = name[: ending.start()] if ending else name
        known = vocabulary.match(name) or vocabulary.match(bare)
        place: tuple[int, ...] = (int(ending["index"]),) if ending and ending["index"] else ()
        rank = 0 if known else 1
        if (not known or "fluxnet" in vocabulary.fields()[known].standard) and (parsed := fluxnet_names.split(bare)):
            known, place = (parsed.field, (*parsed.place, *place)) if parsed.qualifier == "" else (known, place)
        if known and vocabulary.fields()[known].numeric:
            found.setdefault(known, []).append((rank, place, Column(name, plain_unit(unit))))
    return {field: [c for *_, c in sorted(entries)] for field, entries in found.items()}


def _names_at(rows: eddy_table.Heads) -> int:
    return 1 if len(rows) > 2 and rows[0] and rows[0][0] == "TOA5" and "TIMESTAMP" in rows[1] else -1


def _is_tower(opened: Opened) -> bool:
    found = eddy_table.pick(opened, _names_at)
    return found is not None and len(FLUXES & columns(found[1][1], found[1][2]).keys()) >= 2


def _read(opened: Opened) -> pd.DataFrame:
    member, rows, at = eddy_table.pick(opened, _names_at) or ("", [], -1)
    choice = columns(rows[at], rows[at + 1])
    frame = eddy_table.read(opened, rows[at], choice, after=4, stamps=("TIMESTAMP",), form=None, member=member)
    about = [*rows[0], *[""] * 8]
    frame.attrs |= {"station": about[1], "logger": f"{about[2]} {about[3]}".strip(), "table": about[7]}
    return frame


FORMATS = [
    InstrumentFormat(
        name="toa5",
        label=Text("Campbell Scientific TOA5", "Campbell Scientific TOA5 数据文件"),
        recognise=lambda opened: eddy_table.pick(opened, _names_at) is not None and not _is_tower(opened),
        read=_read,
        source="campbell_toa5",
        suffixes=(".dat", ".csv"),
        kind="sensors",
    ),
    InstrumentFormat(
        name="toa5_flux",
        label=Text("Campbell Scientific TOA5 of a flux tower", "Campbell Scientific TOA5 通量塔数据文件"),
        recognise=_is_tower,
        read=_read,
        source="campbell_toa5",
        suffixes=(".dat", ".csv"),
        kind="eddy",
    ),
]
