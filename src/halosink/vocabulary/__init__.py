"""What every column means: name, one unit, plausible range, labels, standard names, source.

Fields stand in fields/<group>.toml, table kinds in tables.toml, sensor calibrations in calibrations.toml,
sources in sources/*.bib and what the program says in texts/<area>.toml. This module only reads them.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from halosink.contracts import Language, Text
from halosink.problems import did_you_mean
from halosink.vocabulary.bibliography import Source, parse

GROUPS: Mapping[str, Text] = MappingProxyType(
    {
        "flux": Text("Gas fluxes", "气体通量"),
        "carbon": Text("Carbon", "碳"),
        "fraction": Text("Carbon fractions", "碳组分"),
        "incubation": Text("Incubations", "室内培养"),
        "salinity": Text("Salinity", "盐分"),
        "alkalinity": Text("Alkalinity and sodicity", "碱度与碱化"),
        "ion": Text("Soluble ions", "可溶性离子"),
        "exchange": Text("Exchangeable cations", "交换性阳离子"),
        "soil": Text("Soil physics", "土壤物理性质"),
        "nutrient": Text("Nutrients", "养分"),
        "porewater": Text("Porewater", "孔隙水"),
        "groundwater": Text("Groundwater", "地下水"),
        "plant": Text("Plants", "植物"),
        "microbe": Text("Microbes", "微生物"),
        "sensor": Text("Soil sensors", "土壤传感器"),
        "weather": Text("Weather", "气象"),
        "eddy": Text("Eddy covariance", "涡度相关"),
        "chamber": Text("Chamber measurement", "箱法测定"),
        "place": Text("Place", "地点"),
        "design": Text("Design", "试验设计"),
        "time": Text("Time", "时间"),
        "evidence": Text("Published evidence", "文献证据"),
        "provenance": Text("Provenance", "数据来源"),
    }
)
KINDS = ("number", "integer", "text", "category", "time", "date")


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `minimum` and `maximum` bound what is plausible on real land, in `unit`; they only flag.

    `standard` gives the name of the same quantity in other vocabularies: fluxnet, mixs, cf, dwc. A standard's own
    unit may differ. `substance` says what a mass or amount in `unit` is made of ("CO2", "C"), if anything.
    `source` is the key of the source of range or definition.
    """

    name: str
    unit: str
    kind: str
    minimum: float | None
    maximum: float | None
    label: Text
    about: Text
    group: str
    standard: Mapping[str, str]
    source: str
    aliases: tuple[str, ...]
    substance: str

    @property
    def numeric(self) -> bool:
        return self.kind in ("number", "integer")


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table: `key` identifies a row, `required` must be there, `template` is what `new` writes.

    `headings` are column headings that mean something in this kind of table only ("EC" in a sensor table).
    """

    name: str
    label: Text
    about: Text
    key: tuple[str, ...]
    required: tuple[str, ...]
    template: tuple[str, ...]
    headings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Calibration:
    """to_field = slope * from_field + intercept, both in their fields' units; `valid` says where it holds."""

    name: str
    from_field: str
    to_field: str
    slope: float
    intercept: float
    label: Text
    about: Text
    valid: Text
    source: str


@cache
def fields() -> Mapping[str, Field]:
    """All fields by name, in the order of their groups."""
    found: dict[str, Field] = {}
    for group in GROUPS:
        for name, entry in _toml(f"fields/{group}.toml").items():
            if name in found:
                raise ValueError(f"field {name} is declared in {found[name].group} and in {group}")
            low, high = entry.get("range", (None, None))
            found[name] = Field(
                name=name,
                unit=entry.get("unit", ""),
                kind=entry.get("kind", "number"),
                minimum=None if low is None else float(low),
                maximum=None if high is None else float(high),
                label=Text(*entry["label"]),
                about=Text(*entry["about"]),
                group=group,
                standard=MappingProxyType(entry.get("standard", {})),
                source=entry["source"],
                aliases=tuple(entry.get("aliases", ())),
                substance=entry.get("substance", ""),
            )
    return MappingProxyType(found)


def field(name: str) -> Field:
    """The field of that name; KeyError with the nearest name if there is none."""
    try:
        return fields()[name]
    except KeyError:
        near = did_you_mean(name, fields())
        raise KeyError(f"no field {name!r}" + (f"; did you mean {near!r}?" if near else "")) from None


@cache
def table_kinds() -> Mapping[str, TableKind]:
    """All table kinds by name."""
    return MappingProxyType(
        {
            name: TableKind(
                name=name,
                label=Text(*entry["label"]),
                about=Text(*entry["about"]),
                key=tuple(entry["key"]),
                required=tuple(entry["required"]),
                template=tuple(entry["template"]),
                headings=MappingProxyType(entry.get("headings", {})),
            )
            for name, entry in _toml("tables.toml").items()
        }
    )


@cache
def calibrations() -> Mapping[str, Calibration]:
    """Named sensor calibrations, raw reading to quantity."""
    return MappingProxyType(
        {
            name: Calibration(
                name=name,
                from_field=entry["from"],
                to_field=entry["to"],
                slope=float(entry["slope"]),
                intercept=float(entry["intercept"]),
                label=Text(*entry["label"]),
                about=Text(*entry["about"]),
                valid=Text(*entry["valid"]),
                source=entry["source"],
            )
            for name, entry in _toml("calibrations.toml").items()
        }
    )


@cache
def sources() -> Mapping[str, Source]:
    """All sources by key, from every sources/*.bib; a key stands in one file only (a contract test)."""
    found: dict[str, Source] = {}
    for file in sorted((_home() / "sources").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".bib"):
            for source in parse(file.read_text("utf-8")):
                found.setdefault(source.key, source)
    return MappingProxyType(found)


@cache
def texts() -> Mapping[str, Text]:
    """Everything the program says, "area.key" -> Text, from texts/<area>.toml."""
    found: dict[str, Text] = {}
    for file in sorted((_home() / "texts").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            found.update(_leaves(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8"))))
    return MappingProxyType(found)


def say(key: str, lang: Language, **values: Any) -> str:
    """The sentence `key` ("area.key") in a language, its {placeholders} filled. KeyError names an unknown key."""
    try:
        text = texts()[key]
    except KeyError:
        near = did_you_mean(key, texts())
        raise KeyError(f"no text {key!r}" + (f"; did you mean {near!r}?" if near else "")) from None
    filled = {k: v.to(lang) if isinstance(v, Text) else v for k, v in values.items()}
    return text.to(lang).format_map(filled) if filled or "{" in text.en else text.to(lang)


def match(heading: str, table: str = "") -> str:
    """The field a column heading means, or "".

    Known are names, aliases, labels and standard names; case, blanks and _ - . do not count, nor does a unit
    in brackets at the end, nor the position of a FLUXNET name (TS_1_2_1). `table` is a table kind whose own
    headings come first.
    """
    wanted = [plain(heading), plain(_unbracketed(heading))]
    here = {plain(k): v for k, v in table_kinds()[table].headings.items()} if table in table_kinds() else {}
    for known in (here, _headings()):
        for word in wanted:
            if word and word in known:
                return known[word]
    position = re.fullmatch(r"\s*([A-Z][A-Z0-9_]*?)_\d+_\d+_(?:\d+|A)\s*", heading)
    if position:
        return next((f.name for f in fields().values() if f.standard.get("fluxnet") == position[1]), "")
    return ""


def plain(heading: str) -> str:
    """A heading without case, width of characters, blanks and _ - . ; for comparing."""
    return re.sub(r"[\s_\-.·]+", "", unicodedata.normalize("NFKC", heading).casefold())


def known_headings(item: Field) -> frozenset[str]:
    """All plain headings that mean this field."""
    labels = (item.label.en, item.label.zh)
    words = (item.name, *labels, *map(_unbracketed, labels), *item.aliases, *item.standard.values())
    return frozenset(plain(w) for w in words)


@cache
def _headings() -> Mapping[str, str]:
    return {word: item.name for item in fields().values() for word in known_headings(item)}


def _unbracketed(heading: str) -> str:
    """Without brackets at the end and what they hold."""
    return re.sub(r"\s*[(\[（【][^()（）\[\]【】]*[)\]）】]\s*$", "", heading)


def _home() -> Any:
    return resources.files("halosink.vocabulary")


def _toml(path: str) -> dict[str, Any]:
    return tomllib.loads((_home() / path).read_text("utf-8"))


def _leaves(key: str, entry: dict[str, Any]) -> Iterator[tuple[str, Text]]:
    if "en" in entry and "zh" in entry and isinstance(entry["en"], str):
        yield key, Text(entry["en"], entry["zh"])
    else:
        for name, inner in entry.items():
            yield from _leaves(f"{key}.{name}", inner)
