"""The monthly tier: its processes in order, the parameters to calibrate, and the stocks a run starts from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from halosink.model.arrays import Array, jax, jnp
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.gapon import exchange_capacity, slope
from halosink.model.functions.osmotic import CHARGE_PER_EC, SATURATION
from halosink.model.functions.plant_stress import root_shares
from halosink.model.functions.swelling import swelling_factor
from halosink.model.parameters import middle
from halosink.model.plot import forcing, site
from halosink.model.processes import (
    acidity,
    aggregation,
    amendments,
    biochar,
    capillary,
    carbonate,
    decomposition,
    dissolved,
    dormancy,
    emissions,
    exchange,
    gypsum,
    harvest,
    litter,
    litterfall,
    microbes,
    plant_salt,
    production,
    salt,
    sorption,
    structure,
    water,
)
from halosink.model.processes.salt import PASTE
from halosink.model.tier import Tier

__all__ = ["CALIBRATED", "CARBON", "MONTHLY", "Forcing", "Site", "fixed", "forcing", "site", "start"]

MONTHLY = Tier(
    tuple(
        module.PROCESS
        for module in (
            *(capillary, water),
            *(salt,),
            *(gypsum, exchange, acidity, structure),
            *(production, plant_salt, litterfall),
            *(harvest, amendments),
            *(dormancy, biochar, decomposition, litter, sorption, microbes, aggregation, dissolved, emissions),
            *(carbonate,),
        )
    )
)
"""All processes. In the turn carbon those that set factors stand before those that use them, and `emissions`, which
needs all rates out of dissolved carbon, last."""

CALIBRATED: Mapping[str, str] = {
    "air_entry_scale": "EC in time under a water table",
    "conductivity_scale": "EC and water in time",
    "root_extinction": "EC and SOC by depth",
    "leaching_efficiency": "fall of EC after rain and leaching",
    "gapon_slope": "ESP beside EC",
    "swelling_clay": "infiltration or EC in time at high ESP",
    "structure_recovery": "infiltration over years of reclamation",
    "plant_half_salinity": "biomass along a salt gradient",
    "halophyte_optimum": "biomass of halophytes along a salt gradient",
    "plant_half_ph": "biomass along a pH gradient",
    "root_allocation": "roots beside shoots",
    "root_death": "POC of the subsoil; roots in time",
    "litter_decay": "litter bags, standing litter",
    "half_activity_potential": "respiration per SOC along a salt gradient",
    "dormancy_exponent": "MBC beside respiration along a salt gradient",
    "pom_decay": "POC, respiration",
    "efficiency_reference": "MBC and respiration beside POC",
    "efficiency_in_salt": "necromass and MAOC along a salt gradient",
    "microbial_death": "MBC",
    "necromass_share": "MAOC beside MBC",
    "sorption_rate": "DOC beside MAOC",
    "maom_release": "MAOC; radiocarbon",
    "calcium_bridging": "MAOC along an ESP gradient",
    "aggregate_breakdown": "free beside occluded POC; tillage trials",
    "doc_mobility": "DOC of the subsoil",
    "methane_yield": "CH4",
}
"""Parameters that calibration moves, and the measurement that tells of each; the others keep their prior middles. Own
choice: uncertain, felt in what is measured, and not two of one effect (salt_steepness beside half_activity_potential,
efficiency_in_salt beside dormancy_exponent where neither necromass nor MBC is measured)."""

CARBON = ("shoot", "litter", "root", "pom", "aggregate", "doc", "microbes", "maom", "biochar_labile", "biochar")
"""Stocks of organic carbon [g C m-2]; `carbonate` is inorganic."""

MEASURED = {
    "soil_organic_carbon": (0.0, 500.0),
    "poc": (0.0, 500.0),
    "maoc": (0.0, 500.0),
    "microbial_biomass_carbon": (0.0, 20000.0),
    "doc": (0.0, 20000.0),
    "soil_inorganic_carbon": (0.0, 120.0),
    "ec_saturated_paste": (0.0, 300.0),
    "exchangeable_sodium_percentage": (0.0, 100.0),
    "aboveground_carbon": (0.0, 20000.0),
    "litter_carbon": (0.0, 20000.0),
    "root_carbon": (0.0, 20000.0),
    "water_share": (0.0, 1.0),
    "gypsum": (0.0, 1e6),
}
"""What `start` takes, with the range it accepts: carbon of the soil [g kg-1], microbial_biomass_carbon and doc
[mg kg-1], ec_saturated_paste [dS m-1], exchangeable_sodium_percentage [%], carbon above ground, of litter and of roots
(all layers together) [g C m-2], water_share of field capacity [1], gypsum [g m-2] of each layer."""

SURFACE_CARBON, FADING = 8.0, 0.4
"""Organic carbon of the surface [g kg-1] and depth over which it falls to 37 % [m] where none is measured. Own choice:
cropped saline-alkali plains have about this; measure it."""
PARTICULATE, OCCLUDED = 0.3, 0.35
"""Share of organic carbon that is particulate, and of that enclosed in aggregates. Own choice."""
MICROBIAL, DISSOLVED = 0.015, 0.004
"""Shares of organic carbon in microbes and in solution where they are not measured. Own choice."""
IN_POC = 0.8
"""Share of aggregates that the sieve leaves above 53 um; see observe.aggregates_in_poc. Own choice."""
PAPER = {
    "soil_inorganic_carbon": 8.0,
    "ec_saturated_paste": 2.0,
    "exchangeable_sodium_percentage": 8.0,
    "aboveground_carbon": 80.0,
    "litter_carbon": 120.0,
    "root_carbon": 300.0,
    "water_share": 0.9,
    "gypsum": 0.0,
}
"""Of what is not measured. Own choice, in the units of MEASURED: a slightly saline calcareous plain."""


def fixed(measured: Mapping[str, Any] | None = None) -> dict[str, Array]:
    """Parameters that measurements set and no draw may move: the ESP that the pH of the site goes with."""
    known = {**PAPER, **(measured or {})}
    return {"reference_esp": jnp.asarray(known["exchangeable_sodium_percentage"], dtype=np.float64)}


@jax.ensure_compile_time_eval()
def start(site: Site, measured: Mapping[str, Any] | None = None, lanes: int = 1) -> dict[str, Array]:
    """Stocks at the start of a run.

    measured: by the names of MEASURED, each a number, (lanes,), or (layers, 1) and (layers, lanes). Of the fractions,
    any may be given: SOC alone is shared out by fixed shares, POC and MAOC beside or without it set theirs, and pools
    add up to what was measured (observe gives it back). Not for traced values. Raises ValueError for an unknown name,
    values out of range or not finite, and fractions that exceed SOC.
    """
    given = _checked(measured or {})
    layers = site.thickness.shape[0]
    soil, above = jnp.zeros((layers, lanes)), jnp.zeros(lanes)
    mass = 1000.0 * site.bulk_density * site.thickness
    known = {name: jnp.asarray(given.get(name, PAPER.get(name, 0.0))) + soil for name in MEASURED}
    carbon = _fractions(site, given, soil)
    roots = root_shares(site.thickness, jnp.asarray(middle(water.PROCESS.parameters)["root_extinction"]))
    rooted = jnp.asarray(given.get("root_carbon", PAPER["root_carbon"])) * (roots + soil)
    held = 1000.0 * site.thickness * site.field_capacity * known["water_share"]
    paste = 1000.0 * PASTE * site.field_capacity * site.thickness
    charge = _undissolved(CHARGE_PER_EC * known["ec_saturated_paste"]) * paste / 1000.0
    esp = jnp.clip(known["exchangeable_sodium_percentage"], 0.0, 99.0)
    wet = 1000.0 * site.thickness * site.field_capacity
    sodium = charge * _sodium_share(1000.0 * charge / wet, esp)
    kept = swelling_factor(1000.0 * charge / wet, esp, middle(structure.PROCESS.parameters)["swelling_clay"])
    return {
        "water": held + soil,
        "salt": charge + soil,
        "sodium": sodium + soil,
        "exchangeable_sodium": exchange_capacity(site) * esp / 100.0 + soil,
        "gypsum": known["gypsum"] / gypsum.PER_CHARGE + soil,
        "structure": kept + soil,
        "root": rooted,
        **{name: value * mass + soil for name, value in carbon.items()},
        "biochar_labile": soil,
        "biochar": soil,
        "carbonate": known["soil_inorganic_carbon"] * mass + soil,
        "shoot": jnp.asarray(given.get("aboveground_carbon", PAPER["aboveground_carbon"])) + above,
        "litter": jnp.asarray(given.get("litter_carbon", PAPER["litter_carbon"])) + above,
        "shoot_salt": above,
        "shoot_sodium": above,
    }


def _fractions(site: Site, given: Mapping[str, Any], soil: Array) -> dict[str, Array]:
    """{pool: g C kg-1}: POC = pom + f aggregate, MAOC = maom + (1 - f) aggregate + microbes, SOC all with doc."""
    if "soil_organic_carbon" in given:
        total = jnp.asarray(given["soil_organic_carbon"]) + soil
    else:
        middles = jnp.cumsum(site.thickness, axis=0) - 0.5 * site.thickness
        total = SURFACE_CARBON * jnp.exp(-middles / FADING) + soil
        if "poc" in given and "maoc" in given:
            total = (jnp.asarray(given["poc"]) + jnp.asarray(given["maoc"])) / (1.0 - DISSOLVED) + soil
        elif "poc" in given:
            total = jnp.asarray(given["poc"]) / PARTICULATE + soil
        elif "maoc" in given:
            total = jnp.asarray(given["maoc"]) / (1.0 - PARTICULATE - DISSOLVED) + soil
    doc = jnp.asarray(given["doc"]) / 1000.0 + soil if "doc" in given else DISSOLVED * total
    alive = given.get("microbial_biomass_carbon")
    microbial = MICROBIAL * total if alive is None else jnp.asarray(alive) / 1000.0 + soil
    if "poc" in given:
        particulate = jnp.asarray(given["poc"]) + soil
    elif "maoc" in given:
        particulate = jnp.maximum(total - doc - jnp.asarray(given["maoc"]), 0.0)
    else:
        particulate = PARTICULATE * total
    aggregate = particulate / ((1.0 - OCCLUDED) / OCCLUDED + IN_POC)
    free = (1.0 - OCCLUDED) / OCCLUDED * aggregate
    mineral = total - doc - microbial - aggregate - free
    if "maoc" in given and "poc" in given:
        mineral = jnp.asarray(given["maoc"]) - (1.0 - IN_POC) * aggregate - microbial
    if bool(jnp.any(mineral < 0.0)):
        raise ValueError("soil_organic_carbon (or maoc) is less than the fractions in it; check units and layers")
    return {"pom": free, "aggregate": aggregate, "doc": doc, "microbes": microbial, "maom": mineral}


def _undissolved(mmolc: Array) -> Array:
    """Charge per litre [mmolc L-1] of which this is dissolved: inverse of osmotic.dissolved_share."""
    eighth = (mmolc / SATURATION) ** 8
    return jnp.asarray(mmolc * jnp.sqrt(jnp.sqrt(jnp.sqrt(1.0 / (1.0 - eighth)))))


def _sodium_share(mmolc: Array, esp: Array) -> Array:
    """Share of sodium of the dissolved cations in balance with this ESP: of 2 x^2 = SAR^2 (C - x), by gapon."""
    at = middle(exchange.PARAMETERS)["gapon_slope"]
    ratio = esp / (100.0 - esp) / slope(mmolc, at)
    half = 0.25 * ratio**2
    total = jnp.maximum(mmolc, 1e-9)
    root = jnp.sqrt(half * half + 2.0 * half * total)
    return jnp.where(half > 0, 2.0 * half / (half + jnp.where(half > 0, root, 1.0)), 0.0)


def _checked(measured: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(measured) - set(MEASURED))
    if unknown:
        raise ValueError(f"start takes no {', '.join(unknown)}; known: {', '.join(MEASURED)}")
    for name, value in measured.items():
        found, (low, high) = np.asarray(value, dtype=np.float64), MEASURED[name]
        if not np.all(np.isfinite(found)):
            raise ValueError(f"{name}: has values that are missing or not finite")
        if np.any((found < low) | (found > high)):
            raise ValueError(f"{name}: values must lie in {low:g} to {high:g}")
    return dict(measured)
