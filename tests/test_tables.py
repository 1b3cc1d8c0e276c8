"""Reading and checking whole studies: places shared by tables, what is stored, what the verdicts are called."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import halosink
from halosink import read, runner, settings, storage
from halosink.problems import UserError


def _study(folder: Path, toml: str, **files: str) -> runner.Workspace:
    (folder / "study.toml").write_text('[study]\ntitle = "t"\n' + toml)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    return runner.Workspace(folder, settings.load(folder))


def _tables(**kinds: str) -> str:
    return "".join(f'[tables.{n}]\nfile = "{n}.csv"\nkind = "{k}"\n' for n, k in kinds.items())


PLOTS = "site,plot,treatment\nN,1,control\nN,2,gypsum\nS,1,gypsum\n"


def test_plots_of_one_name_at_two_sites_are_told_apart(tmp_path: Path) -> None:
    soil = "site,plot,ph_water\nN,1,8.1\nS,1,8.4\nN,2,8.2\n"
    work = _study(tmp_path, _tables(plots="plots", soil="soil"), plots=PLOTS, soil=soil)
    assert not [p for p in halosink.open(tmp_path).check() if p.code.startswith(("E-", "W-"))]
    outcomes = runner.run(work, only=["observations"])
    found = runner.Workspace(tmp_path, work.settings, outcomes).frame("observations/soil")
    assert found["treatment"].tolist() == ["control", "gypsum", "gypsum"]


@pytest.mark.parametrize(("plot", "refused"), [("1", True), ("2", False)])
def test_a_plot_named_without_its_site(tmp_path: Path, plot: str, refused: bool) -> None:
    work = _study(
        tmp_path, _tables(plots="plots", soil="soil"), plots=PLOTS, soil=f"plot,ph_water\n2,8.2\n{plot},8.1\n"
    )
    problems = [p for p in halosink.open(tmp_path).check() if p.code == "E-PLOT-AMBIGUOUS"]
    assert bool(problems) is refused
    if refused:
        (problem,) = problems
        assert (problem.file, problem.column, problem.rows, problem.count) == ("soil.csv", "plot", (3,), 1)
        assert problem.values["names"] == "1" and problem.values["lacking"] == "site"
        with pytest.raises(UserError):
            runner.run(work, only=["tables"])
        assert not list((tmp_path / "results").rglob("*.parquet"))


def test_unknown_places_are_named_once(tmp_path: Path) -> None:
    soil = "plot,ph_water\nA,8\nX,8\nX,8.1\nY,8\n"
    _study(tmp_path, _tables(plots="plots", soil="soil"), plots="plot\nA\nB\n", soil=soil)
    problem = next(p for p in halosink.open(tmp_path).check() if p.code == "W-PLOT-UNKNOWN")
    assert problem.rows == (3, 5) and problem.values["names"] == "X, Y"


def test_verdicts_bear_the_name_of_the_table(tmp_path: Path) -> None:
    soil = "plot,ph_water\nA,8\nB,30\n"
    work = _study(tmp_path, _tables(topsoil="soil"), topsoil=soil)
    outcomes = runner.run(work, only=["quality"])
    work = runner.Workspace(tmp_path, work.settings, outcomes)
    subjects = work.frame("quality/checks")["subject"]
    assert "topsoil" in set(subjects) and "topsoil · ph_water" in set(subjects)
    assert not subjects.str.startswith("soil").any()
    assert work.frame("quality/overview")["table"].tolist() == ["topsoil"]


def test_constant_text_is_stored_once_and_read_as_text(tmp_path: Path) -> None:
    toml = (
        '[tables.log]\nfile = "log*.csv"\nkind = "sensors"\n[tables.log.constant]\nplot = "A"\n[tables.log.columns]\n'
    )
    toml += (
        '"t1" = { field = "soil_temperature", sensor = "p1" }\n"t0" = { field = "soil_temperature", sensor = "p0" }\n'
    )
    one = "time,t1,t0\n" + "".join(f"2024-05-0{d},1{d},2{d}\n" for d in range(1, 5))
    two = one.replace("2024-05", "2024-06")
    work = _study(tmp_path, toml, log1=one, log2=two)
    reading = read.table(tmp_path, "log", work.settings.tables["log"])
    assert reading.frame is not None and not [p for p in reading.problems if p.code.startswith(("E-", "W-"))]
    names = ["plot", "sensor", "source_file"]
    assert all(isinstance(reading.frame[c].dtype, pd.CategoricalDtype) for c in names)
    work = runner.Workspace(tmp_path, work.settings, runner.run(work, only=["quality"]))
    text, codes = work.frame("tables/log"), work.frame("tables/log", categories=True)
    pd.testing.assert_frame_equal(codes, reading.frame)
    assert all(pd.api.types.is_string_dtype(text[c]) and text[c].tolist() == codes[c].tolist() for c in names)
    assert text["sensor"].tolist() == (["p1"] * 4 + ["p0"] * 4) * 2
    assert text["source_file"].tolist() == ["log1.csv"] * 8 + ["log2.csv"] * 8
    assert work.frame("quality/overview")["sensor"].tolist() == ["A · p1", "A · p0"]


def test_a_stored_table_comes_back_as_it_was(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "plot": pd.Series(["A", None, "B"], dtype="str"),
            "time": pd.to_datetime(["2024-05-01", None, "2024-05-02"]).astype("datetime64[us]"),
            "ph_water": [8.0, np.nan, 8.2],
            "flag": np.array([0, 1, 512], np.uint16),
            "good": [True, False, True],
        }
    )
    for name, table in {"whole": frame, "empty": frame.iloc[:0]}.items():
        storage.write(tmp_path / f"{name}.parquet", table)
        pd.testing.assert_frame_equal(storage.frame(tmp_path / f"{name}.parquet"), table.reset_index(drop=True))
        pd.testing.assert_frame_equal(
            storage.frame(tmp_path / f"{name}.parquet"), pd.read_parquet(tmp_path / f"{name}.parquet")
        )


def test_a_repeated_record_is_found_whatever_the_order_of_series() -> None:
    from halosink.read.doubts import repeated

    time = pd.date_range("2024-05-01", periods=6, freq="h")
    probes = pd.DataFrame({"sensor": np.repeat(["p1", "p0"], 6), "time": [*time, *time]})
    probes = probes.assign(source_file="a.csv", source_row=np.arange(12) + 2)
    assert repeated(probes, "sensors") == []
    assert repeated(probes.sort_values("time", kind="stable"), "sensors") == []
    twice = pd.concat([probes, probes.iloc[[3]]])
    (problem,) = repeated(twice, "sensors")
    assert problem.code == "W-DUPLICATE" and problem.count == 1


def test_outputs_may_come_one_after_the_other(tmp_path: Path) -> None:
    from halosink.contracts import Step, Text

    def pairs(workspace: runner.Workspace):
        yield "a.json", 1
        assert (tmp_path / "results/.tmp/a.json").exists() and not (tmp_path / "results/a.json").exists()
        yield "b.json", 2

    def broken(workspace: runner.Workspace):
        yield "c.json", 1
        raise RuntimeError("a bug")

    work = _study(tmp_path, "")
    text = Text("", "")
    steps = {"good": Step("good", text, text, pairs), "wrong": Step("wrong", text, text, broken)}
    outcomes = runner.run(work, steps)
    assert outcomes["good"].outputs.keys() == {"a.json", "b.json"} and outcomes["wrong"].status == "failed"
    assert not (tmp_path / "results/c.json").exists() and not (tmp_path / "results/.tmp/c.json").exists()


def test_a_class_that_contradicts_the_plots_is_refused(tmp_path: Path) -> None:
    factor = '[[design.factors]]\nfield = "treatment"\nreference = "control"\n'
    soil = "site,plot,treatment,ph_water\nN,1,gypsum,8.1\nN,2,,8.2\n"
    _study(tmp_path, _tables(plots="plots", soil="soil") + factor, plots=PLOTS, soil=soil)
    found = [p for p in halosink.open(tmp_path).check() if p.level == "error"]
    assert [p.code for p in found] == ["E-DESIGN-CONTRADICTS"] and found[0].rows == (2,)


def test_a_table_may_have_a_chinese_name(tmp_path: Path) -> None:
    toml = '[study]\ntitle = "t"\n[tables."土壤"]\nfile = "soil.csv"\nkind = "soil"\n'
    (tmp_path / "study.toml").write_text(toml, encoding="utf-8")
    (tmp_path / "soil.csv").write_text("plot,pH\nA,8\nB,8.1\n", encoding="utf-8")
    outcomes = runner.run(runner.Workspace(tmp_path, settings.load(tmp_path)), only=["quality", "observations"])
    assert all(o.status == "done" for n, o in outcomes.items() if n in ("tables", "quality", "observations"))
    assert storage.frame(tmp_path / "results/tables/土壤.parquet")["ph_water"].tolist() == [8, 8.1]
    assert (tmp_path / "results/quality/flags_土壤.parquet").exists()
    assert halosink.open(tmp_path)["tables/土壤"]["plot"].tolist() == ["A", "B"]


@pytest.mark.parametrize("name", ["a/b", "..", "1a", "_a", "a.b", "a b", "a\\\\b", ""])
def test_a_table_name_is_no_path(tmp_path: Path, name: str) -> None:
    text = f'[study]\ntitle = "t"\n[tables."{name}"]\nfile = "soil.csv"\nkind = "soil"\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        settings.load(tmp_path)
    assert error.value.problems[0].code == "E-STUDY-VALUE"
    assert "下划线" in error.value.problems[0].say("what", "zh")


def test_a_table_handed_on_in_memory_is_the_one_that_was_stored(tmp_path: Path) -> None:
    from halosink import samples

    samples.prepare("twin", tmp_path)
    work = runner.Workspace(tmp_path, settings.load(tmp_path))
    outcomes = runner.run(work, only=["tables"])
    stored = runner.Workspace(tmp_path, work.settings, outcomes)
    names = [n for n in stored.outputs("tables/") if n.endswith(".parquet") and "missing" not in n]
    given = dict(runner.discover()["tables"].run(work))
    for name in names:
        pd.testing.assert_frame_equal(given[name], stored.frame(name, categories=True), check_categorical=True)
