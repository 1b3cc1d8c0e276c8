"""Salt and alkali in soil: conversions with their error, ratios, classes, requirements of gypsum and water."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.soil.salinity.class_limits import class_tables, most_probable
    from halosink.soil.salinity.class_options import ClassOptions
    from halosink.soil.salinity.classify_table import classify
    from halosink.soil.salinity.exchangeable_sodium import (
        capacity_is_sum,
        esp_from_sar,
        exchangeable_sodium_percentage,
        exchangeable_sodium_ratio,
    )
    from halosink.soil.salinity.extract_sar import sar_of_soluble_ions, saturation_sar
    from halosink.soil.salinity.gypsum import gypsum_of_sodium, gypsum_requirement
    from halosink.soil.salinity.leaching import leaching_requirement, reclamation_depth, water_with_leaching
    from halosink.soil.salinity.osmosis import osmotic_potential_of_ec, osmotic_potential_of_ions
    from halosink.soil.salinity.paste_conversion import saturation_extract_ec, soil_solution_ec
    from halosink.soil.salinity.salt_affected import salic_probability, ussl_probabilities
    from halosink.soil.salinity.salt_content import ec_of_salt, salt_of_ec, salt_of_paste
    from halosink.soil.salinity.sodium_ratios import (
        ion_balance_error,
        residual_sodium_carbonate,
        sodium_adsorption_ratio,
        sodium_adsorption_ratio_of_mass,
    )
    from halosink.soil.salinity.solids import conductivity_of_solids, dissolved_solids
    from halosink.soil.salinity.water_salinity import salinity_of_chloride, salinity_of_conductivity

_HOME = {
    "ClassOptions": "class_options",
    "capacity_is_sum": "exchangeable_sodium",
    "class_tables": "class_limits",
    "classify": "classify_table",
    "conductivity_of_solids": "solids",
    "dissolved_solids": "solids",
    "ec_of_salt": "salt_content",
    "esp_from_sar": "exchangeable_sodium",
    "exchangeable_sodium_percentage": "exchangeable_sodium",
    "exchangeable_sodium_ratio": "exchangeable_sodium",
    "gypsum_of_sodium": "gypsum",
    "gypsum_requirement": "gypsum",
    "ion_balance_error": "sodium_ratios",
    "leaching_requirement": "leaching",
    "most_probable": "class_limits",
    "osmotic_potential_of_ec": "osmosis",
    "osmotic_potential_of_ions": "osmosis",
    "reclamation_depth": "leaching",
    "residual_sodium_carbonate": "sodium_ratios",
    "salic_probability": "salt_affected",
    "salinity_of_chloride": "water_salinity",
    "salinity_of_conductivity": "water_salinity",
    "salt_of_ec": "salt_content",
    "salt_of_paste": "salt_content",
    "sar_of_soluble_ions": "extract_sar",
    "saturation_extract_ec": "paste_conversion",
    "saturation_sar": "extract_sar",
    "sodium_adsorption_ratio": "sodium_ratios",
    "sodium_adsorption_ratio_of_mass": "sodium_ratios",
    "soil_solution_ec": "paste_conversion",
    "ussl_probabilities": "salt_affected",
    "water_with_leaching": "leaching",
}
__all__ = [
    "ClassOptions",
    "capacity_is_sum",
    "class_tables",
    "classify",
    "conductivity_of_solids",
    "dissolved_solids",
    "ec_of_salt",
    "esp_from_sar",
    "exchangeable_sodium_percentage",
    "exchangeable_sodium_ratio",
    "gypsum_of_sodium",
    "gypsum_requirement",
    "ion_balance_error",
    "leaching_requirement",
    "most_probable",
    "osmotic_potential_of_ec",
    "osmotic_potential_of_ions",
    "reclamation_depth",
    "residual_sodium_carbonate",
    "salic_probability",
    "salinity_of_chloride",
    "salinity_of_conductivity",
    "salt_of_ec",
    "salt_of_paste",
    "sar_of_soluble_ions",
    "saturation_extract_ec",
    "saturation_sar",
    "sodium_adsorption_ratio",
    "sodium_adsorption_ratio_of_mass",
    "soil_solution_ec",
    "ussl_probabilities",
    "water_with_leaching",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"halosink.soil.salinity.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
