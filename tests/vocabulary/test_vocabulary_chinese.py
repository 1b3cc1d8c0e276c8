"""One Chinese word for one thing, and full-width punctuation, wherever halosink speaks Chinese."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import halosink

SOURCE = Path(halosink.__file__).parent
HOUSE = SOURCE.parent.parent
HAN = r"[\u3400-\u9fff]"
# What a sentence must not say -> what it says instead.
GLOSSARY = {
    r"样点": "样地",
    r"样方": "小区",
    r"样地表": "小区表",
    r"关箱": "闭箱",
    r"校准": "标定",
    r"(?<!数据)采集器": "数据采集器",
    r"(?<!生物)微生物量": "微生物生物量",
    r"颗粒有机碳": "颗粒态有机碳",
    r"矿物结合有机碳|矿质结合": "矿物结合态有机碳",
    r"钠质化": "碱化",
    r"钠吸附率|钠吸收比": "钠吸附比",
    r"饱和(?:土壤)?浸提液": "饱和泥浆浸提液",
    r"尖刺|毛刺": "尖峰",
    r"阶跃(?!）)": "突变",
    r"样例": "示例研究",
    r"(?<!取值)合理范围": "合理取值范围",
    r"最小可(?!检测变化)检.?变化": "最小可检测变化",
    r"参照(?:类别|组|处理)": "对照",
    r"反应比|效应比": "响应比",
    r"涡动相关|涡度协方差": "涡度相关",
    r"模拟(?:研究|样地|数据)": "合成",
    r"双胞胎|数字孪生": "孪生",
    r"总有机碳": "土壤有机碳",
    r"总碳": "全碳",
    r"重碳酸": "碳酸氢",
    r"质量标志": "质量标记",
}
HALF_WIDTH = re.compile(
    rf"(?<={HAN})\s?[,;:()!?]|[,;:()!?]\s?(?={HAN})|\}}[,;:!?]|[,;:!?]\{{|(?<={HAN})\.(?!\.)(?![A-Za-z])"
)
# What an English word must be called where the Chinese sentence uses a word of that kind: (word, its kind, its name).
NAMES = (
    (r"\bplots?\b", r"样地|小区", "小区"),
    (r"\bsites?\b", r"样地|小区|站点", "样地"),
    (r"\bblocks?\b", r"区组|区块|地块", "区组"),
    (r"\bprobes?\b", r"探头|探针|传感器", "探头"),
    (r"\bloggers?\b", r"采集器|记录仪", "数据采集器"),
    (r"\bcores?\b", r"土芯|土柱|土钻", "土芯"),
    (r"\bflag(?:s|ged)?\b", r"标记|标志|标识", "标记"),
    (r"\bsynthetic\b", r"合成|模拟|虚拟", "合成"),
)
# Words of users, which are read and not said: keys of toml, and constants without Text in the modules that read.
NOT_SAID = {"aliases", "headings", "variables"}
READERS = {"read", "notation.py"}


def _toml(value, path):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in NOT_SAID:
                yield from _toml(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _toml(inner, path)
    elif isinstance(value, str) and re.search(HAN, value):
        yield ".".join(path), value


def _python(tree, reads):
    """Strings with Chinese, but for docstrings; f-strings with {} for what is filled in."""
    inside = {id(p) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for p in node.values}
    inside |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for statement in tree.body:
        if reads and isinstance(statement, ast.Assign | ast.AnnAssign) and "Text(" not in ast.unparse(statement):
            inside |= {id(node) for node in ast.walk(statement)}
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if re.search(HAN, text):
            yield f"line {node.lineno}", text


def _markdown(text):
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    yield from ((f"line {n}", line) for n, line in enumerate(prose.splitlines(), 1) if re.search(HAN, line))


def _plain(text):
    """Without code, links and quoted keys."""
    return re.sub(r"`[^`]*`|\]\([^)]*\)|\"[^\"]*\"", "", text)


def _said():
    for file in sorted(SOURCE.rglob("*.toml")):
        yield from ((file, *found) for found in _toml(tomllib.loads(file.read_text("utf-8")), ()))
    for file in (*sorted(SOURCE.rglob("*.py")), *sorted((HOUSE / "docs").glob("*.py"))):
        yield from (
            (file, *found) for found in _python(ast.parse(file.read_text("utf-8")), bool(READERS & set(file.parts)))
        )
    for file in (HOUSE / "README.zh.md", HOUSE / "docs/index.md", *sorted((HOUSE / "docs/zh").glob("*.md"))):
        if file.exists():
            yield from ((file, *found) for found in _markdown(file.read_text("utf-8")))


def _pairs():
    """English and Chinese of the same sentence."""
    for file in sorted(SOURCE.rglob("*.toml")):
        yield from ((file, *found) for found in _toml_pairs(tomllib.loads(file.read_text("utf-8")), ()))
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Text" and len(node.args) == 2:
                yield (file, f"line {node.lineno}", *map(ast.unparse, node.args))


def _toml_pairs(value, path):
    if not isinstance(value, dict):
        return
    if isinstance(value.get("en"), str) and isinstance(value.get("zh"), str):
        yield ".".join(path), value["en"], value["zh"]
    for key, inner in value.items():
        if isinstance(inner, list) and len(inner) == 2 and all(isinstance(i, str) for i in inner):
            yield ".".join((*path, key)), *inner
        yield from _toml_pairs(inner, (*path, key))


SAID = list(_said())
PAIRS = [pair for pair in _pairs() if re.search(HAN, pair[3])]


def _report(found):
    return "\n".join(f"{file.relative_to(HOUSE)} {place}: {why}\n    {text}" for file, place, text, why in found)


def test_there_is_chinese_to_look_at():
    assert len(SAID) > 1000


@pytest.mark.parametrize("wrong", GLOSSARY)
def test_one_word_for_one_thing(wrong):
    found = [(f, p, t, f"say {GLOSSARY[wrong]}") for f, p, t in SAID if re.search(wrong, t)]
    assert not found, _report(found)


@pytest.mark.parametrize(("english", "kind", "name"), NAMES)
def test_a_word_has_one_name(english, kind, name):
    found = [
        (file, place, zh, f"{en!r} speaks of {name}")
        for file, place, en, zh in PAIRS
        if re.search(english, re.sub(r"\{[^}]*\}", "", en), re.IGNORECASE) and re.search(kind, zh) and name not in zh
    ]
    assert not found, _report(found)


def test_punctuation_beside_chinese_is_full_width():
    found = [(f, p, t, "half-width punctuation") for f, p, t in SAID if HALF_WIDTH.search(_plain(t))]
    assert not found, _report(found)


def test_the_rules_see_what_they_should():
    for wrong in ("小区,样品", "小区: 甲", "缺少(单位)", "{name}:{folder}", "见 study.toml;其余从略", "完毕."):
        assert HALF_WIDTH.search(wrong), wrong
    for right in (
        "小区，样品",
        "1:5 土水比",
        "写成 2024-03-04 10:30，或改写",
        "如 d__Bacteria;p__...",
        "行 3：{value}",
        "（EC1:5）",
    ):
        assert not HALF_WIDTH.search(right), right
