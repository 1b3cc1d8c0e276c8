"""Carbon in the dry matter of plants [g C per g]: the models of climate give dry matter, the maps want carbon."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from halosink.plant.priors import Prior

CARBON_FRACTIONS: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "halophyte": (0.45, "own_choice"),
        "general": (0.475, "magnussen2004"),
        "wood": (0.50, "own_choice"),
    }
)
"""{name: (g C per g of dry matter, source)}. "halophyte": the middle of 0.40 to 0.50, less than general because salt
plants hold more ash, and what hs.model takes. "wood": the round number of many Chinese and older works (own choice to
offer it)."""
CARBON_FRACTION = CARBON_FRACTIONS["halophyte"][0]
"""Default: salt-affected and desert land."""
CARBON_PRIOR = Prior(CARBON_FRACTION, 0.02, 0.40, 0.50, "g g-1", "own_choice")
"""Spread own choice: it covers the three fractions in use within 2.5 standard deviations."""
