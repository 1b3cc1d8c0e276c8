"""Every code the readers can say has its sentences, and every wrong input has a case."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from bad_input_cases import CASES, li_7810

import halosink.read
from halosink.problems import wordings

FOLDER = Path(halosink.read.__file__).parent
SAID = {c for f in FOLDER.glob("*.py") for c in re.findall(r'"([EWN]-[A-Z]+(?:-[A-Z]+)*)"', f.read_text("utf-8"))}
UNIT_ERRORS = {"E-UNIT-UNKNOWN", "E-UNIT-DIMENSION", "E-UNIT-SUBSTANCE"}


def declared() -> set[str]:
    text = (FOLDER.parent / "vocabulary" / "problems" / "read.toml").read_text("utf-8")
    return set(tomllib.loads(text))


def test_codes_have_sentences_and_none_is_idle() -> None:
    assert declared() | {"E-STUDY-PATH"} == SAID | UNIT_ERRORS
    assert declared() <= set(wordings())


def test_every_error_and_warning_has_a_case() -> None:
    notes = {c for c in declared() if c.startswith("N-")}
    assert not declared() - notes - {c.code for c in CASES}


NOTES: list[tuple[str, str, dict[str, object]]] = [
    ("N-LAYER", "time,土层(cm),soil_temperature\n2024-01-01,0-10,1\n", {}),
    ("N-DEPTH-SINGLE", "time,土层深度(cm),soil_temperature\n2024-01-01,10,1\n", {}),
    ("N-ENCODING", "time,soil_temperature,remark\n2024-01-01,1,碱蓬群落\n", {"encode": "gb18030"}),
    ("N-UNIT-ASSUMED", "time,soil_temperature\n2024-01-01,1\n", {}),
    ("N-NORMALISED", "time,soil_temperature\n2024-01-01,１\n", {}),
    ("N-COLUMN-LEFT", "time,t1,tsoil\n2024-01-01,1,2\n", {"columns": {"t1": "soil_temperature"}}),
    ("N-TIME-ORDER", "time,soil_temperature\n25/04/2024,1\n", {}),
    ("N-TIME-ORDER-MONTH", "time,soil_temperature\n04/25/2024,1\n", {}),
    ("N-TIME-SERIAL", "time,soil_temperature\n45473.5,1\n", {}),
    ("N-TIME-ZONED", "time,soil_temperature\n2024-01-01T00:00Z,1\n", {}),
    ("N-TIME-SHIFTED", "time,soil_temperature\n2024-01-01,1\n", {"utc_offset": 8}),
    ("N-TIME-NEXT-DAY", "date,time,closure_end\n2024-01-01,23:58,0:03\n", {"kind": "closures"}),
    ("N-KEEP", "plot,time,soil_temperature\nA,2024-01-01,1\nB,2024-01-01,2\n", {"keep": {"plot": ["A"]}}),
    ("N-LEAVE-OUT", "plot,time,soil_temperature\nA,2024-01-01,1\nB,2024-01-01,2\n", {"leave_out": [3]}),
    ("N-INSTRUMENT-ZONE", li_7810(), {"kind": "analyser", "study_utc_offset": 8}),
    ("N-TIME-START", "time,soil_temperature\n2024-01-01,1\n", {"timestamp": "end", "interval_minutes": 30}),
]


@pytest.mark.parametrize(("code", "text", "options"), NOTES, ids=[n[0] for n in NOTES])
def test_what_is_assumed_is_said(tmp_path: Path, code: str, text: str, options: dict[str, object]) -> None:
    options = dict(options)
    (tmp_path / "s.csv").write_text(text, encoding=str(options.pop("encode", "utf-8")))
    reading = halosink.read.file(tmp_path / "s.csv", str(options.pop("kind", "sensors")), **options)
    assert reading.frame is not None, reading.problems
    said = [p for p in reading.problems if p.code == code]
    assert len(said) == 1
    record = said[0].record()
    assert all(record[f"{part}_{lang}"] for part in ("what", "why", "fix") for lang in ("en", "zh"))


def test_every_note_has_an_example() -> None:
    assert {n[0] for n in NOTES} == {c for c in declared() if c.startswith("N-")}
