"""What a name means: a field, table kind, check, step, problem code, calibration, source or setting of study.toml."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from halosink import vocabulary
from halosink.contracts import Language, Text
from halosink.problems import LEVELS, Problem, UserError, did_you_mean, wordings


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one name means, in one language. `facts` are label and value; `items` name and meaning of what it holds."""

    name: str
    kind: str
    title: str
    about: str
    facts: tuple[tuple[str, str], ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    also: tuple[Explanation, ...] = ()

    def text(self, language: Language = "en") -> str:
        """Lines for a terminal."""
        colon = "：" if language == "zh" else ": "
        lines = [f"{self.name}{colon}{self.title}" if self.title != self.name else self.name]
        lines += [f"  {line}" for line in self.about.splitlines()]
        lines += [f"  {label}{colon}{value}" for label, value in self.facts]
        width = min(32, max((len(name) for name, _ in self.items), default=0))
        lines += [f"  {name:<{width}}  {meaning}".rstrip() for name, meaning in self.items]
        return "\n\n".join(["\n".join(lines), *(other.text(language) for other in self.also)])

    def record(self) -> dict[str, Any]:
        """Plain data, for --json."""
        return {
            "name": self.name,
            "kind": self.kind,
            "title": self.title,
            "about": self.about,
            "facts": dict(self.facts),
            "items": dict(self.items),
            "also": [other.record() for other in self.also],
        }


def explain(name: str, language: Language = "en") -> Explanation:
    """Explain a name. A column heading in either language is taken for the field it means.

    `fields`, `tables`, `checks`, `steps`, `problems`, `calibrations`, `sources` and `study.toml` list all of a kind,
    the name of a group of fields lists the group. Where a name is several things, the others stand in `also`;
    "step:evidence" asks for one of them.
    Raises UserError E-EXPLAIN-UNKNOWN, with the nearest name.
    """
    wanted = name.strip()
    kind, _, rest = wanted.partition(":")
    finders, wanted = ([FINDERS[kind]], rest.strip()) if rest and kind in FINDERS else (FINDERS.values(), wanted)
    found = [e for e in (finder(wanted, language) for finder in finders) if e]
    if not found and (meant := vocabulary.match(wanted)):
        found = [_found(field(meant, language))]
    if not found:
        raise UserError([Problem("E-EXPLAIN-UNKNOWN", values={"name": wanted, "meant": _nearest(wanted) or "-"})])
    first, *others = found
    return Explanation(first.name, first.kind, first.title, first.about, first.facts, first.items, also=tuple(others))


def field(name: str, language: Language) -> Explanation | None:
    if name not in vocabulary.fields():
        return None
    f = vocabulary.fields()[name]
    low_high = (_number(f.minimum), _number(f.maximum))
    names = [f"{standard.upper()} {value}" for standard, value in f.standard.items()]
    tables = [k.name for k in vocabulary.table_kinds().values() if name in (*k.template, *k.required)]
    made = [c.name for c in vocabulary.calibrations().values() if c.to_field == name]
    facts = [
        ("unit", f.unit),
        ("substance", f.substance),
        ("value_kind", vocabulary.say(f"explain.kind_{f.kind}", language)),
        ("range", " … ".join(low_high) if f.numeric and any(low_high) else ""),
        ("group", f"{vocabulary.GROUPS[f.group].to(language)} ({f.group})"),
        ("tables", ", ".join(tables)),
        ("aliases", ", ".join((f.label.zh if language == "en" else f.label.en, *f.aliases))),
        ("standards", ", ".join(names)),
        ("calibrations", ", ".join(made)),
        ("source", _cite(f.source)),
    ]
    return Explanation(name, "field", f.label.to(language), f.about.to(language), _facts(facts, language))


def group(name: str, language: Language) -> Explanation | None:
    name = _by_label(name, vocabulary.GROUPS)
    if name not in vocabulary.GROUPS:
        return None
    members = [f for f in vocabulary.fields().values() if f.group == name]
    return Explanation(
        name, "group", vocabulary.GROUPS[name].to(language), "", items=tuple(_field_item(f, language) for f in members)
    )


def table(name: str, language: Language) -> Explanation | None:
    name = _by_label(name, {k.name: k.label for k in vocabulary.table_kinds().values()})
    if name not in vocabulary.table_kinds():
        return None
    kind = vocabulary.table_kinds()[name]
    facts = [("key", ", ".join(kind.key)), ("required", ", ".join(kind.required))]
    items = tuple(_field_item(vocabulary.field(column), language) for column in kind.template)
    return Explanation(name, "table", kind.label.to(language), kind.about.to(language), _facts(facts, language), items)


def calibration(name: str, language: Language) -> Explanation | None:
    if name not in vocabulary.calibrations():
        return None
    c = vocabulary.calibrations()[name]
    facts = [
        (
            "equation",
            f"{c.to_field} = {c.slope:g} × {c.from_field} {'-' if c.intercept < 0 else '+'} {abs(c.intercept):g}",
        ),
        ("valid", c.valid.to(language)),
        ("source", _cite(c.source)),
    ]
    return Explanation(name, "calibration", c.label.to(language), c.about.to(language), _facts(facts, language))


def problem(name: str, language: Language) -> Explanation | None:
    code = name.upper()
    if code not in wordings():
        return None
    said = {part: _open(getattr(wordings()[code], part).to(language)) for part in ("what", "why", "fix")}
    facts = [("level", vocabulary.say(f"explain.level_{LEVELS[code[0]]}", language)), *said.items()]
    return Explanation(code, "problem", said["what"], "", _facts(facts[:1] + facts[2:], language))


def source(name: str, language: Language) -> Explanation | None:
    if name not in vocabulary.sources():
        return None
    found = vocabulary.sources()[name]
    users = [f.name for f in vocabulary.fields().values() if f.source == name]
    users += [c.name for c in vocabulary.calibrations().values() if c.source == name]
    shown = ", ".join(users[:20]) + (f" … ({len(users)})" if len(users) > 20 else "")
    return Explanation(name, "source", found.title, found.cite(), _facts([("used_by", shown)], language))


def step(name: str, language: Language) -> Explanation | None:
    found = _steps(name).get(name)
    if found is None:
        return None
    facts = [
        ("needs", ", ".join(found.needs)),
        ("after", ", ".join(found.after)),
        ("settings", ", ".join(found.settings)),
        ("source", "\n".join(_cite(key) for key in found.sources)),
    ]
    return Explanation(name, "step", found.label.to(language), found.about.to(language), _facts(facts, language))


def check(name: str, language: Language) -> Explanation | None:
    found = _checks(name).get(name)
    if found is None:
        return None
    yes_no = {True: vocabulary.say("explain.yes", language), False: vocabulary.say("explain.no", language)}
    facts = [
        ("applies", vocabulary.say(f"explain.applies_{found.applies}", language)),
        ("excludes", yes_no[found.excludes]),
        ("source", _cite(found.source)),
    ]
    items = tuple(
        (key, f"{p.value:g} {p.unit if p.unit != '1' else ''}".strip() + f". {p.about.to(language)} [{p.source}]")
        for key, p in found.parameters.items()
    )
    return Explanation(
        name, "check", found.label.to(language), found.about.to(language), _facts(facts, language), items
    )


def verdict(name: str, language: Language) -> Explanation | None:
    """A statement about the design or the data as a whole, as it stands in the report's table of checks."""
    texts = vocabulary.texts()
    if f"verdicts.{name}" not in texts:
        return None
    title = texts.get(f"report.check.{name}", Text(name, name)).to(language)
    return Explanation(name, "verdict", title, texts[f"verdicts.{name}"].to(language))


def setting(name: str, language: Language) -> Explanation | None:
    from halosink.settings_reference import reference

    known = reference()
    path = _without_own_names(name.strip("[] "), known)
    if path not in known:
        return None
    found = known[path]
    facts = [
        ("value_kind", vocabulary.say(f"explain.type_{found.kind}", language)),
        ("choices", ", ".join(found.choices)),
        ("default", found.default if found.default is not None else vocabulary.say("explain.no_default", language)),
    ]
    items = tuple((s.path, s.about.to(language)) for s in known.values() if s.path.rpartition(".")[0] == path)
    return Explanation(path, "setting", path, found.about.to(language), () if items else _facts(facts, language), items)


def listing(name: str, language: Language) -> Explanation | None:
    """All of one kind: fields, tables, checks, steps, problems, calibrations, sources, study.toml."""
    if name not in LISTS:
        return None
    title = vocabulary.say(f"explain.list_{name.replace('.', '_')}", language)
    return Explanation(name, "list", title, "", items=tuple(LISTS[name](language)))


def _list_fields(language: Language) -> Iterator[tuple[str, str]]:
    return (_field_item(f, language) for f in vocabulary.fields().values())


def _list_tables(language: Language) -> Iterator[tuple[str, str]]:
    colon = "：" if language == "zh" else ": "
    return ((k.name, k.label.to(language) + colon + k.about.to(language)) for k in vocabulary.table_kinds().values())


def _list_checks(language: Language) -> Iterator[tuple[str, str]]:
    yield from ((c.name, c.label.to(language)) for c in _checks().values())
    for name in _verdicts():
        if said := verdict(name, language):
            yield name, said.title


def _list_steps(language: Language) -> Iterator[tuple[str, str]]:
    return ((s.name, s.label.to(language)) for s in _steps().values())


def _list_instruments(language: Language) -> Iterator[tuple[str, str]]:
    formats = importlib.import_module("halosink.read.instruments").formats()
    return ((f.name, f.label.to(language) + (f" ({', '.join(f.suffixes)})" if f.suffixes else "")) for f in formats)


def _list_problems(language: Language) -> Iterator[tuple[str, str]]:
    return ((code, _open(wordings()[code].what.to(language))) for code in sorted(wordings()))


def _list_calibrations(language: Language) -> Iterator[tuple[str, str]]:
    return ((c.name, c.label.to(language)) for c in vocabulary.calibrations().values())


def _list_sources(language: Language) -> Iterator[tuple[str, str]]:
    return ((key, found.title) for key, found in sorted(vocabulary.sources().items()))


def _list_settings(language: Language) -> Iterator[tuple[str, str]]:
    from halosink.settings_reference import reference

    return ((s.path, s.about.to(language)) for s in reference().values())


LISTS: Mapping[str, Callable[[Language], Iterable[tuple[str, str]]]] = {
    "fields": _list_fields,
    "tables": _list_tables,
    "checks": _list_checks,
    "instruments": _list_instruments,
    "steps": _list_steps,
    "problems": _list_problems,
    "calibrations": _list_calibrations,
    "sources": _list_sources,
    "study.toml": _list_settings,
}
FINDERS: Mapping[str, Callable[[str, Language], Explanation | None]] = {
    "list": listing,
    "field": field,
    "table": table,
    "calibration": calibration,
    "problem": problem,
    "group": group,
    "setting": setting,
    "source": source,
    "step": step,
    "check": check,
    "verdict": verdict,
}


def _steps(name: str = "") -> Mapping[str, Any]:
    """All steps; none are loaded when `name` is not the name of one."""
    if name and name not in _modules("halosink.steps"):
        return {}
    from halosink.runner import discover

    return discover()


def _checks(name: str = "") -> Mapping[str, Any]:
    """All checks; none are loaded when `name` is not the name of one."""
    if name and name not in _modules("halosink.quality"):
        return {}
    registry = importlib.import_module("halosink.quality.registry")
    found: Mapping[str, Any] = registry.checks()
    return found


def _verdicts() -> list[str]:
    return [key.removeprefix("verdicts.") for key in vocabulary.texts() if key.startswith("verdicts.")]


def _modules(package: str) -> list[str]:
    return [m.name for m in pkgutil.iter_modules(importlib.import_module(package).__path__)]


def _nearest(name: str) -> str:
    from halosink.settings_reference import reference

    names: list[str] = [*LISTS, *vocabulary.fields(), *vocabulary.table_kinds(), *vocabulary.calibrations()]
    names += [
        *vocabulary.GROUPS,
        *wordings(),
        *reference(),
        *_verdicts(),
        *_modules("halosink.steps"),
        *_modules("halosink.quality"),
    ]
    labels = {f.label.to(lang): f.name for f in vocabulary.fields().values() for lang in ("en", "zh")}
    near = did_you_mean(name, [*names, *labels])
    return f"{near} ({labels[near]})" if near in labels and near not in names else near


def _by_label(name: str, labels: Mapping[str, Text]) -> str:
    """The name that a Chinese label stands for; any other name as it is."""
    return next((known for known, label in labels.items() if label.zh == name), name)


def _field_item(f: vocabulary.Field, language: Language) -> tuple[str, str]:
    return f.name, f.label.to(language) + (f" [{f.unit}]" if f.unit and f.unit != "1" else "")


def _facts(facts: Iterable[tuple[str, str]], language: Language) -> tuple[tuple[str, str], ...]:
    return tuple((vocabulary.say(f"explain.fact_{key}", language), value) for key, value in facts if value)


def _cite(key: str) -> str:
    found = vocabulary.sources().get(key)
    return f"{found.cite()} [{key}]" if found else key


def _open(sentence: str) -> str:
    """A problem's sentence with its placeholders left open."""
    return re.sub(r"\{\w+[^}]*\}", "…", sentence)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _found(value: Explanation | None) -> Explanation:
    assert value is not None
    return value


def _without_own_names(path: str, known: Mapping[str, Any]) -> str:
    """tables.soil.columns.EC.unit -> tables.columns.unit"""
    kept = ""
    for part in path.split("."):
        longer = f"{kept}.{part}" if kept else part
        if longer in known:
            kept = longer
        elif not part or kept not in ("tables", "tables.columns", "tables.split"):
            return ""
    return kept
