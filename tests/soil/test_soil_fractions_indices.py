"""Indices of fractions against hand calculations, published lines and what must not change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.soil.fractions import aggregates, lability, microbial, necromass, particle, recalcitrance, saturation
from halosink.soil.fractions.basis import per_soil
from halosink.soil.fractions.declared import FRACTIONS
from halosink.soil.fractions.indices import MECHANISMS, indices
from halosink.soil.fractions.published import published
from halosink.soil.fractions.schemes import SCHEMES

# review_table3_soc_fractions.csv, component by component
COMPONENTS = (
    "Light Fraction Organic Carbon",
    "Heavy Fraction Organic Carbon",
    "Macroaggregates",
    "Microaggregates",
    "Mineral-Associated Organic Carbon",
    "Particulate Organic Carbon",
    "Humin",
    "Fulvic Acid",
    "Humic Acid",
    "Readily Oxidizable Carbon",
    "Dissolved Organic Carbon",
    "Acid Hydrolyzable Carbon",
    "Microbial Biomass Carbon",
    "Potential Mineralizable Carbon",
)
ALL = {**indices("high"), **indices("low")}


def test_every_component_of_the_review_is_declared():
    assert tuple(f.component for f in sorted(FRACTIONS.values(), key=lambda f: f.number)) == COMPONENTS


def test_the_table_of_the_review_says_the_same(reference):
    table = pd.read_csv(reference / "sources/tables/review_table3_soc_fractions.csv", keep_default_na=False)
    for row in table.itertuples():
        one = next(f for f in FRACTIONS.values() if f.number == row.fraction_no)
        assert (one.component, one.abbreviation, one.fractionation) == (
            row.component,
            row.abbreviation,
            row.fractionation,
        )
        assert one.sub_method == row.sub_method


@pytest.mark.parametrize("fraction", FRACTIONS.values(), ids=lambda f: f.field)
def test_a_fraction_has_fields_and_schemes(fraction):
    field = vocabulary.field(fraction.field)
    assert field.unit == ("g kg-1" if fraction.per_soil == 1 else "mg kg-1")
    assert (field.substance == "C") == (fraction.measures == "carbon")
    assert fraction.schemes and set(fraction.schemes) <= SCHEMES.keys()
    for scheme in fraction.schemes:
        assert fraction.field in SCHEMES[scheme].columns
    for column in filter(None, (fraction.mass, fraction.carbon)):
        assert vocabulary.field(column).unit == "g kg-1"
    assert fraction.source in vocabulary.sources()


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda s: s.name)
def test_a_scheme_has_fields_words_and_a_source(scheme):
    for column in (*scheme.columns, *filter(None, (scheme.whole,))):
        vocabulary.field(column)
    assert f"soil_fractions.scheme.{scheme.name}" in vocabulary.texts()
    assert scheme.source in vocabulary.sources()
    assert scheme.least <= scheme.low < scheme.high <= scheme.most


@pytest.mark.parametrize("index", ALL.values(), ids=lambda i: i.name)
def test_an_index_has_words_sources_and_fields(index):
    assert index.mechanism in MECHANISMS and index.sign in (-1, 0, 1)
    assert f"soil_fractions.index.{index.name}" in vocabulary.texts()
    assert f"soil_fractions.rests_on.{index.rests_on}" in vocabulary.texts()
    assert index.sources and set(index.sources) <= vocabulary.sources().keys()
    for way in index.ways:
        for need in way.needs:
            vocabulary.field(need)


def test_published_quartiles_are_in_order_and_belong_to_an_index():
    from halosink import evidence

    known = vocabulary.sources().keys() | set(evidence.sources()["source_key"])
    for name, one in published().items():
        assert name in ALL
        assert one.low < one.middle < one.high
        assert set(one.sources) <= known
    assert {"maoc_share", "necromass_share"} <= published().keys()


def test_management_index_by_hand():
    # reference 20 g kg-1 with 4 oxidised: L 0.25; sample 15 with 5: L 0.5, LI 2, CPI 0.75, CMI 150
    assert lability.lability(4.0, 20.0) == pytest.approx(0.25)
    assert lability.lability_index(5.0, 15.0, 4.0, 20.0) == pytest.approx(2.0)
    assert lability.carbon_pool_index(15.0, 20.0) == pytest.approx(0.75)
    assert lability.carbon_management_index(5.0, 15.0, 4.0, 20.0) == pytest.approx(150.0)


def test_management_index_of_the_reference_is_100_whatever_the_unit():
    for scale in (1.0, 0.1, 1000.0):
        assert lability.carbon_management_index(3 * scale, 17 * scale, 3, 17) == pytest.approx(100 * scale)
        assert lability.lability_index(3 * scale, 17 * scale, 3, 17) == pytest.approx(1.0)
    assert np.isnan(lability.lability(5.0, 5.0))


def test_management_index_is_a_ratio_of_labile_amounts():
    random = np.random.default_rng(0)
    total, reference = random.uniform(5, 30, (2, 20))
    labile, of_reference = total * random.uniform(0.1, 0.5, 20), reference * random.uniform(0.1, 0.5, 20)
    want = 100 * lability.labile_amount(labile, total) / lability.labile_amount(of_reference, reference)
    assert lability.carbon_management_index(labile, total, of_reference, reference) == pytest.approx(want)


def test_shares_and_ratios_do_not_depend_on_the_unit():
    maoc, poc = np.array([7.0, 3.0]), np.array([3.0, 9.0])
    assert particle.share(maoc, poc) == pytest.approx([0.7, 0.25])
    assert particle.share(maoc * 1000, poc * 1000) == pytest.approx([0.7, 0.25])
    assert particle.share(maoc, poc) + particle.share(poc, maoc) == pytest.approx(1.0)
    assert particle.share(maoc, poc) == pytest.approx(1 / (1 + particle.ratio(poc, maoc)))
    assert np.isnan(particle.ratio(1.0, 0.0))


def test_recalcitrance_from_either_side_is_the_same():
    assert recalcitrance.recalcitrance_index(6.0, 10.0) == pytest.approx(0.6)
    assert recalcitrance.unhydrolysed(4.0, 10.0) == pytest.approx(6.0)
    assert np.isnan(recalcitrance.unhydrolysed(11.0, 10.0))


def test_microbial_quotients_in_their_units():
    # 200 mg in 10 g: 2 %; 0.4 mg h-1 from 200 mg: 2 mg per g and hour
    assert microbial.microbial_quotient(200.0, 10.0) == pytest.approx(0.02)
    assert microbial.metabolic_quotient(0.4, 200.0) == pytest.approx(2.0)
    assert microbial.mineralisable_share(500.0, 10.0) == pytest.approx(0.05)


def test_diameters_by_hand():
    mass = np.array([100.0, 400.0, 300.0, 200.0])
    x = np.array([5.0, 1.125, 0.1515, 0.0265])
    assert aggregates.class_means() == pytest.approx(x)
    assert aggregates.mean_weight_diameter(mass) == pytest.approx(0.5 + 0.45 + 0.04545 + 0.0053)
    assert aggregates.geometric_mean_diameter(mass) == pytest.approx(np.prod(x ** (mass / 1000)))


def test_diameters_do_not_depend_on_the_mass_sieved_and_lie_between_the_openings():
    random = np.random.default_rng(3)
    mass = random.uniform(0, 1, (4, 50))
    for function in (aggregates.mean_weight_diameter, aggregates.geometric_mean_diameter):
        assert function(mass * 57.0) == pytest.approx(function(mass))
    wide, narrow = aggregates.mean_weight_diameter(mass), aggregates.geometric_mean_diameter(mass)
    assert np.all((narrow <= wide) & (wide < 8))
    alone = np.array([0.0, 1.0, 0.0, 0.0])
    assert aggregates.mean_weight_diameter(alone) == pytest.approx(aggregates.geometric_mean_diameter(alone))
    assert np.isnan(aggregates.mean_weight_diameter(np.zeros(4)))


def test_sieves_must_fall():
    with pytest.raises(ValueError, match="must fall"):
        aggregates.class_means([0.25, 2.0, 8.0])
    with pytest.raises(ValueError, match="3 classes"):
        aggregates.mean_weight_diameter(np.ones(3))


def test_carbon_of_aggregates_adds_up():
    held = aggregates.aggregate_carbon([600.0, 400.0], [12.0, 8.0])
    assert held == pytest.approx([7.2, 3.2])
    assert held.sum() == pytest.approx(0.6 * 12 + 0.4 * 8)


def test_bases_meet():
    assert per_soil(0.7, "share", organic_carbon=10.0) == pytest.approx(7.0)
    assert per_soil(70.0, "percent", organic_carbon=10.0) == pytest.approx(7.0)
    assert per_soil(10.0, "fraction", mass=700.0) == pytest.approx(7.0)
    assert per_soil(7.0, "soil") == pytest.approx(7.0)
    assert np.isnan(per_soil(10.0, "fraction"))
    with pytest.raises(ValueError, match="basis"):
        per_soil(1.0, "bulk")  # type: ignore[arg-type]


def test_published_lines():
    # 54 % below 20 um: 4.09 + 0.37 * 54 (hassink1997); 60 % clay and silt: 51.6 and 28.8 (georgiou2022)
    assert saturation.capacity(saturation.LINES["hassink1997"], 54.0) == pytest.approx(24.07)
    assert saturation.capacity(saturation.LINES["georgiou2022_high"], 60.0) == pytest.approx(51.6)
    assert saturation.capacity(saturation.LINES["georgiou2022_low"], 60.0) == pytest.approx(28.8)


@pytest.mark.parametrize("mineral", ["high", "low"])
def test_there_is_more_than_one_line_and_they_are_told_apart(mineral):
    lines = saturation.lines_for(mineral)
    assert len(lines) >= 3 and len({line.sources for line in lines}) == len(lines)
    assert all(set(line.sources) <= vocabulary.sources().keys() for line in lines)
    with pytest.raises(ValueError, match="mineral"):
        saturation.lines_for("clay")


def test_deficit_and_saturation_say_the_same():
    line = saturation.LINES["georgiou2022_high"]
    maoc = np.array([5.0, 51.6, 60.0])
    lacking, held = saturation.deficit(line, 60.0, maoc), saturation.saturation(line, 60.0, maoc)
    assert lacking + maoc == pytest.approx(51.6)
    assert held == pytest.approx(1 - lacking / 51.6)
    assert lacking[1] == pytest.approx(0, abs=1e-12) and lacking[2] < 0


def test_potential_by_hand():
    # 10 g kg-1 at 1.3 g cm-3 over 20 cm: 26 t ha-1; a tenth of stones takes a tenth
    assert saturation.sequestration_potential(10.0, 1.3, 20.0) == pytest.approx(26.0)
    assert saturation.sequestration_potential(10.0, 1.3, 20.0, 10.0) == pytest.approx(23.4)
    for wrong in ((-81.0, 20.0, 0.0), (1.3, 0.0, 0.0), (1.3, 20.0, 101.0)):
        with pytest.raises(ValueError, match="above 0"):
            saturation.sequestration_potential(10.0, *wrong)


def test_necromass_by_hand():
    # 40 mg muramic acid: 1.8 g bacterial C; it stands beside 2 * 179.17 / 251.23 * 40 mg bacterial glucosamine
    made = necromass.necromass_carbon(800.0, 40.0)
    assert made.bacterial == pytest.approx(1.8)
    assert made.fungal == pytest.approx(9 * (800 - 2 * 179.17 / 251.23 * 40) / 1000)
    assert made.fungal == pytest.approx(((800 / 179.17) - 2 * 40 / 251.23) * 179.17 * 9 / 1000)
    assert made.total == pytest.approx(made.bacterial + made.fungal)


def test_necromass_of_the_other_factors():
    # 31.3 M + 10.8 (G - 1.16 M), as fine_necromass writes the factors of 2024
    made = necromass.necromass_carbon(800.0, 40.0, necromass.FACTORS["hu2024"])
    assert made.total == pytest.approx((31.3 * 40 + 10.8 * (800 - 1.16 * 40)) / 1000)


def test_necromass_is_linear_and_says_where_the_ratio_does_not_fit():
    one, double = necromass.necromass_carbon(800.0, 40.0), necromass.necromass_carbon(1600.0, 80.0)
    assert double.total == pytest.approx(2 * one.total)
    assert necromass.necromass_carbon(10.0, 40.0).fungal < 0


def test_molar_masses_are_those_of_the_formulas():
    from halosink.vocabulary.substances import ATOMIC_WEIGHTS

    w = {element: float(weight) for element, weight in ATOMIC_WEIGHTS.items()}
    glucosamine = 6 * w["C"] + 13 * w["H"] + w["N"] + 5 * w["O"]
    muramic = 9 * w["C"] + 17 * w["H"] + w["N"] + 7 * w["O"]
    assert pytest.approx(glucosamine, abs=0.01) == necromass.GLUCOSAMINE_MASS
    assert pytest.approx(muramic, abs=0.01) == necromass.MURAMIC_ACID_MASS


def test_factor_draws_have_the_set_as_median_and_hold_the_other_set():
    drawn = necromass.factor_draws(20000, 1)
    for have, middle, other in zip(drawn, (45.0, 9.0, 2.0), (31.3, 10.8, 1.63), strict=True):
        assert np.median(have) == pytest.approx(middle, rel=0.02)
        low, high = np.quantile(have, [0.025, 0.975])
        assert low < other < high
    assert np.array_equal(necromass.factor_draws(50, 7).fungal, necromass.factor_draws(50, 7).fungal)
    assert not np.array_equal(drawn.fungal[:50], necromass.factor_draws(50, 7).fungal)
