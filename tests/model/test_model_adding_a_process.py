"""A process more: a record with its flows, put into a tier, runs and stays closed."""

import numpy as np

import model_monthly_worlds as worlds
from halosink.contracts import Text
from halosink.model import ledger
from halosink.model.arrays import jnp
from halosink.model.flows import Flow
from halosink.model.monthly import MONTHLY
from halosink.model.process import Process
from halosink.model.tier import Tier, run


def sunlight(stocks, now, forcing, site, parameters):
    return [Flow("photodegradation", "litter", "air", rate=0.02 + jnp.zeros_like(stocks["litter"]))]


LIGHT = Process(
    name="photodegradation",
    turn="plant",
    label=Text("Decay of litter by sunlight", "凋落物光降解"),
    about=Text("Sunlight turns standing litter to CO2.", "日光使立枯凋落物分解为 CO2。"),
    flows=sunlight,
)


def test_a_process_of_ten_lines():
    tier, held = Tier((*MONTHLY.processes, LIGHT)), worlds.stocks(3)
    work = worlds.jit(lambda s: run(tier, worlds.weather(2), worlds.soil(), worlds.values(), s))
    done = work(held)
    assert float(done.moved["photodegradation", "litter", "air"].min()) > 0.0
    for kind, off in ledger.closure(done, held).items():
        assert float(off.max()) < 1e-13, kind
    assert np.isfinite(np.asarray(done.stocks["litter"])).all()
