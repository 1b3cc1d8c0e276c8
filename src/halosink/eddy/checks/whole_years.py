"""Years of which a part is missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.tower import Tower

SHARE = 0.99


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of the steps of each calendar year of which the table holds a day at least."""
    year = tower.steps.year
    for number in np.unique(year):
        if np.count_nonzero(year == number) < tower.steps.per_day:
            continue
        first, last = np.datetime64(f"{number}-01-01"), np.datetime64(f"{number + 1}-01-01")
        steps = int((last - first).astype("timedelta64[D]").astype(int)) * tower.steps.per_day
        share = float(np.count_nonzero(year == number) / steps)
        said = {"year": int(number), "share": f"{100 * share:.0f}"}
        yield Finding(share >= SHARE, share, ">=", SHARE, "1", str(number), "N-EDDY-PART-YEAR", "time", values=said)


CHECK = Check(
    name="eddy_whole_years",
    label=Text("Whole years", "完整年份"),
    about=Text(
        "An annual sum needs a whole year. Of a part of a year the sum of that part is given and not called annual.",
        "年总量需要完整的一年。不足一年时只给出该段的总量，不称为年总量。",
    ),
    needs=Text("Times are needed.", "需要时间。"),
    source="own_choice",
    thresholds={"share": own(SHARE, "1", "All but three days.", "最多缺三天。")},
    judge=judge,
)
