"""The runner: order, what is up to date, what a kill leaves, what a failing step does to the others."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from halosink import runner, settings
from halosink.contracts import Skip, Step, Text
from halosink.problems import UserError

NOTHING = Text("", "")
STUDY = '[study]\ntitle = "t"\n[tables.soil]\nfile = "soil.csv"\nkind = "soil"\n'


def _study(folder: Path, content: str = "plot,ph_water\nA,8.1\nB,8.4\n") -> runner.Workspace:
    (folder / "study.toml").write_text(STUDY)
    (folder / "soil.csv").write_text(content)
    return runner.Workspace(folder, settings.load(folder))


def _step(name: str, run: Any, **more: Any) -> Step:
    return Step(name, Text(name, name), NOTHING, run, **more)


def _steps(calls: list[str]) -> dict[str, Step]:
    def first(workspace: runner.Workspace) -> dict[str, Any]:
        calls.append("first")
        size = (workspace.folder / "soil.csv").stat().st_size
        return {"first/size.parquet": pd.DataFrame({"size": [size > 0]})}

    def second(workspace: runner.Workspace) -> dict[str, Any]:
        calls.append("second")
        return {"second.json": {"size": bool(workspace.frame("first/size")["size"][0])}}

    def broken(workspace: runner.Workspace) -> dict[str, Any]:
        calls.append("broken")
        raise RuntimeError("a bug")

    def lacking(workspace: runner.Workspace) -> Skip:
        calls.append("lacking")
        return Skip(Text("no data", "没有数据"), Text("add some", "请补充"))

    steps = [
        _step("second", second, needs=("first",)),
        _step("last", lambda w: {"last.html": "<p>盐碱地</p>"}, after=("broken", "second", "lacking")),
        _step("first", first, reads_files=True),
        _step("broken", broken),
        _step("behind", second, needs=("broken",)),
        _step("lacking", lacking),
    ]
    return {s.name: s for s in steps}


def test_order_puts_needs_first_and_is_stable() -> None:
    names = runner.order(_steps([]))
    assert names == runner.order(dict(reversed(_steps([]).items())))
    assert names.index("first") < names.index("second") < names.index("last")


def test_a_failing_step_takes_no_other_down(tmp_path: Path) -> None:
    outcomes = runner.run(_study(tmp_path), _steps([]))
    assert {n: o.status for n, o in outcomes.items()} == {
        "first": "done",
        "second": "done",
        "broken": "failed",
        "behind": "skipped",
        "lacking": "skipped",
        "last": "done",
    }
    assert "a bug" in (tmp_path / "results/log/broken.txt").read_text()


def test_what_is_up_to_date_is_not_done_again(tmp_path: Path) -> None:
    calls: list[str] = []
    steps = {n: s for n, s in _steps(calls).items() if n != "broken" and n != "behind"}
    work = _study(tmp_path)
    runner.run(work, steps)
    again = runner.run(work, steps)
    assert sorted(calls) == ["first", "lacking", "second"]
    assert {o.status for o in again.values()} == {"cached", "skipped"}


def test_a_changed_file_is_worked_through_and_stops_where_nothing_changed(tmp_path: Path) -> None:
    calls: list[str] = []
    steps = _steps(calls)
    runner.run(_study(tmp_path), {n: steps[n] for n in ("first", "second")})
    runner.run(_study(tmp_path, "plot,ph_water\nA,8.2\n"), {n: steps[n] for n in ("first", "second")})
    assert calls == ["first", "second", "first"]


@pytest.mark.parametrize("damage", ["delete", "truncate", "edit"])
def test_damaged_outputs_are_made_again(tmp_path: Path, damage: str) -> None:
    steps = {n: s for n, s in _steps([]).items() if n in ("first", "second")}
    work = _study(tmp_path)
    runner.run(work, steps)
    target = tmp_path / "results/second.json"
    good = target.read_bytes()
    target.unlink() if damage == "delete" else target.write_bytes(good[:3] if damage == "truncate" else good + b" ")
    outcomes = runner.run(work, steps)
    assert outcomes["second"].status == "done" and outcomes["first"].status == "cached"
    assert target.read_bytes() == good


def test_outputs_no_longer_given_are_removed(tmp_path: Path) -> None:
    work = _study(tmp_path)
    runner.run(work, {"a": _step("a", lambda w: {"old.json": 1, "kept.json": 1})})
    changed = _step("a", lambda w: {"kept.json": 2}, settings=("study",))
    runner.run(work, {"a": changed})
    assert not (tmp_path / "results/old.json").exists()
    assert json.loads((tmp_path / "results/kept.json").read_text()) == 2


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    work = _study(tmp_path)

    def meanwhile(workspace: runner.Workspace) -> dict[str, Any]:
        with pytest.raises(UserError) as caught:
            runner.run(work, {"b": _step("b", lambda w: {"b.json": 1})})
        return {"a.json": caught.value.problems[0].code}

    runner.run(work, {"a": _step("a", meanwhile)})
    assert json.loads((tmp_path / "results/a.json").read_text()) == "E-STUDY-LOCKED"
    assert runner.run(work, {"b": _step("b", lambda w: {"b.json": 1})})["b"].good


def test_only_runs_what_is_asked_and_needed(tmp_path: Path) -> None:
    calls: list[str] = []
    outcomes = runner.run(_study(tmp_path), _steps(calls), only=["second"])
    assert sorted(calls) == ["first", "second"] and set(outcomes) == {"first", "second"}
    runner.run(_study(tmp_path), _steps(calls), only=["last"])
    assert {"broken", "lacking"} <= set(calls), "a step is the same however it was asked for"
    with pytest.raises(UserError) as caught:
        runner.run(_study(tmp_path), _steps(calls), only=["secnd"])
    assert caught.value.problems[0].code == "E-STEP-UNKNOWN"


def test_a_full_disk_is_a_problem_and_leaves_finished_results(tmp_path: Path) -> None:
    def full(workspace: runner.Workspace) -> dict[str, Any]:
        raise OSError(errno.ENOSPC, "No space left on device")

    steps = {"a": _step("a", lambda w: {"a.json": 1}), "b": _step("b", full)}
    with pytest.raises(UserError) as caught:
        runner.run(_study(tmp_path), steps)
    assert caught.value.problems[0].code == "E-RESULTS-WRITE"
    assert json.loads((tmp_path / "results/a.json").read_text()) == 1


def test_results_that_cannot_be_made_are_a_problem(tmp_path: Path) -> None:
    work = _study(tmp_path)
    (tmp_path / "results").write_text("a file where the folder should be")
    with pytest.raises(UserError) as caught:
        runner.run(work, _steps([]))
    assert caught.value.problems[0].code == "E-RESULTS-WRITE"


def _digest(results: Path) -> dict[str, bytes]:
    kept = (p for p in results.rglob("*") if p.is_file() and not p.relative_to(results).as_posix().startswith("."))
    return {
        p.name: p.read_bytes()
        if p.name != "provenance.json"
        else str({**json.loads(p.read_text()), "finished": 0}).encode()
        for p in kept
    }


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_a_killed_run_ends_with_the_same_bytes(tmp_path: Path) -> None:
    rows = "".join(
        f"{p},{t},{8 + i / 10}\n" for i, (p, t) in enumerate(zip("ABCDEF", ["control", "gypsum"] * 3, strict=True))
    )
    factor = '[[design.factors]]\nfield = "treatment"\nreference = "control"\n'
    (tmp_path / "study.toml").write_text(STUDY + factor)
    (tmp_path / "soil.csv").write_text("plot,treatment,ph_water\n" + rows)
    command = [sys.executable, "-m", "halosink", "run", str(tmp_path)]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    whole = time.perf_counter() - start
    expected = _digest(tmp_path / "results")
    assert {"report.en.html", "report.zh.html", "provenance.json"} <= set(expected)
    for moment in (random.Random(7).uniform(0.1, whole) for _ in range(3)):
        subprocess.run(["rm", "-rf", str(tmp_path / "results")], check=True)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        assert _digest(tmp_path / "results") == expected
