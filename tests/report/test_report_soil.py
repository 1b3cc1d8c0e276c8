"""The section on soil, from frames made by the functions that make them in a study."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.contracts import Language
from halosink.report.answers import answers
from halosink.report.build import render
from halosink.report.contents import Contents
from halosink.report.soil import soil
from halosink.report.soil_closure import closure
from halosink.report.soil_salinity import salinity
from halosink.report.soil_shared import Part, groups
from halosink.report.soil_short import incubations, porewater
from halosink.report.soil_stability import stability
from halosink.report.soil_stocks import stocks
from halosink.settings import Settings
from halosink.soil.carbonates.porewater import porewater_carbonate
from halosink.soil.fractions.closure import closure_checks
from halosink.soil.fractions.profile import stability as profile
from halosink.soil.incubation.table import Incubations
from halosink.soil.incubation.table import incubations as fitted
from halosink.soil.salinity import ClassOptions, classify
from halosink.soil.stocks.table import carbon_stocks
from halosink.steps.soil_incubation import _bounded
from halosink.steps.soil_stocks import _side_by_side

SETTINGS = Settings.model_validate({
    "study": {"title": {"en": "Soil", "zh": "土壤"}},
    "tables": {"soil": {"file": "soil.csv", "kind": "soil"}, "plots": {"file": "plots.csv", "kind": "plots"}},
    "design": {
        "factors": [
            {
                "field": "treatment",
                "reference": "CK",
                "order": ["CK", "G"],
                "labels": {"CK": {"en": "control", "zh": "对照"}, "G": {"en": "gypsum", "zh": "石膏"}},
            }
        ]
    },
})  # fmt: skip
PLOTS = pd.DataFrame({"plot": ["P1", "P2", "P3", "P4"], "treatment": ["CK", "CK", "G", "G"]})
KINDS: tuple[Literal["organic"], Literal["inorganic"]] = ("organic", "inorganic")
METHODS: tuple[Literal["fixed_depth"], Literal["equal_mass"]] = ("fixed_depth", "equal_mass")
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def soil_table() -> pd.DataFrame:
    """Four plots with three layers; one sample without EC, two without sodicity, one far from any limit."""
    random = np.random.default_rng(3)
    rows = [(p, top, top + 10.0) for p in PLOTS["plot"] for top in (0.0, 10.0, 20.0)]
    frame = pd.DataFrame(rows, columns=["plot", "depth_top", "depth_bottom"])
    frame["source_file"], frame["source_row"] = "soil.csv", np.arange(2, 14)
    frame["ec_saturated_paste"] = [1.0, 9.0, *([np.nan] * 10)]
    frame["ec_1_5"] = [np.nan, np.nan, np.nan, *np.geomspace(0.1, 3.0, 9)]
    frame["exchangeable_sodium_percentage"] = [3.0, 30.0, *np.linspace(2, 40, 8), np.nan, np.nan]
    frame["ph_water"] = 8.2
    carbon = np.tile([9.0, 7.0, 5.0], 4) * np.exp(0.05 * random.standard_normal(12))
    frame["soil_organic_carbon"] = carbon
    frame["soil_inorganic_carbon"] = 12.0
    frame["bulk_density"] = np.repeat([1.5, 1.5, 1.35, 1.35], 3)
    frame["poc"] = 0.3 * carbon * np.exp(0.04 * random.standard_normal(12))
    frame["maoc"] = 0.65 * carbon * np.exp(0.04 * random.standard_normal(12)) * np.repeat([1.0, 1.0, 1.2, 1.2], 3)
    frame.loc[11, "maoc"] = 100.0 - frame.loc[11, "poc"]
    frame["mean_weight_diameter"] = np.repeat([0.5, 0.5, 1.4, 1.4], 3) * np.exp(0.04 * random.standard_normal(12))
    return frame


def classes() -> pd.DataFrame:
    return classify(soil_table())[0].assign(table="soil")


def indices() -> pd.DataFrame:
    """Three samples of every plot and layer taken as replicates of a treatment."""
    frame = soil_table().merge(PLOTS, on="plot").assign(site="S1")
    frame = frame.drop(columns=["depth_top", "depth_bottom"])
    return profile(frame, ["site", "treatment"], control=("treatment", "CK"), draws=400)[0]


def amounts(depths: tuple[float, ...] = (20.0, 30.0)) -> pd.DataFrame:
    """As the step writes it, both kinds of carbon by both methods; the last profile lost its deepest layer."""
    frame = soil_table().iloc[:-1]
    tables = {
        (kind, method): carbon_stocks(frame, depths, method=method, carbon=kind, draws=100, profile=["plot"])[0].table
        for kind in KINDS
        for method in METHODS
    }
    return _side_by_side(tables, ["plot"]).assign(table="soil")  # type: ignore[arg-type]


def waters() -> pd.DataFrame:
    frame = pd.DataFrame({
        "plot": ["P1", "P2", "P3"], "source_file": "water.csv", "source_row": [2, 3, 4],
        "porewater_ph": [7.8, 8.4, np.nan], "total_alkalinity": [5.0, 9.0, 5.0],
        "porewater_calcium": [80.0, 60.0, 80.0],
        "porewater_magnesium": [20.0, 40.0, 20.0], "porewater_sodium": [300.0, 900.0, 300.0],
        "porewater_potassium": [5.0, 9.0, 5.0], "porewater_chloride": [300.0, 1000.0, 300.0],
        "porewater_sulfate": [150.0, 300.0, 150.0],
    })  # fmt: skip
    return porewater_carbonate(frame)[0]


def released() -> Incubations:
    days = np.array([1.0, 3.0, 7.0, 14.0, 28.0, 56.0, 90.0])
    made = [pd.DataFrame({"incubation": "A", "incubation_time": days, "release_unit": "mg C g-1 soil",
                          "release_value": 1.2 * -np.expm1(-0.05 * days)}),
            pd.DataFrame({"incubation": "B", "incubation_time": days[:1], "release_unit": "mg C g-1 soil",
                          "release_value": 0.4})]  # fmt: skip
    return fitted(pd.concat(made, ignore_index=True), draws=20)[0]


FRAMES = {
    "soil/salinity": classes,
    "soil/stability": indices,
    "soil/closure": lambda: closure_checks(soil_table())[0],
    "soil/stocks": amounts,
    "soil/porewater": waters,
    "soil/incubations": lambda: released().series,
    "soil/incubation_parameters": lambda: _bounded(released(), 0.95),
}


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return {name: make() for name, make in FRAMES.items()}


@pytest.fixture(scope="module")
def contents(frames: dict[str, pd.DataFrame]) -> Contents:
    return Contents(settings=SETTINGS, frames=frames | {"tables/plots": PLOTS, "tables/soil": soil_table()})


def said(part: Part | None) -> str:
    assert part is not None
    return " ".join(part.lines)


def cells(part: Part | None, caption: str) -> list[dict[str, str]]:
    assert part is not None
    found = next(t for t in part.tables if t.caption.startswith(caption))
    return [dict(zip(found.columns, row, strict=True)) for row in found.cells]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_section_stands_on_the_page(contents: Contents, language: Language) -> None:
    page = render(contents, language)
    section = re.search(r'<section id="soil">.*?</section>', page, re.S)
    assert section and 'href="#soil"' in page
    for part in soil(contents, language):
        assert f"<h3>{part.title}</h3>" in section[0]
        assert all(len(row) == len(t.columns) == len(t.headings) for t in part.tables for row in t.cells)
    assert not re.search(r"\bnan\b|NaT|None|\{\w+\}", re.sub(r"<svg.*?</svg>", "", section[0], flags=re.S))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FRAMES)
def test_every_frame_renders_alone(frames: dict[str, pd.DataFrame], name: str, language: Language) -> None:
    if name == "soil/incubation_parameters":
        assert soil(Contents(settings=SETTINGS, frames={name: frames[name]}), language) == []
        return
    alone = Contents(settings=SETTINGS, frames={name: frames[name]})
    found = soil(alone, language)
    assert found and 'id="soil"' in render(alone, language)


def test_no_frame_no_section() -> None:
    assert soil(Contents(settings=SETTINGS), "en") == []
    assert 'id="soil"' not in render(Contents(settings=SETTINGS), "en")


def test_classes_are_counted_and_what_is_missing_is_named(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    frame = frames["soil/salinity"]
    known = int((frame["ussl_class"] != "").sum())
    found = salinity(contents, "en")
    assert f"{known} of 12 soil samples can be classed" in said(found)
    assert "no conductivity of a named extract was measured (1)" in said(found)
    assert "neither an exchangeable sodium percentage nor a sodium adsorption ratio was measured (2)" in said(found)


def test_an_extract_that_leaves_the_class_open_is_told(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    frame = frames["soil/salinity"]
    best = frame[["p_normal", "p_saline", "p_sodic", "p_saline_sodic"]].max(axis=1)
    open_ = int((best < 0.8).sum())
    assert open_
    found = salinity(contents, "en")
    assert re.search(rf"{open_} of \d+ classes are uncertain", said(found)) and "1:5" in said(found)
    rows = cells(found, "Class of every")
    for row, p in zip(rows, best, strict=True):
        assert row["class_p"] == ("" if p != p else f"{p:.2f}")


def test_shares_stand_per_class_of_the_design(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    found = salinity(contents, "zh")
    assert found is not None
    data = found.figures[0].data
    assert list(data.index) == ["对照", "石膏"] and data.sum(axis=1).tolist() == [6, 6]
    by_plot = frames["soil/salinity"].groupby("plot")["ussl_class"].apply(lambda c: int((c == "").sum()))
    assert data["无法分级"].tolist() == [by_plot["P1"] + by_plot["P2"], by_plot["P3"] + by_plot["P4"]]


def test_without_a_design_rows_stand_by_site_or_together() -> None:
    frame = pd.DataFrame({"site": ["S10", "S2", "S2"]})
    bare = Contents(settings=Settings.model_validate({"study": {"title": {"en": "a", "zh": "b"}}}))
    assert groups(frame, bare, "en").order == ["S2", "S10"]
    assert groups(frame.drop(columns="site"), bare, "en").order == ["all samples"]


def test_each_mechanism_stands_alone_beside_the_control(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    parts = stability(contents, "en")
    assert [p.title for p in parts] == ["Biochemical recalcitrance", "Association with minerals",
                                        "Protection in aggregates"]  # fmt: skip
    assert "Nothing was measured for this mechanism" in said(parts[0])
    assert "Held more firmly than the control: mean weight diameter (1 of 1)" in said(parts[2])
    frame = frames["soil/stability"]
    row = frame[(frame["index"] == "mean_weight_diameter") & (frame["direction"] == "firmer")].iloc[0]
    drawn = parts[2].figures[0].data
    drawn = drawn[drawn["index"] == "mean_weight_diameter"].iloc[0]
    assert drawn["d"] == pytest.approx(100 * (row["value"] / row["reference_value"] - 1))
    assert drawn["d_low"] > 0
    assert "score" in parts[0].lines[0]


def test_many_groups_are_dots_of_their_class(frames: dict[str, pd.DataFrame]) -> None:
    one = frames["soil/stability"]
    many = pd.concat([one.assign(plot=f"{p}") for p in range(40)], ignore_index=True)
    parts = stability(Contents(settings=SETTINGS, frames={"soil/stability": many}), "en")
    for part in parts[1:]:
        assert len(part.figures) == 1 and "median" in part.figures[0].caption
    assert (parts[2].figures[0].data["group"] == "gypsum").all() and len(parts[2].figures[0].data) == 40


def test_a_column_more_in_the_stocks_parts_no_profile(frames: dict[str, pd.DataFrame]) -> None:
    frame = frames["soil/stocks"].assign(extra=range(len(frames["soil/stocks"])))
    found = stocks(Contents(settings=SETTINGS, frames={"soil/stocks": frame, "tables/plots": PLOTS}), "en")
    assert "0–20 cm, 4 of 4" in said(found)


def test_what_was_not_measured_is_named_with_what_lacks(contents: Contents) -> None:
    rows = cells(stability(contents, "en")[2], "Indices without")
    share = next(r for r in rows if r["index"] == "Share of aggregate carbon in macroaggregates")
    assert share["reason"] == "not measured" and "acroaggregate" in share["lacking"] and share["groups"] == "2"


def test_refused_sums_come_first_with_their_reason(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    found = closure(contents, "en")
    counts = frames["soil/closure"]["verdict"].value_counts()
    assert f"refused {counts['refused']}." in said(found)
    row = cells(found, "Flagged")[0]
    assert row["row"] == "13" and "percentages" in row["comment"]


def test_both_methods_stand_side_by_side(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    found = stocks(contents, "en")
    frame = frames["soil/stocks"]
    rows = [r for r in cells(found, "Soil") if r["depth_to"] == "0–20 cm"]
    assert [r["class"] for r in rows] == ["control", "gypsum"]
    own_density = {"control": 1.5, "gypsum": 1.35}
    for row, plots in zip(rows, (("P1", "P2"), ("P3", "P4")), strict=True):
        for column, method in (("stock_fixed", "fixed_depth"), ("stock_mass", "equal_mass")):
            own = frame[(frame["method"] == method) & (frame["depth_bottom"] == 20) & frame["plot"].isin(plots)]
            by_hand = own["soil_organic_carbon_stock"].mean()
            assert float(row[column].split(" ")[0]) == pytest.approx(by_hand, rel=5e-3)
        assert float(row["stock_inorganic"].split(" ")[0]) == pytest.approx(12 * 20 * own_density[row["class"]] / 10)


def test_a_shallow_profile_is_named_and_a_stock_is_no_sequestration(contents: Contents) -> None:
    found = stocks(contents, "en")
    assert "0–30 cm, 3 of 4" in said(found) and vocabulary.say(
        "soil_stocks.stock.not_deep_enough", "en"
    ) + " (1)" in said(found)
    assert found is not None and "not sequestration" in found.not_shown and "two dates" in found.not_shown
    assert len(found.figures) == 2 and found.figures[0].data["fixed"].notna().sum() == 4


def test_many_profiles_are_dots_of_their_class() -> None:
    one = amounts((20.0,))
    many = pd.concat([one.assign(core=f"C{i}") for i in range(12)], ignore_index=True)
    many = many[["core", *one]]
    found = stocks(Contents(settings=SETTINGS, frames={"soil/stocks": many, "tables/plots": PLOTS}), "zh")
    assert found is not None and "浅色点" in found.figures[0].caption
    assert len(found.figures[0].data) == 48


def test_inorganic_carbon_alone_has_its_own_table() -> None:
    frame = carbon_stocks(soil_table(), (20.0,), carbon="inorganic", draws=50, profile=["plot"])[0].table
    found = stocks(Contents(settings=SETTINGS, frames={"soil/stocks": frame}), "en")
    assert found is not None and "inorganic carbon" in found.lines[0].lower()
    assert "stock_mass" not in found.tables[0].columns


def test_short_tables_give_reasons(contents: Contents) -> None:
    water = porewater(contents, "en")
    assert "2 of 3 porewater samples" in said(water) and "a measurement is missing (1)" in said(water)
    first = cells(water, "Porewater, median")[0]
    by_hand = 10 ** -np.array([7.8, 8.4]) * np.array([5e-3, 9e-3]) / 10**-7.82  # K1 and Henry at 25 degC, no salt
    assert first["unit"] == "atm" and float(first["median"]) == pytest.approx(by_hand.mean(), rel=0.4)
    bottle = incubations(contents, "en")
    assert "1 of 2 series" in said(bottle)
    row = cells(bottle, "Incubations")[1]
    assert row["incubation_model"] == "" and row["comment"] == "too few readings"


def test_a_fit_tells_which_parameters_its_readings_set(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    rows = cells(incubations(contents, "en"), "Parameters")
    frame = frames["soil/incubation_parameters"]
    assert len(rows) == len(frame)
    rate = next(r for r in rows if r["parameter"].startswith("Rate"))
    assert float(rate["estimate_with"].split(" ")[0]) == pytest.approx(0.05, rel=0.05)
    assert rate["unit"] == "d⁻¹" and "identif" in rate["comment"]


def test_a_study_without_classes_is_answered_by_its_samples(frames: dict[str, pd.DataFrame]) -> None:
    bare = Contents(settings=SETTINGS, frames={"soil/salinity": frames["soil/salinity"]})
    assert "soil samples can be classed" in answers(bare, "en").summary[0]
    assert "soil samples" not in " ".join(answers(Contents(settings=SETTINGS), "en").summary)


def test_long_tables_are_cut_and_say_where_the_rest_is(frames: dict[str, pd.DataFrame]) -> None:
    many = pd.concat([frames["soil/salinity"]] * 100, ignore_index=True)
    found = salinity(Contents(settings=SETTINGS, frames={"soil/salinity": many}), "en")
    assert found is not None
    assert len(found.tables[0].cells) == 1000 and "results/soil/salinity.parquet" in found.tables[0].caption
    marked = sum(bool(found.tables[0].mark(i)) for i in range(1000))
    assert marked >= 100 * int((frames["soil/salinity"]["reason"] != "").sum())


MARSH = Settings.model_validate({
    "study": {"title": {"en": "Marsh", "zh": "沼泽"}},
    "tables": {"soil": {"file": "soil.csv", "kind": "soil", "columns": {
        "sal": {"field": "salinity_ppt", "per": "core"}, "n": "total_nitrogen"}}},
    "design": {"factors": [{"field": "salinity_class", "reference": "fresh", "order": ["fresh", "salt"]}]},
})  # fmt: skip


def marsh(**columns: object) -> Contents:
    """Three cores of two layers, salinity measured once per core."""
    frame = pd.DataFrame({
        "core": ["A", "A", "B", "B", "C", "C"], "depth_top": [0.0, 10.0] * 3, "depth_bottom": [10.0, 20.0] * 3,
        "source_file": "soil.csv", "source_row": range(2, 8), **columns,
    })  # fmt: skip
    made = classify(frame, ClassOptions(wetland=True))[0].assign(table="soil")
    made["salinity_class"] = ["fresh"] * 2 + ["salt"] * 4
    stocked = frame.assign(soil_organic_carbon=50.0, bulk_density=0.4)
    stocked = carbon_stocks(stocked, (20.0,), draws=20, profile=["core"])[0].table
    return Contents(MARSH, {"soil/salinity": made, "soil/stocks": stocked.assign(table="soil")})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_water_of_a_core_counts_once(language: Language) -> None:
    part = salinity(marsh(salinity_ppt=[0.2, 0.2, 24.0, 24.0, np.nan, np.nan]), language)
    assert part is not None
    shown = part.figures[0].data
    assert shown.to_numpy().sum() == 3
    assert len(part.tables) == 1 and len(part.tables[0].cells) == 3
    said = {"en": ("fresh 1, polyhaline 1", "2 of 3"), "zh": ("淡水 1、多盐 1", "3 个测定中有 2 个")}[language]
    assert all(s in part.lines[0] for s in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_marsh_without_salinity_names_the_measurement_and_the_classes_of_the_study(language: Language) -> None:
    part = salinity(marsh(), language)
    assert part is not None and not part.figures and not part.tables
    assert "porewater_chloride" in part.lines[0] and "6" in part.lines[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_fractions_the_section_says_what_is_missing(language: Language) -> None:
    parts = stability(marsh(salinity_ppt=[1.0] * 6), language)
    assert len(parts) == 1 and len(parts[0].tables[0].cells) == 3
    shown = " ".join(c for row in parts[0].tables[0].cells for c in row)
    assert vocabulary.field("maoc").label.to(language) in shown
    assert len(parts[0].lines) == 2, "nitrogen was measured, and is said not to stand in for fractions"
    assert not stability(Contents(MARSH), language)
