"""How much calcite water dissolves, as a formula for the monthly tier."""

from __future__ import annotations

from halosink.model.arrays import Array, jnp
from halosink.model.functions.logarithm import log

CARBON = 12.011e-3
"""g C of carbonate per mmol of calcium."""
AIR = 4.2e-4
"""CO2 of the air [atm]."""


def soluble_carbon(temperature: Array, co2: Array, supersaturation: Array) -> Array:
    """Carbon of the calcite that a litre of pure water dissolves [g C L-1]; co2 [atm], temperature [degC].

        Ca = 1.970 mmol L-1 (co2 / 0.01)^0.3566 exp(-0.01644 (T - 15)) omega^(1/3)

    Fitted to eight equilibria of parkhurst2013 from 5 to 35 degC and 4e-4 to 0.1 atm, within 2 %. omega: how many times
    the water is supersaturated; Ca (HCO3)^2 goes with it, hence the cube root. Valid for water poor in other ions: soda
    in sodic soils lowers the calcium by far (at 10 mmol L-1 of NaHCO3 to 0.08 mmol L-1), salts without carbonate raise
    it.
    """
    cold = jnp.exp(-0.01644 * (temperature - 15.0))
    return CARBON * 1.970 * jnp.exp(0.3566 * log(co2 / 0.01) + log(supersaturation) / 3.0) * cold
