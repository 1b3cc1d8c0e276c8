"""Unit conversion against numbers worked out by hand from definitions and atomic weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halosink import vocabulary
from halosink.vocabulary import units
from halosink.vocabulary.units import UnitError, convert

C, O, N, H = 12.011, 15.999, 14.007, 1.008  # noqa: E741
CO2, CH4, N2O = C + 2 * O, C + 4 * H, 2 * N + O
FLUX = "umol m-2 s-1"


@pytest.mark.parametrize(
    ("value", "unit", "to", "substance", "expected"),
    [
        (1.0, "dS/m", "uS/cm", "", 1000.0),
        (390384.0, "uS/cm", "dS m-1", "", 390.384),
        (1.0, "mS/cm", "dS m-1", "", 1.0),
        (1.0, "mmhos/cm", "dS m-1", "", 1.0),
        (1.0, "meq/100g", "cmol(+) kg-1", "", 1.0),
        (1.0, "cmolc/kg", "cmol(+) kg-1", "", 1.0),
        (10.0, "mmol(+)/kg", "cmol(+) kg-1", "", 1.0),
        (1.0, "t/ha", "g m-2", "", 100.0),
        (1.0, "Mg ha-1", "t ha-1", "", 1.0),
        (1.0, "kg m-2", "t ha-1", "", 10.0),
        (1.0, "kg/亩", "kg ha-1", "", 15.0),
        (1.0, "g cm-3", "Mg m-3", "", 1.0),
        (1.0, "%", "g kg-1", "", 10.0),
        (35.0, "psu", "g kg-1", "", 35.0),
        (35.0, "ppt", "g kg-1", "", 35.0),
        (35.0, "‰", "g kg-1", "", 35.0),
        (1.0, "mg/kg", "g kg-1", "C", 0.001),
        (400.0, "ppm", "umol mol-1", "", 400.0),
        (1900.0, "ppb", "nmol mol-1", "", 1900.0),
        (0.04, "%", "umol mol-1", "", 400.0),
        (1013.25, "hPa", "kPa", "", 101.325),
        (1.0, "atm", "kPa", "", 101.325),
        (32.0, "degF", "degC", "", 0.0),
        (212.0, "°F", "degC", "", 100.0),
        (273.15, "K", "degC", "", 0.0),
        (25.0, "℃", "degC", "", 25.0),
        (25.0, "C", "K", "", 298.15),
        (35.0, "%", "m3 m-3", "", 0.35),
        (1.0, "MJ m-2 d-1", "W m-2", "", 1e6 / 86400),
        (1.0, "mmol/L", "mg L-1", "Cl", 35.45),
        (1.0, "meq/L", "mg L-1", "Ca", 40.078 / 2),
        (1.0, "mg/kg", "cmol(+) kg-1", "Na", 0.1 / 22.990),
        (50.0, "mg CaCO3 L-1", "meq L-1", "CaCO3", 100.0 / (40.078 + C + 3 * O)),
        (1.0, "mg CO2 m-2 h-1", FLUX, "CO2", 1e3 / CO2 / 3600),
        (1.0, "mg CO2-C m-2 h-1", FLUX, "CO2", 1e3 / C / 3600),
        (1.0, "g C m-2 d-1", FLUX, "CO2", 1e6 / C / 86400),
        (1.0, "mg CH4 m-2 d-1", "nmol m-2 s-1", "CH4", 1e6 / CH4 / 86400),
        (1.0, "ug N2O-N m-2 h-1", "nmol m-2 s-1", "N2O", 1e3 / (2 * N) / 3600),
        (1.0, "g C m-2", "g CO2 m-2", "", CO2 / C),
        (1.0, "t CO2e ha-1", "g CO2-eq m-2", "", 100.0),
        (3.0, "mg/L N", "mg L-1", "N", 3.0),
        (3.0, "mg/L as NO3", "mg L-1", "N", 3 * N / (N + 3 * O)),
        (1.0, FLUX, "g C m-2 yr-1", "C", 1e-6 * C * 365.25 * 86400),
        (1.0, "mg NO3 kg-1", "mg kg-1", "N", N / (N + 3 * O)),
        (1.0, "kg P2O5 ha-1", "kg ha-1", "P", 2 * 30.974 / (2 * 30.974 + 5 * O)),
        (1e6, "copies/g dry soil", "count g-1", "", 1e6),
        (3.0, "1e7/g", "count g-1", "", 3e7),
    ],
)
def test_against_worked_numbers(value, unit, to, substance, expected):
    assert convert([value], unit, to, substance)[0] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    "spelling",
    [
        "mg CO2 m-2 h-1",
        "mg CO2 m^-2 h^-1",
        "mg CO2 m**-2 h**-1",
        "mg CO2/m2/h",
        "mg CO2/(m2 h)",
        "mg CO2 / (m2·h)",
        "mg CO2·m⁻²·h⁻¹",
        "mg CO2 m−2 h−1",
        "mgCO2 m-2 hr-1",
        "mg(CO2) m-2 h-1",
        "毫克 CO2/(平方米·小时)",
        "mg CO2 per m2 per hour",
    ],
)
def test_spellings_of_one_unit(spelling):
    assert convert([1.0], spelling, FLUX, "CO2")[0] == pytest.approx(1e3 / CO2 / 3600, rel=1e-12)


@pytest.mark.parametrize("spelling", ["uS cm-1", "µS cm-1", "μS/cm", "μS·cm⁻¹", "us/cm", "US/CM", "微西门子/厘米"])
def test_every_micro_is_a_micro(spelling):
    assert convert([1000.0], spelling, "dS m-1")[0] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("克/千克", "g kg-1"),
        ("吨/公顷", "t ha-1"),
        ("毫克每千克", "mg kg-1"),
        ("摄氏度", "degC"),
        ("立方米/立方米", "m3 m-3"),
    ],
)
def test_chinese_spellings(unit, to):
    assert convert([2.0], unit, to)[0] == 2.0


@pytest.mark.parametrize(
    ("unit", "to", "substance", "kind"),
    [
        ("foo m-2", FLUX, "CO2", "unknown"),
        ("", FLUX, "CO2", "unknown"),
        ("1e999999999 g", "kg", "", "unknown"),
        ("m999999999", "m", "", "unknown"),
        ("g/0", "kg", "", "unknown"),
        ("dS/mm3x", "dS m-1", "", "unknown"),
        ("MG/kg", "mg kg-1", "", "unknown"),
        ("dS/m", "degC", "", "dimension"),
        ("kg", "m", "", "dimension"),
        ("g/g", "m3 m-3", "", "dimension"),
        ("mg/kg", "umol mol-1", "CO2", "dimension"),
        ("ppt", "nmol mol-1", "", "dimension"),
        ("mg/L", "g kg-1", "", "dimension"),
        ("mmol/L", "mg L-1", "", "dimension"),
        ("mg m-2 h-1", FLUX, "CO2", "substance"),
        ("ug/m2/h", "nmol m-2 s-1", "N2O", "substance"),
        ("g m-2 yr-1", "g C m-2 yr-1", "C", "substance"),
        ("mg CH4 m-2 h-1", FLUX, "CO2", "substance"),
        ("g C m-2", "g m-2", "", "substance"),
        ("t CO2e ha-1 yr-1", "g C m-2 yr-1", "C", "substance"),
        ("g CO2e m-2 d-1", "nmol m-2 s-1", "CH4", "substance"),
        ("mg NO3 kg-1", "mg NH4 kg-1", "", "substance"),
        ("mg/L", "meq L-1", "CaCO3", "substance"),
    ],
)
def test_what_cannot_be_converted_says_why(unit, to, substance, kind):
    with pytest.raises(UnitError) as caught:
        convert([1.0], unit, to, substance)
    assert caught.value.kind == kind
    assert set(caught.value.values) == {"unit", "to", "suggestions"}
    assert not units.compatible(unit, to, substance)


def test_suggestions():
    with pytest.raises(UnitError) as caught:
        convert([1.0], "mg/m2/h", FLUX, "CO2")
    assert caught.value.suggestions == ("mg CO2/m2/h", "mg CO2-C/m2/h")
    for spelling in caught.value.suggestions:
        convert([1.0], spelling, FLUX, "CO2")
    with pytest.raises(UnitError) as caught:
        convert([1.0], "umoll m-2 s-1", FLUX, "CO2")
    assert caught.value.kind == "unknown"
    assert caught.value.suggestions == ("umol m-2 s-1", FLUX)


def test_identical_units_return_the_same_array():
    values = np.array([1.0, np.nan, -3.0])
    assert convert(values, "dS m-1", "dS m-1") is values
    assert convert(values, "mS/cm", "dS m-1") is values


def test_shape_and_type():
    values = convert(np.arange(6, dtype=np.int16).reshape(2, 3), "cm", "m")
    assert values.dtype == np.float64 and values.shape == (2, 3)
    assert np.isnan(convert([np.nan], "cm", "m")).all()


PAIRS = [(f.unit, f.substance) for f in vocabulary.fields().values() if f.numeric]
OTHERS = [
    *("uS cm-1", "mS/cm", "K", "degF", "t/ha", "%", "hPa", "mg/kg", "mmol L-1", "ft"),
    *("g CO2 m-2 h-1", "mg C m-2 d-1"),
]


@settings(deadline=None, max_examples=150)
@given(
    value=st.floats(-1e6, 1e6),
    unit=st.sampled_from(OTHERS),
    pair=st.sampled_from(sorted(set(PAIRS))),
)
def test_there_and_back(value, unit, pair):
    to, substance = pair
    if not units.compatible(unit, to, substance) or not units.compatible(to, unit, substance):
        return
    there = convert([value], unit, to, substance)
    back = convert(there, to, unit, substance)
    assert back[0] == pytest.approx(value, rel=1e-9, abs=1e-6)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        units.parse(text)
    except UnitError as error:
        assert error.kind == "unknown"
