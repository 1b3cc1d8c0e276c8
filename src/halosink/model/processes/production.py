"""Growth of plants under salt, alkali and drought, and where its carbon goes.

production = potential x vigour x salt stress x pH stress x water stress, each stress 0 to 1 (the product as in FAO's
joint treatment of salt and drought, allen1998). Plants are a mixture of glycophytes, which answer to the salinity of
the saturated paste (the scale crops were tested on), and halophytes, which answer to the soil's own water; root zones
feel the mean of the layers weighted by roots. Stresses of processes that are left out of a tier are 1. Waterlogging
is not told apart from ample water.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.plant_stress import (
    alkali_response,
    halophyte_response,
    root_shares,
    salt_response,
    water_response,
)
from halosink.model.process import Conditions, Process, Values
from halosink.model.processes.production_parameters import PARAMETERS


def salt_stress(now: Conditions, roots: Array, site: Site, parameters: Values) -> Array:
    """Factor of salt (lanes,): (1 - h) glycophytes + h halophytes, h their share of the plants."""
    if "ec_paste" not in now:
        return jnp.ones(())
    paste = jnp.sum(roots * now["ec_paste"], axis=0)
    solution = jnp.sum(roots * now["ec_solution"], axis=0)
    steepness = parameters["plant_salt_steepness"]
    ordinary = salt_response(paste, parameters["plant_half_salinity"], steepness)
    base, best, excess = (parameters[f"halophyte_{n}"] for n in ("base", "optimum", "excess"))
    halophytes = halophyte_response(solution, base, best, excess, steepness)
    mixed = (1.0 - site.halophyte) * ordinary + site.halophyte * halophytes
    return jnp.asarray(1.0 - parameters["plant_salt_response"] * (1.0 - mixed))


def ph_stress(now: Conditions, roots: Array, site: Site, parameters: Values) -> Array:
    """Factor of alkalinity (lanes,)."""
    if "ph" not in now:
        return jnp.ones(())
    ph, width = jnp.sum(roots * now["ph"], axis=0), parameters["plant_ph_width"]
    ordinary = alkali_response(ph, parameters["plant_half_ph"], width)
    halophytes = alkali_response(ph, parameters["halophyte_half_ph"], width)
    mixed = (1.0 - site.halophyte) * ordinary + site.halophyte * halophytes
    return jnp.asarray(1.0 - parameters["plant_ph_response"] * (1.0 - mixed))


def water_stress(now: Conditions, roots: Array, site: Site, parameters: Values) -> Array:
    """Factor of drought (lanes,)."""
    if "moisture" not in now:
        return jnp.ones(())
    depletion = parameters["water_depletion"]
    found = water_response(now["moisture"], site.field_capacity, site.wilting_point, depletion, roots)
    return jnp.asarray(1.0 - parameters["plant_water_response"] * (1.0 - found))


def _conditions(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> dict[str, Array]:
    lanes, layers = jnp.zeros_like(stocks["shoot"]), jnp.zeros_like(stocks["root"])
    roots = root_shares(site.thickness, parameters["root_extinction"]) + layers
    salt = salt_stress(now, roots, site, parameters) + lanes
    alkali = ph_stress(now, roots, site, parameters) + lanes
    water = water_stress(now, roots, site, parameters) + lanes
    vigour = 1.0 - site.halophyte + site.halophyte * parameters["halophyte_vigour"]
    growth = forcing.potential_production * vigour * salt * alkali * water
    return {"salt_stress": salt, "ph_stress": alkali, "water_stress": water, "production": growth, "root_share": roots}


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    below = now["production"] * parameters["root_allocation"]
    spread, lost = below * now["root_share"], parameters["exudate_share"]
    return [
        Flow("production", "air", "shoot", amount=now["production"] - below),
        Flow("production", "air", "root", amount=spread * (1.0 - lost)),
        Flow("production", "air", "doc", amount=spread * lost),
    ]


PROCESS = Process(
    name="production",
    turn="plant",
    label=Text("Plant growth under stress", "胁迫下的植物生长"),
    about=Text(
        "Potential production lowered by salt, alkali and drought, for glycophytes and halophytes, and shared out to "
        "shoots, "
        "roots and exudates.",
        "潜在生产力受盐分、碱度和干旱的抑制，分非盐生植物与盐生植物计算，并分配给地上部、根和根系分泌物。",
    ),
    parameters=PARAMETERS,
    conditions=_conditions,
    flows=_flows,
    sets=("salt_stress", "ph_stress", "water_stress", "production", "root_share"),
    sources=("steppuhn2005", "song_wang2015", "allen1998", "jackson1996", "kuzyakov2000"),
)
