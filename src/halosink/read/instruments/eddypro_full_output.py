"""EddyPro's full output: a line of groups, one of names, one of units; also its biomet output, without groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import eddy_table, fluxnet_names
from halosink.read.instruments.parts.fluxnet_names import Column

if TYPE_CHECKING:
    import pandas as pd

NAMES = {
    "L": "obukhov_length",
    "(z-d)/L": "stability_parameter",
    "e": "vapour_pressure",
    "ET": "evapotranspiration",
    "co2_mixing_ratio": "co2_mole_fraction",
    "ch4_mixing_ratio": "ch4_mole_fraction",
    "n2o_mixing_ratio": "n2o_mole_fraction",
    "co2_mole_fraction": "co2_mole_fraction_wet",
    "ch4_mole_fraction": "ch4_mole_fraction_wet",
    "n2o_mole_fraction": "n2o_mole_fraction_wet",
    "h2o_mole_fraction": "h2o_mole_fraction",
}
"""EddyPro's names that mean nothing, or something else, elsewhere; its mixing ratios are per mole of dry air."""
VARIANCES = {"u_var": "along_wind_sd", "v_var": "crosswind_sd", "w_var": "vertical_wind_sd"}


def _names_at(rows: eddy_table.Heads) -> int:
    """Line of the names: that above [yyyy-mm-dd]."""
    for at, row in enumerate(rows[1:4]):
        if "[yyyy-mm-dd]" in row and {"date", "time"} <= set(rows[at]):
            return at
    return -1


def columns(names: Sequence[str], units: Sequence[str]) -> dict[str, list[Column]]:
    """{field: columns} by name, with the units of the file."""
    found: dict[str, list[tuple[tuple[int, ...], Column]]] = {}
    for name, unit in zip(names, [*units, *[""] * len(names)], strict=False):
        if name in VARIANCES:
            found.setdefault(VARIANCES[name], []).append(((), Column(name, "m s-1", root=True)))
            continue
        base = re.fullmatch(r"(.+?)((?:_\d+){3})", name)
        field = NAMES.get(name) or fluxnet_names.direct(name) or (fluxnet_names.direct(base[1]) if base else "")
        if field:
            place = tuple(int(n) for n in base[2].split("_")[1:]) if base else ()
            found.setdefault(field, []).append((place, Column(name, plain_unit(unit, field))))
    return {field: [c for _, c in sorted(entries)] for field, entries in found.items()}


def plain_unit(text: str, field: str) -> str:
    """[µmol+1s-1m-2] -> µmol s-1m-2; [mmol+1mol_d-1] -> mmol mol-1."""
    unit = re.sub(r"_[ad](?=-\d|$)", "", text.strip().strip("[]"))
    unit = re.sub(r"(?<=[A-Za-zµμ])\+1", " ", unit)
    unit = {"deg_from_north": "degree", "#": "1", "--": "", "": ""}.get(unit.strip(), re.sub(r"\+(?=\d)", "", unit))
    return "1" if unit.startswith("1=") else unit.strip()


def _read(opened: Opened) -> pd.DataFrame:
    member, rows, at = eddy_table.pick(opened, _names_at) or ("", [], -1)
    choice = columns(rows[at], rows[at + 1])
    return eddy_table.read(
        opened,
        rows[at],
        choice,
        after=at + 2,
        stamps=("date", "time"),
        form="%Y-%m-%d %H:%M",
        member=member,
        ends=True,
    )


FORMAT = InstrumentFormat(
    name="eddypro_full_output",
    label=Text("EddyPro full output", "EddyPro 完整输出（full output）"),
    recognise=lambda opened: eddy_table.pick(opened, _names_at) is not None,
    read=_read,
    source="licor_eddypro",
    suffixes=(".csv",),
    kind="eddy",
)
