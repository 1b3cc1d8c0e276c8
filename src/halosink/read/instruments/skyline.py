"""SkyLine2D (EarthBound Scientific), one chamber that travels along a line, recorded by the DMR logger.

"CH ID" is a voltage that stands for the place, "Chamber closed" is above zero while the chamber is shut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import chambers, dmr

if TYPE_CHECKING:
    import pandas as pd

SHOULDER = 20.0
"""Seconds before closing and after opening that belong to a closure (rheault2024goflux)."""


def recognise(opened: Opened) -> bool:
    form = dmr.layout(opened)
    return form is not None and bool(form.ending("_Chamber closed")) and bool(form.ending("_CH ID"))


def read(opened: Opened) -> pd.DataFrame:
    """Gases of all rows; chamber and closure in those of a closure and its shoulders."""
    import pandas as pd

    form = dmr.layout(opened)
    assert form is not None
    place, state = form.ending("_CH ID"), form.ending("_Chamber closed")
    result, frame, problems = dmr.record(opened, form, [state], [place])
    if unmarked := [t for t in form.titles if (g := dmr.GAS.fullmatch(t)) and not g[2] and g[1] != "H2O"]:
        problems.append(Problem("N-INSTRUMENT-DRY", opened.name, column=unmarked[0]))
    shut = frame[state] > 0
    step = (shut != shut.shift()).cumsum()
    run = step.where(shut)
    seconds = (result["time"] - result["time"].min()).dt.total_seconds()
    edge, inside = seconds.where(shut), run
    for near, number in ((edge.bfill(), inside.bfill()), (edge.ffill(), inside.ffill())):
        run = run.where(run.notna() | ~((near - seconds).abs() <= SHOULDER), number)
    named = (
        frame[place].where(shut).groupby(run).transform("first").astype("object").fillna("").astype("str").str.strip()
    )
    volt = pd.to_numeric(named, errors="coerce")
    chamber = named.where(volt.isna(), volt.map(str))
    names = chamber + "_" + chambers.labels(run)
    return dmr.closed(result.assign(chamber=chamber), run, shut, names)


FORMAT = InstrumentFormat(
    "skyline",
    Text("SkyLine2D chamber (DMR logger)", "SkyLine2D 移动箱（DMR 采集）"),
    recognise,
    read,
    "rheault2024goflux",
    (".csv",),
)
