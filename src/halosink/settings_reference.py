"""Every setting of study.toml with its kind, choices, default and meaning, read off the records in settings.py."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from halosink import vocabulary
from halosink.contracts import Language, Text
from halosink.settings import Settings, schema


@dataclass(frozen=True, slots=True)
class Setting:
    """`path` is dotted, without names the user chooses: tables.columns.unit. `default` is TOML; None: must be given."""

    path: str
    kind: str
    choices: tuple[str, ...]
    default: str | None
    about: Text


@cache
def reference() -> Mapping[str, Setting]:
    """All settings by their dotted path, in the order of the records."""
    return {s.path: s for s in _walk(Settings, "")}


def bilingual_schema(order: Sequence[Language]) -> dict[str, Any]:
    """The JSON Schema of study.toml with each description in both languages, for the hover help of editors."""
    found = schema()
    for record, prefix in _prefixes(Settings, ""):
        entries = (found if record is Settings else found["$defs"][record.__name__])["properties"]
        for name, entry in entries.items():
            about = reference()[prefix + name].about
            entry["description"] = " / ".join(about.to(language) for language in order)
    return found


def _prefixes(record: type[BaseModel], prefix: str) -> Iterator[tuple[type[BaseModel], str]]:
    """Every record of study.toml with the path of its keys."""
    yield record, prefix
    for name, info in record.model_fields.items():
        for inner in _inner(info):
            yield from _prefixes(inner, f"{prefix}{name}.")


def _inner(info: FieldInfo) -> list[type[BaseModel]]:
    """The record a setting holds, if it is a section."""
    return [r for r in _records(info.annotation) if r.__name__ != "Both"][:1]


def _walk(record: type[BaseModel], prefix: str) -> Iterator[Setting]:
    for name, info in record.model_fields.items():
        path = prefix + name
        for inner in _inner(info):
            origin = get_origin(info.annotation)
            kind = "list_of_sections" if origin is tuple else "named_sections" if origin is dict else "section"
            default = None if info.is_required() else ""
            yield Setting(path, kind, (), default, _about(path, info))
            yield from _walk(inner, path + ".")
        if _inner(info):
            continue
        choices = tuple(str(c) for t in _parts(info.annotation) if get_origin(t) is Literal for c in get_args(t) if c)
        default = None if info.is_required() else _toml(info.default)
        yield Setting(path, _kind(info.annotation), choices, default, _about(path, info))


def _about(path: str, info: FieldInfo) -> Text:
    said = info.description or path
    return vocabulary.texts().get(f"settings.{path}", Text(said, said))


def _parts(annotation: Any) -> Iterator[Any]:
    """The annotation and everything inside it."""
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _parts(part)


def _records(annotation: Any) -> list[type[BaseModel]]:
    return [t for t in _parts(annotation) if isinstance(t, type) and issubclass(t, BaseModel)]


def _kind(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _kind(next(t for t in get_args(annotation) if t is not type(None)))
    if any(r.__name__ == "Both" for r in _records(annotation)):
        return "bilingual"
    if origin is Literal:
        return "choice"
    if origin is tuple:
        return "list"
    if origin is dict:
        return "pairs"
    return {bool: "yes_no", int: "integer", float: "number"}.get(annotation, "text")


def _toml(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, BaseModel):
        return ""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return "{}" if value == {} else str(value)
