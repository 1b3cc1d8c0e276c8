"""NEE in milligrams or grams read as micromoles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower

NOISE, SIZE, HIGHEST = 0.1, 2.5, 100.0
# umol of CO2 in 1 mg of CO2 and, per second of the step, in 1 g of carbon (molar masses 44.009 and 12.011)
MG_CO2, G_CARBON = 1e3 / 44.009, 1e6 / 12.011


def judge(tower: Tower) -> Iterator[Finding]:
    """Scatter from one record to the next and size of the largest hundredth."""
    flux = tower.get("nee")
    if flux is None:
        return
    steps = np.abs(np.diff(flux))
    if np.count_nonzero(np.isfinite(steps)) < FEWEST:
        return
    noise = float(1.4826 * np.nanmedian(steps) / np.sqrt(2))
    size = float(np.nanpercentile(np.abs(flux), 99))
    small = noise < NOISE and size < SIZE
    large = size > HIGHEST
    milli = size * MG_CO2 <= HIGHEST and noise * MG_CO2 >= NOISE
    step = G_CARBON / tower.steps.seconds
    unit = Text("g C per step", "每时段 g C")
    if milli and size * step <= HIGHEST:
        first = Text(
            f"g C per step (1 of it is {step:.4g} umol m-2 s-1)", f"每时段 g C（1 单位为 {step:.4g} umol m-2 s-1）"
        )
        unit = Text(f"{first.en} or in mg CO2 m-2 s-1", f"{first.zh}，或 mg CO2 m-2 s-1")
    elif milli:
        unit = Text("mg CO2 m-2 s-1", "mg CO2 m-2 s-1")
    factor = MG_CO2 if milli else step
    said = {"noise": f"{noise:.2g}", "size": f"{size:.3g}", "unit": unit, "factor": f"{factor:.4g}"}
    yield Finding(not small, noise, ">=", NOISE, "umol m-2 s-1", "nee", "W-EDDY-NEE-UNIT", "nee", values=said)
    if large:
        yield Finding(False, size, "<=", HIGHEST, "umol m-2 s-1", "nee", "E-EDDY-NEE-SIZE", "nee", values=said)


CHECK = Check(
    name="eddy_nee_unit",
    label=Text("Unit of NEE", "NEE 的单位"),
    about=Text(
        "The eddies themselves make NEE scatter by some tenths of a micromole from one record to the next, over bare "
        "ground too. A series that is smoother and small is in mg of CO2 or g of carbon. NEE in g C m-2 d-1 cannot be "
        "told, for its numbers are nearly those in micromoles (1 umol m-2 s-1 = 1.038 g C m-2 d-1).",
        "湍涡本身使 NEE 在相邻记录之间有零点几微摩尔的散布，裸地也如此。更平滑且数值小的序列单位应为 mg CO2 或 g C。"
        "以 g C m-2 d-1 计的 NEE 无法识别，因其数值与微摩尔几乎相同（1 umol m-2 s-1 = 1.038 g C m-2 d-1）。",
    ),
    needs=Text("NEE is needed.", "需要 NEE。"),
    source="own_choice",
    thresholds={
        "noise": own(
            NOISE,
            "umol m-2 s-1",
            "Below the random error over bare ground; a flux of zero never scatters less.",
            "低于裸地上的随机误差；零通量的散布也不会更小。",
        ),
        "size": own(
            SIZE,
            "umol m-2 s-1",
            "Largest values of quiet sites; in mg the densest crops reach it.",
            "弱通量站点的最大值；以 mg 计时最茂密的作物可达此值。",
        ),
        "highest": own(
            HIGHEST, "umol m-2 s-1", "Twice the exchange of the densest crops.", "约为最茂密作物交换量的两倍。"
        ),
    },
    judge=judge,
)
