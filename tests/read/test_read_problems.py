"""Every code the readers can say has its sentences, and every wrong input has a case."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bad_input_cases import CASES

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
