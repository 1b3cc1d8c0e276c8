"""LI-COR LI-830, LI-850 and LI-840A analysers as their PC software logs them: text in columns of tabs.

A line with the moment the log began, headings such as CO₂_(µmol_mol⁻¹), then records. The analysers do not correct CO2
for dilution by water vapour, so it is per mole of moist air.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import dates, headings, lines

if TYPE_CHECKING:
    import pandas as pd

DATE, TIME = "System_Date_(Y-M-D)", "System_Time_(h:m:s)"
FIELDS = {
    "co2_mole_fraction_wet": re.compile(r"CO[₂2]_\([µμu]mol_mol.*\)"),
    "h2o_mole_fraction": re.compile(r"H[₂2]O_\(mmol_mol.*\)"),
}


def recognise(opened: Opened) -> bool:
    return headings.find(opened, "\t", _fits)[0] > 0


def read(opened: Opened) -> pd.DataFrame:
    """Stamps are whole seconds; readings of the same second are spread evenly over it."""
    import pandas as pd

    row, written = headings.find(opened, "\t", _fits)
    names = lines.unique(n.encode("latin-1").decode("utf-8", "replace") for n in written)
    found = {field: n for field, form in FIELDS.items() for n in names if form.fullmatch(n)}
    if "co2_mole_fraction_wet" not in found:
        lines.lacking(opened.name, (), ("CO₂_(µmol_mol⁻¹)",))
    kept = headings.DataLines(written, "\t")
    frame, problems = lines.table(
        opened, names, after=row, wanted=[DATE, TIME, *found.values()], text=(DATE, TIME), keep=kept
    )
    problems += kept.problems(opened.name)
    frame, doubts = dates.timed(frame, (DATE, TIME), opened.name, "mdy")
    result = frame[["time", "source_row"]].assign(**{field: frame[name] for field, name in found.items()})
    same = result.groupby((result["time"] != result["time"].shift()).cumsum())["time"]
    part = same.cumcount() / same.transform("size")
    result["time"] += pd.to_timedelta(part, unit="s").astype("timedelta64[us]")
    model = "LI-850" if "h2o_mole_fraction" in found else "LI-830"
    result.attrs |= {"analyser": model, "problems": [*problems, *doubts]}
    return result


def _fits(names: list[str]) -> bool:
    return names[:2] == [DATE, TIME]


FORMAT = InstrumentFormat(
    "li_850",
    Text("LI-COR LI-830, LI-850 gas analyser", "LI-COR LI-830、LI-850 气体分析仪"),
    recognise,
    read,
    "licor_850",
    (".txt",),
)
