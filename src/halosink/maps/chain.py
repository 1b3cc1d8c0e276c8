"""From flow and stocks of each cell to the pattern of carbon sinks, whole rasters in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.maps.breaks.classes import classify, given_edges
from halosink.maps.breaks.histogram import Histogram
from halosink.maps.breaks.natural import natural_breaks
from halosink.maps.cost.distance import cost_distance
from halosink.maps.cutoff import cost_cutoff
from halosink.maps.entropy import FactorWeight, entropy_sums, entropy_weights
from halosink.maps.importance import importance_score
from halosink.maps.normalise import Extremes, robust_limits
from halosink.maps.resistance import Levels, present_weights, published_levels, reclass, weighted_resistance
from halosink.maps.rules import Rules
from halosink.maps.sinks import SourcePatches, sink_pattern, with_potential

Layer = NDArray[np.float32]
NO_SOURCE = float("nan")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Rasters of one grid; NaN or 0 without data. land_use: CNLUCC codes; values: "nep", "vegetation_carbon",
    "soil_carbon" as far as known; factors: of resistance by name, without land use. width, height of a cell [m]."""

    land_use: NDArray[np.uint8]
    values: Mapping[str, Layer]
    factors: Mapping[str, Layer]
    width: float
    height: float

    @property
    def cell_area(self) -> float:
        """m2"""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Choices:
    """weights: of importance, sum 1; trim: share of cells at either end that do not set the limits; breaks: the four
    limits between classes of importance, () for natural breaks; resistance_weights: None for entropy weights; levels:
    of resistance by factor, Table 5 of zhang_wensu where missing; land_resistance: whether land use is a factor."""

    weights: Mapping[str, float]
    rules: Rules = Rules()
    trim: float = 0.0
    breaks: tuple[float, ...] = ()
    resistance_weights: Mapping[str, float] | None = None
    levels: Mapping[str, Levels] = field(default_factory=dict)
    land_resistance: bool = True

    def of_levels(self, factor: str) -> Levels:
        return self.levels.get(factor) or published_levels()[factor]


@dataclass(frozen=True, slots=True)
class Sinks:
    """importance 0..1; importance_class 1..5; edges: 6 numbers; resistance; weights: of the factors; cost: NaN or
    infinite out of reach; allocation: patch of the nearest source; cutoff of cost; pattern: patches and categories."""

    importance: Layer
    importance_class: NDArray[np.uint8]
    edges: NDArray[np.float64]
    resistance: Layer
    weights: Mapping[str, FactorWeight]
    cost: NDArray[np.float64]
    allocation: NDArray[np.int32]
    cutoff: float
    pattern: SourcePatches


def map_sinks(inputs: Inputs, choices: Choices) -> Sinks:
    """Importance (eq. 4, 5), its classes, source patches, resistance, cost distance from them (eq. 6) and potential
    sinks (section 3.3 of zhang_wensu).

    Raises ValueError: weights that do not sum to 1 or name a quantity that is not there; no cell with all of them; no
    factor of resistance.
    """
    used = {name: values for name, values in inputs.values.items() if choices.weights.get(name, 0) > 0}
    score = importance_score(used, {n: limits(v, choices.trim) for n, v in used.items()}, choices.weights)
    score[inputs.land_use == 0] = np.nan
    edges = class_edges(score, choices.breaks)
    classes = classify(score, edges)
    layers = factor_levels(inputs, choices)
    weights = factor_weights(layers, choices)
    ground = weighted_resistance(layers, {n: w.weight for n, w in weights.items()})
    sources = sink_pattern(classes, inputs.land_use, inputs.cell_area, choices.rules)
    found = cost_distance(ground, sources.patch, inputs.width, inputs.height)
    cutoff = cost_cutoff(found.distance, choices.rules) if len(sources.table) else NO_SOURCE
    pattern = with_potential(sources, classes, inputs.land_use, found.distance, cutoff, inputs.cell_area, choices.rules)
    return Sinks(score, classes, edges, ground, weights, found.distance, found.allocation, cutoff, pattern)


def limits(values: Layer, trim: float) -> Extremes:
    """Between which a layer is brought to 0..1."""
    extremes = Extremes.of(values)
    if trim == 0 or extremes.constant or not extremes.count:
        return extremes
    return robust_limits(Histogram.of(values, extremes.minimum, extremes.maximum), trim)


def class_edges(score: Layer, breaks: tuple[float, ...]) -> NDArray[np.float64]:
    """Edges of the classes of importance: natural breaks, or those given. ValueError without a score, or for breaks
    that do not ascend."""
    return given_edges(breaks, 0.0, 1.0) if breaks else natural_breaks(score).edges


def factor_levels(inputs: Inputs, choices: Choices) -> dict[str, Layer]:
    """Resistance of each factor. ValueError without any."""
    names = [*inputs.factors, *(["land_use"] if choices.land_resistance else [])]
    if not names:
        raise ValueError("no factor of resistance is there")
    given: Mapping[str, NDArray[Any]] = {**inputs.factors, "land_use": inputs.land_use}
    return {name: reclass(given[name], choices.of_levels(name)) for name in sorted(names)}


def factor_weights(layers: Mapping[str, Layer], choices: Choices) -> dict[str, FactorWeight]:
    """Entropy weights of the levels, or the given weights of those factors that are there, with their entropies."""
    extremes = {name: Extremes.of(values) for name, values in layers.items()}
    return chosen_weights(entropy_weights_of(layers, extremes), choices.resistance_weights)


def entropy_weights_of(layers: Mapping[str, Layer], extremes: Mapping[str, Extremes]) -> dict[str, FactorWeight]:
    """Of the levels as shares of their sum; equal weights where no factor differs between cells."""
    sums = entropy_sums(layers, extremes)
    try:
        return entropy_weights(sums)
    except ValueError:
        return {name: FactorWeight(1.0, 0.0, 1 / len(layers)) for name in layers}


def chosen_weights(entropy: Mapping[str, FactorWeight], given: Mapping[str, float] | None) -> dict[str, FactorWeight]:
    """The entropy weights, or the given ones of the same factors brought to sum 1."""
    if given is None:
        return dict(entropy)
    known = present_weights(given, list(entropy))[0]
    return {name: replace(one, weight=known.get(name, 0.0)) for name, one in entropy.items()}
