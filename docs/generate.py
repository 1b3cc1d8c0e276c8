"""The reference pages in both languages, made from the package itself."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from halosink import vocabulary
from halosink.contracts import LANGUAGES, Language
from halosink.explain import explain
from halosink.problems import wordings
from halosink.quality.registry import checks
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
}

SIMPLE = ("text", "bilingual", "choice", "list", "pairs", "yes_no", "integer", "number")


def write(folder: Path) -> None:
    """All pages, folder/<language>/<page>.md; a page that has not changed is left alone."""
    pages = {"settings": _settings, "fields": _fields, "tables": _tables, "checks": _checks}
    pages |= {"problems": _problems, "sources": _sources}
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
                (f"`{name}`", f"{p.value:g} {'' if p.unit == '1' else p.unit}".strip(), p.about.to(language), p.source)
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
