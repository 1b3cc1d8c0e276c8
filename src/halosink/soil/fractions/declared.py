"""Every fraction of review table 3: its field, abbreviation, the sub-method it comes from and its sieve limits.

Limits are those of the method's sieve or filter [um]. The 5 to 10 um that the table gives for microbial biomass is the
size of organisms and no limit of a method, so it is left out. Source: yuxiong_review (table 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Fraction:
    """One component.

    `field` is its column and so its unit; `schemes` name the closure schemes it takes part in; `measures` says whether
    the column is carbon per soil ("carbon") or mass of the fraction per soil ("mass"); `per_soil` turns the column's
    unit into g C (or g) per kg soil; `mass` and `carbon` name the column with the mass of the fraction [g kg-1 soil] or
    with the carbon per mass of the fraction [g kg-1 fraction], "" where the fraction has none.
    """

    number: int
    field: str
    component: str
    abbreviation: str
    fractionation: str
    sub_method: str
    schemes: tuple[str, ...]
    measures: str = "carbon"
    per_soil: float = 1.0
    coarser_than: float = NAN
    finer_than: float = NAN
    mass: str = ""
    carbon: str = ""
    source: str = "yuxiong_review"


_ALL = (
    Fraction(
        1,
        "light_fraction_carbon",
        "Light Fraction Organic Carbon",
        "LFOC",
        "Physical",
        "Density",
        ("density",),
        mass="light_fraction_mass",
    ),
    Fraction(
        2,
        "heavy_fraction_carbon",
        "Heavy Fraction Organic Carbon",
        "HFOC",
        "Physical",
        "Density",
        ("density",),
        mass="heavy_fraction_mass",
    ),
    Fraction(
        3,
        "macroaggregates",
        "Macroaggregates",
        "",
        "Physical",
        "Aggregate",
        ("aggregate_mass", "aggregate_carbon"),
        "mass",
        coarser_than=250.0,
        carbon="macroaggregate_carbon",
    ),
    Fraction(
        4,
        "microaggregates",
        "Microaggregates",
        "",
        "Physical",
        "Aggregate",
        ("aggregate_mass", "aggregate_carbon"),
        "mass",
        finer_than=250.0,
        carbon="microaggregate_carbon",
    ),
    Fraction(
        5,
        "maoc",
        "Mineral-Associated Organic Carbon",
        "MAOC",
        "Physical",
        "Particle size",
        ("particle_size",),
        finer_than=53.0,
        mass="mineral_associated_mass",
    ),
    Fraction(
        6,
        "poc",
        "Particulate Organic Carbon",
        "POC",
        "Physical",
        "Particle size",
        ("particle_size",),
        coarser_than=53.0,
        mass="particulate_mass",
    ),
    Fraction(7, "humin_carbon", "Humin", "", "Chemical", "Substance composition", ("humus",)),
    Fraction(8, "fulvic_acid_carbon", "Fulvic Acid", "FA", "Chemical", "Substance composition", ("humus",)),
    Fraction(9, "humic_acid_carbon", "Humic Acid", "HA", "Chemical", "Substance composition", ("humus",)),
    Fraction(
        10, "readily_oxidisable_carbon", "Readily Oxidizable Carbon", "ROC", "Chemical", "Solvent", ("oxidisable",)
    ),
    Fraction(
        11,
        "doc",
        "Dissolved Organic Carbon",
        "DOC",
        "Chemical",
        "Solvent",
        ("dissolved",),
        per_soil=1e-3,
        finer_than=0.45,
    ),
    Fraction(
        12,
        "acid_hydrolysable_carbon",
        "Acid Hydrolyzable Carbon",
        "",
        "Chemical",
        "Solvent",
        ("hydrolysable", "hydrolysis"),
    ),
    Fraction(
        13,
        "microbial_biomass_carbon",
        "Microbial Biomass Carbon",
        "MBC",
        "Biological",
        "",
        ("biomass",),
        per_soil=1e-3,
    ),
    Fraction(
        14,
        "potentially_mineralisable_carbon",
        "Potential Mineralizable Carbon",
        "PMC",
        "Biological",
        "",
        ("mineralisable",),
        per_soil=1e-3,
    ),
)
FRACTIONS: Mapping[str, Fraction] = MappingProxyType({one.field: one for one in _ALL})
