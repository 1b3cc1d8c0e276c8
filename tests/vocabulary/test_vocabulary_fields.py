"""Contracts every field, table kind, calibration and source keeps."""

from __future__ import annotations

import re
from collections import defaultdict
from importlib import resources

import pytest

from halosink import vocabulary
from halosink.vocabulary import bibliography, units
from halosink.vocabulary.substances import molar_mass

FIELDS = list(vocabulary.fields().values())
CJK = re.compile(r"[\u4e00-\u9fff]")
FIXED_UNITS = {
    "soil_temperature": "degC",
    "soil_moisture": "m3 m-3",
    "soil_moisture_raw": "1",
    "soil_ec_bulk": "dS m-1",
    "battery_voltage": "V",
    "air_temperature": "degC",
    "precipitation": "mm",
    "relative_humidity": "%",
    "air_pressure": "kPa",
    "shortwave_radiation": "W m-2",
    "co2_flux": "umol m-2 s-1",
    "ch4_flux": "nmol m-2 s-1",
    "n2o_flux": "nmol m-2 s-1",
    "co2_mole_fraction": "umol mol-1",
    "ch4_mole_fraction": "nmol mol-1",
    "n2o_mole_fraction": "nmol mol-1",
    "chamber_volume": "L",
    "chamber_area": "m2",
    "elapsed_time": "s",
    "ec_1_5": "dS m-1",
    "ec_saturated_paste": "dS m-1",
    "salinity_ppt": "g kg-1",
    "bulk_density": "g cm-3",
    "soil_organic_carbon": "g kg-1",
    "water_content_gravimetric": "g g-1",
    "nitrate_nitrogen": "mg kg-1",
    "porewater_chloride": "mg L-1",
    "porewater_doc": "mg L-1",
    "aboveground_biomass": "g m-2",
    "plant_cover": "%",
    "microbial_biomass_carbon": "mg kg-1",
    "mean_annual_precipitation": "mm",
    "depth_top": "cm",
    "elevation": "m",
}
# review_table3_soc_fractions.csv, component by component.
FRACTIONS = {
    "Light Fraction Organic Carbon": "light_fraction_carbon",
    "Heavy Fraction Organic Carbon": "heavy_fraction_carbon",
    "Macroaggregates": "macroaggregates",
    "Microaggregates": "microaggregates",
    "Mineral-Associated Organic Carbon": "maoc",
    "Particulate Organic Carbon": "poc",
    "Humin": "humin_carbon",
    "Fulvic Acid": "fulvic_acid_carbon",
    "Humic Acid": "humic_acid_carbon",
    "Readily Oxidizable Carbon": "readily_oxidisable_carbon",
    "Dissolved Organic Carbon": "doc",
    "Acid Hydrolyzable Carbon": "acid_hydrolysable_carbon",
    "Microbial Biomass Carbon": "microbial_biomass_carbon",
    "Potential Mineralizable Carbon": "potentially_mineralisable_carbon",
}
FLUXNET = (
    *("NEE", "GPP", "RECO", "FC", "FCH4", "LE", "H", "G", "USTAR", "TA", "RH", "VPD", "PA", "P", "WS", "WD"),
    *("SW_IN", "SW_OUT", "LW_IN", "LW_OUT", "NETRAD", "PPFD_IN", "TS", "SWC"),
)
# The columns of evidence.csv and sources.csv.
EVIDENCE = (
    *("id", "class", "intervention", "variable", "control_value", "treatment_value", "effect_value", "effect_kind"),
    *("unit", "uncertainty", "uncertainty_kind", "n", "depth_cm_top", "depth_cm_bottom", "duration_years"),
    *("baseline_EC", "EC_method", "baseline_pH", "place", "country", "latitude", "longitude", "ecosystem"),
    *("source_key", "where_seen", "seen_in", "confidence", "note", "control_uncertainty", "baseline_salt_g_kg"),
    *("effect_origin", "intervention_group", "saline_land"),
    *("authors", "year", "title", "journal", "doi", "url", "year_basis", "stored_as"),
)


def test_there_are_enough_fields_in_every_group():
    assert len(FIELDS) >= 150
    assert {f.group for f in FIELDS} == set(vocabulary.GROUPS)


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_a_field_is_complete(field):
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", field.name)
    assert field.kind in vocabulary.KINDS
    assert field.source in vocabulary.sources()
    for text in (field.label, field.about):
        assert text.en.strip() and text.zh.strip()
        assert CJK.search(text.zh), text.zh
        assert not CJK.search(text.en), text.en
    assert field.about.en.endswith(".") and field.about.zh.endswith(("。", "..."))
    assert set(field.standard) <= {"fluxnet", "mixs", "cf", "dwc"}
    if field.numeric:
        assert field.minimum is not None and field.maximum is not None
        assert field.minimum < field.maximum
        assert field.unit
        units.parse(field.unit)
    else:
        assert field.unit == "" and field.minimum is None and field.maximum is None
    if field.substance:
        assert molar_mass(field.substance) > 0
        units.convert([1.0], field.unit, field.unit, field.substance)


@pytest.mark.parametrize(("name", "unit"), FIXED_UNITS.items())
def test_fixed_units(name, unit):
    assert vocabulary.field(name).unit == unit


def test_all_fractions_of_the_review_are_there():
    for component, name in FRACTIONS.items():
        assert vocabulary.field(name).group in ("fraction", "microbe"), component


def test_fluxnet_names_are_there():
    assert set(FLUXNET) <= {f.standard.get("fluxnet") for f in FIELDS}


def test_evidence_columns_need_no_mapping():
    assert set(EVIDENCE) <= set(vocabulary.fields())


def test_no_heading_means_two_fields():
    owners = defaultdict(set)
    for field in FIELDS:
        for word in vocabulary.known_headings(field):
            owners[word].add(field.name)
    assert {w: o for w, o in owners.items() if len(o) > 1} == {}


def test_standard_names_are_not_given_twice():
    for scheme in ("fluxnet", "mixs", "cf", "dwc"):
        names = [f.standard[scheme] for f in FIELDS if scheme in f.standard]
        assert len(names) == len(set(names))


def test_published_bounds_of_teros_sensors_are_kept():
    """variables_metadata.csv of pennington2024compass: EC 0-20000 uS/cm, VWC 0-0.7, T -40-60."""
    ec, moisture, temperature = (vocabulary.field(n) for n in ("soil_ec_bulk", "soil_moisture", "soil_temperature"))
    assert units.convert([0.0, 20000.0], "uS/cm", ec.unit).tolist() == [ec.minimum, ec.maximum]
    assert (moisture.minimum, moisture.maximum) == (0.0, 0.7)
    assert (temperature.minimum, temperature.maximum) == (-40.0, 60.0)


@pytest.mark.parametrize("kind", vocabulary.table_kinds().values(), ids=lambda k: k.name)
def test_a_table_kind_refers_to_fields(kind):
    named = (*kind.key, *kind.required, *kind.template, *kind.headings.values())
    assert set(named) <= set(vocabulary.fields())
    assert set(kind.required) <= set(kind.template)
    assert len(kind.template) == len(set(kind.template))
    assert kind.label.en and CJK.search(kind.label.zh) and kind.about.en and CJK.search(kind.about.zh)


def test_table_kinds():
    expected = (
        "plots soil sensors weather groundwater chamber_concentrations analyser closures fluxes eddy plants porewater "
        "microbes incubations counts taxonomy evidence"
    )
    assert list(vocabulary.table_kinds()) == expected.split()


def test_calibrations():
    """TEROS 12 manual, Equation 5: 0.70 near 3597 counts, 0 near 1793 counts."""
    for item in vocabulary.calibrations().values():
        assert item.source in vocabulary.sources()
        assert {item.from_field, item.to_field} <= set(vocabulary.fields())
        for text in (item.label, item.about, item.valid):
            assert text.en and CJK.search(text.zh)
    teros = vocabulary.calibrations()["teros12_mineral"]
    assert teros.slope * 1793.25 + teros.intercept == pytest.approx(0.0, abs=1e-4)
    assert teros.slope * 3597.8 + teros.intercept == pytest.approx(0.70, abs=1e-3)


def test_sources_can_be_cited_and_stand_in_one_file_only():
    seen = defaultdict(list)
    folder = resources.files("halosink.vocabulary") / "sources"
    for file in folder.iterdir():
        if file.name.endswith(".bib"):
            for source in bibliography.parse(file.read_text("utf-8")):
                seen[source.key].append(file.name)
                assert source.title, source.key
                assert source.key == "own_choice" or source.author, source.key
                assert not source.doi.startswith("http"), source.key
                assert source.title in source.cite()
    assert {k: f for k, f in seen.items() if len(f) > 1} == {}
    assert set(seen) == set(vocabulary.sources())


def test_bibliography_reads_braces_quotes_numbers_and_refuses_the_rest():
    text = '@article{a2020, author = {{The {Soil} Group}}, title = "One, two",\n  year = 2020, doi = {10.1/x},}'
    (entry,) = bibliography.parse(text)
    assert (entry.author, entry.title, entry.year) == ("The Soil Group", "One, two", "2020")
    assert entry.link == "https://doi.org/10.1/x"
    with pytest.raises(ValueError, match="b2020"):
        list(bibliography.parse("@book{b2020, title = {open"))


def test_an_unknown_field_is_met_with_the_nearest():
    with pytest.raises(KeyError, match="soil_temperature"):
        vocabulary.field("soil_temprature")


@pytest.mark.parametrize(
    ("heading", "table", "name"),
    [
        ("soil_temperature", "", "soil_temperature"),
        ("Soil Temperature", "", "soil_temperature"),
        ("土壤温度 (℃)", "", "soil_temperature"),
        ("土壤有机碳（g/kg）", "", "soil_organic_carbon"),
        ("TS_1_2_1", "", "soil_temperature"),
        ("SW_IN", "", "shortwave_radiation"),
        ("EC1:5 [dS/m]", "", "ec_1_5"),
        ("电导率", "", "ec_unspecified"),
        ("电导率", "sensors", "soil_ec_bulk"),
        ("EC", "groundwater", "groundwater_ec"),
        ("Cl", "porewater", "porewater_chloride"),
        ("decimalLatitude", "", "latitude"),
        ("矿物结合态有机碳", "", "maoc"),
        ("颗粒态有机碳", "", "poc"),
        ("易氧化有机碳", "", "readily_oxidisable_carbon"),
        ("钠吸附比", "", "sodium_adsorption_ratio"),
        ("交换性钠百分率", "", "exchangeable_sodium_percentage"),
        ("饱和泥浆浸提液电导率", "", "ec_saturated_paste"),
        ("bananas", "", ""),
        ("", "", ""),
        ("(dS/m)", "", ""),
    ],
)
def test_match(heading, table, name):
    assert vocabulary.match(heading, table) == name
