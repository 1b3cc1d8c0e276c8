"""Gypsum brought onto the land, its calcium dissolving into the soil water.

In a month it dissolves until the water in and passing its layer is saturated (15.09 mmol Ca L-1 at 25 degC,
parkhurst2013), less what calcium and magnesium are there already, and beyond that as far as its calcium replaces
exchangeable sodium: hira1980 saw 40 mm of water dissolve what a sodic soil needs, many times what pure water takes up.
It does not form again from solution. What it brings enters `salt` as charge without sodium.
"""

from __future__ import annotations

from collections.abc import Sequence

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.osmotic import held
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

PER_CHARGE = 172.17 / 2.0
"""g of CaSO4 2H2O per mol of charge. Source: haynes2016."""
SATURATED = 2.0 * 15.09
"""mmolc L-1 of calcium in water saturated with gypsum at 25 degC, by phreeqc.dat. Source: parkhurst2013."""
LEAST = 1e-9
FASTEST = 25.0
"""month-1; leaves 1e-11 of the stock, so that rounding takes no more than is there. Own choice."""

SINK = Parameter(
    "gypsum_exchange",
    0.5,
    "month-1",
    0.0,
    1.0,
    "beta",
    4.0,
    4.0,
    Text("Exchangeable sodium that gypsum may replace", "石膏每月可置换的交换性钠比例"),
    Text(
        "Share of exchangeable sodium of a moist layer that dissolving gypsum replaces in a month. Own choice after "
        "hira1980; at 0 gypsum dissolves as in pure water.",
        "湿润土层中石膏溶解每月可置换的交换性钠比例。参照 hira1980 自定；取 0 时按纯水中溶解计算。",
    ),
    "own_choice",
)


def dissolvable(stocks: Stocks, known: Conditions, site: Site, values: Values) -> Array:
    """molc m-2 month-1 that each layer's water and exchanger can take up, (layers, lanes)."""
    water = held(stocks["water"], site)
    present = 1000.0 * jnp.maximum(stocks["salt"] - stocks["sodium"], 0.0) / water if "sodium" in stocks else 0.0
    lacking = 1.0 / (1.0 + (present / SATURATED) ** 2)
    volume = stocks["water"] + known["water_down"]
    room = lacking * SATURATED * volume / 1000.0
    if "exchangeable_sodium" not in stocks:
        return room
    moist = stocks["water"] / (stocks["water"] + 1000.0 * site.field_capacity * site.thickness)
    return jnp.asarray(room + values["gypsum_exchange"] * lacking * moist * stocks["exchangeable_sodium"])


def flows(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> Sequence[Flow]:
    """Brought into the first layer; G (1 - exp(-room / G)) dissolves."""
    there = stocks["gypsum"]
    rate = jnp.minimum(dissolvable(stocks, known, site, values) / (there + LEAST), FASTEST)
    brought = jnp.zeros_like(there).at[0].set(now.gypsum / PER_CHARGE)
    return [
        Flow("gypsum", "brought", "gypsum", amount=brought),
        Flow("gypsum", "gypsum", "salt", rate=rate),
    ]


PROCESS = Process(
    "gypsum",
    "exchange",
    Text("Gypsum", "石膏"),
    Text(
        "Gypsum dissolves and brings calcium that drives sodium off the exchange sites.",
        "石膏溶解，释放的钙置换交换性钠。",
    ),
    (SINK,),
    None,
    flows,
    (),
    ("water_down",),
    ("parkhurst2013", "hira1980", "haynes2016"),
)
