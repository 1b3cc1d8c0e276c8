"""The section on a region: first what is not measured, then the answer, and the maps from layers to corridors."""

from __future__ import annotations

from typing import NamedTuple

from halosink.contracts import Language
from halosink.figures.map_words import say
from halosink.report.contents import Contents
from halosink.report.eddy_shared import Part
from halosink.report.region_change import change, correction, sensitivity
from halosink.report.region_maps import answer, flow, importance, layers, soil_kind, stock
from halosink.report.region_paths import corridors, resistance
from halosink.report.region_shared import FRAMES, layers_drawn, modelled, picture
from halosink.report.region_sinks import patches, pattern


class RegionSection(NamedTuple):
    title: str
    warning: list[str]
    parts: list[Part]
    search: str


def region(contents: Contents, language: Language) -> RegionSection | None:
    """None where no frame of a region is there."""
    if all(contents.frame(f"region/{name}") is None for name in FRAMES):
        return None
    found = [
        answer(contents, language),
        layers(contents, language),
        flow(contents, language),
        stock(contents, language),
        importance(contents, language),
        pattern(contents, language),
        patches(contents, language),
        resistance(contents, language),
        corridors(contents, language),
        change(contents, language),
        correction(contents, language),
        sensitivity(contents, language),
        limits(contents, language),
    ]
    return RegionSection(say("title", language), warning(contents, language), [p for p in found if p is not None],
                         say("search", language))  # fmt: skip


def warning(contents: Contents, language: Language) -> list[str]:
    """Modelled layers by name, then what intervals rest on."""
    lines = []
    found = modelled(contents, language)
    if found:
        lines.append(say("warning.modelled", language, layers=say("map.comma", language).join(found)))
    draws = contents.settings.region.uncertainty.draws if _drawn(contents) else 0
    lines.append(say("warning.draws", language, draws=str(draws)) if draws else say("warning.no_draws", language))
    return lines


def _drawn(contents: Contents) -> bool:
    """Whether anything of the results comes from draws."""
    totals = contents.frame("region/totals")
    ends = totals is not None and bool((totals["low"].notna() & (totals["low"] != totals["high"])).any())
    return ends or "confidence" in layers_drawn(contents)


def limits(contents: Contents, language: Language) -> Part:
    """What the maps do not show."""
    soil = picture(contents, "soil_carbon")
    index = soil is not None and soil_kind(contents, soil.unit) == "index"
    keys = ["nep", *(["index"] if index else []), "density", "salt", "choices", "inorganic"]
    return Part(say("limits.title", language), [say(f"limits.{key}", language) for key in keys])
