"""The reference pages in both languages, made from the package itself."""

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from halosink import vocabulary
from halosink.chamber.checks import checks as chamber_checks
from halosink.chamber.checks.check import Check
from halosink.chamber.flux import flags
from halosink.contracts import LANGUAGES, Language
from halosink.explain import explain
from halosink.problems import wordings
from halosink.quality.registry import checks
from halosink.read.instruments import formats
from halosink.settings_reference import reference

WORDS: dict[str, tuple[str, str]] = {
    "settings": ("study.toml: every setting", "study.toml 设置一览"),
    "settings_intro": (
        "Names in capitals are your own choice. A key outside sections stands before the first of them. "
        "`halosink explain tables.file` shows one setting in the terminal.",
        "大写的名称由您自定。不属于任何小节的键须写在第一个小节之前。"
        "在终端运行 `halosink explain tables.file` 可查看单项设置。",
    ),
    "fields": ("Vocabulary: every field", "词汇表：全部字段"),
    "fields_intro": (
        "Each field has one unit. The plausible range only flags; it never deletes or changes a value.",
        "每个字段只有一个单位。合理取值范围只用于标记，从不删除或修改数值。",
    ),
    "tables": ("Kinds of table", "数据表类型"),
    "tables_intro": ("`halosink new STUDY` writes a template for each.", "`halosink new STUDY` 会为每种类型写出模板。"),
    "checks": ("Quality checks", "质量检查"),
    "checks_intro": ("Checks flag values; none changes or removes one.", "检查只标记数值，不修改也不删除。"),
    "verdicts": ("Design and whole series", "试验设计与整个序列"),
    "problems": ("Problem codes", "问题代码"),
    "problems_intro": (
        "E stops the run, W asks for a look, N says what was assumed.",
        "E 为错误，须改正后才运行；W 为警告，请查看；N 说明所作的假定。",
    ),
    "sources": ("Sources", "文献来源"),
    "sources_intro": (
        "Every range, threshold and equation names one of these, or is marked as an own choice with its reason.",
        "每个范围、阈值和公式都注明其中一项来源，或标明为自定并说明理由。",
    ),
    "instruments": ("Instrument files that are read", "可读取的仪器文件"),
    "instruments_intro": (
        "A format is recognised by what the file holds, not by its name; the endings are those it usually has.",
        "格式按文件内容识别，与文件名无关；表中后缀仅为常见情形。",
    ),
    "chamber_checks": ("Checks of chamber measurements", "箱法测定的检查"),
    "chamber_checks_intro": (
        "No check changes a value. One that refuses leaves the closure, or the one gas that it names, without a flux. "
        "One that warns says what to doubt, once it finds more than the tolerated share of closures.",
        "检查不修改任何数值。“不予计算”指该次闭箱（或所指明的一种气体）不给出通量；"
        "“警告”指发现的闭箱超过容许比例时，说明何处可疑。",
    ),
    "chamber_codes": ("Codes in the tables of fluxes", "通量表中的代码"),
    "chamber_codes_intro": (
        "The columns of results/fluxes/chamber.parquet hold these codes; the report says them in words.",
        "results/fluxes/chamber.parquet 的下列各列以代码书写，报告中以文字说明。",
    ),
    "choice": ("`choice`: why this model", "`choice`：选用模型的理由"),
    "reason": ("`reason`: why there is no flux", "`reason`：没有通量的原因"),
    "flag": ("`flags`: what is to be said of a flux", "`flags`：对通量的说明"),
    "quality": ("`quality`", "`quality`：质量"),
    "water_correction": ("`water_correction`: moist and dry air", "`water_correction`：湿空气与干空气"),
    "of_checks": (
        "Where one of the [checks](chamber_checks.md) refuses a closure, the name of the check is the reason.",
        "若由某项[检查](chamber_checks.md)拒绝，则原因为该检查的名称。",
    ),
    "name": ("name", "名称"),
    "label": ("label", "标签"),
    "unit": ("unit", "单位"),
    "range": ("plausible range", "合理取值范围"),
    "about": ("meaning", "含义"),
    "source": ("source", "来源"),
    "kind": ("value", "取值类型"),
    "default": ("if left out", "省略时"),
    "column": ("column", "列"),
    "required": ("needed", "必填"),
    "parameter": ("parameter", "参数"),
    "value": ("value", "值"),
    "format": ("instrument or file", "仪器或文件"),
    "endings": ("usual endings", "常见后缀"),
    "check": ("check", "检查"),
    "thresholds": ("thresholds", "阈值"),
    "effect": ("what it does", "作用"),
    "tolerated": ("tolerated share", "容许比例"),
    "code": ("code", "代码"),
    "doubtful": ("makes it doubtful", "使其存疑"),
    "problem": ("problem", "问题"),
    "E": ("refuses", "不予计算"),
    "W": ("warns", "警告"),
}

SIMPLE = ("text", "bilingual", "choice", "list", "pairs", "yes_no", "integer", "number")


def write(folder: Path) -> None:
    """All pages, folder/<language>/<page>.md; a page that has not changed is left alone."""
    pages = {"settings": _settings, "fields": _fields, "tables": _tables, "checks": _checks}
    pages |= {"problems": _problems, "sources": _sources}
    pages |= {"instruments": _instruments, "chamber_checks": _chamber_checks, "chamber_codes": _chamber_codes}
    for language in LANGUAGES:
        for name, make in pages.items():
            head = [f"# {_word(name, language)}", _word(f"{name}_intro", language)]
            text = "\n\n".join([*head, *make(language)]) + "\n"
            path = folder / language / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_text("utf-8") != text:
                path.write_text(text, "utf-8")


def plain_docstring(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Docstrings are plain text: the first paragraph becomes prose, the rest keeps its lines."""
    end = lines.index("") if "" in lines else len(lines)
    first, rest = lines[:end], lines[end:]
    prose = " ".join(first)
    for mark in "\\*`|_":
        prose = prose.replace(mark, "\\" + mark)
    lines[:] = [prose, ""]
    if any(line.strip() for line in rest):
        lines += ["::", "", *(f"   {line}" for line in rest if line.strip() or line == ""), ""]


def _settings(language: Language) -> Iterator[str]:
    section: list[Sequence[str]] = []
    names = {"tables.": "tables.NAME.", "columns.": "columns.COLUMN.", "split.": "split.FIELD."}
    for item in sorted(reference().values(), key=lambda s: not (s.kind in SIMPLE and "." not in s.path)):
        facts = explain(f"setting:{item.path}", language)
        path = item.path
        if path.startswith("tables."):
            for short, long in names.items():
                path = path.replace(short, long, 1)
        if item.kind not in SIMPLE:
            if section:
                yield _table(("name", "about", "kind", "default"), section, language)
            section = []
            shown = path + {"named_sections": ".NAME", "list_of_sections": ""}.get(item.kind, "")
            shown = shown.replace("columns.NAME", "columns.COLUMN").replace("split.NAME", "split.FIELD")
            yield f"## `{'[[' + shown + ']]' if item.kind == 'list_of_sections' else '[' + shown + ']'}`"
            yield facts.about
            continue
        kind = ", ".join(f"`{c}`" for c in item.choices) or vocabulary.say(f"explain.type_{item.kind}", language)
        must = vocabulary.say("explain.no_default", language)
        default = must if item.default is None else f"`{item.default}`" if item.default else ""
        section.append((f"`{path}`", facts.about, kind, default))
    yield _table(("name", "about", "kind", "default"), section, language)


def _fields(language: Language) -> Iterator[str]:
    for group, label in vocabulary.GROUPS.items():
        members = [f for f in vocabulary.fields().values() if f.group == group]
        if not members:
            continue
        yield f"## {label.to(language)}"
        yield _table(
            ("name", "label", "unit", "range", "about", "source"),
            [
                (
                    f"`{f.name}`",
                    f.label.to(language),
                    f"`{f.unit}`" if f.unit else "",
                    "" if f.minimum is None or f.maximum is None else f"{f.minimum:g} … {f.maximum:g}",
                    f.about.to(language),
                    f"`{f.source}`",
                )
                for f in members
            ],
            language,
        )


def _tables(language: Language) -> Iterator[str]:
    for kind in vocabulary.table_kinds().values():
        yield f"## {kind.label.to(language)} (`{kind.name}`)"
        yield kind.about.to(language)
        columns = [vocabulary.field(c) for c in kind.template]
        rows = [
            (
                f"`{f.name}`",
                f.label.to(language),
                f"`{f.unit}`" if f.unit else "",
                "✓" if f.name in kind.required else "",
            )
            for f in columns
        ]
        yield _table(("column", "label", "unit", "required"), rows, language)


def _checks(language: Language) -> Iterator[str]:
    for check in checks().values():
        said = explain(f"check:{check.name}", language)
        yield f"## {check.label.to(language)} (`{check.name}`)"
        yield said.about
        yield "\n".join(f"* {label}: {_cell(value)}" for label, value in said.facts)
        if check.parameters:
            rows = [
                (f"`{name}`", _number(p.value, p.unit), p.about.to(language), p.source)
                for name, p in check.parameters.items()
            ]
            yield _table(("parameter", "value", "about", "source"), rows, language)

    yield f"## {_word('verdicts', language)}"
    names = [key.removeprefix("verdicts.") for key in vocabulary.texts() if key.startswith("verdicts.")]
    said_of = [explain(f"verdict:{name}", language) for name in names]
    yield _table(("name", "label", "about"), [(f"`{e.name}`", e.title, e.about) for e in said_of], language)


def _problems(language: Language) -> Iterator[str]:
    for code in sorted(wordings(), key=lambda c: ("EWN".index(c[0]), c)):
        said = explain(code, language)
        yield f"## {code}"
        yield _cell(said.title)
        yield "\n".join(f"* {label}: {_cell(value)}" for label, value in said.facts)


def _instruments(language: Language) -> Iterator[str]:
    for kind in dict.fromkeys(f.kind for f in formats()):
        table = vocabulary.table_kinds()[kind]
        yield f"## {table.label.to(language)} (`{kind}`)"
        rows = []
        for one in (f for f in formats() if f.kind == kind):
            endings = ", ".join(f"`{s}`" for s in dict.fromkeys(map(str.lower, one.suffixes)) if s)
            rows.append((one.label.to(language), endings, f"`{one.source}`"))
        yield _table(("format", "endings", "source"), rows, language)


def _chamber_checks(language: Language) -> Iterator[str]:
    between, rows = "、" if language == "zh" else ", ", []
    for check in chamber_checks().values():
        codes = _codes(check)
        numbers = between.join(f"`{n}` {_number(p.value, p.unit)}" for n, p in check.thresholds.items())
        does = " / ".join(_word(level, language) for level in sorted({c[0] for c in codes}))
        tolerated = f"{100 * check.allowed:g} %" if check.allowed else ""
        rows.append((f"{check.label.to(language)} (`{check.name}`)", numbers, does, tolerated))
    yield _table(("check", "thresholds", "effect", "tolerated"), rows, language)
    for check in chamber_checks().values():
        yield f"## {check.label.to(language)} (`{check.name}`)"
        yield _cell(check.about.to(language))
        thresholds = [
            (f"`{n}`", _number(p.value, p.unit), p.about.to(language), f"`{p.source}`")
            for n, p in check.thresholds.items()
        ]
        yield _table(("parameter", "value", "about", "source"), thresholds, language)
        said = {code: explain(code, language) for code in _codes(check)}
        yield _table(("problem", "about"), [(f"`{code}`", one.title) for code, one in said.items()], language)


def _codes(check: Check) -> list[str]:
    """The problems that a check may raise, read from its module; one may be the beginning of several."""
    written = re.findall(r'"([EW]-[A-Z-]+)', inspect.getsource(inspect.getmodule(check.judge)))
    return [c for c in wordings() if any(c == w or (w.endswith("-") and c.startswith(w)) for w in written)]


def _chamber_codes(language: Language) -> Iterator[str]:
    texts = vocabulary.texts()
    for part in ("choice", "reason", "flag", "quality", "water_correction"):
        yield f"## {_word(part, language)}"
        begin = f"chamber.{part}."
        said = {k.removeprefix(begin): texts[k].to(language) for k in texts if k.startswith(begin)}
        if part == "flag":
            doubts = [(f"`{c}`", text, "✓" if c in flags.DOUBTS else "") for c, text in said.items()]
            yield _table(("code", "about", "doubtful"), doubts, language)
        else:
            yield _table(("code", "about"), [(f"`{c}`", text) for c, text in said.items()], language)
        if part == "reason":
            yield _word("of_checks", language)


def _number(value: float, unit: str) -> str:
    return f"{value:g} {'' if unit == '1' else unit}".strip()


def _sources(language: Language) -> Iterator[str]:
    lines = []
    for key, found in sorted(vocabulary.sources().items()):
        said = _cell(found.cite().removesuffix(found.link) if found.link else found.cite())
        lines.append(f"* `{key}`: {said} " + (f"<{found.link}>" if found.link else ""))
    yield "\n".join(line.rstrip() for line in lines)


def _table(columns: Iterable[str], rows: Iterable[Sequence[str]], language: Language) -> str:
    heads = [_word(c, language) for c in columns]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(_cell(c) for c in row) + " |" for row in rows])


def _cell(text: str) -> str:
    """Text that Markdown leaves as it is; what stands in backticks is code already."""
    parts = " ".join(text.split()).split("`")
    for n in range(0, len(parts), 2):
        for mark in "*_<[]$|":
            parts[n] = parts[n].replace(mark, "\\" + mark)
    return "`".join(parts)


def _word(key: str, language: Language) -> str:
    return WORDS[key][language == "zh"]
