"""Whether a file has the columns its kind of table cannot do without."""

from __future__ import annotations

from collections.abc import Iterable

from halosink import vocabulary
from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.records import Grid, Mapped
from halosink.settings import TableSettings

CHAMBER = ("chamber_volume", "chamber_area", "chamber_temperature", "chamber_pressure")
GASES = ("co2_mole_fraction", "ch4_mole_fraction", "n2o_mole_fraction")


def required(grid: Grid, mapped: list[Mapped], settings: TableSettings) -> list[Problem]:
    """Fields the kind of table needs and that neither a column, nor constant, split or calibration gives."""
    kind = vocabulary.table_kinds()[settings.kind]
    if settings.orientation == "taxa_rows":
        return []
    calibrated = {vocabulary.calibrations()[c.calibration].to_field for c in mapped if c.calibration}
    have = {c.field for c in mapped} | set(settings.constant) | set(settings.split) | calibrated
    if "date" in have:
        have.add("time")
    lacking = [f for f in kind.required if f not in have]
    row = [grid.heading_row or 1]
    if settings.kind == "counts" and "sample" in lacking and "count" in lacking and len(grid.headings) > 3:
        return [grid.problem("E-COUNTS-WIDE", "", row, number=len(grid.headings))]
    headings = ", ".join(h for h in grid.headings if h)
    problems = []
    chamber = [f for f in lacking if f in CHAMBER]
    if others := [f for f in lacking if f not in CHAMBER]:
        values = {"fields": named(others), "kind": kind.label, "headings": headings}
        problems.append(grid.problem("E-COLUMN-REQUIRED", ", ".join(others), row, **values))
    if chamber:
        values = {"fields": named(chamber), "units": _units(chamber), "headings": headings}
        problems.append(grid.problem("E-CHAMBER-LACKS", ", ".join(chamber), row, **values))
    if settings.kind == "chamber_concentrations" and not have.intersection(GASES):
        problems.append(grid.problem("E-CHAMBER-GAS", "", row, fields=named(GASES), headings=headings))
    return problems


def named(names: Iterable[str]) -> Text:
    """Fields with their labels, as a list in a sentence."""
    fields = [vocabulary.field(f) for f in names]
    return Text(
        ", ".join(f"{f.name} ({f.label.en})" for f in fields), "、".join(f"{f.name}（{f.label.zh}）" for f in fields)
    )


def _units(names: Iterable[str]) -> str:
    return ", ".join(f"{name} [{vocabulary.field(name).unit}]" for name in names)
