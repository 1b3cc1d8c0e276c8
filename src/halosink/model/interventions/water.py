"""Leaching with water and drainage."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import jnp
from halosink.model.interventions.record import (
    START,
    Amounts,
    Intervention,
    World,
    added,
    every,
    from_start,
    laid,
    months_of,
    on_months,
    option,
)


def _leaching(world: World, amounts: Amounts) -> World:
    """Water added to what is irrigated; salt and sodium of the mixture as their amounts add up."""
    forcing, mask = world.forcing, on_months(months_of(world), amounts)
    old, where, new = laid(forcing.irrigation, mask, amounts["amount"])
    total = added(forcing.irrigation, mask, amounts["amount"])
    salt, share = jnp.asarray(forcing.irrigation_salt), jnp.asarray(forcing.irrigation_sodium)
    if total.ndim > 1:
        salt, share = (one[:, None] if one.ndim == 1 else one for one in (salt, share))
    elif salt.ndim > 1 or share.ndim > 1:
        old, where, total = old[:, None], where[:, None], total[:, None]
    brought = old * salt + where * new * amounts["salt"]
    sodium = old * salt * share + where * new * amounts["salt"] * amounts["sodium"]
    wet, salty = total > 0.0, brought > 0.0
    mixed = jnp.where(wet, brought / jnp.where(wet, total, 1.0), salt)
    part = jnp.where(salty, sodium / jnp.where(salty, brought, 1.0), share)
    changed = forcing._replace(irrigation=total, irrigation_salt=mixed, irrigation_sodium=part)
    return world._replace(forcing=changed)


def _drainage(world: World, amounts: Amounts) -> World:
    mask = from_start(months_of(world), amounts)
    old, where, depth = laid(world.forcing.groundwater_depth, mask, amounts["depth"])
    deeper = jnp.where(where > 0.0, jnp.maximum(old, depth), old)
    return world._replace(forcing=world.forcing._replace(groundwater_depth=deeper))


WATER = (
    Intervention(
        name="leaching",
        label=Text("Leaching", "淋洗"),
        about=Text(
            "Water given in addition to irrigation to carry salt down; of little use where it cannot drain.",
            "在灌溉之外加水使盐分下移；排水不畅时效果有限。",
        ),
        options=(
            option(
                "amount",
                200.0,
                "mm",
                0.0,
                2000.0,
                Text("Water in one application", "单次水量"),
                Text("Spring or autumn flush of 2000 m3/ha.", "每公顷 2000 m3 的春灌或秋浇。"),
            ),
            option(
                "salt",
                8.0,
                "mmolc L-1",
                0.0,
                600.0,
                Text("Salt of the water", "水的盐浓度"),
                Text("River water near 0.8 dS/m.", "河水，电导率约 0.8 dS/m。"),
            ),
            option(
                "sodium",
                0.4,
                "1",
                0.0,
                1.0,
                Text("Sodium share of its cations", "钠占阳离子的比例"),
                Text("River water of dry regions.", "干旱区河水。"),
            ),
            START,
            every(12),
        ),
        change=_leaching,
        evidence=("A0091", "A0092", "A0093", "A0213", "A0326", "A0327"),
    ),
    Intervention(
        name="drainage",
        label=Text("Drainage", "排水"),
        about=Text(
            "Ditches or pipes hold the water table at a depth or deeper; rows of the evidence combine it with drip "
            "irrigation.",
            "明沟或暗管使地下水位不高于给定深度；证据中的试验同时采用滴灌。",
        ),
        options=(
            option(
                "depth",
                1.8,
                "m",
                0.3,
                10.0,
                Text("Least depth of the water table", "地下水最小埋深"),
                Text(
                    "Deeper than about 1.75 m little water rises (salt-affected irrigated land).",
                    "埋深超过约 1.75 m 时毛管上升水很少（盐渍化灌区）。",
                ),
            ),
            START,
        ),
        change=_drainage,
        evidence=("A0112", "A0115", "A0118", "A0235", "A0236", "A0237", "A0238"),
    ),
)
