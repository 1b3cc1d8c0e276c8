"""The section on eddy covariance: sums, series, fingerprints, threshold, gaps, energy balance and footprint."""

from __future__ import annotations

from typing import NamedTuple

from halosink.contracts import Language
from halosink.figures.eddy_sheet import say
from halosink.report.contents import Contents
from halosink.report.eddy_answer import answer
from halosink.report.eddy_energy import energy
from halosink.report.eddy_footprint import footprint
from halosink.report.eddy_gaps import gaps
from halosink.report.eddy_series import diel, fingerprints, series
from halosink.report.eddy_shared import Part
from halosink.report.eddy_sums import annual
from halosink.report.eddy_threshold import threshold

FRAMES = ("half_hours", "sums", "ustar", "gaps", "scores", "energy_balance", "footprint")


class Eddy(NamedTuple):
    title: str
    lead: str
    parts: list[Part]
    search: str


def eddy(contents: Contents, language: Language) -> Eddy | None:
    """None where no frame of eddy covariance is there."""
    if all(contents.frame(f"eddy/{name}") is None for name in FRAMES):
        return None
    found = [
        answer(contents, language),
        annual(contents, language),
        series(contents, language),
        fingerprints(contents, language),
        diel(contents, language),
        threshold(contents, language),
        gaps(contents, language),
        energy(contents, language),
        footprint(contents, language),
    ]
    parts = [part for part in found if part is not None]
    return Eddy(say("title", language), say("lead", language), parts, say("search", language))
