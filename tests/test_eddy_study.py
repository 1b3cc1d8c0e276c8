"""A study of tower files, from the files of EddyPro and FLUXNET, a published year and the sample to the report."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halosink import runner, samples, storage, study, vocabulary
from halosink.contracts import LANGUAGES
from halosink.eddy_tables import towers
from halosink.report.eddy_shared import reason

FILES = "oracles/flux/format_samples/diive"
DE_THA = "oracles/flux/reddyproc_detha98/input_Example_DETha98.csv.gz"
CARBON = 12.011e-6 * 1800  # g in a half-hour of 1 umol m-2 s-1
QUICK = "bootstraps = 10\nscenarios = 3\ndraws = 100\n"
PLACE = "latitude = 47.12\nlongitude = 8.54\n"
GRID = ("half_hours", "gaps", "ustar", "sums", "energy_balance", "footprint", "checks")
VALUES = {"ustar": "threshold", "sums": "value", "energy_balance": "slope", "footprint": "value"}
WORKED = {"done", "cached", "skipped"}


def make(folder: Path, file: str, table: str = "", eddy: str = PLACE) -> study.Study:
    toml = f'[study]\ntitle = "t"\nutc_offset = 1.0\n[tables.tower]\nfile = "{file}"\nkind = "eddy"\n{table}'
    (folder / "study.toml").write_text(f"{toml}[eddy]\n{QUICK}{eddy}", encoding="utf-8")
    return study.open(folder)


def read(opened: study.Study, name: str) -> pd.DataFrame:
    return storage.frame(opened.folder / "results" / "eddy" / f"{name}.parquet")


def reasons(opened: study.Study) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((opened.folder / "results/eddy/reasons.json").read_text("utf-8"))
    return found


def section(opened: study.Study, language: str) -> str:
    page = (opened.folder / "results" / f"report.{language}.html").read_text("utf-8")
    found = re.search(r'<section id="eddy">.*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


def worded(code: str) -> bool:
    return any(k.startswith("eddy_") and k.endswith(f".reason_{code}") for k in vocabulary.texts())


def sound(opened: study.Study, outcomes: Mapping[str, runner.Outcome]) -> None:
    """Nothing failed; what has no value has a reason, and the reason has words in the report of both languages."""
    assert {o.status for o in outcomes.values()} <= WORKED
    assert outcomes["eddy"].status == outcomes["report"].status == "done"
    for codes in reasons(opened).values():
        assert "failed" not in codes.values() and "wrong_input" not in codes.values()
        assert all(worded(code) for code in codes.values())
    assert "W-EDDY-STEP" not in {p.code for p in opened.doubts()}
    pages = {language: section(opened, language) for language in LANGUAGES}
    for name, column in VALUES.items():
        table = read(opened, name)
        assert len(table) and (table.loc[table[column].isna(), "reason"] != "").all(), name
        for code in set(table["reason"]) - {""}:
            assert worded(code), code
            for language, page in pages.items():
                assert code not in page or "_" not in code
                if name == "sums" or (name == "ustar" and table["threshold"].isna().all()):
                    area = "threshold" if name == "ustar" else name
                    assert reason(code, language, area) in page, (name, code)


@pytest.fixture(scope="module", params=["FULL-OUTPUT", "FLUXNET-CSV"])
def eddypro(
    request: pytest.FixtureRequest, reference: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, pd.DataFrame, study.Study, Mapping[str, runner.Outcome]]:
    """(which, the file as pandas reads it, the study, how its run ended)."""
    path = next((reference / FILES).glob(f"*{request.param}*"))
    raw = pd.read_csv(path, skiprows=[0, 2] if request.param == "FULL-OUTPUT" else [], na_values=["-9999", "-9999.0"])
    folder = tmp_path_factory.mktemp(request.param)
    (folder / path.name).write_bytes(path.read_bytes())
    opened = make(folder, path.name)
    assert not [p for p in opened.check() if p.level == "error"]
    return request.param, raw, opened, opened.run()


def test_short_files_of_eddypro_give_sums_and_reasons(eddypro: tuple[str, pd.DataFrame, study.Study, dict]) -> None:
    _, _, opened, outcomes = eddypro
    sound(opened, outcomes)
    for name in GRID:
        assert len(read(opened, name)), name
    sums = read(opened, "sums").set_index("field")
    assert {"nee", "latent_heat_flux", "sensible_heat_flux", "evapotranspiration"} == set(sums.index)
    assert not sums["complete"].any() and (sums["reason"] == "partial_year").all()
    assert (sums["low"] < sums["value"]).all() and (sums["value"] < sums["high"]).all()
    assert read(opened, "ustar")["threshold"].isna().all()
    assert "partitioning" in reasons(opened)["tower"]
    assert {"W-EDDY-USTAR-FEW", "W-EDDY-NO-PARTITION", "N-EDDY-PART-YEAR"} <= {p.code for p in opened.doubts()}


def test_what_eddypro_wrote_is_what_is_kept(eddypro: tuple[str, pd.DataFrame, study.Study, dict]) -> None:
    """Half-hours begin 30 minutes before the stamps of the full output; exchange is flux and storage; flag 2 is out."""
    which, raw, opened, _ = eddypro
    found = read(opened, "half_hours").set_index("time")
    if which == "FULL-OUTPUT":
        raw.index = pd.to_datetime(raw["date"] + " " + raw["time"]) - pd.Timedelta(minutes=30)
        flux, stored, flag, friction = (raw[c] for c in ("co2_flux", "co2_strg", "qc_co2_flux", "u*"))
    else:
        raw.index = pd.to_datetime(raw["TIMESTAMP_START"].astype(str), format="%Y%m%d%H%M")
        flux, stored, flag, friction = (raw[c] for c in ("FC", "SC_SINGLE", "FC_SSITC_TEST", "USTAR"))
    assert (found.index == raw.index).all()
    assert found["friction_velocity"].to_numpy() == pytest.approx(friction.to_numpy(), nan_ok=True)
    measured = found["nee_source"].astype(str) == "measured"
    assert measured.sum() > 0.8 * len(found)
    assert found["nee"][measured].to_numpy() == pytest.approx((flux + stored)[measured].to_numpy())
    assert not measured[flag.to_numpy() > 1].any()
    bad = found["nee_kept"].astype(str) == "quality_flag"
    assert bad.sum() == (flag[(flux + stored).notna()] == 2).sum() > 0


def test_a_product_whose_values_are_all_filled_gives_no_sum(reference: Path, tmp_path: Path) -> None:
    """The first half-hours of CH-Cha, before its measurements began: every flag says filled."""
    path = next((reference / FILES).glob("*FULLSET*"))
    raw = pd.read_csv(path, na_values=[-9999])
    assert (raw["NEE_VUT_REF_QC"] > 0).all() and (raw["SW_IN_F_QC"] > 0).all()
    (tmp_path / path.name).write_bytes(path.read_bytes())
    opened = make(tmp_path, path.name)
    sound(opened, opened.run())
    half_hours, sums, gaps = (read(opened, name) for name in ("half_hours", "sums", "gaps"))
    assert half_hours["time"].iloc[0] == pd.Timestamp(2005, 1, 1) and len(half_hours) == len(raw)
    assert (half_hours["nee_source"].astype(str) == "empty").all() and half_hours["shortwave_radiation"].isna().all()
    assert sums["value"].isna().all() and (sums["empty_share"] == 1).all() and (sums["reason"] == "no_values").all()
    assert (gaps["reason"] == "no_data").all() and set(gaps["steps"]) == {len(raw)}


def test_a_published_year_from_a_plain_table(reference: Path, tmp_path: Path) -> None:
    """Tharandt 1998 with a threshold of 0.41625 m s-1; REddyProc's sums: -612.583, 1305.25 and 1917.84 g C m-2."""
    raw = pd.read_csv(reference / DE_THA).drop(columns=["Year", "DoY", "Hour"])
    raw.insert(0, "time", pd.date_range("1998-01-01 00:30", periods=len(raw), freq="30min").strftime("%Y-%m-%d %H:%M"))
    raw.to_csv(tmp_path / "tower.csv", index=False)
    columns = {
        "NEE": ("nee", "umol m-2 s-1"), "LE": ("latent_heat_flux", "W m-2"), "H": ("sensible_heat_flux", "W m-2"),
        "Rg": ("shortwave_radiation", "W m-2"), "Tair": ("air_temperature", "degC"),
        "Tsoil": ("soil_temperature", "degC"), "rH": ("relative_humidity", "%"),
        "VPD": ("vapour_pressure_deficit", "hPa"), "Ustar": ("friction_velocity", "m s-1"),
    }  # fmt: skip
    table = 'timestamp = "end"\n[tables.tower.columns]\n'
    table += "".join(f'{c} = {{ field = "{f}", unit = "{u}" }}\n' for c, (f, u) in columns.items())
    eddy = 'latitude = 51.0\nlongitude = 13.6\nfilters = []\nthreshold = "given"\ngiven_threshold = 0.41625\n'
    opened = make(tmp_path, "tower.csv", table, eddy + 'filler = "mds"\npartitioning = ["night_time"]\n')
    assert not [p for p in opened.check() if p.level == "error"]
    outcomes = opened.run(only=["eddy"])
    assert outcomes["eddy"].status == "done" and reasons(opened) == {"tower": {}}
    found = read(opened, "half_hours")
    assert found["nee_filled"].sum() * CARBON == pytest.approx(-612.583, abs=1e-3)
    assert found["reco_night"].sum() * CARBON == pytest.approx(1305.25, abs=0.01)
    assert found["gpp_night"].sum() * CARBON == pytest.approx(1917.84, abs=0.01)
    sums = read(opened, "sums").set_index("field")
    assert sums["complete"].all()
    assert sums.at["nee", "low"] < -612.583 < sums.at["nee", "high"]


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> tuple[study.Study, Mapping[str, runner.Outcome]]:
    folder = tmp_path_factory.mktemp("tower")
    samples.prepare("tower", folder)
    form = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(form.replace("[eddy]\n", f"[eddy]\n{QUICK}"), encoding="utf-8")
    opened = study.open(folder)
    return opened, opened.run()


def test_the_sample_finds_its_truth(tower: tuple[study.Study, Mapping[str, runner.Outcome]]) -> None:
    opened, outcomes = tower
    sound(opened, outcomes)
    assert reasons(opened) == {"tower": {}}
    truth = json.loads((opened.folder / "truth.json").read_text("utf-8"))
    sums = read(opened, "sums").set_index("field")
    assert sums.at["nee", "low"] < truth["sums_g_C_m-2"]["nee"] < sums.at["nee", "high"]
    parts = {f"{kind}_{method}" for kind in ("gpp", "reco") for method in ("night", "day")}
    assert parts < set(sums.index) and (sums["year"] == truth["year"]).all() and sums["complete"].all()
    shares = sums[["measured_share", "mds_share", "forest_share", "empty_share"]]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1) and (sums["empty_share"] == 0).all()
    assert (sums["forest_share"] > 0.09).all(), "three gaps of together 38 of 365 days"
    split = sums.at["reco_night", "value"] - sums.at["gpp_night", "value"]
    assert split == pytest.approx(sums.at["nee", "value"], abs=0.02 * sums.at["gpp_night", "value"])


def test_all_tables_of_the_sample(tower: tuple[study.Study, Mapping[str, runner.Outcome]]) -> None:
    opened, _ = tower
    for name in (*GRID, "ustar_curves", "sums_draws", "scores", "partition_parameters", "footprint_grid"):
        assert len(read(opened, name)), name
    half_hours = read(opened, "half_hours")
    assert len(half_hours) == 17_520 and half_hours["nee_filled"].notna().all()
    measured = half_hours["nee_source"].astype(str) == "measured"
    assert (half_hours["nee_kept"].astype(str)[measured] == "").all()
    assert half_hours["nee_filled"][measured].equals(half_hours["nee"][measured])
    assert np.allclose(half_hours["reco_night"] - half_hours["gpp_night"], half_hours["nee_filled"])
    gaps = read(opened, "gaps").query("field == 'nee'")
    assert sorted(gaps.loc[gaps["days"] > 6, "days"].round(), reverse=True)[:2] == [21, 11]
    draws = read(opened, "sums_draws")
    assert draws.groupby(["field", "year"])["draw"].nunique().eq(100).all()
    for language in LANGUAGES:
        assert "<svg" in section(opened, language)


def test_weather_of_ten_minutes_is_averaged_over_the_steps(
    tower: tuple[study.Study, Mapping[str, runner.Outcome]],
) -> None:
    opened, _ = tower
    weather = pd.read_csv(opened.folder / "data" / "weather.csv")
    begin = pd.to_datetime(weather["time"]) - pd.Timedelta(minutes=10)
    mean = weather.drop(columns="time").groupby(begin.dt.floor("30min").to_numpy()).mean()
    half_hours = read(opened, "half_hours").set_index("time")
    for heading, field in (("SW_IN (W m-2)", "shortwave_radiation"), ("TS (degC)", "soil_temperature")):
        assert half_hours[field].to_numpy() == pytest.approx(
            mean[heading].loc[half_hours.index].to_numpy(), nan_ok=True
        )
    assert "N-EDDY-DRIVERS" in {p.code for p in opened.doubts()}


def test_the_same_seed_gives_the_same_bytes(tower: tuple[study.Study, Mapping[str, runner.Outcome]]) -> None:
    opened, _ = tower
    files = [opened.folder / "results" / "eddy" / f"{n}.parquet" for n in ("sums", "sums_draws", "half_hours")]
    first = [f.read_bytes() for f in files]
    for file in (opened.folder / "results" / "eddy").iterdir():
        file.unlink()
    assert opened.run(only=["eddy"])["eddy"].status == "done"
    assert [f.read_bytes() for f in files] == first


def test_check_names_a_wrong_clock_and_unit_before_any_run(tmp_path: Path) -> None:
    samples.prepare("tower", tmp_path)
    form = (tmp_path / "study.toml").read_text("utf-8")
    wrong = form.replace('timestamp = "end"', 'timestamp = "start"').replace('unit = "hPa"', 'unit = "kPa"')
    assert not [p for p in study.open(tmp_path).check() if p.code.startswith("E-")]
    (tmp_path / "study.toml").write_text(wrong, "utf-8")
    codes = {p.code for p in study.open(tmp_path).check()}
    assert {"E-EDDY-VPD-SATURATED"} <= codes


def test_rows_without_a_site_are_not_lost_beside_those_with_one(tmp_path: Path) -> None:
    samples.prepare("tower", tmp_path)
    path = tmp_path / "data/tower.csv"
    table = pd.read_csv(path).iloc[:480]
    table.insert(1, "site", ["A"] * 240 + [""] * 240)
    table.to_csv(path, index=False)
    settings = study.open(tmp_path).settings
    outcomes = runner.run(runner.Workspace(tmp_path, settings), only=["quality"])
    found = towers(runner.Workspace(tmp_path, settings, outcomes))
    assert sorted((t.name, len(t.frame)) for t in found) == [("A", 240), ("tower", 240)]
