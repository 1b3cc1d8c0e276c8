"""Step: half-hours of towers to annual sums."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    from halosink.problems import Problem
    from halosink.runner import Workspace


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    from halosink.eddy_tables import towers

    found = towers(workspace)
    if not found and any(t.kind == "eddy" for t in workspace.settings.tables.values()):
        return Skip(
            Text("the table of the tower holds no value of a flux", "通量塔数据表中没有任何通量数值"),
            Text(
                "Check that one of nee, co2_flux, ch4_flux, latent_heat_flux or sensible_heat_flux is there under this "
                "name, and is neither empty nor out of range: the part on data quality of the report tells.",
                "请检查 nee、co2_flux、ch4_flux、latent_heat_flux、sensible_heat_flux 中至少有一列已对应到该字段，"
                "且不全为空、不全超出合理取值范围：见报告的数据质量部分。",
            ),
        )
    if not found:
        return Skip(
            Text("no half-hours of a tower", "没有通量塔的半小时数据"),
            Text(
                "Add a table of kind eddy: the full output of EddyPro, a FLUXNET file, or columns such as nee, "
                "friction_velocity, air_temperature and shortwave_radiation.",
                "请添加 eddy 类型的数据表：EddyPro 的 full output、FLUXNET 文件，或含 nee、friction_velocity、"
                "air_temperature、shortwave_radiation 等列的表。",
            ),
        )
    return _outputs(workspace, found)


def _outputs(workspace: Workspace, found: list[Any]) -> dict[str, Any]:
    import pandas as pd

    from halosink.eddy.chain import STEPS, process

    settings = workspace.settings
    tables: dict[str, list[pd.DataFrame]] = {}
    reasons: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for number, tower in enumerate(found):
        options = settings.eddy.options(
            settings.analysis.confidence, settings.study.utc_offset, tower.latitude, tower.longitude
        )
        if tower.worst_flag is not None:
            options = replace(options, worst_flag=min(options.worst_flag, tower.worst_flag))

        def tell(step: str, done: int, of: int, number: int = number) -> None:
            part = (STEPS.index(step) + done / max(of, 1)) / len(STEPS)
            workspace.progress(round(1000 * (number + part)), 1000 * len(found))

        chain = process(tower.frame, options, seed=settings.study.seed, progress=tell, name=tower.name)
        for name, table in chain.tables.items():
            tables.setdefault(name, []).append(table)
        reasons[tower.name] = dict(chain.reasons)
        problems += _named([*tower.problems, *chain.problems], tower.name if len(found) > 1 else "")
    outputs: dict[str, Any] = {
        f"eddy/{name}.parquet": pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
        for name, parts in tables.items()
    }
    outputs["eddy/reasons.json"] = reasons
    outputs["eddy/problems.json"] = {"problems": [p.record() for p in problems]}
    return outputs


def _named(problems: list[Problem], tower: str) -> list[Problem]:
    """With the tower as their place, where the sentence does not name it."""
    if not tower:
        return problems
    return [p if p.file or p.sheet or "tower" in p.values else replace(p, sheet=tower) for p in problems]


STEP = Step(
    name="eddy",
    label=Text("Eddy covariance", "涡度相关"),
    about=Text(
        "Half-hours of a tower are filtered, filled and partitioned; annual sums carry the uncertainty of the friction "
        "velocity threshold, of single half-hours and of filling. Checks of units, clock and sensors come with them.",
        "对通量塔的半小时数据进行筛选、插补与拆分；年总量包含摩擦风速阈值、单个半小时与插补的不确定性，并检查单位、时钟与传感器。",
    ),
    run=_run,
    needs=("tables", "quality"),
    settings=("study", "tables", "analysis", "eddy"),
    reads_files=True,
    sources=("wutzler2018", "reichstein2005", "lasslop2010", "pastorello2020"),
)
