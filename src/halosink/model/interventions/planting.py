"""Planting of salt-tolerant plants and of halophytes; both hold for the whole run, as what grows on a site is no
series."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import jnp
from halosink.model.interventions.record import Amounts, Intervention, World, from_start, months_of, option, scaled
from halosink.model.parameters import Parameter
from halosink.model.processes.production_parameters import HALF_SALINITY


def _tolerant(world: World, amounts: Amounts) -> World:
    half = world.parameters.get(HALF_SALINITY.name, HALF_SALINITY.value)
    raised = {**world.parameters, HALF_SALINITY.name: half * amounts["tolerance"]}
    all_months = from_start(months_of(world), {"start": 0})
    grown = scaled(world.forcing.potential_production, all_months, amounts["tolerant_vigour"])
    return World(world.forcing._replace(potential_production=grown), world.site, raised)


def _halophytes(world: World, amounts: Amounts) -> World:
    before = jnp.asarray(world.site.halophyte)
    return world._replace(site=world.site._replace(halophyte=before + amounts["share"] * (1.0 - before)))


PLANTING = (
    Intervention(
        name="salt_tolerant_planting",
        label=Text("Salt-tolerant crops or grasses", "种植耐盐作物或牧草"),
        about=Text(
            "Raises the salinity that halves growth. From maize to wheat it doubles, from wheat to barley it rises "
            "by 40 % "
            "(FAO tolerances); within a species breeding gains less.",
            "提高使生长减半的盐度。按 FAO 耐盐数据，由玉米到小麦约提高一倍，由小麦到大麦约提高 40 %；"
            "同种内育种提高较少。",
        ),
        options=(
            option(
                "tolerance",
                1.4,
                "1",
                1.0,
                5.0,
                Text("Tolerance over that of the plants before", "相对原有植物的耐盐倍数"),
                Text("Wheat to barley.", "由小麦到大麦。"),
            ),
        ),
        effects=(
            Parameter(
                "tolerant_vigour",
                1.0,
                "1",
                0.4,
                2.0,
                "lognormal",
                1.0,
                0.15,
                Text("Potential production of tolerant plants over that of others", "耐盐植物与原有植物潜在生产力之比"),
                Text("Own choice: no cost or gain known, either possible.", "自定：损益未知，两者皆有可能。"),
                "own_choice",
            ),
        ),
        change=_tolerant,
        evidence=("C0129", "C0130", "C0131", "C0132", "C0139", "C0140"),
        sources=("ayers_westcot1985", "steppuhn2005"),
    ),
    Intervention(
        name="halophyte_planting",
        label=Text("Halophytes", "种植盐生植物"),
        about=Text(
            "Halophytes take the place of other plants: they bear more salt and alkali and take salt up, but grow "
            "less where "
            "there is little. Gain or loss of carbon depends on the site.",
            "以盐生植物替代其他植物：更耐盐碱并吸收盐分，但在低盐条件下生长较弱，碳的增减因地而异。",
        ),
        options=(
            option(
                "share",
                1.0,
                "1",
                0.0,
                1.0,
                Text("Share of other plants replaced", "替代其他植物的比例"),
                Text("All of them.", "全部替代。"),
            ),
        ),
        change=_halophytes,
        evidence=("B0142", "B0143", "B0110", "B0111"),
        sources=("song_wang2015", "mao2019biochar"),
    ),
)
