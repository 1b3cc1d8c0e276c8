"""Soil: salt and alkali, carbonates, carbon stocks, fractions and incubations."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.soil import carbonates as carbonates
    from halosink.soil import fractions as fractions
    from halosink.soil import incubation as incubation
    from halosink.soil import salinity as salinity
    from halosink.soil import stocks as stocks
    from halosink.soil.carbonates.amendment import Amendment, amend_soil_water
    from halosink.soil.carbonates.balance import carbonate_share_from_strontium, inorganic_carbon_balance
    from halosink.soil.carbonates.equilibrium import carbonate_equilibrium
    from halosink.soil.carbonates.from_ph import carbonate_from_ph
    from halosink.soil.carbonates.porewater import porewater_carbonate
    from halosink.soil.carbonates.solution import Ions
    from halosink.soil.fractions.aggregates import mean_weight_diameter
    from halosink.soil.fractions.closure import closure_checks
    from halosink.soil.fractions.lability import carbon_management_index
    from halosink.soil.fractions.microbial import metabolic_quotient, microbial_quotient
    from halosink.soil.fractions.necromass import necromass_carbon
    from halosink.soil.fractions.profile import index_draws, stability
    from halosink.soil.fractions.recalcitrance import recalcitrance_index
    from halosink.soil.fractions.saturation import sequestration_potential
    from halosink.soil.incubation.choice import fit_models
    from halosink.soil.incubation.pooling import partial_pool
    from halosink.soil.incubation.responses import responses
    from halosink.soil.incubation.sidb import from_sidb
    from halosink.soil.incubation.table import incubations
    from halosink.soil.salinity.class_options import ClassOptions
    from halosink.soil.salinity.classify_table import classify
    from halosink.soil.salinity.exchangeable_sodium import esp_from_sar, exchangeable_sodium_percentage
    from halosink.soil.salinity.extract_sar import saturation_sar
    from halosink.soil.salinity.gypsum import gypsum_requirement
    from halosink.soil.salinity.leaching import leaching_requirement, reclamation_depth
    from halosink.soil.salinity.osmosis import osmotic_potential_of_ec, osmotic_potential_of_ions
    from halosink.soil.salinity.paste_conversion import saturation_extract_ec, soil_solution_ec
    from halosink.soil.salinity.salt_content import ec_of_salt, salt_of_ec
    from halosink.soil.salinity.sodium_ratios import (
        ion_balance_error,
        residual_sodium_carbonate,
        sodium_adsorption_ratio,
    )
    from halosink.soil.salinity.solids import conductivity_of_solids, dissolved_solids
    from halosink.soil.stocks.burial import carbon_burial
    from halosink.soil.stocks.change import change_table, stock_change
    from halosink.soil.stocks.compare_methods import change_by_depth_and_mass
    from halosink.soil.stocks.table import carbon_stocks
    from halosink.soil.stocks.tier1 import LandUse, stock_change_tier1

AREAS = ("carbonates", "fractions", "incubation", "salinity", "stocks")
_HOME = {
    "amend_soil_water": "carbonates.amendment",
    "Amendment": "carbonates.amendment",
    "carbonate_equilibrium": "carbonates.equilibrium",
    "carbonate_from_ph": "carbonates.from_ph",
    "carbonate_share_from_strontium": "carbonates.balance",
    "inorganic_carbon_balance": "carbonates.balance",
    "Ions": "carbonates.solution",
    "porewater_carbonate": "carbonates.porewater",
    "carbon_management_index": "fractions.lability",
    "closure_checks": "fractions.closure",
    "index_draws": "fractions.profile",
    "mean_weight_diameter": "fractions.aggregates",
    "metabolic_quotient": "fractions.microbial",
    "microbial_quotient": "fractions.microbial",
    "necromass_carbon": "fractions.necromass",
    "recalcitrance_index": "fractions.recalcitrance",
    "sequestration_potential": "fractions.saturation",
    "stability": "fractions.profile",
    "fit_models": "incubation.choice",
    "from_sidb": "incubation.sidb",
    "incubations": "incubation.table",
    "partial_pool": "incubation.pooling",
    "responses": "incubation.responses",
    "classify": "salinity.classify_table",
    "ClassOptions": "salinity.class_options",
    "conductivity_of_solids": "salinity.solids",
    "dissolved_solids": "salinity.solids",
    "ec_of_salt": "salinity.salt_content",
    "esp_from_sar": "salinity.exchangeable_sodium",
    "exchangeable_sodium_percentage": "salinity.exchangeable_sodium",
    "gypsum_requirement": "salinity.gypsum",
    "ion_balance_error": "salinity.sodium_ratios",
    "leaching_requirement": "salinity.leaching",
    "osmotic_potential_of_ec": "salinity.osmosis",
    "osmotic_potential_of_ions": "salinity.osmosis",
    "reclamation_depth": "salinity.leaching",
    "residual_sodium_carbonate": "salinity.sodium_ratios",
    "salt_of_ec": "salinity.salt_content",
    "saturation_extract_ec": "salinity.paste_conversion",
    "saturation_sar": "salinity.extract_sar",
    "sodium_adsorption_ratio": "salinity.sodium_ratios",
    "soil_solution_ec": "salinity.paste_conversion",
    "carbon_burial": "stocks.burial",
    "carbon_stocks": "stocks.table",
    "change_by_depth_and_mass": "stocks.compare_methods",
    "change_table": "stocks.change",
    "LandUse": "stocks.tier1",
    "stock_change": "stocks.change",
    "stock_change_tier1": "stocks.tier1",
}
__all__ = [
    "Amendment",
    "ClassOptions",
    "Ions",
    "LandUse",
    "amend_soil_water",
    "carbon_burial",
    "carbon_management_index",
    "carbon_stocks",
    "carbonate_equilibrium",
    "carbonate_from_ph",
    "carbonate_share_from_strontium",
    "carbonates",
    "change_by_depth_and_mass",
    "change_table",
    "classify",
    "closure_checks",
    "conductivity_of_solids",
    "dissolved_solids",
    "ec_of_salt",
    "esp_from_sar",
    "exchangeable_sodium_percentage",
    "fit_models",
    "fractions",
    "from_sidb",
    "gypsum_requirement",
    "incubation",
    "incubations",
    "index_draws",
    "inorganic_carbon_balance",
    "ion_balance_error",
    "leaching_requirement",
    "mean_weight_diameter",
    "metabolic_quotient",
    "microbial_quotient",
    "necromass_carbon",
    "osmotic_potential_of_ec",
    "osmotic_potential_of_ions",
    "partial_pool",
    "porewater_carbonate",
    "recalcitrance_index",
    "reclamation_depth",
    "residual_sodium_carbonate",
    "responses",
    "salinity",
    "salt_of_ec",
    "saturation_extract_ec",
    "saturation_sar",
    "sequestration_potential",
    "sodium_adsorption_ratio",
    "soil_solution_ec",
    "stability",
    "stock_change",
    "stock_change_tier1",
    "stocks",
]


def __getattr__(name: str) -> Any:
    if name in AREAS:
        return import_module(f"halosink.soil.{name}")
    if name in _HOME:
        return getattr(import_module(f"halosink.soil.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
