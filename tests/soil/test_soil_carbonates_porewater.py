"""A porewater table: every row has a result or its reason, and Problems say what is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink.soil.carbonates.porewater import CODES, COLUMNS, porewater_carbonate
from halosink.vocabulary import texts


@pytest.fixture
def table():
    """A calcite water of 25 degC at pCO2 10^-2.5 (Ca 1.0915 mmol, pH 7.624 by PHREEQC), and faulty ones."""
    frame = pd.DataFrame(
        {
            "plot": list("abcdefg"),
            "porewater_ph": [7.6239, 7.6239, 72.0, 7.0, np.nan, 7.0, 11.9],
            "total_alkalinity": [2.1766, np.nan, 2.0, 2.0, 2.0, 2.0, 0.1],
            "porewater_calcium": [43.617, 43.617, 40.0, -1.0, 40.0, 40.0, 40.0],
            "porewater_sodium": [0.0, 0.0, 0.0, 0.0, 0.0, 20000.0, 0.0],
            "porewater_chloride": [0.0, 0.0, 0.0, 0.0, 0.0, 30000.0, 0.0],
            "soil_temperature": [25.0, 25.0, 25.0, 25.0, 25.0, 25.0, np.nan],
        }
    )
    for name in ("magnesium", "potassium", "sulfate"):
        frame[f"porewater_{name}"] = 0.0
    return frame.assign(source_file="water.csv", source_row=np.arange(2, 9))


def test_every_row_is_used_or_named(table):
    result, problems = porewater_carbonate(table)
    assert list(result["plot"]) == list("abcdefg")
    assert list(result["reason"]) == ["", "", "ph", "negative", "missing", "too_salty", "low_alkalinity"]
    codes = {p.code: p for p in problems}
    assert set(codes) == {
        "E-SOILWATER-PH", "E-SOILWATER-NEGATIVE", "W-SOILWATER-MISSING", "W-SOILWATER-SALTY",
        "W-SOILWATER-ALKALINITY", "N-SOILWATER-CHARGE", "N-SOILWATER-TEMPERATURE",
    }  # fmt: skip
    assert codes["E-SOILWATER-PH"].rows == (4,) and codes["E-SOILWATER-PH"].file == "water.csv"
    for problem in problems:
        for language in ("en", "zh"):
            assert all(problem.say(part, language) for part in ("what", "why", "fix"))
    bad = result["reason"] != ""
    assert result.loc[bad, ["porewater_pco2", "calcite_saturation_index"]].isna().all(axis=None)
    assert result.loc[~bad, "porewater_pco2"].notna().all()


def test_a_calcite_water_is_saturated_at_the_pressure_it_was_made_at(table):
    result, _ = porewater_carbonate(table)
    for row in (0, 1):
        assert np.log10(result["porewater_pco2"][row]) == pytest.approx(-2.5, abs=0.01)
        assert result["calcite_saturation_index"][row] == pytest.approx(0, abs=0.01)
        assert np.isnan(result["gypsum_saturation_index"][row])
    assert list(result["alkalinity_from"][:2]) == ["titration", "charge"]
    assert abs(result["ion_balance_error"][0]) < 1


def test_a_table_without_what_is_needed_says_so(table):
    result, problems = porewater_carbonate(table.drop(columns=["porewater_ph"]))
    assert [p.code for p in problems] == ["E-SOILWATER-COLUMNS"]
    assert set(result["reason"]) == {"missing"} and len(result) == len(table)
    assert set(COLUMNS.values()) <= set(result.columns)
    _, problems = porewater_carbonate(table.drop(columns=["total_alkalinity", "porewater_sodium"]))
    assert "porewater_sodium" in problems[0].say("what", "en")


def test_an_unbalanced_analysis_is_told(table):
    table.loc[0, "porewater_calcium"] = 80.0
    _, problems = porewater_carbonate(table)
    assert [p for p in problems if p.code == "W-SOILWATER-BALANCE"][0].rows == (2,)


def test_the_table_leaves_its_input_alone_and_reasons_have_words(table):
    before = table.copy()
    porewater_carbonate(table)
    pd.testing.assert_frame_equal(table, before)
    for reason in CODES:
        assert f"soil_carbonates.reason.{reason}" in texts()
