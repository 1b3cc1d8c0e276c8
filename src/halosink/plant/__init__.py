"""Plants: net primary production from climate, from greenness and light, or from gross production."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.plant.casa import (
        absorbed_fraction,
        casa_npp,
        moisture_stress,
        optimum_temperature,
        regional_evaporation,
        temperature_stress,
    )
    from halosink.plant.efficiencies import TYPE_OF_LAND_USE, light_use
    from halosink.plant.evaporation import thornthwaite
    from halosink.plant.miami import miami_npp
    from halosink.plant.ratio import EFFICIENCIES, npp_of_gpp
    from halosink.plant.thornthwaite_memorial import thornthwaite_memorial_npp

_HOME = {
    "EFFICIENCIES": "ratio",
    "TYPE_OF_LAND_USE": "efficiencies",
    "absorbed_fraction": "casa",
    "casa_npp": "casa",
    "light_use": "efficiencies",
    "miami_npp": "miami",
    "moisture_stress": "casa",
    "npp_of_gpp": "ratio",
    "optimum_temperature": "casa",
    "regional_evaporation": "casa",
    "temperature_stress": "casa",
    "thornthwaite": "evaporation",
    "thornthwaite_memorial_npp": "thornthwaite_memorial",
}
__all__ = [
    "EFFICIENCIES",
    "TYPE_OF_LAND_USE",
    "absorbed_fraction",
    "casa_npp",
    "light_use",
    "miami_npp",
    "moisture_stress",
    "npp_of_gpp",
    "optimum_temperature",
    "regional_evaporation",
    "temperature_stress",
    "thornthwaite",
    "thornthwaite_memorial_npp",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"halosink.plant.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
