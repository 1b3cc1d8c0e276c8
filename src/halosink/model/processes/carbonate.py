"""Carbonate of the soil: carried down and up by water, and formed with calcium from elsewhere.

    CaCO3 + CO2 + H2O <-> Ca + 2 HCO3

Water on its way down or up holds as much calcite as dissolves and drops it in the next layer when it dries: carbonate
moves, and what CO2 it takes in one layer it gives back in the other. Only what leaves the last layer takes one more
carbon from the air for each carbon of carbonate. With calcium that comes with groundwater and irrigation, and
alkalinity that is made in soil (weathering, reduction of sulphate, soda), carbonate forms from respired CO2: one
carbon from the air each. Forming from calcium and bicarbonate already in the water would release CO2 and is not
counted here. So stock and air differ:

    change of stock = formed - carried out,     taken from the air = formed + carried out
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Flow, Moved, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.calcite import AIR, soluble_carbon
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

CARBON_PER_CHARGE = 12.011e-3 / 2.0
"""g of carbonate carbon per mmol of charge of calcium."""

PARAMETERS = (
    Parameter(
        "soil_air_co2",
        0.01,
        "atm",
        0.0005,
        0.2,
        "lognormal",
        0.01,
        0.6,
        Text(
            "CO2 of the soil air at 9.25 degC and best moisture, above that of the air",
            "9.25 °C、最适水分下土壤空气 CO2 的增量",
        ),
        Text(
            "Own choice: soil air holds 0.1 to 10 % of CO2, more in summer.",
            "自定：土壤空气 CO2 为 0.1 至 10 %，夏季较高。",
        ),
        "own_choice",
    ),
    Parameter(
        "carbonate_supersaturation",
        3.0,
        "1",
        0.5,
        30.0,
        "fixed",
        3.0,
        0.0,
        Text("How many times soil water is supersaturated with calcite", "土壤水对方解石的过饱和倍数"),
        Text(
            "Own choice: dissolved organic matter keeps calcite from growing; most soil waters are above 1.",
            "自定：溶解性有机质抑制方解石生长，多数土壤水高于 1。",
        ),
        "own_choice",
    ),
    Parameter(
        "carbonate_supply",
        0.15,
        "1",
        0.0,
        1.0,
        "lognormal",
        0.15,
        0.8,
        Text(
            "Share of calcium and magnesium brought by water that meets alkalinity made in soil",
            "来水钙镁中遇土壤自生碱度而沉淀的比例",
        ),
        Text(
            "Own choice, wide; 0 switches the forming of carbonate off. Deserts of saline land add 1.3 to 5.3 g C "
            "m-2 a year "
            "(wang2013plos).",
            "自定，先验较宽；取 0 即关闭碳酸盐形成。盐生荒漠每年增加 1.3 至 5.3 g C m-2（wang2013plos）。",
        ),
        "own_choice",
    ),
)


def _zero(stocks: Stocks) -> Array:
    return jnp.zeros_like(stocks["carbonate"])


def within(there: Array, asked: Array) -> Array:
    """there asked / (there + asked): close to the smaller of two amounts >= 0, never more than either. Own choice,
    smooth and cheap."""
    return there * asked / (there + asked + 1e-30)


def _rising(now: Conditions, zero: Array) -> tuple[Array, Array]:
    """Water that enters each layer from below, and that leaves it upward [mm month-1]."""
    entering = jnp.maximum(now.get("water_up", zero), 0.0) + zero
    return entering, jnp.concatenate([zero[:1], entering[:-1]])


def carried(stocks: Stocks, now: Conditions, forcing: Forcing, parameters: Values) -> tuple[Array, Array]:
    """Carbonate that water takes out of each layer downward and upward [g C m-2 month-1], never more than there is."""
    active = now.get("temperature_factor", jnp.ones(())) * now.get("moisture_factor", jnp.ones(()))
    co2 = AIR + parameters["soil_air_co2"] * active
    soluble = soluble_carbon(forcing.temperature, co2, parameters["carbonate_supersaturation"])
    down = soluble * jnp.maximum(now["water_down"], 0.0)
    up = soluble * _rising(now, _zero(stocks))[1]
    share = stocks["carbonate"] / (stocks["carbonate"] + down + up + 1e-30)
    return share * down, share * up


def formed(stocks: Stocks, now: Conditions, forcing: Forcing, parameters: Values) -> Array:
    """Carbonate from respired CO2 with calcium brought by water that stays [g C m-2 month-1]."""
    zero = _zero(stocks)
    entering, leaving = _rising(now, zero)
    ground = forcing.groundwater_salt * (1.0 - forcing.groundwater_sodium) * jnp.maximum(entering - leaving, 0.0)
    first = (jnp.arange(zero.shape[0]) == 0)[:, None]
    brought = first * forcing.irrigation * forcing.irrigation_salt * (1.0 - forcing.irrigation_sodium)
    asked = parameters["carbonate_supply"] * CARBON_PER_CHARGE * (ground + brought)
    return within(now.get("respired", zero) + zero, asked)


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    down, up = carried(stocks, now, forcing, parameters)
    return [
        Flow("carbonate", "carbonate", "carbonate", amount=down, shift=1, over="below"),
        Flow("carbonate", "carbonate", "carbonate", amount=up, shift=-1),
        Flow("carbonate", "air", "below", amount=down[-1]),
        Flow("carbonate", "air", "carbonate", amount=formed(stocks, now, forcing, parameters)),
    ]


def balance(moved: Sequence[Moved]) -> Mapping[str, Array]:
    """{"stock": change of the carbonate of the profile, "atmosphere": carbon taken from the air} [g C m-2 month-1],
    (lanes,), both from the ledger of a month. Both are positive for a gain; they differ by twice what left below."""
    own = [m for m in moved if m.process == "carbonate"]
    made = sum((m.total for m in own if m.source == "air" and m.target == "carbonate"), jnp.zeros(()))
    out = sum((m.left for m in own if m.left is not None), jnp.zeros(()))
    matched = sum((m.total for m in own if m.source == "air" and m.target == "below"), jnp.zeros(()))
    return {"stock": made - out, "atmosphere": made + matched}


PROCESS = Process(
    name="carbonate",
    turn="carbonate",
    label=Text("Carbonate of the soil", "土壤碳酸盐"),
    about=Text(
        "Water carries carbonate down and out; calcium from groundwater and irrigation makes new carbonate with "
        "respired "
        "CO2. The change of the stock is not what the air gives: each carbon dissolved and carried out takes "
        "another from "
        "the air. Soda and other salts in the water are not counted in its solubility.",
        "水将碳酸盐带至下层并带出；地下水和灌溉水中的钙与呼吸 CO2 形成新的碳酸盐。库存变化不等于大气净交换：每溶解"
        "带出 1 份碳，另从大气吸收 1 份。溶解度未计入水中苏打及其他盐类的影响。",
    ),
    parameters=PARAMETERS,
    flows=_flows,
    needs=("water_down",),
    sources=("plummer1982", "parkhurst2013", "wang2013plos"),
)
