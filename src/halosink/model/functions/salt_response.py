"""How salt slows microbes, through the osmotic potential of the soil water."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.functions.logarithm import power as raised
from halosink.model.parameters import Parameter

HALF = Parameter(
    "half_activity_potential",
    3.5,
    "MPa",
    0.3,
    30.0,
    "lognormal",
    3.5,
    0.4,
    Text("Osmotic potential (without sign) that halves decomposition", "使分解减半的渗透势绝对值"),
    Text(
        "Middle of the reported ranges; their ends give 2.6 and 5.0, the spread of the prior is an own choice.",
        "取报道范围的中值；其上下限对应 2.6 和 5.0，先验宽度为自定。",
    ),
    "sparling1989",
)
STEEPNESS = Parameter(
    "salt_steepness",
    1.33,
    "1",
    0.5,
    4.0,
    "lognormal",
    1.33,
    0.25,
    Text("Steepness of the salt response", "盐分响应的陡度"),
    Text(
        "Middle of the reported ranges; their ends give 1.22 and 1.62, the spread of the prior is an own choice.",
        "取报道范围的中值；其上下限对应 1.22 和 1.62，先验宽度为自定。",
    ),
    "sparling1989",
)


def salt_factor(potential: Array, half: Array, steepness: Array) -> Array:
    """f_S = 1 / (1 + (-psi / psi50)^n), 1 without salt; potential psi <= 0, half psi50 > 0 [MPa], steepness n > 0.

    Through the middle of sparling1989, respiration 28 to 45 % lower at -2.3 MPa and 64 to 86 % lower at -8.0 MPa:
    n = ln(3.0 / 0.575) / ln(8.0 / 2.3) = 1.33, psi50 = 3.5 MPa. That response was of two hours; adapted microbes may
    bear more.
    """
    salty = potential < 0.0
    share = jnp.where(salty, -potential, half) / half
    return jnp.where(salty, 1.0 / (1.0 + raised(share, steepness)), 1.0)


def power(share: Array, exponent: Array) -> Array:
    """share^exponent for shares from 0 to 1, at least 1e-12 so that derivatives are finite."""
    return raised(jnp.maximum(share, 1e-12), exponent)
