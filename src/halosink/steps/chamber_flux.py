"""Step: fluxes of closed chambers from their concentration series, by a straight line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    from halosink.runner import Workspace


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    from halosink import quality
    from halosink.chamber.linear import linear_fluxes

    names = [n for n, t in workspace.settings.tables.items() if t.kind == "chamber_concentrations"]
    if not names:
        return Skip(
            Text("no chamber concentrations", "没有箱法浓度数据"),
            Text(
                "Add a table of kind chamber_concentrations, or fluxes already computed as kind fluxes.",
                "请添加 chamber_concentrations 类型的数据表，或以 fluxes 类型提供已算好的通量。",
            ),
        )
    frame = quality.masked(workspace.frame(f"tables/{names[0]}"), workspace.frame(f"quality/flags_{names[0]}"))
    fluxes = linear_fluxes(frame, workspace.settings.analysis.confidence)
    kept = [c for c in fluxes if c in ("closure", *frame.columns)]
    wide = fluxes.pivot(index=kept, columns="field", values="flux").reset_index().rename_axis(columns=None)
    return {"fluxes/chamber.parquet": fluxes, "fluxes/chamber_wide.parquet": wide}


STEP = Step(
    name="chamber_flux",
    label=Text("Chamber fluxes", "箱法通量"),
    about=Text(
        "Flux of each closure and gas from the least-squares slope of its concentrations, with standard error.",
        "由每次闭箱各气体浓度的最小二乘斜率计算通量及其标准误。",
    ),
    run=_run,
    needs=("tables", "quality"),
    settings=("tables", "analysis"),
    sources=("pedersen2010hmr",),
)
