"""A study of soil tables, from the files to classes, stocks, fractions, porewater and incubations."""

from __future__ import annotations

import pkgutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import halosink
from halosink import runner, soil, storage, study

HEAD = "plot,depth_top,depth_bottom,soil_organic_carbon,soil_inorganic_carbon,bulk_density,poc,maoc,ph_water,ec_1_5"
STEPS = ("soil_salinity", "soil_fractions", "soil_porewater", "soil_stocks", "soil_incubation")
DEPTHS = ((0, 10), (10, 30))
DESIGN = '[[design.factors]]\nfield = "treatment"\nreference = "control"\n'
WATER = "plot,porewater_ph,total_alkalinity,porewater_calcium,porewater_sodium,porewater_chloride,porewater_sulfate\n"


def good() -> list[dict[str, float | str]]:
    """Six plots, two layers each; carbon 12 and 6 g/kg, density 1.3; the fractions add up."""
    return [
        {
            **dict(zip(HEAD.split(","), (f"P{p}", *ends, carbon, 9.0, 1.3, 0.3 * carbon, 0.7 * carbon, 8.1, 0.4),
                       strict=True))
        }
        for p in range(1, 7)
        for ends, carbon in zip(DEPTHS, (12.0, 6.0), strict=True)
    ]  # fmt: skip


def make(folder: Path, toml: str = "", **texts: str) -> study.Study:
    kinds = {"soil": "soil", "plots": "plots", "water": "porewater", "jars": "incubations"}
    tables = "".join(f'[tables.{n}]\nfile = "{n}.csv"\nkind = "{kinds[n]}"\n' for n in texts)
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "study.toml").write_text(f'[study]\ntitle = "t"\n{tables}{toml}', encoding="utf-8")
    return study.open(folder)


def written(rows: list[dict[str, float | str]]) -> str:
    return str(pd.DataFrame(rows).to_csv(index=False))


def plots() -> str:
    lines = [f"A,P{i},{'control' if i < 4 else 'restored'}" for i in range(1, 7)]
    return "\n".join(["site,plot,treatment", *lines]) + "\n"


def run(opened: study.Study, *steps: str) -> dict[str, runner.Outcome]:
    return runner.run(runner.Workspace(opened.folder, opened.settings), only=steps or STEPS)


def frame(folder: Path, name: str) -> pd.DataFrame:
    return storage.frame(folder / "results" / f"{name}.parquet")


def told(opened: study.Study) -> dict[str, tuple[int, ...]]:
    return {p.code: p.rows for p in opened.doubts()}


def test_stocks_are_carbon_times_density_times_depth(tmp_path: Path) -> None:
    """0.1 (12 * 1.3 * 10 + 6 * 1.3 * 20) = 31.2 t/ha organic, 0.1 * 9 * 1.3 * 30 = 35.1 t/ha inorganic."""
    rows = good()
    for row in rows:
        row["bulk_density"] = 1.3 if str(row["plot"]) < "P4" else 1.625
    opened = make(tmp_path, DESIGN, soil=written(rows), plots=plots())
    outcomes = run(opened, "observations")
    assert outcomes["soil_stocks"].status == "done"
    found = frame(tmp_path, "soil/stocks").set_index(["method", "plot"]).sort_index()
    depth, mass = found.loc["fixed_depth"], found.loc["equal_mass"]
    assert depth.loc["P1", "soil_organic_carbon_stock"] == pytest.approx(31.2)
    assert depth.loc["P1", "soil_inorganic_carbon_stock"] == pytest.approx(35.1)
    assert depth.loc["P5", "soil_organic_carbon_stock"] == pytest.approx(31.2 * 1.25)
    assert mass["reference_mass"].to_numpy() == pytest.approx(np.full(6, 3900.0)), "that of the reference class"
    assert mass.loc["P5", "soil_inorganic_carbon_stock"] == pytest.approx(35.1), "the same mass holds the same"
    for kind, name in (("organic", "stock"), ("inorganic", "inorganic")):
        value = found[f"soil_{kind}_carbon_stock"]
        assert ((found[f"{name}_low"] < value) & (value < found[f"{name}_high"])).all()
    assert frame(tmp_path, "soil/stocks_rows")["used"].all()
    observed = frame(tmp_path, "observations/stocks")
    assert list(observed.sort_values("plot")["treatment"]) == ["control"] * 3 + ["restored"] * 3
    assert frame(tmp_path, "observations/stocks_equal_mass")["soil_inorganic_carbon_stock"].round(6).nunique() == 1


def test_an_interval_follows_the_confidence_asked(tmp_path: Path) -> None:
    width = {}
    for level in (0.8, 0.99):
        folder = tmp_path / str(level)
        folder.mkdir()
        run(make(folder, f"{DESIGN}[analysis]\nconfidence = {level}\n", soil=written(good()), plots=plots()))
        found = frame(folder, "soil/stocks")
        width[level] = (found["stock_high"] - found["stock_low"]).mean()
    assert 1.7 < width[0.99] / width[0.8] < 2.3, "2.576 / 1.282 for normal draws"


def test_several_depths_are_several_tables(tmp_path: Path) -> None:
    opened = make(tmp_path, f"{DESIGN}[soil]\ndepths = [30, 10]\n", soil=written(good()), plots=plots())
    run(opened, "observations")
    for depth, stock in ((10, 15.6), (30, 31.2)):
        found = frame(tmp_path, f"observations/stocks_{depth}cm")
        assert found["soil_organic_carbon_stock"].to_numpy() == pytest.approx(np.full(6, stock))


def test_bad_laboratory_tables_give_problems_with_rows_and_no_numbers(tmp_path: Path) -> None:
    rows = good()
    rows[0] |= {"poc": 20.0, "maoc": 28.0}
    rows[2]["bulk_density"] = -81
    rows[4]["bulk_density"] = 15
    rows[7]["depth_top"] = 5
    rows[8]["ph_water"] = 72
    opened = make(tmp_path, DESIGN, soil=written(rows), plots=plots())
    before = {p.code: p.rows for p in opened.check()}
    assert all(o.status in ("done", "skipped") for o in run(opened).values())
    found = told(opened)
    named = ("E-FRACTION-SUM", "E-STOCK-DENSITY", "E-STOCK-OVERLAP", "E-SALINITY-PH")
    assert {c: before.get(c) for c in named} == {c: found[c] for c in named}
    assert found["E-FRACTION-SUM"] == (2,)
    assert found["E-STOCK-DENSITY"] == (4, 6)
    assert found["E-STOCK-OVERLAP"] == (8, 9)
    assert found["E-SALINITY-PH"] == (10,)
    checks = frame(tmp_path, "soil/closure").set_index("source_row")
    assert list(checks.index[checks["verdict"] == "refused"]) == [2]
    profile = frame(tmp_path, "soil/stability")
    surface = profile[(profile["plot"] == "P1") & (profile["depth_top"] == 0) & profile["columns"].str.contains("maoc")]
    assert len(surface) and surface["value"].isna().all()
    stocks = frame(tmp_path, "soil/stocks")
    stocks = stocks[stocks["method"] == "fixed_depth"].set_index("plot")["soil_organic_carbon_stock"]
    assert list(stocks.index[stocks.notna()]) == ["P1", "P5", "P6"]
    used = frame(tmp_path, "soil/stocks_rows").set_index("source_row")
    assert list(used.index[~used["used"]]) == [4, 6, 8, 9]
    assert (used["reason"] != "").eq(~used["used"]).all()
    assert "ph_impossible" in frame(tmp_path, "soil/salinity").set_index("source_row").loc[10, "reason"]


def test_fractions_of_one_class_are_compared_with_the_reference(tmp_path: Path) -> None:
    run(make(tmp_path, DESIGN, soil=written(good()), plots=plots()))
    found = frame(tmp_path, "soil/stability").dropna(subset=["value"])
    beside = found[found["reference"] == "control"]
    assert set(beside["direction"]) == {"is_control", "not_distinguishable"}
    assert (beside["treatment"] == "control").eq(beside["direction"] == "is_control").all()
    share = found[found["index"] == "maoc_share"]
    assert len(share) and share["value"].to_numpy() == pytest.approx(np.full(len(share), 0.7))


def test_classes_follow_the_standard_that_is_chosen(tmp_path: Path) -> None:
    """ECe 3 dS/m is very slightly saline by one table (2 to 4) and slightly salty by the other (0.75 to 2, 2 to 4)."""
    from halosink.soil.salinity import class_tables

    rows = [{"plot": f"P{i}", "ec_saturated_paste": 3.0, "exchangeable_sodium_percentage": 40.0} for i in range(3)]
    for standard in ("nssh", "fao"):
        folder = tmp_path / standard
        folder.mkdir()
        run(make(folder, f'[soil]\nsalinity_standard = "{standard}"\n', soil=written(rows)))
        found = frame(folder, "soil/salinity")
        assert set(found["ece_class"]) <= set(class_tables()[f"salinity_ece.{standard}"].classes)
        assert set(found["ussl_class"]) == {"sodic"}
        assert set(found["table"]) == {"soil"}


def test_porewater_of_a_pH_that_cannot_be_has_no_pressure(tmp_path: Path) -> None:
    opened = make(tmp_path, water=WATER + "P1,7.4,4,80,46,71,0\nP2,72,4,80,46,71,0\n")
    run(opened)
    found = frame(tmp_path, "soil/porewater").set_index("plot")
    assert 1e-3 < found.loc["P1", "porewater_pco2"] < 1e-1 and np.isnan(found.loc["P2", "porewater_pco2"])
    assert told(opened)["E-SOILWATER-PH"] == (3,)


def test_incubations_give_back_the_parameters_they_were_made_of(tmp_path: Path) -> None:
    days = np.array([1, 2, 4, 7, 14, 21, 28, 42, 56, 70, 90, 120])
    noise = np.random.default_rng(5).normal(0, 0.005, len(days))
    release = 0.8 * (1 - np.exp(-0.1 * days)) * np.exp(noise)
    jars = pd.DataFrame({"incubation": "a", "plot": "P1", "incubation_time": days, "carbon_release_soil": release})
    falling = pd.DataFrame(
        {"incubation": "b", "plot": "P2", "incubation_time": days, "carbon_release_soil": 3 - 0.01 * days}
    )
    opened = make(tmp_path, DESIGN, jars=pd.concat([jars, falling]).to_csv(index=False), plots=plots())
    run(opened, "soil_incubation", "observations")
    series = frame(tmp_path, "soil/incubations").set_index("incubation")
    assert series.loc["a", "plot"] == "P1" and series.loc["a", "treatment"] == "control"
    assert series.loc["b", "reason"] == "falling_total" and told(opened)["W-INCUBATION-FALLING"] == (14,)
    found = frame(tmp_path, "soil/incubation_parameters").set_index("parameter")
    (pool,) = [n for n in found.index if n.startswith("pool")][:1]
    (rate,) = [n for n in found.index if n.startswith("rate")][:1]
    assert found.loc[pool, "value"] == pytest.approx(0.8, rel=0.05)
    assert found.loc[rate, "value"] == pytest.approx(0.1, rel=0.05)
    assert (found["low"] <= found["value"]).all() and (found["value"] <= found["high"]).all()
    assert not (tmp_path / "results" / "observations" / "jars.parquet").exists(), "readings are no values of a plot"


def test_incubations_at_two_temperatures_give_the_q10_they_were_made_of(tmp_path: Path) -> None:
    """Twice the speed 10 degC warmer."""
    days = np.array([1, 2, 4, 7, 10, 14, 21, 28, 35, 42, 56, 70])
    parts = []
    for name, warm, seed in (("cold", 15.0, 1), ("warm", 25.0, 2)):
        speed = 0.03 * 2 ** ((warm - 15) / 10)
        value = 4 * (1 - np.exp(-speed * days)) * np.exp(np.random.default_rng(seed).normal(0, 0.005, len(days)))
        columns = {"incubation": name, "incubation_group": "g", "incubation_temperature": warm}
        parts.append(pd.DataFrame(columns | {"incubation_time": days, "carbon_release_soil": value}))
    run(make(tmp_path, jars=pd.concat(parts).to_csv(index=False)))
    found = frame(tmp_path, "soil/incubation_responses").set_index("form").loc["q10"]
    assert found["along"] == "incubation_temperature" and found["value"] == pytest.approx(2.0, rel=0.05)
    assert found["low"] < found["value"] < found["high"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_steps_without_their_columns_say_what_to_add(tmp_path: Path, language: str) -> None:
    opened = make(tmp_path, soil="plot,total_nitrogen\nP1,1.2\n")
    outcomes = run(opened)
    for name in STEPS:
        assert outcomes[name].status == "skipped"
        assert outcomes[name].reason.to(language) and outcomes[name].add.to(language)  # type: ignore[arg-type]


def test_public_names_of_soil_are_functions_and_hide_no_area() -> None:
    assert len(set(soil.__all__)) == len(soil.__all__)
    modules = {m.name for m in pkgutil.iter_modules(soil.__path__)}
    assert set(soil.AREAS) == modules
    assert not modules & (set(soil.__all__) - set(soil.AREAS))
    for name in set(soil.__all__) - set(soil.AREAS):
        assert callable(getattr(halosink.soil, name)), name


def test_stocks_of_the_bay_equal_density_times_carbon_of_both_layers(tmp_path: Path, reference: Path) -> None:
    """As upstream sums them, grams per m2 = depth x 10,000 x density x per cent / 100, each layer by its depth."""
    from halosink import samples

    samples.prepare("sf_bay", tmp_path)
    found = study.open(tmp_path)
    found.run(only=["soil_stocks"])
    raw = pd.read_csv(tmp_path / "data/SF_sal_meta_FIX3.5.txt", sep="\t")
    thick = raw["Depth"].map({"d1": 5, "d2": 10})
    grams = (thick * 1e4 * raw["Bulk_dens"] * raw["C"] / 100).groupby(raw["Sample"].str[:-3]).sum()
    stocks = found["soil/stocks"]
    stocks = stocks[stocks["method"] == "fixed_depth"].set_index("core")["soil_organic_carbon_stock"]
    assert len(stocks) == 85
    np.testing.assert_allclose(stocks, grams.loc[stocks.index] / 100, rtol=1e-12)


def test_a_marsh_gets_the_class_of_its_water_and_a_field_does_not(tmp_path: Path) -> None:
    rows = [r | {"porewater_chloride": 0.2 * 19374.0, "salinity_class": "brackish"} for r in good()]
    for ground in ("mineral", "marsh"):
        folder = tmp_path / ground
        folder.mkdir()
        run(make(folder, f'{DESIGN}[soil]\nground = "{ground}"\n', soil=written(rows), plots=plots()))
    assert not [c for c in frame(tmp_path / "mineral", "soil/salinity") if c.startswith("wetland")]
    found = frame(tmp_path / "marsh", "soil/salinity")
    assert set(found["wetland_class"]) == {"mesohaline"}, "a fifth of sea water is 7 g/kg, between 5 and 18"


def test_a_marsh_without_a_measured_salinity_says_what_is_missing(tmp_path: Path) -> None:
    keep = ("plot", "depth_top", "depth_bottom", "soil_organic_carbon", "bulk_density")
    rows = [{k: r[k] for k in keep} | {"salinity_class": "brackish"} for r in good()]
    outcomes = run(make(tmp_path, f'{DESIGN}[soil]\nground = "marsh"\n', soil=written(rows), plots=plots()))
    assert outcomes["soil_salinity"].status == "done"
    found = frame(tmp_path, "soil/salinity")
    assert set(found["wetland_reason"]) == {"missing_water"} and (found["wetland_class"] == "").all()
