"""The closure of the energy balance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower
from halosink.quality.check import Parameter

LOWEST, HIGHEST = 0.6, 1.1


def judge(tower: Tower) -> Iterator[Finding]:
    """Slope of turbulent heat over available energy: of each year where the run found it, else of the whole table."""
    found = tower.energy
    if found is not None and {"period", "slope", "year"} <= set(found.columns):
        years = found[found["period"] == "year"].dropna(subset=["slope"])
        slopes = [(str(y), float(s)) for y, s in zip(years["year"], years["slope"], strict=True)]
    else:
        slopes = _own(tower)
    for year, slope in slopes:
        operator, limit = ("<=", HIGHEST) if slope > HIGHEST else (">=", LOWEST)
        said = {"period": year or Text("all", "全部"), "slope": f"{slope:.2f}", "low": LOWEST, "high": HIGHEST}
        yield Finding(
            LOWEST <= slope <= HIGHEST,
            slope,
            operator,  # type: ignore[arg-type]
            limit,
            "1",
            year,
            "W-EDDY-CLOSURE",
            "latent_heat_flux",
            values=said,
        )


def _own(tower: Tower) -> list[tuple[str, float]]:
    """Least squares of H + LE over Rn - G, G as zero where the table has none."""
    net, soil = tower.get("net_radiation"), tower.get("soil_heat_flux")
    latent, sensible = tower.kept("latent_heat_flux"), tower.kept("sensible_heat_flux")
    if net is None or latent is None or sensible is None:
        return []
    available = net - (0.0 if soil is None else soil)
    turbulent = latent[0] + sensible[0]
    both = np.isfinite(available) & np.isfinite(turbulent)
    if np.count_nonzero(both) < FEWEST or np.ptp(available[both]) == 0:
        return []
    return [("", float(np.polyfit(available[both], turbulent[both], 1)[0]))]


CHECK = Check(
    name="eddy_closure",
    label=Text("Energy balance closure", "能量平衡闭合"),
    about=Text(
        "Sensible and latent heat should carry off what radiation brings and the soil does not take. On average "
        "towers find four fifths of it. Far less or more points to the sonic, the analyser, the radiometer or a unit; "
        "then the CO2 flux deserves no more trust.",
        "感热与潜热应带走辐射输入扣除土壤热通量后的能量，各站平均约为五分之四。"
        "远小于或大于此值，说明超声风速仪、分析仪、辐射表或单位有问题，CO2 通量同样不可信。",
    ),
    needs=Text(
        "Net radiation, latent and sensible heat (and soil heat flux) are needed.",
        "需要净辐射、潜热与感热（最好还有土壤热通量）。",
    ),
    source="wilson2002",
    thresholds={
        "lowest": Parameter(
            LOWEST,
            "1",
            "own_choice",
            Text(
                "Below it a tower misses twice what towers miss on average, 20 % (wilson2002).",
                "低于此值，缺失量为各站平均缺失量 20%（wilson2002）的两倍。",
            ),
        ),
        "highest": own(
            HIGHEST,
            "1",
            "More heat than energy: the error of a radiometer explains a tenth.",
            "热量多于能量：辐射表误差只能解释一成。",
        ),
    },
    judge=judge,
)
