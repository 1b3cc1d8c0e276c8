"""A study from its soil table to the results of the response model, with few draws."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from halosink import runner, storage, study
from halosink.plant import evaporation
from halosink.problems import UserError
from halosink.settings_model import Model, Name
from halosink.steps import model as step
from halosink.study_model import climate as model_climate
from halosink.study_model import tables as model_tables

HEAD = ("plot,depth_top,depth_bottom,soil_organic_carbon,bulk_density,poc,maoc,ph_water,ec_saturated_paste,"
        "exchangeable_sodium_percentage,clay,sand,cation_exchange_capacity")  # fmt: skip
CLIMATE = """temperature = [-10, -6, 1, 10, 17, 22, 24, 21, 16, 8, 0, -8]
precipitation = [1, 2, 4, 6, 15, 20, 36, 36, 20, 8, 2, 1]
potential_evaporation = [15, 25, 60, 115, 165, 185, 180, 150, 105, 65, 30, 15]
"""
SMALL = f"""[model]
years = 3
draws = 20
irrigation = 300
potential_production = 500
{CLIMATE}
[[model.interventions]]
do = ["straw_return"]
amounts.straw_return.amount = 100

[[model.interventions]]
do = ["gypsum", "leaching"]
"""
DESIGN = '[[design.factors]]\nfield = "treatment"\nreference = "control"\napplied = true\n' + (
    '[[design.factors]]\nfield = "salinity_class"\nreference = "low"\napplied = false\norder = ["low", "high"]\n'
)


def soil(carbon: float = 10.0) -> str:
    rows = [HEAD]
    for plot in range(1, 5):
        salt = 2.0 if plot < 3 else 12.0
        for (top, bottom), share in (((0, 10), 1.0), ((10, 40), 0.5)):
            c = carbon * share
            rows.append(f"P{plot},{top},{bottom},{c},1.4,{0.3 * c},{0.7 * c},8.3,{salt},{salt},22,35,14")
    return "\n".join(rows) + "\n"


PLOTS = "site,plot,treatment,salinity_class,latitude\n" + "\n".join(
    f"A,P{p},{'control' if p % 2 else 'restored'},{'low' if p < 3 else 'high'},40.8" for p in range(1, 5)
)


FLUXES = "plot,ch4_flux\n" + "P1,10\nP1,20\n" * 170 + "P3,5\n" * 300
"""340 readings of the class low, 15 nmol m-2 s-1 in the mean; too few of the class high."""


def make(folder: Path, toml: str = SMALL, **texts: str) -> study.Study:
    tables = {"soil": soil(), "plots": PLOTS + "\n"} | texts
    said = "".join(f'[tables.{n}]\nfile = "{n}.csv"\nkind = "{n}"\n' for n in tables)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "study.toml").write_text(f'[study]\ntitle = "t"\n{said}{DESIGN}{toml}', encoding="utf-8")
    return study.open(folder)


def run(opened: study.Study) -> runner.Outcome:
    return runner.run(runner.Workspace(opened.folder, opened.settings), only=("model", "soil_salinity"))["model"]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("model")
    outcome = run(make(folder, fluxes=FLUXES))
    assert outcome.status == "done", outcome.reason
    return folder


def frame(folder: Path, name: str) -> pd.DataFrame:
    return storage.frame(folder / "results" / "model" / f"{name}.parquet")


def test_every_scenario_and_class_has_its_course(done: Path) -> None:
    found = frame(done, "response")
    keys = ["as_is", "straw_return (amount=100)", "gypsum+leaching"]
    assert list(found["scenario"].unique()) == keys and list(found["class"].unique()) == ["low", "high"]
    assert (found.groupby(["class", "scenario", "quantity"])["year"].nunique() == 3).all()
    assert ((found["low"] <= found["median"]) & (found["median"] <= found["high"])).all()


def test_the_stock_begins_as_measured(done: Path) -> None:
    """1.4 g/cm3: 10 g/kg in 10 cm, 5 in 20 cm, and below what fades from 5 g/kg over 40 cm with 45 cm between."""
    found = frame(done, "cores")
    first = found[(found["core"] == "monthly") & (found["year"] == 0)]["soc"].to_numpy()
    assert first == pytest.approx(1400 * (10 * 0.1 + 5 * 0.2 + 5.0 * 0.7), rel=1e-9) or first == pytest.approx(
        1400 * (1.0 + 1.0 + 0.7 * model_tables.filled(np.array([10, 5, np.nan]), True)[2]), rel=1e-9
    )
    millennial = found[(found["core"] == "millennial") & (found["year"] == 0)]["soc"].to_numpy()
    assert millennial == pytest.approx(first, rel=1e-9)


def test_straw_gains_less_than_it_brings(done: Path) -> None:
    found = frame(done, "interventions").set_index(["scenario", "class"])
    straw = found.loc["straw_return (amount=100)"]
    assert straw["brought"].to_numpy() == pytest.approx(300.0) and (straw["gain"] == 1.0).all()
    assert ((straw["high"] < 300) & (straw["low"] > 0)).all()
    assert (found.loc["gypsum+leaching"]["esp_median"] < 0).all()
    assert set(found["gain"].between(0, 1)) == {True}


def test_carbon_water_and_salt_are_closed(done: Path) -> None:
    checks = frame(done, "checks").set_index("check")
    for kind in ("carbon", "water", "salt", "sodium"):
        assert (
            bool(checks.loc[f"model_{kind}_closed", "passed"]) and checks.loc[f"model_{kind}_closed", "value"] < 1e-11
        )
    assert bool(checks.loc["model_draws_finite", "passed"])


def test_water_that_comes_is_the_rain_and_the_irrigation(done: Path) -> None:
    ledger = frame(done, "ledger")
    water = ledger[ledger["kind"] == "water"].set_index(["process", "source", "target"])["median"]
    assert water.loc[("water", "sky", "water")].max() <= 151.0 + 1e-9
    assert water.loc[("water", "brought", "water")].max() <= 300.0 + 1e-9


def test_measured_methane_stands_beside_the_modelled(done: Path) -> None:
    """15 nmol m-2 s-1 of CH4 are 15e-9 x 12.011 x 31,557,600 = 5.69 g C m-2 in a year."""
    found = frame(done, "measured")
    assert list(found["class"]) == ["low"] and list(found["quantity"]) == ["methane"]
    assert found["measured"].item() == pytest.approx(15e-9 * 12.011 * 31_557_600) and found["readings"].item() == 340
    first = frame(done, "response").query("scenario == 'as_is' and year == 1 and quantity == 'methane'")
    assert found["median"].item() == pytest.approx(first.set_index("class").loc["low", "median"])


DECLARED = """[model]
by = "plot"
years = 2
draws = 20
cores = false
interventions = []
potential_production = 400
groundwater_depth = { P1 = 0.0, P2 = 3.0 }
sulphate = { P1 = 28.0 }

[model.soil]
soil_organic_carbon = { P1 = 80, P2 = 10, P3 = 10 }
bulk_density = { P1 = 0.33 }

[model.climates.P1]
temperature = [10, 11, 12, 14, 16, 18, 18, 19, 18, 17, 13, 11]
precipitation = [75, 70, 55, 25, 10, 3, 0, 0, 5, 20, 40, 55]
latitude = 38

[model.climates.P2]
temperature = [1, 2, 7, 13, 18, 23, 25, 24, 22, 15, 10, 6]
precipitation = [95, 86, 95, 92, 95, 92, 95, 95, 92, 95, 92, 95]
latitude = 39
"""


def test_declared_soil_and_climates_of_classes(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    soils = "plot,depth_top,depth_bottom,ph_water\nP1,0,20,7\n"
    opened = make(tmp_path, DECLARED, soil=soils)
    assert run(opened).status == "done"
    held = frame(tmp_path, "response").query("scenario == 'as_is' and year == 1 and quantity == 'soc'")
    assert set(held["class"]) == {"P1", "P2"}
    told = {p["code"]: p["values"] for p in storage_problems(tmp_path)}
    assert {"N-MODEL-DECLARED", "W-MODEL-FLOODED", "W-MODEL-NO-CLIMATE"} <= set(told)
    assert told["W-MODEL-FLOODED"]["list"] == "P1" and told["W-MODEL-NO-CLIMATE"]["class"] == "P3"
    rain = frame(tmp_path, "ledger").query("process == 'water' and source == 'sky' and target == 'water'")
    assert (rain.set_index("class")["median"] <= [358.0 + 1e-9, 1119.0 + 1e-9]).all()


def test_without_a_soil_table_the_declared_one_stands() -> None:
    chosen = Model(soil={"soil_organic_carbon": 30.0, "clay": {"A": 12.0}})
    assert model_tables._soil_of(chosen, "A") == {"soil_organic_carbon": 30.0, "clay": 12.0}
    assert model_tables._soil_of(chosen, "B") == {"soil_organic_carbon": 30.0}


def test_the_two_ways_of_salt_pull_apart(done: Path) -> None:
    split = frame(done, "split").set_index(["part", "class"])["median"]
    assert (split["less_input"] <= 0).all() and (split["slower_decay"] >= 0).all()
    assert split["slower_decay", "high"] > split["slower_decay", "low"]


def test_all_cores_run_on(done: Path) -> None:
    found = frame(done, "cores")
    assert set(found["core"]) == {"monthly", "rothc", "rothc_salt", "century", "mimics", "millennial"}
    assert np.isfinite(found["soc"]).all() and (found["soc"] > 0).all()
    last = found[found["year"] == 3].pivot(index="class", columns="core", values="soc")
    assert (last["rothc_salt"] >= last["rothc"]).all()


def test_what_stood_in_is_told(done: Path) -> None:
    told = {p["code"] for p in storage_problems(done)}
    assert {"N-MODEL-TREATED", "N-MODEL-DEEP", "N-MODEL-DEFAULT", "N-MODEL-NO-GROUNDWATER"} <= told
    assert not told & {"N-MODEL-MIAMI", "N-MODEL-THORNTHWAITE", "N-MODEL-LATITUDE"}


def storage_problems(folder: Path) -> list[dict[str, Any]]:
    import json

    found: list[dict[str, Any]] = json.loads((folder / "results" / "model" / "problems.json").read_text("utf-8"))[
        "problems"
    ]
    return found


def test_residence_is_stock_over_loss(done: Path) -> None:
    held = frame(done, "residence").set_index(["stock", "class"])
    assert 0.05 < held.loc[("doc", "low"), "median"] < 1 < 5 < held.loc[("maom", "low"), "median"]


@pytest.mark.parametrize(
    ("toml", "said"),
    [("", "temperature and precipitation"), ("[model]\nrun = false\n", "run = false")],
)
def test_what_lacks_is_said(tmp_path: Path, toml: str, said: str) -> None:
    outcome = run(make(tmp_path, toml))
    assert outcome.status == "skipped" and said in outcome.reason.en


def test_without_carbon_nothing_is_modelled(tmp_path: Path) -> None:
    bare = "plot,depth_top,depth_bottom,ec_saturated_paste\nP1,0,20,4\n"
    outcome = run(make(tmp_path, SMALL, soil=bare))
    assert outcome.status == "skipped" and "soil organic carbon" in outcome.reason.en


def test_without_jax_the_part_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "find_spec", lambda name: None if name == "jax" else find_spec(name))
    outcome = run(make(tmp_path))
    assert outcome.status == "skipped" and "halosink[model]" in outcome.add.en


def test_an_amount_out_of_range_stops(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    toml = f'[model]\nyears = 2\ndraws = 20\n{CLIMATE}[[model.interventions]]\ndo = ["biochar"]\n'
    with pytest.raises(UserError) as error:
        run(make(tmp_path, toml + "amounts.biochar.amount = 1e9\n"))
    assert [p.code for p in error.value.problems] == ["E-MODEL-AMOUNT"]
    assert error.value.problems[0].values["high"] == "20000"


def test_an_option_that_is_not_there_stops(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    toml = f'[model]\nyears = 2\ndraws = 20\n{CLIMATE}[[model.interventions]]\ndo = ["biochar"]\n'
    with pytest.raises(UserError) as error:
        run(make(tmp_path, toml + "amounts.leaching.amount = 100\namounts.biochar.much = 1\n"))
    assert [p.code for p in error.value.problems] == ["E-MODEL-OPTION", "E-MODEL-OPTION"]


def test_months_are_twelve(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        make(tmp_path, "[model]\ntemperature = [1, 2, 3]\n")
    assert [p.column for p in error.value.problems] == ["model.temperature"]


def test_names_are_those_of_the_interventions() -> None:
    pytest.importorskip("jax")
    from typing import get_args

    from halosink.model.interventions import interventions

    assert set(get_args(Name)) == set(interventions())
    assert all(set(one.do) <= set(get_args(Name)) for one in Model().interventions)


def test_defaults_agree_with_the_model() -> None:
    pytest.importorskip("jax")
    from halosink.model import monthly, plot
    from halosink.model.functions.osmotic import CHARGE_PER_EC

    assert plot.LAYERS == model_tables.LAYERS and monthly.FADING == model_tables.FADING
    assert CHARGE_PER_EC == model_tables.PER_EC


def test_layers_are_weighted_by_what_a_sample_covers() -> None:
    """0-20 cm at 10 and 20-40 at 4: 10 in the first, (10 x 10 + 4 x 10) / 20 = 7 in the second, 4 in the third."""
    table = pd.DataFrame({"depth_top": [0, 20], "depth_bottom": [20, 40], "clay": [10.0, 4.0]})
    assert model_tables.by_layer(table, "clay") == pytest.approx([10, 7, 4])
    assert model_tables.filled(np.array([np.nan, 5.0, np.nan])) == pytest.approx([5, 5, 5])


def test_sun_and_evaporation_against_published_values() -> None:
    """Allen 1998, examples 8 and 9: 32.2 MJ m-2 d-1 and 11.7 h at 20 S on 3 September; months lie near it."""
    september = model_climate.sky_radiation(-20.0)[8] / 0.408
    assert september == pytest.approx(33.3, abs=1.5) and evaporation.day_length(-20.0)[8] == pytest.approx(12, abs=0.3)
    assert evaporation.day_length(0.0) == pytest.approx(12.0)
    assert evaporation.thornthwaite(np.full(12, -5.0), 45.0) == pytest.approx(0.0)


def test_thornthwaite_is_sixteen_times_ten_warm_shares() -> None:
    """At the equator all months alike at 20 degC: I = 12 x 4^1.514 = 97.9, a = 2.140, 16 (200 / I)^a = 73.9 mm."""
    months = evaporation.thornthwaite(np.full(12, 20.0), 0.0) / evaporation.DAYS * 30
    index = 12 * 4**1.514
    power = 6.75e-7 * index**3 - 7.71e-5 * index**2 + 1.792e-2 * index + 0.49239
    assert months == pytest.approx(16 * (200 / index) ** power) and months[0] == pytest.approx(73.9, abs=0.5)


def test_production_is_shared_out_by_warmth() -> None:
    assert model_climate.over_months(120.0, np.full(12, 0.0)) == pytest.approx(10.0)
    assert model_climate.over_months(120.0, [0, 0, 0, 0, 15, 15, 0, 0, 0, 0, 0, 0]).tolist()[4:6] == [60, 60]


def test_a_year_of_weather_gives_twelve_months(tmp_path: Path) -> None:
    time = pd.date_range("2023-01-01", "2023-12-31 21:00", freq="3h")
    warm = 10 + 12 * np.cos((time.day_of_year - 200) * 2 * np.pi / 365) + 5 * np.cos((time.hour - 15) * np.pi / 12)
    weather = pd.DataFrame(
        {
            "time": time.strftime("%Y-%m-%d %H:%M"),
            "air_temperature": warm,
            "precipitation": np.where(time.hour == 12, 2.0, 0.0),
        }
    )
    opened = make(tmp_path, "", weather=weather.to_csv(index=False))
    outcomes = runner.run(runner.Workspace(opened.folder, opened.settings), only=("quality", "soil_salinity"))
    found = model_tables.world(runner.Workspace(opened.folder, opened.settings, outcomes))
    assert isinstance(found, model_tables.World)
    assert found.climate.precipitation == pytest.approx(2.0 * evaporation.DAYS)
    assert found.climate.temperature[6] == pytest.approx(22, abs=0.3)
    assert "N-MODEL-HARGREAVES" in {p.code for p in found.problems}
    wide = 5 * (np.cos(0) + np.cos(np.pi))
    assert wide == 0 and found.climate.evaporation[6] == pytest.approx(
        model_climate.hargreaves(found.climate.temperature, np.full(12, 10.0), 40.8)[6], rel=0.05
    )


ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_has_every_intervention_and_its_options(language: str) -> None:
    pytest.importorskip("jax")
    from halosink.model.interventions import interventions

    page = (ROOT / "docs" / language / "model.md").read_text("utf-8")
    for name, one in interventions().items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        for option in one.options:
            assert f"`{option.name}`" in row, (name, option.name)
            if option.name in ("amount", "depth", "share", "tolerance"):
                assert f"`{option.name}` {option.value:g}" in row, (name, option.name)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_files_of_the_page_are_written(done: Path, language: str) -> None:
    page = (ROOT / "docs" / language / "model.md").read_text("utf-8")
    named = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `") and ".parquet`" in line}
    assert named == {p.name for p in (done / "results" / "model").glob("*.parquet")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_settings_of_the_page_hold(tmp_path: Path, language: str) -> None:
    page = (ROOT / "docs" / language / "model.md").read_text("utf-8")
    settings = page[page.index("```toml") + 7 :]
    opened = make(tmp_path, settings[: settings.index("```")])
    assert [one.key for one in opened.settings.model.interventions] == [
        "straw_return",
        "gypsum+leaching (amount=2000, every=6)",
    ]


def test_the_process_of_the_contributing_guide_runs() -> None:
    pytest.importorskip("jax")
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    part = guide[guide.index("## A process of the response model") :]
    body = part[part.index("```python") + 9 :]
    made: dict[str, Any] = {}
    exec(compile(body[: body.index("```")], "CONTRIBUTING.md", "exec"), made)
    assert made["LIGHT"] in made["tier"].processes
