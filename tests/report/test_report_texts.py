from __future__ import annotations

import re
from importlib import resources

import pytest

from halosink import vocabulary


@pytest.fixture(scope="module")
def own() -> dict[str, vocabulary.Text]:
    return {k: t for k, t in vocabulary.texts().items() if k.split(".")[0] in ("report", "figures")}


def test_both_languages_say_the_same_values(own: dict[str, vocabulary.Text]) -> None:
    assert len(own) > 100
    for key, text in own.items():
        assert text.en and text.zh, key
        assert set(re.findall(r"{(\w+)}", text.en)) == set(re.findall(r"{(\w+)}", text.zh)), key


def test_chinese_texts_are_chinese(own: dict[str, vocabulary.Text]) -> None:
    plain = re.compile(r"^[\w\s{}()~ ./-]*$", re.ASCII)
    kept = {k for k, t in own.items() if plain.match(t.zh)}
    assert kept <= {
        "report.page.language", "report.column.p_value", "report.column.n", "report.column.sha256",
        "report.answer.mean", "report.answer.other", "figures.evidence.counts", "figures.gradient.slope",
    }  # fmt: skip


def test_every_text_that_templates_and_code_ask_for_exists(own: dict[str, vocabulary.Text]) -> None:
    folder = resources.files("halosink.report")
    page = "".join((folder / "templates" / f).read_text("utf-8") for f in ("report.html", "macros.html"))
    for key in re.findall(r'say\("([a-z_.0-9]+)"[,)]', page):
        if not key.endswith("."):
            assert f"report.{key}" in own, key
    for area in ("effects", "means", "quality", "checks", "tables", "provenance"):
        assert f"report.lack.{area}.what" in own and f"report.lack.{area}.add" in own
