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


FACTOR = '[[design.factors]]\nfield = "treatment"\nreference = "control"\n'


def _doubts(folder: Path) -> dict[str, list]:
    found: dict[str, list] = {}
    for problem in halosink.open(folder).check():
        if problem.level != "note":
            found.setdefault(problem.code, []).append(problem)
            for language in ("en", "zh"):
                assert "nan" not in problem.where(language).lower()
                assert " nan" not in problem.say("what", language)
    return found


def test_a_plot_called_na_is_not_lost_without_a_word(tmp_path: Path) -> None:
    plots, soil = "plot,treatment\nA,control\nNA,gypsum\n", "plot,ph_water\nA,8\nNA,9\nNA,9.1\n,8.8\n"
    _study(tmp_path, _tables(plots="plots", soil="soil"), plots=plots, soil=soil)
    found = _doubts(tmp_path)
    assert [(p.file, p.rows) for p in found["E-PLOT-NAMELESS"]] == [("plots.csv", (3,))]
    said = {p.file: (p.rows, p.values["value"]) for p in found["W-LABEL-MISSING"]}
    assert said == {"plots.csv": ((3,), '"NA"'), "soil.csv": ((3, 4), '"NA"')}
    assert [p.rows for p in found["W-UNIT-BLANK"]] == [(3, 4, 5)]


def test_what_is_declared_missing_is_not_doubted(tmp_path: Path) -> None:
    toml = '[tables.soil]\nfile = "soil.csv"\nkind = "soil"\nmissing = ["na"]\n'
    _study(tmp_path, toml, soil="plot,treatment,ph_water\nA,NA,8\nB,control,9\n")
    assert "W-LABEL-MISSING" not in _doubts(tmp_path)


def test_rows_without_their_plot_are_counted_as_they_are_dropped(tmp_path: Path) -> None:
    from halosink.steps.observations import placed

    soil = "plot,ph_water\nA,8\n,9\n,9.1\n"
    work = _study(tmp_path, _tables(soil="soil"), soil=soil)
    (problem,) = _doubts(tmp_path)["W-UNIT-BLANK"]
    frame = read.table(tmp_path, "soil", work.settings.tables["soil"]).frame
    assert frame is not None and len(frame) - len(placed(frame, "plot")) == problem.count == 2


def test_a_blank_column_of_sites_is_filled_from_the_plots(tmp_path: Path) -> None:
    soil = "plot,site,ph_water\nX1,,8\nX2,,9\n"
    plots = "site,block,plot,treatment\nN,,X1,control\nN,,X2,gypsum\n"
    work = _study(tmp_path, _tables(plots="plots", soil="soil"), plots=plots, soil=soil)
    assert _doubts(tmp_path) == {}
    outcomes = runner.run(work, only=["observations"])
    found = runner.Workspace(tmp_path, work.settings, outcomes).frame("observations/soil")
    assert found["treatment"].tolist() == ["control", "gypsum"] and found["site"].tolist() == ["N", "N"]


@pytest.mark.parametrize(
    ("plots", "lacking"),
    [
        ("N,B1,1\nN,B2,2\nS,B1,1\nS,B2,2\n", "site"),
        ("N,B1,1\nN,B2,1\nN,B3,2\n", "block"),
        ("N,B1,1\nS,B2,1\n", "site"),
        ("N,B1,1\nN,B2,1\nS,B1,1\n", "site + block"),
    ],
)
def test_only_the_columns_that_are_needed_are_asked_for(tmp_path: Path, plots: str, lacking: str) -> None:
    soil = "plot,ph_water\n1,8\n1,8.1\n"
    _study(tmp_path, _tables(plots="plots", soil="soil"), plots="site,block,plot\n" + plots, soil=soil)
    found = _doubts(tmp_path)
    assert [p.values["lacking"] for p in found["E-PLOT-AMBIGUOUS"]] == [lacking]
    assert "W-DUPLICATE" not in found


def test_a_repeated_row_is_named_without_its_blanks(tmp_path: Path) -> None:
    soil = "plot,site,date,replicate,ph_water\nA,,,1,8\nA,,2024-05-01,,8.1\nA,,2024-05-01,,8.2\n"
    _study(tmp_path, _tables(soil="soil"), soil=soil)
    (problem,) = _doubts(tmp_path)["W-DUPLICATE"]
    assert problem.values["value"] == "A / 2024-05-01" and problem.column == "plot + date + replicate"


def test_a_plot_without_a_class_is_named(tmp_path: Path) -> None:
    plots = "plot,treatment\nA,control\nB,\nC,gypsum\n"
    soil = "plot,ph_water\nA,8\nB,9\nC,9\n"
    _study(tmp_path, _tables(plots="plots", soil="soil") + FACTOR, plots=plots, soil=soil)
    (problem,) = _doubts(tmp_path)["W-CLASS-BLANK"]
    assert (problem.file, problem.rows, problem.values["names"]) == ("plots.csv", (3,), "B")
    assert problem.values["factor"] == "treatment"


def test_a_reference_that_no_table_holds_is_an_error_beside_others(tmp_path: Path) -> None:
    plots, soil = "plot,treatment\nA,gypsum\nB,gypsum\n", "plot,treatment,ph_water\nA,,8\nB,,high\n"
    wrong = _tables(plots="plots", soil="soil") + FACTOR
    _study(tmp_path, wrong, plots=plots, soil=soil)
    assert {"E-CLASS-REFERENCE", "E-NUMBER"} <= set(_doubts(tmp_path))
    (tmp_path / "soil.csv").write_text(soil.replace("high", "8.1"))
    assert "E-CLASS-REFERENCE" in _doubts(tmp_path)


def test_problems_between_tables_name_the_sheet(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "plots"
    rows = {"plots": [("plot", "treatment"), ("A", "control"), ("B", None), ("C", "gypsum")]}
    for name in ("soil", "fluxes"):
        book.create_sheet(name)
        rows[name] = [("plot", "season"), ("X", "s"), ("X", "s"), ("a", "s"), ("A", "s"), (None, "s")]
    for name, lines in rows.items():
        for line in lines:
            book[name].append(line)
    book.save(tmp_path / "book.xlsx")
    tables = "".join(f'[tables.{n}]\nfile = "book.xlsx"\nkind = "{n}"\n' for n in rows)
    _study(tmp_path, tables + FACTOR)
    found = _doubts(tmp_path)
    assert [p.sheet for p in found.pop("W-CLASS-BLANK")] == ["plots"]
    assert set(found) == {"W-PLOT-UNKNOWN", "W-DUPLICATE", "W-LABEL-ALIKE", "W-UNIT-BLANK"}
    assert all([p.sheet for p in several] == ["soil", "fluxes"] for several in found.values())


def _refused(folder: Path, toml: str) -> list:
    (folder / "study.toml").write_text('[study]\ntitle = "t"\n' + toml, encoding="utf-8")
    with pytest.raises(UserError) as error:
        settings.load(folder)
    return list(error.value.problems)


def test_a_factor_stands_once_and_a_gradient_is_a_number(tmp_path: Path) -> None:
    assert [p.code for p in _refused(tmp_path, FACTOR + FACTOR)] == ["E-STUDY-TWICE"]
    (problem,) = _refused(tmp_path, '[[design.gradients]]\nfield = "treatment"\n')
    assert problem.code == "E-STUDY-GRADIENT" and problem.rows == (4,)
    twice = FACTOR.replace("treatment", "elevation") + '[[design.gradients]]\nfield = "elevation"\n'
    assert [p.code for p in _refused(tmp_path, twice)] == ["E-STUDY-BOTH"]
    again = '[[design.gradients]]\nfield = "elevation"\n'
    assert [p.code for p in _refused(tmp_path, again + again)] == ["E-STUDY-TWICE"]


@pytest.mark.parametrize(
    ("toml", "en", "zh"),
    [
        ("[analysis]\nconfidence = 1.5\n", "must be less than 1", "须小于 1"),
        (FACTOR.replace('"control"', "1"), '"1"', "引号"),
        ("[analysis]\ndraws = 10\n", "at least 100", "不得小于 100"),
        ('[analysis]\ndraws = "many"\n', "whole number", "整数"),
        ('[tables.a]\nfile = "a"\nkind = "soil"\ndecimal = ";"\n', '".", ","', '".", ","'),
        ("[analysis]\nquantities = 3\n", "list", "列表"),
        ("study2 = 1\n[design]\nfactors = 1\n", "list", "列表"),
        ('[analysis]\nconfidence = "high"\n', "a number", "数值"),
    ],
)
def test_a_refused_value_is_explained_in_the_language_of_the_reader(
    tmp_path: Path, toml: str, en: str, zh: str
) -> None:
    problem = next(p for p in _refused(tmp_path, toml) if p.code == "E-STUDY-VALUE")
    assert en in problem.say("what", "en") and zh in problem.say("what", "zh")
    assert "should" not in problem.say("what", "zh") and "Input" not in problem.say("what", "en")


def test_classes_given_as_numbers_are_those_of_the_settings(tmp_path: Path) -> None:
    factor = '[[design.factors]]\nfield = "years_since_treatment"\nreference = "0"\norder = ["0", "5"]\n'
    plots = "plot,years_since_treatment\nA,0\nB,5\n"
    soil = "plot,ph_water\nA,8\nB,9\n"
    work = _study(tmp_path, _tables(plots="plots", soil="soil") + factor, plots=plots, soil=soil)
    assert _doubts(tmp_path) == {}
    outcomes = runner.run(work, only=["observations"])
    found = runner.Workspace(tmp_path, work.settings, outcomes).frame("observations/soil")
    assert found["years_since_treatment"].tolist() == ["0", "5"]
