"""Every sentence stands in both languages with the same placeholders, whoever wrote it."""

from __future__ import annotations

import re
import string
import tomllib
from importlib import resources

import pytest

from halosink import vocabulary
from halosink.contracts import Text
from halosink.problems import wordings

CJK = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[A-Za-z]{3,}")


def _files(folder):
    home = resources.files("halosink.vocabulary") / folder
    return sorted((f for f in home.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)


def _placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def _plain(sentence):
    """The sentence without its placeholders and markup."""
    return re.sub(r"<[^>]*>|\{[^}]*\}", "", sentence)


def _leaves(entry, path=()):
    for name, value in entry.items():
        if isinstance(value, dict):
            if {"en", "zh"} & set(value):
                yield ".".join((*path, name)), value
            else:
                yield from _leaves(value, (*path, name))
        else:
            yield ".".join((*path, name)), value


TEXTS = [
    pytest.param(entry, id=f"{folder}/{file.name}:{key}")
    for folder in ("texts", "problems")
    for file in _files(folder)
    for key, entry in _leaves(tomllib.loads(file.read_text("utf-8")))
]


@pytest.mark.parametrize("entry", TEXTS)
def test_a_text_has_both_languages(entry):
    assert isinstance(entry, dict) and set(entry) == {"en", "zh"}
    en, zh = entry["en"], entry["zh"]
    assert en.strip() and zh.strip()
    assert _placeholders(en) == _placeholders(zh)
    assert not CJK.search(en)
    if WORDS.search(_plain(en)) and en != zh:
        assert CJK.search(zh)


def test_problem_codes_stand_in_one_file_and_are_whole():
    codes = [code for file in _files("problems") for code in tomllib.loads(file.read_text("utf-8"))]
    assert len(codes) == len(set(codes))
    for code in codes:
        assert re.fullmatch(r"[EWN]-[A-Z0-9-]+", code)
        assert code in wordings()


def test_say_fills_placeholders_and_names_unknown_keys(monkeypatch):
    known = {"area.hello": Text("{n} rows of {what}", "{what}共{n}行")}
    monkeypatch.setattr(vocabulary, "texts", lambda: known)
    assert vocabulary.say("area.hello", "en", n=3, what=Text("soil", "土壤")) == "3 rows of soil"
    assert vocabulary.say("area.hello", "zh", n=3, what=Text("soil", "土壤")) == "土壤共3行"
    with pytest.raises(KeyError, match=r"area\.helo.*area\.hello"):
        vocabulary.say("area.helo", "en")
