"""How many fluxes their own quality flags refuse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halosink.contracts import Text
from halosink.eddy.checks.check import Check, Finding, own
from halosink.eddy.checks.parts.air import FEWEST
from halosink.eddy.checks.parts.tower import Tower
from halosink.eddy.filters.clean import FLAGS
from halosink.eddy.filters.quality_flags import scale, worse

SHARE = 0.5
SAID = {
    "0-2": Text("0 to 2", "0–2"),
    "1-9": Text("1 to 9, joined by threes", "1–9，每三级合并"),
    "filled": Text("of filling, only 0 is measured", "插补标记，仅 0 为实测"),
}


def judge(tower: Tower) -> Iterator[Finding]:
    """Share of measured values of each flux with a flag worse than the setting."""
    for field in tower.fluxes:
        flux, flags = tower.get(field), tower.get(FLAGS[field])
        if flux is None or flags is None:
            continue
        known = np.isfinite(flux)
        if np.count_nonzero(known) < FEWEST:
            continue
        hit = known & worse(flags, tower.options.worst_flag, flux)
        share = float(hit.sum() / known.sum())
        said = {"share": f"{100 * share:.0f}", "worst": tower.options.worst_flag, "scale": SAID[scale(flags, flux)]}
        yield Finding(share <= SHARE, share, "<=", SHARE, "1", field, "W-EDDY-BAD-FLAGS", field, hit, said)


CHECK = Check(
    name="eddy_bad_flags",
    label=Text("Share of bad flags", "不合格标记的比例"),
    about=Text(
        "Flags say whether turbulence was steady and developed. Where they refuse most of the fluxes, the mast, the "
        "instrument or the reading of the flags is at fault: scales run from 0 to 2, from 1 to 9, or say how a value "
        "was filled.",
        "质量标记说明湍流是否平稳、充分发展。若多数通量被否定，则塔、仪器或对标记的理解有误："
        "标记可为 0–2、1–9，或表示插补方式。",
    ),
    needs=Text("A flux with its quality flag is needed.", "需要通量及其质量标记。"),
    source="foken2004",
    thresholds={"share": own(SHARE, "1", "A third is usual.", "通常约三分之一。")},
    judge=judge,
)
