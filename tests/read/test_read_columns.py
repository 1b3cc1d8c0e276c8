"""Which column becomes which field, and what is done to whole tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from halosink import read
from halosink.read.columns import bracket_unit
from halosink.read.numeric import judge
from halosink.settings import Factor


@pytest.mark.parametrize(
    ("heading", "field", "unit"),
    [
        ("EC (dS/m)", "ec_1_5", "dS/m"), ("电导率（mS/cm）", "ec_1_5", "mS/cm"), ("EC (1:5)", "ec_1_5", ""),
        ("SOC [g kg-1]", "soil_organic_carbon", "g kg-1"), ("pH (H2O)", "ph_water", ""),
        ("moisture (%)", "soil_moisture", "%"),
        ("depth (cm)", "depth_top", "cm"), ("CO2_mg_m2_h", "co2_flux", "mg/m2/h"), ("top_depth", "depth_top", ""),
        ("N (total)", "total_nitrogen", ""), ("EC (g/kg)", "ec_1_5", "g/kg"),
    ],
)  # fmt: skip
def test_unit_of_a_heading(heading: str, field: str, unit: str) -> None:
    assert bracket_unit(heading, field) == unit


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("1e3", ""), ("-.5", ""), ("1_000", "E-NUMBER"), ("0x10", "E-NUMBER"), ("inf", "E-NUMBER"),
        ("1,5", "E-DECIMAL-COMMA"),
        ("1,234,567", "E-THOUSANDS"), ("<0.05", "W-CENSORED"), ("未检出", "W-CENSORED"),
        ("缺测", ""), ("=1+1", "E-FORMULA"),
        ("12 %", "E-PERCENT"), ("0.091％", "E-PERCENT"), ("% 5", "E-NUMBER"), ("1 2%", "E-NUMBER"),
        ("１２", "N-NORMALISED"), ("#N/A", ""), ("TRUE", "E-NUMBER"), ("2024-01-01", "E-NUMBER"),
    ],
)  # fmt: skip
def test_cells(text: str, verdict: str) -> None:
    assert judge(text)[2] == verdict


def test_probes_are_stacked(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "TIMESTAMP,A_T,A_V,B_T,Batt\n2024-01-01 00:00,1,2500,3,12\n2024-01-01 01:00,2,NAN,4,13\n", encoding="utf-8"
    )
    columns = {
        "TIMESTAMP": "time",
        "A_T": {"field": "soil_temperature", "sensor": "A", "depth": 5},
        "A_V": {"field": "soil_moisture_raw", "sensor": "A", "depth": 5, "calibration": "teros12_mineral"},
        "B_T": {"field": "soil_temperature", "sensor": "B", "depth": 30},
        "Batt": "battery_voltage",
    }
    reading = read.file(tmp_path / "s.csv", "sensors", columns=columns, constant={"plot": 7})
    frame = reading.frame
    assert frame is not None, reading.problems
    assert frame["sensor"].tolist() == ["A", "A", "B", "B"] and frame["plot"].tolist() == ["7"] * 4
    assert frame["sensor_depth"].tolist() == [5, 5, 30, 30]
    assert frame["soil_temperature"].tolist() == [1, 2, 3, 4]
    assert frame["battery_voltage"].tolist() == [12, 13, 12, 13]
    np.testing.assert_allclose(frame["soil_moisture"], [3.879e-4 * 2500 - 0.6956, np.nan, np.nan, np.nan])
    assert reading.missing["soil_moisture"].tolist() == [0, 2, 1, 1]
    assert frame["source_row"].tolist() == [2, 3, 2, 3]


def test_split_constant_codes_per_ignore(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("Sample,flux,trt,junk\nA_D1,1,0,x\nA_D2,1,1,y\n", encoding="utf-8")
    reading = read.file(
        tmp_path / "s.csv", "soil",
        columns={"flux": {"field": "co2_flux", "unit": "umol m-2 s-1", "per": "core"}, "trt": "treatment"},
        split={"core": {"column": "Sample", "pattern": "^(.+)_D[12]$"}},
        codes={"treatment": {"0": "control", "1": "gypsum"}}, constant={"site": "X", "latitude": 45.5},
        ignore=("junk",),
    )  # fmt: skip
    frame = reading.frame
    assert frame is not None, reading.problems
    assert frame["core"].tolist() == ["A", "A"] and frame["sample"].tolist() == ["A_D1", "A_D2"]
    assert frame["treatment"].tolist() == ["control", "gypsum"] and frame["latitude"].tolist() == [45.5, 45.5]
    assert dict(reading.per) == {"co2_flux": "core"} and not reading.problems


def test_taxa_down_samples_across(tmp_path: Path) -> None:
    (tmp_path / "o.tsv").write_text("OTU\tGuild\tS1\tpH\tS3\nA\tx\t3\t0\t0\nB\ty\t0\t0\t5\n", encoding="utf-8")
    reading = read.file(tmp_path / "o.tsv", "counts", orientation="taxa_rows")
    frame = reading.frame
    assert frame is not None, reading.problems
    rows = set(zip(frame["sample"], frame["taxon"], frame["count"], strict=True))
    assert rows == {("S1", "A", 3), ("S3", "B", 5), ("pH", "A", 0)}
    assert reading.samples == ("S1", "pH", "S3")
    assert [p.code for p in reading.problems] == ["W-SAMPLE-EMPTY"]


def test_units_row_is_seen_or_declared(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,pH,SOC\n,1,%\nP1,8.1,1.2\n", encoding="utf-8")
    seen = read.file(tmp_path / "s.csv", "soil")
    assert seen.frame is not None and seen.frame["soil_organic_carbon"].tolist() == pytest.approx([12])
    assert not seen.problems
    (tmp_path / "s.csv").write_text("plot,SOC\nP1,1.2\n", encoding="utf-8")
    assumed = read.file(tmp_path / "s.csv", "soil")
    assert [p.code for p in assumed.problems] == ["N-UNIT-ASSUMED"]


def test_below_detection_has_no_value_but_its_own_kind(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,NO3-N (mg/kg)\nP1,<0.5\nP2,3\nP3,NA\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "soil")
    assert reading.frame is not None, reading.problems
    assert reading.missing["nitrate_nitrogen"].tolist() == [4, 0, 2]


def test_declared_classes(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("plot,treatment\n1,control\n2,gypsum\n", encoding="utf-8")
    frame = read.file(tmp_path / "p.csv", "plots").frame
    assert frame is not None
    assert read.declared(frame, Factor(field="treatment", reference="control", order=("control", "gypsum"))) == []
    assert read.declared(frame, Factor(field="salinity_class", reference="x")) == []
    wrong = read.declared(frame, Factor(field="treatment", reference="control", order=("control", "Gypsums")))
    assert [(p.code, p.values["meant"]) for p in wrong] == [("E-CLASS-UNDECLARED", "Gypsums")]


def test_problems_are_said_once_per_column(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "plot,pH\n" + "".join(f"P{i},x{i}\n" for i in range(900)) + "P,8\n", encoding="utf-8"
    )
    reading = read.file(tmp_path / "s.csv", "soil")
    hit = [p for p in reading.problems if p.code == "E-NUMBER"]
    assert len(hit) == 1 and hit[0].count == 900 and hit[0].rows == (2, 3, 4, 5, 6)
