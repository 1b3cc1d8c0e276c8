"""Templates to fill in, XLSX and CSV, made from the vocabulary: name row, unit row, example row.

The same vocabulary gives the same bytes: no clock enters.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from halosink import vocabulary
from halosink.contracts import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from xlsxwriter import Workbook

EXAMPLE = "example 示例"
UNITS = ("unit", "单位")
GUIDE = "Guide 说明"
ROWS_TO_FILL = 2000
FORMATS = {"date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm", "integer": "0", "number": "General"}


@cache
def suggestions() -> Mapping[str, Any]:
    """Examples and dropdown suggestions by field, from vocabulary/template.toml."""
    found = tomllib.loads((resources.files("halosink.vocabulary") / "template.toml").read_text("utf-8"))
    return {"examples": found["examples"], "choices": found["choices"]}


def choices(field: vocabulary.Field, language: Language) -> list[str]:
    """What the dropdown list of a category offers; empty: no list."""
    return [Text(*pair).to(language) for pair in suggestions()["choices"].get(field.name, ())]


def rows(kind: str, language: Language = "en") -> list[list[str | float]]:
    """The three rows of a template: names, units, example. The first cells of the latter two mark them."""
    columns = [vocabulary.field(name) for name in vocabulary.table_kinds()[kind].template]
    names: list[str | float] = [f.name for f in columns]
    units: list[str | float] = [Text(*UNITS).to(language), *(f.unit for f in columns[1:])]
    return [names, units, [EXAMPLE, *(example(f, language) for f in columns[1:])]]


def example(field: vocabulary.Field, language: Language = "en") -> str | float:
    """A plausible value of the field; empty where none is known."""
    found = suggestions()["examples"].get(field.name)
    if found is not None:
        return found  # type: ignore[no-any-return]
    if offered := choices(field, language):
        return offered[0]
    if field.kind in ("date", "time"):
        return str(suggestions()["examples"][field.kind])
    return ""


def csv_text(kind: str, language: Language = "en") -> str:
    """The template as CSV text that begins with a byte order mark, so that Excel shows Chinese."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows(kind, language))
    return "\ufeff" + out.getvalue()


def workbook(kinds: Sequence[str], language: Language = "en") -> bytes:
    """The field book: a guide and one sheet per kind, as the bytes of an XLSX file."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"author": "halosink", "created": datetime(2000, 1, 1, tzinfo=UTC)})
    order = tuple(sorted(LANGUAGES, key=lambda lang: lang != language))
    _guide(book, kinds, order)
    for kind in kinds:
        _sheet(book, kind, order)
    book.close()
    return out.getvalue()


def note(field: vocabulary.Field, kind: vocabulary.TableKind, order: Sequence[Language]) -> str:
    """What a heading says when pointed at: meaning, unit, plausible range, in both languages."""
    parts = []
    for lang in order:
        head = field.label.to(lang)
        if field.name in kind.required:
            head += f" [{vocabulary.say('new.note_required', lang)}]"
        elif field.name in kind.key:
            head += f" [{vocabulary.say('new.note_key', lang)}]"
        lines = [head, field.about.to(lang)]
        if field.numeric and field.unit != "1":
            lines.append(vocabulary.say("new.note_unit", lang, unit=field.unit))
        if field.minimum is not None and field.maximum is not None:
            lines.append(vocabulary.say("new.note_range", lang, **_bounds(field)))
        if field.kind in ("date", "time"):
            lines.append(vocabulary.say(f"new.note_{field.kind}", lang))
        if field.name in suggestions()["choices"]:
            lines.append(vocabulary.say("new.note_choices", lang))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _bounds(field: vocabulary.Field) -> dict[str, str]:
    unit = "" if field.unit == "1" else f" {field.unit}"
    return {"low": f"{field.minimum:g}", "high": f"{field.maximum:g}", "unit": unit}


def _sheet(book: Workbook, kind_name: str, order: Sequence[Language]) -> None:
    kind = vocabulary.table_kinds()[kind_name]
    sheet = book.add_worksheet(kind_name)
    sheet.freeze_panes(2, 0)
    needed = book.add_format({"bold": True, "bg_color": "#F2D9A6"})
    optional = book.add_format({"bold": True, "bg_color": "#DCE8E3"})
    grey = book.add_format({"italic": True, "font_color": "#808080"})
    dark = book.add_format({"font_color": "#555555"})
    for column, (name, unit, sample) in enumerate(zip(*rows(kind_name, order[0]), strict=True)):
        field = vocabulary.field(str(name))
        cells = book.add_format({"num_format": FORMATS.get(field.kind, "@")})
        sheet.set_column(column, column, max(12, len(field.name) + 3), cells)
        sheet.write(0, column, name, needed if field.name in kind.required else optional)
        words = note(field, kind, order)
        sheet.write_comment(
            0, column, words, {"author": "halosink", "width": 360, "height": 22 * (words.count("\n") + 4)}
        )
        sheet.write(1, column, unit or None, dark)
        sheet.write(2, column, sample if sample != "" else None, grey)
        if rule := _validation(field, order):
            sheet.data_validation(3, column, ROWS_TO_FILL, column, rule)


def _validation(field: vocabulary.Field, order: Sequence[Language]) -> dict[str, Any]:
    """A dropdown for a category, a warning outside the plausible range; both can be overruled."""
    if offered := choices(field, order[0]):
        return {"validate": "list", "source": offered, "show_error": False}
    if field.numeric and field.minimum is not None and field.maximum is not None:
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": field.minimum,
            "maximum": field.maximum,
            "error_type": "warning",
            "error_message": "\n".join(vocabulary.say("new.warn_range", lang, **_bounds(field)) for lang in order)[
                :255
            ],
        }
    return {}


def _guide(book: Workbook, kinds: Sequence[str], order: Sequence[Language]) -> None:
    sheet = book.add_worksheet(GUIDE)
    title = book.add_format({"bold": True, "font_size": 14})
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    usual = book.add_format({"valign": "top", "text_wrap": True})
    for column, width in enumerate((24, 28, 18, 80, 16, 12, 16)):
        sheet.set_column(column, column, width)
    line = 0
    for lang in order:
        for number, words in enumerate(vocabulary.say("new.guide", lang).splitlines()):
            sheet.write(line, 0, words, title if number == 0 else None)
            line += 1
        line += 1
    for cells, style in _guide_rows(kinds, order, bold, usual):
        sheet.write_row(line, 0, cells, style)
        line += 1


def _guide_rows(kinds: Sequence[str], order: Sequence[Language], bold: Any, usual: Any) -> Iterator[tuple[Any, Any]]:
    def both(key: str) -> str:
        return " ".join(vocabulary.say(f"new.guide_{key}", lang) for lang in order)

    def meaning(item: vocabulary.Field | vocabulary.TableKind) -> str:
        return "\n".join(item.label.to(lang) + ("：" if lang == "zh" else ": ") + item.about.to(lang) for lang in order)

    yield [both(k) for k in ("sheet", "column", "unit", "meaning", "low", "high", "required")], bold
    for name in kinds:
        kind = vocabulary.table_kinds()[name]
        yield [name, None, None, meaning(kind)], bold
        for column in kind.template:
            field = vocabulary.field(column)
            star = "*" if column in kind.required else None
            yield [name, column, field.unit, meaning(field), field.minimum, field.maximum, star], usual
