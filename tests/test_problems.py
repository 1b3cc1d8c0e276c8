"""Problems speak both languages, and stay silent where they have nothing to suggest."""

import re

import pytest

from halosink.contracts import LANGUAGES
from halosink.problems import Problem, UserError, did_you_mean, errors, wordings


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_suggestion_is_left_out_where_there_is_none(language: str) -> None:
    known, none = (
        Problem("E-STUDY-KIND", values={"name": "sol", "meant": meant}).say("fix", language)  # type: ignore[arg-type]
        for meant in ("soil", "-")
    )
    assert "soil" in known and "-" not in none and none and none in known


@pytest.mark.parametrize("code", sorted(c for c, w in wordings().items() if "{meant}" in w.fix.en))
def test_a_fix_without_suggestion_still_says_what_to_do(code: str) -> None:
    for language in LANGUAGES:
        named = re.findall(r"\{(\w+)\}", wordings()[code].fix.to(language))
        assert len(Problem(code, values={**dict.fromkeys(named, "x"), "meant": "-"}).say("fix", language)) > 5


def test_where_names_file_sheet_column_and_rows() -> None:
    found = Problem("E-NUMBER", file="a.xlsx", sheet="soil", column="pH", rows=(3, 5), count=9)
    assert found.where() == "a.xlsx › soil › pH: row 3, 5 (+ 7)"
    assert found.where("zh") == "a.xlsx › soil › pH：第 3、5 行（另有 7 行）"


def test_a_problem_survives_its_record() -> None:
    found = Problem("E-STUDY-KIND", file="study.toml", rows=(4,), values={"name": "sol", "meant": "soil"})
    assert Problem.from_record(found.record()) == Problem(**{**_parts(found), "count": 1})


def _parts(found: Problem) -> dict[str, object]:
    return {k: getattr(found, k) for k in ("code", "file", "sheet", "column", "rows", "count", "values")}


def test_user_error_holds_every_problem() -> None:
    both = [Problem("E-STUDY-MISSING", values={"folder": "a"}), Problem("N-TABLES-NONE")]
    assert errors(UserError(both).problems) == both[:1]


def test_did_you_mean_ignores_case_and_underscores() -> None:
    assert did_you_mean("Soil Organic-Carbon", ["soil_organic_carbon", "soil_moisture"]) == "soil_organic_carbon"
    assert did_you_mean("zzz", ["soil_organic_carbon"]) == ""
