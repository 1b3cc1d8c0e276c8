"""Values that repeat because an instrument or a logger hung."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.tower import Tower
from halosink.eddy.filters.repeated import least_run, lengths

FIELDS = (
    "nee",
    "ch4_flux",
    "latent_heat_flux",
    "sensible_heat_flux",
    "friction_velocity",
    "wind_speed",
    "air_temperature",
    "soil_temperature",
    "vapour_pressure_deficit",
    "relative_humidity",
    "net_radiation",
    "shortwave_radiation",
    "air_pressure",
)
RESTS = {"shortwave_radiation": 5.0, "vapour_pressure_deficit": 0.05}
SLOW = {"soil_temperature", "air_pressure", "relative_humidity"}
TURBULENT = {"nee", "ch4_flux", "latent_heat_flux", "sensible_heat_flux", "friction_velocity", "wind_speed"}
HOURS, SLOW_HOURS, SHARE = 12.0, 72.0, 0.01


def judge(tower: Tower) -> Iterator[Finding]:
    """The longest run of equal values, and the share of values in runs that chance does not explain."""
    for field in FIELDS:
        values = tower.get(field)
        if values is None:
            continue
        if field in RESTS:
            values = np.where(values <= max(RESTS[field], 0.05 * np.nanpercentile(values, 95)), np.nan, values)
        if field == "relative_humidity":
            values = np.where(values >= 98.0, np.nan, values)
        known = int(np.isfinite(values).sum())
        if known < tower.steps.per_day:
            continue
        run = lengths(values)
        most = (SLOW_HOURS if field in SLOW else HOURS) * 3600 / tower.steps.seconds
        hit = run >= max(most, 4)
        few = run >= least_run(values)
        share = float(few.sum() / known) if field in TURBULENT else 0.0
        if share > SHARE:
            hit = hit | few
        hours = float(run.max() * tower.steps.seconds / 3600)
        said = {"hours": f"{hours:.3g}", "value": f"{values[np.argmax(run)]:.4g}", "count": int(hit.sum())}
        yield Finding(
            not hit.any(),
            hours,
            "<",
            most * tower.steps.seconds / 3600,
            "h",
            field,
            "W-EDDY-REPEATED",
            field,
            hit,
            said,
        )


CHECK = Check(
    name="eddy_repeated_values",
    label=Text("Repeated values", "重复数值"),
    about=Text(
        "A flux or a driver that keeps the same value for hours was not measured: the logger hung or someone filled a "
        "gap. Runs longer than chance gives are taken out of the fluxes.",
        "通量或驱动变量若数小时保持同一数值，则并非实测：数据采集器卡死或有人填补了缺测。通量中比偶然更长的重复段一律剔除。",
    ),
    needs=Text("A day of a flux or a driver is needed.", "需要至少一天的通量或驱动变量。"),
    source="own_choice",
    thresholds={
        "hours": own(
            HOURS, "h", "Turbulence and weather do not stand still for half a day.", "湍流与天气不会半天不变。"
        ),
        "slow": own(
            SLOW_HOURS, "h", "Soil under snow and coarse digits last longer.", "雪下土壤与低分辨率读数可持续更久。"
        ),
        "share": own(SHARE, "1", "Short runs are few where nothing hangs.", "无故障时短的重复段很少。"),
    },
    judge=judge,
)
