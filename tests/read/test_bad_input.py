"""Each wrong study gives its problem, with place and fix in both languages, and nothing else breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_input_cases import CASES, Case

from halosink import read, settings
from halosink.problems import Problem, UserError, errors


def problems_of(folder: Path) -> list[Problem]:
    try:
        loaded = settings.load(folder)
    except UserError as error:
        return list(error.problems)
    found: list[Problem] = []
    for name, table in loaded.tables.items():
        reading = read.table(folder, name, table, loaded.study.utc_offset)
        assert (reading.frame is None) == bool(errors(reading.problems))
        found += reading.problems
        for factor in loaded.design.factors if reading.frame is not None else ():
            found += read.declared(reading.frame, factor)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_problem_is_said(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    case.build(folder)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    found = problems_of(folder)
    listing = "\n".join(f"{p.code} {p.where()}: {p.say('what', 'en')}" for p in found)
    hit = [p for p in found if p.code == case.code]
    assert hit, f"expected {case.code}, found:\n{listing}"
    problem = hit[0]
    assert problem.file.endswith(case.file), listing
    if case.column:
        assert problem.column == case.column, listing
    if case.row:
        assert problem.rows[:1] == (case.row,), listing
    for p in found:
        for part in ("what", "why", "fix"):
            assert p.say(part, "en").strip()
            assert any("\u4e00" <= c <= "\u9fff" for c in p.say(part, "zh"))
    other = [p for p in errors(found) if p.code != case.code]
    assert not other, f"errors beside {case.code}:\n{listing}"
    assert before == {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_enough_kinds() -> None:
    assert len({c.name for c in CASES}) == len(CASES) >= 40
    assert len({c.code for c in CASES}) >= 40


def test_all_problems_at_once(tmp_path: Path) -> None:
    from bad_input_cases import rows, soil

    soil(rows({3: "P1,20,0,high,0.9,6.1", 5: "P3,0,20,9.4,low,3.9"}))(tmp_path)
    found = {(p.code, p.column, p.rows) for p in errors(problems_of(tmp_path))}
    assert found == {
        ("E-NUMBER", "ph_water", (3,)),
        ("E-NUMBER", "ec_1_5", (5,)),
        ("E-DEPTH-ORDER", "depth_bottom", (3,)),
    }
