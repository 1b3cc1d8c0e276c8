"""Too few records to find a threshold of the friction velocity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding
from halosink.eddy.checks.parts.tower import Tower
from halosink.quality.check import Parameter

PER_YEAR = 3000
LOST = Text("No threshold of the friction velocity was found.", "未能确定摩擦风速阈值。")


def judge(tower: Tower) -> Iterator[Finding]:
    """Records at night with flux, friction velocity and temperature in each year; what the threshold says of them."""
    flux, speed, air = tower.kept("nee"), tower.get("friction_velocity"), tower.get("air_temperature")
    if flux is None or tower.night is None:
        return
    column = "friction_velocity"
    none = np.full(len(tower.steps), np.nan)
    speed, air = none if speed is None else speed, none if air is None else air
    usable = tower.night & np.isfinite(flux[0]) & np.isfinite(speed) & np.isfinite(air)
    year = tower.steps.year
    for number in np.unique(year):
        mine = year == number
        if np.count_nonzero(mine) < tower.steps.per_day:
            continue
        least = round(PER_YEAR * tower.steps.per_day / 48)
        records = int(np.count_nonzero(usable & mine))
        said: dict[str, object] = {"year": int(number), "records": records, "least": least}
        yield Finding(
            records >= least,
            float(records),
            ">=",
            float(least),
            "1",
            str(number),
            "W-EDDY-USTAR-FEW",
            column,
            values=said,
        )
    found = tower.thresholds
    if found is not None and {"season", "threshold", "year"} <= set(found.columns):
        lost = found[(found["season"] == "") & found["threshold"].isna()]
        for number in sorted({str(y) for y in lost["year"]}):
            yield Finding(False, float("nan"), ">=", 0.0, "m s-1", number, column=column, comment=LOST)


CHECK = Check(
    name="eddy_ustar_records",
    label=Text("Records for the u* threshold", "确定摩擦风速阈值的记录数"),
    about=Text(
        "The threshold of the friction velocity is found from night-time fluxes. With few of them it is left to "
        "chance; the sums then rest on it.",
        "摩擦风速阈值由夜间通量确定。记录过少时阈值取决于偶然，而年总量依赖于它。",
    ),
    needs=Text(
        "NEE and shortwave radiation (or the place of the tower) are needed.", "需要 NEE 与太阳短波辐射（或塔的位置）。"
    ),
    source="wutzler2018",
    thresholds={
        "records": Parameter(
            PER_YEAR,
            "1",
            "wutzler2018",
            Text(
                "Half-hours of a year that REddyProc asks for by default; as many hours for longer steps.",
                "REddyProc 默认要求的每年半小时记录数；步长更长时按时长折算。",
            ),
        )
    },
    judge=judge,
)
