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

AREAS = ("carbonates", "fractions", "incubation", "salinity", "stocks")
_HOME = {
    "amend_soil_water": "carbonates.amendment",
    "carbonate_equilibrium": "carbonates.equilibrium",
    "carbonate_from_ph": "carbonates.from_ph",
    "carbonate_share_from_strontium": "carbonates.balance",
    "inorganic_carbon_balance": "carbonates.balance",
    "porewater_carbonate": "carbonates.porewater",
    "closure_checks": "fractions.closure",
    "index_draws": "fractions.profile",
    "stability": "fractions.profile",
    "from_sidb": "incubation.sidb",
    "incubations": "incubation.table",
    "partial_pool": "incubation.pooling",
    "responses": "incubation.responses",
    "ClassOptions": "salinity.class_options",
    "classify": "salinity.classify_table",
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
    "stock_change": "stocks.change",
    "stock_change_tier1": "stocks.tier1",
}
__all__ = [*AREAS, *_HOME]


def __getattr__(name: str) -> Any:
    if name in AREAS:
        return import_module(f"halosink.soil.{name}")
    if name in _HOME:
        return getattr(import_module(f"halosink.soil.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
