"""Layers in one column, labels of one width, per cent signs, merged cells, usual units of fluxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bad_input_cases import workbook

from halosink import read, settings
from halosink.read.depths import limits
from halosink.read.labels import folded
from halosink.vocabulary import units


@pytest.mark.parametrize(
    ("text", "top", "bottom"),
    [
        ("0-10", 0, 10), ("0–10 cm", 0, 10), ("0~10", 0, 10), ("10—20", 10, 20), ("10～20cm", 10, 20),
        ("０－２０", 0, 20), ("0 - 10cm", 0, 10), ("2.5-5", 2.5, 5), ("0-1m", 0, 100), ("0cm-20cm", 0, 20),
        ("100至200毫米", 10, 20), ("0 to 10", 0, 10), ("20-40cm土层", 20, 40),
    ],
)  # fmt: skip
def test_a_range_gives_both_limits(text: str, top: float, bottom: float) -> None:
    assert limits(text) == pytest.approx((top, bottom))


@pytest.mark.parametrize("text", [">60", "60+", "60以下", "> 60 cm"])
def test_what_lies_below_has_no_lower_limit(text: str) -> None:
    top, bottom = limits(text) or (0, 0)
    assert top == 60 and np.isnan(bottom)


@pytest.mark.parametrize("text", ["20", "surface", "A1", "2024-10-20", "10-", "", "1-2-3", "0-10 kg"])
def test_what_is_no_range(text: str) -> None:
    assert limits(text) is None


@pytest.mark.parametrize(
    "heading", ["土层", "土层(cm)", "深度(cm)", "土层深度", "采样深度（cm）", "depth", "Depth_cm", "layer"]
)
def test_ranges_become_depths(tmp_path: Path, heading: str) -> None:
    (tmp_path / "s.csv").write_text(f"plot,{heading},pH\nP1,0-10,8\nP1,10–20,8.1\nP1,>20,8.2\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "soil")
    frame = reading.frame
    assert frame is not None, reading.problems
    assert frame["depth_top"].tolist() == [0, 10, 20]
    assert frame["depth_bottom"].tolist()[:2] == [10, 20] and np.isnan(frame["depth_bottom"][2])
    assert {p.code for p in reading.problems} == {"N-LAYER"}


def test_unit_of_the_heading_holds_for_the_range(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,土层(m)\nP1,0-0.2\nP1,0.2-0.4\n", encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "soil").frame
    assert frame is not None and frame["depth_bottom"].tolist() == pytest.approx([20, 40])


def test_a_units_row_may_name_the_unit_of_layers_only(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,土层,pH\n,mm,\nP1,0-100,8\nP1,100-200,8\n", encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "soil").frame
    assert frame is not None and frame["depth_bottom"].tolist() == pytest.approx([10, 20])


def test_layers_have_one_spelling(tmp_path: Path) -> None:
    text = "plot,土层\nP1,0－10cm\nP2,0-10\nP3,0 ~ 0.1m\nP4,>10\nP5,10cm以下\n"
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "soil").frame
    assert frame is not None and frame["layer"].tolist() == ["0-10"] * 3 + [">10"] * 2


@pytest.mark.parametrize(
    ("heading", "options", "bottom"),
    [
        ("土层(m)", {"columns": {"土层(m)": "layer"}}, 20.0),
        ("土层", {"columns": {"土层": {"field": "layer", "unit": "mm"}}}, 0.02),
        ("土层 (inch)", {}, 0.508),
    ],
)
def test_any_unit_of_length(tmp_path: Path, heading: str, options: dict[str, object], bottom: float) -> None:
    (tmp_path / "s.csv").write_text(f"plot,{heading}\nP1,0-0.2\n", encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "soil", **options).frame
    assert frame is not None and frame["depth_bottom"].tolist() == pytest.approx([bottom])


def test_ranges_go_before_names_of_layers(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,层次,深度(cm)\nP1,表层,0-20\nP1,底层,20-40\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "soil")
    assert reading.frame is not None and reading.frame["depth_bottom"].tolist() == [20, 40]
    assert [p.column for p in reading.problems if p.code == "N-COLUMN-LEFT"] == ["层次"]


def test_named_layers_stay_names(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,土层\nP1,表层\nP1,亚表层\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "soil")
    assert reading.frame is not None and reading.frame["layer"].tolist() == ["表层", "亚表层"]
    assert "depth_top" not in reading.frame and not reading.problems


@pytest.mark.parametrize(("depths", "field"), [((20, 40, 60), "depth_bottom"), ((0, 20, 40), "depth_top")])
def test_a_single_depth_is_one_limit_and_said(tmp_path: Path, depths: tuple[int, ...], field: str) -> None:
    text = "plot,深度(cm),pH\n" + "".join(f"P1,{d},8\n" for d in depths)
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "soil")
    assert reading.frame is not None and reading.frame[field].tolist() == list(depths)
    assert [p.values["field"] for p in reading.problems if p.code == "N-DEPTH-SINGLE"] == [field]


def test_depths_of_their_own_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,土层,土层上界(cm),土层下界(cm)\nP1,0-15 cm,0,15\n", encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "soil").frame
    assert frame is not None and frame["depth_bottom"].tolist() == [15] and frame["layer"].tolist() == ["0-15 cm"]


def test_labels_have_one_width(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,处理,备注\n２,ＣＫ,５ｍ²\n2,CK,x\n　3,石　膏,x\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "plots")
    said = {(p.column, p.values["value"], p.values["read"]) for p in reading.problems if p.code == "N-NORMALISED"}
    assert said == {("plot", "２", "2"), ("处理", "ＣＫ", "CK")}
    assert "E-DUPLICATE" in {p.code for p in reading.problems}
    (tmp_path / "s.csv").write_text("plot,处理,备注\n２,ＣＫ,５ｍ²\n3,石　膏,x\n", encoding="utf-8")
    frame = read.file(tmp_path / "s.csv", "plots").frame
    assert frame is not None
    assert frame["plot"].tolist() == ["2", "3"] and frame["treatment"].tolist() == ["CK", "石 膏"]
    assert frame["remark"].tolist() == ["５ｍ²", "x"]


def test_classes_of_the_design_are_read_as_the_cells(tmp_path: Path) -> None:
    text = (
        '[study]\ntitle = "t"\n[[design.factors]]\nfield = "treatment"\nreference = "ＣＫ"\norder = ["ＣＫ", "Ｓ１"]\n'
    )
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    (factor,) = settings.load(tmp_path).design.factors
    assert factor.reference == "CK" and factor.order == ("CK", "S1")


@pytest.mark.parametrize(("one", "other"), [("Control", "control"), ("石 膏", "石膏"), ("01", "1"), ("1.0", "1")])
def test_labels_that_are_nearly_the_same(tmp_path: Path, one: str, other: str) -> None:
    (tmp_path / "s.csv").write_text(f"plot,处理\nA,{one}\nB,{other}\nC,{other}\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "plots")
    (problem,) = (p for p in reading.problems if p.code == "W-LABEL-ALIKE")
    assert problem.rows == (2,) and one in problem.say("what", "en") and other in problem.say("what", "zh")
    assert reading.frame is not None and reading.frame["treatment"].tolist() == [one, other, other]


@pytest.mark.parametrize(("one", "other"), [("10", "1"), ("P1", "P10"), ("1.05", "1.5"), ("100", "1"), ("A1", "B1")])
def test_labels_that_differ(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_a_percent_sign_that_repeats_the_unit(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("plot,全氮(%)\nA,0.091%\nB,0.12 ％\nC,0.1\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "soil")
    assert reading.frame is not None, reading.problems
    assert reading.frame["total_nitrogen"].tolist() == pytest.approx([0.91, 1.2, 1.0])
    (said,) = (p for p in reading.problems if p.code == "N-NORMALISED")
    assert said.rows == (2, 3) and said.values["read"] == "0.091"


def test_merged_cells_do_not_hide_the_rest(tmp_path: Path) -> None:
    def change(book: object, sheet: object) -> None:
        sheet["D5"] = "alkaline"  # type: ignore[index]
        sheet.merge_cells("A3:A4")  # type: ignore[attr-defined]

    workbook(change)(tmp_path)
    codes = {p.code: p.rows for p in read.file(tmp_path / "soil.xlsx", "soil").problems if p.level == "error"}
    assert codes == {"E-MERGED": (3,), "E-NUMBER": (5,)}


def test_fluxes_in_any_usual_unit_are_recognised(tmp_path: Path) -> None:
    true = np.array([1.2, 3.4, 2.2, 4.1, 2.9])
    shown = true / units.convert([1.0], "mg CO2 m-2 h-1", "umol m-2 s-1", "CO2")[0]
    (tmp_path / "s.csv").write_text("plot,CO2通量\n" + "".join(f"P{i},{v}\n" for i, v in enumerate(shown)), "utf-8")
    reading = read.file(tmp_path / "s.csv", "fluxes")
    (problem,) = (p for p in reading.problems if p.code == "W-UNIT-FLUX")
    assert "mg CO2 m-2 h-1" in problem.values["units"] and "mg CO2-C m-2 h-1" in problem.values["units"]
    assert reading.frame is not None and reading.frame["co2_flux"].tolist() == pytest.approx(shown.tolist())


KEYS = {
    "soil": "plot,处理,土层,pH\nA,x,0-10,8\nA,x,10-20,8\nA,y,0-10,8\n",
    "fluxes": "plot,date,light_condition,CO2通量(umol/m2/s)\nA,2024-05-01,clear,1\nA,2024-05-01,dark,2\n",
    "sensors": "plot,time,sensor_depth,土温\nA,2024-05-01,10,1\nA,2024-05-01,30,1\n",
    "groundwater": "site,well,date,ph\nA,1,2024-05-01,8\nB,1,2024-05-01,8\n",
    "plants": "site,plot,year,盖度\nA,1,2020,8\nB,1,2020,8\nB,1,2021,8\n",
    "porewater": "site,plot,深度,ph\nA,1,10,8\nB,1,10,8\n",
    "microbes": "site,plot,shannon\nA,1,3\nB,1,3\n",
    "eddy": "site,time,nee\nA,2024-05-01,1\nB,2024-05-01,1\n",
    "chamber_concentrations": (
        "plot,closure,elapsed_time,co2,v,a,temperature,pressure\n1,A,0,400,1,1,20,101\n2,A,0,400,1,1,20,101\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KEYS)
def test_different_measurements_are_not_repeated(tmp_path: Path, kind: str) -> None:
    from halosink.quality import flag_table

    text = KEYS[kind]
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", kind)
    assert reading.frame is not None, reading.problems
    assert not [p for p in reading.problems if "DUPLICATE" in p.code]
    assert flag_table(reading.frame, table=kind).overview["repeated_key"].sum() == 0
    lines = text.splitlines()
    (tmp_path / "s.csv").write_text("\n".join([*lines, lines[-1]]) + "\n", encoding="utf-8")
    again = read.file(tmp_path / "s.csv", kind)
    (problem,) = (p for p in again.problems if p.code == "W-DUPLICATE")
    assert problem.rows == (len(lines) + 1,)
    assert "delete" not in problem.say("fix", "en").lower()
    if kind in ("soil", "plants", "porewater", "microbes"):
        assert again.frame is not None and flag_table(again.frame, table=kind).overview["repeated_key"].iloc[-1] == 1


def test_rows_that_name_nothing_are_not_repeated(tmp_path: Path) -> None:
    from halosink.quality import flag_table

    (tmp_path / "s.csv").write_text("plot,pH\n,8\n,8.1\nA,8\n", encoding="utf-8")
    reading = read.file(tmp_path / "s.csv", "soil")
    assert reading.frame is not None and not [p for p in reading.problems if "DUPLICATE" in p.code]
    assert flag_table(reading.frame, table="soil").overview["repeated_key"].sum() == 0


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("plot,layer\nP1,0-0.2\nP1,0.2-0.4\n", True),
        ("plot,depth_top,depth_bottom\nP1,0,0.2\nP1,0.2,0.4\n", True),
        ("plot,layer\nP1,0-2 cm\nP1,2-2.5 cm\n", False),
        ("plot,layer (cm)\nP1,0-2\n", False),
        ("plot,depth_top,depth_bottom\n,cm,cm\nP1,0,0.2\nP1,0.2,0.4\n", True),
        ("plot,layer (m)\nP1,0-0.2\n", False),
        ("plot,layer\nP1,0-2\nP1,2-20\n", False),
    ],
)
def test_depths_that_may_be_metres(tmp_path: Path, text: str, doubted: bool) -> None:
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    problems = read.file(tmp_path / "s.csv", "soil").problems
    assert ("W-DEPTH-METRES" in {p.code for p in problems}) is doubted


@pytest.mark.parametrize(
    ("row", "wrong"),
    [("0-20,0,20", False), ("0-20 cm,0,20", False), ("0-0.2,0,20", False), ("20-40,0,20", True), ("0-20,0,", False)],
)
def test_a_layer_agrees_with_the_depths_beside_it(tmp_path: Path, row: str, wrong: bool) -> None:
    (tmp_path / "s.csv").write_text(f"plot,layer,depth_top,depth_bottom\nP1,{row}\n", encoding="utf-8")
    problems = read.file(tmp_path / "s.csv", "soil").problems
    assert ([p.code for p in problems if p.level == "error"] == ["E-LAYER-CONTRADICTS"]) is wrong


def test_codes_of_layers_may_say_their_depths(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("plot,Depth,soil_organic_carbon\nP1,d1,10\nP1,d2,8\n", encoding="utf-8")
    said = {"columns": {"Depth": "layer"}, "codes": {"layer": {"d1": "0-5 cm", "d2": "5-15 cm"}}}
    table = settings.TableSettings.model_validate({"file": "t.csv", "kind": "soil", **said})
    frame = read.table(tmp_path, "soil", table).frame
    assert frame is not None
    assert frame["depth_top"].tolist() == [0, 5]
    assert frame["depth_bottom"].tolist() == [5, 15]
    assert frame["layer"].tolist() == ["0-5", "5-15"]
