"""What drives the model: monthly weather, water table and inputs of plots, and what does not change of their soil."""

from __future__ import annotations

from typing import NamedTuple

from halosink.model.arrays import Array


class Forcing(NamedTuple):
    """Monthly series; each (months,) for all lanes, or (months, lanes). A lane is a plot under one draw.

    temperature: air [degC]; precipitation, potential_evaporation, irrigation [mm month-1]; irrigation_salt: charge of
    cations in the irrigation water [mmolc L-1], irrigation_sodium: share of it that is sodium; groundwater_depth: of
    the water table below ground [m]; groundwater_salt [mmolc L-1] and groundwater_sodium likewise;
    potential_production: net primary production without stress of salt, alkali and water [g C m-2 month-1];
    cover: share of the ground under living plants, 0 to 1; residue: carbon of straw or other plant litter brought
    in [g C m-2 month-1]; manure, compost, biochar [g C m-2 month-1]; gypsum [g m-2 month-1]; harvest: share of the
    shoot taken away in this month, 0 to 1; tillage: factor on aggregate breakdown, 1 where as usual.
    """

    temperature: Array
    precipitation: Array
    potential_evaporation: Array
    irrigation: Array
    irrigation_salt: Array
    irrigation_sodium: Array
    groundwater_depth: Array
    groundwater_salt: Array
    groundwater_sodium: Array
    potential_production: Array
    cover: Array
    residue: Array
    manure: Array
    compost: Array
    biochar: Array
    gypsum: Array
    harvest: Array
    tillage: Array


class Site(NamedTuple):
    """Soil of each lane; (lanes,) or scalars, layers first where a layer has its own: (layers, 1) or (layers, lanes).

    thickness [m]; clay, sand [%]; bulk_density [g cm-3]; ph; cation_exchange_capacity [cmolc kg-1]; porosity,
    field_capacity, wilting_point [m3 m-3]; saturated_conductivity [mm d-1]; halophyte: share of plants that are
    halophytes, 0 to 1; sulphate: mmol L-1 of the soil water; latitude [degree].
    """

    thickness: Array
    clay: Array
    sand: Array
    bulk_density: Array
    ph: Array
    cation_exchange_capacity: Array
    porosity: Array
    field_capacity: Array
    wilting_point: Array
    saturated_conductivity: Array
    halophyte: Array
    sulphate: Array
    latitude: Array
