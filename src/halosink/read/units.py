"""Columns from the unit of the file into the field's one unit, and numbers that seem to be in another unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halosink import vocabulary
from halosink.problems import Problem
from halosink.read.records import Grid, Mapped, at

if TYPE_CHECKING:
    import numpy as np

    from halosink.vocabulary import Field

FACTORS = (1e-3, 1e3, 10.0, 0.1, 100.0, 0.01, 1e4, 1e-4)
"""Between units in use for one quantity, the commonest slip first (own choice): mg and g, % and g/kg."""
OUTSIDE, INSIDE = 0.8, 0.9
"""Own choice: a slip of unit is suspected when 80 % lie outside the plausible range and 90 % of all inside after it."""
FEWEST = 3
"""Own choice: fewer values than this are not judged."""
COMMON = (
    "%", "g/kg", "mg/kg", "ug/kg", "mg/g", "g/g", "kg/kg", "dS/m", "mS/cm", "uS/cm", "mS/m", "S/m", "m", "cm", "mm",
    "km", "g/m2", "kg/m2", "t/ha", "kg/ha", "Mg/ha", "g/cm3", "kg/m3", "Mg/m3", "mg/L", "ug/L", "g/L", "mmol/L",
    "umol/L", "mol/L", "cmol/kg", "mmol/kg", "Pa", "hPa", "kPa", "MPa", "bar", "degC", "K", "degF", "m3/m3",
    "umol/mol", "nmol/mol", "ppm", "ppb", "umol/m2/s", "nmol/m2/s", "L", "mL", "m2", "cm2", "s", "min", "h", "V",
    "mV",
)  # fmt: skip
"""Units tried when a slip is suspected."""
FLUX = {
    "CO2": ("mg CO2 m-2 h-1", "mg CO2-C m-2 h-1", "g CO2 m-2 d-1", "g CO2-C m-2 d-1", "mmol m-2 d-1", "nmol m-2 s-1"),
    "CH4": ("mg CH4 m-2 h-1", "mg CH4-C m-2 h-1", "ug CH4 m-2 h-1", "ug CH4-C m-2 h-1", "mg CH4 m-2 d-1",
            "umol m-2 d-1"),
    "N2O": ("mg N2O m-2 h-1", "mg N2O-N m-2 h-1", "ug N2O m-2 h-1", "ug N2O-N m-2 h-1", "mg N2O m-2 d-1",
            "g N2O-N ha-1 d-1"),
}  # fmt: skip
"""Units in which gas fluxes are usually published (own choice); several fit, so all that do are named."""


def to_field_unit(values: np.ndarray, column: Mapped, grid: Grid) -> tuple[np.ndarray, list[Problem]]:
    """Values in the unit of column.field; a wrong unit is a problem and leaves the values as they are."""
    field = vocabulary.fields()[column.field]
    if not column.unit or column.unit == field.unit or field.kind == "integer":
        return values, []
    from halosink.vocabulary import units

    try:
        return units.convert(values, column.unit, field.unit, field.substance), []
    except units.UnitError as error:
        near = ", ".join(error.suggestions) or "-"
        code = f"E-UNIT-{error.kind.upper()}"
        values_ = {"unit": column.unit, "field": field.name, "expected": field.unit or "1", "meant": near}
        return values, [grid.problem(code, column.heading, [grid.heading_row or 1], **values_)]


def magnitude(values: np.ndarray, column: Mapped, rows: np.ndarray, grid: Grid) -> list[Problem]:
    """Numbers nearly all implausible, but plausible times a power of ten."""
    import numpy as np

    field = vocabulary.fields()[column.field]
    if field.minimum is None and field.maximum is None:
        return []
    inside = within(values, field)
    if inside.all():
        return []
    outside = ~inside & np.isfinite(values)
    if outside.sum() < FEWEST:
        return []
    judged = np.isfinite(values) & (values != 0)
    if outside.sum() < OUTSIDE * judged.sum():
        return []
    finite = values[judged]
    if len(finite) < FEWEST:
        return []
    where, count = at(rows, outside)
    span = f"{field.minimum:g} - {field.maximum:g} {field.unit}" if field.maximum is not None else field.unit
    values_ = {"field": field.name, "given": column.unit or field.unit, "range": span}
    values_ |= {"example": f"{values[outside][0]:g}", "share": f"{100 * outside.sum() / len(finite):.0f}"}
    if field.group == "flux" and field.substance in FLUX and field.unit.endswith("mol m-2 s-1"):
        fitting = _flux_units(finite, column, field)
        said = grid.problem("W-UNIT-FLUX", column.heading, where, count, units=", ".join(fitting), **values_)
        return [said] if fitting else []
    for factor in FACTORS:
        unit = (
            _unit_for(factor, column.unit or field.unit, field)
            if within(finite * factor, field).mean() >= INSIDE
            else ""
        )
        if unit:
            return [grid.problem("W-UNIT-MAGNITUDE", column.heading, where, count, unit=unit, **values_)]
    return []


def within(values: np.ndarray, field: Field) -> np.ndarray:
    """Where values lie in the field's plausible range; NaN does not."""
    import numpy as np

    low = -np.inf if field.minimum is None else field.minimum
    high = np.inf if field.maximum is None else field.maximum
    return (values >= low) & (values <= high)


def _flux_units(values: np.ndarray, column: Mapped, field: Field) -> list[str]:
    """Usual units of a flux in which most of these numbers, converted already from their own unit, are plausible."""
    from halosink.vocabulary import units

    raw = values / units.convert([1.0], column.unit or field.unit, field.unit, field.substance)[0]
    tried = [u for u in FLUX[field.substance] if u != column.unit]
    return [u for u in tried if within(units.convert(raw, u, field.unit, field.substance), field).mean() >= INSIDE]


def _unit_for(factor: float, given: str, field: Field) -> str:
    """A common unit that is `factor` times the given one."""
    from halosink.vocabulary import units

    for unit in COMMON:
        try:
            step = units.convert([0.0, 1.0], unit, field.unit, field.substance)
            base = units.convert([0.0, 1.0], given, field.unit, field.substance)
        except units.UnitError:
            continue
        if abs((step[1] - step[0]) / (base[1] - base[0]) / factor - 1) < 1e-9 and unit != given:
            return unit
    return ""
