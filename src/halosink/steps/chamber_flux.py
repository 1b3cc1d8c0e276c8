"""Step: fluxes of closed chambers from their concentration series, by a straight line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

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
    parts = []
    for name in names:
        frame = quality.masked(workspace.frame(f"tables/{name}"), workspace.frame(f"quality/flags_{name}"))
        fluxes = linear_fluxes(frame, workspace.settings.analysis.confidence)
        parts.append(fluxes.assign(table=name))
    found = pd.concat(parts, ignore_index=True)
    return {"fluxes/chamber.parquet": found, "fluxes/chamber_wide.parquet": wide(found)}


def wide(fluxes: pd.DataFrame) -> pd.DataFrame:
    """One row per closure, the flux of each gas in a column of its own."""
    import pandas as pd

    from halosink.chamber.linear import COLUMNS

    names = [c for c in fluxes if c not in COLUMNS]
    parts = fluxes.assign(_closure=fluxes.groupby(names, dropna=False, sort=False).ngroup())
    places = parts.drop_duplicates("_closure").set_index("_closure")[names]
    values = parts.pivot(index="_closure", columns="field", values="flux").rename_axis(columns=None)
    return pd.concat([places, values], axis=1).drop(columns="table").reset_index(drop=True)


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
