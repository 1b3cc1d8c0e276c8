"""No-till, grazing exclusion and microbial inoculation."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import jnp
from halosink.model.interventions.record import (
    START,
    Amounts,
    Intervention,
    World,
    from_start,
    months_of,
    option,
    scaled,
)
from halosink.model.parameters import Parameter
from halosink.model.processes.litter import PARAMETERS as LITTER

_DECAY = next(p for p in LITTER if p.name == "litter_decay")


def _no_till(world: World, amounts: Amounts) -> World:
    mask = from_start(months_of(world), amounts)
    tilled = scaled(world.forcing.tillage, mask, amounts["no_till_breakdown"])
    return world._replace(forcing=world.forcing._replace(tillage=tilled))


def _exclusion(world: World, amounts: Amounts) -> World:
    mask, forcing = from_start(months_of(world), amounts), world.forcing
    kept = scaled(forcing.harvest, mask, 1.0 - amounts["share"])
    grown = scaled(forcing.potential_production, mask, amounts["exclusion_growth"])
    return world._replace(forcing=forcing._replace(harvest=kept, potential_production=grown))


def _inoculation(world: World, amounts: Amounts) -> World:
    mask = from_start(months_of(world), amounts)
    grown = scaled(world.forcing.potential_production, mask, jnp.exp(jnp.asarray(amounts["inoculation_growth"])))
    decay = world.parameters.get(_DECAY.name, _DECAY.value) * jnp.exp(jnp.asarray(amounts["inoculation_decay"]))
    parameters = {**world.parameters, _DECAY.name: decay}
    return World(world.forcing._replace(potential_production=grown), world.site, parameters)


def _unknown(name: str, label: Text, about: Text) -> Parameter:
    return Parameter(name, 0.0, "1", -0.7, 0.7, "normal", 0.0, 0.1, label, about, "own_choice")


MANAGEMENT = (
    Intervention(
        name="no_till",
        label=Text("No-till", "免耕"),
        about=Text(
            "Fewer aggregates broken, straw and litter left on top. In RothC no-till came to 0.95 (0.91 to 1.00) of "
            "all decay "
            "in north-west Europe; here it acts through aggregates and litter, so that number is one to compare with.",
            "减少团聚体破碎，秸秆与凋落物留于地表。在西北欧，RothC 中免耕相当于分解速率的 0.95（0.91 至 1.00）；"
            "此处通过团聚体和凋落物起作用，该数值仅供比较。",
        ),
        options=(START,),
        effects=(
            Parameter(
                "no_till_breakdown",
                0.5,
                "1",
                0.1,
                1.0,
                "uniform",
                0.1,
                1.0,
                Text("Breakdown of aggregates under no-till over usual", "免耕与常规耕作的团聚体破碎之比"),
                Text("Own choice, wide.", "自定，先验较宽。"),
                "own_choice",
            ),
        ),
        change=_no_till,
        evidence=("A0311", "A0312", "A0313", "A0314", "A0315"),
        sources=("jordon2022", "own_choice"),
    ),
    Intervention(
        name="grazing_exclusion",
        label=Text("Grazing exclusion", "围封禁牧"),
        about=Text(
            "Shoots are no longer taken by animals. Two sites in Xinjiang had 67 and 335 % more above ground and no "
            "significant "
            "change of soil carbon.",
            "牲畜不再取食地上部。新疆两地围封后地上生物量增加 67 % 和 335 %，土壤碳无显著变化。",
        ),
        options=(
            option(
                "share",
                1.0,
                "1",
                0.0,
                1.0,
                Text("Share of what was taken that now stays", "原被取食部分的保留比例"),
                Text("All of it.", "全部保留。"),
            ),
            START,
        ),
        effects=(
            Parameter(
                "exclusion_growth",
                1.0,
                "1",
                0.4,
                2.5,
                "lognormal",
                1.0,
                0.2,
                Text("Growth without grazing over growth with it", "禁牧与放牧的生长之比"),
                Text("Own choice: rest or shading may speed or slow growth.", "自定：休养或遮阴可促进或抑制生长。"),
                "own_choice",
            ),
        ),
        change=_exclusion,
        evidence=("A0268", "A0269", "A0270", "A0271", "A0272", "A0273", "A0274", "A0275"),
    ),
    Intervention(
        name="microbial_inoculation",
        label=Text("Microbial inoculation", "接种微生物"),
        about=Text(
            "Effects on growth and on litter decay, both centred on none: pots gained 0 to 44 % under salt or "
            "alkali, and "
            "effects in the field that last are hardly known.",
            "对生长和凋落物分解的效应，先验均以无效应为中心：盐碱盆栽增产 0 至 44 %，田间长期效应几无定论。",
        ),
        options=(START,),
        effects=(
            _unknown(
                "inoculation_growth",
                Text("Logarithm of growth with over growth without", "接种与否生长之比的对数"),
                Text("Own choice: centred on no effect.", "自定：以无效应为中心。"),
            ),
            _unknown(
                "inoculation_decay",
                Text("Logarithm of litter decay with over without", "接种与否凋落物分解之比的对数"),
                Text(
                    "Own choice: centred on no effect; holds for the whole run.",
                    "自定：以无效应为中心；对整个模拟期有效。",
                ),
            ),
        ),
        change=_inoculation,
        evidence=("A0066", "A0123", "A0124", "A0125", "A0126", "A0127", "A0217"),
    ),
)
