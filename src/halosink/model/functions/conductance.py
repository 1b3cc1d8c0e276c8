"""Conductivity of layers for water as the stock `structure` leaves it; shared by water, capillary and structure."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Stocks
from halosink.model.forcing import Site
from halosink.model.parameters import Parameter
from halosink.model.process import Values

CONDUCTANCE = (
    Parameter(
        "conductivity_scale",
        1.0,
        "1",
        0.1,
        10.0,
        "lognormal",
        1.0,
        0.6,
        Text("Conductivity in the field against the given", "田间导水率与给定值之比"),
        Text(
            "Given conductivity is of cores or of texture; own choice of a factor of about two either way.",
            "给定的导水率来自环刀测定或质地估计；误差约为两倍，为自定。",
        ),
        "own_choice",
    ),
    Parameter(
        "conductivity_floor",
        0.02,
        "1",
        0.0,
        1.0,
        "fixed",
        0.02,
        0.0,
        Text("Share of conductivity that dispersion leaves", "分散后仍保留的导水率比例"),
        Text(
            "Cracks and channels carry water through wholly dispersed soil (own choice); 1: no effect of structure.",
            "土壤完全分散后，裂隙与孔道仍能导水（自定）；取 1 时结构不起作用。",
        ),
        "own_choice",
    ),
)


def factor(structure: Array, values: Values) -> Array:
    """floor + (1 - floor) structure."""
    floor = values["conductivity_floor"]
    return jnp.asarray(floor + (1.0 - floor) * structure)


def conductance(stocks: Stocks, site: Site, values: Values) -> Array:
    """mm d-1; of the structure of the stock, of undispersed soil where there is none."""
    whole = values["conductivity_scale"] * site.saturated_conductivity
    return whole * factor(stocks["structure"], values) if "structure" in stocks else jnp.asarray(whole)
