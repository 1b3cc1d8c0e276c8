"""Made-up plots for tests of plants and amendments: a tier of their processes over conditions that stand still."""

import numpy as np

from halosink.contracts import Text
from halosink.model.arrays import jnp
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import draw, middle
from halosink.model.process import Process
from halosink.model.processes import amendments, biochar, harvest, litter, litterfall, plant_salt, production
from halosink.model.tier import Tier

PLANTS = (production.PROCESS, plant_salt.PROCESS, litterfall.PROCESS)
OTHERS = (harvest.PROCESS, amendments.PROCESS, biochar.PROCESS, litter.PROCESS)
CARBON = ("root", "pom", "doc", "microbes", "maom", "biochar_labile", "biochar", "shoot", "litter")
SALT = ("salt", "shoot_salt")
SODIUM = ("sodium", "shoot_sodium")
SOIL = {
    "water": (30.0, 60.0, 210.0),
    "salt": (6.0, 10.0, 30.0),
    "sodium": (4.0, 6.0, 15.0),
    "root": (60.0, 30.0, 20.0),
    "pom": (400.0, 500.0, 600.0),
    "doc": (5.0, 5.0, 5.0),
    "microbes": (20.0, 20.0, 20.0),
    "maom": (900.0, 1500.0, 3000.0),
    "biochar_labile": (0.0, 0.0, 0.0),
    "biochar": (0.0, 0.0, 0.0),
}
ABOVE = {"shoot": 100.0, "litter": 50.0, "shoot_salt": 0.1, "shoot_sodium": 0.05}


def stub(turn, **values):
    """A process that sets conditions to these, scalars or arrays of lanes or layers."""

    def conditions(stocks, now, forcing, site, parameters):
        layers, lanes = jnp.zeros_like(stocks["root"]), jnp.zeros_like(stocks["shoot"])
        one = {"temperature_factor", "moisture_factor", "salt_factor", "moisture", "ec_paste", "ec_solution", "ph"}
        return {k: jnp.asarray(v) + (layers if k in one else lanes) for k, v in values.items()}

    text = Text("Made up", "虚设")
    return Process(f"stub_{turn}", turn, text, text, conditions=conditions, sets=tuple(values))


def tier(*, ec=5.0, wetter=2.0, ph=8.2, moisture=0.3, temperature=1.0, slowed=1.0):
    """Tier of plants under an ECe [dS m-1], soil water `wetter` times as salty, pH, moisture and factors of decay."""
    return Tier(
        (
            stub("water", moisture=moisture),
            stub("salt", ec_paste=ec, ec_solution=wetter * jnp.asarray(ec)),
            stub("exchange", ph=ph),
            *PLANTS,
            stub("carbon", temperature_factor=temperature, moisture_factor=1.0, salt_factor=slowed),
            *OTHERS,
        )
    )


def stocks(lanes=1):
    soil = {name: jnp.tile(jnp.asarray(v)[:, None], (1, lanes)) for name, v in SOIL.items()}
    return soil | {name: jnp.full(lanes, v) for name, v in ABOVE.items()}


def site(halophyte=0.0):
    column = lambda *v: jnp.asarray(v)[:, None]  # noqa: E731
    return Site(
        thickness=column(0.1, 0.2, 0.7),
        clay=jnp.asarray(25.0),
        sand=jnp.asarray(30.0),
        bulk_density=jnp.asarray(1.4),
        ph=jnp.asarray(8.2),
        cation_exchange_capacity=jnp.asarray(15.0),
        porosity=jnp.asarray(0.47),
        field_capacity=jnp.asarray(0.32),
        wilting_point=jnp.asarray(0.15),
        saturated_conductivity=jnp.asarray(200.0),
        halophyte=jnp.asarray(halophyte),
        sulphate=jnp.asarray(2.0),
        latitude=jnp.asarray(40.0),
    )


def forcing(months=12, **given):
    """Years of a cold temperate climate; nothing brought, nothing taken."""
    at = np.arange(months)
    warm = -np.cos(2 * np.pi * (at % 12) / 12)
    known = {
        "temperature": 8.0 + 16.0 * warm,
        "precipitation": 45.0 + 40.0 * warm,
        "potential_evaporation": 80.0 + 60.0 * warm,
        "groundwater_depth": np.full(months, 1.5),
        "potential_production": np.maximum(0.0, 90.0 * warm),
        "cover": np.clip(0.4 + 0.5 * warm, 0, 1),
        "tillage": np.ones(months),
        **given,
    }
    rest = {name: np.zeros(months) for name in Forcing._fields if name not in known}
    return Forcing(**{name: jnp.asarray(v) for name, v in (known | rest).items()})


def drawn(of, draws, seed=1):
    return {name: jnp.asarray(v) for name, v in draw(of.parameters, draws, seed).items()}


def middles(of):
    return middle(of.parameters)


def total(held, names):
    """Sum over stocks and layers, (lanes,)."""
    return sum(held[n].sum(axis=0) if held[n].ndim > 1 else held[n] for n in names)


def into(moved, names, outside):
    """Sum over months of what came from outside into stocks less what left, (lanes,)."""
    balance = 0.0
    for (_, source, target), carried in moved.items():
        inward, outward = target in names and source in outside, source in names and target in outside
        balance = balance + (float(inward) - float(outward)) * np.asarray(carried).sum(axis=0)
    return balance
