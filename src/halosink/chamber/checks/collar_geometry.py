"""One collar with several areas, or with volumes that cannot all be right."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

PLACE = ("region", "site", "block", "plot", "core", "chamber")
AREA, VOLUME = 1.02, 3.0


def judge(readings: Readings) -> Iterator[Finding]:
    """Largest against smallest area and volume among the closures of one collar."""
    columns = {c: readings.text(c) for c in PLACE}
    known = {c: v for c, v in columns.items() if v is not None}
    if not {"plot", "core", "chamber"} & set(known):
        return
    place = pd.DataFrame(known).groupby(list(known), dropna=False, sort=False).ngroup().to_numpy()
    for name, most in (("chamber_area", AREA), ("chamber_volume", VOLUME)):
        values = pd.Series(readings.constant(name))
        groups = values.groupby(place)
        ratio = (groups.transform("max") / groups.transform("min")).to_numpy()
        judged = np.isfinite(ratio) & (groups.transform("count").to_numpy() > 1)
        hit = judged & (ratio > most)
        said = {}
        if hit.any():
            same = values[place == place[np.argmax(np.where(hit, ratio, 0.0))]]
            said = {"low": f"{same.min():.4g}", "high": f"{same.max():.4g}"}
        yield Finding(f"W-COLLAR-{name.removeprefix('chamber_').upper()}", hit, judged, name, said)


CHECK = Check(
    name="collar_geometry",
    label=Text("Geometry differs at one collar", "同一底座的尺寸不一致"),
    about=Text(
        "The same collar has one area. If it is given with several, or with volumes several times apart, a line of the "
        "field sheet is wrong.",
        "同一底座只有一个面积。若给出多个面积，或体积相差数倍，则野外记录表中有一行有误。",
    ),
    needs=Text("A plot, core or chamber measured more than once is needed.", "需要同一小区、土芯或箱体的多次测定。"),
    source="own_choice",
    thresholds={
        "area": own(
            AREA,
            "1",
            "Largest over smallest area, with 2 per cent for rounding.",
            "最大与最小面积之比，其中 2% 留给舍入。",
        ),
        "volume": own(
            VOLUME,
            "1",
            "Largest over smallest volume; collars sink and chambers change, but not as much.",
            "最大与最小体积之比；底座会下沉、箱体会更换，但不至于相差如此之大。",
        ),
    },
    judge=judge,
)
