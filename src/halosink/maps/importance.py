"""Importance of each cell as a carbon sink: weighted sum of normalised flow and stocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.normalise import Extremes, normalised

WEIGHTS: Mapping[str, float] = {"nep": 0.5, "vegetation_carbon": 0.25, "soil_carbon": 0.25}
"""Flow and stock count the same; within the stock, vegetation and soil: eq. 5 of zhang_wensu."""
TOLERANCE = 1e-6
"""By how much weights may miss 1. Own choice: six decimals written by hand."""


def check_weights(weights: Mapping[str, float]) -> None:
    """ValueError when a weight is negative or not finite, or when they do not add up to 1."""
    total = float(sum(weights.values()))
    if not all(np.isfinite(w) and w >= 0 for w in weights.values()):
        raise ValueError(f"weights must not be negative: {dict(weights)}")
    if not abs(total - 1) <= TOLERANCE:
        raise ValueError(f"weights add up to {total:g}, not to 1")


def importance_score(
    layers: Mapping[str, NDArray[Any]], limits: Mapping[str, Extremes], weights: Mapping[str, float] = WEIGHTS
) -> NDArray[np.float32]:
    """I = sum of w_k X'_k (eq. 4 and 5 of zhang_wensu), 0..1; NaN where a layer with a weight has no data.

    layers: arrays of one shape by name; limits: extremes of each whole layer (of all tiles merged). Layers without a
    weight are not used. ValueError for weights as in `check_weights` and for a weight without its layer.
    """
    check_weights(weights)
    missing = sorted(k for k, w in weights.items() if w > 0 and (k not in layers or k not in limits))
    if missing:
        raise ValueError(f"no layer for the weights of {', '.join(missing)}")
    total: Any = 0.0
    for name in sorted(k for k, w in weights.items() if w > 0):
        total = total + weights[name] * normalised(layers[name], limits[name]).astype(np.float64)
    return np.asarray(total, dtype=np.float32)
