"""Step: the report, one self-contained HTML file per language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from halosink.contracts import LANGUAGES, Step, Text

if TYPE_CHECKING:
    from halosink.runner import Workspace

READING = "tables/reading.json"


def told_in(names: Iterable[str]) -> list[str]:
    """Of the outputs of a study those in which steps leave what they found wrong, doubtful or assumed."""
    return sorted((n for n in names if n == READING or n.endswith("problems.json")), key=lambda n: (n != READING, n))


def _run(workspace: Workspace) -> dict[str, Any]:
    from halosink import provenance
    from halosink.problems import Problem
    from halosink.report.build import Contents, render
    from halosink.runner import discover

    declared = discover()
    steps = [
        {
            "name": o.step,
            "label": declared[o.step].label,
            "status": "done" if o.good else o.status,
            "reason": o.reason,
            "add": o.add,
        }
        for o in workspace.outcomes.values()
    ]
    told = [p for name in told_in(workspace.outputs()) for p in workspace.data(name)["problems"]]
    contents = Contents(
        settings=workspace.settings,
        frames=workspace.frames(),
        problems=[Problem.from_record(p) for p in told],
        steps=steps,
        provenance=provenance.origin(workspace.folder, workspace.settings),
        sources=sorted({key for o in workspace.outcomes.values() if o.good for key in declared[o.step].sources}),
    )
    return {f"report.{language}.html": render(contents, language) for language in LANGUAGES}


STEP = Step(
    name="report",
    label=Text("Report", "报告"),
    about=Text(
        "The answer first, then what it rests on, whether it can be trusted, data and method, and citations.",
        "先给结论，再说明依据、可信程度、数据与方法以及引文。",
    ),
    run=_run,
    after=(
        "tables",
        "quality",
        "region",
        "chamber_series",
        "chamber_flux",
        "diversity",
        "observations",
        "effects",
        "evidence",
        "recovery",
        "greenhouse",
        "carbonate",
        "eddy",
        "soil_salinity",
        "soil_fractions",
        "soil_porewater",
        "soil_stocks",
        "soil_incubation",
        "model",
    ),
    settings=("study", "tables", "design", "analysis"),
    reads_files=True,
)
