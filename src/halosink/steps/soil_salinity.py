"""Step: classes of salinity and sodicity of every soil sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    from halosink.problems import Problem
    from halosink.runner import Workspace

DECLARED = "salinity_class"
"""A marsh of which only a class is told is listed with what was not measured."""


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

    from halosink.soil.salinity import ClassOptions, classify
    from halosink.soil.salinity.table_checks import AMOUNTS, EC_COLUMNS, PH_COLUMNS, SHARES, WATER_COLUMNS
    from halosink.soil_tables import classes, tables, with_row_classes

    chosen = workspace.settings.soil
    marsh = chosen.ground == "marsh"
    found = tables(workspace, ("soil",), (*EC_COLUMNS, *PH_COLUMNS, *SHARES, *AMOUNTS))
    if marsh:
        found |= tables(workspace, ("soil",), (*WATER_COLUMNS, DECLARED))
        found |= tables(workspace, ("porewater",), WATER_COLUMNS)
    if not found:
        return Skip(
            Text("no soil table with conductivity, pH, sodium or salt", "没有含电导率、pH、钠或含盐量的土壤数据表"),
            Text(
                "Add to a table of kind soil one of ec_saturated_paste, ec_1_5, ph_water, "
                "exchangeable_sodium_percentage, sodium_adsorption_ratio or soil_salt_content.",
                "请在 soil 类型的数据表中加入 ec_saturated_paste、ec_1_5、ph_water、exchangeable_sodium_percentage、"
                "sodium_adsorption_ratio 或 soil_salt_content 之一。",
            ),
        )
    options = ClassOptions(
        draws=chosen.draws,
        seed=workspace.settings.study.seed,
        salinity=chosen.salinity_standard,
        sodicity=chosen.sodicity_standard,
        region=chosen.salt_region,
        wetland=marsh,
    )
    parts: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for name, frame in found.items():
        made, told = classify(frame, options)
        parts.append(with_row_classes(made, frame, classes(workspace)).assign(table=name))
        problems += told
    return {
        "soil/salinity.parquet": pd.concat(parts, ignore_index=True),
        "soil/salinity_problems.json": {"problems": [p.record() for p in problems]},
    }


STEP = Step(
    name="soil_salinity",
    label=Text("Salinity and sodicity classes", "盐渍化与碱化等级"),
    about=Text(
        "Class of every soil sample by conductivity of the saturation extract, exchangeable sodium and salt content, "
        "each with its probability, and in marshes by the salinity of the water; what cannot be classed says which "
        "measurement is missing.",
        "按饱和泥浆浸提液电导率、交换性钠与含盐量给出每个土样的等级及其概率，沼泽另按水体盐度分级；无法分级的样品说明缺少哪项测定。",
    ),
    run=_run,
    needs=("tables", "quality"),
    settings=("study", "tables", "design", "soil"),
    sources=(
        "richards1954",
        "nssh618",
        "fao2006guidelines",
        "irrigation_district_classes",
        "abrol1988",
        "venice1959",
        "cowardin1979",
    ),
)
