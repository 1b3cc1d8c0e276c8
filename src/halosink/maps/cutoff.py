"""Up to which cost distance a cell counts as easily reached."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.breaks.histogram import Histogram
from halosink.maps.breaks.natural import natural_breaks
from halosink.maps.rules import Rules


def reachable(cost: NDArray[Any]) -> NDArray[Any]:
    """Cost distances without the source cells (0) and the cells out of reach (infinite): NaN there."""
    return np.where(np.isfinite(cost) & (cost > 0), cost, np.nan)


def cost_cutoff(data: NDArray[Any] | Histogram, rules: Rules) -> float:
    """The largest cost distance of a potential sink by `rules.cutoff` (k26: the paper gives none).

    data: cost distances, or by tiles the merged `Histogram` of `reachable(cost)`, whose quantile is an upper limit of a
    bin. NaN where no cell is reached: then no cell can be a potential sink.
    """
    if rules.cutoff == "value":
        return rules.cost_value
    known = data if isinstance(data, Histogram) else (part := reachable(data))[np.isfinite(part)]
    if (known.count if isinstance(known, Histogram) else known.size) == 0:
        return float("nan")
    if rules.cutoff == "breaks":
        return float(natural_breaks(known, rules.cost_classes).edges[1])
    if isinstance(known, Histogram):
        return known.quantile(rules.cost_quantile)
    return float(np.quantile(known, rules.cost_quantile, method="inverted_cdf"))
