"""explain knows everything that has a name, in both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import halosink
from halosink import vocabulary
from halosink.contracts import LANGUAGES, Language
from halosink.explain import LISTS, explain
from halosink.problems import UserError, wordings
from halosink.runner import discover
from halosink.settings import Settings
from halosink.settings_reference import reference

HAN = re.compile(r"[\u4e00-\u9fff]")


def names() -> Iterator[str]:
    yield from LISTS
    yield from vocabulary.fields()
    yield from vocabulary.table_kinds()
    yield from vocabulary.calibrations()
    yield from vocabulary.sources()
    yield from vocabulary.GROUPS
    yield from wordings()
    yield from reference()


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_with_a_name_is_explained(language: Language) -> None:
    for name in names():
        found = explain(name, language)
        assert found.title
        assert found.about or found.facts or found.items, name
        assert not re.search(r"\{\w+\}", found.text()), name
        assert json.loads(json.dumps(found.record()))["name"] in (name, name.upper())
        assert name in found.text().splitlines()[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_steps_and_checks_are_explained(language: Language) -> None:
    from halosink.quality.registry import checks

    assert checks() and discover()
    for name, check in checks().items():
        found = explain(f"check:{name}", language)
        assert (found.kind, found.about) == ("check", check.about.to(language))
    for name, step in discover().items():
        found = explain(f"step:{name}", language)
        assert (found.kind, found.about) == ("step", step.about.to(language))
    assert dict(explain("checks", language).items).keys() > checks().keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_of_the_report_is_explained(language: Language) -> None:
    """The names given to CheckRow in the source, and those the report has a title for."""
    source = "".join(p.read_text("utf-8") for p in Path(halosink.__file__).parent.rglob("*.py"))
    written = set(re.findall(r'CheckRow\(\s*"(\w+)"', source))
    titled = {key.split(".")[-1] for key in vocabulary.texts() if key.startswith("report.check.")}
    assert len(written) >= 5
    for name in written | titled:
        assert explain(name, language).about, name


def test_chinese_answers_are_chinese() -> None:
    for name in (*vocabulary.fields(), *vocabulary.table_kinds(), *wordings(), *reference()):
        found = explain(name, "zh")
        assert HAN.search(found.title + found.about), name
        assert all(HAN.search(label) for label, _ in found.facts), name


def test_a_heading_in_either_language_is_taken_for_its_field() -> None:
    assert explain("土壤温度").name == "soil_temperature"
    assert explain("Soil temperature", "zh").name == "soil_temperature"
    for field in vocabulary.fields().values():
        assert vocabulary.match(field.label.zh) == explain(f"field:{field.name}").name


def test_tables_and_groups_are_known_by_their_chinese_labels() -> None:
    assert explain(vocabulary.table_kinds()["soil"].label.zh).name == "soil"
    assert explain(vocabulary.GROUPS["fraction"].zh, "zh").kind == "group"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("soil_temprature", "soil_temperature"), ("E-STUDY-KEI", "E-STUDY-KEY"), ("study.titel", "study.title")],
)
def test_unknown_names_get_the_nearest(asked: str, meant: str) -> None:
    with pytest.raises(UserError) as caught:
        explain(asked)
    (problem,) = caught.value.problems
    assert problem.code == "E-EXPLAIN-UNKNOWN"
    assert meant in problem.say("fix", "en") and meant in problem.say("fix", "zh")


@pytest.mark.parametrize("asked", ["", "   ", "{x}", "tables.", ":", "field:", "check:nothing", "../..", "%s" * 500])
def test_nonsense_is_a_user_error(asked: str) -> None:
    with pytest.raises(UserError):
        explain(asked)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("tables.my_soil.file", "tables.file"),
        ("tables.my_soil.columns.EC.unit", "tables.columns.unit"),
        ("[analysis]", "analysis"),
        ("[[design.factors]]", "design.factors"),
    ],
)
def test_settings_are_found_under_the_names_of_a_study(asked: str, path: str) -> None:
    assert explain(asked).name == path


def test_defaults_shown_are_those_of_the_records() -> None:
    facts = dict(explain("analysis.power").facts)
    assert float(facts["If left out"]) == Settings.model_validate({"study": {"title": "t"}}).analysis.power
    assert dict(explain("study.title").facts)["If left out"] == "must be given"


def test_settings_text_says_what_the_schema_says() -> None:
    """The sentence in study.toml's schema and the one explain shows are the same."""
    described = {p.split(".")[-1]: t for p, t in reference().items()}
    for record in Settings.model_json_schema()["$defs"].values():
        for key, entry in record["properties"].items():
            if "description" in entry and key in described:
                texts = [s.about.en for s in reference().values() if s.path.split(".")[-1] == key]
                assert entry["description"] in texts, key


def test_no_setting_text_is_left_over() -> None:
    known = {key.removeprefix("settings.") for key in vocabulary.texts() if key.startswith("settings.")}
    assert known == set(reference())
