"""Step: carbonate system of porewater."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.problems import Problem
    from halosink.runner import Workspace

KINDS = ("porewater", "soil")


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

    from halosink.soil.carbonates.porewater import ALKALINITY, MAIN, PH, porewater_carbonate
    from halosink.soil_tables import classes, tables, with_row_classes

    ions = [f"porewater_{name}" for name in MAIN]
    found = {
        name: frame
        for name, frame in tables(workspace, KINDS, (PH,)).items()
        if ALKALINITY in frame or set(ions) <= set(frame)
    }
    if not found:
        return Skip(
            Text(
                "no porewater with pH and either alkalinity or all main ions",
                "没有同时含 pH 与碱度或全部主要离子的孔隙水数据",
            ),
            Text(
                "Add to a table of kind porewater porewater_ph with total_alkalinity, and the ions: "
                f"{', '.join(ions)}.",
                f"请在 porewater 类型的数据表中加入 porewater_ph、total_alkalinity 以及离子：{'、'.join(ions)}。",
            ),
        )
    parts: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for name, frame in found.items():
        made, told = porewater_carbonate(frame)
        parts.append(with_row_classes(made, frame, classes(workspace)).assign(table=name))
        problems += told
    return {
        "soil/porewater.parquet": pd.concat(parts, ignore_index=True),
        "soil/porewater_problems.json": {"problems": [p.record() for p in problems]},
    }


STEP = Step(
    name="soil_porewater",
    label=Text("Carbonate system of porewater", "孔隙水碳酸盐体系"),
    about=Text(
        "CO2 pressure, dissolved inorganic carbon and saturation with calcite and gypsum of each sample, from pH, "
        "alkalinity and ions with their pairs; salty water beyond the model is refused.",
        "由 pH、碱度与离子（含离子对）计算每个样品的 CO2 分压、溶解无机碳以及方解石和石膏饱和状态；"
        "盐度超出模型范围者不予计算。",
    ),
    run=_run,
    needs=("tables", "quality"),
    settings=("tables", "design"),
    sources=("plummer1982", "parkhurst2013", "truesdell1974"),
)
