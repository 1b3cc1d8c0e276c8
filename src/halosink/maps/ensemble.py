"""How sure a map of sinks is: the whole chain again with drawn coefficients, densities and weights.

Layers of production, respiration, soil and vegetation are predictions, so their errors are taken to be those of
predictions (Berkson errors: carroll2006): the truth is the map times an error of mean 1 that does not depend on the
map, and the map is smoother than the truth. Each draw is then one more truth that the map allows, and `interval` over
the draws holds the true total, area or category as often as it says. The map of the layers as they are is not the
middle of the draws: classes and patches depend on the extremes and on how ragged the layers are, and a prediction lacks
the raggedness. If the layers err as much as set, the middle of the draws is the better number of an area; if they err
less, the map is. Layers that are raw measurements, with noise of their own from cell to cell, are too ragged instead:
they have to be smoothed before, because draws add the noise a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.maps.agreement import confusion, map_agreement
from halosink.maps.chain import Choices, Inputs, Layer, Sinks, map_sinks
from halosink.maps.confidence import Tally
from halosink.maps.field import random_field
from halosink.maps.patches.profile import CODES
from halosink.maps.patches.zones import cross_table

GRAMS = 1e6
HECTARE = 1e4
CATEGORIES = (1, 2, 3)
SUMS = {
    **dict.fromkeys(("npp", "respiration", "nep"), GRAMS),
    **dict.fromkeys(("vegetation_carbon", "soil_organic_carbon", "soil_inorganic_carbon", "soil_carbon"), HECTARE),
}
"""What a value times an area [m2] is divided by to give t C."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What is drawn: npp, respiration [g C m-2 a-1], vegetation_carbon, soil_organic_carbon, soil_inorganic_carbon
    [t C hm-2] as far as known, soil_carbon where it is not their sum, and the code of each cell's density of vegetation
    (0: none), whose cells err together. drawn: (draws, rows, columns) maps that stand for the errors of a layer, as
    those of a correction by field plots; draw k takes map k modulo their number."""

    npp: Layer | None = None
    respiration: Layer | None = None
    vegetation_carbon: Layer | None = None
    soil_organic_carbon: Layer | None = None
    soil_inorganic_carbon: Layer | None = None
    soil_carbon: Layer | None = None
    vegetation_code: NDArray[np.uint8] | None = None
    drawn: Mapping[str, Layer] = field(default_factory=dict)

    def values(self) -> dict[str, Layer]:
        """Those that are there by name, nep where both its parts are, soil_carbon as the sum of its parts."""
        found: dict[str, Layer] = {n: v for n in LAYERS if (v := getattr(self, n)) is not None}
        if "npp" in found and "respiration" in found:
            found["nep"] = found["npp"] - found["respiration"]
        kinds = [found[n] for n in ("soil_organic_carbon", "soil_inorganic_carbon") if n in found]
        if kinds:
            found["soil_carbon"] = kinds[0] if len(kinds) == 1 else kinds[0] + kinds[1]
        return found


LAYERS = (*("npp", "respiration", "vegetation_carbon", "soil_organic_carbon", "soil_inorganic_carbon", "soil_carbon"),)


@dataclass(frozen=True, slots=True)
class Spread:
    """Relative standard deviations of npp, respiration, each density of vegetation, soil_carbon; concentration of the
    Dirichlet law of the weights (the greater, the closer they stay); local_share of the variance of npp, respiration
    and soil_carbon that changes over local_range [m], the rest is common to the region. Own choices as defaults: maps
    come without errors, and published checks of such products lie near these."""

    npp: float = 0.2
    respiration: float = 0.3
    vegetation_carbon: float = 0.3
    soil_carbon: float = 0.3
    weights: float = 50.0
    local_share: float = 0.5
    local_range: float = 20_000.0


def draw_parts(
    parts: Parts, spread: Spread, width: float, height: float, rng: np.random.Generator, number: int = 0
) -> Parts:
    """Draw `number`: each layer times lognormal errors of mean 1, or a map of `parts.drawn`."""
    found: dict[str, Any] = {}
    for name in (n for n in LAYERS if n != "vegetation_carbon"):
        values: Layer | None = getattr(parts, name)
        if values is None:
            continue
        if name in parts.drawn:
            found[name] = parts.drawn[name][number % len(parts.drawn[name])]
        else:
            relative = getattr(spread, "soil_carbon" if name.startswith("soil") else name)
            found[name] = values * _error(values.shape, relative, spread, width, height, rng)
    if parts.vegetation_carbon is not None and parts.vegetation_code is not None:
        sd = _log_sd(spread.vegetation_carbon)
        of_code = np.exp(sd * rng.standard_normal(256) - sd**2 / 2).astype(np.float32)
        found["vegetation_carbon"] = parts.vegetation_carbon * of_code[parts.vegetation_code]
    return replace(parts, **found)


def _log_sd(relative: float) -> float:
    return float(np.sqrt(np.log1p(relative**2)))


def _error(
    shape: tuple[int, ...], relative: float, spread: Spread, width: float, height: float, rng: np.random.Generator
) -> Layer:
    sd = _log_sd(relative)
    common = np.sqrt(1 - spread.local_share) * rng.standard_normal()
    local = random_field((shape[0], shape[1]), width, height, spread.local_range, rng)
    logs = sd * (common + np.float32(np.sqrt(spread.local_share)) * local) - sd**2 / 2
    return np.asarray(np.exp(logs), np.float32)


def draw_weights(weights: Mapping[str, float], concentration: float, rng: np.random.Generator) -> dict[str, float]:
    """Weights that sum to 1 around the given ones: a Dirichlet law of parameters concentration times weight."""
    names = sorted(name for name, weight in weights.items() if weight > 0)
    drawn = rng.dirichlet([concentration * weights[name] for name in names])
    drawn /= drawn.sum()
    return {name: float(weight) for name, weight in zip(names, drawn, strict=True)}


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Of all draws. sinks, classes: how often each cell has each category and class. totals: t C (t C a-1 of flows) by
    draw. class_km2: (draws, 5); land_km2: (draws, 3, codes) of category and land use; weights: of importance and of
    resistance (prefixed resistance_) by draw; edges: (draws, 6). widths: of the 95 % interval of each cell. mapped: of
    the layers as they are, on the cells of the draws."""

    sinks: Tally
    classes: Tally
    totals: pd.DataFrame
    class_km2: NDArray[np.float64]
    land_km2: NDArray[np.float64]
    weights: pd.DataFrame
    edges: NDArray[np.float64]
    widths: Mapping[str, Layer]
    mapped: Mapped


@dataclass(frozen=True, slots=True)
class Mapped:
    """The map on the cells of the draws: totals t C (t C a-1 of flows); class_km2 (5,); land_km2 (3, codes). What the
    same map on finer cells has more than this is to be added to the draws, so that wider cells do not move them."""

    totals: Mapping[str, float]
    class_km2: NDArray[np.float64]
    land_km2: NDArray[np.float64]


WIDTHS = ("nep", "soil_carbon", "cost")
MOST_KEPT = 200
"""Draws of which each cell's numbers are kept for its interval. Own choice: 300 000 cells then take 0.7 GB."""


def run_ensemble(
    inputs: Inputs,
    parts: Parts,
    choices: Choices,
    spread: Spread,
    draws: int,
    seed: int,
    tell: Callable[[int], None] = lambda done: None,
) -> Ensemble:
    """`draws` times the chain; draw k uses its own stream of `seed`, so that more draws keep the first ones.

    Natural breaks, cutoffs and patches are found anew in each draw. Raises ValueError as `map_sinks`.
    """
    shape = inputs.land_use.shape
    sinks, classes = Tally.empty(shape, 4), Tally.empty(shape, 5)
    totals, weights, edges = [], [], []
    kept: dict[str, list[Layer]] = {name: [] for name in WIDTHS}
    class_km2 = np.zeros((draws, 5))
    land_km2 = np.zeros((draws, 3, len(CODES)))
    base = map_sinks(inputs, choices)
    mapped = Mapped(carbon_totals(inputs.values, inputs.cell_area), _class_km2(base, inputs), _land_km2(base, inputs))
    of_factor = {name: one.weight for name, one in base.weights.items()}
    for k in range(draws):
        rng = np.random.default_rng([seed, 7, k])
        values = draw_parts(parts, spread, inputs.width, inputs.height, rng, k).values()
        chosen = draw_weights(choices.weights, spread.weights, rng)
        of_draw = draw_weights(of_factor, spread.weights, rng)
        found = map_sinks(replace(inputs, values=values),
                          replace(choices, weights=chosen, resistance_weights=of_draw))  # fmt: skip
        sinks.add(found.pattern.category)
        classes.add(found.importance_class)
        totals.append(carbon_totals(values, inputs.cell_area))
        if k < MOST_KEPT:
            for name, layer in {**values, "cost": _cost(found)}.items():
                if name in kept:
                    kept[name].append(layer)
        weights.append(chosen | {f"resistance_{name}": weight for name, weight in of_draw.items()})
        edges.append(np.resize(np.pad(found.edges, (0, max(0, 6 - len(found.edges))), mode="edge"), 6))
        class_km2[k] = _class_km2(found, inputs)
        land_km2[k] = _land_km2(found, inputs)
        tell(k + 1)
    widths = {name: interval_width(np.stack(layers)) for name, layers in kept.items() if layers}
    return Ensemble(
        sinks, classes, pd.DataFrame(totals), class_km2, land_km2, pd.DataFrame(weights),
        np.array(edges).reshape(-1, 6), widths, mapped,
    )  # fmt: skip


def interval(
    draws: NDArray[Any], confidence: float = 0.95, mapped: Any = None, least: Any = -np.inf, most: Any = np.inf
) -> tuple[Any, Any, Any]:
    """Low end, middle (median) and high end over draws (first axis); NaN without draws and where a draw is NaN.

    The ends are at the ranks tail (n + 1), which hold a further draw as often as they say (Weibull's quantile:
    hyndman1996); of fewer draws than 2 / (1 - confidence) they are the least and greatest. With `mapped`, the number of
    the map itself, the interval is joined with the same interval moved so that its middle is there, and cut at `least`
    and `most`: layers may err as much as was set, or less, and the less they do the nearer the truth is to the map. The
    joined interval holds the map, and truths with errors as set in `confidence` to (1 + confidence) / 2 of the cases.
    Own choice: one interval for small and full errors.
    """
    if not len(draws):
        nothing = np.full(np.shape(draws)[1:], np.nan)[()]
        return nothing, nothing, nothing
    tail = (1 - confidence) / 2
    low, middle, high = np.quantile(draws, [tail, 0.5, 1 - tail], axis=0, method="weibull")
    if mapped is not None:
        move = mapped - middle
        low, high = low + np.minimum(move, 0), high + np.maximum(move, 0)
    return np.maximum(low, least), middle, np.minimum(high, most)


def interval_width(draws: NDArray[Any]) -> Layer:
    """(...) between the ends of the 95 % `interval`; NaN where a draw has no data or an end is infinite."""
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(draws, [0.025, 0.975], axis=0, method="weibull")
        width = (high - low).astype(np.float32)
    return np.where(np.isfinite(width), width, np.float32(np.nan))


def _cost(found: Sinks) -> Layer:
    """Cost distance, infinite out of reach, NaN without resistance: a few draws without a source leave an interval."""
    reached = np.where(np.isfinite(found.cost), found.cost, np.inf)
    return np.where(np.isnan(found.resistance), np.nan, reached).astype(np.float32)


def _class_km2(found: Sinks, inputs: Inputs) -> NDArray[np.float64]:
    cells = np.bincount(found.importance_class.ravel(), minlength=6)[1:6]
    return np.asarray(cells * (inputs.cell_area / 1e6), np.float64)


def _land_km2(found: Sinks, inputs: Inputs) -> NDArray[np.float64]:
    return np.asarray(land_by_category(found, inputs)[1:4] * (inputs.cell_area / 1e6), np.float64)


def carbon_totals(values: Mapping[str, Layer], cell_area: float) -> dict[str, float]:
    """t C (t C a-1 of flows) over all cells with data."""
    return {
        name: float(np.nansum(values[name], dtype=np.float64)) * cell_area / per
        for name, per in SUMS.items()
        if name in values
    }


def land_by_category(found: Sinks, inputs: Inputs) -> NDArray[np.int64]:
    """(5, codes) cells by sink category and land use; row 0 is not used."""
    return cross_table(found.pattern.category.astype(np.int32), inputs.land_use, 4, CODES)


Options = Mapping[tuple[str, str], tuple[Inputs, Choices]]
"""What changes and how: the inputs and choices with that change."""


def sensitivity(inputs: Inputs, choices: Choices, options: Options) -> pd.DataFrame:
    """How the pattern changes when one thing changes: a row per option (what, option) and category; none for an option
    with which no map can be made.

    Columns what, option, category, area_km2, change_km2 (less the map as chosen), agreement (share of the cells in the
    same category), kappa.
    """
    base = map_sinks(inputs, choices).pattern.category
    km2 = inputs.cell_area / 1e6
    area = np.bincount(base.ravel(), minlength=5) * km2
    rows = []
    for (what, option), (other, chosen) in options.items():
        try:
            found = map_sinks(other, chosen).pattern.category
        except ValueError:
            continue
        same = map_agreement(confusion(base, found))
        now = np.bincount(found.ravel(), minlength=5) * km2
        rows += [(what, option, c, now[c], now[c] - area[c], same.overall, same.kappa) for c in CATEGORIES]
    columns = ["what", "option", "category", "area_km2", "change_km2", "agreement", "kappa"]
    return pd.DataFrame(rows, columns=columns)


def usual_options(inputs: Inputs, choices: Choices) -> Options:
    """One thing at a time: each weight of importance and of resistance by a fifth up and down, the classes of secondary
    sinks as the paper has them elsewhere (k20), areas and cutoffs doubled and halved. Own choice of the steps."""
    found: dict[tuple[str, str], tuple[Inputs, Choices]] = {}
    weights = {name: one.weight for name, one in map_sinks(inputs, choices).weights.items()}
    groups = (("importance", "weights", dict(choices.weights)), ("resistance", "resistance_weights", weights))
    for said, group, known in groups:
        for name in sorted(n for n, w in known.items() if w > 0) if len(known) > 1 else []:
            for option, factor in (("-20 %", 0.8), ("+20 %", 1.2)):
                changed = known | {name: known[name] * factor}
                total = sum(changed.values())
                new = {n: w / total for n, w in changed.items()}
                found[f"{said}.{name.removesuffix('_carbon')}", option] = (inputs, replace(choices, **{group: new}))  # type: ignore[arg-type]
    rules = choices.rules
    for classes in ((4,), (3, 4)):
        if classes != rules.secondary_classes:
            said = "+".join(map(str, classes))
            found["secondary_classes", said] = (
                inputs,
                replace(choices, rules=replace(rules, secondary_classes=classes)),
            )
    areas = ("minimum_primary_km2", "minimum_secondary_km2", "minimum_potential_km2", "inclusion_km2")
    for option, factor in (("x 0.5", 0.5), ("x 2", 2.0)):
        of = {name: getattr(rules, name) * factor for name in areas}
        found["areas", option] = (inputs, replace(choices, rules=replace(rules, **of)))
    if rules.cutoff == "breaks":
        for number in (4, 6):
            found["cost_classes", str(number)] = (inputs, replace(choices, rules=replace(rules, cost_classes=number)))
    if choices.trim == 0:
        found["trim", "2 %"] = (inputs, replace(choices, trim=0.02))
    return found
