"""A study of raw analyser files and a field sheet, from the files to the fluxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halosink import runner, settings, storage, study

SAMPLES = Path("oracles") / "flux" / "format_samples" / "goFlux"
WHOLE = '[chamber]\nwindow = "whole"\nchoice = "linear"\nbubbles = []\n'


def make(folder: Path, toml: str, *files: Path, **texts: str) -> study.Study:
    for path in files:
        (folder / path.name).write_bytes(path.read_bytes())
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "study.toml").write_text(f'[study]\ntitle = "t"\n{toml}', encoding="utf-8")
    return study.open(folder)


def run(opened: study.Study, *steps: str) -> dict[str, runner.Outcome]:
    work = runner.Workspace(opened.folder, opened.settings)
    return runner.run(work, only=steps or ["observations"])


def fluxes(opened: study.Study) -> pd.DataFrame:
    return storage.frame(opened.folder / "results" / "fluxes" / "chamber.parquet")


def test_flux_of_a_published_measurement(tmp_path: Path, reference: Path) -> None:
    """goFlux 0.2.1 for these seconds of its own sample; it cuts the stamps to whole seconds, which takes one more."""
    toml = '[tables.gas]\nfile = "UGGA.txt"\nkind = "analyser"\n'
    toml += f'[tables.sheet]\nfile = "s.csv"\nkind = "closures"\n{WHOLE}'
    sheet = "UniqueID,plot,start.time,end.time,Area (cm2),Vtot (L),Tcham (degC),Pcham (kPa)\n"
    sheet += "733a_C_S,C,2022-09-28 12:11:27,2022-09-28 12:14:25,324,6.36,11.1,99.4\n"
    opened = make(tmp_path, toml, reference / SAMPLES / "UGGA" / "UGGA.txt", s=sheet)
    assert not opened.check()
    assert {o.status for o in run(opened, "chamber_flux").values()} <= {"done", "skipped"}
    found = fluxes(opened).set_index("gas")
    theirs = pd.read_csv(reference / "oracles" / "flux" / "goflux" / "goFlux_UGGA_CO2dry_ppm.csv")
    assert found.loc["co2", "flux"] == pytest.approx(theirs["LM.flux"][0], rel=0.003)
    assert found.loc["ch4", "flux"] == pytest.approx(-0.732748, rel=0.003)
    assert (found["plot"] == "C").all() and (found["table"] == "LGR 3K430000008886").all()


def test_fluxes_of_closures_that_the_instrument_made(tmp_path: Path, reference: Path) -> None:
    """LI-COR's own linear values in these files, behind its dead band: 0.700 and 2.25 umol m-2 s-1."""
    given = WHOLE.replace("whole", "given")
    files = [reference / SAMPLES / name / f"{name}.81x" for name in ("LI8100", "LI8150")]
    opened = make(tmp_path, '[tables.gas]\nfile = "*.81x"\nkind = "analyser"\n' + given, *files)
    run(opened, "chamber_flux")
    found = fluxes(opened).query("gas == 'co2'").set_index("chamber")["linear_flux"]
    assert found["Ch1_Calluna"] == pytest.approx(0.700, rel=0.01)
    assert found["within row 1"] == pytest.approx(2.25, rel=0.01)


def analyser(rate: float, minutes: tuple[int, ...], gas: str = "CO2浓度 (ppm)", base: float = 420) -> str:
    """Records of a whole hour, one a second; gas rises by `rate` a second in each closure of three minutes."""
    seconds = np.arange(3600)
    value = np.full(3600, float(base))
    for minute in minutes:
        inside = (seconds >= minute * 60) & (seconds < minute * 60 + 200)
        value[inside] += rate * (seconds[inside] - minute * 60)
    value += np.sin(seconds * 12.9898) * 0.05
    stamps = pd.Timestamp("2024-07-01 10:00") + pd.to_timedelta(seconds, unit="s")
    return f"time,{gas}\n" + "\n".join(f"{t},{v:.4f}" for t, v in zip(stamps, value, strict=True)) + "\n"


SHEET = "日期,开始时间,结束时间,小区,箱体体积(L),底面积(m2),箱温(℃),箱内气压(kPa),土壤温度(℃)\n"
COLUMNS = '[tables.sheet.columns]\n"底面积(m2)" = {field = "chamber_area", unit = "m2"}\n'
COLUMNS += '"箱内气压(kPa)" = {field = "chamber_pressure", unit = "kPa"}\n'
ROWS = [f"2024-07-01,10:{m:02d},10:{m + 3:02d},P{i},30,0.1,25,101.325,{20 + i}" for i, m in enumerate((5, 20, 40))]
TABLES = '[tables.co2]\nfile = "a.csv"\nkind = "analyser"\n[tables.n2o]\nfile = "b.csv"\nkind = "analyser"\n'
TABLES += f'[tables.sheet]\nfile = "s.csv"\nkind = "closures"\n{COLUMNS}'
TABLES += '[tables.plots]\nfile = "p.csv"\nkind = "plots"\n'
PLOTS = "plot,treatment\nP0,control\nP1,gypsum\nP2,gypsum\n"


def side_by_side(folder: Path, rows: list[str], more: str = WHOLE) -> study.Study:
    gas = {"a": analyser(0.2, (5, 20, 40)), "b": analyser(0.05, (5, 20, 40), "氧化亚氮浓度 (ppb)", 330)}
    return make(folder, TABLES + more, s=SHEET + "\n".join(rows) + "\n", p=PLOTS, **gas)


def test_two_analysers_side_by_side_with_plots(tmp_path: Path) -> None:
    opened = side_by_side(tmp_path, ROWS)
    assert not [p for p in opened.check() if p.level != "note"]
    done: list[tuple[str, int, int]] = []
    work = runner.Workspace(tmp_path, opened.settings)
    runner.run(work, only=["observations"], progress=lambda *said: done.append(said))
    assert done[-1][0] == "chamber_flux" and done[-1][1] == done[-1][2] > 0
    moles = 101325 * 0.030 / (8.314462618 * 298.15 * 0.1)
    found = fluxes(opened)
    assert found["table"].tolist() == ["co2"] * 3 + ["n2o"] * 3
    assert found["flux"].tolist() == pytest.approx([0.2 * moles] * 3 + [0.05 * moles] * 3, rel=0.01)
    seen = storage.frame(tmp_path / "results" / "observations" / "fluxes.parquet")
    assert seen["plot"].tolist() == ["P0", "P1", "P2"] and seen["treatment"].tolist() == ["control", "gypsum", "gypsum"]
    assert seen["co2_flux"].notna().all() and seen["n2o_flux"].notna().all()
    sheet = storage.frame(tmp_path / "results" / "observations" / "sheet.parquet")
    assert sheet["soil_temperature"].tolist() == [20, 21, 22]
    flags = storage.frame(tmp_path / "results" / "quality" / "flags_co2.parquet")
    assert not flags.to_numpy().any(), "opening and closing are no faults"
    curves = storage.frame(tmp_path / "results" / "fluxes" / "curves.parquet")
    assert curves.groupby(["gas", "rank"]).ngroups == 4 and set(curves["kind"]) >= {"reading", "excluded", "linear"}
    one = curves[(curves["gas"] == "co2") & (curves["place"] == 1) & (curves["rank"] == "best")]
    line, read = (one[one["kind"] == k] for k in ("linear", "reading"))
    fitted = np.interp(read["elapsed_time"], line["elapsed_time"], line["value"])
    assert np.abs(fitted - read["value"]).max() < 0.2
    series = storage.frame(tmp_path / "results" / "fluxes" / "series.parquet")
    assert len(series) == 2 * 3 * 211


def test_a_volume_in_cm3_taken_for_litres_is_refused(tmp_path: Path) -> None:
    opened = side_by_side(tmp_path, [r.replace(",30,", ",30000,") for r in ROWS])
    assert [p.code for p in opened.check() if p.level == "error"] == ["E-CHAMBER-VOLUME-UNIT"] * 2
    run(opened, "chamber_flux")
    found = fluxes(opened)
    assert found["flux"].isna().all() and (found["quality"] == "refused").all() and (found["reason"] != "").all()
    assert "E-CHAMBER-VOLUME-UNIT" in {p.code for p in opened.doubts()}


def test_check_names_everything_wrong_before_the_run(tmp_path: Path) -> None:
    rows = [*ROWS, "2024-07-01,14:00,14:03,P9,30,0.1,25,101.325,20", "2024-07-01,10:42,10:45,P1,,0.1,25,101.325,20"]
    found = {p.code: p.rows for p in side_by_side(tmp_path, rows).check()}
    wanted = {
        "W-PLOT-UNKNOWN": (5,),
        "W-CLOSURE-NO-READINGS": (5,),
        "W-CLOSURE-OVERLAP": (6,),
        "W-CLOSURE-LACKS": (6,),
    }
    assert wanted.items() <= found.items()


def test_records_without_a_sheet_and_a_sheet_without_records(tmp_path: Path) -> None:
    only = make(tmp_path, '[tables.co2]\nfile = "a.csv"\nkind = "analyser"\n', a=analyser(0.2, (5,)))
    assert [p.code for p in only.check()] == ["W-CHAMBER-NO-SHEET"]
    assert {n: o.status for n, o in run(only).items()}["chamber_flux"] == "skipped"
    toml = f'[tables.sheet]\nfile = "s.csv"\nkind = "closures"\n{COLUMNS}'
    assert [p.code for p in make(tmp_path, toml, s=SHEET + ROWS[0]).check()] == ["W-CHAMBER-NO-RECORDS"]


def test_the_settings_of_chambers_have_the_defaults_of_the_science(tmp_path: Path) -> None:
    from halosink.chamber.options import Options

    (tmp_path / "study.toml").write_text('[study]\ntitle = "t"\n')
    assert settings.load(tmp_path).chamber.options(0.95) == Options()
    assert "chamber" in settings.schema()["properties"]


def test_an_analyser_whose_closures_lack_their_chamber_takes_no_other_with_it(tmp_path: Path) -> None:
    rows = [f"{r},{a}" for r in (ROWS[0], ROWS[1].replace(",30,", ",,")) for a in ("co2", "n2o")]
    rows = [r for r in rows if ("P0" in r) == r.endswith("co2")]
    opened = side_by_side(tmp_path, rows)
    (tmp_path / "s.csv").write_text(SHEET.strip() + ",分析仪\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert "W-CLOSURE-LACKS" in {p.code for p in opened.check()}
    outcomes = run(opened, "chamber_flux")
    assert outcomes["chamber_flux"].status == "done"
    found = fluxes(opened).set_index("gas")
    assert found.loc["co2", "reason"] == "" and found.loc["n2o", "reason"] == "no_chamber"
