"""Every index of the profile, declared once: mechanism, unit, what it needs, which way is firmer, what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.soil.fractions import (
    aggregates,
    lability,
    microbial,
    necromass,
    particle,
    recalcitrance,
    saturation,
)

Array = NDArray[np.float64]
Values = Mapping[str, Array]
MECHANISMS = ("biochemical", "mineral", "aggregate")
LAYER = ("bulk_density", "depth_top", "depth_bottom")
# Columns that help an index and say nothing of fractions by themselves
BESIDE = ("soil_organic_carbon", "clay", "silt", "fine_particles", "coarse_fragments", *LAYER)
SOC, ROC = "soil_organic_carbon", "readily_oxidisable_carbon"


class Shared(NamedTuple):
    """Draws that all samples share, (draws,) or (1,): necromass factors, error of each line, share of fine silt."""

    necromass: necromass.Drawn
    line: Mapping[str, Array]
    fine_silt: Array


def shared(draws: int, seed: int, lines: tuple[saturation.Line, ...]) -> Shared:
    """Draws of the shared factors; with draws 0 their medians as (1,)."""
    if draws == 0:
        middle = necromass.FACTORS["appuhn2006"]
        drawn = necromass.Drawn(*(np.array([v]) for v in (middle.bacterial, middle.fungal, middle.molar_ratio)))
        return Shared(drawn, {line.name: np.ones(1) for line in lines}, np.array([saturation.FINE_SILT]))
    return Shared(
        necromass.factor_draws(draws, seed),
        {line.name: saturation.line_error(line, draws, seed) for line in lines},
        saturation.fine_silt_share(draws, seed),
    )


class Way(NamedTuple):
    """One way to an index: the columns it needs and the function of their values."""

    needs: tuple[str, ...]
    compute: Callable[[Values, Shared], Array]


@dataclass(frozen=True, slots=True)
class Index:
    """One index.

    sign: 1 where a larger value means carbon held more firmly by the mechanism, -1 a smaller one, 0 neither. rests_on:
    "fraction" (measured parts), "activity" (what microbes do with it), "model" (a published relation with its error).
    log: whether the spread of samples is taken on the logarithm. relative: whether the index is 100 times the ratio of
    what the way computes to the same of the control.
    """

    name: str
    mechanism: str
    unit: str
    sign: int
    rests_on: str
    sources: tuple[str, ...]
    ways: tuple[Way, ...]
    log: bool = True
    relative: bool = False


def _ratio(above: str, below: str) -> Way:
    return Way((above, below), lambda v, _: particle.ratio(v[above], v[below]))


def _share(part: str, other: str) -> Way:
    return Way((part, other), lambda v, _: particle.share(v[part], v[other]))


def _management(v: Values, _: Shared) -> Array:
    return lability.labile_amount(v[ROC], v[SOC])


def _lability(v: Values, _: Shared) -> Array:
    return lability.lability(v[ROC], v[SOC])


def _classes(function: Callable[[Array], Array]) -> Way:
    return Way(aggregates.CLASSES, lambda v, _: function(np.stack([v[c] for c in aggregates.CLASSES])))


def _necromass_share(part: str) -> Way:
    def compute(v: Values, s: Shared) -> Array:
        made = necromass.necromass_carbon(v["glucosamine"], v["muramic_acid"], s.necromass)
        return particle.ratio(made.total if part == "total" else getattr(made, part), v[SOC])

    return Way(("glucosamine", "muramic_acid", SOC), compute)


def _fungal_share(v: Values, s: Shared) -> Array:
    made = necromass.necromass_carbon(v["glucosamine"], v["muramic_acid"], s.necromass)
    return particle.ratio(made.fungal, made.total)


def _held(v: Values, _: Shared) -> Array:
    held = aggregates.aggregate_carbon(v["macroaggregates"], v["macroaggregate_carbon"])
    other = aggregates.aggregate_carbon(v["microaggregates"], v["microaggregate_carbon"])
    return particle.share(held, other)


def _macro_of_classes(v: Values, _: Shared) -> Array:
    large, small, micro, fine = (v[c] for c in aggregates.CLASSES)
    return aggregates.macroaggregate_share(large + small, micro + fine)


_DIRECT_MWD = Way(("mean_weight_diameter",), lambda v, _: v["mean_weight_diameter"])
_BLAIR, _ROVIRA = ("blair1995", "margenot2024"), ("rovira2002",)
_SIZE = ("cambardella1992", "lavallee2020")
_SUGARS = ("appuhn2006", "joergensen2018", "liang2019", "fine_necromass")
_WEIGHT = ("vanbavel1950", "kemper1986")

_FIXED = (
    Index(
        "recalcitrance_index",
        "biochemical",
        "1",
        1,
        "fraction",
        _ROVIRA,
        (
            Way(
                ("unhydrolysable_carbon", SOC),
                lambda v, _: recalcitrance.recalcitrance_index(v["unhydrolysable_carbon"], v[SOC]),
            ),
            Way(
                ("acid_hydrolysable_carbon", SOC),
                lambda v, _: recalcitrance.recalcitrance_index(
                    recalcitrance.unhydrolysed(v["acid_hydrolysable_carbon"], v[SOC]), v[SOC]
                ),
            ),
        ),
    ),
    Index("oxidisable_share", "biochemical", "1", -1, "fraction", _BLAIR, (_ratio(ROC, SOC),)),
    Index(
        "lability",
        "biochemical",
        "1",
        -1,
        "fraction",
        _BLAIR,
        (Way((ROC, SOC), _lability),),
    ),
    Index(
        "carbon_management_index",
        "biochemical",
        "%",
        0,
        "fraction",
        _BLAIR,
        (Way((ROC, SOC), _management),),
        relative=True,
    ),
    Index(
        "humification_ratio",
        "biochemical",
        "1",
        1,
        "fraction",
        ("yuxiong_review",),
        (_ratio("humic_acid_carbon", "fulvic_acid_carbon"),),
    ),
    Index(
        "dissolved_share",
        "biochemical",
        "1",
        -1,
        "fraction",
        ("yuxiong_review",),
        (Way(("doc", SOC), lambda v, _: particle.ratio(v["doc"] / 1000.0, v[SOC])),),
    ),
    Index(
        "mineralisable_share",
        "biochemical",
        "1",
        -1,
        "activity",
        ("yuxiong_review",),
        (
            Way(
                ("potentially_mineralisable_carbon", SOC),
                lambda v, _: microbial.mineralisable_share(v["potentially_mineralisable_carbon"], v[SOC]),
            ),
        ),
    ),
    Index(
        "microbial_quotient",
        "biochemical",
        "1",
        0,
        "activity",
        ("anderson1989",),
        (
            Way(
                ("microbial_biomass_carbon", SOC),
                lambda v, _: microbial.microbial_quotient(v["microbial_biomass_carbon"], v[SOC]),
            ),
        ),
    ),
    Index(
        "metabolic_quotient",
        "biochemical",
        "mg g-1 h-1",
        0,
        "activity",
        ("anderson1993",),
        (
            Way(
                ("basal_respiration", "microbial_biomass_carbon"),
                lambda v, _: microbial.metabolic_quotient(v["basal_respiration"], v["microbial_biomass_carbon"]),
            ),
            Way(("metabolic_quotient",), lambda v, _: v["metabolic_quotient"]),
        ),
    ),
    Index("maoc_share", "mineral", "1", 1, "fraction", _SIZE, (_share("maoc", "poc"),)),
    Index("maoc_of_soc", "mineral", "1", 1, "fraction", _SIZE, (_ratio("maoc", SOC),)),
    Index("poc_maoc_ratio", "mineral", "1", -1, "fraction", _SIZE, (_ratio("poc", "maoc"),)),
    Index(
        "heavy_share",
        "mineral",
        "1",
        1,
        "fraction",
        ("yuxiong_review",),
        (_share("heavy_fraction_carbon", "light_fraction_carbon"),),
    ),
    Index("humin_share", "mineral", "1", 1, "fraction", ("yuxiong_review",), (_ratio("humin_carbon", SOC),)),
    Index(
        "maoc_carbon_nitrogen",
        "mineral",
        "1",
        0,
        "fraction",
        ("lavallee2020",),
        (_ratio("maoc", "mineral_associated_nitrogen"),),
    ),
    Index(
        "poc_carbon_nitrogen",
        "mineral",
        "1",
        0,
        "fraction",
        ("lavallee2020",),
        (_ratio("poc", "particulate_nitrogen"),),
    ),
    Index("necromass_share", "mineral", "1", 1, "model", _SUGARS, (_necromass_share("total"),)),
    Index(
        "bacterial_necromass_share",
        "mineral",
        "1",
        0,
        "model",
        _SUGARS,
        (_necromass_share("bacterial"),),
    ),
    Index(
        "fungal_necromass_share",
        "mineral",
        "1",
        0,
        "model",
        _SUGARS,
        (_necromass_share("fungal"),),
        log=False,
    ),
    Index(
        "fungal_of_necromass",
        "mineral",
        "1",
        0,
        "model",
        _SUGARS,
        (Way(("glucosamine", "muramic_acid"), _fungal_share),),
        log=False,
    ),
    Index(
        "mean_weight_diameter",
        "aggregate",
        "mm",
        1,
        "fraction",
        _WEIGHT,
        (_classes(aggregates.mean_weight_diameter), _DIRECT_MWD),
    ),
    Index(
        "geometric_mean_diameter",
        "aggregate",
        "mm",
        1,
        "fraction",
        ("mazurak1950", "kemper1986"),
        (_classes(aggregates.geometric_mean_diameter),),
    ),
    Index(
        "macroaggregate_share",
        "aggregate",
        "1",
        1,
        "fraction",
        ("elliott1986",),
        (_share("macroaggregates", "microaggregates"), Way(aggregates.CLASSES, _macro_of_classes)),
    ),
    Index(
        "macroaggregate_carbon_share",
        "aggregate",
        "1",
        1,
        "fraction",
        ("elliott1986",),
        (Way(("macroaggregates", "macroaggregate_carbon", "microaggregates", "microaggregate_carbon"), _held),),
    ),
)


def _particles(line: saturation.Line) -> tuple[tuple[tuple[str, ...], Callable[[Values, Shared], Array]], ...]:
    if line.particles == "fine":
        return (
            (("fine_particles",), lambda v, _: v["fine_particles"]),
            (("clay", "silt"), lambda v, s: v["clay"] + s.fine_silt * v["silt"]),
        )
    return ((("clay", "silt"), lambda v, _: v["clay"] + v["silt"]),)


def _stock(line: saturation.Line, size: Callable[[Values, Shared], Array], v: Values, s: Shared) -> Array:
    lacking = saturation.deficit(line, size(v, s), v["maoc"], s.line[line.name])
    thickness, stones = v["depth_bottom"] - v["depth_top"], v.get("coarse_fragments", np.zeros(1))
    return saturation.sequestration_potential(lacking, v["bulk_density"], thickness, stones)


def _of_line(line: saturation.Line) -> tuple[Index, ...]:
    def way(function: Callable[..., Array], needs: tuple[str, ...], size: Callable[[Values, Shared], Array]) -> Way:
        return Way(("maoc", *needs), lambda v, s: function(line, size(v, s), v["maoc"], s.line[line.name]))

    def ways(function: Callable[..., Array]) -> tuple[Way, ...]:
        return tuple(way(function, needs, size) for needs, size in _particles(line))

    def layer(needs: tuple[str, ...], size: Callable[[Values, Shared], Array]) -> Way:
        return Way(("maoc", *needs, *LAYER), lambda v, s: _stock(line, size, v, s))

    kept, lacking = ways(saturation.saturation), ways(saturation.deficit)
    # where stones were measured they are taken off, else there are none
    stocks = tuple(
        layer((*needs, *stones), size) for stones in (("coarse_fragments",), ()) for needs, size in _particles(line)
    )
    return (
        Index(f"saturation.{line.name}", "mineral", "1", 0, "model", line.sources, kept),
        Index(f"deficit.{line.name}", "mineral", "g kg-1", 0, "model", line.sources, lacking, log=False),
        Index(f"potential.{line.name}", "mineral", "t ha-1", 0, "model", line.sources, stocks, log=False),
    )


def indices(mineral: str = "high") -> Mapping[str, Index]:
    """All indices by name; saturation, deficit and potential for each line that suits the clays' activity."""
    of_lines = tuple(one for line in saturation.lines_for(mineral) for one in _of_line(line))
    found = sorted((*_FIXED, *of_lines), key=lambda one: MECHANISMS.index(one.mechanism))
    return MappingProxyType({one.name: one for one in found})


def columns(mineral: str = "high") -> tuple[str, ...]:
    """Every measured column that an index can use."""
    named = (need for one in indices(mineral).values() for way in one.ways for need in way.needs)
    return tuple(dict.fromkeys(named))
