"""A new study: study.toml, its JSON Schema, templates to fill in and a README in both languages."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from halosink import templates, vocabulary
from halosink.contracts import LANGUAGES, Language
from halosink.problems import Problem, UserError, did_you_mean
from halosink.settings import FILE, Analysis
from halosink.settings_reference import bilingual_schema

SCHEMA = ".study-schema.json"
COLON = {"en": ": ", "zh": "："}
FIELDBOOK = "data/fieldbook.xlsx"
CSV_FOLDER = "data/csv"
WARMTH = (-4, -1, 6, 14, 20, 24, 26, 25, 20, 14, 6, -2)
RAIN = (4, 8, 12, 25, 50, 80, 180, 140, 50, 30, 16, 6)
"""Twelve months that show how the settings of the response model are written; they stand behind a #."""


def new(folder: Path, tables: Sequence[str] | None = None, language: Language = "en") -> list[Path]:
    """Write a new study into `folder` and return the files written, study.toml first.

    `tables` names the table kinds that get a template (default: all but evidence, which is compiled from the
    literature and not measured). `language` is the one that stands
    first where both languages share a file. The same arguments give the same bytes.

    Raises UserError: an unknown kind (E-NEW-TABLE), files that exist already (E-NEW-EXISTS),
    a folder that cannot be written (E-NEW-FOLDER). Nothing is written then.
    """
    folder = Path(folder)
    kinds = _kinds(tables)
    contents = _contents(folder.resolve().name, kinds, language)
    _refuse_existing(folder, contents)
    try:
        _write(folder, contents)
    except OSError as error:
        raise _folder_problem(folder, error) from None
    return [folder / name for name in contents]


def study_toml(title: str, kinds: Sequence[str], language: Language = "en") -> str:
    """The text of a new study.toml: valid as it stands, every table and option ready behind a #."""
    order = _order(language)

    def prose(key: str) -> list[str]:
        return [f"# {line}" for lang in order for line in vocabulary.say(f"new.toml_{key}", lang).splitlines()]

    lines = [f"#:schema ./{SCHEMA}", *prose("head"), "", "[study]", f"title = {_quoted(title)}"]
    lines += [*prose("study"), '#about = { en = "", zh = "" }', "#utc_offset = 8.0", "#citation = []", ""]
    lines += prose("tables")
    for name in kinds:
        kind = vocabulary.table_kinds()[name]
        lines += ["", *(f"# {kind.label.to(lang)}{COLON[lang]}{kind.about.to(lang)}" for lang in order)]
        lines += [f"#[tables.{name}]", f'#file = "{FIELDBOOK}"', f'#sheet = "{name}"', f'#kind = "{name}"']
    reference = templates.choices(vocabulary.field("treatment"), language)[0]
    lines += ["", *prose("factors"), "#[[design.factors]]", '#field = "treatment"']
    lines += [
        f"#reference = {_quoted(reference)}",
        "",
        *prose("gradients"),
        "#[[design.gradients]]",
        '#field = "ec_1_5"',
        '#transform = "log10"',
    ]
    defaults = Analysis.model_validate({})
    lines += ["", *prose("analysis"), "#[analysis]"]
    lines += [f"#{key} = {getattr(defaults, key)}" for key in ("confidence", "power")]
    if {"analyser", "closures", "chamber_concentrations"} & set(kinds):
        lines += ["", *prose("chamber"), "#[chamber]", "#closure_length = 180", "#deadband = 15", "#clock_shift = 0"]
    if "eddy" in kinds:
        lines += ["", *prose("eddy"), "#[eddy]", "#latitude = 37.7", "#longitude = 118.9", "#measurement_height = 3"]
    if "soil" in kinds:
        lines += ["", *prose("soil"), "#[soil]", "#depths = [20]"]
        lines += ["", *prose("model"), "#[model]", f"#temperature = {list(WARMTH)}", f"#precipitation = {list(RAIN)}"]
        lines += ["#groundwater_depth = 1.8", "#groundwater_ec = 3", "#potential_production = 500"]
    return "\n".join(lines) + "\n"


def _order(language: Language) -> tuple[Language, ...]:
    return tuple(sorted(LANGUAGES, key=lambda lang: lang != language))


def _kinds(tables: Sequence[str] | None) -> list[str]:
    known = vocabulary.table_kinds()
    unknown = [name for name in tables or () if name not in known]
    if unknown:
        raise UserError(
            Problem(
                "E-NEW-TABLE",
                values={"name": name, "meant": did_you_mean(name, known) or "-", "known": ", ".join(known)},
            )
            for name in unknown
        )
    return [name for name in known if (name in tables if tables else name != "evidence")]


def _contents(title: str, kinds: Sequence[str], language: Language) -> dict[str, Callable[[], bytes]]:
    """Relative path -> how to make its bytes."""

    def text(value: str) -> Callable[[], bytes]:
        return lambda: value.encode("utf-8")

    def readme(lang: Language) -> str:
        kinds_list = "\n".join(
            f"| `{name}` | {vocabulary.table_kinds()[name].label.to(lang)} "
            f"| {vocabulary.table_kinds()[name].about.to(lang)} |"
            for name in kinds
        )
        return vocabulary.say("new.readme", lang, title=title, tables=kinds_list, fieldbook=FIELDBOOK, csv=CSV_FOLDER)

    found: dict[str, Callable[[], bytes]] = {
        FILE: text(study_toml(title, kinds, language)),
        SCHEMA: text(json.dumps(bilingual_schema(_order(language)), ensure_ascii=False, indent=1) + "\n"),
        "README.md": text(readme("en")),
        "README.zh.md": text(readme("zh")),
        FIELDBOOK: lambda: templates.workbook(kinds, language),
    }
    for name in kinds:
        found[f"{CSV_FOLDER}/{name}.csv"] = text(templates.csv_text(name, language))
    return found


def _refuse_existing(folder: Path, contents: dict[str, Callable[[], bytes]]) -> None:
    if folder.exists() and not folder.is_dir():
        raise _folder_problem(folder, NotADirectoryError(0, "not a folder"))
    there = [name for name in contents if os.path.lexists(folder / name)]
    if there:
        names = ", ".join(there)
        raise UserError([Problem("E-NEW-EXISTS", str(folder), count=len(there), values={"names": names})])


def _write(folder: Path, contents: dict[str, Callable[[], bytes]]) -> None:
    """Everything into a temporary folder first, then into place."""
    fresh = not folder.exists()
    parent = folder.parent if fresh else folder
    parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".halosink-new-", dir=parent))
    moved: list[Path] = []
    try:
        for name, make in contents.items():
            target = staging / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(make())
        if fresh:
            staging.chmod(0o777 & ~_umask())
            staging.rename(folder)
            return
        for name in contents:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb"):  # claims the name; fails if somebody made it meanwhile
                moved.append(target)
            (staging / name).replace(target)
    except BaseException:
        for target in moved:
            target.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _folder_problem(folder: Path, error: OSError) -> UserError:
    reason = error.strerror or str(error)
    return UserError([Problem("E-NEW-FOLDER", file=str(folder), values={"folder": str(folder), "reason": reason})])


def _quoted(text: str) -> str:
    """A TOML basic string; control characters become blanks."""
    return '"' + re.sub(r"[\x00-\x1f\x7f]", " ", text).replace("\\", "\\\\").replace('"', '\\"') + '"'
