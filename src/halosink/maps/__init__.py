"""Maps of carbon sinks: flow, stocks, importance, pattern of sinks, resistance and where restoration should start."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.maps.agreement import confusion, map_agreement
    from halosink.maps.breaks.classes import classify, equal_interval, quantile_edges
    from halosink.maps.breaks.natural import natural_breaks
    from halosink.maps.chain import Choices, Inputs, map_sinks
    from halosink.maps.change.transitions import cross_tabulation, transition_table
    from halosink.maps.change.trends import ordinary_trend, theil_sen
    from halosink.maps.confidence import Tally
    from halosink.maps.correction.field_plots import correct
    from halosink.maps.cost.corridors import corridors, spanning_network
    from halosink.maps.cost.distance import cost_distance
    from halosink.maps.cost.paths import least_cost_path
    from halosink.maps.cost.tiled import tiled_cost_distance
    from halosink.maps.ensemble import Parts, Spread, run_ensemble, sensitivity
    from halosink.maps.entropy import entropy_sums, entropy_weights
    from halosink.maps.field import random_field
    from halosink.maps.flow.climate import accumulated_temperature, annual_precipitation, mean_temperature
    from halosink.maps.flow.nep import annual_respiration, net_ecosystem_production
    from halosink.maps.flow.respiration import respiration_of_month
    from halosink.maps.grid import Grid, Tile
    from halosink.maps.importance import importance_score
    from halosink.maps.landuse import translate
    from halosink.maps.patches.label import label_patches
    from halosink.maps.quantities import Methods
    from halosink.maps.resistance import Levels, published_levels, published_weights, reclass, weighted_resistance
    from halosink.maps.rules import Rules
    from halosink.maps.sinks import sink_pattern, with_potential
    from halosink.maps.stock.pools import Pools, carbon_map, scenario_change
    from halosink.maps.stock.soil import SoilLayer, soil_carbon, soil_index
    from halosink.maps.stock.tier1 import reference_stock
    from halosink.maps.stock.vegetation import density_map, storage, wensu_types
    from halosink.maps.strategies.advise import advise_measures
    from halosink.maps.strategies.catalogue import patterns
    from halosink.maps.strategies.recognise import recognise_patterns
    from halosink.maps.terrain import slope

_HOME = {
    "Choices": "chain",
    "Grid": "grid",
    "Inputs": "chain",
    "Levels": "resistance",
    "Methods": "quantities",
    "Parts": "ensemble",
    "Pools": "stock.pools",
    "Rules": "rules",
    "SoilLayer": "stock.soil",
    "Spread": "ensemble",
    "Tally": "confidence",
    "Tile": "grid",
    "accumulated_temperature": "flow.climate",
    "advise_measures": "strategies.advise",
    "annual_precipitation": "flow.climate",
    "annual_respiration": "flow.nep",
    "carbon_map": "stock.pools",
    "classify": "breaks.classes",
    "confusion": "agreement",
    "correct": "correction.field_plots",
    "corridors": "cost.corridors",
    "cost_distance": "cost.distance",
    "cross_tabulation": "change.transitions",
    "density_map": "stock.vegetation",
    "entropy_sums": "entropy",
    "entropy_weights": "entropy",
    "equal_interval": "breaks.classes",
    "importance_score": "importance",
    "label_patches": "patches.label",
    "least_cost_path": "cost.paths",
    "map_agreement": "agreement",
    "map_sinks": "chain",
    "mean_temperature": "flow.climate",
    "natural_breaks": "breaks.natural",
    "net_ecosystem_production": "flow.nep",
    "ordinary_trend": "change.trends",
    "patterns": "strategies.catalogue",
    "published_levels": "resistance",
    "published_weights": "resistance",
    "quantile_edges": "breaks.classes",
    "random_field": "field",
    "reclass": "resistance",
    "recognise_patterns": "strategies.recognise",
    "reference_stock": "stock.tier1",
    "respiration_of_month": "flow.respiration",
    "run_ensemble": "ensemble",
    "scenario_change": "stock.pools",
    "sensitivity": "ensemble",
    "sink_pattern": "sinks",
    "slope": "terrain",
    "soil_carbon": "stock.soil",
    "soil_index": "stock.soil",
    "spanning_network": "cost.corridors",
    "storage": "stock.vegetation",
    "theil_sen": "change.trends",
    "tiled_cost_distance": "cost.tiled",
    "transition_table": "change.transitions",
    "translate": "landuse",
    "weighted_resistance": "resistance",
    "wensu_types": "stock.vegetation",
    "with_potential": "sinks",
}
__all__ = [
    "Choices",
    "Grid",
    "Inputs",
    "Levels",
    "Methods",
    "Parts",
    "Pools",
    "Rules",
    "SoilLayer",
    "Spread",
    "Tally",
    "Tile",
    "accumulated_temperature",
    "advise_measures",
    "annual_precipitation",
    "annual_respiration",
    "carbon_map",
    "classify",
    "confusion",
    "correct",
    "corridors",
    "cost_distance",
    "cross_tabulation",
    "density_map",
    "entropy_sums",
    "entropy_weights",
    "equal_interval",
    "importance_score",
    "label_patches",
    "least_cost_path",
    "map_agreement",
    "map_sinks",
    "mean_temperature",
    "natural_breaks",
    "net_ecosystem_production",
    "ordinary_trend",
    "patterns",
    "published_levels",
    "published_weights",
    "quantile_edges",
    "random_field",
    "reclass",
    "recognise_patterns",
    "reference_stock",
    "respiration_of_month",
    "run_ensemble",
    "scenario_change",
    "sensitivity",
    "sink_pattern",
    "slope",
    "soil_carbon",
    "soil_index",
    "spanning_network",
    "storage",
    "theil_sen",
    "tiled_cost_distance",
    "transition_table",
    "translate",
    "weighted_resistance",
    "wensu_types",
    "with_potential",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"halosink.maps.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
