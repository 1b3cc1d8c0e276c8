"""The section on soil: salinity classes, stocks and their change, burial, how firmly carbon is held, and the rest."""

from __future__ import annotations

from halosink.contracts import Language
from halosink.report.contents import Contents
from halosink.report.soil_closure import closure
from halosink.report.soil_dates import burial, changes
from halosink.report.soil_salinity import salinity
from halosink.report.soil_shared import Part
from halosink.report.soil_short import incubations, porewater
from halosink.report.soil_stability import stability
from halosink.report.soil_stocks import stocks


def soil(contents: Contents, language: Language) -> list[Part]:
    """The parts for which there are frames; none where there is none."""
    found = [
        salinity(contents, language),
        stocks(contents, language),
        changes(contents, language),
        burial(contents, language),
        *stability(contents, language),
        closure(contents, language),
        porewater(contents, language),
        incubations(contents, language),
    ]
    return [part for part in found if part is not None]
