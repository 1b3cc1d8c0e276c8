"""Gases called dry that still move with the water vapour, and moist gases without a water vapour to correct them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.polynomial import residuals
from halosink.chamber.checks.parts.readings import GASES, WET, Readings
from halosink.chamber.checks.parts.traces import Array, Trace
from halosink.contracts import Text

CLOSURES, READINGS, CLEAR, LOW, HIGH, SURE = 10, 20, 3.0, 0.6, 1.4, 4.0
MIXED, ORDER, AGREE = 30.0, 4, 0.75


def judge(readings: Readings) -> Iterator[Finding]:
    """Share of the dilution dC = -C dW / (1 - W) that is found in the dry columns; water where only moist gas is.

    Gas and vapour both mix after closing and both level off, which looks like dilution (or its opposite) and is none:
    only what is left of a polynomial in time, after the air has mixed, is compared.
    """
    water = readings.column("h2o_mole_fraction")
    for name in GASES:
        if name in readings.gases and water is not None:
            found = _diluted(readings, name, water)
            if found is not None:
                yield found
    for name in GASES:
        if name + WET in readings.gases:
            moist = readings.trace(name + WET).n > 0
            bare = moist & ~(readings.trace("h2o_mole_fraction").n > 0) & ~(readings.trace(name).n > 0)
            yield Finding("W-CHAMBER-WET-NO-WATER", bare, moist, name + WET, {"gas": name[:3].upper()})


def _diluted(readings: Readings, name: str, water: Array) -> Finding | None:
    trace, vapour = _together(readings, name, water)
    moist = residuals(trace, vapour, ORDER)
    gas = residuals(trace, trace.value, ORDER)
    expected = -trace.value / (1 - vapour) * moist
    strength = trace.total(expected * expected)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = trace.total(gas * expected) / strength
        scatter = np.sqrt(trace.total(gas * gas) / trace.n)
        judged = (trace.n >= READINGS) & (np.sqrt(strength) >= CLEAR * scatter)
    if np.count_nonzero(judged) < CLOSURES:
        return None
    middle = float(np.median(share[judged]))
    spread = 1.4826 * float(np.median(np.abs(share[judged] - middle)))
    sure = abs(middle) > SURE * spread / np.sqrt(np.count_nonzero(judged))
    within = judged & (share >= LOW) & (share <= HIGH)
    many = np.count_nonzero(within) >= AGREE * np.count_nonzero(judged)
    hit = judged & bool(sure and many and LOW <= middle <= HIGH)
    return Finding("W-CHAMBER-NOT-DRY", hit, judged, name, {"gas": name[:3].upper(), "percent": f"{100 * middle:.0f}"})


def _together(readings: Readings, name: str, water: Array) -> tuple[Trace, Array]:
    """Readings of mixed air, some time before the opening, that hold both; the vapour in mol mol-1."""
    values = readings.frame[name].to_numpy(float)
    end = readings.trace("elapsed_time").high[readings.code]
    mixed = readings.closed & (readings.time >= MIXED) & (readings.time <= end - MIXED)
    use = mixed & np.isfinite(values) & np.isfinite(water) & (water < 500)
    trace = Trace(readings.code[use], readings.time[use], values[use], readings.m)
    return trace, water[use] / 1e3


CHECK = Check(
    name="dry_or_wet",
    label=Text("Dry or moist air", "干空气或湿空气"),
    about=Text(
        "Water vapour dilutes the other gases. A gas per mole of dry air does not follow it; one that does was not "
        "corrected, and the rising vapour of a closed chamber would pass for uptake.",
        "水汽会稀释其他气体。以干空气计的摩尔分数不随水汽变化；若随之变化，说明未作校正，"
        "闭箱内上升的水汽会被误认为吸收。",
    ),
    needs=Text(
        "This needs water vapour beside the gas, 20 readings a closure and 10 closures in which the vapour moves "
        "enough.",
        "需要气体与水汽的同步读数、每次闭箱 20 个读数，以及 10 次水汽变化足够大的闭箱。",
    ),
    source="rella2013",
    thresholds={
        "low": own(
            LOW,
            "1",
            "Share of the full dilution found in a dry column; 0 is dry and 1 is moist.",
            "干空气列中检出的稀释效应所占份额：0 为干空气，1 为湿空气。",
        ),
        "high": own(
            HIGH,
            "1",
            "Above this it is not dilution that moves gas and vapour together.",
            "超过此值，则气体与水汽同步变化并非由稀释引起。",
        ),
        "clear": own(
            CLEAR,
            "1",
            "The dilution must exceed the scatter of the gas this many times over all readings.",
            "稀释效应（全部读数合计）应为气体离散度的这一倍数。",
        ),
        "sure": own(SURE, "1", "Standard errors between the share and zero.", "该比例与零相差的标准误倍数。"),
        "agree": own(
            AGREE,
            "1",
            "Share of the closures that must each show it; moist air is diluted in all of them alike.",
            "须各自显示稀释效应的闭箱所占比例；湿空气在每次闭箱中都同样被稀释。",
        ),
        "mixed": own(
            MIXED,
            "s",
            "After closing, and before an opening that is noted late, gas and vapour move together without dilution.",
            "闭箱之初空气混合，开箱时刻若记录偏晚亦然，此时气体与水汽同步变化，并非稀释。",
        ),
        "order": own(
            ORDER,
            "1",
            "Order of the polynomial in time taken out of both: what gas and vapour have in common as they level off.",
            "从两者中扣除的时间多项式的阶数，即气体与水汽趋平时的共同变化。",
        ),
        "closures": own(CLOSURES, "1", "Fewer closures do not show a habit of the file.", "闭箱过少无法看出规律。"),
    },
    judge=judge,
)
