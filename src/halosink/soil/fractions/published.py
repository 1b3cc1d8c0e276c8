"""What an index is set beside when there is no control: published quartiles."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from halosink import evidence
from halosink.contracts import Text

# Variables of the evidence table: index -> (variable, factor into the index' unit)
VARIABLES = {
    "mean_weight_diameter": ("MWD", 1.0),
    "macroaggregate_share": ("water_stable_aggregates_gt_0.25mm", 0.01),
    "fungal_of_necromass": ("fungal_share_of_necromass_C", 0.01),
}
# own choice: quartiles of fewer values, or of one study alone, say nothing of others
FEWEST, FEWEST_STUDIES = 6, 2


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Lower quartile, middle and upper quartile of n published values, in the index' unit."""

    low: float
    middle: float
    high: float
    n: int
    sources: tuple[str, ...]
    about: Text


@cache
def published() -> Mapping[str, Quartiles]:
    """Quartiles by index: from references.toml, and from the evidence table where it holds enough levels."""
    text = (resources.files("halosink.soil.fractions") / "references.toml").read_text("utf-8")
    found = {
        name: Quartiles(one["low"], one["middle"], one["high"], one["n"], (one["source"],), Text(*one["about"]))
        for name, one in tomllib.loads(text).items()
    }
    for index, (variable, factor) in VARIABLES.items():
        if index not in found and (one := _from_evidence(variable, factor)):
            found[index] = one
    return MappingProxyType(found)


def _from_evidence(variable: str, factor: float) -> Quartiles | None:
    import pandas as pd

    rows = evidence.numbers()
    rows = rows[rows["variable"] == variable]
    levels = [
        rows[["source_key", "control_value"]].set_axis(["source", "value"], axis=1).drop_duplicates(),
        rows[["source_key", "treatment_value"]].set_axis(["source", "value"], axis=1),
        rows.loc[rows["effect_kind"] == "level", ["source_key", "effect_value"]].set_axis(["source", "value"], axis=1),
    ]
    known = pd.concat(levels).assign(value=lambda t: pd.to_numeric(t["value"], errors="coerce")).dropna()
    studies = tuple(sorted(known["source"].unique()))
    if len(known) < FEWEST or len(studies) < FEWEST_STUDIES:
        return None
    low, middle, high = (float(q) * factor for q in known["value"].quantile([0.25, 0.5, 0.75]))
    about = Text(
        f"levels of the evidence table, most of them saline-alkali land; {len(studies)} studies",
        f"证据表中的数值，多为盐碱地；共 {len(studies)} 项研究",
    )
    return Quartiles(low, middle, high, len(known), studies, about)
