"""A soil whose water, salt and exchange are given, for the carbon processes alone."""

import numpy as np

from halosink.contracts import Text
from halosink.model.arrays import jax, jnp
from halosink.model.flows import Flow
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import draw, middle
from halosink.model.process import Process
from halosink.model.processes import (
    aggregation,
    carbonate,
    decomposition,
    dissolved,
    dormancy,
    emissions,
    microbes,
    sorption,
)
from halosink.model.tier import Tier, run

ORDER = (dormancy, decomposition, sorption, microbes, aggregation, dissolved, emissions, carbonate)
ORGANIC = ("pom", "aggregate", "doc", "microbes", "maom")
POOLS = (*ORGANIC, "carbonate")
THICKNESS = np.array([[0.1], [0.2], [0.7]])
TEMPERATURE = 12.5 + 14.5 * np.cos(2 * np.pi * (np.arange(12) - 6) / 12)
"""Monthly air temperature [degC] of the Yellow River delta, rounded."""
FRESH = {
    "moisture": 0.30,
    "saturation": 0.30 / 0.47,
    "osmotic_potential": -0.08,
    "water_down": np.array([[25.0], [15.0], [8.0]]),
    "water_up": 0.0,
    "esp": 3.0,
    "dispersion": 0.0,
    "ph": 8.0,
    "ec_paste": 1.0,
}
SALINE = {**FRESH, "osmotic_potential": -1.2, "esp": 25.0, "dispersion": 0.1, "ph": 8.6, "ec_paste": 12.0}
INPUT = np.array([[220.0], [80.0], [50.0]])
"""g C m-2 a year into each layer."""


def given(values, inputs=0.0):
    """A process that sets these conditions and brings this much plant carbon [g C m-2 month-1]."""

    def conditions(stocks, now, forcing, site, parameters):
        return {name: jnp.asarray(v) + jnp.zeros_like(stocks["pom"]) for name, v in values.items()}

    def flows(stocks, now, forcing, site, parameters):
        return [Flow("given", "air", "pom", amount=jnp.asarray(inputs) + jnp.zeros_like(stocks["pom"]))]

    name = Text("Given", "给定")
    return Process("given", "water", name, name, conditions=conditions, flows=flows, sets=tuple(values))


def site(**changed):
    values = {
        "thickness": THICKNESS, "clay": 25.0, "sand": 25.0, "bulk_density": 1.4, "ph": 8.0,
        "cation_exchange_capacity": 15.0, "porosity": 0.47, "field_capacity": 0.32, "wilting_point": 0.13,
        "saturated_conductivity": 100.0, "halophyte": 0.0, "sulphate": 0.0, "latitude": 38.0,
    }  # fmt: skip
    return Site(**{name: jnp.asarray(v) for name, v in {**values, **changed}.items()})


def forcing(temperature=TEMPERATURE, **changed):
    months = np.shape(temperature)[0]
    values = {name: np.zeros(months) for name in Forcing._fields}
    values |= {"temperature": temperature, "tillage": np.ones(months), **changed}
    return Forcing(**{name: jnp.asarray(v) + jnp.zeros(months) for name, v in values.items()})


def first(series):
    return jax.tree.map(lambda x: x[0], series)


def tier(values=FRESH, inputs=0.0):
    return Tier((given(values, inputs), *(module.PROCESS for module in ORDER)))


def drawn(draws, seed=3):
    return {name: jnp.asarray(v) for name, v in draw(tier().parameters, draws, seed).items()}


def middles(lanes=1):
    return {name: jnp.full(lanes, v) for name, v in middle(tier().parameters).items()}


def stocks(lanes=1, **changed):
    values = {"pom": 300.0, "aggregate": 100.0, "doc": 10.0, "microbes": 30.0, "maom": 900.0, "carbonate": 1000.0}
    return {name: jnp.asarray(v) + jnp.zeros((3, lanes)) for name, v in {**values, **changed}.items()}


def after(values, parameters, inputs=INPUT, years=600, where=None, keep=("doc_mean",)):
    """The last year of many under the same months: Run with each month's stocks, and carbonate as it changed."""
    lanes = next(iter(parameters.values())).shape[0]
    model, here, months = tier(values, inputs / 12), where or site(), forcing()

    def year(_, held):
        return {name: v[-1] for name, v in run(model, months, here, parameters, held).stocks.items()}

    settled = jax.jit(lambda held: jax.lax.fori_loop(0, years, year, held))(stocks(lanes))
    return jax.jit(lambda held: run(model, months, here, parameters, held, keep))(settled)


def organic(done):
    """Organic carbon of each layer, mean over the year [g C m-2], (layers, lanes)."""
    return np.asarray(sum(done.stocks[name] for name in ORGANIC).mean(axis=0))


def necromass_share(done):
    """Share of organic carbon of the profile that is mineral-associated and came through dead microbes (lanes,)."""
    dead = np.asarray(done.moved["microbes", "microbes", "maom"].sum(axis=0))
    bound = np.asarray(done.moved["sorption", "doc", "maom"].sum(axis=0))
    return dead / (dead + bound) * np.asarray(done.stocks["maom"].mean(axis=0)).sum(axis=0) / organic(done).sum(axis=0)
