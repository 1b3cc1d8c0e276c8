"""What is doubtful or assumed about sinks that were found, or were not."""

from __future__ import annotations

import pandas as pd

from halosink.contracts import Text
from halosink.maps.rules import Rules
from halosink.problems import Problem

CATEGORIES = (
    Text("primary sink", "碳汇腹地"),
    Text("secondary sink", "碳汇重要区"),
    Text("potential sink", "碳汇潜力带"),
    Text("other land", "其他"),
)
"""Categories 1 to 4."""


def sink_problems(
    table: pd.DataFrame, natural_cells: int, cultivated_cells: int, rules: Rules, cell_area: float,
    with_potential: bool = True,
) -> tuple[Problem, ...]:  # fmt: skip
    """Of the table of patches and the numbers of candidate cells (1 and 2 of `candidates`). cell_area m2.

    with_potential: whether potential sinks have been looked for yet. N-REGION-SINK-RULES always; W-REGION-NO-SOURCE
    without any source patch; W-REGION-NO-SINK for each category that is missing; W-REGION-SMALL-MINIMUM.
    """
    km2 = cell_area / 1e6
    smallest = (rules.minimum_primary_km2, rules.minimum_secondary_km2, rules.minimum_potential_km2)
    areas = {"primary": f"{smallest[0]:g}", "secondary": f"{smallest[1]:g}", "potential": f"{smallest[2]:g}"}
    found = [
        Problem(
            "N-REGION-SINK-RULES", values={**areas, "inclusion": f"{rules.inclusion_km2:g}", "cutoff": rules.cutoff}
        )
    ]
    present = set(table["category"])
    if not present & {1, 2}:
        land = {"natural": f"{natural_cells * km2:.4g}", "cultivated": f"{cultivated_cells * km2:.4g}"}
        found.append(Problem("W-REGION-NO-SOURCE", values={**land, **areas}))
    else:
        wanted = (1, 2, 3) if with_potential else (1, 2)
        found += [
            Problem("W-REGION-NO-SINK", values={"category": CATEGORIES[k - 1]}) for k in wanted if k not in present
        ]
    for category, minimum in zip(CATEGORIES, smallest, strict=False):
        if minimum <= km2:
            values = {"category": category, "minimum": f"{minimum:g}", "cell": f"{km2:.4g}"}
            found.append(Problem("W-REGION-SMALL-MINIMUM", values=values))
    return tuple(found)
