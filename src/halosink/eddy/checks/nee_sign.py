"""NEE with uptake counted positive."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.tower import Tower

WINDOW, FEWEST, CLEAR, BELOW = 30, 30, 2.0, -0.3


def judge(tower: Tower) -> Iterator[Finding]:
    """The month in which day and night differ most: positive by day and negative at night is a turned sign."""
    kept = tower.kept("nee")
    if kept is None or tower.day is None or tower.night is None:
        return
    flux, known = kept[0], np.isfinite(kept[0])
    size = WINDOW * tower.steps.per_day
    best, day_mean, night_mean, turned, plain = 0.0, np.nan, np.nan, 0, 0
    for start in range(0, flux.size, size):
        part = slice(start, start + size)
        day, night = known[part] & tower.day[part], known[part] & tower.night[part]
        if day.sum() < FEWEST or night.sum() < FEWEST:
            continue
        by_day, at_night = float(np.median(flux[part][day])), float(np.median(flux[part][night]))
        if not np.isfinite(day_mean) or abs(by_day - at_night) > abs(best):
            best, day_mean, night_mean = by_day - at_night, by_day, at_night
        turned += by_day > 0 and at_night < BELOW and by_day - at_night > CLEAR
        plain += by_day < 0 < at_night
    if not np.isfinite(day_mean):
        return
    fine = not (best > CLEAR and night_mean < BELOW and turned > plain)
    said = {"day": f"{day_mean:.2g}", "night": f"{night_mean:.2g}"}
    yield Finding(fine, best, "<=", CLEAR, "umol m-2 s-1", "nee", "E-EDDY-NEE-SIGN", "nee", values=said)


CHECK = Check(
    name="eddy_nee_sign",
    label=Text("Sign of NEE", "NEE 的符号"),
    about=Text(
        "NEE is positive to the air. Plants take up CO2 in the light and all give it off in the dark. Where the flux "
        "is positive by day and negative at night in the month in which the two differ most, uptake was counted "
        "positive. Bare soil that breathes more by day is not taken for it unless its nights take up CO2 too.",
        "NEE 以向大气为正。植物在光下吸收 CO2，黑暗中一切都释放 CO2。若昼夜差异最大的月份里白天为正、夜间为负，"
        "则吸收被记为正值。白天呼吸更强的裸土不会被误判，除非夜间也吸收 CO2。",
    ),
    needs=Text("NEE with radiation (or the place of the tower) is needed.", "需要 NEE 与辐射（或塔的位置）。"),
    source="own_choice",
    thresholds={
        "clear": own(
            CLEAR, "umol m-2 s-1", "Differences of day and night that only plants make.", "只有植物才能造成的昼夜差异。"
        ),
        "night": own(
            BELOW,
            "umol m-2 s-1",
            "Below the uptake at night that saline soils are known for by soil chemistry.",
            "低于盐渍土因土壤化学造成的夜间吸收。",
        ),
    },
    judge=judge,
)
