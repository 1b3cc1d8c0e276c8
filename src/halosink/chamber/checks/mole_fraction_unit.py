"""A gas in ppm read as ppb, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.chamber.checks.check import Check, Finding, own
from halosink.chamber.checks.parts.ambient import SOURCE, ambient
from halosink.chamber.checks.parts.readings import Readings
from halosink.contracts import Text

FAR, NEAR, MANY = 0.05, (0.4, 50.0), (0.5, 3.0)
UNITS = {
    "co2": (("%", 1e4), ("mol mol-1", 1e6), ("mmol mol-1", 1e3)),
    "ch4": (("ppm", 1e3), ("%", 1e7), ("mol mol-1", 1e9)),
    "n2o": (("ppm", 1e3), ("%", 1e7), ("mol mol-1", 1e9)),
}
HIGH = "ppb"


def judge(readings: Readings) -> Iterator[Finding]:
    """The first readings of each closure against outside air: too low by a power of ten, or all too high by 1000.

    The latter are parts per billion that were read as parts per million.
    """
    for name in readings.gases:
        first = readings.trace(name).head() / ambient(name)
        judged = np.isfinite(first)
        if not judged.any():
            continue
        left = judged & (first > 0) & (first < FAR)
        for unit, factor in UNITS[name[:3]]:
            hit = left & (first * factor >= NEAR[0]) & (first * factor <= NEAR[1])
            left = left & ~hit
            yield Finding("E-CHAMBER-GAS-UNIT", hit, judged, name, _said(name, unit, factor, first, hit), gas=name)
        usual = np.quantile(first[judged], (0.05, 0.5)) / 1e3
        all_high = (usual >= MANY[0]).all() and (usual <= MANY[1]).all()
        hit = judged & all_high & (first / 1e3 >= MANY[0])
        said = _said(name, HIGH, 1e-3, first, hit)
        yield Finding("E-CHAMBER-GAS-UNIT", hit, judged, name, said, gas=name)


def _said(name: str, unit: str, factor: float, first: np.ndarray, hit: np.ndarray) -> dict[str, str]:
    if not hit.any():
        return {}
    value = float(np.median(first[hit])) * ambient(name)
    air = f"{ambient(name):.4g}"
    return {
        "gas": name[:3].upper(),
        "unit": unit,
        "factor": f"{factor:g}",
        "value": f"{value:.4g}",
        "air": air,
        "meant": f"{value * factor:.4g}",
    }


CHECK = Check(
    name="mole_fraction_unit",
    label=Text("Unit of the gas mole fraction", "气体摩尔分数单位"),
    about=Text(
        "A chamber that has just been closed holds outside air. Readings that are a thousand times below or above it "
        "are in another unit, and so would the flux be.",
        "刚关闭的箱体内是外界空气。读数与外界空气相差上千倍，说明单位不对，通量也会按同样倍数出错。",
    ),
    needs=Text("No gas was read after closing.", "闭箱后没有气体读数。"),
    source=SOURCE,
    thresholds={
        "far": own(
            FAR,
            "1",
            "Below this share of outside air no soil or plant brings a chamber at once.",
            "没有土壤或植物能使箱内浓度立即降到外界空气的这一比例以下。",
        ),
        "near": own(
            NEAR[0],
            "1",
            "Converted, the first readings must be at least this share of outside air.",
            "换算后，最初读数至少应达到外界空气的这一比例。",
        ),
        "many": own(
            MANY[1],
            "1",
            "Converted, the usual first reading must be at most this many times outside air.",
            "换算后，通常的最初读数最多为外界空气的这一倍数。",
        ),
    },
    judge=judge,
)
