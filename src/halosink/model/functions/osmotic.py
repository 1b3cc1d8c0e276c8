"""Concentration, conductivity and osmotic potential of soil water from its charge of cations."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.forcing import Site
from halosink.model.functions.limits import under_one
from halosink.model.parameters import Parameter

CHARGE_PER_EC = 10.0
"""mmolc L-1 of cations per dS m-1. Source: richards1954; extracts of the Songnen plain have 9.8 to 10.3 (songnen_ec).
NaCl alone has 8.5 at 10 mmol L-1 and 11.2 at 500 (parkhurst2013)."""
SATURATION = 6140.0
"""mmolc L-1 beyond which salt is solid: NaCl, 359 g L-1 of water at 25 degC over 58.44 g mol-1. Source: haynes2016.
Own choice for all salts together; salt beyond it stays in the layer as crust."""
SLOPE = Parameter(
    "osmotic_slope",
    0.040,
    "MPa m dS-1",
    0.02,
    0.06,
    "normal",
    0.040,
    0.005,
    Text("Osmotic potential per conductivity of the soil water", "单位土壤溶液电导率的渗透势"),
    Text(
        "0.036 for mixed salts of soils (richards1954), 0.044 to 0.051 for pure NaCl; own choice between.",
        "土壤混合盐为 0.036（richards1954），纯 NaCl 为 0.044 至 0.051；取值介于两者之间，为自定。",
    ),
    "own_choice",
)


def held(water: Array, site: Site) -> Array:
    """Water [mm] that salt is dissolved in: the stock, at least 0.1 % of the volume so that ratios stay finite."""
    return jnp.maximum(water, 1.0 * site.thickness)


def dissolved_share(charge: Array, water: Array) -> Array:
    """Share of the salt that is dissolved, 1 where all is; charge [molc m-2], water [mm] > 0."""
    return under_one(1000.0 * charge / water / SATURATION)


def concentration(charge: Array, water: Array) -> Array:
    """mmolc L-1 of dissolved cations; charge [molc m-2], water [mm] > 0."""
    return 1000.0 * charge / water * dissolved_share(charge, water)


def conductivity(mmolc: Array) -> Array:
    """dS m-1 of a solution with this charge of cations [mmolc L-1]."""
    return mmolc / CHARGE_PER_EC


def potential(mmolc: Array, slope: Array | float) -> Array:
    """Osmotic potential [MPa], <= 0: -slope EC. Source: richards1954; seen from 3 to 30 dS m-1, beyond it extended."""
    return -slope * conductivity(mmolc)
