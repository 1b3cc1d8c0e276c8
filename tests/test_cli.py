"""The command line: what a user sees, exit codes, and that nothing is half-written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from read.bad_input_cases import CASES, Case

STUDY = '[study]\ntitle = "t"\n[tables.soil]\nfile = "soil.csv"\nkind = "soil"\n'


def halosink(*words: str, cwd: Path, language: str = "en") -> subprocess.CompletedProcess[str]:
    from os import environ

    return subprocess.run(
        [sys.executable, "-m", "halosink", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**environ, "HALOSINK_LANG": language, "PYTHONUTF8": "1"},
    )


@pytest.fixture
def study(tmp_path: Path) -> Path:
    rows = "".join(
        f"{p},{t},{8 + i / 10}\n" for i, (p, t) in enumerate(zip("ABCDEF", ["control", "gypsum"] * 3, strict=True))
    )
    (tmp_path / "study.toml").write_text(STUDY + '[[design.factors]]\nfield = "treatment"\nreference = "control"\n')
    (tmp_path / "soil.csv").write_text("plot,treatment,ph_water\n" + rows)
    return tmp_path


def test_run_then_nothing_to_do_then_explain_a_result(study: Path) -> None:
    first = halosink("run", "--json", cwd=study)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["worked"] is True
    again = halosink("run", "--json", cwd=study)
    assert json.loads(again.stdout)["worked"] is False
    assert "nothing was done" in halosink("run", cwd=study).stdout
    assert "没有任何变化" in halosink("run", cwd=study, language="zh").stdout
    told = halosink("explain", "results/effects/class_means.parquet", cwd=study)
    assert "step effects" in told.stdout and "soil.csv" in told.stdout and "as the run wrote it" in told.stdout
    (study / "results/report.en.html").write_text("changed by hand")
    assert "CHANGED" in halosink("explain", "results/report.en.html", cwd=study).stdout
    path = halosink("report", "--lang", "zh", cwd=study).stdout.strip()
    assert (study / path).read_text("utf-8").startswith("<!DOCTYPE html>")


def test_broken_study_lists_all_problems_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY.replace("kind", "knd") + "[desing]\n[analysis]\nconfidence = 2\n")
    for language, word in (("en", "Did you mean"), ("zh", "是否想写")):
        found = halosink("check", cwd=tmp_path, language=language)
        assert found.returncode == 1 and "Traceback" not in found.stderr
        assert all(key in found.stderr for key in ("knd", "desing", "confidence", word)), found.stderr


def test_wrong_input_leaves_earlier_results_alone(study: Path) -> None:
    halosink("run", cwd=study)
    before = {p: p.read_bytes() for p in (study / "results").rglob("*") if p.is_file()}
    (study / "soil.csv").write_text("plot,treatment,ph_water\nA,control,eight\n")
    failed = halosink("run", cwd=study)
    assert failed.returncode == 1
    assert {p: p.read_bytes() for p in (study / "results").rglob("*") if p.is_file()} == before


def test_json_problems_are_data(study: Path) -> None:
    (study / "soil.csv").write_text("plot,treatment,ph_water\nA,control,eight\n")
    found = json.loads(halosink("check", "--json", cwd=study).stdout)["problems"]
    assert any(p["level"] == "error" and p["column"] and p["rows"] == [2] and p["fix_zh"] for p in found)


ERRORS = [case for case in CASES if case.code.startswith("E-")]


def test_there_are_at_least_forty_kinds_of_wrong_input() -> None:
    assert len({case.name for case in ERRORS}) >= 40


@pytest.mark.parametrize("case", ERRORS, ids=lambda c: c.name)
def test_wrong_input_is_refused_whole(case: Case, tmp_path: Path) -> None:
    from halosink.problems import UserError
    from halosink.render import problem
    from halosink.study import open as open_study

    case.build(tmp_path)
    with pytest.raises(UserError) as caught:
        open_study(tmp_path).run()
    assert case.code in {p.code for p in caught.value.problems}
    assert all(problem(p, language) for p in caught.value.problems for language in ("en", "zh"))
    assert [p for p in (tmp_path / "results").rglob("*") if p.is_file() and p.name != ".lock"] == []


@pytest.mark.parametrize("case", [ERRORS[0], ERRORS[-1]], ids=lambda c: c.name)
def test_wrong_input_ends_with_exit_code_1(case: Case, tmp_path: Path) -> None:
    case.build(tmp_path)
    for verb in ("check", "run"):
        done = halosink(verb, cwd=tmp_path)
        assert done.returncode == 1 and case.code in done.stdout + done.stderr and "Traceback" not in done.stderr
